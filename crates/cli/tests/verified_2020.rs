//! The night of 3 February 2020, imported, put into a bundle and audited: all four releases.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a helper that fails fails its test"
)]

mod support;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use tallylog_event::{Entry, Event, SigningKey};
use tallylog_rules::Ruleset;
use tallylog_store::Store;
use tallylog_tlog::{Hash, KeyName, LogSigner, Tree};
use tallylog_verify::{Keys, Options, Report, audit, begin, frame, read_roster};

use support::{iowa, json, run};

/// The log's key of an archive. The file ends with it, in hexadecimal.
fn log_key(data: &Path) -> SigningKey {
    let text = fs::read_to_string(data.join("keys/log.key")).unwrap();
    let digits = text.trim_end();
    let seed = hex::decode(&digits[digits.len() - 64..]).unwrap();
    SigningKey::from_bytes(&seed.try_into().unwrap())
}

/// The bundle of an archive.
fn bundle(data: &Path) -> Vec<u8> {
    let store = Store::open(&data.join("log")).unwrap();
    let entries: Vec<Vec<u8>> = store
        .reader()
        .entries(0..u64::MAX)
        .map(|read| read.unwrap().1)
        .collect();
    store.close().unwrap();
    let first = Entry::decode(&entries[0]).unwrap().envelope.decode().unwrap();
    let Event::ContestOpened(contest) = first.event else {
        unreachable!("entry 0 opens the contest");
    };
    let log = LogSigner::new(KeyName::new(contest.log.origin.as_str()).unwrap(), log_key(data));
    let mut tree = Tree::new();
    for entry in &entries {
        tree.append(Hash::leaf(entry));
    }
    let checkpoint = log.sign_checkpoint(tree.size(), tree.root());
    let mut bytes = begin(Keys::new(&contest, &[]).unwrap().text(), &[checkpoint]).unwrap();
    for entry in &entries {
        bytes.extend(frame(entry).unwrap());
        bytes.extend(entry);
    }
    bytes
}

fn asked(from: &Path, release: &str) -> Options {
    let file = |name| fs::read(from.join(name)).unwrap();
    Options {
        release: Some(release.to_owned()),
        roster: Some(read_roster(&file("counties.csv"), &file("precincts.csv")).unwrap()),
        ruleset: Some(Ruleset::iowa_2020()),
        ..Options::default()
    }
}

#[track_caller]
fn verifies(report: &Report) {
    assert!(report.verified(), "{}", report.table());
}

#[test]
fn the_archive_of_the_night_verifies_and_gives_the_figures_of_its_releases() {
    let Some(from) = iowa() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    assert_eq!(
        run(&["import", from.to_str().unwrap(), "--data-dir", data]).code,
        Some(0)
    );
    let bytes = bundle(folder.path());
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("iowa-2020.tallylog");
    fs::write(&path, &bytes).unwrap();
    println!("{} bytes in {}", bytes.len(), path.display());
    for release in verified(&bytes) {
        let report = audit(&bytes, &asked(&from, &release)).unwrap();
        verifies(&report);
        let served = json(&["totals", "--data-dir", data, "--release", &release]);
        let totals = report.totals.unwrap();
        for ((name, line), candidate) in totals.lines.iter().zip(served["candidates"].as_array().unwrap()) {
            assert_eq!(candidate["name"], *name);
            assert_eq!(candidate["first_alignment"], line.first_alignment);
            assert_eq!(candidate["final_alignment"], line.final_alignment);
            assert_eq!(candidate["sde"], line.equivalents.to_string());
        }
    }
}

/// The names of the releases, as an audit that must not take long lists them.
fn verified(bytes: &[u8]) -> Vec<String> {
    let started = Instant::now();
    let report = audit(bytes, &Options::default()).unwrap();
    let took = started.elapsed();
    verifies(&report);
    println!("audited in {took:?}");
    // In a release build it is a tenth of a second; here the machine may be busy.
    assert!(took < Duration::from_secs(20), "{took:?}");
    report.releases.into_iter().map(|release| release.name).collect()
}
