//! What is proved by a commitment: that a precinct's figures are inside a total.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
        let committed = self.committed(&which).await?;
        let (log, of) = (self.clone(), committed.clone());
        let (county, precinct) = (county.to_owned(), precinct.to_owned());
        let proven = apart(move || log.prove_in(&of, &county, &precinct)).await?;
        self.lead_to_checkpoint(&committed, proven).await
    }

    /// The commitment, which is made first where it is to be fresh.
    pub(crate) async fn committed(&self, which: &Which) -> Result<Committed, Problem> {
        if *which == Which::Fresh {
            self.commit().await?;
        }
        Ok(find(&*self.state()?, which)?.clone())
    }

    /// The proof in the tree that was committed to. The tree may have to be built, of every precinct: not on a thread that
    /// serves connections.
    pub(crate) fn prove_in(&self, committed: &Committed, county: &str, precinct: &str) -> Result<Proven, Problem> {
        let state = self.state()?;
        let id = named(&state, county, precinct)?;
        let position = state.roster().position(id).ok_or(Problem::NotCommitted)?;
        let tree = self.trees.of(&state, committed)?;
        let results = tree.prove(position).ok_or(Problem::NotCommitted)?;
        // Nobody is given a proof that does not hold.
        if results.verify(&committed.commitment.root).is_err() {
            return Err(Problem::Unreadable("results-root-differs"));
        }
        let counted = results.leaf.tally.as_ref().map(|tally| tally.entry);
        Ok(Proven { results, counted })
    }

    /// Leads from a proof to a checkpoint that covers it, which may yet have to be signed.
    pub(crate) async fn lead_to_checkpoint(
        &self,
        committed: &Committed,
        proven: Proven,
    ) -> Result<PrecinctParts, Problem> {
        let Proven { results, counted } = proven;
        let published = self.checkpoint_over(committed.entry).await?;
        Ok(PrecinctParts {
            results,
            commitment: self.inclusion(committed.entry, published.size)?,
            counted: counted.map(|entry| self.inclusion(entry, published.size)).transpose()?,
            note: published.note.clone(),
        })
    }
}

/// A proof in a results tree, and the entry that is counted there.
pub(crate) struct Proven {
    results: ResultsProof,
    counted: Option<EntryIndex>,
}

/// The trees of the commitments that were asked for last.
#[derive(Default)]
pub(crate) struct Trees(Mutex<VecDeque<(EntryIndex, Arc<ResultsTree>)>>);

/// How many trees are kept: some megabytes each.
const KEPT: usize = 4;

impl Trees {
    /// The tree of the state as it was committed to.
    fn of(&self, state: &State, committed: &Committed) -> Result<Arc<ResultsTree>, Problem> {
        let known = self.kept().iter().find(|(entry, _)| *entry == committed.entry).cloned();
        if let Some((_, tree)) = known {
            return Ok(tree);
        }
        let commitment = &committed.commitment;
        let then = state.at(commitment.size).ok_or(Problem::NotCommitted)?;
        let tree = Arc::new(ResultsTree::of(&then, commitment.basis).ok_or(Problem::Empty)?);
        let mut kept = self.kept();
        kept.push_back((committed.entry, Arc::clone(&tree)));
        if kept.len() > KEPT {
            kept.pop_front();
        }
        Ok(tree)
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<(EntryIndex, Arc<ResultsTree>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
