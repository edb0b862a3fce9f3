//! What became of an event that is sent again.

use tallylog_event::{EntryIndex, PrecinctId};
use tallylog_projection::{Fate, PrecinctNow, Since, State};
use tallylog_wire::v1;

use super::sheets::place_name;

/// Answers for an event that the log had before; `None` where the state has no such entry.
pub(crate) fn since(state: &State, entry: EntryIndex) -> Option<v1::Since> {
    let Since { fate, precinct } = state.since(entry)?;
    let (word, by) = match fate {
        Fate::Stands => (v1::Fate::Stands, None),
        Fate::SetAside(by) => (v1::Fate::SetAside, Some(by)),
        Fate::Replaced(by) => (v1::Fate::Replaced, Some(by)),
        Fate::Ended(by) => (v1::Fate::Ended, Some(by)),
        Fate::Withheld => (v1::Fate::Withheld, None),
    };
    let same_figures = precinct.as_ref().is_some_and(|now| now.same_figures);
    let place = precinct.as_ref().map(|now| place_name(state, now.id));
    let place = place.unwrap_or_default();
    let is_version = precinct
        .as_ref()
        .is_some_and(|now| state.version(now.id, entry).is_some());
    let mut said = vec![of_fate(state, fate, precinct.as_ref(), is_version)];
    if let Some(now) = &precinct {
        said.extend(of_precinct(now, &place, fate, is_version));
    }
    Some(v1::Since {
        size: state.size(),
        fate: word.into(),
        by: by.map(|by| by.0),
        awaits: precinct.as_ref().is_some_and(|now| now.record.is_none()),
        record: precinct.as_ref().and_then(|now| now.record).map(|record| record.0),
        on_hold: precinct.as_ref().and_then(|now| now.on_hold).map(|hold| hold.0),
        asked: precinct
            .and_then(|now| now.asked)
            .map(|person| person.to_string())
            .unwrap_or_default(),
        county: place.county,
        precinct: place.precinct,
        message: said.join(" "),
        same_figures: matches!(fate, Fate::Replaced(_)) && same_figures,
    })
}

fn of_fate(state: &State, fate: Fate, precinct: Option<&PrecinctNow>, is_version: bool) -> String {
    match fate {
        Fate::Stands if is_version => "It is the precinct's record.".to_owned(),
        Fate::Stands => "It holds as it was signed.".to_owned(),
        Fate::SetAside(by) => match reviewer(state, by) {
            Some(person) => format!("{person} set it aside in {by}: it counts no longer."),
            None => format!("It was set aside in {by}: it counts no longer."),
        },
        Fate::Replaced(by) => match precinct.and_then(|now| author(state, now.id, by)) {
            Some(person) if precinct.is_some_and(|now| now.same_figures) => {
                format!("{by} by {person} gives the same figures, and is the precinct's record.")
            }
            Some(person) => format!("{by} by {person} is the precinct's record now."),
            None => format!("{by} counts in its place."),
        },
        Fate::Ended(by) => format!("It is over since {by}."),
        Fate::Withheld => "What became of it since is withheld until released.".to_owned(),
    }
}

/// Where the precinct stands, as far as that is not said by then.
fn of_precinct(now: &PrecinctNow, place: &v1::PlaceName, fate: Fate, is_version: bool) -> Vec<String> {
    let name = format!("{}, {}", place.county, place.precinct);
    let record = match (now.record, &now.asked) {
        (None, None) if !is_version => Some(format!("{name} awaits a report.")),
        (None, None) => Some(format!("{name} awaits a report: report it again.")),
        (None, Some(person)) => Some(format!(
            "{name} awaits a report, and {person} is asked to enter it again."
        )),
        (Some(record), Some(person)) => Some(format!(
            "{record} is the record of {name}, and {person} is asked to enter it again."
        )),
        (Some(record), None) if matches!(fate, Fate::SetAside(_)) => {
            Some(format!("{record} is the record of {name} now."))
        }
        (Some(_), None) => None,
    };
    let held = now
        .on_hold
        .map(|hold| format!("{hold} holds {name}: it is in no release until a reviewer lifts that."));
    record.into_iter().chain(held).collect()
}

fn reviewer(state: &State, by: EntryIndex) -> Option<String> {
    let resolutions = state.desks().review.resolutions();
    let found = resolutions.iter().rev().find(|resolution| resolution.entry == by)?;
    Some(state.author(found.author).person.to_string())
}

fn author(state: &State, precinct: PrecinctId, entry: EntryIndex) -> Option<String> {
    let version = state.version(precinct, entry)?;
    Some(state.author(version.author).person.to_string())
}
