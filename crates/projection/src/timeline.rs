//! The figures of every county as the log grew: for whoever plays the night again, or follows it.

mod turns;

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
pub struct Timeline<'a> {
    state: &'a State,
    basis: Basis,
    /// The sheet counted last, by position in roster order, with its entry.
    sheets: Vec<Option<(EntryIndex, Sheet)>>,
}

impl<'a> Timeline<'a> {
    /// Of what `basis` counts.
    #[must_use]
    pub fn new(state: &'a State, basis: Basis) -> Self {
        Self {
            state,
            basis,
            sheets: vec![None; state.roster().precincts()],
        }
    }

    /// Every county's figures when the log had `size` entries.
    #[must_use]
    pub fn whole(&mut self, size: u64) -> Step {
        let counties = self.state.roster().counties().map(|county| county.id);
        self.step(size, counties.collect())
    }

    /// What came after the first `from` entries, in at most `most` steps, of which the last is the whole log.
    ///
    /// Neighbouring entries share a step where there are more of them, and a release is always the last of its step,
    /// which may take as many more steps as there are releases.
    #[must_use]
    pub fn since(&mut self, from: u64, most: usize) -> Vec<Step> {
        let end = self.state.size();
        if from >= end {
            return Vec::new();
        }
        let turns = Turns::since(self.state, self.basis, from);
        let mut start = 0;
        let mut steps = Vec::new();
        for size in turns.sizes(most.saturating_sub(1), end) {
            let (counties, next) = turns.counties(start, size);
            start = next;
            steps.push(self.step(size, counties));
        }
        steps
    }

    fn step(&mut self, size: u64, counties: Vec<CountyId>) -> Step {
        let release = self.state.release_at(size);
        let figures = counties.into_iter().filter_map(|id| {
            let county = self.state.roster().county_at(id, size)?;
            Some(self.county(county, size, release))
        });
        Step {
            size,
            counties: figures.collect(),
        }
    }

    fn county(&mut self, county: &County, size: u64, release: Option<&Released>) -> CountyFigures {
        let ruleset = self.state.contest().map(|contest| &contest.ruleset);
        let groups = self.state.contest().map_or(0, |contest| contest.candidates.len());
        let mut sums = Sums::new(groups);
        let mut figures = CountyFigures {
            county: county.id,
            counted: 0,
            released: 0,
            corrected: 0,
            lines: Vec::new(),
        };
        for position in self.state.roster().positions(county.id) {
            let listed = release.and_then(|release| release.entry_of(position));
            let version = self.counted(position, size, listed);
            figures.counted += u32::from(version.is_some());
            figures.released += u32::from(listed.is_some());
            figures.corrected += u32::from(version.is_some_and(|version| version.corrects));
            self.unpack(position, version);
        }
        let attendance = self.attendance(county);
        for (position, precinct) in self.state.roster().positions(county.id).zip(&county.precincts) {
            if let Some((_, sheet)) = self.sheets.get(position).and_then(Option::as_ref) {
                let ratio = ruleset.and_then(|ruleset| worth(ruleset, county, precinct, sheet, attendance));
                sums.add(sheet, ratio);
            }
        }
        figures.lines = sums.into_integers();
        figures
    }

    /// The version that the basis counted when the log had `size` entries.
    fn counted(&self, position: usize, size: u64, listed: Option<EntryIndex>) -> Option<&'a Version> {
        let history = self.state.histories.get(position)?;
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
    fn attendance(&self, county: &County) -> u64 {
        if county.kind != SiteKind::Satellites {
            return 0;
        }
        let sheets = self.sheets.get(self.state.roster().positions(county.id));
        let sheets = sheets.into_iter().flatten().flatten();
        sheets.map(|(_, sheet)| u64::from(room(sheet).0)).sum()
    }
}

impl State {
    /// The latest release among the log's first `size` entries.
    fn release_at(&self, size: u64) -> Option<&Released> {
        let until = self.releases.partition_point(|release| release.entry.0 < size);
        self.releases.get(until.checked_sub(1)?)
    }

    /// The corrections among the entries from `from` on, each with its precinct, in the order of the log.
    #[must_use]
    pub fn corrections_since(&self, from: u64) -> Vec<(EntryIndex, PrecinctId)> {
        let mut found: Vec<_> = self
            .touched_since(from)
            .into_iter()
            .filter_map(|position| Some((self.histories.get(position)?, self.roster.at_position(position)?)))
            .flat_map(|(history, id)| {
                let later = history.versions().iter().filter(move |version| version.entry.0 >= from);
                later
                    .filter(|version| version.corrects)
                    .map(move |version| (version.entry, id))
            })
            .collect();
        found.sort_unstable();
        found
    }

    /// The positions in roster order of the precincts that entries from `from` on are about, each once.
    fn touched_since(&self, from: u64) -> Vec<usize> {
        let mut positions: Vec<usize> = self.positions_since(from).collect();
        positions.sort_unstable();
        positions.dedup();
        positions
    }
}
