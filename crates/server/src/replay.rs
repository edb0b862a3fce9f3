//! The log, read again from its first entry: the same fold as the night itself.

use rayon::prelude::*;
use tallylog_event::{Entry, EntryHash, EntryIndex, EventBody, VerifyError, chain};
use tallylog_projection::{Accepted, Fold};
use tallylog_store::{Reader, StoreError};

use crate::problem::{Fault, Problem};

/// How many entries are unpacked together.
const CHUNK: usize = 2_048;

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

impl Replay {
    /// Replays everything that `reader` holds.
    ///
    /// # Errors
    ///
    /// [`Problem::Damaged`] names the first bad entry; [`Problem::Unreadable`] if the disk fails.
    pub fn of(reader: &Reader, signatures: Signatures) -> Result<Fold, Problem> {
        let mut replay = Self::default();
        let mut entries = reader.entries(0..reader.head().size);
        let mut ready = Vec::new();
        loop {
            let chunk: Vec<Vec<u8>> = entries
                .by_ref()
                .take(CHUNK)
                .map(|read| read.map(|(_, bytes)| bytes))
                .collect::<Result<_, StoreError>>()?;
            let done = chunk.is_empty();
            // Unpacking, with its hashes and signatures, is most of the work: it goes on while the fold runs.
            let (taken, next) = rayon::join(|| replay.take(ready), || unpack(&chunk, signatures));
            taken?;
            ready = next;
            if done {
                return Ok(replay.fold);
            }
        }
    }

    /// Replays entries that are in memory.
    ///
    /// # Errors
    ///
    /// [`Problem::Damaged`] names the first bad entry.
    pub fn of_bytes(entries: &[Vec<u8>], signatures: Signatures) -> Result<Fold, Problem> {
        let mut replay = Self::default();
        let mut ready = Vec::new();
        for chunk in entries.chunks(CHUNK) {
            let (taken, next) = rayon::join(|| replay.take(ready), || unpack(chunk, signatures));
            taken?;
            ready = next;
        }
        replay.take(ready)?;
        Ok(replay.fold)
    }

    fn take(&mut self, unpacked: Vec<Result<Unpacked, Fault>>) -> Result<(), Problem> {
        for next in unpacked {
            let entry = EntryIndex(self.fold.state().size());
            next.and_then(|next| self.take_one(entry, &next))
                .map_err(|fault| Problem::Damaged { entry, fault })?;
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

fn unpack(chunk: &[Vec<u8>], signatures: Signatures) -> Vec<Result<Unpacked, Fault>> {
    chunk
        .par_iter()
        .with_min_len(match signatures {
            Signatures::Check => 8,
            Signatures::Trust => 64,
        })
        .map(|bytes| unpack_one(bytes, signatures))
        .collect()
}

fn unpack_one(bytes: &[u8], signatures: Signatures) -> Result<Unpacked, Fault> {
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
