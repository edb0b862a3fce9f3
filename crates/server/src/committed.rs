//! What is proved by a commitment: that a precinct's figures are inside a total.

use tallylog_event::{Basis, EntryIndex, PrecinctId};
use tallylog_projection::{Committed, ResultsProof, ResultsTree, State};
use tallylog_tlog::SignedCheckpoint;

use crate::Log;
use crate::apart::apart;
use crate::problem::Problem;
use crate::proofs::ProvenEntry;

/// By which commitment a precinct is proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// The latest.
    Latest,
    /// The one that was made with a release.
    Release(String),
    /// One to everything that is recorded by now.
    Fresh,
}

/// Everything that a proof of a precinct's figures is made of.
#[derive(Clone, Debug)]
pub struct PrecinctParts {
    /// The path in the results tree.
    pub results: ResultsProof,
    /// The entry that commits to the tree.
    pub commitment: ProvenEntry,
    /// The entry of the figures that are counted; absent where nothing is.
    pub counted: Option<ProvenEntry>,
    /// The checkpoint to which both lead.
    pub note: SignedCheckpoint,
}

impl Log {
    /// Proves that a precinct's figures are inside a total that the log committed to.
    ///
    /// # Errors
    ///
    /// [`Problem`] if there is no such precinct, release or commitment.
    pub async fn prove_precinct(&self, county: &str, precinct: &str, which: Which) -> Result<PrecinctParts, Problem> {
        if which == Which::Fresh {
            self.commit().await?;
        }
        let (log, county, precinct) = (self.clone(), county.to_owned(), precinct.to_owned());
        // A tree is built from every precinct: not on a thread that serves connections.
        let proving = apart(move || {
            let state = log.state()?;
            let committed = find(&state, &which)?.clone();
            let id = named(&state, &county, &precinct)?;
            let (results, counted) = prove(&state, &committed, id)?;
            Ok((committed, results, counted))
        });
        let (committed, results, counted) = proving.await?;
        let published = self.checkpoint_over(committed.entry).await?;
        Ok(PrecinctParts {
            results,
            commitment: self.inclusion(committed.entry, published.size)?,
            counted: counted.map(|entry| self.inclusion(entry, published.size)).transpose()?,
            note: published.note.clone(),
        })
    }
}

fn find<'a>(state: &'a State, which: &Which) -> Result<&'a Committed, Problem> {
    let found = match which {
        Which::Latest | Which::Fresh => state.commitments().last(),
        Which::Release(name) => {
            let release = state.release(name).ok_or_else(|| Problem::NoRelease(name.clone()))?;
            // At once, or as soon as there was a key for it; and before another release changed what counts.
            let next = state.releases().iter().find(|other| other.entry > release.entry);
            let after = |committed: &&Committed| {
                committed.entry > release.entry
                    && next.is_none_or(|next| committed.entry < next.entry)
                    && committed.commitment.basis == Basis::Released
            };
            state.commitments().iter().find(after)
        }
    };
    found.ok_or(Problem::NotCommitted)
}

fn named(state: &State, county: &str, precinct: &str) -> Result<PrecinctId, Problem> {
    let roster = state.roster();
    let county = roster
        .county_named(county)
        .ok_or_else(|| Problem::NoCounty(county.to_owned()))?;
    roster
        .precinct_named(county, precinct)
        .ok_or_else(|| Problem::NoPrecinct {
            county: county.name.to_string(),
            precinct: precinct.to_owned(),
        })
}

/// The proof in the tree of the state as it was committed to, and the entry that is counted there.
fn prove(
    state: &State,
    committed: &Committed,
    precinct: PrecinctId,
) -> Result<(ResultsProof, Option<EntryIndex>), Problem> {
    let commitment = &committed.commitment;
    let then = state.at(commitment.size).ok_or(Problem::NotCommitted)?;
    let tree = ResultsTree::of(&then, commitment.basis).ok_or(Problem::Empty)?;
    let position = then.roster().position(precinct).ok_or(Problem::NotCommitted)?;
    let proof = tree.prove(position).ok_or(Problem::NotCommitted)?;
    // Nobody is given a proof that does not hold.
    if proof.verify(&commitment.root).is_err() {
        return Err(Problem::Unreadable("results-root-differs"));
    }
    let counted = proof.leaf.tally.as_ref().map(|tally| tally.entry);
    Ok((proof, counted))
}
