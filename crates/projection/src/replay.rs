//! The log, read again from its first entry: the same fold as the night itself.

mod lanes;

use std::ops::Range;

use tallylog_event::{
    DecodeError, EnrolmentError, Entry, EntryError, EntryHash, EntryIndex, EventBody, KnownKeys, VerifyError, chain,
};
use thiserror::Error;

use crate::admit::rests_on_the_withheld;
use crate::{Accepted, Fold, Refusal, State};

pub use self::lanes::in_lanes;

/// What a replay looks at beside the layout, the chain and admission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signatures {
    /// Every signature, strictly. Takes about 40 microseconds an entry and core.
    Check,
    /// None: they were checked when the entries were taken.
    Trust,
}

/// An entry that was replayed.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// The entry.
    pub entry: Entry,
    /// What its author signed.
    pub body: EventBody,
    /// The BLAKE3 hash of its bytes.
    pub hash: EntryHash,
}

/// Whoever looks on while a log is replayed.
pub trait Visitor {
    /// An entry was admitted to `state`, and is about to be applied to it.
    fn before(&mut self, state: &State, replayed: &Replayed) {
        let _ = (state, replayed);
    }

    /// An entry was admitted in part on the word of what is withheld: only those who are shown all of it can tell.
    fn rests_on_the_withheld(&mut self, entry: EntryIndex) {
        let _ = entry;
    }

    /// An entry was applied, and led to `state`.
    fn after(&mut self, state: &State, replayed: &Replayed) {
        let _ = (state, replayed);
    }
}

/// Nobody looks on.
impl Visitor for () {}

/// Why a replay stopped.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReplayError<E> {
    /// An entry is not what it must be.
    #[error("{entry} is damaged: {fault}")]
    Damaged {
        /// The first bad entry.
        entry: EntryIndex,
        /// What is wrong with it.
        fault: Fault,
    },
    /// The entries could not be read.
    #[error(transparent)]
    Source(E),
}

/// What is wrong with an entry of a log.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// There is none.
    #[error("it is missing")]
    Missing,
    /// Its hash stands in its place, and nothing may be withheld there.
    #[error("it is withheld, and the contest withholds nothing here")]
    Withheld,
    /// Its bytes are no entry.
    #[error("its bytes are no entry: {0}")]
    Layout(EntryError),
    /// It stands at another place than it says.
    #[error("it says that it is {0}")]
    Place(EntryIndex),
    /// The chain is broken.
    #[error("it follows an entry of hash {named}, and the entry before it has hash {found}")]
    Chain {
        /// What it names.
        named: EntryHash,
        /// What there is.
        found: EntryHash,
    },
    /// Its event does not decode.
    #[error("its event cannot be read: {0}")]
    Event(DecodeError),
    /// Its signature does not hold.
    #[error("its signature does not hold")]
    Signature,
    /// It enrols a key that is unfit, or that nobody proved to hold.
    #[error("{0}")]
    Enrolment(EnrolmentError),
    /// The log could not have taken it.
    #[error("the log could not have taken it: {0}")]
    Refused(Refusal),
}

impl Fault {
    /// The stable code, for programs. `docs/PROBLEMS.md` lists them.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "entry-missing",
            Self::Withheld => "kept-back",
            Self::Layout(_) => "malformed-entry",
            Self::Place(_) => "entry-misplaced",
            Self::Chain { .. } => "chain-broken",
            Self::Event(_) => "malformed-event",
            Self::Signature => "bad-signature",
            Self::Enrolment(EnrolmentError::Key(_)) => "bad-key",
            Self::Enrolment(EnrolmentError::Possession) => "no-possession",
            Self::Refused(refusal) => refusal.code(),
        }
    }
}

/// Replays the entries from 0 up to `size` of a log: unpacks them on all cores, and folds them here in their order.
///
/// `entries` gives the bytes of the entries of a range. `visitor` sees every entry.
///
/// # Errors
///
/// [`ReplayError::Damaged`] names the first bad entry; [`ReplayError::Source`] if `entries` fails before that.
pub fn replay<C, E>(
    size: u64,
    entries: &(impl Fn(Range<u64>) -> Result<C, E> + Sync),
    signatures: Signatures,
    visitor: &mut impl Visitor,
) -> Result<Fold, ReplayError<E>>
where
    C: IntoIterator<Item: AsRef<[u8]>>,
    E: Send,
{
    run(Replay::default(), size, entries, signatures, visitor)
}

/// Replays as much of a log as everybody is shown while its contest withholds the rest: an entry without a byte is one that
/// is withheld.
///
/// What is shown must hold by what is shown: whatever an event about a released precinct rests on is public too. There are
/// two exceptions, of which `visitor` is told. What a release lists must be shown, and once the results are certified
/// everything must be.
///
/// # Errors
///
/// As [`replay`], and [`Fault::Withheld`] where the contest withholds nothing.
pub fn replay_shown<C, E>(
    size: u64,
    entries: &(impl Fn(Range<u64>) -> Result<C, E> + Sync),
    signatures: Signatures,
    visitor: &mut impl Visitor,
) -> Result<Fold, ReplayError<E>>
where
    C: IntoIterator<Item: AsRef<[u8]>>,
    E: Send,
{
    let replay = Replay {
        is_shown_in_part: true,
        ..Replay::default()
    };
    run(replay, size, entries, signatures, visitor)
}

fn run<C, E>(
    mut replay: Replay,
    size: u64,
    entries: &(impl Fn(Range<u64>) -> Result<C, E> + Sync),
    signatures: Signatures,
    visitor: &mut impl Visitor,
) -> Result<Fold, ReplayError<E>>
where
    C: IntoIterator<Item: AsRef<[u8]>>,
    E: Send,
{
    let is_shown_in_part = replay.is_shown_in_part;
    let known = KnownKeys::default();
    let unpack = |range: Range<u64>| {
        let read = entries(range.clone()).map_err(ReplayError::Source)?;
        let mut unpacked: Chunk = read
            .into_iter()
            .map(|bytes| match bytes.as_ref() {
                [] if is_shown_in_part => Err(Fault::Withheld),
                bytes => unpack(bytes, signatures, &known),
            })
            .collect();
        if u64::try_from(unpacked.len()).unwrap_or(u64::MAX) < range.end - range.start {
            unpacked.push(Err(Fault::Missing));
        }
        Ok(unpacked)
    };
    in_lanes(size, &unpack, |chunk| replay.take(chunk, visitor))?;
    replay.end()
}

/// A log that is read entry by entry as it grows, with every check of a replay.
#[derive(Default)]
pub struct Reading {
    replay: Replay,
    known: KnownKeys,
}

impl Reading {
    /// The state after every entry so far.
    #[must_use]
    pub fn state(&self) -> &State {
        self.replay.fold.state()
    }

    /// Takes the bytes of the next entry, whose signature is checked.
    ///
    /// # Errors
    ///
    /// [`Fault`] if it is not what it must be; the state stays what it was.
    pub fn take(&mut self, bytes: &[u8]) -> Result<Replayed, Fault> {
        let next = unpack(bytes, Signatures::Check, &self.known)?;
        let place = EntryIndex(self.state().size());
        self.replay.take_one(place, &next, &mut ())?;
        Ok(next)
    }
}

/// Entries in a row, unpacked.
type Chunk = Vec<Result<Replayed, Fault>>;

/// A log as far as it has been replayed.
#[derive(Default)]
struct Replay {
    fold: Fold,
    last: Last,
    /// Whether entries may be withheld from whoever reads the log.
    is_shown_in_part: bool,
}

/// The entry before the next.
#[derive(Clone, Copy, Default)]
enum Last {
    #[default]
    None,
    Of(EntryHash),
    Withheld,
}

impl Replay {
    fn take<E>(&mut self, chunk: &Chunk, visitor: &mut impl Visitor) -> Result<(), ReplayError<E>> {
        for next in chunk {
            let entry = EntryIndex(self.fold.state().size());
            let taken = match next {
                Err(Fault::Withheld) => self.withhold(),
                Err(fault) => Err(fault.clone()),
                Ok(next) => self.take_one(entry, next, visitor),
            };
            taken.map_err(|fault| ReplayError::Damaged { entry, fault })?;
        }
        Ok(())
    }

    fn withhold(&mut self) -> Result<(), Fault> {
        if !self.fold.state().withholds() {
            return Err(Fault::Withheld);
        }
        self.fold.withhold();
        self.last = Last::Withheld;
        Ok(())
    }

    /// A log whose results are certified withholds nothing, from its first entry on.
    fn end<E>(self) -> Result<Fold, ReplayError<E>> {
        match self.fold.state().withheld {
            Some(entry) if !self.fold.state().withholds() => Err(ReplayError::Damaged {
                entry,
                fault: Fault::Withheld,
            }),
            Some(_) | None => Ok(self.fold),
        }
    }

    fn take_one(&mut self, place: EntryIndex, next: &Replayed, visitor: &mut impl Visitor) -> Result<(), Fault> {
        let Replayed { entry, body, hash } = next;
        if entry.index != place {
            return Err(Fault::Place(entry.index));
        }
        let found = match self.last {
            Last::None => Some(EntryHash::NONE),
            Last::Of(hash) => Some(hash),
            Last::Withheld => None,
        };
        if let Some(found) = found.filter(|found| entry.previous != *found) {
            return Err(Fault::Chain {
                named: entry.previous,
                found,
            });
        }
        let accepted = Accepted::new(place, entry.received_at, &entry.envelope, body);
        self.fold.admit(&accepted).map_err(Fault::Refused)?;
        if rests_on_the_withheld(self.fold.state(), &body.event) {
            visitor.rests_on_the_withheld(place);
        }
        visitor.before(self.fold.state(), next);
        self.fold.apply(&accepted);
        visitor.after(self.fold.state(), next);
        self.last = Last::Of(*hash);
        Ok(())
    }
}

fn unpack(bytes: &[u8], signatures: Signatures, known: &KnownKeys) -> Result<Replayed, Fault> {
    let mut entry = Entry::decode(bytes).map_err(Fault::Layout)?;
    let body = match signatures {
        Signatures::Trust => entry.envelope.decode().map_err(Fault::Event)?,
        Signatures::Check => {
            let verified = entry.envelope.verify_with(known).map_err(|error| match error {
                VerifyError::Signature(_) => Fault::Signature,
                VerifyError::Decode(error) => Fault::Event(error),
                VerifyError::Enrolment(error) => Fault::Enrolment(error),
            })?;
            let (envelope, body) = verified.into_parts();
            entry.envelope = envelope;
            body
        }
    };
    Ok(Replayed {
        entry,
        body,
        hash: chain(bytes),
    })
}
