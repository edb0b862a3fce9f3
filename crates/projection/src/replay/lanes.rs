//! Work on all cores whose results are taken here, in their order.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{self, Scope};

/// How many items are worked on together.
const CHUNK: u64 = 512;

/// How many chunks a lane may be ahead, so that it need not wait for whoever takes them while the machine is busy.
const AHEAD: usize = 4;

/// Does `work` on the items from 0 up to `size`, a chunk at a time on all cores, and hands the results to `take` on this
/// thread, chunk after chunk.
///
/// The order in which `take` sees them does not depend on the number of cores. A core is a few chunks ahead at most.
///
/// # Errors
///
/// The first error of `work` or `take`, in the order of the items. Nothing after it is taken.
pub fn in_lanes<T: Send, E: Send>(
    size: u64,
    work: &(impl Fn(Range<u64>) -> Result<T, E> + Sync),
    mut take: impl FnMut(&T) -> Result<(), E>,
) -> Result<(), E> {
    let chunks = size.div_ceil(CHUNK);
    let cores = u64::try_from(thread::available_parallelism().map_or(1, NonZeroUsize::get)).unwrap_or(1);
    thread::scope(|scope| {
        let lanes: Vec<Lane<T, E>> = (0..cores.min(chunks))
            .map(|lane| {
                let own = (lane..chunks).step_by(usize::try_from(cores).unwrap_or(usize::MAX));
                let ranges = own.map(move |chunk| chunk * CHUNK..size.min((chunk + 1) * CHUNK));
                Lane::start(scope, ranges, work)
            })
            .collect();
        for (_, lane) in (0..chunks).zip(lanes.iter().cycle()) {
            let Ok(done) = lane.ready.recv() else {
                // The lane panicked, and so will the scope.
                break;
            };
            let chunk = done?;
            take(&chunk)?;
            // A lane that has ended lets it go all the same.
            let _ended = lane.done.send(chunk);
        }
        Ok(())
    })
}

/// A thread that works on every so many chunks, ahead of whoever takes them.
///
/// What was taken goes back to be let go where it was made: freeing another thread's memory makes both wait, and took
/// two thirds of a replay's time.
struct Lane<T, E> {
    ready: Receiver<Result<T, E>>,
    done: Sender<T>,
}

impl<T: Send, E: Send> Lane<T, E> {
    fn start<'scope>(
        scope: &'scope Scope<'scope, '_>,
        ranges: impl Iterator<Item = Range<u64>> + Send + 'scope,
        work: &'scope (impl Fn(Range<u64>) -> Result<T, E> + Sync),
    ) -> Self
    where
        T: 'scope,
        E: 'scope,
    {
        let (out, ready) = sync_channel(AHEAD);
        let (done, back) = channel();
        scope.spawn(move || run(ranges, work, &out, &back));
        Self { ready, done }
    }
}

/// Works until there is nothing left, or nobody wants it any more.
fn run<T, E>(
    ranges: impl Iterator<Item = Range<u64>>,
    work: &impl Fn(Range<u64>) -> Result<T, E>,
    out: &SyncSender<Result<T, E>>,
    back: &Receiver<T>,
) {
    for range in ranges {
        back.try_iter().for_each(drop);
        if out.send(work(range)).is_err() {
            return;
        }
    }
    back.iter().for_each(drop);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(size: u64, fails_at: Option<u64>) -> (Vec<u64>, Result<(), u64>) {
        let mut taken = Vec::new();
        let work = |range: Range<u64>| match fails_at {
            Some(bad) if range.contains(&bad) => Err(bad),
            Some(_) | None => Ok(range),
        };
        let outcome = in_lanes(size, &work, |range| {
            taken.extend(range.clone());
            Ok(())
        });
        (taken, outcome)
    }

    #[test]
    fn everything_is_taken_once_and_in_order() {
        for size in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 9 * CHUNK + 5] {
            let (taken, outcome) = sums(size, None);
            assert_eq!(outcome, Ok(()));
            assert!(taken.into_iter().eq(0..size), "{size}");
        }
    }

    #[test]
    fn nothing_is_taken_from_the_chunk_of_an_error_on() {
        let (taken, outcome) = sums(9 * CHUNK, Some(4 * CHUNK + 7));
        assert_eq!(outcome, Err(4 * CHUNK + 7));
        assert!(taken.into_iter().eq(0..4 * CHUNK));
    }

    #[test]
    fn work_stops_when_nobody_takes_it() {
        let mut first = true;
        let outcome = in_lanes(1_000 * CHUNK, &Ok, |_: &Range<u64>| {
            if std::mem::take(&mut first) {
                Ok(())
            } else {
                Err("enough")
            }
        });
        assert_eq!(outcome, Err("enough"));
    }
}
