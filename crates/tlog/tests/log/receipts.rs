//! Receipts: one spelling, and nothing in them that can be changed.

use tallylog_tlog::{
    CheckpointError, Hash, HashError, Index, MAX_PATH, NoteError, Policy, PolicyRefusal, ProofError, Receipt,
    ReceiptError, ReceiptRefusal, Size,
};

use crate::samples::{ORIGIN, grown, impostor, leaf, log, name};

fn policy() -> Policy {
    Policy::of_log(log().key().clone())
}

#[track_caller]
fn refuses(text: &str, error: ReceiptError) {
    assert_eq!(Receipt::parse(text.as_bytes()), Err(error), "{text}");
}

#[test]
fn every_leaf_has_a_receipt() {
    let grown = grown(40);
    for size in 1..=40 {
        for index in 0..size {
            let receipt = grown.receipt(index, size);
            let parsed = Receipt::parse(receipt.to_string().as_bytes()).unwrap();
            assert_eq!(parsed, receipt);
            let verified = parsed.verify(leaf(index), &policy()).unwrap();
            assert_eq!((verified.index(), verified.leaf()), (Index(index), leaf(index)));
            assert_eq!(verified.checkpoint().checkpoint().size, Size(size));
            let other = (index + 1) % 40;
            assert!(parsed.verify(leaf(other), &policy()).is_err());
        }
    }
}

#[test]
fn a_receipt_has_one_spelling() {
    let text = grown(7).receipt(5, 7).to_string();
    refuses("", ReceiptError::Layout);
    refuses(&text.replace("@v1", "@v2"), ReceiptError::Layout);
    // Of another version nothing more is read: its lines may mean something else.
    let other_version = text.replace("@v1", "@v2").replacen("=\n", "\n", 1);
    refuses(&other_version, ReceiptError::Layout);
    refuses(
        &text.replace("tlog-proof@v1\n", "tlog-proof@v1 \n"),
        ReceiptError::Layout,
    );
    refuses(
        &text.replace("tlog-proof@v1\n", "tlog-proof@v1\n\n"),
        ReceiptError::Layout,
    );
    for index in ["05", "+5", "-5", "", " 5", "5 ", "18446744073709551616"] {
        refuses(
            &text.replace("index 5", &format!("index {index}")),
            ReceiptError::Layout,
        );
    }
    refuses(&text.replace("index 5\n", ""), ReceiptError::Layout);
    refuses(&text.replace("index 5\n", "extra \nindex 5\n"), ReceiptError::Layout);
    refuses(
        &text.replace("index 5\n", "index 5\nextra AA==\n"),
        ReceiptError::Path(HashError),
    );
    refuses(&text.replace("index 5\n", "extra AA\nindex 5\n"), ReceiptError::Extra);
    refuses(
        &text.replace("index 5\n", "extra AA==\nextra AA==\nindex 5\n"),
        ReceiptError::Layout,
    );
    refuses(&text.replace("index 5\n", "index 5\r\n"), ReceiptError::Layout);
    refuses(&text.replacen("=\n", "\n", 1), ReceiptError::Path(HashError));
    refuses(&text.replacen("=\n\n", "=\n", 1), ReceiptError::Path(HashError));
    refuses(
        &text.replacen("=\n\n", "=\n\n\n", 1),
        ReceiptError::Checkpoint(CheckpointError::Layout),
    );
    let unsigned = ReceiptError::Checkpoint(CheckpointError::Note(NoteError::Layout));
    refuses(text.trim_end(), unsigned);
}

#[test]
fn a_path_is_no_longer_than_any_tree_is_deep() {
    let grown = grown(1);
    let receipt = |length| Receipt::new(Index(0), vec![Hash::EMPTY; length], grown.checkpoint(1));
    let longest = receipt(MAX_PATH).unwrap().to_string();
    assert!(Receipt::parse(longest.as_bytes()).is_ok());
    assert_eq!(receipt(MAX_PATH + 1), Err(ReceiptError::PathTooLong(MAX_PATH + 1)));
    let longer = longest.replacen("index 0\n", &format!("index 0\n{}\n", Hash::EMPTY), 1);
    refuses(&longer, ReceiptError::PathTooLong(MAX_PATH + 1));
}

#[test]
fn extra_data_is_carried_and_not_believed() {
    let receipt = grown(7).receipt(5, 7).with_extra(b"seen by hand".to_vec());
    let text = receipt.to_string();
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\nextra c2VlbiBieSBoYW5k\nindex 5\n"));
    let parsed = Receipt::parse(text.as_bytes()).unwrap();
    assert_eq!(parsed.unsigned_extra(), b"seen by hand");
    assert_eq!(parsed, receipt);
    assert!(parsed.verify(leaf(5), &policy()).is_ok());
}

#[test]
fn a_refusal_says_what_is_wrong() {
    let grown = grown(7);
    let receipt = grown.receipt(5, 7);
    let stranger = Policy::of_log(impostor().key().clone());
    let unsigned = CheckpointError::Note(NoteError::NoKnownSignature);
    let refused = Err(ReceiptRefusal::Policy(PolicyRefusal::Checkpoint(unsigned)));
    assert_eq!(receipt.verify(leaf(5), &stranger), refused);
    let wrong_root = Err(ReceiptRefusal::Proof(ProofError::WrongRoot));
    assert_eq!(receipt.verify(leaf(4), &policy()), wrong_root);
    let moved = Receipt::new(Index(4), grown.inclusion(5, 7), grown.checkpoint(7)).unwrap();
    assert_eq!(moved.verify(leaf(5), &policy()), wrong_root);
    let forged = receipt.to_string().replace("\n7\n", "\n8\n");
    let forged = Receipt::parse(forged.as_bytes()).unwrap();
    let bad = CheckpointError::Note(NoteError::BadSignature(name(ORIGIN)));
    let refused = Err(ReceiptRefusal::Policy(PolicyRefusal::Checkpoint(bad)));
    assert_eq!(forged.verify(leaf(5), &policy()), refused);
}

#[test]
fn no_bit_of_a_receipt_can_be_changed() {
    let receipt = grown(7).receipt(5, 7).to_string().into_bytes();
    for bit in 0..receipt.len() * 8 {
        let mut changed = receipt.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        if let Ok(parsed) = Receipt::parse(&changed) {
            assert!(parsed.verify(leaf(5), &policy()).is_err(), "bit {bit}");
        }
    }
}

#[test]
fn no_byte_of_a_receipt_can_be_left_out() {
    let receipt = grown(7).receipt(5, 7).to_string().into_bytes();
    for at in 0..receipt.len() {
        let mut cut = receipt.clone();
        cut.remove(at);
        for spoiled in [cut, receipt[..at].to_vec()] {
            let verified = Receipt::parse(&spoiled).map(|receipt| receipt.verify(leaf(5), &policy()).is_ok());
            assert_ne!(verified, Ok(true), "byte {at}");
        }
    }
}
