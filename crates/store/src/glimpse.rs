//! Reads a store beside the process that has it open, without a lock and without the engine.

use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::carve::Carved;
use crate::{Head, StoreError, folder, head};

/// How often it is tried: the engine may move what is being read, and then it stands elsewhere.
const TRIES: usize = 25;
const PAUSE: Duration = Duration::from_millis(20);

/// Reads every entry that was acknowledged when this was called, and possibly some that were meanwhile.
///
/// The store may be open in another process that appends to it: that goes on as if nobody looked. Entries are found by
/// their frames, each with its own check, and the last must be the one that the head names. Whether the store's other
/// bytes are as they were left is not looked at; [`crate::Store::open`] does that.
///
/// # Errors
///
/// [`StoreError::Missing`] if there is no store in `dir`, [`StoreError::EntryDamaged`] names the first entry that cannot
/// be found, [`StoreError::Io`] if the disk cannot be read.
pub fn glimpse(dir: &Path) -> Result<(Head, Vec<Vec<u8>>), StoreError> {
    let mut missing = 0;
    for _ in 0..TRIES {
        match look(dir)? {
            Look::Whole(head, entries) => return Ok((head, entries)),
            Look::Lacks(index) => missing = index,
        }
        thread::sleep(PAUSE);
    }
    Err(StoreError::EntryDamaged { index: missing })
}

enum Look {
    Whole(Head, Vec<Vec<u8>>),
    /// The first entry that was not found: moved meanwhile, or gone.
    Lacks(u64),
}

fn look(dir: &Path) -> Result<Look, StoreError> {
    // The head first: what it counts was on disk before it said so.
    let record = head::glance(dir)?.ok_or_else(|| StoreError::Missing { dir: dir.to_owned() })?;
    let size = record.head.size;
    let mut carved = Carved::default();
    let engine = folder::path(dir, record.generation, record.marker);
    carved.add(&engine, record.marker)?;
    let mut entries = Vec::new();
    for index in 0..size {
        match carved.entry(index)? {
            Some(entry) => entries.push(entry),
            None => return Ok(Look::Lacks(index)),
        }
    }
    let last = entries.last().map_or([0; 32], |entry| blake3::hash(entry).into());
    if last != record.head.last {
        return Ok(Look::Lacks(size.saturating_sub(1)));
    }
    Ok(Look::Whole(record.head, entries))
}
