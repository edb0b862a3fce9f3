//! The store of a log: open for writing, or for reading alone as long as its disk is full.

use std::path::Path;
use std::time::{Duration, Instant};

use tallylog_store::{Head, ReadOnly, Reader, Store, StoreError};

use crate::problem::Problem;
use crate::room::Reserve;

/// How long after a disk was found full it is tried again.
pub(crate) const PAUSE: Duration = Duration::from_secs(2);

/// The store of a log.
#[derive(Debug)]
pub struct Books(State);

#[derive(Debug)]
enum State {
    Open(Store),
    ReadOnly(ReadOnly),
    /// Between the two, and after the store was lost to somebody else.
    Neither,
}

impl From<Store> for Books {
    fn from(store: Store) -> Self {
        Self(State::Open(store))
    }
}

impl From<ReadOnly> for Books {
    fn from(store: ReadOnly) -> Self {
        Self(State::ReadOnly(store))
    }
}

impl Books {
    /// Opens the store in `dir` for writing, or for reading alone as long as its disk is full.
    ///
    /// # Errors
    ///
    /// Those of [`Store::open`], but for want of room.
    pub fn at(dir: &Path, reserve: &Reserve) -> Result<Self, StoreError> {
        if reserve.takes_events(dir) {
            match Store::open(dir) {
                Err(error) if error.is_full() => {
                    tracing::warn!(code = error.code(), %error, "the log can only be read");
                }
                opened => return opened.map(Self::from),
            }
        }
        ReadOnly::open(dir).map(Self::from)
    }

    pub(crate) fn reader(&self) -> Result<Reader, Problem> {
        match &self.0 {
            State::Open(store) => Ok(store.reader()),
            State::ReadOnly(store) => Ok(store.reader()),
            State::Neither => Err(Problem::LogFailed),
        }
    }

    pub(crate) fn head(&self) -> Head {
        match &self.0 {
            State::Open(store) => store.head(),
            State::ReadOnly(store) => store.head(),
            State::Neither => Head::default(),
        }
    }

    pub(crate) fn dir(&self) -> &Path {
        match &self.0 {
            State::Open(store) => store.dir(),
            State::ReadOnly(store) => store.dir(),
            State::Neither => Path::new("."),
        }
    }

    /// Whether anything can be written.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.0, State::Open(_))
    }

    pub(crate) fn append(&mut self, entries: &[&[u8]]) -> Result<Head, StoreError> {
        match &mut self.0 {
            State::Open(store) => store.append(entries),
            State::ReadOnly(_) | State::Neither => Err(StoreError::Closed),
        }
    }

    /// Opens for writing what was open for reading alone; says whether it is open now.
    ///
    /// # Errors
    ///
    /// Whatever the store says but that the disk is full: nobody may go on with it.
    pub(crate) fn open(&mut self) -> Result<bool, Problem> {
        match std::mem::replace(&mut self.0, State::Neither) {
            State::ReadOnly(store) => match store.into_store() {
                Ok(store) => self.0 = State::Open(store),
                Err(failed) => {
                    let (store, error) = *failed;
                    if !error.is_full() {
                        return Err(error.into());
                    }
                    self.0 = State::ReadOnly(store);
                }
            },
            other @ (State::Open(_) | State::Neither) => self.0 = other,
        }
        Ok(self.is_open())
    }

    /// Seals the store, where it is open.
    pub(crate) fn close(self) -> Result<(), StoreError> {
        match self.0 {
            State::Open(store) => store.close(),
            State::ReadOnly(_) | State::Neither => Ok(()),
        }
    }
}

/// When to try again to open what is not open: after longer and longer pauses, since every try may read the whole store.
#[derive(Debug)]
pub(crate) struct Again {
    at: Instant,
    pause: Duration,
}

impl Again {
    const LONGEST: Duration = Duration::from_secs(32);

    pub(crate) fn new() -> Self {
        Self {
            at: Instant::now() + PAUSE,
            pause: PAUSE,
        }
    }

    pub(crate) fn is_due(&self) -> bool {
        Instant::now() >= self.at
    }

    /// Until the next look at the disk, which costs nothing.
    pub(crate) fn wait(&mut self) {
        self.at = Instant::now() + PAUSE;
    }

    pub(crate) fn put_off(&mut self) {
        self.pause = Self::LONGEST.min(self.pause * 2);
        self.at = Instant::now() + self.pause;
    }
}
