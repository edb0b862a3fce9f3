//! The engine: sled 0.34, kept on a short leash.
//!
//! What it does not do, and where that is made good:
//!
//! - Its `flush` ends in `sync_file_range`, which survives the end of the process, but not of
//!   the power: [`Engine::append`] syncs.
//! - It reuses segments of its file as soon as it believes their successors to be on disk, and
//!   it believes that too early: [`INTERVAL`].
//! - It puts large pages into files of their own and does not sync those: [`crate::frame::BLOCK`].
//! - It trusts what it reads, and panics, allocates wildly or silently forgets entries over
//!   damaged files: it is only ever given files that it has itself closed and whose hashes are
//!   right ([`crate::seal`]), or fresh ones ([`crate::recover`]).

use std::fs::{File, OpenOptions};
use std::ops::{Range, RangeInclusive};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::RwLock;
use std::thread;
use std::time::Duration;

use tallylog_tlog::Hash;

use crate::StoreError;
use crate::crown::{Crown, Row};
use crate::error::{Action, Step};
use crate::frame::{self, Block, Decoded, Joiner, Marker};
use crate::guard;
use crate::head::{Head, sync_dir};
use crate::reader::{read, write};

/// The engine writes its file in segments of this many bytes.
pub(crate) const SEGMENT: usize = 1 << 20;

/// The engine keeps this many bytes of pages in memory.
const CACHE: u64 = 16 << 20;

/// Where rows are kept, apart from the entries, whose keys are in the engine's tree without a name.
pub(crate) const ROWS: &str = "leaf-hashes";

/// After this many bytes of entries and rows the file is synced, even in the middle of a batch.
///
/// The engine overwrites a segment once everything in it has been written again elsewhere, and
/// more than one further segment has been filled since. Written, not synced: a power cut could take
/// the new copy when the old one is overwritten already. So no two segments may fill up between
/// one sync and the next. Page splits and consolidation write each byte again up to seven times,
/// so an eighth of two segments is safe.
const INTERVAL: usize = 2 * SEGMENT / 8;

/// How often a page that was read is asked for again: [`let_go_of_old_pages`].
const TOUCHES: u32 = 3;

/// How often, a millisecond apart, it is tried whether the engine has let go of its file.
const CLOSE_TRIES: u32 = 10_000;

/// The open engine.
#[derive(Debug)]
pub(crate) struct Engine {
    db: sled::Db,
    /// By number in big-endian order. A row carries no check of its own: whoever reads one compares it with [`Crown`].
    rows: sled::Tree,
    /// The engine's file, opened before anything is written to it: so a write that fails in the
    /// background is reported to the sync that follows, and not to somebody else's.
    file: File,
    path: PathBuf,
    marker: Marker,
    /// Held by whoever reads; held alone where nobody may be reading.
    reading: RwLock<()>,
}

/// One insertion.
struct Write<'a> {
    to: &'a sled::Tree,
    key: Vec<u8>,
    bytes: Vec<u8>,
}

impl Engine {
    /// Opens the engine in `dir`, whose files must be sound, or makes a new one.
    pub(crate) fn open(dir: &Path, marker: Marker) -> Result<Self, StoreError> {
        let config = sled::Config::new()
            .path(dir)
            .segment_size(SEGMENT)
            .cache_capacity(CACHE)
            // Nothing is written but by `append`.
            .flush_every_ms(None);
        let db = guard::engine(Step::Open, || config.open())?;
        let rows = guard::engine(Step::Open, || db.open_tree(ROWS))?;
        let path = dir.join("db");
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&path)
            .map_err(StoreError::io(Action::Opened, &path))?;
        sync_dir(dir)?;
        let reading = RwLock::new(());
        Ok(Self {
            db,
            rows,
            file,
            path,
            marker,
            reading,
        })
    }

    /// Writes entries from index `first` on with the rows that they complete, and returns once all are on disk.
    pub(crate) fn append(&self, first: u64, entries: &[impl AsRef<[u8]>], rows: &[Row]) -> Result<(), StoreError> {
        let mut unsynced = 0;
        for write in self.writes(first, entries, rows) {
            unsynced += write.bytes.len();
            write.insert()?;
            if unsynced >= INTERVAL {
                self.sync()?;
                unsynced = 0;
            }
        }
        self.sync()
    }

    /// Writes entries from index `first` on with the rows that they complete, to be made durable by [`Self::sync`].
    ///
    /// Only for an engine that holds nothing that was acknowledged.
    pub(crate) fn load(&self, first: u64, entries: &[impl AsRef<[u8]>], rows: &[Row]) -> Result<(), StoreError> {
        self.writes(first, entries, rows).try_for_each(Write::insert)?;
        // Keeps the engine from queueing up buffers faster than the disk takes them.
        self.flush()
    }

    fn writes(&self, first: u64, entries: &[impl AsRef<[u8]>], rows: &[Row]) -> impl Iterator<Item = Write<'_>> {
        let blocks = frame::pack(self.marker, first, entries).into_iter();
        let blocks = blocks.map(|Block { key, bytes }| Write {
            to: &self.db,
            key: key.to_vec(),
            bytes,
        });
        let rows = rows.iter().map(|row| Write {
            to: &self.rows,
            key: row.number.to_be_bytes().to_vec(),
            bytes: row.encode(),
        });
        blocks.chain(rows)
    }

    fn flush(&self) -> Result<(), StoreError> {
        guard::engine(Step::Flush, || self.db.flush().map(drop))
    }

    /// Returns once everything that was written is on disk.
    pub(crate) fn sync(&self) -> Result<(), StoreError> {
        self.flush()?;
        self.fill_segment()?;
        // The engine's flush leaves the data in the disk's own cache, and the file's length nowhere;
        // only this survives a power cut.
        self.file.sync_data().map_err(StoreError::sync(&self.path))
    }

    /// Writes zeros up to the end of the segment, as the engine does itself when it opens.
    ///
    /// The next syncs then find the space allocated and the length right, and need no journal
    /// commit, which is most of what they cost.
    fn fill_segment(&self) -> Result<(), StoreError> {
        if self.unfilled()?.is_empty() {
            return Ok(());
        }
        // Even a reader can make the engine write, as it splits an overfull page that it comes
        // across; these zeros must not land on that. So readers wait, and what they caused is written.
        let _alone = write(&self.reading);
        self.flush()?;
        let unfilled = self.unfilled()?;
        let zeros = vec![0; usize::try_from(unfilled.end - unfilled.start).unwrap_or(SEGMENT)];
        self.file
            .write_all_at(&zeros, unfilled.start)
            .map_err(StoreError::io(Action::Written, &self.path))
    }

    /// What is missing of the last segment of the file.
    fn unfilled(&self) -> Result<Range<u64>, StoreError> {
        let length = self
            .file
            .metadata()
            .map_err(StoreError::io(Action::Read, &self.path))?
            .len();
        let segment = u64::try_from(SEGMENT).unwrap_or(u64::MAX);
        Ok(length..length.next_multiple_of(segment))
    }

    /// Reads the entries of a range of indexes, in order; fewer if the engine has fewer.
    pub(crate) fn read(&self, range: Range<u64>) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let _not_alone = read(&self.reading);
        let keys = self.keys(&range)?;
        let mut joiner = Joiner::default();
        let mut entries = Vec::new();
        let mut cursor = self.db.range(keys);
        while let Some((key, block)) = guard::engine(Step::Read, || cursor.next().transpose())? {
            let_go_of_old_pages(&self.db, &key)?;
            self.unpack(&block, range.start, &mut joiner, &mut entries)?;
        }
        entries.retain(|(index, _)| range.contains(index));
        Ok(entries)
    }

    /// The keys of the blocks that hold the range, from the first part of their first entry.
    fn keys(&self, range: &Range<u64>) -> Result<RangeInclusive<[u8; 10]>, StoreError> {
        let until = |index: u64| frame::block_key(index, u16::MAX);
        let before = ..=until(range.start);
        let found = guard::engine(Step::Read, || self.db.range(before).next_back().transpose())?;
        let first = found.and_then(|(key, _)| key.first_chunk().copied().map(u64::from_be_bytes));
        let from = frame::block_key(first.unwrap_or(range.start), 0);
        Ok(from..=until(range.end.saturating_sub(1)))
    }

    fn unpack(
        &self,
        block: &[u8],
        index: u64,
        joiner: &mut Joiner,
        entries: &mut Vec<(u64, Vec<u8>)>,
    ) -> Result<(), StoreError> {
        let mut rest = block;
        while !rest.is_empty() {
            match frame::decode(self.marker, rest) {
                Some(Decoded::Frame { piece, length }) => {
                    let entry = joiner.push(piece).map_err(|index| StoreError::EntryDamaged { index })?;
                    entries.extend(entry);
                    rest = &rest[length..];
                }
                Some(Decoded::Broken { index }) => return Err(StoreError::EntryDamaged { index }),
                None => return Err(StoreError::EntryDamaged { index }),
            }
        }
        Ok(())
    }

    /// Reads the leaf hashes of a row; `None` if the engine has no row of this number, or one of another length.
    pub(crate) fn row(&self, number: u64) -> Result<Option<Vec<Hash>>, StoreError> {
        let _not_alone = read(&self.reading);
        let key = number.to_be_bytes();
        let found = guard::engine(Step::Read, || self.rows.get(key))?;
        let_go_of_old_pages(&self.rows, &key)?;
        Ok(found.and_then(|bytes| Row::decode(&bytes)))
    }

    /// Reads everything, refuses anything but the log that `head` speaks of, and returns the tree over it.
    ///
    /// The tree is hashed from the entries, and the rows must be those that follow from it.
    pub(crate) fn check(&self, head: Head) -> Result<Crown, StoreError> {
        const STRIDE: usize = 512;
        let mut checked = Head::default();
        let mut crown = Crown::default();
        // One beyond the end, so that entries that were never acknowledged are noticed, too.
        for start in (0..=head.size).step_by(STRIDE) {
            let end = (start + 512).min(head.size + 1);
            let found = self.read(start..end)?;
            if let Some((index, _)) = (start..).zip(&found).find(|(index, (found, _))| index != found) {
                return Err(StoreError::EntryDamaged { index });
            }
            let entries: Vec<Vec<u8>> = found.into_iter().map(|(_, entry)| entry).collect();
            checked = checked.after(&entries);
            let growth = crown.grow(&entries);
            growth.rows().iter().try_for_each(|row| self.check_row(row))?;
            crown.apply(growth);
        }
        if checked != head {
            return Err(StoreError::EntryDamaged { index: checked.size });
        }
        Ok(crown)
    }

    fn check_row(&self, expected: &Row) -> Result<(), StoreError> {
        match self.row(expected.number)? {
            Some(leaves) if leaves == expected.leaves => Ok(()),
            Some(_) | None => Err(StoreError::TreeDamaged {
                index: expected.first(),
            }),
        }
    }

    /// Closes the engine, and returns once nothing of it is left that could touch its files.
    pub(crate) fn close(self) -> Result<(), StoreError> {
        let Self {
            db, rows, file, path, ..
        } = self;
        guard::engine(Step::Flush, || db.flush())?;
        guard::engine(Step::Close, || {
            drop((rows, db));
            Ok(())
        })?;
        // Tasks of the engine's own threads may still be at work, and might even truncate the file.
        // Each holds the file open, and with it the lock on it. So whoever gets the lock is alone.
        for _ in 0..CLOSE_TRIES {
            if file.try_lock().is_ok() {
                return file.sync_all().map_err(StoreError::sync(&path));
            }
            thread::sleep(Duration::from_millis(1));
        }
        Err(StoreError::NotSealed)
    }
}

impl Write<'_> {
    fn insert(self) -> Result<(), StoreError> {
        guard::engine(Step::Insert, || self.to.insert(self.key, self.bytes).map(drop))
    }
}

/// Makes the engine look at the size of its cache.
///
/// It does so once for every 64 times that one of its 256 shards is asked for a page, and until
/// then keeps all pages: without this, reading a log of half a gigabyte fills half a gigabyte.
fn let_go_of_old_pages(of: &sled::Tree, key: &[u8]) -> Result<(), StoreError> {
    guard::engine(Step::Read, || {
        for _ in 0..TOUCHES {
            of.contains_key(key)?;
        }
        Ok(())
    })
}
