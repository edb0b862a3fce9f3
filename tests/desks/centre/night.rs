//! The centre's log as the verifier takes it.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tallylog_event::{Contest, EntryIndex};
use tallylog_projection::State;
use tallylog_tlog::{Hash, KeyName, LogSigner, SignedCheckpoint, Tree};
use tallylog_verify::{Keys, Options, Report, audit, begin, begin_in_part, frame, withheld};

use super::world::log_key;

/// One checkpoint, over all of it.
fn checkpoint(contest: &Contest, entries: &[Vec<u8>]) -> SignedCheckpoint {
    let mut tree = Tree::new();
    for entry in entries {
        tree.append(Hash::leaf(entry));
    }
    let origin = KeyName::new(contest.log.origin.as_str()).unwrap();
    LogSigner::new(origin, log_key()).sign_checkpoint(tree.size(), tree.root())
}

/// The bundle of a log.
pub(crate) fn bundle(contest: &Contest, entries: &[Vec<u8>]) -> Vec<u8> {
    let policy = Keys::new(contest, &[]).unwrap();
    let mut bytes = begin(policy.text(), &[checkpoint(contest, entries)]).unwrap();
    for entry in entries {
        bytes.extend(frame(entry).unwrap());
        bytes.extend(entry);
    }
    bytes
}

/// What the verifier says of it.
pub(crate) fn audited(contest: &Contest, entries: &[Vec<u8>]) -> Report {
    audit(&bundle(contest, entries), &Options::default()).unwrap()
}

/// The bundle of a log of which some entries are withheld.
pub(crate) fn bundle_in_part(contest: &Contest, entries: &[Vec<u8>], is_shown: &[bool]) -> Vec<u8> {
    let policy = Keys::new(contest, &[]).unwrap();
    let mut bytes = begin_in_part(policy.text(), &[checkpoint(contest, entries)]).unwrap();
    for (entry, is_shown) in entries.iter().zip(is_shown) {
        if *is_shown {
            bytes.extend(frame(entry).unwrap());
            bytes.extend(entry);
        } else {
            bytes.extend(withheld(&Hash::leaf(entry)));
        }
    }
    bytes
}

/// Which entries everybody may read.
pub(crate) fn public(state: &State) -> Vec<bool> {
    (0..state.size())
        .map(|entry| state.is_public(EntryIndex(entry)))
        .collect()
}

/// Where the browser's verifier finds bundles with withheld entries, each beside what this one says of it.
pub(crate) fn withheld_folder() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    target.join("web-vectors/withheld")
}

/// Gives a bundle to the browser's verifier, with what this one says of it.
pub(crate) fn write_withheld(name: &str, bytes: &[u8]) {
    let folder = withheld_folder();
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(format!("{name}.tallylog")), bytes).unwrap();
    fs::write(folder.join(format!("{name}.json")), said(bytes).to_string()).unwrap();
}

fn said(bytes: &[u8]) -> Value {
    match audit(bytes, &Options::default()) {
        Ok(report) => json!({
            "verdict": verdict(&report),
            "withheld": report.withheld,
            "onTrust": report.undecided.iter().map(|entry| entry.0).collect::<Vec<_>>(),
            "foreign": report.foreign_samples.iter().map(|entry| entry.0).collect::<Vec<_>>(),
        }),
        Err(error) => json!({
            "verdict": { "exit": 2, "first": { "check": 1, "entry": null, "code": error.code() } },
        }),
    }
}

/// What the verifier says first: its exit code, the check, the entry and the code.
pub(crate) fn verdict(report: &Report) -> Value {
    let exit = match (report.verified(), report.could_not_check()) {
        (true, _) => 0,
        (false, false) => 1,
        (false, true) => 2,
    };
    let first = report.failures().next().map(|(check, failure)| {
        json!({
            "check": check.number(),
            "entry": failure.entry.map(|entry| entry.0),
            "code": failure.flaw.code(),
        })
    });
    json!({ "exit": exit, "first": first })
}
