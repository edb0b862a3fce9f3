//! Releases.

use std::collections::BTreeMap;

use tallylog_event::{Contest, ContestKind, EntryIndex, Release, ReleasePolicy, Role};

use super::review::own_entry;
use super::{Signer, needs};
use crate::{Refusal, Review, State};

pub(super) fn releases(state: &State, open: &Contest, signer: &Signer<'_>, release: &Release) -> Result<(), Refusal> {
    let is_listed_archive = by_importer(open, signer);
    needs(
        signer.author,
        "a reviewer, or an importer in an archive",
        |role| match role {
            Role::Reviewer => !is_listed_archive,
            Role::Importer => is_listed_archive,
            Role::Registrar
            | Role::Chair(_)
            | Role::Operator
            | Role::CorrectionsOfficer
            | Role::Campaign(_)
            | Role::Observer
            | Role::Witness
            | Role::Service => false,
        },
    )?;
    // An importer releases what it imported: nobody else has a say in an archive.
    if signer.has_desks() && !is_listed_archive {
        for entry in release.entries() {
            own_entry(state, signer, *entry)?;
        }
    }
    if let Some(taken) = state.release(release.name().as_str()) {
        return Err(Refusal::ReleaseNameTaken {
            name: release.name().clone(),
            by: taken.entry,
        });
    }
    if release.name().is_blank() {
        return Err(Refusal::BadName);
    }
    by_policy(state, open, &one_a_precinct(state, release)?)
}

/// Whether the importer has the say over releases: in an archive that is released as it was, and there alone.
///
/// The first version asked for the policy alone.
fn by_importer(open: &Contest, signer: &Signer<'_>) -> bool {
    open.release == ReleasePolicy::AsListed && (open.kind == ContestKind::Archive || !signer.has_desks())
}

/// Whether the contest's policy lets everything out that is listed, by the position of its precinct.
pub(super) fn by_policy(state: &State, open: &Contest, listed: &BTreeMap<usize, EntryIndex>) -> Result<(), Refusal> {
    match open.release {
        ReleasePolicy::AsListed => Ok(()),
        ReleasePolicy::ReportedClear => clear(state, listed, false),
        ReleasePolicy::Confirmed => clear(state, listed, true),
    }
}

/// The entries by the position of their precinct in roster order.
fn one_a_precinct(state: &State, release: &Release) -> Result<BTreeMap<usize, EntryIndex>, Refusal> {
    let mut listed = BTreeMap::new();
    for entry in release.entries() {
        let position = state.position_of(*entry).ok_or(Refusal::NotAReport(*entry))?;
        if let Some(other) = listed.insert(position, *entry) {
            return Err(Refusal::PrecinctTwice(other, *entry));
        }
    }
    Ok(listed)
}

/// Whether somebody may have decided about all that holds a precinct, in an entry that whoever reads the log is not shown: a
/// check that rests on several precincts is decided about in an entry that is about all of them.
fn may_be_decided(state: &State, review: &Review, position: usize) -> bool {
    let precinct = state.roster().at_position(position);
    let by_others = |id| review.is_held_by_others_alone(id);
    state.withheld.is_some() && !review.status(position).on_hold && precinct.is_some_and(by_others)
}

/// What a release lists on the word of what is withheld.
pub(crate) struct Excused {
    /// The entry that is listed.
    pub(crate) listed: EntryIndex,
    /// The positions of all precincts that a decision about what holds it would be about. Once releases list them all, the
    /// decision is public.
    pub(crate) positions: Vec<usize>,
}

/// What of a release was let out on the word of what is withheld.
pub(super) fn rests_on_the_withheld(state: &State, open: &Contest, release: &Release) -> Vec<Excused> {
    if open.release == ReleasePolicy::AsListed {
        return Vec::new();
    }
    let listed = release.entries().iter();
    let placed: Vec<_> = listed
        .filter_map(|entry| Some((*entry, state.position_of(*entry)?)))
        .collect();
    let review = Review::standing_of(state, &placed.iter().map(|(_, position)| *position).collect());
    let excused = placed.iter().filter_map(|(listed, position)| {
        let precinct = state.roster().at_position(*position)?;
        let holding = review.of_precinct(precinct).filter(|found| found.holds());
        Some(holding.map(move |found| Excused {
            listed: *listed,
            positions: state.compared_by(found.code, precinct),
        }))
    });
    excused.flatten().collect()
}

/// Whether the policy lets every entry out: it is the record, nothing holds it, and it is confirmed where that is asked.
fn clear(state: &State, listed: &BTreeMap<usize, EntryIndex>, confirmed: bool) -> Result<(), Refusal> {
    // The writer waits for this: of what is not listed nothing is looked at by itself.
    let review = Review::standing_of(state, &listed.keys().copied().collect());
    for (position, entry) in listed {
        let status = review.status(*position);
        let refuse = |why| Err(Refusal::Unreleasable { entry: *entry, why });
        if status.record != Some(*entry) {
            return refuse("a newer version is the precinct's record");
        }
        if status.held && !may_be_decided(state, &review, *position) {
            return refuse(if status.on_hold {
                "a reviewer holds the precinct"
            } else {
                "a discrepancy holds the precinct"
            });
        }
        if confirmed && !status.confirmed {
            return refuse("no second source confirms it");
        }
    }
    Ok(())
}
