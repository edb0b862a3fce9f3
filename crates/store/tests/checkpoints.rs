//! The file of checkpoints: it only grows, and never holds a second history.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::fs;
use std::path::{Path, PathBuf};

use tallylog_store::{Checkpoints, SecondHistory, StoreError, replace};
use tallylog_tlog::{
    AddCheckpoint, Hash, KeyName, Latest, LogSigner, SignedCheckpoint, SigningKey, Size, UnixSeconds, WitnessSigner,
};

struct Scratch {
    _parent: tempfile::TempDir,
    path: PathBuf,
}

fn scratch() -> Scratch {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("checkpoints");
    Scratch { _parent: parent, path }
}

fn log(name: &str) -> LogSigner {
    LogSigner::new(KeyName::new(name).unwrap(), SigningKey::from_bytes(&[1; 32]))
}

fn root(number: u64) -> Hash {
    Hash::leaf(&number.to_be_bytes())
}

fn signed(size: u64) -> SignedCheckpoint {
    log("log.example").sign_checkpoint(Size(size), root(size))
}

fn cosigned(size: u64, witnesses: u8, at: u64) -> SignedCheckpoint {
    let checkpoint = signed(size);
    let request = AddCheckpoint::new(Size(0), Vec::new(), checkpoint.clone()).unwrap();
    let consistent = request
        .judge(&[log("log.example").key().clone()], Latest::NOTHING)
        .unwrap();
    let witnesses = (2..2 + witnesses).map(|number| {
        let name = KeyName::new(format!("witness.example/w{number}")).unwrap();
        WitnessSigner::new(name, SigningKey::from_bytes(&[number; 32]))
    });
    let (keys, lines): (Vec<_>, Vec<_>) = witnesses
        .map(|witness| {
            (
                witness.key().clone(),
                witness.cosign(&consistent, UnixSeconds::new(at).unwrap()),
            )
        })
        .unzip();
    checkpoint.with_cosignatures(&lines, &keys).unwrap()
}

fn of(path: &Path, checkpoints: &[SignedCheckpoint]) -> Checkpoints {
    let mut file = Checkpoints::open(path).unwrap();
    for checkpoint in checkpoints {
        file.append(checkpoint).unwrap();
    }
    file
}

fn all(path: &Path) -> Vec<SignedCheckpoint> {
    Checkpoints::read(path).unwrap().map(Result::unwrap).collect()
}

#[track_caller]
fn assert_refused<T>(outcome: Result<T, StoreError>, code: &str) {
    assert_eq!(outcome.err().map(|error| error.code()), Some(code));
}

#[test]
fn what_was_appended_is_there_after_opening_again() {
    let at = scratch();
    let file = of(&at.path, &[]);
    assert_eq!(file.latest(), None);
    drop(file);
    let checkpoints = [signed(0), signed(1), cosigned(1, 1, 9), signed(70)];
    let file = of(&at.path, &checkpoints);
    assert_eq!(file.latest(), Some(&signed(70)));
    let read: Vec<_> = file.all().unwrap().map(Result::unwrap).collect();
    assert_eq!(read, checkpoints);
    drop(file);
    assert_eq!(Checkpoints::open(&at.path).unwrap().latest(), Some(&signed(70)));
    assert_eq!(all(&at.path), checkpoints);
}

#[test]
fn people_can_read_the_file() {
    let at = scratch();
    of(&at.path, &[signed(3), cosigned(3, 1, 9)]);
    let text = fs::read_to_string(&at.path).unwrap();
    assert_eq!(text, format!("{}\n{}\n", signed(3), cosigned(3, 1, 9)));
    assert!(text.starts_with(&format!("log.example\n3\n{}\n\n\u{2014} log.example ", root(3))));
}

#[test]
fn the_latest_is_that_with_the_most_signatures_and_among_those_the_last() {
    let at = scratch();
    let mut file = of(&at.path, &[signed(5), cosigned(5, 2, 9)]);
    for (appended, latest) in [
        (signed(5), cosigned(5, 2, 9)),
        (cosigned(5, 1, 9), cosigned(5, 2, 9)),
        (cosigned(5, 2, 10), cosigned(5, 2, 10)),
        (cosigned(5, 3, 8), cosigned(5, 3, 8)),
        (signed(6), signed(6)),
    ] {
        file.append(&appended).unwrap();
        assert_eq!(file.latest(), Some(&latest));
        assert_eq!(file.all().unwrap().last().unwrap().unwrap(), appended);
        drop(file);
        file = Checkpoints::open(&at.path).unwrap();
        assert_eq!(file.latest(), Some(&latest));
    }
}

#[test]
fn the_latest_is_not_written_twice() {
    let at = scratch();
    let mut file = of(&at.path, &[signed(5)]);
    let before = fs::read(&at.path).unwrap();
    file.append(&signed(5)).unwrap();
    assert_eq!(fs::read(&at.path).unwrap(), before);
}

#[test]
fn a_second_history_is_refused_and_leaves_no_trace() {
    let at = scratch();
    let mut file = of(&at.path, &[signed(4), signed(5)]);
    let before = fs::read(&at.path).unwrap();
    let other_root = log("log.example").sign_checkpoint(Size(5), root(4));
    let other_log = log("other.example").sign_checkpoint(Size(6), root(6));
    for (checkpoint, code) in [
        (&signed(4), "checkpoint-went-back"),
        (&signed(0), "checkpoint-went-back"),
        (&other_root, "checkpoint-other-root"),
        (&other_log, "checkpoint-of-other-log"),
    ] {
        assert_refused(file.append(checkpoint), code);
        assert_eq!(fs::read(&at.path).unwrap(), before);
        assert_eq!(file.latest(), Some(&signed(5)));
    }
    // None of that is a failure of the disk.
    file.append(&signed(6)).unwrap();
    drop(file);
    let mut file = Checkpoints::open(&at.path).unwrap();
    let refused = file.append(&signed(5)).unwrap_err();
    let StoreError::SecondHistory(fault) = refused else {
        unreachable!("{refused}");
    };
    let went_back = SecondHistory::WentBack {
        size: Size(5),
        before: Size(6),
    };
    assert_eq!(fault, went_back);
}

/// Wherever the last write stopped, the checkpoints before it are there and the file goes on.
#[test]
fn a_torn_record_is_dropped() {
    let at = scratch();
    let whole = [signed(4), cosigned(4, 1, 9)];
    of(&at.path, &whole);
    let kept = fs::read(&at.path).unwrap();
    of(&at.path, &[cosigned(7, 2, 9)]);
    let bytes = fs::read(&at.path).unwrap();
    for length in kept.len()..bytes.len() {
        fs::write(&at.path, &bytes[..length]).unwrap();
        assert_eq!(all(&at.path), whole, "read at {length}");
        assert_eq!(fs::read(&at.path).unwrap(), bytes[..length], "reading wrote");
        let mut file = Checkpoints::open(&at.path).unwrap();
        assert_eq!(file.latest(), Some(&whole[1]), "opened at {length}");
        assert_eq!(fs::read(&at.path).unwrap(), kept, "cut at {length}");
        file.append(&cosigned(7, 2, 9)).unwrap();
        assert_eq!(fs::read(&at.path).unwrap(), bytes, "went on at {length}");
    }
}

#[track_caller]
fn check_damage(path: &Path, bytes: &[u8], offset: u64) {
    fs::write(path, bytes).unwrap();
    for outcome in [
        Checkpoints::open(path).map(drop),
        Checkpoints::read(path).unwrap().try_for_each(|read| read.map(drop)),
    ] {
        let error = outcome.unwrap_err();
        assert_eq!(error.code(), "checkpoints-damaged", "{error}");
        let StoreError::CheckpointsDamaged { place, .. } = error else {
            unreachable!("{error}");
        };
        assert_eq!((place.path.as_path(), place.offset), (path, offset));
    }
    let mut read = Checkpoints::read(path).unwrap();
    assert!(read.by_ref().any(|item| item.is_err()));
    assert!(read.next().is_none(), "the first error is the last item");
    assert_eq!(fs::read(path).unwrap(), bytes, "a refused start wrote");
}

#[test]
fn whatever_else_is_malformed_is_refused_with_its_place() {
    let at = scratch();
    let records: Vec<String> = [signed(4), signed(5), signed(6)]
        .iter()
        .map(|record| format!("{record}\n"))
        .collect();
    let whole = records.concat();
    let second = u64::try_from(records[0].len()).unwrap();
    check_damage(&at.path, whole.replacen("\n5\n", "\n05\n", 1).as_bytes(), second);
    check_damage(&at.path, whole.replacen("\n5\n", "\n5\r\n", 1).as_bytes(), second);
    check_damage(&at.path, whole.replacen("\n5\n", "\n3\n", 1).as_bytes(), second);
    check_damage(&at.path, whole.replacen("\n4\n", "\n\n", 1).as_bytes(), 0);
    check_damage(&at.path, format!("\n{whole}").as_bytes(), 0);
    check_damage(&at.path, format!("{}\n{}", records[0], records[1]).as_bytes(), second);
    check_damage(
        &at.path,
        format!("{}{}", records[1], records[0]).as_bytes(),
        u64::try_from(records[1].len()).unwrap(),
    );
    check_damage(
        &at.path,
        format!("{}no checkpoint\n\nat all\n\n", records[0]).as_bytes(),
        second,
    );
    check_damage(
        &at.path,
        [records[0].as_bytes(), b"\xff\n\n\xff\n\n"].concat().as_slice(),
        second,
    );
}

#[test]
fn a_flipped_bit_is_refused_or_is_in_a_signature() {
    let at = scratch();
    let checkpoints = [signed(4), cosigned(5, 1, 9), signed(6)];
    of(&at.path, &checkpoints);
    let bytes = fs::read(&at.path).unwrap();
    for position in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[position] ^= 1 << bit;
            fs::write(&at.path, &flipped).unwrap();
            let read: Result<Vec<_>, _> = Checkpoints::read(&at.path).unwrap().collect();
            let same_text = |read: &[SignedCheckpoint]| {
                read.iter()
                    .zip(&checkpoints)
                    .all(|(a, b)| a.unverified() == b.unverified())
            };
            match read {
                Err(error) => assert_eq!(error.code(), "checkpoints-damaged"),
                // The end of the last record is gone: as if it were torn.
                Ok(read) if read.len() == 2 => assert!(same_text(&read)),
                // It is spelled rightly, and is believed only if its signature holds.
                Ok(read) => {
                    assert_eq!(read.len(), 3);
                    assert_ne!(read, checkpoints);
                    let believed =
                        |read: &SignedCheckpoint| read.verify(&[log("log.example").key().clone()], &[]).is_ok();
                    assert!(
                        same_text(&read) || !read.iter().all(believed),
                        "bit {bit} of byte {position}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_record_that_never_ends_is_not_read_into_memory() {
    let at = scratch();
    check_damage(&at.path, &vec![b'x'; 3_000_000], 0);
    check_damage(&at.path, &b"x\n".repeat(1_500_000), 0);
}

#[test]
fn the_file_has_one_writer_and_any_number_of_readers() {
    let at = scratch();
    let mut file = of(&at.path, &[signed(4)]);
    assert_refused(Checkpoints::open(&at.path), "store-in-use");
    let mut reading = Checkpoints::read(&at.path).unwrap();
    file.append(&signed(5)).unwrap();
    assert_eq!(reading.next().unwrap().unwrap(), signed(4));
    drop(file);
    Checkpoints::open(&at.path).unwrap();
}

#[test]
fn no_file_is_read_where_there_is_none() {
    assert_refused(Checkpoints::read(&scratch().path), "store-io");
}

#[test]
fn a_file_is_replaced_whole() {
    let at = scratch();
    for bytes in [b"first".as_slice(), b"the second is longer", b""] {
        replace(&at.path, bytes).unwrap();
        assert_eq!(fs::read(&at.path).unwrap(), bytes);
        assert_eq!(fs::read_dir(at.path.parent().unwrap()).unwrap().count(), 1);
    }
    // What a crash leaves.
    fs::write(at.path.with_file_name("checkpoints.new"), b"half a dra").unwrap();
    replace(&at.path, b"last").unwrap();
    assert_eq!(fs::read(&at.path).unwrap(), b"last");
    assert_eq!(fs::read_dir(at.path.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn a_file_that_cannot_be_replaced_stays_as_it_is() {
    let at = scratch();
    replace(&at.path, b"first").unwrap();
    // The draft's name is taken by a folder.
    fs::create_dir(at.path.with_file_name("checkpoints.new")).unwrap();
    assert_refused(replace(&at.path, b"second"), "store-io");
    assert_eq!(fs::read(&at.path).unwrap(), b"first");
}
