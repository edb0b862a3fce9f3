//! Receipts that can be checked alone.

use tallylog_tlog::{Hash, Index, Policy, Receipt, Size, prove_inclusion};
use tallylog_verify::{ReceiptFlaw, receipt, verify_receipt};

use crate::forge::{Forge, Sealed, chained, nodes};

/// A receipt for an entry, of which a test may change anything.
fn issue(forge: &Forge, entries: &[Vec<u8>], index: usize, extra: Vec<u8>) -> Receipt {
    let size = Size(entries.len().try_into().unwrap());
    let place = Index(index.try_into().unwrap());
    let path = prove_inclusion(place, size, &nodes(entries)).unwrap();
    let checkpoint = forge.seal(entries, Sealed::of(entries.len()));
    receipt(extra, place, path, checkpoint).unwrap()
}

#[test]
fn a_receipt_says_which_event_the_log_has() {
    let forge = Forge::new(8);
    let entries = chained(&forge.taken());
    let policy = Policy::of_log(forge.log.key().clone());
    for index in (0..entries.len()).step_by(17) {
        let file = issue(&forge, &entries, index, entries[index].clone()).to_string();
        let proven = verify_receipt(file.as_bytes(), &policy).unwrap();
        assert_eq!(proven.entry().encode(), entries[index]);
        assert_eq!(proven.proof().leaf(), Hash::leaf(&entries[index]));
        assert!(proven.table().ends_with("verified\n"));
        assert!(proven.json().unwrap().contains("\"verified\": true"));
    }
}

#[test]
fn a_receipt_for_another_entry_or_by_another_log_proves_nothing() {
    let (forge, other) = (Forge::new(9), Forge::new(10));
    let entries = chained(&forge.taken());
    let policy = Policy::of_log(forge.log.key().clone());
    let code = |file: &Receipt, policy: &Policy| {
        let refused = verify_receipt(file.to_string().as_bytes(), policy);
        refused.map(|_| ()).map_err(|flaw| flaw.code())
    };
    let good = issue(&forge, &entries, 5, entries[5].clone());
    assert_eq!(code(&good, &policy), Ok(()));
    let swapped = issue(&forge, &entries, 5, entries[6].clone());
    assert_eq!(code(&swapped, &policy), Err("proof-wrong-root"));
    let bare = issue(&forge, &entries, 5, Vec::new());
    assert_eq!(code(&bare, &policy), Err("receipt-no-entry"));
    let theirs = Policy::of_log(other.log.key().clone());
    assert_eq!(code(&good, &theirs), Err("checkpoint-unknown-origin"));
    let three = forge.witnesses.iter().map(|witness| (witness.key().clone(), None));
    let strict = Policy::of_witnesses(forge.log.key().clone(), three, 3).unwrap();
    assert_eq!(code(&good, &strict), Err("quorum-not-met"));
}

#[test]
fn a_log_that_lies_about_an_author_is_found_by_the_receipt() {
    let forge = Forge::new(11);
    let mut taken = forge.taken();
    let last = taken.len() - 1;
    taken[last].1.signature.0[0] ^= 1;
    let entries = chained(&taken);
    let policy = Policy::of_log(forge.log.key().clone());
    let file = issue(&forge, &entries, last, entries[last].clone()).to_string();
    let flaw = verify_receipt(file.as_bytes(), &policy).unwrap_err();
    assert_eq!(flaw.code(), "bad-signature");
    let moved = [entries.clone(), vec![entries[3].clone()]].concat();
    let file = issue(&forge, &moved, moved.len() - 1, entries[3].clone());
    let flaw = verify_receipt(file.to_string().as_bytes(), &policy).unwrap_err();
    assert!(matches!(flaw, ReceiptFlaw::Place { claimed: 3, .. }), "{flaw}");
}
