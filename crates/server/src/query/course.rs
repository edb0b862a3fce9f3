//! The course of the night: pauses, certification, amendments of the roster.

use tallylog_event::{Apportionment, EntryIndex, PrecinctId, RosterAmendment, RosterChange, Text};
use tallylog_projection::{Pause, Signed, State};
use tallylog_wire::v1;

use super::moment;
use super::sheets::{file, signed};
use crate::problem::Problem;

/// Answers for the course of the night.
///
/// # Errors
///
/// [`Problem`] if the moment does not exist.
pub fn course(state: &State, request: &v1::CourseRequest) -> Result<v1::CourseResponse, Problem> {
    let state = moment::at(state, request.moment.as_ref())?;
    let desk = &state.desks().course;
    let lasting = desk.pauses().last().filter(|pause| pause.resumed.is_none());
    let amendments = desk.amendments().iter();
    Ok(v1::CourseResponse {
        position: Some(moment::position(&state)?),
        paused: lasting.map(|pause| notice(&state, &pause.paused, true)),
        notices: desk.pauses().iter().flat_map(|pause| notices(&state, pause)).collect(),
        certified: certificate(&state),
        amendments: amendments.map(|amended| amendment(&state, amended)).collect(),
    })
}

fn notices(state: &State, pause: &Pause) -> Vec<v1::Notice> {
    let resumed = pause.resumed.as_ref().map(|resumed| notice(state, resumed, false));
    std::iter::once(notice(state, &pause.paused, true))
        .chain(resumed)
        .collect()
}

fn notice(state: &State, said: &Signed<Text>, paused: bool) -> v1::Notice {
    v1::Notice {
        signed: Some(signed(state, said)),
        paused,
        text: said.what.to_string(),
    }
}

/// What was certified, once it was.
fn certificate(state: &State) -> Option<v1::Certificate> {
    let certified = state.desks().course.certification()?;
    let release = state
        .releases()
        .iter()
        .find(|release| release.entry == certified.what.release);
    Some(v1::Certificate {
        signed: Some(signed(state, certified)),
        release: release.map(|release| release.name.to_string()).unwrap_or_default(),
        statement: certified.what.statement.to_string(),
        evidence: certified.what.evidence.iter().map(file).collect(),
    })
}

fn amendment(state: &State, amended: &Signed<RosterAmendment>) -> v1::Amendment {
    let change = match &amended.what.change {
        RosterChange::Withdrawn(group) => v1::Amendment {
            withdrawn: state.group_name(*group).to_owned(),
            ..v1::Amendment::default()
        },
        RosterChange::Apportionment(apportionment) => apportioned(state, apportionment, amended.entry),
    };
    v1::Amendment {
        signed: Some(signed(state, amended)),
        authority: amended.what.authority.to_string(),
        reason: amended.what.reason.to_string(),
        evidence: amended.what.evidence.iter().map(file).collect(),
        ..change
    }
}

/// The numbers that change, beside those before: an amendment is read against the roster that it amended.
fn apportioned(state: &State, change: &Apportionment, entry: EntryIndex) -> v1::Amendment {
    let before = state.at(entry.0);
    let delegates = |number: u16| {
        let id = PrecinctId {
            county: change.county,
            number,
        };
        let (_, precinct) = before.as_ref()?.roster().precinct(id)?;
        Some((precinct.name.to_string(), u32::from(precinct.delegates.0)))
    };
    let precincts = change.precincts.iter().filter_map(|apportioned| {
        let (precinct, delegates_old) = delegates(apportioned.number)?;
        Some(v1::AmendedPrecinct {
            precinct,
            delegates_old,
            delegates_new: apportioned.delegates.0.into(),
        })
    });
    let county = state.roster().county(change.county);
    v1::Amendment {
        county: county.map(|county| county.name.to_string()).unwrap_or_default(),
        county_delegates: Some(change.county_delegates.0.into()),
        precincts: precincts.collect(),
        ..v1::Amendment::default()
    }
}
