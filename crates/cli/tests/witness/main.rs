//! A witness as a process: its keys, its stop, and what it keeps when it is killed.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a helper that fails fails its test"
)]

mod killed;
mod process;
mod random;
#[path = "../support/mod.rs"]
mod support;
mod traced;

use std::path::Path;

use tallylog_tlog::{WitnessKey, monitoring_path};

use crate::process::{Process, request, signer, vkey};
use crate::support::{refused, run, text};

fn key(dir: &Path, extra: &[&str]) -> String {
    let ended = run(&[&["witness", "key", "--data-dir", text(dir)], extra].concat());
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    ended.out
}

#[test]
fn a_witness_keeps_the_key_and_name_that_it_was_made_with() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("a/w");
    let first = key(&dir, &["--name", "press.example/witness"]);
    let parsed: WitnessKey = first.strip_suffix('\n').unwrap().parse().unwrap();
    assert_eq!(parsed.name().as_str(), "press.example/witness");
    assert_eq!(key(&dir, &[]), first);
    assert_eq!(key(&dir, &["--name", "press.example/witness"]), first);
    let dir = text(&dir);
    let said = refused(&["witness", "key", "--data-dir", dir, "--name", "other.example"], 2);
    assert!(
        said.contains("press.example/witness") && said.contains("[witness-name]"),
        "{said}"
    );
    let log = vkey(&signer(1));
    let serve = [
        "witness",
        "serve",
        "--data-dir",
        dir,
        "--log",
        &log,
        "--name",
        "other.example",
    ];
    assert!(refused(&serve, 2).contains("[witness-name]"));
}

#[test]
fn a_name_that_nobody_chose_comes_from_the_key() {
    let parent = tempfile::tempdir().unwrap();
    let parsed: WitnessKey = key(parent.path(), &[]).trim().parse().unwrap();
    let start = hex::encode(&parsed.public_key()[..4]);
    assert_eq!(parsed.name().as_str(), format!("witness.invalid/{start}"));
}

#[test]
fn a_secret_key_is_for_its_owner_alone_and_is_never_made_again() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("w");
    let before = key(&dir, &[]);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&dir), mode(&dir.join("witness.key"))), (0o700, 0o600));
    std::fs::remove_file(dir.join("witness.key")).unwrap();
    let log = vkey(&signer(1));
    let serve = ["witness", "serve", "--data-dir", text(&dir), "--log", &log];
    assert!(refused(&serve, 2).contains("[no-witness-key]"));
    // Another witness's key is no better.
    let other = parent.path().join("other");
    assert_ne!(key(&other, &[]), before);
    std::fs::copy(other.join("witness.key"), dir.join("witness.key")).unwrap();
    assert!(refused(&serve, 2).contains("[no-witness-key]"));
}

#[test]
fn a_witness_cosigns_stops_when_it_is_told_and_goes_on_where_it_was() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("w");
    let log = signer(1);
    let process = Process::start(&dir, &["--log", &vkey(&log)]);
    assert_eq!(process.add_checkpoint(&request(&log, 0, 3)).unwrap().0, 200);
    // While it runs its key can be asked for, and nobody else has its folder.
    let key = key(&dir, &[]);
    assert!(process.get("/").unwrap().1.contains(key.trim()));
    let vkey = vkey(&log);
    let second = [
        "witness",
        "serve",
        "--data-dir",
        text(&dir),
        "--log",
        &vkey,
        "--listen",
        "127.0.0.1:0",
    ];
    assert!(refused(&second, 2).contains("[witness-in-use]"));
    assert_eq!(process.terminate(), Some(0));
    let process = Process::start(&dir, &["--log", &vkey]);
    assert_eq!(
        process.add_checkpoint(&request(&log, 0, 5)).unwrap(),
        (409, "3\n".to_owned())
    );
    assert_eq!(process.add_checkpoint(&request(&log, 3, 5)).unwrap().0, 200);
    let (status, note) = process.get(&format!("/{}", monitoring_path(log.key().name()))).unwrap();
    assert_eq!(status, 200);
    assert_eq!(
        note,
        std::fs::read_to_string(dir.join(monitoring_path(log.key().name()))).unwrap()
    );
}

#[test]
fn a_policy_says_which_logs_to_watch() {
    let parent = tempfile::tempdir().unwrap();
    let policy = parent.path().join("policy");
    let (one, two) = (signer(1), signer(2));
    let (one_key, two_key) = (vkey(&one), vkey(&two));
    std::fs::write(
        &policy,
        format!("# Both sides.\nlog {one_key}\nlog {two_key}\nquorum none\n"),
    )
    .unwrap();
    let dir = parent.path().join("w");
    let process = Process::start(&dir, &["--policy", text(&policy)]);
    for log in [&one, &two] {
        assert_eq!(process.add_checkpoint(&request(log, 0, 3)).unwrap().0, 200);
    }
    assert_eq!(process.add_checkpoint(&request(&signer(3), 0, 3)).unwrap().0, 404);
    drop(process);
    let serve = ["witness", "serve", "--data-dir", text(&dir), "--policy", text(&policy)];
    std::fs::write(&policy, "quorum none\n").unwrap();
    assert!(refused(&serve, 2).contains("[no-logs]"));
    std::fs::write(&policy, "log x\nquorum none\n").unwrap();
    let said = refused(&serve, 2);
    assert!(said.contains("line 1") && said.contains("[vkey-malformed]"), "{said}");
    refused(&[&serve[..], &["--log", &one_key]].concat(), 2);
    refused(&serve[..4], 2);
}

#[test]
fn what_others_reach_unencrypted_is_asked_for_by_name() {
    let parent = tempfile::tempdir().unwrap();
    let log = vkey(&signer(1));
    let serve = ["witness", "serve", "--data-dir", text(parent.path()), "--log", &log];
    let said = refused(&[&serve[..], &["--listen", "0.0.0.0:0"]].concat(), 2);
    assert!(said.contains("[not-loopback]"), "{said}");
    Process::start(parent.path(), &["--log", &log, "--insecure"]);
}
