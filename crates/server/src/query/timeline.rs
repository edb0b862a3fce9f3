//! The figures of every county as the log grew.

use std::ops::Range;

use tallylog_event::{EntryIndex, PrecinctId};
use tallylog_projection::{Basis, CountyFigures, State, Step, Timeline, step_ends};
use tallylog_wire::v1;

use super::totals;
use crate::access::Reader;
use crate::problem::Problem;

/// How many steps are sent where nobody says.
const STEPS: u32 = 1_000;

/// How many steps may be asked for.
const MOST_STEPS: u32 = 10_000;

/// How many steps are looked at together at most.
const TOGETHER: usize = 100;

/// How many entries steps that are looked at together may have, unless it is one step. Each entry may change the figures
/// of a county, which are some hundred bytes: a message stays well below what a client takes at once, and a look is short.
const LOOK: u64 = 4_000;

/// A walk through the log, step by step. Between two looks it holds nothing of the state, since others wait for that.
#[derive(Debug)]
pub struct Walk {
    basis: Basis,
    timeline: Timeline,
    /// How far it has come; `None` before the first step.
    reached: Option<u64>,
    from: u64,
    /// Where the steps end that are still to come.
    ends: Vec<u64>,
    follow: bool,
}

impl Walk {
    /// Looks at a request.
    ///
    /// # Errors
    ///
    /// [`Problem::Embargoed`] where recorded figures are not for the reader, [`Problem::BeyondLog`] for entries that are
    /// not there, and [`Problem::Empty`].
    pub fn begin(state: &State, reader: &Reader, request: &v1::TimelineRequest) -> Result<Self, Problem> {
        if state.contest().is_none() {
            return Err(Problem::Empty);
        }
        let basis = basis(state, reader, request)?;
        let size = state.size();
        if let Some(asked) = [request.from, request.until].into_iter().find(|asked| *asked > size) {
            return Err(Problem::BeyondLog { asked, size });
        }
        let until = if request.until == 0 { size } else { request.until };
        let steps = match request.steps {
            0 => STEPS,
            steps => steps.min(MOST_STEPS),
        };
        let mut ends = step_ends(state, request.from..until, steps.into());
        ends.reverse();
        Ok(Self {
            basis,
            timeline: Timeline::new(basis),
            reached: None,
            from: request.from,
            ends,
            follow: request.follow && request.until == 0,
        })
    }

    /// Where it goes on with whatever the log takes: what is counted, and how many entries it has said. `None` for a walk
    /// through the past alone.
    #[must_use]
    pub fn follows(self) -> Option<(Basis, u64)> {
        self.follow.then(|| (self.basis, self.reached.unwrap_or(self.from)))
    }

    /// The next steps, by a state that may be of more entries than the one it began with; none where all have been said.
    #[must_use]
    pub fn next(&mut self, state: &State, reader: &Reader) -> Vec<v1::TimelineStep> {
        let Some(from) = self.reached else {
            let first = self.timeline.whole(state, self.from);
            self.reached = Some(self.from);
            return vec![message(state, reader, &first, Vec::new())];
        };
        let ends = self.ends_of_a_look(from);
        let until = ends.last().copied().unwrap_or(from);
        let mut marks = marks(state, reader, from..until).into_iter().peekable();
        let steps = self.timeline.steps(state, from, &ends).into_iter();
        self.reached = Some(until);
        let of_each = steps.map(|step| {
            let theirs = std::iter::from_fn(|| marks.next_if(|mark| mark.entry < step.size)).collect();
            message(state, reader, &step, theirs)
        });
        of_each.collect()
    }

    fn ends_of_a_look(&mut self, from: u64) -> Vec<u64> {
        let far = from.saturating_add(LOOK);
        let near = self.ends.iter().rev().take(TOGETHER).take_while(|end| **end <= far);
        let count = near.count().max(1).min(self.ends.len());
        let mut ends = self.ends.split_off(self.ends.len() - count);
        ends.reverse();
        ends
    }
}

/// What these entries say, in one step.
#[must_use]
pub fn step(state: &State, reader: &Reader, basis: Basis, entries: Range<u64>) -> Option<v1::TimelineStep> {
    let step = Timeline::new(basis).steps(state, entries.start, &[entries.end]).pop()?;
    Some(message(state, reader, &step, marks(state, reader, entries)))
}

fn basis(state: &State, reader: &Reader, request: &v1::TimelineRequest) -> Result<Basis, Problem> {
    let asked = totals::known(request.basis)?;
    if reader.reads_everything(state) {
        return Ok(totals::basis(asked, None));
    }
    match asked {
        v1::Basis::Recorded => Err(Problem::Embargoed),
        v1::Basis::Released | v1::Basis::Unspecified => Ok(Basis::Released),
    }
}

fn message(state: &State, reader: &Reader, step: &Step, marks: Vec<v1::TimelineMark>) -> v1::TimelineStep {
    let last = step.size.checked_sub(1);
    let received_at = last.and_then(|last| state.received_at(EntryIndex(last)));
    let mut before = state.releases().iter().rev();
    let released = before.find(|release| release.entry.0 < step.size);
    let withholds = !reader.reads_everything(state);
    v1::TimelineStep {
        size: step.size,
        time_ms: received_at.unwrap_or_default().0,
        counties: step.counties.iter().map(|figures| county(figures, withholds)).collect(),
        marks,
        release: released.map(|release| release.name.to_string()).unwrap_or_default(),
    }
}

/// A county of which nothing is released has no figures where the rest is withheld, rather than noughts.
fn county(figures: &CountyFigures, withholds: bool) -> v1::CountyFigures {
    let lines = if withholds && figures.released == 0 {
        &[][..]
    } else {
        &figures.lines
    };
    v1::CountyFigures {
        county: u32::from(figures.county.0),
        reported: (!withholds).then_some(figures.counted),
        released: figures.released,
        corrected: figures.corrected,
        first_alignment: lines.iter().map(|line| line.first_alignment).collect(),
        final_alignment: lines.iter().map(|line| line.final_alignment).collect(),
        delegates: lines.iter().map(|line| line.delegates).collect(),
        sde_ten_thousandths: lines.iter().map(|line| line.equivalents.0).collect(),
    }
}

/// Releases, corrections, and the course of the night in a range of entries, as far as the reader may know of them.
fn marks(state: &State, reader: &Reader, range: Range<u64>) -> Vec<v1::TimelineMark> {
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

fn corrections(state: &State, range: Range<u64>) -> impl Iterator<Item = v1::TimelineMark> {
    state.corrections(range).into_iter().map(|(entry, precinct)| {
        let (county, precinct) = names(state, precinct);
        v1::TimelineMark {
            county,
            precinct,
            ..mark(state, entry, "correction")
        }
    })
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
