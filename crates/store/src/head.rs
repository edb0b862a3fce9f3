//! The `head` file: how much of the log was acknowledged, kept outside the engine.
//!
//! The engine may lose entries and open as if nothing had happened. So whatever was acknowledged is
//! written down here as well, and a store that holds less is refused.
//!
//! The file has a fixed length and is never replaced: an update overwrites bytes that are already
//! allocated, so syncing it needs no journal commit. It has four slots of one sector each. A
//! record goes into two of them in one write, the next record into the other two:
//!
//! - A crash in the middle of a write leaves the two slots of the record before untouched.
//! - A sector is written whole or not at all, so a crash leaves old or new records in slots, but a
//!   slot that is neither is damage. While the store is sealed, that is an error. Otherwise it
//!   might be a disk that tears sectors, and the newest record that is intact counts: each has a
//!   twin, so one damaged slot never takes the newest away.
//!
//! The lock on the store is a lock on this file, as it is the one file that is always the same.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::StoreError;
use crate::error::{Action, Damage};
use crate::frame::Marker;
use crate::lock::Locked;

const MAGIC: [u8; 16] = *b"tallylog-head/1\0";
const SECTOR: usize = 512;
const SLOTS: usize = 4;
const LENGTH: usize = SECTOR * SLOTS;
const HASHED: usize = 120;

/// How much of the log is durable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The number of entries.
    pub size: u64,
    /// The BLAKE3 hash of the last entry's bytes; zeros if there is none.
    pub last: [u8; 32],
}

impl Head {
    /// The head after `entries` were appended.
    pub(crate) fn after(self, entries: &[impl AsRef<[u8]>]) -> Self {
        let Some(last) = entries.last() else {
            return self;
        };
        // A slice has never more than `u64::MAX` elements.
        let added = u64::try_from(entries.len()).unwrap_or(u64::MAX);
        Self {
            size: self.size + added,
            last: blake3::hash(last.as_ref()).into(),
        }
    }
}

/// What one slot of the file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) sequence: u64,
    /// Which of the engine's folders holds the log.
    pub(crate) generation: u64,
    pub(crate) marker: Marker,
    pub(crate) head: Head,
    /// The hash of the `seal` file, if the store was closed and not opened since.
    pub(crate) seal: Option<[u8; 32]>,
}

impl Record {
    pub(crate) fn first(marker: Marker) -> Self {
        Self {
            sequence: 0,
            generation: 0,
            marker,
            head: Head::default(),
            seal: None,
        }
    }

    fn encode(&self) -> [u8; SECTOR] {
        let mut slot = [0; SECTOR];
        slot[..16].copy_from_slice(&MAGIC);
        slot[16..24].copy_from_slice(&self.sequence.to_be_bytes());
        slot[24..32].copy_from_slice(&self.generation.to_be_bytes());
        slot[32..40].copy_from_slice(&self.marker.0);
        slot[40..48].copy_from_slice(&self.head.size.to_be_bytes());
        slot[48..80].copy_from_slice(&self.head.last);
        if let Some(seal) = self.seal {
            slot[80] = 1;
            slot[88..HASHED].copy_from_slice(&seal);
        }
        let check = blake3::hash(&slot[..HASHED]);
        slot[HASHED..HASHED + 32].copy_from_slice(check.as_bytes());
        slot
    }

    /// Refuses every slot that is not, byte for byte, what `encode` gives.
    fn decode(slot: &[u8]) -> Option<Self> {
        let record = Self {
            sequence: u64::from_be_bytes(*slot.get(16..)?.first_chunk()?),
            generation: u64::from_be_bytes(*slot.get(24..)?.first_chunk()?),
            marker: Marker(*slot.get(32..)?.first_chunk()?),
            head: Head {
                size: u64::from_be_bytes(*slot.get(40..)?.first_chunk()?),
                last: *slot.get(48..)?.first_chunk()?,
            },
            seal: (*slot.get(80)? == 1).then_some(*slot.get(88..)?.first_chunk()?),
        };
        (record.encode() == slot).then_some(record)
    }
}

/// What all slots say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) newest: Record,
    /// The offset of the first slot that is not intact.
    pub(crate) broken: Option<u64>,
}

/// Reads the slots; `None` if not one of them is intact.
fn read_slots(bytes: &[u8]) -> Option<Reading> {
    let offsets = (0_u64..).step_by(SECTOR);
    let slots: Vec<_> = offsets.zip(bytes.chunks(SECTOR).map(Record::decode)).collect();
    let newest = slots
        .iter()
        .filter_map(|(_, record)| *record)
        .max_by_key(|record| record.sequence)?;
    let broken = slots
        .iter()
        .find(|(_, record)| record.is_none())
        .map(|(offset, _)| *offset);
    Some(Reading { newest, broken })
}

/// The open and locked file.
#[derive(Debug)]
pub(crate) struct HeadFile {
    file: Locked,
    path: PathBuf,
    record: Record,
}

impl HeadFile {
    pub(crate) fn path(dir: &Path) -> PathBuf {
        dir.join("head")
    }

    /// Writes the file of a new store; it exists whole and synced, or not at all.
    pub(crate) fn create(dir: &Path, record: Record) -> Result<Self, StoreError> {
        let path = Self::path(dir);
        let draft = dir.join("head.new");
        let slot = record.encode();
        fs::write(&draft, slot.repeat(SLOTS)).map_err(StoreError::io(Action::Written, &draft))?;
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&draft)
            .map_err(StoreError::io(Action::Opened, &draft))?;
        file.sync_all().map_err(StoreError::sync(&draft))?;
        let file = locked(file, dir)?;
        fs::rename(&draft, &path).map_err(StoreError::io(Action::Created, &path))?;
        sync_dir(dir)?;
        Ok(Self { file, path, record })
    }

    /// Opens, locks and reads the file.
    pub(crate) fn open(dir: &Path) -> Result<(Self, Reading), StoreError> {
        let path = Self::path(dir);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&path)
            .map_err(StoreError::io(Action::Opened, &path))?;
        let file = locked(file, dir)?;
        let reading = read(&file, &path)?;
        Ok((
            Self {
                file,
                path,
                record: reading.newest,
            },
            reading,
        ))
    }

    pub(crate) fn record(&self) -> Record {
        self.record
    }

    /// Writes `record` as the newest, durably; its sequence is set here.
    pub(crate) fn write(&mut self, record: Record) -> Result<(), StoreError> {
        let sequence = self.record.sequence + 1;
        let record = Record { sequence, ..record };
        // Odd and even records take turns, so this never touches the slots of the one before.
        let pair = if sequence.is_multiple_of(2) { 0 } else { 2 * 512 };
        self.file
            .write_all_at(&record.encode().repeat(2), pair)
            .map_err(StoreError::io(Action::Written, &self.path))?;
        self.file.sync_data().map_err(StoreError::sync(&self.path))?;
        self.record = record;
        Ok(())
    }

    /// Writes `record` into all four slots, one pair after the other.
    ///
    /// After this, no slot says what was before, so what was before may be removed.
    pub(crate) fn write_twice(&mut self, record: Record) -> Result<(), StoreError> {
        self.write(record)?;
        self.write(record)
    }
}

/// Locks a file for this process alone.
pub(crate) fn locked(file: File, dir: &Path) -> Result<Locked, StoreError> {
    Locked::alone(file, dir)?.ok_or_else(|| in_use(dir))
}

fn in_use(dir: &Path) -> StoreError {
    StoreError::InUse { dir: dir.to_owned() }
}

fn read(mut file: &File, path: &Path) -> Result<Reading, StoreError> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)
        .map_err(StoreError::io(Action::Read, path))?;
    judge(&bytes, path)
}

/// Refuses what neither this module nor a crash leaves.
fn judge(bytes: &[u8], path: &Path) -> Result<Reading, StoreError> {
    if bytes.len() != LENGTH {
        let expected = u64::try_from(LENGTH).unwrap_or(u64::MAX);
        let found = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let damage = Damage::Length { expected, found };
        return Err(StoreError::damaged(path, found.min(expected), damage));
    }
    let reading = read_slots(bytes).ok_or_else(|| StoreError::damaged(path, 0, Damage::Changed))?;
    match (reading.newest.seal, reading.broken) {
        (Some(_), Some(offset)) => Err(StoreError::damaged(path, offset, Damage::Changed)),
        (Some(_) | None, _) => Ok(reading),
    }
}

/// Opens, locks and reads the file for whoever only looks; `None` if there is none.
///
/// The lock is shared with others who look, and keeps away whoever would write for as long as the file is open.
pub(crate) fn look(dir: &Path) -> Result<Option<(Locked, Reading)>, StoreError> {
    let Some(file) = open_to_look(dir)? else {
        return Ok(None);
    };
    let reading = read(&file, &HeadFile::path(dir))?;
    Ok(Some((file, reading)))
}

fn open_to_look(dir: &Path) -> Result<Option<Locked>, StoreError> {
    let path = HeadFile::path(dir);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::io(Action::Opened, &path)(error)),
    };
    Locked::shared(file, dir)?.map(Some).ok_or_else(|| in_use(dir))
}

/// Reads what can still be read of the file, and changes nothing.
///
/// The file comes back with a shared lock, to be kept as long as the store is being looked at.
pub(crate) fn peek(dir: &Path) -> Result<Option<(Locked, Option<Record>)>, StoreError> {
    let Some(file) = open_to_look(dir)? else {
        return Ok(None);
    };
    let path = HeadFile::path(dir);
    let bytes = fs::read(&path).map_err(StoreError::io(Action::Read, &path))?;
    Ok(Some((file, read_slots(&bytes).map(|reading| reading.newest))))
}

/// Reads the newest record without a lock, while another process may be writing: its slots are written in turns, so one
/// that is intact is always there.
pub(crate) fn glance(dir: &Path) -> Result<Option<Record>, StoreError> {
    let path = HeadFile::path(dir);
    match fs::read(&path) {
        Ok(bytes) => Ok(read_slots(&bytes).map(|reading| reading.newest)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::io(Action::Read, &path)(error)),
    }
}

/// Makes the names in a folder durable.
pub(crate) fn sync_dir(dir: &Path) -> Result<(), StoreError> {
    File::open(dir)
        .map_err(StoreError::io(Action::Opened, dir))?
        .sync_all()
        .map_err(StoreError::sync(dir))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(size: u64, seal: Option<[u8; 32]>) -> Record {
        let head = Head { size, last: [7; 32] };
        Record {
            head,
            seal,
            ..Record::first(Marker(*b"a marker"))
        }
    }

    /// Writes the records in turn and returns the bytes of the file.
    fn file_after(records: &[Record]) -> Vec<u8> {
        let dir = tempfile::tempdir().unwrap();
        let mut file = HeadFile::create(dir.path(), records[0]).unwrap();
        for record in &records[1..] {
            file.write(*record).unwrap();
        }
        fs::read(HeadFile::path(dir.path())).unwrap()
    }

    #[track_caller]
    fn check(bytes: &[u8], expected: Result<u64, &'static str>) {
        let outcome = judge(bytes, Path::new("head"));
        let size = outcome
            .map(|reading| reading.newest.head.size)
            .map_err(|error| error.code());
        assert_eq!(size, expected);
    }

    #[track_caller]
    fn check_every_flip(bytes: &[u8], expected: Result<u64, &'static str>) {
        for at in 0..bytes.len() {
            let mut damaged = bytes.to_owned();
            damaged[at] ^= 0x10;
            check(&damaged, expected);
        }
    }

    #[test]
    fn the_newest_record_counts() {
        let bytes = file_after(&[record(0, None), record(5, None), record(9, None), record(11, None)]);
        check(&bytes, Ok(11));
    }

    #[test]
    fn a_write_that_was_torn_leaves_the_record_before() {
        let mut bytes = file_after(&[record(0, None), record(5, None), record(9, None)]);
        // The third record is in the first two sectors.
        bytes[100..900].fill(0xFF);
        check(&bytes, Ok(5));
    }

    #[test]
    fn a_write_that_stopped_between_two_sectors_is_lawful_even_with_a_seal() {
        let old = file_after(&[record(0, None), record(4, None)]);
        let mut bytes = file_after(&[record(0, None), record(4, None), record(5, Some([3; 32]))]);
        bytes[SECTOR..2 * SECTOR].copy_from_slice(&old[SECTOR..2 * SECTOR]);
        check(&bytes, Ok(5));
    }

    #[test]
    fn one_damaged_slot_never_takes_the_newest_record_away() {
        check_every_flip(&file_after(&[record(0, None), record(5, None), record(9, None)]), Ok(9));
    }

    #[test]
    fn any_damage_of_a_sealed_head_is_refused() {
        let bytes = file_after(&[record(0, None), record(5, None), record(5, Some([3; 32]))]);
        check(&bytes, Ok(5));
        check_every_flip(&bytes, Err("store-damaged"));
    }

    #[test]
    fn a_head_of_another_length_is_refused() {
        let mut bytes = file_after(&[record(0, None), record(5, None)]);
        check(&bytes[..LENGTH - 1], Err("store-damaged"));
        bytes.push(0);
        check(&bytes, Err("store-damaged"));
    }

    #[test]
    fn a_head_without_any_intact_slot_is_refused() {
        check(&[0; LENGTH], Err("store-damaged"));
    }
}
