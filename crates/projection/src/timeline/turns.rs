//! Where in the log figures change.

use std::collections::BTreeSet;

use tallylog_event::{Basis, CountyId, EntryIndex};

use crate::{Released, State};

/// The entries with which the figures of counties may have changed, in the order of the log.
pub(super) struct Turns {
    turns: Vec<(u64, CountyId)>,
    releases: Vec<u64>,
}

impl Turns {
    pub(super) fn since(state: &State, basis: Basis, from: u64) -> Self {
        let mut turns: Vec<(u64, CountyId)> = listings(state, from).chain(releasing(state, from)).collect();
        match basis {
            Basis::Recorded => turns.extend(recording(state, from)),
            Basis::Released => {}
        }
        turns.sort_unstable();
        turns.dedup();
        let releases = state.releases.iter().map(|release| release.entry.0);
        Self {
            turns,
            releases: releases.filter(|entry| *entry >= from).collect(),
        }
    }

    /// At most `most` sizes, spread evenly over the entries at which something changes, those after each release, and the
    /// end.
    pub(super) fn sizes(&self, most: usize, end: u64) -> BTreeSet<u64> {
        let mut ends = BTreeSet::from([end]);
        if most > 0 {
            let mut entries: Vec<u64> = self.turns.iter().map(|(entry, _)| *entry).collect();
            entries.dedup();
            let together = entries.len().div_ceil(most).max(1);
            let last_of_each = entries.chunks(together).filter_map(|chunk| chunk.last());
            ends.extend(last_of_each.chain(&self.releases).map(|entry| entry + 1));
        }
        ends
    }

    /// The counties that change from the turn at `start` on until the log has `size` entries, each once and in roster
    /// order, and the first turn after those.
    pub(super) fn counties(&self, start: usize, size: u64) -> (Vec<CountyId>, usize) {
        let rest = self.turns.get(start..).unwrap_or_default();
        let until = rest.partition_point(|(entry, _)| *entry < size);
        let counties: BTreeSet<CountyId> = rest.iter().take(until).map(|(_, county)| *county).collect();
        (counties.into_iter().collect(), start + until)
    }
}

fn listings(state: &State, from: u64) -> impl Iterator<Item = (u64, CountyId)> {
    state.roster.turns(from).map(|(entry, county)| (entry.0, county))
}

fn recording(state: &State, from: u64) -> impl Iterator<Item = (u64, CountyId)> {
    let touched = state.touched_since(from).into_iter();
    touched.flat_map(move |position| {
        let county = state.roster.at_position(position).map(|id| id.county);
        let turns = state.histories.get(position).map(|history| history.turns(from));
        let turns = turns.into_iter().flatten();
        turns.filter_map(move |EntryIndex(entry)| Some((entry, county?)))
    })
}

/// What each release lists that the one before did not, or listed otherwise, or lists no longer.
fn releasing(state: &State, from: u64) -> impl Iterator<Item = (u64, CountyId)> {
    let before = std::iter::once(None).chain(state.releases.iter().map(Some));
    let pairs = before
        .zip(&state.releases)
        .filter(move |(_, release)| release.entry.0 >= from);
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
