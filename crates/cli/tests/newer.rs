//! A night that is newer than the program is not called false.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::fs;

use tallylog_event::{Entry, EntryHash, EntryIndex, Envelope, Event, UnixMillis};
use tallylog_projection::FOLD_VERSION;
use tallylog_simulate::{Options, night};
use tallylog_tlog::{Hash, KeyName, LogSigner, Tree};
use tallylog_verify::{Keys, begin, frame};

use support::{run, text};

/// A bundle of nothing but the contest, of a fold to come.
fn of_a_newer_fold() -> Vec<u8> {
    let night = night(&Options::small(7, 3, 12));
    let mut contest = night.contest.clone();
    contest.fold = FOLD_VERSION + 1;
    let mut body = night.setup[0].decode().unwrap();
    body.event = Event::ContestOpened(Box::new(contest.clone()));
    let entry = Entry {
        index: EntryIndex(0),
        received_at: UnixMillis(1_833_584_400_000),
        previous: EntryHash::NONE,
        envelope: Envelope::seal(&body, &night.keys.registrars[0].key),
    };
    let bytes = entry.encode();
    let mut tree = Tree::new();
    tree.append(Hash::leaf(&bytes));
    let origin = KeyName::new(contest.log.origin.as_str()).unwrap();
    let log = LogSigner::new(origin, night.keys.log.clone());
    let checkpoint = log.sign_checkpoint(tree.size(), tree.root());
    let keys = Keys::new(&contest, &[]).unwrap();
    let head = begin(keys.text(), &[checkpoint]).unwrap();
    [head, frame(&bytes).unwrap().to_vec(), bytes].concat()
}

#[test]
fn a_night_of_a_newer_fold_could_not_be_checked_and_nothing_is_said_against_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("night");
    fs::write(&path, of_a_newer_fold()).unwrap();
    let table = run(&["verify", text(&path)]);
    assert_eq!(table.code, Some(2), "{}{}", table.out, table.err);
    assert!(table.out.contains("could not check"), "{}", table.out);
    assert!(!table.out.contains("does not verify"), "{}", table.out);
    let json = run(&["verify", text(&path), "--format", "json"]);
    let said: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json.code, Some(2));
    assert_eq!(
        (&said["verified"], &said["could_not_check"]),
        (&false.into(), &true.into())
    );
    assert!(json.out.contains("unknown-fold"), "{}", json.out);
}
