//! Reads durable entries, from any thread.

use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::vec;

use crate::tree::Tree;
use crate::{Head, StoreError};

/// What the writer and its readers have in common.
#[derive(Debug)]
pub(crate) struct Shared {
    /// `None` once the store is closed.
    tree: RwLock<Option<Tree>>,
    /// Invariant: everything that it speaks of is durable.
    head: RwLock<Head>,
}

impl Shared {
    pub(crate) fn new(tree: Tree, head: Head) -> Self {
        Self {
            tree: RwLock::new(Some(tree)),
            head: RwLock::new(head),
        }
    }

    pub(crate) fn head(&self) -> Head {
        *read(&self.head)
    }

    /// Lets readers see what is durable now.
    pub(crate) fn publish(&self, head: Head) {
        *write(&self.head) = head;
    }

    pub(crate) fn with_tree<T>(&self, work: impl FnOnce(&Tree) -> Result<T, StoreError>) -> Result<T, StoreError> {
        read(&self.tree).as_ref().map_or(Err(StoreError::Closed), work)
    }

    /// Takes the engine away from all readers, once those at work have finished.
    pub(crate) fn take_tree(&self) -> Result<Tree, StoreError> {
        write(&self.tree).take().ok_or(StoreError::Closed)
    }
}

// A thread that panics while it holds a lock leaves nothing half-written: no value behind one is
// ever changed but by one assignment.
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

    /// Returns the bytes of an entry; `None` from the size of the log on.
    ///
    /// # Errors
    ///
    /// [`StoreError::Closed`] once the store is closed, or what the engine says.
    pub fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        if index >= self.head().size {
            return Ok(None);
        }
        let found = self.shared.with_tree(|tree| tree.read(index..index + 1))?;
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
        let entries = self.reader.shared.with_tree(|tree| tree.read(page.clone()))?;
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
