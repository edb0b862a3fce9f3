//! What one person may not pass, from version 3 on: how often a key speaks of a precinct, how many files an event names,
//! whom an entry names as its typists, and whether anything new is said.
//!
//! Each is decided without a look at more than the state already counts.

use tallylog_event::{Correction, Event, FileRef, PrecinctId, Report, Role, Text};

use super::Signer;
use super::entered::is_known;
use crate::filings::Filed;
use crate::history::History;
use crate::{DeskRefusal, Filing, Refusal, State, Version};

/// The most versions of a precinct that one key may file.
pub const MOST_VERSIONS: usize = 256;

/// The most files that one event may name.
pub const MOST_FILES: usize = 64;

/// The most colleagues whom an entry may name as having typed into it.
pub const MOST_HANDS: usize = 4;

/// Says whether an event names too many files, of whatever kind it is and wherever it names them.
pub(super) fn names_few_files(signer: &Signer<'_>, event: &Event) -> Result<(), Refusal> {
    if signer.has_ceilings() && event.files().len() > MOST_FILES {
        return Err(Refusal::TooManyFiles);
    }
    Ok(())
}

/// Says whether the signer may report, or enter, a precinct once more.
pub(super) fn files_another(state: &State, signer: &Signer<'_>, report: &Report) -> Result<(), Refusal> {
    has_room(state, signer, report.precinct)?;
    says_something_new(state, signer, report, &[])
}

/// Says whether the signer may correct a precinct once more.
pub(super) fn corrects_another(state: &State, signer: &Signer<'_>, correction: &Correction) -> Result<(), Refusal> {
    has_room(state, signer, correction.report.precinct)?;
    says_something_new(state, signer, &correction.report, &correction.evidence)
}

/// Says whether the signer has filed fewer versions of a precinct than one key may, whatever became of them.
pub(super) fn has_room(state: &State, signer: &Signer<'_>, precinct: PrecinctId) -> Result<(), Refusal> {
    let filed = filed(state, signer, precinct).map_or(0, |filed| filed.versions);
    if signer.has_ceilings() && filed >= MOST_VERSIONS {
        return Err(Refusal::TooManyVersions(precinct));
    }
    Ok(())
}

fn filed(state: &State, signer: &Signer<'_>, precinct: PrecinctId) -> Option<Filed> {
    let (author, _) = state.authors.find(&signer.author.key)?;
    state.filings.of_key(state.roster().position(precinct)?, author)
}

/// Refuses what says again what the signer said last, while that is the record and nobody asked to hear it again.
///
/// Another channel, another file and other figures say something new, and so does whatever comes after somebody else
/// spoke, or after one's own version was set aside.
fn says_something_new(
    state: &State,
    signer: &Signer<'_>,
    report: &Report,
    evidence: &[FileRef],
) -> Result<(), Refusal> {
    if !signer.has_ceilings() || state.desks().entry.assigned(report.precinct).is_some() {
        return Ok(());
    }
    let record = state.history(report.precinct).and_then(History::record);
    let latest = filed(state, signer, report.precinct).map(|filed| filed.latest);
    match record.filter(|record| Some(record.entry) == latest) {
        Some(record) if is_said(record, report, evidence) => Err(Refusal::RepeatsItself(record.entry)),
        Some(_) | None => Ok(()),
    }
}

/// Whether a version says exactly this, with the same files. Why it was corrected is no part of it.
fn is_said(record: &Version, report: &Report, evidence: &[FileRef]) -> bool {
    let filing = record.filing();
    let shown = match &filing {
        Filing::Report(_) => &[],
        Filing::Correction(correction) => correction.evidence.as_slice(),
    };
    filing.report() == report && shown == evidence
}

/// Says whether an entry may name these as having typed into it before it was handed over: operators, each once, and
/// others than who signs. A name in there keeps its person from reviewing the entry and from entering the precinct.
pub(super) fn typed_by_operators(state: &State, person: &Text, typed_by: &[Text]) -> Result<(), Refusal> {
    if typed_by.len() > MOST_HANDS {
        return Err(DeskRefusal::TooManyHands.into());
    }
    for (place, name) in typed_by.iter().enumerate() {
        if name == person || typed_by.iter().take(place).any(|other| other == name) {
            return Err(DeskRefusal::HandTwice(name.clone()).into());
        }
        is_known(state, name)?;
        if !is_operator(state, name) {
            return Err(DeskRefusal::NotAnOperator(name.clone()).into());
        }
    }
    Ok(())
}

/// Whether a person has an operator's key that was not revoked.
fn is_operator(state: &State, person: &Text) -> bool {
    let mut keys = state.authors().filter(|author| author.person == *person);
    keys.any(|author| author.revoked.is_none() && matches!(author.role, Role::Operator))
}
