//! The log, read again from its first entry: the same fold as the night itself.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{self, Scope};

use tallylog_event::{Entry, EntryHash, EntryIndex, EventBody, VerifyError, chain};
use tallylog_projection::{Accepted, Fold};
use tallylog_store::Reader;

use crate::problem::{Fault, Problem};

/// How many entries are unpacked together.
const CHUNK: u64 = 512;

/// What a replay looks at beside the layout, the chain and admission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signatures {
    /// Every signature, strictly. Takes about 40 microseconds an entry and core.
    Check,
    /// None: they were checked when the entries were taken.
    Trust,
}

/// A log as far as it has been replayed.
#[derive(Debug, Default)]
pub struct Replay {
    fold: Fold,
    last: Option<EntryHash>,
}

/// An entry, unpacked, with the hash of its bytes.
struct Unpacked {
    entry: Entry,
    body: EventBody,
    hash: EntryHash,
}

/// Entries in a row.
type Chunk = Vec<Result<Unpacked, Fault>>;

impl Replay {
    /// Replays everything that `reader` holds.
    ///
    /// # Errors
    ///
    /// [`Problem::Damaged`] names the first bad entry; [`Problem::Unreadable`] if the disk fails.
    pub fn of(reader: &Reader, signatures: Signatures) -> Result<Fold, Problem> {
        Self::run(reader.head().size, &|range| {
            let entries = reader.entries(range);
            entries.map(|read| Ok(unpack(&read?.1, signatures))).collect()
        })
    }

    /// Replays entries that are in memory.
    ///
    /// # Errors
    ///
    /// [`Problem::Damaged`] names the first bad entry.
    pub fn of_bytes(entries: &[Vec<u8>], signatures: Signatures) -> Result<Fold, Problem> {
        let place = |index: u64| usize::try_from(index).unwrap_or(usize::MAX);
        Self::run(u64::try_from(entries.len()).unwrap_or(u64::MAX), &|range| {
            let chunk = entries.get(place(range.start)..place(range.end)).unwrap_or_default();
            Ok(chunk.iter().map(|bytes| unpack(bytes, signatures)).collect())
        })
    }

    /// Unpacks chunks on all cores, and folds them here in their order.
    fn run(size: u64, unpack: &(impl Fn(Range<u64>) -> Result<Chunk, Problem> + Sync)) -> Result<Fold, Problem> {
        let chunks = size.div_ceil(CHUNK);
        let cores = u64::try_from(thread::available_parallelism().map_or(1, NonZeroUsize::get)).unwrap_or(1);
        thread::scope(|scope| {
            let lanes: Vec<Lane> = (0..cores.min(chunks))
                .map(|lane| {
                    let own = (lane..chunks).step_by(usize::try_from(cores).unwrap_or(usize::MAX));
                    Lane::start(
                        scope,
                        own.map(move |chunk| chunk * CHUNK..size.min((chunk + 1) * CHUNK)),
                        unpack,
                    )
                })
                .collect();
            let mut replay = Self::default();
            for (_, lane) in (0..chunks).zip(lanes.iter().cycle()) {
                let chunk = lane.ready.recv().map_err(|_| Problem::Stopping)??;
                replay.take(&chunk)?;
                // A lane that has ended lets it go all the same.
                let _ended = lane.done.send(chunk);
            }
            Ok(replay.fold)
        })
    }

    fn take(&mut self, chunk: &[Result<Unpacked, Fault>]) -> Result<(), Problem> {
        for next in chunk {
            let entry = EntryIndex(self.fold.state().size());
            let taken = next
                .as_ref()
                .map_err(Fault::clone)
                .and_then(|next| self.take_one(entry, next));
            taken.map_err(|fault| Problem::Damaged { entry, fault })?;
        }
        Ok(())
    }

    fn take_one(&mut self, place: EntryIndex, next: &Unpacked) -> Result<(), Fault> {
        let Unpacked { entry, body, hash } = next;
        if entry.index != place {
            return Err(Fault::Place(entry.index));
        }
        let found = self.last.unwrap_or(EntryHash::NONE);
        if entry.previous != found {
            return Err(Fault::Chain {
                named: entry.previous,
                found,
            });
        }
        let accepted = Accepted::new(place, entry.received_at, &entry.envelope, body);
        self.fold.admit(&accepted).map_err(Fault::Refused)?;
        self.fold.apply(&accepted);
        self.last = Some(*hash);
        Ok(())
    }
}

/// A thread that unpacks every so many chunks, one ahead of the fold.
///
/// What the fold is done with goes back to be let go where it was made: freeing another thread's memory makes both
/// wait, and took two thirds of a replay's time.
struct Lane {
    ready: Receiver<Result<Chunk, Problem>>,
    done: Sender<Chunk>,
}

impl Lane {
    fn start<'scope>(
        scope: &'scope Scope<'scope, '_>,
        ranges: impl Iterator<Item = Range<u64>> + Send + 'scope,
        unpack: &'scope (impl Fn(Range<u64>) -> Result<Chunk, Problem> + Sync),
    ) -> Self {
        let (out, ready) = sync_channel(1);
        let (done, back) = channel();
        scope.spawn(move || work(ranges, unpack, &out, &back));
        Self { ready, done }
    }
}

/// Works until there is nothing left, or nobody wants it any more.
fn work(
    ranges: impl Iterator<Item = Range<u64>>,
    unpack: &impl Fn(Range<u64>) -> Result<Chunk, Problem>,
    out: &SyncSender<Result<Chunk, Problem>>,
    back: &Receiver<Chunk>,
) {
    for range in ranges {
        back.try_iter().for_each(drop);
        if out.send(unpack(range)).is_err() {
            return;
        }
    }
    back.iter().for_each(drop);
}

fn unpack(bytes: &[u8], signatures: Signatures) -> Result<Unpacked, Fault> {
    let mut entry = Entry::decode(bytes).map_err(|_| Fault::Layout)?;
    let body = match signatures {
        Signatures::Trust => entry.envelope.decode().map_err(Fault::Event)?,
        Signatures::Check => {
            let verified = entry.envelope.verify().map_err(|error| match error {
                VerifyError::Signature(_) => Fault::Signature,
                VerifyError::Decode(error) => Fault::Event(error),
                VerifyError::Enrolment(error) => Fault::Enrolment(error),
            })?;
            let (envelope, body) = verified.into_parts();
            entry.envelope = envelope;
            body
        }
    };
    Ok(Unpacked {
        entry,
        body,
        hash: chain(bytes),
    })
}
