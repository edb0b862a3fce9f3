//! What a witness takes, and each way in which it says no.

use tallylog_tlog::{
    AddCheckpoint, CheckpointError, Hash, HashError, Latest, LogKey, MAX_CONSISTENCY_PATH, NoteError, ProofError,
    RequestError, Size, WitnessRefusal, encode_conflict, monitoring_path, parse_conflict,
};

use crate::samples::{ORIGIN, TIME, grown, impostor, log, name, time, witness};

fn logs() -> [LogKey; 1] {
    [log().key().clone()]
}

#[track_caller]
fn refuses(body: &str, error: RequestError) {
    assert_eq!(AddCheckpoint::parse(body.as_bytes()), Err(error), "{body}");
}

#[test]
fn a_witness_follows_a_log_from_nothing_through_every_size() {
    let grown = grown(40);
    for new in 0..=40 {
        for old in 0..=new {
            let request = AddCheckpoint::parse(grown.request(old, new).to_string().as_bytes()).unwrap();
            assert_eq!(request, grown.request(old, new));
            assert_eq!(request.unverified_origin().as_str(), ORIGIN);
            let consistent = request.judge(&logs(), grown.latest(old)).unwrap();
            assert_eq!(consistent.checkpoint().size, Size(new));
            let line = witness(2).cosign(&consistent, time(TIME));
            let witnesses = [witness(2).key().clone()];
            assert!(
                consistent
                    .trusted()
                    .signed()
                    .with_cosignatures(&[line], &witnesses)
                    .is_ok()
            );
        }
    }
}

#[test]
fn a_request_has_one_spelling() {
    let body = grown(7).request(2, 7).to_string();
    refuses("", RequestError::Layout);
    for old in ["02", "+2", "-2", "", " 2", "18446744073709551616"] {
        refuses(&body.replace("old 2\n", &format!("old {old}\n")), RequestError::Layout);
    }
    refuses(&body.replace("old 2\n", ""), RequestError::Layout);
    refuses(&body.replace("old 2\n", "new 2\n"), RequestError::Layout);
    refuses(&body.replace("old 2\n", "old 2\r\n"), RequestError::Layout);
    refuses(&body.replacen("=\n", "\n", 1), RequestError::Path(HashError));
    refuses(&body.replacen("=\n", "=\nextra\n", 1), RequestError::Path(HashError));
    let unsigned = RequestError::Checkpoint(CheckpointError::Note(NoteError::Layout));
    refuses(body.trim_end(), unsigned);
}

#[test]
fn a_proof_has_at_most_63_hashes() {
    let grown = grown(7);
    let request = |length| AddCheckpoint::new(Size(2), vec![Hash::EMPTY; length], grown.checkpoint(7));
    let longest = request(MAX_CONSISTENCY_PATH).unwrap().to_string();
    assert!(AddCheckpoint::parse(longest.as_bytes()).is_ok());
    assert_eq!(request(64), Err(RequestError::PathTooLong(64)));
    refuses(
        &longest.replacen("old 2\n", &format!("old 2\n{}\n", Hash::EMPTY), 1),
        RequestError::PathTooLong(64),
    );
}

#[test]
fn an_unknown_log_is_told_so() {
    let request = grown(7).request(2, 7);
    let unknown = Err(WitnessRefusal::UnknownOrigin(name(ORIGIN)));
    assert_eq!(request.judge(&[], grown(7).latest(2)), unknown);
}

#[test]
fn what_the_log_did_not_sign_is_refused_before_anything_else_is_said() {
    let grown = grown(7);
    let forged = AddCheckpoint::new(
        Size(2),
        grown.consistency(2, 7),
        impostor().sign_checkpoint(Size(7), grown.root(7)),
    );
    let unsigned = CheckpointError::Note(NoteError::NoKnownSignature);
    let refused = forged.unwrap().judge(&logs(), grown.latest(3));
    assert_eq!(refused, Err(WitnessRefusal::Unsigned(unsigned)));
    let changed = grown.request(2, 7).to_string().replace("\n7\n", "\n6\n");
    let changed = AddCheckpoint::parse(changed.as_bytes()).unwrap();
    let bad = CheckpointError::Note(NoteError::BadSignature(name(ORIGIN)));
    assert_eq!(
        changed.judge(&logs(), grown.latest(2)),
        Err(WitnessRefusal::Unsigned(bad))
    );
}

#[test]
fn an_old_size_over_the_checkpoint_is_refused() {
    let grown = grown(7);
    let request = AddCheckpoint::new(Size(7), Vec::new(), grown.checkpoint(3)).unwrap();
    let refused = WitnessRefusal::OldSizeBeyond {
        old: Size(7),
        new: Size(3),
    };
    assert_eq!(request.judge(&logs(), grown.latest(7)), Err(refused));
}

#[test]
fn a_request_from_elsewhere_is_told_where_the_witness_stands() {
    let grown = grown(7);
    for (old, stands) in [(2, 3), (3, 2), (0, 3), (2, 0), (2, 7)] {
        let latest = grown.latest(stands);
        let refused = grown.request(old, 7).judge(&logs(), latest);
        let old = Size(old);
        assert_eq!(refused, Err(WitnessRefusal::Conflict { old, latest }));
    }
}

#[test]
fn a_second_history_is_refused() {
    let grown = grown(7);
    let other = |size| Latest {
        size: Size(size),
        root: Hash::EMPTY,
    };
    let wrong_old = Err(WitnessRefusal::Inconsistent(ProofError::WrongOldRoot));
    assert_eq!(grown.request(3, 7).judge(&logs(), other(3)), wrong_old);
    let wrong = Err(WitnessRefusal::Inconsistent(ProofError::WrongRoot));
    assert_eq!(grown.request(7, 7).judge(&logs(), other(7)), wrong);
    // A log of nothing has one root.
    let empty = log().sign_checkpoint(Size(0), grown.root(1));
    let request = AddCheckpoint::new(Size(0), Vec::new(), empty).unwrap();
    assert_eq!(request.judge(&logs(), Latest::NOTHING), wrong);
}

#[test]
fn a_proof_that_is_too_much_is_refused() {
    let grown = grown(7);
    for old in [0, 7] {
        let request = AddCheckpoint::new(Size(old), vec![Hash::EMPTY], grown.checkpoint(7)).unwrap();
        let refused = Err(WitnessRefusal::Inconsistent(ProofError::PathLength(1)));
        assert_eq!(request.judge(&logs(), grown.latest(old)), refused);
    }
}

#[test]
fn the_answer_to_a_conflict_is_a_size() {
    for size in [0, 7, u64::MAX] {
        let body = encode_conflict(Size(size));
        assert_eq!(parse_conflict(body.as_bytes()), Ok(Size(size)));
    }
    for body in [
        "",
        "7",
        "7\n\n",
        "07\n",
        "+7\n",
        " 7\n",
        "7\r\n",
        "7\n7\n",
        "seven\n",
        "18446744073709551616\n",
    ] {
        assert_eq!(parse_conflict(body.as_bytes()), Err(RequestError::Conflict), "{body:?}");
    }
    assert_eq!(parse_conflict(b"\xff\n"), Err(RequestError::Conflict));
}

#[test]
fn a_log_is_monitored_under_the_hash_of_its_origin() {
    let hash = <[u8; 32]>::from(<sha2::Sha256 as sha2::Digest>::digest(ORIGIN));
    assert_eq!(
        monitoring_path(&name(ORIGIN)),
        format!("{}/checkpoint", hex::encode(hash))
    );
}
