//! What reviewers decided about a precinct.

use tallylog_event::{
    CountyId, Decision, EntryIndex, FileRef, Hold, PrecinctId, Resolution, ResolutionOutcome, Subject, Text, Verdict,
};
use tallylog_projection::{AuthorId, Signed, State};
use tallylog_rules::Code;
use tallylog_wire::v1;

use super::{Desk, named};
use crate::problem::Problem;
use crate::query::{moment, sheets};

/// Answers with every decision about a precinct, or about a county as a whole, in the order of the log.
pub(crate) fn decisions(desk: Desk<'_>, request: &v1::DecisionsRequest) -> Result<v1::DecisionsResponse, Problem> {
    let state = desk.state;
    let position = moment::position(state)?;
    let mut decisions = if request.precinct.is_empty() {
        of_county(state, moment::county(state, &request.county)?.id)
    } else {
        of_precinct(state, named(state, &request.county, &request.precinct)?)
    };
    decisions.sort_by_key(|decision| decision.entry);
    Ok(v1::DecisionsResponse {
        position: Some(position),
        decisions,
    })
}

fn of_county(state: &State, county: CountyId) -> Vec<v1::DeskDecision> {
    about(state, Subject::County(county)).collect()
}

fn of_precinct(state: &State, id: PrecinctId) -> Vec<v1::DeskDecision> {
    let desk = &state.desks().review;
    let versions = state.versions(id).iter();
    let mut decisions: Vec<_> = versions
        .flat_map(|version| about(state, Subject::Entry(version.entry)))
        .collect();
    let resolutions = desk.resolutions().iter();
    let resolutions = resolutions.filter(|resolution| resolution.what.precinct == id);
    decisions.extend(resolutions.map(|resolution| resolved(state, resolution)));
    for hold in desk.holds(id) {
        decisions.push(held(state, &hold.hold));
        if let Some((entry, author, reason)) = &hold.lifted {
            let about = vec![hold.hold.entry.0];
            decisions.push(v1::DeskDecision {
                about,
                ..said(state, *entry, *author, "lifted", reason)
            });
        }
    }
    decisions
}

fn about(state: &State, subject: Subject) -> impl Iterator<Item = v1::DeskDecision> {
    Code::ALL.iter().flat_map(move |code| {
        let decisions = state.desks().review.decisions(subject, code.number()).iter();
        decisions.map(move |decision| decided(state, *code, decision))
    })
}

fn decided(state: &State, code: Code, decision: &Signed<Decision>) -> v1::DeskDecision {
    let (what, authority, evidence): (_, _, &[FileRef]) = match &decision.what.verdict {
        Verdict::Accepted => ("accepted", String::new(), &[]),
        Verdict::Reopened => ("reopened", String::new(), &[]),
        Verdict::Ruled(ruling) => ("ruled", ruling.authority.to_string(), &ruling.evidence),
    };
    let about = match decision.what.subject {
        Subject::Entry(entry) => vec![entry.0],
        Subject::County(_) => Vec::new(),
    };
    v1::DeskDecision {
        code: code.as_str().to_owned(),
        about,
        authority,
        evidence: evidence.iter().map(sheets::file).collect(),
        ..said(state, decision.entry, decision.author, what, &decision.what.reason)
    }
}

fn resolved(state: &State, resolution: &Signed<Resolution>) -> v1::DeskDecision {
    let what = match resolution.what.outcome {
        ResolutionOutcome::KeepFirst => "keep-first",
        ResolutionOutcome::KeepSecond => "keep-second",
        ResolutionOutcome::RedoFirst => "redo-first",
        ResolutionOutcome::RedoSecond => "redo-second",
        ResolutionOutcome::DiscardBoth => "discard-both",
    };
    v1::DeskDecision {
        about: vec![resolution.what.first.0, resolution.what.second.0],
        ..said(
            state,
            resolution.entry,
            resolution.author,
            what,
            &resolution.what.reason,
        )
    }
}

fn held(state: &State, hold: &Signed<Hold>) -> v1::DeskDecision {
    said(state, hold.entry, hold.author, "held", &hold.what.reason)
}

fn said(state: &State, entry: EntryIndex, author: AuthorId, what: &str, reason: &Text) -> v1::DeskDecision {
    v1::DeskDecision {
        entry: entry.0,
        received_at_ms: state.received_at(entry).unwrap_or_default().0,
        person: state.author(author).person.to_string(),
        what: what.to_owned(),
        reason: reason.to_string(),
        ..v1::DeskDecision::default()
    }
}
