//! A store that is only read, and a disk without room.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]
#![expect(clippy::print_stdout, reason = "what is skipped must be seen")]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use tallylog_store::{Checkpoints, ReadOnly, Reader, Store, StoreError, replace};
use tallylog_tlog::{Hash, KeyName, LogSigner, SigningKey, Size};

fn numbered(range: std::ops::Range<u32>) -> Vec<Vec<u8>> {
    range.map(|number| format!("entry {number}").into_bytes()).collect()
}

fn all(reader: &Reader) -> Vec<Vec<u8>> {
    reader.entries(0..u64::MAX).map(|item| item.unwrap().1).collect()
}

/// Every file below a folder with its bytes.
fn snapshot(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(snapshot(&path));
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

#[track_caller]
fn assert_refused<T>(outcome: Result<T, StoreError>, code: &str) {
    assert_eq!(outcome.err().map(|error| error.code()), Some(code));
}

/// A store of 300 entries, closed or not.
fn store_in(dir: &Path, closed: bool) {
    let mut store = Store::create(dir).unwrap();
    store.append(&numbered(0..200)).unwrap();
    store.append(&numbered(200..300)).unwrap();
    if closed {
        store.close().unwrap();
    }
}

#[test]
fn whoever_only_reads_finds_every_entry_and_changes_no_byte() {
    for closed in [true, false] {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("store");
        store_in(&dir, closed);
        let before = snapshot(&dir);
        let store = ReadOnly::open(&dir).unwrap();
        assert_eq!((store.head().size, store.was_sealed()), (300, closed));
        let reader = store.reader();
        assert_eq!(all(&reader), numbered(0..300));
        assert_eq!(reader.entry(299).unwrap().unwrap(), b"entry 299");
        assert_eq!(reader.entry(300).unwrap(), None);
        let root = |size| reader.root(Size(size)).unwrap();
        let roots: Vec<_> = (0..=300).map(root).collect();
        drop(store);
        assert!(snapshot(&dir) == before, "closed: {closed}");
        let written = Store::open(&dir).unwrap().reader();
        assert!(
            (0..=300)
                .zip(roots)
                .all(|(size, root)| written.root(Size(size)).unwrap() == root)
        );
    }
}

#[test]
fn whoever_only_reads_keeps_writers_away_and_lets_others_read() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("store");
    store_in(&dir, true);
    let one = ReadOnly::open(&dir).unwrap();
    let other = ReadOnly::open(&dir).unwrap();
    assert_refused(Store::open(&dir), "store-in-use");
    drop((one, other));
    let writer = Store::open(&dir).unwrap();
    assert_refused(ReadOnly::open(&dir), "store-in-use");
    drop(writer);
    assert_refused(ReadOnly::open(&parent.path().join("none")), "store-missing");
}

/// A child has a copy of every open file until it is another program, and of every lock with it.
#[test]
fn a_closed_store_opens_again_while_other_threads_start_programs() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("store");
    store_in(&dir, true);
    let checkpoints = parent.path().join("checkpoints");
    let (starts, goes_on) = (40, AtomicBool::new(true));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..starts {
                    Command::new("true").output().unwrap();
                }
                goes_on.store(false, Ordering::Relaxed);
            });
        }
        while goes_on.load(Ordering::Relaxed) {
            drop(ReadOnly::open(&dir).unwrap());
            Store::open(&dir).unwrap().close().unwrap();
            drop(Checkpoints::open(&checkpoints).unwrap());
        }
    });
}

#[test]
fn whoever_only_reads_is_refused_what_a_writer_is_refused() {
    for closed in [true, false] {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("store");
        store_in(&dir, closed);
        let (path, bytes) = snapshot(&dir)
            .into_iter()
            .find(|(path, _)| path.ends_with("db"))
            .unwrap();
        for at in (0..bytes.len()).filter(|at| bytes[*at..].starts_with(b"entry 123")) {
            let mut changed = fs::read(&path).unwrap();
            changed[at] ^= 1;
            fs::write(&path, changed).unwrap();
        }
        let code = if closed { "store-damaged" } else { "store-behind-head" };
        assert_refused(ReadOnly::open(&dir), code);
        assert_refused(Store::open(&dir), code);
        let head = dir.join("head");
        let aside = dir.join("aside");
        fs::rename(&head, &aside).unwrap();
        assert_refused(ReadOnly::open(&dir), "store-damaged");
    }
}

#[test]
fn readers_go_on_when_the_store_is_opened_for_writing() {
    for closed in [true, false] {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("store");
        store_in(&dir, closed);
        let still = ReadOnly::open(&dir).unwrap();
        let reader = still.reader();
        let root = reader.root(Size(300)).unwrap();
        // Somebody else who reads is in the way, and nothing is lost by trying.
        let other = ReadOnly::open(&dir).unwrap();
        let (still, error) = *still.into_store().unwrap_err();
        assert_eq!(error.code(), "store-in-use");
        assert_eq!(all(&reader), numbered(0..300));
        drop(other);
        let mut store = still.into_store().unwrap();
        assert_eq!(reader.root(Size(300)).unwrap(), root);
        store.append(&numbered(300..310)).unwrap();
        assert_eq!(all(&reader), numbered(0..310));
        store.close().unwrap();
        assert_refused(reader.entry(0), "store-closed");
    }
}

#[test]
fn what_cannot_be_looked_at_is_not_missing() {
    let parent = tempfile::tempdir().unwrap();
    let circle = parent.path().join("circle");
    symlink(&circle, &circle).unwrap();
    for outcome in [Store::open(&circle).err(), ReadOnly::open(&circle).err()] {
        let error = outcome.unwrap();
        assert_eq!(error.code(), "store-io");
        assert!(error.to_string().contains("os error"), "{error}");
    }
}

#[test]
fn a_file_that_had_no_room_is_as_it_was_and_nothing_half_written_is_beside_it() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("policy");
    replace(&path, b"old").unwrap();
    // A device that takes no byte.
    symlink("/dev/full", parent.path().join("policy.new")).unwrap();
    let error = replace(&path, b"new").unwrap_err();
    assert_eq!(error.code(), "disk-full");
    assert!(error.to_string().contains("make room"), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1);
    replace(&path, b"new").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
}

/// A disk of so many KiB, which goes away with this.
struct SmallDisk {
    folder: tempfile::TempDir,
}

impl SmallDisk {
    /// Only a superuser may have one.
    fn new(kib: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let disk = Self { folder };
        if disk.mount(&format!("size={kib}k")) {
            return Some(disk);
        }
        println!("SKIPPED: no disk can be mounted here, so a full disk was NOT tried");
        None
    }

    fn mount(&self, options: &str) -> bool {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "tmpfs"])
            .arg(self.path())
            .output();
        mounted.is_ok_and(|mounted| mounted.status.success())
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn grow(&self, kib: u32) {
        assert!(self.mount(&format!("remount,size={kib}k")));
    }

    /// Fills what is left of it.
    fn fill(&self) -> PathBuf {
        let path = self.path().join("filler");
        let mut size = 1 << 16;
        let mut filler = fs::File::create(&path).unwrap();
        while size > 0 {
            if std::io::Write::write_all(&mut filler, &vec![1; size]).is_err() {
                size /= 2;
            }
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(self.path()).output());
    }
}

#[test]
fn a_store_whose_disk_ran_full_keeps_what_it_acknowledged_and_opens_when_there_is_room() {
    let Some(disk) = SmallDisk::new(3 << 10) else {
        return;
    };
    let dir = disk.path().join("store");
    let mut store = Store::create(&dir).unwrap();
    let mut acknowledged = 0;
    let error = loop {
        match store.append(&numbered(acknowledged..acknowledged + 50)) {
            Ok(head) => acknowledged = u32::try_from(head.size).unwrap(),
            Err(error) => break error,
        }
    };
    assert!(error.is_full(), "{error}");
    assert_eq!(error.code(), "disk-full");
    assert!(error.to_string().contains("make room"), "{error}");
    assert_refused(store.append(&numbered(0..1)), "store-poisoned");
    drop(store);
    disk.fill();
    let before = snapshot(&dir);
    let still = ReadOnly::open(&dir).unwrap();
    assert_eq!(all(&still.reader()), numbered(0..acknowledged));
    let reader = still.reader();
    let (still, error) = *still.into_store().unwrap_err();
    assert_eq!(error.code(), "disk-full");
    assert!(snapshot(&dir) == before, "nothing was changed");
    disk.grow(64 << 10);
    let mut store = still.into_store().unwrap();
    assert!(store.head().size >= u64::from(acknowledged));
    assert_eq!(
        all(&reader)[..usize::try_from(acknowledged).unwrap()],
        numbered(0..acknowledged)
    );
    store.append(&numbered(0..1)).unwrap();
    store.close().unwrap();
}

#[test]
fn a_sealed_store_on_a_full_disk_stays_sealed() {
    let Some(disk) = SmallDisk::new(8 << 10) else {
        return;
    };
    let dir = disk.path().join("store");
    store_in(&dir, true);
    let filler = disk.fill();
    let before = snapshot(&dir);
    assert_refused(Store::open(&dir), "disk-full");
    assert!(snapshot(&dir) == before);
    assert!(ReadOnly::open(&dir).unwrap().was_sealed());
    fs::remove_file(filler).unwrap();
    let store = Store::open(&dir).unwrap();
    assert!(!store.was_rebuilt());
    store.close().unwrap();
}

#[test]
fn a_checkpoint_without_room_is_cut_off_again_and_the_next_is_kept_when_there_is_some() {
    let Some(disk) = SmallDisk::new(256) else {
        return;
    };
    let signer = LogSigner::new(KeyName::new("log.example").unwrap(), SigningKey::from_bytes(&[1; 32]));
    let sign = |size: u64| signer.sign_checkpoint(Size(size), Hash::leaf(&size.to_be_bytes()));
    let path = disk.path().join("checkpoints");
    let mut checkpoints = Checkpoints::open(&path).unwrap();
    let mut size = 0;
    checkpoints.append(&sign(size)).unwrap();
    let filler = disk.fill();
    let error = loop {
        match checkpoints.append(&sign(size + 1)) {
            Ok(()) => size += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error.code(), "disk-full");
    let kept = |path: &Path| {
        Checkpoints::read(path)
            .unwrap()
            .map(|note| note.unwrap().unverified().size.0)
            .max()
    };
    assert_eq!(kept(&path), Some(size));
    assert_eq!(checkpoints.latest().unwrap().unverified().size.0, size);
    fs::remove_file(filler).unwrap();
    checkpoints.append(&sign(size + 2)).unwrap();
    assert_eq!(kept(&path), Some(size + 2));
}
