//! The figures of every county as the log grew.

use tallylog_event::{EntryIndex, PrecinctId};
use tallylog_projection::{Basis, CountyFigures, State, Step, Timeline};
use tallylog_wire::v1;

use super::totals;
use crate::access::Reader;
use crate::problem::Problem;

/// How many steps are sent where nobody says.
const STEPS: u32 = 1_000;

/// How many steps may be asked for.
const MOST_STEPS: u32 = 10_000;

/// What is asked for, once it is known to be there and to be for this reader.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    basis: Basis,
    from: u64,
    steps: usize,
}

impl Asked {
    /// Looks at a request.
    ///
    /// # Errors
    ///
    /// [`Problem::Embargoed`] where recorded figures are not for the reader, [`Problem::BeyondLog`] for entries that are
    /// not there, and [`Problem::Empty`].
    pub fn of(state: &State, reader: &Reader, request: &v1::TimelineRequest) -> Result<Self, Problem> {
        if state.contest().is_none() {
            return Err(Problem::Empty);
        }
        let basis = if reader.reads_everything(state) {
            totals::basis(request.basis(), None)
        } else {
            match request.basis() {
                v1::Basis::Recorded => return Err(Problem::Embargoed),
                v1::Basis::Released | v1::Basis::Unspecified => Basis::Released,
            }
        };
        let (asked, size) = (request.from, state.size());
        if asked > size {
            return Err(Problem::BeyondLog { asked, size });
        }
        let steps = match request.steps {
            0 => STEPS,
            steps => steps.min(MOST_STEPS),
        };
        Ok(Self {
            basis,
            from: asked,
            steps: usize::try_from(steps).unwrap_or(usize::MAX),
        })
    }
}

/// Every county's figures as the first entries have them, and what came after them in the log of this state.
#[must_use]
pub fn timeline(state: &State, reader: &Reader, asked: Asked) -> Vec<v1::TimelineStep> {
    let mut timeline = Timeline::new(state, asked.basis);
    let first = timeline.whole(asked.from);
    let later = timeline.since(asked.from, asked.steps);
    let mut from = 0;
    let steps = std::iter::once(first).chain(later);
    steps.map(|step| message(state, reader, &step, &mut from)).collect()
}

/// What the log of this state says beyond `from` entries, in one step; `None` where it says nothing.
#[must_use]
pub fn next_step(state: &State, reader: &Reader, asked: Asked, from: u64) -> Option<v1::TimelineStep> {
    let step = Timeline::new(state, asked.basis).since(from, 1).pop()?;
    Some(message(state, reader, &step, &mut { from }))
}

/// Says a step, with the marks from the entry `from` on, and moves `from` to its end.
fn message(state: &State, reader: &Reader, step: &Step, from: &mut u64) -> v1::TimelineStep {
    let range = *from..step.size;
    *from = step.size;
    let last = step
        .size
        .checked_sub(1)
        .and_then(|last| state.received_at(EntryIndex(last)));
    let released = state
        .releases()
        .iter()
        .rev()
        .find(|release| release.entry.0 < step.size);
    let figures = step.counties.iter();
    v1::TimelineStep {
        size: step.size,
        time_ms: last.unwrap_or_default().0,
        counties: figures.map(county).collect(),
        marks: marks(state, reader, &range),
        release: released.map(|release| release.name.to_string()).unwrap_or_default(),
    }
}

fn county(figures: &CountyFigures) -> v1::CountyFigures {
    let lines = &figures.lines;
    v1::CountyFigures {
        county: u32::from(figures.county.0),
        reported: figures.counted,
        released: figures.released,
        corrected: figures.corrected,
        first_alignment: lines.iter().map(|line| line.first_alignment).collect(),
        final_alignment: lines.iter().map(|line| line.final_alignment).collect(),
        delegates: lines.iter().map(|line| line.delegates).collect(),
        sde_ten_thousandths: lines.iter().map(|line| line.equivalents.0).collect(),
    }
}

/// Releases, corrections, and the course of the night in a range of entries, as far as the reader may know of them.
fn marks(state: &State, reader: &Reader, range: &std::ops::Range<u64>) -> Vec<v1::TimelineMark> {
    let mut marks: Vec<v1::TimelineMark> = course(state)
        .chain(releases(state))
        .filter(|mark| range.contains(&mark.entry))
        .collect();
    marks.extend(corrections(state, range));
    marks.retain(|mark| reader.reads(state, EntryIndex(mark.entry)).is_ok());
    marks.sort_by_key(|mark| mark.entry);
    marks
}

fn releases(state: &State) -> impl Iterator<Item = v1::TimelineMark> {
    state.releases().iter().map(|release| v1::TimelineMark {
        name: release.name.to_string(),
        ..mark(state, release.entry, "release")
    })
}

fn course(state: &State) -> impl Iterator<Item = v1::TimelineMark> {
    let desk = &state.desks().course;
    let pauses = desk.pauses().iter().flat_map(|pause| {
        let resumed = pause.resumed.as_ref().map(|resumed| (resumed.entry, "resumption"));
        std::iter::once((pause.paused.entry, "pause")).chain(resumed)
    });
    let amendments = desk.amendments().iter();
    let amendments = amendments.map(|amended| (amended.entry, "amendment of the roster"));
    let certified = desk.certified().map(|entry| (entry, "certification"));
    let all = pauses.chain(amendments).chain(certified);
    all.map(|(entry, kind)| mark(state, entry, kind))
}

fn corrections(state: &State, range: &std::ops::Range<u64>) -> Vec<v1::TimelineMark> {
    let found = state.corrections_since(range.start).into_iter();
    let found = found.take_while(|(entry, _)| entry.0 < range.end);
    found
        .map(|(entry, precinct)| {
            let (county, precinct) = names(state, precinct);
            v1::TimelineMark {
                county,
                precinct,
                ..mark(state, entry, "correction")
            }
        })
        .collect()
}

fn mark(state: &State, entry: EntryIndex, kind: &str) -> v1::TimelineMark {
    v1::TimelineMark {
        entry: entry.0,
        time_ms: state.received_at(entry).unwrap_or_default().0,
        kind: kind.to_owned(),
        ..v1::TimelineMark::default()
    }
}

/// The names of a precinct's county or pool, and of the precinct.
pub(super) fn names(state: &State, precinct: PrecinctId) -> (String, String) {
    let named = state.roster().precinct(precinct);
    named.map_or_else(Default::default, |(county, precinct)| {
        (county.name.to_string(), precinct.name.to_string())
    })
}
