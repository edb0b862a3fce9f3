//! Reads durable entries, from any thread.

use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::vec;

use tallylog_tlog::{Hash, Node, Size, Tree};

use crate::crown::{Crown, Found, Growth};
use crate::engine::Engine;
use crate::raw::Raw;
use crate::{Head, Nodes, StoreError};

/// Where entries are read from.
#[derive(Debug)]
pub(crate) enum Source {
    /// The engine, which also writes.
    Engine(Engine),
    /// The engine's files, where nobody writes.
    Raw(Raw),
}

impl Source {
    /// Reads the entries of a range of indexes, in order; fewer if there are fewer.
    fn read(&self, range: Range<u64>) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        match self {
            Self::Engine(engine) => engine.read(range),
            Self::Raw(raw) => raw.read(range),
        }
    }

    /// Reads the leaf hashes of a whole row; `None` if there is no such row.
    pub(crate) fn row(&self, number: u64) -> Result<Option<Vec<Hash>>, StoreError> {
        match self {
            Self::Engine(engine) => engine.row(number),
            Self::Raw(raw) => raw.row(number).map(Some),
        }
    }
}

/// What the writer and its readers have in common.
#[derive(Debug)]
pub(crate) struct Shared {
    /// `None` once the store is closed.
    source: RwLock<Option<Source>>,
    /// Invariant: everything that it speaks of is durable.
    head: RwLock<Head>,
    /// Invariant: the tree over durable entries, no fewer than `head` speaks of.
    crown: RwLock<Crown>,
}

impl Shared {
    pub(crate) fn new(source: Source, head: Head, crown: Crown) -> Self {
        Self {
            source: RwLock::new(Some(source)),
            head: RwLock::new(head),
            crown: RwLock::new(crown),
        }
    }

    pub(crate) fn head(&self) -> Head {
        *read(&self.head)
    }

    /// Hashes the entries that follow. Only for the one writer.
    pub(crate) fn grow(&self, entries: &[impl AsRef<[u8]>]) -> Growth {
        read(&self.crown).grow(entries)
    }

    /// Lets readers see what is durable now.
    pub(crate) fn publish(&self, head: Head, growth: Growth) {
        write(&self.crown).apply(growth);
        *write(&self.head) = head;
    }

    pub(crate) fn find(&self, node: Node) -> Result<Found, StoreError> {
        read(&self.crown).find(node)
    }

    /// Lets readers go on with the engine, once those at work have finished. It holds all that they could read before.
    pub(crate) fn write_from_now_on(&self, engine: Engine, head: Head, crown: Crown) {
        let mut source = write(&self.source);
        *write(&self.crown) = crown;
        *write(&self.head) = head;
        *source = Some(Source::Engine(engine));
    }

    pub(crate) fn with_source<T>(&self, work: impl FnOnce(&Source) -> Result<T, StoreError>) -> Result<T, StoreError> {
        read(&self.source).as_ref().map_or(Err(StoreError::Closed), work)
    }

    pub(crate) fn with_engine<T>(&self, work: impl FnOnce(&Engine) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.with_source(|source| match source {
            Source::Engine(engine) => work(engine),
            Source::Raw(_) => Err(StoreError::Closed),
        })
    }

    /// Takes the engine away from all readers, once those at work have finished.
    pub(crate) fn take_engine(&self) -> Result<Engine, StoreError> {
        match write(&self.source).take() {
            Some(Source::Engine(engine)) => Ok(engine),
            Some(Source::Raw(_)) | None => Err(StoreError::Closed),
        }
    }
}

// A thread that panics while it holds a lock leaves nothing half-written: what changes the values behind them cannot
// panic.
pub(crate) fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

/// Reads entries of a [`Store`](crate::Store), but only those that are durable.
///
/// Cheap to clone and to send to other threads. Once the store is closed, every read is refused.
#[derive(Clone, Debug)]
pub struct Reader {
    shared: Arc<Shared>,
}

impl Reader {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Returns how much of the log is durable.
    #[must_use]
    pub fn head(&self) -> Head {
        self.shared.head()
    }

    /// Returns the tree over the durable entries, for proofs and tiles.
    #[must_use]
    pub fn nodes(&self) -> Nodes {
        Nodes::new(Arc::clone(&self.shared))
    }

    /// Returns the root of the tree over the first `size` entries.
    ///
    /// # Errors
    ///
    /// [`StoreError::BeyondEnd`] if not so many are durable, and those of [`Nodes`].
    pub fn root(&self, size: Size) -> Result<Hash, StoreError> {
        let durable = self.head().size;
        if size.0 > durable {
            return Err(StoreError::BeyondEnd {
                asked: size.0,
                size: durable,
            });
        }
        Ok(Tree::open(size, &self.nodes())?.root())
    }

    /// Returns the bytes of an entry; `None` from the size of the log on.
    ///
    /// # Errors
    ///
    /// [`StoreError::Closed`] once the store is closed, or what the engine says.
    pub fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        if index >= self.head().size {
            return Ok(None);
        }
        let found = self.shared.with_source(|source| source.read(index..index + 1))?;
        match found.into_iter().next() {
            Some((_, entry)) => Ok(Some(entry)),
            None => Err(StoreError::EntryDamaged { index }),
        }
    }

    /// Returns the entries of a range with their indexes, in order, up to the present size.
    ///
    /// The first error is the last item. The error is one of those of [`Self::entry`].
    pub fn entries(&self, range: Range<u64>) -> impl Iterator<Item = Result<(u64, Vec<u8>), StoreError>> + use<> {
        let left = range.start..range.end.min(self.head().size);
        Entries {
            reader: self.clone(),
            left,
            page: Vec::new().into_iter(),
        }
    }
}

/// Reads a page of entries at a time, so that no lock is held while the caller is at work.
struct Entries {
    reader: Reader,
    /// Invariant: begins after the last entry of the page; empty after an error.
    left: Range<u64>,
    page: vec::IntoIter<(u64, Vec<u8>)>,
}

impl Entries {
    fn fetch(&mut self) -> Result<(), StoreError> {
        const PAGE: u64 = 128;
        let end = self.left.end.min(self.left.start.saturating_add(PAGE));
        let page = std::mem::replace(&mut self.left.start, end)..end;
        let entries = self.reader.shared.with_source(|source| source.read(page.clone()))?;
        if let Some((index, _)) = page.clone().zip(&entries).find(|(index, (found, _))| index != found) {
            return Err(StoreError::EntryDamaged { index });
        }
        if u64::try_from(entries.len()).ok() != Some(page.end - page.start) {
            return Err(StoreError::EntryDamaged { index: page.start });
        }
        self.page = entries.into_iter();
        Ok(())
    }
}

impl Iterator for Entries {
    type Item = Result<(u64, Vec<u8>), StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(entry) = self.page.next() {
            return Some(Ok(entry));
        }
        if self.left.is_empty() {
            return None;
        }
        match self.fetch() {
            Ok(()) => self.page.next().map(Ok),
            Err(error) => {
                self.left.start = self.left.end;
                Some(Err(error))
            }
        }
    }
}
