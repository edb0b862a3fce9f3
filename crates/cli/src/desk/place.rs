//! Precincts by name, and words that are recorded.

use tallylog_event::{PrecinctId, Text};
use tallylog_projection::State;

use super::DeskFault;

/// The precinct of a county and a name.
pub(crate) fn place(roster: &State, county: &str, precinct: &str) -> Result<PrecinctId, DeskFault> {
    let known = roster.roster();
    let county_named = known.county_named(county);
    let id = county_named.and_then(|county| known.precinct_named(county, precinct));
    id.ok_or_else(|| DeskFault::NoPlace {
        county: county.to_owned(),
        precinct: precinct.to_owned(),
    })
}

/// Words that somebody gave, as they are recorded.
pub(crate) fn said(what: &'static str, words: &str) -> Result<Text, DeskFault> {
    Text::new(words.trim()).map_err(|error| DeskFault::Said { what, error })
}
