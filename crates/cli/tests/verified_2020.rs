//! The night of 3 February 2020, imported, put into a bundle and audited: all four releases.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a helper that fails fails its test"
)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use tallylog_event::{Contest, Entry, Event, SigningKey};
use tallylog_projection::{ResultsTree, Signatures};
use tallylog_rules::Ruleset;
use tallylog_server::Replay;
use tallylog_store::Store;
use tallylog_tlog::{Hash, Index, KeyName, LogSigner, Node, SignedCheckpoint, Tree, prove_inclusion};
use tallylog_verify::{Included, Keys, Options, PrecinctProof, Report, audit, begin, frame, read_roster};

use support::{iowa, json, run, text};

/// The log's key of an archive. The file ends with it, in hexadecimal.
fn log_key(data: &Path) -> SigningKey {
    let text = fs::read_to_string(data.join("keys/log.key")).unwrap();
    let digits = text.trim_end();
    let seed = hex::decode(&digits[digits.len() - 64..]).unwrap();
    SigningKey::from_bytes(&seed.try_into().unwrap())
}

fn stored(data: &Path) -> Vec<Vec<u8>> {
    let store = Store::open(&data.join("log")).unwrap();
    let entries: Vec<Vec<u8>> = store
        .reader()
        .entries(0..u64::MAX)
        .map(|read| read.unwrap().1)
        .collect();
    store.close().unwrap();
    entries
}

fn event(entry: &[u8]) -> Event {
    Entry::decode(entry).unwrap().envelope.decode().unwrap().event
}

fn contest(entries: &[Vec<u8>]) -> Box<Contest> {
    let Event::ContestOpened(contest) = event(&entries[0]) else {
        unreachable!("entry 0 opens the contest");
    };
    contest
}

/// The checkpoint over all entries, with the nodes below it.
fn sealed(data: &Path, entries: &[Vec<u8>]) -> (SignedCheckpoint, BTreeMap<Node, Hash>) {
    let origin = contest(entries).log.origin;
    let log = LogSigner::new(KeyName::new(origin.as_str()).unwrap(), log_key(data));
    let (mut tree, mut nodes) = (Tree::new(), BTreeMap::new());
    for entry in entries {
        nodes.extend(tree.append(Hash::leaf(entry)));
    }
    (log.sign_checkpoint(tree.size(), tree.root()), nodes)
}

/// The bundle of an archive.
fn bundle(data: &Path) -> Vec<u8> {
    let entries = stored(data);
    let (checkpoint, _) = sealed(data, &entries);
    let keys = Keys::new(&contest(&entries), &[]).unwrap();
    let mut bytes = begin(keys.text(), &[checkpoint]).unwrap();
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
    let data = text(folder.path());
    assert_eq!(run(&["import", text(&from), "--data-dir", data]).code, Some(0));
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

#[test]
fn the_proof_of_every_precinct_of_the_night_is_small() {
    let Some(from) = iowa() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    assert_eq!(run(&["import", text(&from), "--data-dir", text(data)]).code, Some(0));
    let entries = stored(data);
    let (checkpoint, nodes) = sealed(data, &entries);
    let last = entries
        .iter()
        .rposition(|entry| matches!(event(entry), Event::ResultsCommitted(_)));
    let last = last.unwrap();
    let Event::ResultsCommitted(commitment) = event(&entries[last]) else {
        unreachable!("it was found as such");
    };
    let fold = Replay::of_bytes(&entries[..last], Signatures::Trust).unwrap();
    let tree = ResultsTree::of(fold.state(), commitment.basis).unwrap();
    let size = checkpoint.unverified().size;
    let included = |place: u64| Included {
        entry: entries[usize::try_from(place).unwrap()].clone(),
        path: prove_inclusion(Index(place), size, &nodes).unwrap(),
    };
    let keys = Keys::new(&contest(&entries), &[]).unwrap();
    let (mut largest, mut proofs) = (0, 0);
    for (position, leaf) in tree.leaves().iter().enumerate() {
        let report = leaf.tally.as_ref().map(|tally| included(tally.entry.0));
        let results = tree.prove(position).unwrap();
        let commitment = included(u64::try_from(last).unwrap());
        let proof = PrecinctProof::new(results, commitment, report, checkpoint.clone());
        largest = largest.max(proof.to_string().len());
        if position % 40 == 0 {
            proof.verify(keys.policy(), None).unwrap();
        }
        proofs += 1;
    }
    println!("{proofs} proofs, the largest of {largest} bytes");
    assert_eq!(proofs, 1_765);
    assert!(largest < 6 * 1_024, "{largest}");
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
