//! Reads entries and rows from the raw files of the engine, without the engine and without writing anything.

use std::ops::Range;
use std::path::Path;

use tallylog_tlog::Hash;

use crate::carve::Carved;
use crate::crown::{Crown, WIDTH};
use crate::error::Damage;
use crate::frame::Marker;
use crate::head::{Head, Reading};
use crate::{StoreError, folder, recover};

/// The entries as they lie in the raw files. Every one of them was found, and read once.
#[derive(Debug)]
pub(crate) struct Raw {
    carved: Carved,
}

impl Raw {
    /// Finds the entries that the head speaks of, in one folder of the engine, with the tree over them.
    ///
    /// # Errors
    ///
    /// [`StoreError::BehindHead`] or [`StoreError::Differs`] if they are not those that were acknowledged.
    pub(crate) fn open(folder: &Path, reading: Reading) -> Result<(Self, Crown), StoreError> {
        let raw = Self {
            carved: found(folder, reading.newest.marker)?,
        };
        recover::check(&raw.carved, reading)?;
        let crown = raw.crown(reading.newest.head)?;
        Ok((raw, crown))
    }

    fn crown(&self, head: Head) -> Result<Crown, StoreError> {
        const STRIDE: u16 = 1024;
        let mut crown = Crown::default();
        let mut start = 0;
        while start < head.size {
            let end = head.size.min(start + u64::from(STRIDE));
            let entries: Vec<Vec<u8>> = self.read(start..end)?.into_iter().map(|(_, entry)| entry).collect();
            let growth = crown.grow(&entries);
            crown.apply(growth);
            start = end;
        }
        Ok(crown)
    }

    /// Reads the entries of a range of indexes, in order.
    pub(crate) fn read(&self, range: Range<u64>) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let entry = |index| {
            let entry = self.carved.entry(index)?;
            Ok((index, entry.ok_or(StoreError::EntryDamaged { index })?))
        };
        range.map(entry).collect()
    }

    /// Hashes the entries of a row.
    pub(crate) fn row(&self, number: u64) -> Result<Vec<Hash>, StoreError> {
        let width = u64::try_from(WIDTH).unwrap_or(u64::MAX);
        let first = number.saturating_mul(width);
        let entries = self.read(first..first.saturating_add(width))?;
        Ok(entries.iter().map(|(_, entry)| Hash::leaf(entry)).collect())
    }
}

fn found(folder: &Path, marker: Marker) -> Result<Carved, StoreError> {
    if !folder::exists(folder)? {
        return Err(StoreError::damaged(folder, 0, Damage::Missing));
    }
    let mut carved = Carved::default();
    carved.add(folder, marker)?;
    Ok(carved)
}
