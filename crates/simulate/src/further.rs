//! More reports than a night has, for measurements.

use tallylog_event::{Channel, Envelope, Event, PrecinctId, Report, UnixMillis};

use crate::Night;
use crate::chance::{Chance, Stream};
use crate::desk::Desk;

/// `count` more reports of `night`: random precincts, as their rooms were, each signed anew by the chair's own key.
///
/// The same `seed` gives the same reports. No submission id comes twice, and none is one of the night's. One costs
/// little more than its signature.
pub fn reports(seed: u64, night: &Night, count: usize) -> impl Iterator<Item = Envelope> {
    let precincts: Vec<PrecinctId> = night.sheets.keys().copied().collect();
    let mut chance = Chance::of(seed, Stream::Further, 1);
    let mut desk = Desk::further(night.contest.id, seed);
    let first = end(night).0;
    (first..).take(count).filter_map(move |at| {
        let precinct = *chance.pick(&precincts);
        let chair = night.keys.chair(precinct)?;
        let report = Report {
            precinct,
            channel: Channel::App,
            sheet: night.sheets[&precinct].clone(),
            files: Vec::new(),
        };
        Some(desk.seal(&chair.key, UnixMillis(at), Event::Reported(Box::new(report))))
    })
}

/// The last moment of the night, and of its days after.
fn end(night: &Night) -> UnixMillis {
    night.plan.last().map(|planned| planned.at).unwrap_or_default()
}
