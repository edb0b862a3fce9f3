//! The figures of every county as the log grew: for whoever plays the night again, or follows it.

mod turns;

use std::ops::Range;

use tallylog_event::{Basis, County, CountyId, EntryIndex, PrecinctId, SiteKind};
use tallylog_rules::{Sheet, room};

use self::turns::Turns;
use crate::counted::worth;
use crate::totals::{Line, Sums};
use crate::{Released, State, Version};

/// What the log's first `size` entries say that those of the step before did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// How many entries.
    pub size: u64,
    /// The counties and pools whose figures may have changed, in roster order.
    pub counties: Vec<CountyFigures>,
}

/// The figures of a county or pool at a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountyFigures {
    /// Which.
    pub county: CountyId,
    /// Precincts whose figures are counted.
    pub counted: u32,
    /// Precincts that the latest release lists.
    pub released: u32,
    /// Precincts of which a correction is counted.
    pub corrected: u32,
    /// A line a group, in roster order. Its exact equivalents are left at 0.
    pub lines: Vec<Line>,
}

/// Walks through the log's past, with what a basis counts.
///
/// Every question comes with a state of the same log, whose past never changes: a long walk need not hold one of them.
#[derive(Clone, Debug)]
pub struct Timeline {
    basis: Basis,
    /// The sheet counted last, by position in roster order, with its entry.
    sheets: Vec<Option<(EntryIndex, Sheet)>>,
}

impl Timeline {
    /// Of what `basis` counts.
    #[must_use]
    pub fn new(basis: Basis) -> Self {
        Self {
            basis,
            sheets: Vec::new(),
        }
    }

    /// Every county's figures when the log had `size` entries.
    #[must_use]
    pub fn whole(&mut self, state: &State, size: u64) -> Step {
        let counties = state.roster().counties().map(|county| county.id);
        self.step(state, size, counties.collect())
    }

    /// The steps that end at these sizes, which rise from `from` on: what came after the first `from` entries, and then
    /// after each of them.
    #[must_use]
    pub fn steps(&mut self, state: &State, from: u64, ends: &[u64]) -> Vec<Step> {
        let until = ends.last().copied().unwrap_or(from);
        let mut turns = Turns::between(state, self.basis, from..until);
        let step = |size: &u64| self.step(state, *size, turns.counties_until(*size));
        ends.iter().map(step).collect()
    }

    fn step(&mut self, state: &State, size: u64, counties: Vec<CountyId>) -> Step {
        let release = state.release_at(size);
        self.sheets.resize(state.roster().precincts(), None);
        let figures = counties.into_iter().filter_map(|id| {
            let county = state.roster().county_at(id, size)?;
            Some(self.county(state, county, size, release))
        });
        Step {
            size,
            counties: figures.collect(),
        }
    }

    fn county(&mut self, state: &State, county: &County, size: u64, release: Option<&Released>) -> CountyFigures {
        let ruleset = state.contest().map(|contest| &contest.ruleset);
        let groups = state.contest().map_or(0, |contest| contest.candidates.len());
        let mut sums = Sums::new(groups);
        let mut figures = CountyFigures {
            county: county.id,
            counted: 0,
            released: 0,
            corrected: 0,
            lines: Vec::new(),
        };
        for position in state.roster().positions(county.id) {
            let listed = release.and_then(|release| release.entry_of(position));
            let version = self.counted(state, position, size, listed);
            figures.counted += u32::from(version.is_some());
            figures.released += u32::from(listed.is_some());
            figures.corrected += u32::from(version.is_some_and(|version| version.corrects));
            self.unpack(position, version);
        }
        let attendance = self.attendance(state, county);
        for (position, precinct) in state.roster().positions(county.id).zip(&county.precincts) {
            if let Some((_, sheet)) = self.sheets.get(position).and_then(Option::as_ref) {
                let ratio = ruleset.and_then(|ruleset| worth(ruleset, county, precinct, sheet, attendance));
                sums.add(sheet, ratio);
            }
        }
        figures.lines = sums.into_integers();
        figures
    }

    /// The version that the basis counted when the log had `size` entries.
    fn counted<'a>(
        &self,
        state: &'a State,
        position: usize,
        size: u64,
        listed: Option<EntryIndex>,
    ) -> Option<&'a Version> {
        let history = state.histories.get(position)?;
        match self.basis {
            Basis::Recorded => history.record_at(size),
            Basis::Released => history.version(listed?),
        }
    }

    fn unpack(&mut self, position: usize, version: Option<&Version>) {
        let Some(place) = self.sheets.get_mut(position) else {
            return;
        };
        if place.as_ref().map(|(entry, _)| *entry) != version.map(|version| version.entry) {
            *place = version.map(|version| (version.entry, version.filing().report().sheet.clone()));
        }
    }

    /// The sites' attendance where `county` is a pool: its value is shared over the sites counted.
    fn attendance(&self, state: &State, county: &County) -> u64 {
        if county.kind != SiteKind::Satellites {
            return 0;
        }
        let sheets = self.sheets.get(state.roster().positions(county.id));
        let sheets = sheets.into_iter().flatten().flatten();
        sheets.map(|(_, sheet)| u64::from(room(sheet).0)).sum()
    }
}

/// Where steps end that are `most` at most: each is of the same number of entries, and a release is always the last entry
/// of one, which may take as many more steps as there are releases.
#[must_use]
pub fn step_ends(state: &State, entries: Range<u64>, most: u64) -> Vec<u64> {
    let count = entries.end.saturating_sub(entries.start);
    let together = count.div_ceil(most.max(1)).max(1);
    let even = (1..=count / together).map(|step| entries.start + step * together);
    let releases = state.releases.iter().map(|release| release.entry.0);
    let theirs = releases.filter(|entry| entries.contains(entry)).map(|entry| entry + 1);
    let last = (count > 0).then_some(entries.end);
    let mut ends: Vec<u64> = even.chain(theirs).chain(last).collect();
    ends.sort_unstable();
    ends.dedup();
    ends
}

impl State {
    /// The latest release among the log's first `size` entries.
    fn release_at(&self, size: u64) -> Option<&Released> {
        let until = self.releases.partition_point(|release| release.entry.0 < size);
        self.releases.get(until.checked_sub(1)?)
    }

    /// The corrections among these entries, each with its precinct, in the order of the log.
    #[must_use]
    pub fn corrections(&self, entries: Range<u64>) -> Vec<(EntryIndex, PrecinctId)> {
        let mut found: Vec<_> = self
            .touched(entries.clone())
            .into_iter()
            .filter_map(|position| Some((self.histories.get(position)?, self.roster.at_position(position)?)))
            .flat_map(|(history, id)| {
                let versions = history.versions_of(entries.clone()).iter();
                let corrections = versions.filter(|version| version.corrects);
                corrections.map(move |version| (version.entry, id))
            })
            .collect();
        found.sort_unstable();
        found
    }

    /// The positions in roster order of the precincts that these entries are about, each once.
    fn touched(&self, entries: Range<u64>) -> Vec<usize> {
        let mut positions: Vec<usize> = self.positions_of(entries).collect();
        positions.sort_unstable();
        positions.dedup();
        positions
    }
}
