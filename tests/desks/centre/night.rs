//! The centre's log as the verifier takes it.

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
