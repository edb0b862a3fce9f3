//! The log, read again from its first entry, wherever its entries are.

use std::convert::Infallible;

use tallylog_projection::{Fold, ReplayError, Shown, Signatures, replay, replay_shown};
use tallylog_store::Reader;

use crate::problem::Problem;

/// Replays a log without looking at who asks.
#[derive(Debug)]
pub struct Replay;

impl Replay {
    /// Replays everything that `reader` holds.
    ///
    /// # Errors
    ///
    /// [`Problem::Damaged`] names the first bad entry; [`Problem::Store`] if the disk fails.
    pub fn of(reader: &Reader, signatures: Signatures) -> Result<Fold, Problem> {
        let entries = |range| {
            let read = reader.entries(range).map(|read| read.map(|(_, bytes)| bytes));
            read.collect::<Result<Vec<_>, _>>()
        };
        let replayed = replay(reader.head().size, &entries, signatures, &mut ());
        replayed.map_err(|error| match error {
            ReplayError::Damaged { entry, fault } => Problem::Damaged { entry, fault },
            ReplayError::Source(error) => error.into(),
        })
    }

    /// Replays entries that are in memory.
    ///
    /// # Errors
    ///
    /// [`Problem::Damaged`] names the first bad entry.
    pub fn of_bytes(entries: &[Vec<u8>], signatures: Signatures) -> Result<Fold, Problem> {
        let place = |index: u64| usize::try_from(index).unwrap_or(usize::MAX);
        let size = u64::try_from(entries.len()).unwrap_or(u64::MAX);
        let chunk = |range: std::ops::Range<u64>| {
            Ok::<_, Infallible>(entries.get(place(range.start)..place(range.end)).unwrap_or_default())
        };
        let replayed = replay(size, &chunk, signatures, &mut ());
        replayed.map_err(damaged)
    }

    /// Replays what somebody is shown of a log of which the contest withholds the rest.
    ///
    /// # Errors
    ///
    /// [`Problem::Damaged`] names the first bad entry.
    pub fn of_shown(entries: &[Shown<Vec<u8>>], signatures: Signatures) -> Result<Fold, Problem> {
        let place = |index: u64| usize::try_from(index).unwrap_or(usize::MAX);
        let size = u64::try_from(entries.len()).unwrap_or(u64::MAX);
        let chunk = |range: std::ops::Range<u64>| {
            let entries = entries.get(place(range.start)..place(range.end)).unwrap_or_default();
            Ok::<_, Infallible>(entries.to_vec())
        };
        let replayed = replay_shown(size, &chunk, signatures, &mut ());
        replayed.map_err(damaged)
    }
}

fn damaged(error: ReplayError<Infallible>) -> Problem {
    match error {
        ReplayError::Damaged { entry, fault } => Problem::Damaged { entry, fault },
        ReplayError::Source(never) => match never {},
    }
}
