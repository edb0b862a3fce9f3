//! Opens a store that was not closed: the entries are carved out and the engine starts afresh.
//!
//! After a crash nobody knows what is in the engine's files, and the engine's own recovery is not
//! to be trusted with that: over damaged files it panics, overwrites what it cannot read,
//! allocates what a damaged length says, or opens with entries gone. Nothing but the entries is
//! needed to rebuild, so it is never asked. The steps, and what a crash between them leaves:
//!
//! 1. Find every entry in the raw files. Only reads. If an acknowledged entry is not there, it ends
//!    here, with an error, and every file is still as the crash left it.
//! 2. Remove what an interrupted recovery left: folders that the head does not name. A crash leaves
//!    some of them for the next time. If there is no room for a second copy of the entries, it ends here: whoever only
//!    reads needs none ([`crate::ReadOnly`]).
//! 3. Write all entries, and their hashes, into a new engine, in the folder of the next generation, and sync it.
//!    The head still names the old folder, so after a crash it all begins again.
//! 4. Write the head, which now names the new folder; into all slots, so that no slot names
//!    the old folder any more. A crash in between leaves slots that name one or the other, and both
//!    folders are whole.
//! 5. Remove the old folder. A crash leaves parts of it, which the next recovery removes.
//!
//! Entries beyond the head were written and never acknowledged. As far as they follow without a gap
//! they are kept: their author will ask again and be told that they are there. Beyond a gap
//! they are dropped, as if they had never been sent.

use std::fs;
use std::path::Path;

use crate::StoreError;
use crate::carve::Carved;
use crate::crown::Crown;
use crate::engine::Engine;
use crate::error::{Action, Damage};
use crate::folder;
use crate::head::{Head, HeadFile, Reading, Record, sync_dir};
use crate::room::{Room, room};

/// The engine opens no files with less room than this, in bytes: it may begin a segment, and writes down what it knows of
/// its pages.
pub(crate) const LEAST: u64 = 2 << 20;

/// Rebuilds the store from its raw files, and returns the new engine with the tree over its entries.
pub(crate) fn rebuild(dir: &Path, head: &mut HeadFile, reading: Reading) -> Result<(Engine, Crown), StoreError> {
    let record = reading.newest;
    let old = folder::path(dir, record.generation, record.marker);
    if !folder::exists(&old)? {
        return Err(StoreError::damaged(&old, 0, Damage::Missing));
    }
    let mut carved = Carved::default();
    carved.add(&old, record.marker)?;
    let size = check(&carved, reading)?;
    folder::remove_others(dir, &old)?;
    // Some pages are written more than once, and the file grows by whole segments.
    demand(dir, carved.bytes().saturating_mul(2).saturating_add(LEAST))?;
    let generation = record.generation + 1;
    let new = folder::path(dir, generation, record.marker);
    let built = Engine::open(&new, record.marker).and_then(|engine| {
        sync_dir(dir)?;
        let (rebuilt, crown) = copy(&carved, size, &engine)?;
        Ok((engine, rebuilt, crown))
    });
    let (engine, rebuilt, crown) = match built {
        Ok(built) => built,
        Err(error) => {
            // What was made takes room, and the next start begins anew. If this fails it removes that.
            let _ = fs::remove_dir_all(&new);
            return Err(error);
        }
    };
    head.write_twice(Record {
        generation,
        head: rebuilt,
        seal: None,
        ..record
    })?;
    fs::remove_dir_all(&old).map_err(StoreError::io(Action::Removed, &old))?;
    Ok((engine, crown))
}

/// Refuses to go on where the disk has less room than is needed.
///
/// Where the system does not tell how much there is, the first write that finds none says so.
pub(crate) fn demand(dir: &Path, needed: u64) -> Result<(), StoreError> {
    match room(dir) {
        Ok(Room { bytes: free, .. }) if free < needed => Err(StoreError::NoRoom {
            path: dir.to_owned(),
            free,
            needed,
        }),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Returns the size of the log that can be rebuilt, unless it lacks an acknowledged entry.
pub(crate) fn check(carved: &Carved, reading: Reading) -> Result<u64, StoreError> {
    let head = reading.newest.head;
    let size = carved.contiguous();
    let behind = |missing| StoreError::BehindHead {
        size: head.size.max(missing),
        missing,
        place: carved.remains(missing),
    };
    if size < head.size {
        return Err(behind(size));
    }
    // A broken slot might have held a newer head. If something follows a gap, perhaps it did.
    if reading.broken.is_some() && carved.has_from(size) {
        return Err(behind(size));
    }
    if let Some(index) = head.size.checked_sub(1) {
        let last = carved.entry(index)?.ok_or_else(|| behind(index))?;
        if blake3::hash(&last) != head.last {
            return Err(StoreError::Differs { index });
        }
    }
    Ok(size)
}

/// Copies the first `size` entries into a new engine, and returns their head and the tree over them.
fn copy(carved: &Carved, size: u64, engine: &Engine) -> Result<(Head, Crown), StoreError> {
    const STRIDE: u16 = 1024;
    let mut head = Head::default();
    let mut crown = Crown::default();
    while head.size < size {
        let end = size.min(head.size + u64::from(STRIDE));
        let mut entries = Vec::new();
        for index in head.size..end {
            let entry = carved.entry(index)?;
            entries.push(entry.ok_or(StoreError::EntryDamaged { index })?);
        }
        let growth = crown.grow(&entries);
        engine.load(head.size, &entries, growth.rows())?;
        crown.apply(growth);
        head = head.after(&entries);
    }
    engine.sync()?;
    Ok((head, crown))
}
