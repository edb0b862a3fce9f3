//! The program: exit codes, and what it writes.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tallylog_event::UnixMillis;
use tallylog_projection::FOLD_VERSION;
use tallylog_simulate::Options;

use crate::forge::{Forge, Sealed, chained};

fn verify(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tallylog-verify"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

#[track_caller]
fn exits(folder: &Path, arguments: &[&str], code: i32, says: &str) {
    let output = verify(folder, arguments);
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(said.contains(says), "{said}");
}

#[test]
fn the_exit_code_tells_a_lie_from_an_empty_hand() {
    let folder = tempfile::tempdir().unwrap();
    let forge = Forge::new(12);
    let entries = chained(&forge.taken());
    let good = forge.bundle(&entries);
    let mut bad = good.clone();
    *bad.last_mut().unwrap() ^= 1;
    fs::write(folder.path().join("good"), &good).unwrap();
    fs::write(folder.path().join("bad"), bad).unwrap();
    fs::write(folder.path().join("else"), b"tallylog/bundle/v3\n").unwrap();
    let exits = |arguments: &[&str], code, says| exits(folder.path(), arguments, code, says);
    exits(&["good"], 0, "verified");
    exits(&["good", "--format", "json"], 0, "\"verified\": true");
    exits(&["bad"], 1, "does not verify: check 3 (tree)");
    exits(&["bad", "--format", "json"], 1, "\"code\": \"tree-wrong-root\"");
    exits(&["else"], 2, "[night-version]");
    exits(&["none"], 2, "[file-unreadable]");
    exits(&["good", "--polite"], 2, "[bad-arguments]");
    exits(&["good", "--contest", "ab"], 2, "[bad-hash]");
    exits(&["good", "--ruleset", "iowa-1846"], 2, "[no-ruleset]");
    exits(&["good", "--ruleset", "iowa-2020"], 0, "19 ruleset       passed");
    exits(&["good", "--release", "nothing"], 1, "[no-release]");
    exits(&["good", "--max-age", "60"], 1, "[from-the-future]");
    exits(&[], 2, "[bad-arguments]");
    exits(&["--help"], 0, "exit code 0");
}

#[test]
fn a_night_of_a_newer_fold_could_not_be_checked_and_nothing_is_said_against_it() {
    let folder = tempfile::tempdir().unwrap();
    let forge = Forge::of(&Options::small(12, 3, 20), |contest| contest.fold = FOLD_VERSION + 1);
    let opening = [(UnixMillis(1_833_584_400_000), forge.night.setup[0].clone())];
    fs::write(folder.path().join("newer"), forge.bundle(&chained(&opening))).unwrap();
    exits(folder.path(), &["newer"], 2, "could not check");
    exits(
        folder.path(),
        &["newer", "--format", "json"],
        2,
        "\"code\": \"unknown-fold\"",
    );
}

#[test]
fn evidence_of_two_histories_is_written_beside_the_bundle() {
    let folder = tempfile::tempdir().unwrap();
    let forge = Forge::new(13);
    let entries = chained(&forge.taken());
    let half = forge.seal(&entries, Sealed::of(entries.len() / 2));
    let other = forge
        .log
        .sign_checkpoint(half.unverified().size, tallylog_tlog::Hash::EMPTY);
    let bytes = forge.file(
        &entries,
        &[half, other, forge.seal(&entries, Sealed::of(entries.len()))],
    );
    fs::write(folder.path().join("night"), bytes).unwrap();
    exits(folder.path(), &["night"], 1, "night.evidence");
    let evidence = fs::read(folder.path().join("night.evidence")).unwrap();
    let evidence = tallylog_verify::Evidence::parse(&evidence).unwrap();
    assert_eq!(evidence.log(), forge.log.key());
    exits(folder.path(), &["night", "--evidence", "other"], 1, "in other");
    assert!(folder.path().join("other").exists());
}

#[test]
fn a_receipt_is_checked_with_the_logs_key_alone() {
    let folder = tempfile::tempdir().unwrap();
    let forge = Forge::new(14);
    let entries = chained(&forge.taken());
    let size = tallylog_tlog::Size(entries.len().try_into().unwrap());
    let path = tallylog_tlog::prove_inclusion(tallylog_tlog::Index(4), size, &crate::forge::nodes(&entries)).unwrap();
    let checkpoint = forge.seal(&entries, Sealed::of(entries.len()));
    let receipt = tallylog_verify::receipt(entries[4].clone(), tallylog_tlog::Index(4), path, checkpoint).unwrap();
    fs::write(folder.path().join("receipt"), receipt.to_string()).unwrap();
    let key = forge.log.key().to_string();
    let exits = |arguments: &[&str], code, says| exits(folder.path(), arguments, code, says);
    exits(&["--receipt", "receipt", "--log-key", &key], 0, "[no-quorum]");
    exits(&["--receipt", "receipt"], 2, "[no-log-key]");
    let other = Forge::new(15).log.key().to_string();
    exits(
        &["--receipt", "receipt", "--log-key", &other],
        1,
        "[checkpoint-unknown-origin]",
    );
}

#[test]
fn a_flag_that_is_given_is_obeyed_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let forge = Forge::new(16);
    let entries = chained(&forge.taken());
    fs::write(folder.path().join("night"), forge.bundle(&entries)).unwrap();
    let (own, other) = (forge.log.key().to_string(), Forge::new(17).log.key().to_string());
    fs::write(folder.path().join("policy"), format!("log {own}\nquorum none\n")).unwrap();
    fs::write(folder.path().join("other"), format!("log {other}\nquorum none\n")).unwrap();
    fs::write(folder.path().join("bare"), "quorum none\n").unwrap();
    let exits = |arguments: &[&str], code, says| exits(folder.path(), arguments, code, says);
    exits(&["night", "--log-key", &own], 0, "by you, with --log-key");
    exits(&["night", "--log-key", &other], 1, "[other-log]");
    exits(&["night", "--policy", "other"], 1, "[checkpoint-unknown-origin]");
    exits(&["night", "--policy", "bare", "--log-key", &own], 0, "verified");
    exits(&["night", "--policy", "policy", "--log-key", &own], 0, "verified");
    exits(
        &["night", "--policy", "policy", "--log-key", &other],
        2,
        "[policy-other-log]",
    );
    exits(
        &["night", "--policy", "other", "--log-key", &own],
        2,
        "[policy-other-log]",
    );
    exits(&["night", "--policy", "other", "--log-key", &other], 1, "[other-log]");
    let service = tallylog_event::PublicKey::of(&forge.night.keys.service).to_string();
    exits(&["night", "--service-key", &service], 0, "verified");
    exits(&["night", "--service-key", &"ab".repeat(32)], 1, "[other-service-key]");
    exits(&["night", "--log-key", &own, "--log-key", &other], 2, "[bad-arguments]");
    for (flag, value) in [
        ("--server", "http://a"),
        ("--state", "s"),
        ("--device", "d"),
        ("--passphrase-file", "p"),
    ] {
        exits(&["night", flag, value], 2, "[needs-network]");
    }
    let contest = "ab".repeat(32);
    for (flag, value) in [
        ("--release", "first"),
        ("--contest", &contest),
        ("--roster", "."),
        ("--ruleset", "iowa-2020"),
        ("--max-age", "1"),
        ("--skew", "1"),
        ("--evidence", "e"),
    ] {
        for subject in ["--receipt", "--proof"] {
            exits(&[subject, "night", "--log-key", &own, flag, value], 2, "[idle-flag]");
        }
    }
    exits(
        &["--receipt", "night", "--log-key", &own, "--service-key", &service],
        2,
        "[idle-flag]",
    );
}

/// The night that a press trial left behind, where it is at hand.
#[test]
fn a_night_that_was_cosigned_ten_days_off_fails_with_and_without_a_policy() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    if !shared.is_dir() {
        eprintln!("SKIPPED: {} is not there", shared.display());
        return;
    }
    let case = shared.join("cases/check7");
    for arguments in [&["b2.night"][..], &["b2.night", "--policy", "policy"]] {
        exits(&case, arguments, 1, "entry 33");
        exits(&case, arguments, 1, "[post-dated]");
        exits(&case, arguments, 1, "does not verify: check 7 (time)");
    }
}
