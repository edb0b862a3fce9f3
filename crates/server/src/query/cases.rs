//! Correction cases: what was proposed, old and new side by side, and what it changes.

use tallylog_event::{Case, CaseOutcome, CorrectionKind, EntryIndex, Stage};
use tallylog_projection::{Basis, CaseFile, Counted, Decided, Proposed, State};
use tallylog_wire::v1;

use super::effect;
use super::moment;
use super::sheets::{self, Sheets, place_name, signed};
use crate::problem::Problem;

/// Answers for the correction cases, or some of them, in the order of the log.
///
/// # Errors
///
/// [`Problem`] if the moment or the county does not exist.
pub fn cases(state: &State, request: &v1::CasesRequest) -> Result<v1::CasesResponse, Problem> {
    let state = moment::at(state, request.moment.as_ref())?;
    let county = match request.county.as_str() {
        "" => None,
        name => Some(moment::county(&state, name)?.id),
    };
    let counted = Counted::new(&state, Basis::Recorded);
    let wanted = state.desks().cases.all().iter().filter(|file| {
        let precincts = &file.opened.what.precincts;
        let there = county.is_none_or(|county| precincts.iter().any(|id| id.county == county));
        there && !(request.open && file.closed.is_some())
    });
    Ok(v1::CasesResponse {
        position: Some(moment::position(&state)?),
        cases: wanted.map(|file| message(&state, &counted, file)).collect(),
    })
}

/// Answers for a case, by its entry or by that of a proposal in it.
///
/// # Errors
///
/// [`Problem`] if the moment does not exist, or the entry opened no case and proposed nothing in one.
pub fn case(state: &State, request: &v1::CaseRequest) -> Result<v1::CaseResponse, Problem> {
    let state = moment::at(state, request.moment.as_ref())?;
    let entry = EntryIndex(request.entry);
    let desk = &state.desks().cases;
    let by_proposal = || desk.proposal(entry).map(|(file, _)| file);
    let file = desk.case(entry).or_else(by_proposal).ok_or(Problem::NoCase(entry))?;
    Ok(v1::CaseResponse {
        position: Some(moment::position(&state)?),
        case: Some(message(&state, &Counted::new(&state, Basis::Recorded), file)),
        effects: file
            .open_proposals()
            .filter_map(|open| effect_of(&state, open))
            .collect(),
    })
}

fn effect_of(state: &State, proposed: &Proposed) -> Option<v1::Effect> {
    let CaseOutcome::Changed(correction) = &proposed.proposal.what.outcome else {
        return None;
    };
    let effect = effect::of_correction(state, correction)?;
    Some(v1::Effect {
        proposal: Some(proposed.proposal.entry.0),
        ..effect
    })
}

fn message(state: &State, counted: &Counted<'_>, file: &CaseFile) -> v1::CorrectionCase {
    let case: &Case = &file.opened.what;
    let done = match case.stage {
        Stage::Correction => "correction",
        Stage::Recanvass => "recanvass",
        Stage::Recount => "recount",
    };
    let closed = file.closed.as_ref();
    v1::CorrectionCase {
        opened: Some(signed(state, &file.opened)),
        precincts: case.precincts.iter().map(|id| place_name(state, *id)).collect(),
        stage: done.to_owned(),
        kind: kind(case.kind).to_owned(),
        requested_by: case.requested_by.to_string(),
        reason: case.reason.to_string(),
        authority: case.authority.to_string(),
        evidence: case.evidence.iter().map(sheets::file).collect(),
        proposals: file
            .proposals
            .iter()
            .map(|proposed| proposal(state, counted, proposed))
            .collect(),
        closed: closed.map(|closed| signed(state, closed)),
        notice: closed.map(|closed| closed.what.notice.to_string()).unwrap_or_default(),
    }
}

pub(super) const fn kind(kind: CorrectionKind) -> &'static str {
    match kind {
        CorrectionKind::Transcription => "transcription",
        CorrectionKind::Rule => "rule",
        CorrectionKind::HeadCount => "head count",
    }
}

fn proposal(state: &State, counted: &Counted<'_>, proposed: &Proposed) -> v1::CaseProposal {
    let outcome = &proposed.proposal.what.outcome;
    let id = outcome.precinct();
    let page = Sheets::of_id(state, counted, id);
    let figures = |sheet: &tallylog_rules::Sheet| page.as_ref().map(|page| page.figures(sheet));
    let old = |record: EntryIndex| {
        let version = state.version(id, record)?;
        figures(&version.filing().report().sheet)
    };
    let message = match outcome {
        CaseOutcome::Changed(correction) => v1::CaseProposal {
            changed: true,
            record: correction.replaces.0,
            reason: correction.reason.to_string(),
            old: old(correction.replaces),
            new: figures(&correction.report.sheet),
            evidence: correction
                .evidence
                .iter()
                .chain(&correction.report.files)
                .map(sheets::file)
                .collect(),
            ..v1::CaseProposal::default()
        },
        CaseOutcome::Unchanged(unchanged) => v1::CaseProposal {
            changed: false,
            record: unchanged.record.0,
            reason: unchanged.findings.to_string(),
            old: old(unchanged.record),
            evidence: unchanged.evidence.iter().map(sheets::file).collect(),
            ..v1::CaseProposal::default()
        },
    };
    let (status, decided, notice) = match &proposed.decided {
        None => ("open", None, String::new()),
        Some(Decided::Approved(by)) => ("approved", Some(signed(state, by)), by.what.notice.to_string()),
        Some(Decided::Rejected(by)) => ("rejected", Some(signed(state, by)), by.what.reason.to_string()),
    };
    v1::CaseProposal {
        proposed: Some(signed(state, &proposed.proposal)),
        precinct: Some(place_name(state, id)),
        status: status.to_owned(),
        decided,
        notice,
        ..message
    }
}
