//! Takes out of a damaged store what can still be read.

use std::path::Path;

use crate::carve::Carved;
use crate::lock::Locked;
use crate::{Head, StoreError, folder, head};

/// What can still be read of a store.
#[derive(Debug)]
pub struct Salvage {
    carved: Carved,
    head: Option<Head>,
    /// Keeps the lock, so that nothing is written as long as this is being read.
    _lock: Option<Locked>,
}

/// Finds what can still be read of a store, without the engine and without writing anything.
///
/// Every entry that comes out is whole and under its own index. If the head can be read, it
/// says how many there should be; what lies beyond was written, but never acknowledged.
///
/// # Errors
///
/// [`StoreError::Missing`] if there is nothing like a store in `dir`, [`StoreError::InUse`] if
/// another process has it open, and [`StoreError::Io`] if the disk cannot be read.
pub fn salvage(dir: &Path) -> Result<Salvage, StoreError> {
    let missing = || StoreError::Missing { dir: dir.to_owned() };
    if !folder::exists(dir)? {
        return Err(missing());
    }
    let (lock, record) = head::peek(dir)?.map_or((None, None), |(file, record)| (Some(file), record));
    let folders = folder::all(dir)?;
    if lock.is_none() && folders.is_empty() {
        return Err(missing());
    }
    let mut carved = Carved::default();
    // What the folder in use says goes before what an interrupted recovery left.
    let current = record.map(|record| folder::path(dir, record.generation, record.marker));
    let (first, rest): (Vec<_>, Vec<_>) = folders
        .into_iter()
        .partition(|(path, _)| Some(path) == current.as_ref());
    for (path, marker) in first.into_iter().chain(rest) {
        carved.add(&path, marker)?;
    }
    Ok(Salvage {
        carved,
        head: record.map(|record| record.head),
        _lock: lock,
    })
}

impl Salvage {
    /// Returns the newest head that is intact.
    #[must_use]
    pub fn head(&self) -> Option<Head> {
        self.head
    }

    /// Returns the indexes of the entries that are intact, in order.
    pub fn indexes(&self) -> impl Iterator<Item = u64> {
        self.carved.indexes()
    }

    /// Returns the indexes that are missing below the head, or, without one, below the last entry.
    #[must_use]
    pub fn missing(&self) -> Vec<u64> {
        let end = self.head.map_or(0, |head| head.size);
        let mut missing = Vec::new();
        let mut expected = 0;
        for index in self.indexes() {
            missing.extend(expected..index);
            expected = index + 1;
        }
        missing.extend(expected..end);
        missing
    }

    /// Returns the bytes of an entry; `None` if it is not intact.
    ///
    /// # Errors
    ///
    /// [`StoreError::Io`] if the disk cannot be read.
    pub fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.carved.entry(index)
    }

    /// Returns the intact entries with their indexes, in order.
    ///
    /// The error of an item is [`StoreError::Io`], or [`StoreError::EntryDamaged`] if the entry has
    /// changed since it was found.
    pub fn entries(&self) -> impl Iterator<Item = Result<(u64, Vec<u8>), StoreError>> {
        self.indexes().map(|index| {
            let entry = self.entry(index)?;
            Ok((index, entry.ok_or(StoreError::EntryDamaged { index })?))
        })
    }
}
