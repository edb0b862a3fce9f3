//! The log, read again from its first entry: the same fold as the night itself.

mod lanes;
mod leaves;

use std::convert::Infallible;
use std::ops::Range;

use tallylog_event::{
    DecodeError, EnrolmentError, Entry, EntryError, EntryHash, EntryIndex, EventBody, KnownKeys, VerifyError, chain,
    is_of_unknown_kind,
};
use tallylog_tlog::Hash;
use thiserror::Error;

use self::leaves::Leaves;
use crate::admit::{Excused, rests_on_the_withheld};
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
    #[error(
        "it is withheld, and everybody may read it: the contest withholds nothing, its results are certified, or later releases list every precinct that it could be about"
    )]
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
    /// Its event is of a kind that this program does not know.
    #[error("this program does not know this kind of event: it is older than the log, or these bytes are no event")]
    UnknownKind,
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
            Self::UnknownKind => "unknown-kind",
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
    let all = |range| {
        let read = entries(range)?.into_iter();
        Ok(read.map(Shown::Entry).collect::<Vec<_>>())
    };
    replay_shown(size, &all, signatures, visitor)
}

/// An entry as somebody is shown it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown<B> {
    /// Its bytes.
    Entry(B),
    /// While its contest withholds it, the hash of its bytes as a leaf of the log's tree.
    Withheld(Hash),
}

impl<B: AsRef<[u8]>> Shown<B> {
    /// The hash of its bytes as a leaf of the log's tree.
    #[must_use]
    pub fn leaf(&self) -> Hash {
        match self {
            Self::Entry(bytes) => Hash::leaf(bytes.as_ref()),
            Self::Withheld(leaf) => *leaf,
        }
    }
}

/// Replays as much of a log as everybody is shown while its contest withholds the rest.
///
/// What is shown must hold by what is shown: whatever an event about a released precinct rests on is public too. There are
/// two exceptions, of which `visitor` is told. What a release lists must be shown; once the results are certified everything
/// must be; and so must everything that stands before releases which list every precinct.
///
/// # Errors
///
/// As [`replay`], and [`Fault::Withheld`] where nothing may be withheld.
pub fn replay_shown<C, B, E>(
    size: u64,
    entries: &(impl Fn(Range<u64>) -> Result<C, E> + Sync),
    signatures: Signatures,
    visitor: &mut impl Visitor,
) -> Result<Fold, ReplayError<E>>
where
    C: IntoIterator<Item = Shown<B>>,
    B: AsRef<[u8]>,
    E: Send,
{
    let mut replay = Replay::default();
    let known = KnownKeys::default();
    let unpack = |range: Range<u64>| {
        let read = entries(range.clone()).map_err(ReplayError::Source)?;
        let mut unpacked: Chunk = read
            .into_iter()
            .map(|entry| match entry {
                Shown::Withheld(leaf) => Ok(Shown::Withheld(leaf)),
                Shown::Entry(bytes) => unpack(bytes.as_ref(), signatures, &known).map(Shown::Entry),
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
        Ok(next.replayed)
    }
}

/// Entries in a row, unpacked.
type Chunk = Vec<Result<Shown<Unpacked>, Fault>>;

/// An entry, unpacked.
struct Unpacked {
    replayed: Replayed,
    /// The hash of its bytes as a leaf of the log's tree.
    leaf: Hash,
}

/// A log as far as it has been replayed.
#[derive(Default)]
struct Replay {
    fold: Fold,
    last: Last,
    leaves: Leaves,
    /// What releases let out on the word of what is withheld.
    excused: Vec<(EntryIndex, Excused)>,
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
                Err(fault) => Err(fault.clone()),
                Ok(Shown::Withheld(leaf)) => self.withhold(*leaf),
                Ok(Shown::Entry(next)) => self.take_one(entry, next, visitor),
            };
            taken.map_err(|fault| ReplayError::Damaged { entry, fault })?;
        }
        Ok(())
    }

    fn withhold(&mut self, leaf: Hash) -> Result<(), Fault> {
        if !self.fold.state().withholds() {
            return Err(Fault::Withheld);
        }
        self.fold.withhold();
        self.last = Last::Withheld;
        self.leaves.push(leaf);
        Ok(())
    }

    /// What everybody may read by now is withheld no more, from the first entry on; and no release is excused by what would
    /// be public with it.
    fn end<E>(self) -> Result<Fold, ReplayError<E>> {
        let state = self.fold.state();
        if let Some(entry) = state.withheld.filter(|entry| state.must_be_public(*entry)) {
            let fault = Fault::Withheld;
            return Err(ReplayError::Damaged { entry, fault });
        }
        let in_vain = |(release, excused): &&(EntryIndex, Excused)| {
            let since = state.listed_since(&excused.positions);
            since >= Some(*release)
        };
        match self.excused.iter().find(in_vain) {
            Some((entry, excused)) => Err(ReplayError::Damaged {
                entry: *entry,
                fault: Fault::Refused(Refusal::Unreleasable {
                    entry: excused.listed,
                    why: "a discrepancy holds the precinct, and a decision about it would be public",
                }),
            }),
            None => Ok(self.fold),
        }
    }

    fn take_one(&mut self, place: EntryIndex, next: &Unpacked, visitor: &mut impl Visitor) -> Result<(), Fault> {
        let Unpacked { replayed: next, leaf } = next;
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
        let Ok(accepted) = accepted.under(|size| Ok::<_, Infallible>(self.leaves.root(size)));
        self.fold.admit(&accepted).map_err(Fault::Refused)?;
        if let Some(excused) = rests_on_the_withheld(self.fold.state(), &body.event) {
            visitor.rests_on_the_withheld(place);
            self.excused.extend(excused.into_iter().map(|excused| (place, excused)));
        }
        visitor.before(self.fold.state(), next);
        self.fold.apply(&accepted);
        visitor.after(self.fold.state(), next);
        self.last = Last::Of(*hash);
        self.leaves.push(*leaf);
        Ok(())
    }
}

/// Why an event does not decode: it is none, or one of a kind that came after this program.
fn undecoded(entry: &[u8], error: DecodeError) -> Fault {
    match Entry::decode(entry) {
        Ok(entry) if is_of_unknown_kind(&entry.envelope.body) => Fault::UnknownKind,
        Ok(_) | Err(_) => Fault::Event(error),
    }
}

fn unpack(bytes: &[u8], signatures: Signatures, known: &KnownKeys) -> Result<Unpacked, Fault> {
    let mut entry = Entry::decode(bytes).map_err(Fault::Layout)?;
    let body = match signatures {
        Signatures::Trust => entry.envelope.decode().map_err(|error| undecoded(bytes, error))?,
        Signatures::Check => {
            let verified = entry.envelope.verify_with(known).map_err(|error| match error {
                VerifyError::Signature(_) => Fault::Signature,
                VerifyError::Decode(error) => undecoded(bytes, error),
                VerifyError::Enrolment(error) => Fault::Enrolment(error),
            })?;
            let (envelope, body) = verified.into_parts();
            entry.envelope = envelope;
            body
        }
    };
    Ok(Unpacked {
        replayed: Replayed {
            entry,
            body,
            hash: chain(bytes),
        },
        leaf: Hash::leaf(bytes),
    })
}
