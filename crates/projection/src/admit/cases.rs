//! Correction cases.

use tallylog_event::{
    Approval, Basis, Case, CaseEvent, CaseOutcome, Closing, Contest, Correction, CorrectionKind, EntryIndex,
    PrecinctId, Proposal, Rejection, Role, Stage, Unchanged,
};

use super::ceilings::has_room;
use super::codes::each_once;
use super::entered::same_person;
use super::report::{fits, listed, officer};
use super::review::given;
use super::{Signer, needs, shown};
use crate::desks::{CaseFile, Proposed};
use crate::{DeskRefusal, Refusal, State, Version};

pub(super) fn admit(state: &State, open: &Contest, signer: &Signer<'_>, event: &CaseEvent) -> Result<(), Refusal> {
    needs(signer.author, "a corrections officer", |role| {
        matches!(role, Role::CorrectionsOfficer)
    })?;
    match event {
        CaseEvent::Opened(case) => opens(state, case),
        CaseEvent::Proposed(proposal) => proposes(state, open, proposal),
        CaseEvent::Approved(approval) => approves(state, signer, approval),
        CaseEvent::Rejected(rejection) => rejects(state, rejection),
        CaseEvent::Closed(closing) => closes(state, closing),
    }
}

fn opens(state: &State, case: &Case) -> Result<(), Refusal> {
    if let Some(fault) = fault(case) {
        return Err(DeskRefusal::BadCase(fault).into());
    }
    case.precincts
        .iter()
        .try_for_each(|precinct| listed(state, *precinct))?;
    given(&case.requested_by, "the name of who asked for it")?;
    given(&case.reason, "a reason")?;
    shown(&case.evidence, "the document on which it rests, as evidence")?;
    if case.stage == Stage::Correction && case.kind == CorrectionKind::Transcription {
        return Ok(());
    }
    given(
        &case.authority,
        "an authority: the committee's resolution or the order of the recanvass or recount",
    )
}

/// Rule: figures of people change by a recount of the preference cards alone.
fn fault(case: &Case) -> Option<&'static str> {
    match case.precincts.as_slice() {
        [] => Some("it names no precinct"),
        precincts if !each_once(precincts) => Some("it names a precinct twice"),
        [_, _, ..] if case.stage == Stage::Correction => {
            Some("a correction is of one precinct; open a recanvass or a recount for a list")
        }
        [_, ..] if case.kind == CorrectionKind::HeadCount && case.stage != Stage::Recount => {
            Some("a head count is corrected by a recount of the preference cards alone")
        }
        [_, ..] => None,
    }
}

fn proposes(state: &State, open: &Contest, proposal: &Proposal) -> Result<(), Refusal> {
    let case = if state.is_withheld(proposal.case) {
        None
    } else {
        Some(&*open_case(state, proposal.case)?.opened.what)
    };
    let precinct = proposal.outcome.precinct();
    if case.is_some_and(|case| !case.precincts.contains(&precinct)) {
        return Err(DeskRefusal::NotInCase(precinct).into());
    }
    if let Some(waiting) = state.desks().cases.open_proposal(precinct) {
        return Err(DeskRefusal::ProposalOpen(waiting.proposal.entry).into());
    }
    record(state, &proposal.outcome)?;
    match &proposal.outcome {
        CaseOutcome::Changed(correction) => changes(state, open, case, correction),
        CaseOutcome::Unchanged(unchanged) => stands(unchanged),
    }
}

/// `case` is absent where whoever reads the log is not shown it: a case of several precincts stays withheld until all of them
/// are released.
fn changes(state: &State, open: &Contest, case: Option<&Case>, correction: &Correction) -> Result<(), Refusal> {
    if case.is_some_and(|case| correction.kind != Some(case.kind) || correction.authority != case.authority) {
        return Err(DeskRefusal::NotTheKind.into());
    }
    officer(correction)?;
    fits(state, open, &correction.report)
}

fn stands(unchanged: &Unchanged) -> Result<(), Refusal> {
    given(&unchanged.findings, "what was found")?;
    shown(&unchanged.evidence, "the document that shows it, as evidence")
}

/// The record that an outcome speaks of, which may have moved since it was proposed.
fn record<'a>(state: &'a State, outcome: &CaseOutcome) -> Result<&'a Version, Refusal> {
    let given = match outcome {
        CaseOutcome::Changed(correction) => correction.replaces,
        CaseOutcome::Unchanged(unchanged) => unchanged.record,
    };
    let record = record_of(state, outcome.precinct());
    record
        .filter(|record| record.entry == given)
        .ok_or_else(|| Refusal::NotTheRecord {
            given,
            record: record.map(|version| version.entry),
        })
}

fn record_of(state: &State, precinct: PrecinctId) -> Option<&Version> {
    state.counted(precinct, Basis::Recorded)
}

/// Two persons change a record: whoever approves proposed nothing here, and typed nothing of what is replaced.
///
/// Whoever only proposed what is replaced may approve: two officers are enough, however often a precinct is corrected.
fn approves(state: &State, signer: &Signer<'_>, approval: &Approval) -> Result<(), Refusal> {
    let proposed = open_proposal(state, approval.proposal)?;
    let person = &signer.author.person;
    if state.author(proposed.proposal.author).person == *person {
        return Err(same_person(person, proposed.proposal.entry));
    }
    if approval.outcome != proposed.proposal.what.outcome {
        return Err(DeskRefusal::NotAsProposed(proposed.proposal.entry).into());
    }
    let record = record(state, &approval.outcome)?;
    let in_a_case = state.desks().cases.proposed(record.entry).is_some();
    let only_proposed = in_a_case && state.author(record.author).person != *person;
    if !only_proposed && state.typists(record).contains(&person) {
        return Err(same_person(person, record.entry));
    }
    if let CaseOutcome::Changed(correction) = &approval.outcome {
        has_room(state, signer, correction.report.precinct)?;
    }
    given(&approval.notice, "a notice to the public")
}

/// Any officer may turn a proposal down, and whoever made it may take it back.
fn rejects(state: &State, rejection: &Rejection) -> Result<(), Refusal> {
    open_proposal(state, rejection.proposal)?;
    given(&rejection.reason, "a reason")
}

fn closes(state: &State, closing: &Closing) -> Result<(), Refusal> {
    let case = open_case(state, closing.case)?;
    if let Some(waiting) = case.open_proposals().next() {
        return Err(DeskRefusal::ProposalOpen(waiting.proposal.entry).into());
    }
    given(&closing.notice, "a notice to the public")
}

fn open_case(state: &State, entry: EntryIndex) -> Result<&CaseFile, Refusal> {
    let case = state.desks().cases.case(entry);
    case.filter(|case| case.closed.is_none())
        .ok_or(DeskRefusal::NoSuchCase(entry).into())
}

fn open_proposal(state: &State, entry: EntryIndex) -> Result<&Proposed, Refusal> {
    let proposed = state.desks().cases.made(entry);
    proposed
        .filter(|proposed| proposed.decided.is_none())
        .ok_or(DeskRefusal::NoSuchProposal(entry).into())
}
