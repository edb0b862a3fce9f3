//! When a reviewer releases what is clear.

use std::collections::BTreeSet;

use tallylog_event::{SigningKey, UnixMillis};

use crate::Keys;
use crate::chance::Chance;
use crate::desk::Desk;
use crate::filing::after;
use crate::plan::{Milestone, Planned, What};
use crate::words::text;

const MINUTE_MS: u64 = 60_000;
const DAY_MS: u64 = 24 * 60 * MINUTE_MS;

/// Releases at a time, and what each is called. The first is at twenty to nine, the second at one in the morning.
const AT: [(u64, &str); 5] = [
    (100 * MINUTE_MS, "first figures"),
    (360 * MINUTE_MS, "first night"),
    (7 * DAY_MS, "corrected worksheets"),
    (16 * DAY_MS, "recanvass"),
    (26 * DAY_MS, "certified"),
];

/// Releases once so many of a hundred precincts have reported.
const REPORTED: [(usize, &str); 4] = [(62, "62pct"), (71, "71pct"), (86, "86pct"), (100, "100pct")];

/// The releases of a night whose reports are `arrivals`, in order of time.
pub(crate) fn milestones(
    start: UnixMillis,
    arrivals: &[Planned],
    keys: &Keys,
    desk: &mut Desk,
    mut chance: Chance,
) -> Vec<Planned> {
    let first_reports = first_reports(arrivals);
    let at = AT.map(|(ms, name)| (after(start, ms), name));
    let reported = REPORTED.map(|(percent, name)| {
        let precincts = (first_reports.len() * percent).div_ceil(100);
        let reported = first_reports[precincts.saturating_sub(1)];
        (after(reported, MINUTE_MS), name)
    });
    let all = at.into_iter().chain(reported);
    let milestone = |(at, name): (UnixMillis, &str)| {
        let reviewer: &SigningKey = &chance.pick(&keys.reviewers).key;
        Planned {
            at,
            what: What::Release(Milestone {
                slot: desk.slot(at),
                key: reviewer.clone(),
                name: text(name),
            }),
        }
    };
    all.map(milestone).collect()
}

/// When each precinct was first heard of, in order of time.
fn first_reports(arrivals: &[Planned]) -> Vec<UnixMillis> {
    let mut seen = BTreeSet::new();
    let first = arrivals.iter().filter_map(|planned| match &planned.what {
        What::Arrival(arrival) => seen.insert(arrival.precinct).then_some(planned.at),
        What::Correction(_) | What::Case(_) | What::Release(_) => None,
    });
    first.collect()
}
