//! The life of a store: made, written, closed, crashed, opened again.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use proptest::prelude::*;
use tallylog_store::{MAX_ENTRY, Reader, Store, StoreError, salvage};

struct Scratch {
    _parent: tempfile::TempDir,
    dir: PathBuf,
}

fn scratch() -> Scratch {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("store");
    Scratch { _parent: parent, dir }
}

fn numbered(range: std::ops::Range<u32>) -> Vec<Vec<u8>> {
    range.map(|number| format!("entry {number}").into_bytes()).collect()
}

fn all(reader: &Reader) -> Vec<Vec<u8>> {
    reader.entries(0..u64::MAX).map(|item| item.unwrap().1).collect()
}

#[track_caller]
fn assert_refused<T>(outcome: Result<T, StoreError>, code: &str) {
    assert_eq!(outcome.err().map(|error| error.code()), Some(code));
}

/// The engine's folder, of which there must be exactly one.
fn engine_folder(dir: &Path) -> PathBuf {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let folders: Vec<_> = entries.filter(|path| path.is_dir()).collect();
    assert_eq!(folders.len(), 1, "{folders:?}");
    folders[0].clone()
}

#[test]
fn an_empty_store_has_an_empty_head() {
    let at = scratch();
    let store = Store::create(&at.dir).unwrap();
    assert_eq!(store.head().size, 0);
    assert_eq!(store.head().last, [0; 32]);
    store.close().unwrap();
    assert_eq!(Store::open(&at.dir).unwrap().head().size, 0);
    assert_eq!(Store::open(&at.dir).unwrap().head().last, [0; 32]);
}

#[test]
fn the_head_holds_the_hash_of_the_last_entry() {
    let at = scratch();
    let mut store = Store::create(&at.dir).unwrap();
    let head = store.append(&numbered(0..3)).unwrap();
    assert_eq!(head.size, 3);
    assert_eq!(head.last, *blake3::hash(b"entry 2").as_bytes());
    assert_eq!(store.reader().head(), head);
}

#[test]
fn an_empty_batch_changes_nothing() {
    let at = scratch();
    let mut store = Store::create(&at.dir).unwrap();
    let head = store.append(&numbered(0..3)).unwrap();
    assert_eq!(store.append(&numbered(0..0)).unwrap(), head);
}

#[test]
fn a_batch_with_an_entry_that_cannot_be_taken_is_refused_whole() {
    let at = scratch();
    let mut store = Store::create(&at.dir).unwrap();
    assert_refused(store.append(&[vec![1], vec![0; MAX_ENTRY + 1]]), "entry-too-large");
    assert_refused(store.append(&[vec![1], vec![]]), "entry-empty");
    assert_eq!(store.head().size, 0);
    assert_eq!(store.append(&[vec![1], vec![0; MAX_ENTRY]]).unwrap().size, 2);
    assert_eq!(store.reader().entry(1).unwrap(), Some(vec![0; MAX_ENTRY]));
}

#[test]
fn a_store_is_not_made_where_something_is() {
    let at = scratch();
    let mut store = Store::create(&at.dir).unwrap();
    store.append(&numbered(0..1)).unwrap();
    assert_refused(Store::create(&at.dir), "store-exists");
    drop(store);
    // Not even when it has lost its head.
    fs::remove_file(at.dir.join("head")).unwrap();
    assert_refused(Store::create(&at.dir), "store-exists");

    let other = scratch();
    fs::create_dir(&other.dir).unwrap();
    fs::write(other.dir.join("letters"), b"dear").unwrap();
    assert_refused(Store::create(&other.dir), "store-exists");
}

#[test]
fn a_creation_that_was_interrupted_is_begun_anew() {
    let at = scratch();
    drop(Store::create(&at.dir).unwrap());
    fs::rename(at.dir.join("head"), at.dir.join("head.new")).unwrap();
    assert_refused(Store::open(&at.dir), "store-missing");
    assert_eq!(Store::create(&at.dir).unwrap().head().size, 0);
    engine_folder(&at.dir);
}

#[test]
fn there_is_no_store_where_none_was_made() {
    let at = scratch();
    assert_refused(Store::open(&at.dir), "store-missing");
    assert_refused(salvage(&at.dir), "store-missing");
    fs::create_dir(&at.dir).unwrap();
    assert_refused(Store::open(&at.dir), "store-missing");
    assert_refused(salvage(&at.dir), "store-missing");
}

#[test]
fn a_store_has_one_user_at_a_time() {
    let at = scratch();
    let store = Store::create(&at.dir).unwrap();
    assert_refused(Store::open(&at.dir), "store-in-use");
    assert_refused(salvage(&at.dir), "store-in-use");
    drop(store);
    Store::open(&at.dir).unwrap();
}

#[test]
fn closing_and_opening_changes_nothing_in_the_log() {
    let at = scratch();
    let mut store = Store::create(&at.dir).unwrap();
    for round in 0..5 {
        store.append(&numbered(round * 100..round * 100 + 100)).unwrap();
        let head = store.head();
        store.close().unwrap();
        store = Store::open(&at.dir).unwrap();
        assert_eq!(store.head(), head);
    }
    assert_eq!(all(&store.reader()), numbered(0..500));
}

#[test]
fn readers_outlive_the_store_but_are_refused() {
    let at = scratch();
    let mut store = Store::create(&at.dir).unwrap();
    store.append(&numbered(0..3)).unwrap();
    let reader = store.reader();
    store.close().unwrap();
    assert_refused(reader.entry(0), "store-closed");
    assert_refused(reader.entries(0..3).next().unwrap(), "store-closed");
    assert_eq!(reader.entries(0..3).count(), 1, "the error is the last item");
}

#[test]
fn a_reader_sees_what_is_durable_and_no_more() {
    let at = scratch();
    let mut store = Store::create(&at.dir).unwrap();
    store.append(&numbered(0..300)).unwrap();
    let reader = store.reader();
    assert_eq!(reader.entry(299).unwrap().unwrap(), b"entry 299");
    assert_eq!(reader.entry(300).unwrap(), None);
    let middle: Vec<_> = reader.entries(140..143).map(|item| item.unwrap().0).collect();
    assert_eq!(middle, [140, 141, 142]);
    assert_eq!(reader.entries(300..400).count(), 0);
    assert_eq!(reader.entries(10..10).count(), 0);
}

#[test]
fn readers_read_while_the_writer_writes() {
    let at = scratch();
    let mut store = Store::create(&at.dir).unwrap();
    let reader = store.reader();
    thread::scope(|scope| {
        scope.spawn(|| {
            while reader.head().size < 400 {
                let size = usize::try_from(reader.head().size).unwrap();
                assert!(all(&reader).len() >= size);
            }
        });
        for start in (0..400).step_by(8) {
            store.append(&numbered(start..start + 8)).unwrap();
        }
    });
    assert_eq!(all(&reader), numbered(0..400));
}

/// A store of 30 entries that says it has 20: the last batch was written but never acknowledged.
fn beyond_its_head(dir: &Path) {
    let mut store = Store::create(dir).unwrap();
    store.append(&numbered(0..20)).unwrap();
    let head = fs::read(dir.join("head")).unwrap();
    store.append(&numbered(20..30)).unwrap();
    drop(store);
    fs::write(dir.join("head"), head).unwrap();
}

/// Flips a bit in every copy of these bytes.
fn flip_everywhere(file: &Path, wanted: &[u8]) {
    let mut bytes = fs::read(file).unwrap();
    let hits: Vec<usize> = bytes
        .windows(wanted.len())
        .enumerate()
        .filter(|(_, window)| *window == wanted)
        .map(|(at, _)| at)
        .collect();
    assert!(!hits.is_empty());
    for at in hits {
        bytes[at] ^= 1;
    }
    fs::write(file, bytes).unwrap();
}

#[test]
fn what_was_written_but_not_acknowledged_is_kept() {
    let at = scratch();
    beyond_its_head(&at.dir);
    let store = Store::open(&at.dir).unwrap();
    assert_eq!(all(&store.reader()), numbered(0..30));
    assert_eq!(store.head().last, *blake3::hash(b"entry 29").as_bytes());
}

#[test]
fn what_was_not_acknowledged_is_kept_up_to_the_first_gap() {
    let at = scratch();
    beyond_its_head(&at.dir);
    flip_everywhere(&engine_folder(&at.dir).join("db"), b"entry 24");
    let mut store = Store::open(&at.dir).unwrap();
    assert_eq!(all(&store.reader()), numbered(0..24));
    store.append(&numbered(24..40)).unwrap();
    store.close().unwrap();
    assert_eq!(all(&Store::open(&at.dir).unwrap().reader()), numbered(0..40));
}

#[test]
fn a_gap_is_refused_if_the_head_may_have_lost_its_newest_record() {
    let at = scratch();
    beyond_its_head(&at.dir);
    flip_everywhere(&engine_folder(&at.dir).join("db"), b"entry 24");
    let mut head = fs::read(at.dir.join("head")).unwrap();
    head[0] ^= 1;
    fs::write(at.dir.join("head"), head).unwrap();
    assert_refused(Store::open(&at.dir), "store-behind-head");
}

#[test]
fn a_missing_entry_is_named_with_the_place_of_its_remains() {
    let at = scratch();
    let mut store = Store::create(&at.dir).unwrap();
    store.append(&numbered(10..40)).unwrap();
    drop(store);
    let db = engine_folder(&at.dir).join("db");
    flip_everywhere(&db, b"entry 17");
    let error = Store::open(&at.dir).unwrap_err();
    let StoreError::BehindHead {
        size: 30,
        missing: 7,
        place: Some(place),
    } = error
    else {
        unreachable!("{error}");
    };
    assert_eq!(place.path, db);
    let bytes = fs::read(&db).unwrap();
    let offset = usize::try_from(place.offset).unwrap();
    assert_eq!(bytes[offset + 41..offset + 48], *b"ntry 17");

    let salvage = salvage(&at.dir).unwrap();
    assert_eq!(salvage.missing(), [7]);
    assert_eq!(salvage.indexes().count(), 29);
    assert_eq!(salvage.entry(7).unwrap(), None);
    assert_eq!(salvage.entry(8).unwrap().unwrap(), b"entry 18");
}

#[test]
fn entries_are_salvaged_without_a_head() {
    let at = scratch();
    let mut store = Store::create(&at.dir).unwrap();
    store.append(&numbered(0..30)).unwrap();
    store.close().unwrap();
    fs::remove_file(at.dir.join("head")).unwrap();
    assert_refused(Store::open(&at.dir), "store-damaged");
    let salvage = salvage(&at.dir).unwrap();
    assert_eq!(salvage.head(), None);
    let entries: Vec<_> = salvage.entries().map(|item| item.unwrap().1).collect();
    assert_eq!(entries, numbered(0..30));
}

#[test]
fn a_log_that_ends_in_another_entry_than_was_acknowledged_is_refused() {
    let at = scratch();
    let other = scratch();
    let mut store = Store::create(&at.dir).unwrap();
    store.append(&numbered(0..3)).unwrap();
    drop(store);
    // The same marker and another last entry: the folder of one and the head of the other.
    copy(&at.dir, &other.dir);
    let head = fs::read(at.dir.join("head")).unwrap();
    let mut store = Store::open(&other.dir).unwrap();
    store.append(&numbered(50..51)).unwrap();
    drop(store);
    let mut store = Store::open(&at.dir).unwrap();
    store.append(&numbered(60..61)).unwrap();
    drop(store);
    assert_ne!(fs::read(at.dir.join("head")).unwrap(), head);
    fs::copy(other.dir.join("head"), at.dir.join("head")).unwrap();
    assert_refused(Store::open(&at.dir), "store-differs");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn a_recovery_that_was_interrupted_before_the_new_head_is_done_again() {
    let at = scratch();
    let mut store = Store::create(&at.dir).unwrap();
    store.append(&numbered(0..30)).unwrap();
    drop(store);
    let old = engine_folder(&at.dir);
    // What a crash leaves that came when the new folder was half written.
    let name = old
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .replacen("entries-0-", "entries-1-", 1);
    let new = at.dir.join(name);
    fs::create_dir(&new).unwrap();
    fs::write(new.join("db"), &fs::read(old.join("db")).unwrap()[..3000]).unwrap();
    assert_eq!(all(&Store::open(&at.dir).unwrap().reader()), numbered(0..30));
    engine_folder(&at.dir);
}

#[test]
fn a_recovery_that_was_interrupted_after_the_new_head_is_tidied_up() {
    let at = scratch();
    let kept = scratch();
    let mut store = Store::create(&at.dir).unwrap();
    store.append(&numbered(0..30)).unwrap();
    drop(store);
    let old = engine_folder(&at.dir);
    copy(&old, &kept.dir);
    drop(Store::open(&at.dir).unwrap());
    // What a crash leaves that came before the old folder was removed.
    copy(&kept.dir, &old);
    let mut store = Store::open(&at.dir).unwrap();
    engine_folder(&at.dir);
    store.append(&numbered(30..40)).unwrap();
    assert_eq!(all(&store.reader()), numbered(0..40));
}

#[test]
fn a_sealing_that_was_interrupted_does_no_harm() {
    let at = scratch();
    let mut store = Store::create(&at.dir).unwrap();
    store.append(&numbered(0..30)).unwrap();
    let head = fs::read(at.dir.join("head")).unwrap();
    store.close().unwrap();
    fs::write(at.dir.join("head"), head).unwrap();
    fs::write(at.dir.join("seal"), b"half a se").unwrap();
    assert_eq!(all(&Store::open(&at.dir).unwrap().reader()), numbered(0..30));
}

#[test]
fn a_file_that_was_put_into_a_closed_store_is_refused() {
    let at = scratch();
    let mut store = Store::create(&at.dir).unwrap();
    store.append(&numbered(0..30)).unwrap();
    store.close().unwrap();
    let stray = engine_folder(&at.dir).join("blobs").join("17");
    fs::write(&stray, b"?").unwrap();
    let error = Store::open(&at.dir).unwrap_err();
    assert!(error.to_string().contains("blobs/17 at byte 0"), "{error}");
    assert_refused(Err::<(), _>(error), "store-damaged");
    fs::remove_file(&stray).unwrap();
    Store::open(&at.dir).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_is_appended_comes_back_after_closing_or_crashing(
        batches in prop::collection::vec(
            (prop::collection::vec((1..=MAX_ENTRY, 1..1000_usize, any::<u8>()), 1..6), 0..3_u8),
            1..12,
        ),
    ) {
        let at = scratch();
        let mut store = Store::create(&at.dir).unwrap();
        let mut expected: Vec<Vec<u8>> = Vec::new();
        for (entries, then) in batches {
            // One in five is long.
            let entries: Vec<Vec<u8>> = entries
                .into_iter()
                .map(|(long, short, byte)| vec![byte; if byte.is_multiple_of(5) { long } else { short }])
                .collect();
            store.append(&entries).unwrap();
            expected.extend(entries);
            if then > 0 {
                if then == 1 { store.close().unwrap() } else { drop(store) }
                store = Store::open(&at.dir).unwrap();
            }
        }
        prop_assert_eq!(all(&store.reader()), expected);
    }
}
