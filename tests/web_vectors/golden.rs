//! Golden nights: logs of versions 1 and 2 as they were first written, under `tests/golden`. They fold, hash and verify
//! for ever.
//!
//! A night is a bundle, and beside it stands what it comes to at some sizes, in the form of the other vectors: the tests of
//! the pages read the same files. Files are added there, and never edited. What stands in `ceilings-of-version-2` no log of a
//! later version would take: `tests/desks` wrote it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tallylog_event::{
    CodeBatch, CodeEvent, CodeWithdrawal, Enrolment, Event, EventBody, PaperEvent, PaperReading, Redemption, Role,
    Sample, SigningKey, TreeRoot, UnixMillis,
};
use tallylog_projection::{Accepted, Fold, draw};
use tallylog_rules::Sheet;
use tallylog_simulate::{Night, Options, night};
use tallylog_tlog::{Hash, KeyName, LogSigner, Tree};
use tallylog_verify::{Bundle, Keys, Report, audit, begin, frame};

use crate::events;
use crate::figures::{lawful, moment};
use crate::log::Log;
use crate::trials::Random;

/// The versions of which there are nights, with how many kinds of events each has.
const NIGHTS: [(u16, usize); 2] = [(1, 8), (2, 30)];
/// At how many sizes a night is looked at: the last, and some before it.
const LOOKS: usize = 5;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

pub(crate) fn path(name: &str, ending: &str) -> PathBuf {
    folder().join(format!("{name}.{ending}"))
}

/// The names of all golden nights: whatever lies in the folder.
pub(crate) fn names() -> Vec<String> {
    let files = fs::read_dir(folder()).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names
        .filter_map(|name| name.strip_suffix(".tallylog").map(str::to_owned))
        .collect();
    names.sort_unstable();
    assert!(names.len() >= NIGHTS.len(), "{names:?}");
    names
}

/// The version that the name of a golden night ends with.
fn version_of(name: &str) -> u16 {
    name.rsplit('-').next().unwrap().parse().unwrap()
}

fn night_of(version: u16) -> String {
    format!("night-of-version-{version}")
}

fn audited(bundle: &[u8]) -> Report {
    audit(bundle, &tallylog_verify::Options::default()).unwrap()
}

#[test]
fn golden_nights_fold_and_verify_as_they_first_did() {
    for name in names() {
        let bytes = fs::read(path(&name, "tallylog")).unwrap();
        let expected: Value = serde_json::from_slice(&fs::read(path(&name, "json")).unwrap()).unwrap();
        let expected_moments = expected["moments"].as_array().unwrap();
        assert!(!expected_moments.is_empty());
        let bundle = Bundle::parse(&bytes).unwrap();
        let mut fold = Fold::default();
        for entry in bundle.entries().range(0..u64::MAX) {
            take(&mut fold, entry);
            let of_size = |moment: &&Value| moment["size"].as_u64() == Some(fold.state().size());
            if let Some(expected) = expected_moments.iter().find(of_size) {
                assert_eq!(&moment(fold.state()), expected);
            }
        }
        let state = fold.state();
        assert_eq!(state.contest().unwrap().fold, version_of(&name));
        assert_eq!(json!(lawful(state)), expected["lawful"]);
        // What a state says of the past is what was said then.
        for expected in expected_moments {
            let then = state.at(expected["size"].as_u64().unwrap()).unwrap();
            assert_eq!(&moment(&then), expected);
        }
        let report = audited(&bytes);
        assert!(report.failures().next().is_none(), "{}", report.table());
    }
}

pub(crate) fn folded(entries: &[Vec<u8>]) -> Fold {
    let mut fold = Fold::default();
    for entry in entries {
        take(&mut fold, entry);
    }
    fold
}

fn take(fold: &mut Fold, bytes: &[u8]) {
    let entry = tallylog_event::Entry::decode(bytes).unwrap();
    let body = entry.envelope.decode().unwrap();
    let accepted = Accepted::new(entry.index, entry.received_at, &entry.envelope, &body);
    fold.admit(&accepted).unwrap();
    fold.apply(&accepted);
}

/// Every kind of event that a version has is in its golden night.
#[test]
fn golden_nights_have_events_of_every_kind() {
    for (version, expected) in NIGHTS {
        let bytes = fs::read(path(&night_of(version), "tallylog")).unwrap();
        let bundle = Bundle::parse(&bytes).unwrap();
        let found = kinds(bundle.entries().range(0..u64::MAX));
        assert_eq!(found.len(), expected, "{found:?}");
    }
}

pub(crate) fn kinds<'a>(entries: impl Iterator<Item = &'a [u8]>) -> BTreeSet<String> {
    let bodies = entries.map(|bytes| {
        let entry = tallylog_event::Entry::decode(bytes).unwrap();
        entry.envelope.decode().unwrap()
    });
    bodies.map(|body| kind(&body)).collect()
}

/// An event's names, as far as one stands directly in the other: `Review(Decided`.
fn kind(body: &EventBody) -> String {
    let told = format!("{:?}", body.event);
    let names = told
        .split('(')
        .take(2)
        .take_while(|name| name.chars().all(char::is_alphanumeric));
    names.collect::<Vec<_>>().join("(")
}

/// Writes those that are not there yet: of each version, of the first seed by which there is everything in it.
#[test]
#[ignore = "writes golden nights, which are added and never edited"]
fn golden_nights_are_written() {
    fs::create_dir_all(folder()).unwrap();
    for (version, expected) in NIGHTS {
        if path(&night_of(version), "tallylog").exists() {
            continue;
        }
        let (night, mut log) = (1..1_000_000)
            .map(|seed| told(version, seed))
            .find(|(_, log)| kinds(log.entries.iter().map(Vec::as_slice)).len() == expected)
            .unwrap();
        log.moments.push(moment(log.state()));
        let step = log.moments.len().div_ceil(LOOKS - 1);
        let mut moments: Vec<Value> = log.moments.iter().step_by(step).cloned().collect();
        moments.extend(log.moments.last().cloned());
        moments.dedup();
        let bytes = bundle(&night, &log.entries);
        assert!(audited(&bytes).failures().next().is_none());
        let expected = json!({ "moments": moments, "lawful": lawful(log.state()) });
        fs::write(path(&night_of(version), "json"), expected.to_string()).unwrap();
        fs::write(path(&night_of(version), "tallylog"), bytes).unwrap();
    }
}

fn told(version: u16, seed: u64) -> (Night, Log) {
    let night = night(&Options {
        version,
        ..Options::small(seed, 2, 12)
    });
    let mut log = Log::of(&night, Random(seed));
    let (registrar, operator) = (&night.keys.registrars[0].key, &night.keys.operators[1].key);
    log.say(registrar, events::revoked(operator)).unwrap();
    if version > 1 {
        end(&night, &mut log);
    }
    (night, log)
}

fn tree(entries: &[Vec<u8>]) -> Tree {
    let mut tree = Tree::new();
    for entry in entries {
        tree.append(Hash::leaf(entry));
    }
    tree
}

fn bundle(night: &Night, entries: &[Vec<u8>]) -> Vec<u8> {
    let tree = tree(entries);
    let origin = KeyName::new(night.contest.log.origin.as_str()).unwrap();
    let signer = LogSigner::new(origin, night.keys.log.clone());
    let checkpoint = signer.sign_checkpoint(tree.size(), tree.root());
    let keys = Keys::new(&night.contest, &[]).unwrap();
    let mut bytes = begin(keys.text(), &[checkpoint]).unwrap();
    for entry in entries {
        bytes.extend(frame(entry).unwrap());
        bytes.extend(entry);
    }
    bytes
}

/// What the simulation and its staff do not come to: codes, a proposal that is rejected, a pause, the last release, its
/// certificate, and an audit of the paper.
fn end(night: &Night, log: &mut Log) {
    let (registrar, reviewer) = (&night.keys.registrars[0].key, &night.keys.reviewers[0].key);
    log.say(registrar, events::paused()).unwrap();
    log.say(registrar, events::resumed()).unwrap();
    codes(night, log);
    rejects(night, log);
    let clear = log.clear();
    let release = log.say(reviewer, events::released("the last of all", &clear)).unwrap();
    log.say(registrar, events::certified(release)).unwrap();
    let root = TreeRoot(tree(&log.entries).root().0);
    let precincts = draw(log.state().roster(), DICE, &root);
    let sample = Event::Paper(PaperEvent::Drawn(Box::new(Sample {
        dice: events::text(DICE),
        size: log.state().size(),
        root,
        precincts: precincts[..1].to_vec(),
    })));
    let sample = log.say(reviewer, sample).unwrap();
    let read = Event::Paper(PaperEvent::Read(Box::new(PaperReading {
        sample,
        precinct: precincts[0],
        sheet: Sheet::default(),
        files: vec![events::document()],
    })));
    let mut readers = night.keys.reviewers.iter();
    // Nobody reads a paper who had a hand in the record.
    readers.find_map(|reader| log.say(&reader.key, read.clone())).unwrap();
}

const DICE: &str = "123456123456123456123456";

fn rejects(night: &Night, log: &mut Log) {
    let officer = &night.keys.officers[0].key;
    let mut precincts = night.sheets.keys();
    let (precinct, record) = precincts.find_map(|id| Some((*id, log.record(*id)?))).unwrap();
    let case = log.say(officer, events::opened(events::case(precinct))).unwrap();
    let proposed = events::proposed(case, events::unchanged(record, precinct));
    let proposal = log.say(officer, proposed).unwrap();
    log.say(officer, events::rejected(proposal)).unwrap();
}

fn codes(night: &Night, log: &mut Log) {
    let registrar = &night.keys.registrars[0].key;
    let precinct = *night.sheets.first_key_value().unwrap().0;
    let batch = Event::Code(CodeEvent::Issued(Box::new(CodeBatch {
        precincts: vec![precinct],
        each: 2,
        expires_at: UnixMillis(u64::MAX >> 12),
    })));
    let batch = log.say(registrar, batch).unwrap();
    let key = SigningKey::from_bytes(&[0xC0; 32]);
    let role = Role::Chair(vec![precinct]);
    let redeemed = Event::Code(CodeEvent::Redeemed(Box::new(Redemption {
        batch,
        number: 0,
        enrolment: Enrolment::new(night.contest.id, events::text("Cody Sheet"), role, &key),
    })));
    log.say(&night.keys.service, redeemed).unwrap();
    let withdrawn = Event::Code(CodeEvent::Withdrawn(Box::new(CodeWithdrawal {
        batch,
        precincts: Vec::new(),
        reason: events::text("the sheets were lost"),
    })));
    log.say(registrar, withdrawn).unwrap();
}
