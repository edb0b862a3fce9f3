//! Where in the log figures change.

use std::collections::BTreeSet;
use std::ops::Range;

use tallylog_event::{Basis, CountyId, EntryIndex};

use crate::{Released, State};

/// The entries with which the figures of counties may have changed, in the order of the log, as far as nobody has asked
/// for them.
pub(super) struct Turns(std::iter::Peekable<std::vec::IntoIter<(u64, CountyId)>>);

impl Turns {
    pub(super) fn between(state: &State, basis: Basis, entries: Range<u64>) -> Self {
        let listings = listings(state, entries.clone());
        let mut turns: Vec<(u64, CountyId)> = listings.chain(releasing(state, entries.clone())).collect();
        match basis {
            Basis::Recorded => turns.extend(recording(state, entries)),
            Basis::Released => {}
        }
        turns.sort_unstable();
        Self(turns.into_iter().peekable())
    }

    /// The counties that change from here on until the log has `size` entries, each once and in roster order.
    pub(super) fn counties_until(&mut self, size: u64) -> Vec<CountyId> {
        let mut counties = BTreeSet::new();
        while let Some((_, county)) = self.0.next_if(|(entry, _)| *entry < size) {
            counties.insert(county);
        }
        counties.into_iter().collect()
    }
}

fn listings(state: &State, entries: Range<u64>) -> impl Iterator<Item = (u64, CountyId)> {
    let turns = state.roster.turns(entries.start);
    let turns = turns.map(|(entry, county)| (entry.0, county));
    turns.filter(move |(entry, _)| *entry < entries.end)
}

fn recording(state: &State, entries: Range<u64>) -> impl Iterator<Item = (u64, CountyId)> {
    let touched = state.touched(entries.clone()).into_iter();
    touched.flat_map(move |position| {
        let county = state.roster.at_position(position).map(|id| id.county);
        let turns = state
            .histories
            .get(position)
            .map(|history| history.turns(entries.clone()));
        let turns = turns.into_iter().flatten();
        turns.filter_map(move |EntryIndex(entry)| Some((entry, county?)))
    })
}

/// What each release lists that the one before did not, or listed otherwise, or lists no longer.
fn releasing(state: &State, entries: Range<u64>) -> impl Iterator<Item = (u64, CountyId)> {
    let before = std::iter::once(None).chain(state.releases.iter().map(Some));
    let pairs = before
        .zip(state.releases())
        .filter(move |(_, release)| entries.contains(&release.entry.0));
    pairs.flat_map(|(before, release)| {
        let changed = changed(before, release).into_iter();
        changed.filter_map(|position| Some((release.entry.0, state.roster.at_position(position)?.county)))
    })
}

fn changed(before: Option<&Released>, release: &Released) -> BTreeSet<usize> {
    let old: BTreeSet<_> = before.into_iter().flat_map(Released::listed).copied().collect();
    let new: BTreeSet<_> = release.listed().copied().collect();
    old.symmetric_difference(&new).map(|(position, _)| *position).collect()
}
