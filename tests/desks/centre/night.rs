//! The centre's log as the verifier takes it.

use tallylog_event::Contest;
use tallylog_tlog::{Hash, KeyName, LogSigner, Tree};
use tallylog_verify::{Keys, Options, Report, audit, begin, frame};

use super::world::log_key;

/// The bundle of a log: one checkpoint, over all of it.
pub(crate) fn bundle(contest: &Contest, entries: &[Vec<u8>]) -> Vec<u8> {
    let mut tree = Tree::new();
    for entry in entries {
        tree.append(Hash::leaf(entry));
    }
    let origin = KeyName::new(contest.log.origin.as_str()).unwrap();
    let checkpoint = LogSigner::new(origin, log_key()).sign_checkpoint(tree.size(), tree.root());
    let policy = Keys::new(contest, &[]).unwrap();
    let mut bytes = begin(policy.text(), &[checkpoint]).unwrap();
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
