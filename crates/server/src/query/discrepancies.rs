//! What the checks found.

use prost::Message;
use tallylog_projection::{Discrepancy, State};
use tallylog_wire::v1;

use super::moment;
use crate::problem::Problem;

/// After so many bytes an answer has enough of them: clients take 4 MiB, and one device can bring about tens of thousands.
const ENOUGH: usize = 3 << 20;

/// Answers for every discrepancy, or those of a county or about a range of entries.
///
/// # Errors
///
/// [`Problem`] if the moment or the county does not exist.
pub fn discrepancies(state: &State, request: &v1::DiscrepanciesRequest) -> Result<v1::DiscrepanciesResponse, Problem> {
    let state = moment::at(state, request.moment.as_ref())?;
    let county = match request.county.as_str() {
        "" => None,
        name => Some(moment::county(&state, name)?.id),
    };
    let review = state.review();
    let wanted = review
        .discrepancies()
        .iter()
        .filter(|found| county.is_none_or(|county| county == found.county))
        .filter(|found| is_about(found, request));
    let skip = usize::try_from(request.skip).unwrap_or(usize::MAX);
    let mut wanted = wanted.skip(skip).peekable();
    let (mut bytes, mut discrepancies) = (0_usize, Vec::new());
    while let Some(found) = wanted.next_if(|_| bytes < ENOUGH) {
        let message = message(&state, found);
        bytes = bytes.saturating_add(message.encoded_len());
        discrepancies.push(message);
    }
    let said = u32::try_from(discrepancies.len()).unwrap_or(u32::MAX);
    Ok(v1::DiscrepanciesResponse {
        position: Some(moment::position(&state)?),
        discrepancies,
        next: wanted.peek().map(|_| request.skip.saturating_add(said)),
    })
}

/// Whether it is about one of the entries that were asked for. What is about a county as a whole is about none of a few.
fn is_about(found: &Discrepancy, request: &v1::DiscrepanciesRequest) -> bool {
    let before_end = |entry: u64| request.until == 0 || entry < request.until;
    let all = request.from == 0 && request.until == 0;
    found
        .entry
        .map_or(all, |entry| entry.0 >= request.from && before_end(entry.0))
}

pub(super) fn message(state: &State, found: &Discrepancy) -> v1::Discrepancy {
    let county = state.roster().county(found.county);
    let precinct = found.precinct.and_then(|id| state.roster().precinct(id));
    v1::Discrepancy {
        code: found.code.as_str().to_owned(),
        name: found.code.name().to_owned(),
        severity: found.severity.as_str().to_owned(),
        county: county.map(|county| county.name.to_string()).unwrap_or_default(),
        precinct: precinct
            .map(|(_, precinct)| precinct.name.to_string())
            .unwrap_or_default(),
        status: found.life.as_str().to_owned(),
        message: found.message(state),
        advice: found.code.advice().to_owned(),
        entry: found.entry.map(|entry| entry.0),
    }
}
