//! Checkpoints: three lines, the log's signature, and cosignatures with their times.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer;
use tallylog_tlog::{
    Checkpoint, CheckpointError, HashError, LogSigner, NameError, Note, NoteError, SignatureLine, SignedCheckpoint,
    SigningKey, TimeError, UnixSeconds,
};

use crate::samples::{ORIGIN, TIME, grown, impostor, log, name, time, witness};

fn body() -> String {
    grown(7).checkpoint(7).unverified().to_string()
}

#[track_caller]
fn refuses(text: &str, error: CheckpointError) {
    assert_eq!(text.parse::<Checkpoint>(), Err(error), "{text:?}");
}

#[test]
fn a_checkpoint_has_one_spelling() {
    let body = body();
    assert_eq!(body.parse::<Checkpoint>().unwrap().to_string(), body);
    for size in [
        "",
        "07",
        "+7",
        "-7",
        "7 ",
        " 7",
        "7.0",
        "0x7",
        "18446744073709551616",
        "seven",
    ] {
        refuses(&body.replace("\n7\n", &format!("\n{size}\n")), CheckpointError::Layout);
    }
    refuses("", CheckpointError::Layout);
    refuses(body.trim_end(), CheckpointError::Layout);
    refuses(&format!("{body}\n"), CheckpointError::Layout);
    refuses(&format!("{body}extension\n"), CheckpointError::Layout);
    refuses(&body.replace('\n', "\r\n"), CheckpointError::Layout);
    refuses(&body.replace(ORIGIN, ""), CheckpointError::Origin(NameError::Empty));
    refuses(
        &body.replace(ORIGIN, "a b"),
        CheckpointError::Origin(NameError::Character(' ')),
    );
    refuses(&body.replace("Rjg=", "Rjg"), CheckpointError::Root(HashError));
    refuses(&body.replace("Rjg=", "Rjh="), CheckpointError::Root(HashError));
    assert!(
        body.replace("\n7\n", "\n18446744073709551615\n")
            .parse::<Checkpoint>()
            .is_ok()
    );
}

#[test]
fn a_note_with_extension_lines_is_no_checkpoint() {
    let note = log().sign_note(&format!("{}more\n", body())).unwrap();
    let parsed = SignedCheckpoint::parse(note.to_string().as_bytes());
    assert_eq!(parsed, Err(CheckpointError::Layout));
}

#[test]
fn a_checkpoint_counts_if_its_log_signed_it() {
    let signed = grown(7).checkpoint(7);
    let other_log = LogSigner::new(name("other.example"), SigningKey::from_bytes(&[8; 32]));
    let keys = |signers: &[&LogSigner]| signers.iter().map(|signer| signer.key().clone()).collect::<Vec<_>>();
    assert!(signed.verify(&keys(&[&log()]), &[]).is_ok());
    assert!(signed.verify(&keys(&[&other_log, &impostor(), &log()]), &[]).is_ok());
    let unknown = Err(CheckpointError::UnknownOrigin(name(ORIGIN)));
    assert_eq!(signed.verify(&[], &[]), unknown);
    assert_eq!(signed.verify(&keys(&[&other_log]), &[]), unknown);
    let unsigned = Err(CheckpointError::Note(NoteError::NoKnownSignature));
    assert_eq!(signed.verify(&keys(&[&impostor()]), &[]), unsigned);
}

/// Otherwise the log of one contest could speak for another.
#[test]
fn another_known_log_does_not_sign_for_this_one() {
    let other_log = LogSigner::new(name("other.example"), SigningKey::from_bytes(&[8; 32]));
    let note = other_log.sign_note(&body()).unwrap();
    let signed = SignedCheckpoint::parse(note.to_string().as_bytes()).unwrap();
    let keys = [log().key().clone(), other_log.key().clone()];
    let refused = Err(CheckpointError::Note(NoteError::NoKnownSignature));
    assert_eq!(signed.verify(&keys, &[]), refused);
}

#[test]
fn witnesses_do_not_sign_for_the_log() {
    let line = grown(7).cosigned(7, &witness(2), TIME);
    let note = Note::new(body(), vec![line]).unwrap();
    let signed = SignedCheckpoint::parse(note.to_string().as_bytes()).unwrap();
    let refused = signed.verify(&[log().key().clone()], &[witness(2).key().clone()]);
    assert_eq!(refused, Err(CheckpointError::NotByLog));
}

/// A witness of the log's own name and key signs under another id, for another purpose.
#[test]
fn a_cosignature_by_the_log_is_not_its_signature() {
    let twin = tallylog_tlog::WitnessSigner::new(name(ORIGIN), SigningKey::from_bytes(&[1; 32]));
    let line = grown(7).cosigned(7, &twin, TIME);
    let note = Note::new(body(), vec![line]).unwrap();
    let signed = SignedCheckpoint::parse(note.to_string().as_bytes()).unwrap();
    assert!(signed.verify(&[log().key().clone()], &[]).is_err());
}

#[test]
fn a_cosigner_stands_with_the_latest_of_its_times() {
    let grown = grown(7);
    let times = [TIME + 5, TIME, TIME + 9, TIME + 2];
    let mut lines: Vec<_> = times.iter().map(|at| grown.cosigned(7, &witness(2), *at)).collect();
    lines.extend(grown.checkpoint(7).note().signatures().to_vec());
    let note = Note::new(body(), lines).unwrap();
    let signed = SignedCheckpoint::parse(note.to_string().as_bytes()).unwrap();
    let witnesses = [witness(3).key().clone(), witness(2).key().clone()];
    let trusted = signed.verify(&[log().key().clone()], &witnesses).unwrap();
    assert_eq!(trusted.cosigners(), [(witness(2).key().clone(), time(TIME + 9))]);
    assert_eq!(*trusted.signed(), signed);
}

/// A cosignature of `number` with the bytes behind its key id exchanged.
fn with_bytes(number: u8, bytes: &[u8]) -> SignatureLine {
    let key = witness(number);
    let (name, id) = (key.key().name(), key.key().id().0);
    let encoded = STANDARD.encode([&id, bytes].concat());
    format!("— {name} {encoded}").parse().unwrap()
}

#[test]
fn a_cosignature_holds_for_its_time_checkpoint_and_witness_alone() {
    let grown = grown(8);
    let line = grown.cosigned(7, &witness(2), TIME);
    let text = line.to_string();
    let encoded = text.rsplit_once(' ').unwrap().1;
    let bytes = STANDARD.decode(encoded).unwrap()[4..].to_vec();
    assert_eq!(with_bytes(2, &bytes), line);
    let witnesses = [witness(2).key().clone(), witness(3).key().clone()];
    let holds = |line, size| grown.checkpoint(size).with_cosignatures(&[line], &witnesses).is_ok();
    assert!(holds(line.clone(), 7));
    assert!(!holds(line, 8), "for another checkpoint");
    assert!(!holds(with_bytes(3, &bytes), 7), "of another witness");
    let signature = &bytes[8..];
    for time in [0, TIME - 1, TIME + 1, TIME | 1 << 63, u64::MAX] {
        let moved = [&time.to_be_bytes(), signature].concat();
        assert!(!holds(with_bytes(2, &moved), 7), "at {time}");
    }
    for length in 1..bytes.len() {
        assert!(!holds(with_bytes(2, &bytes[..length]), 7), "cut to {length} bytes");
    }
    assert!(
        !holds(with_bytes(2, &[&bytes, signature].concat()), 7),
        "with more behind it"
    );
}

/// Signed by the witness's key itself, and still refused: no honest witness names such a time.
#[test]
fn a_cosignature_without_a_time_does_not_hold() {
    for seconds in [0, 1 << 63_u64] {
        let message = format!("cosignature/v1\ntime {seconds}\n{}", body());
        let signature = SigningKey::from_bytes(&[2; 32]).sign(message.as_bytes()).to_bytes();
        let line = with_bytes(2, &[&u64::to_be_bytes(seconds), signature.as_slice()].concat());
        let cosigned = grown(7)
            .checkpoint(7)
            .with_cosignatures(&[line], &[witness(2).key().clone()]);
        assert!(cosigned.is_err(), "{seconds}");
    }
}

#[test]
fn unknown_witnesses_are_left_out_and_an_earlier_cosignature_gives_way() {
    let grown = grown(7);
    let known = [witness(2).key().clone()];
    let lines = [
        grown.cosigned(7, &witness(3), TIME),
        grown.cosigned(7, &witness(2), TIME),
    ];
    let once = grown.checkpoint(7).with_cosignatures(&lines, &known).unwrap();
    assert_eq!(once.note().signatures().len(), 2);
    let later = [grown.cosigned(7, &witness(2), TIME + 60)];
    let twice = once.with_cosignatures(&later, &known).unwrap();
    assert_eq!(twice.note().signatures().len(), 2);
    let trusted = twice.verify(&[log().key().clone()], &known).unwrap();
    assert_eq!(trusted.cosigners(), [(witness(2).key().clone(), time(TIME + 60))]);
}

#[test]
fn a_witness_answers_in_lines() {
    let grown = grown(7);
    let lines = [
        grown.cosigned(7, &witness(2), TIME),
        grown.cosigned(7, &witness(3), TIME),
    ];
    let text = SignatureLine::encode_all(&lines);
    assert_eq!(SignatureLine::parse_all(&text), Ok(lines.to_vec()));
    for spoiled in ["", "\n", text.trim_end(), &format!("{text}\n"), &format!("\n{text}")] {
        assert_eq!(SignatureLine::parse_all(spoiled), Err(NoteError::SignatureLine));
    }
}

#[test]
fn a_time_is_from_1_to_the_end_of_time() {
    assert_eq!(UnixSeconds::new(0), Err(TimeError(0)));
    assert_eq!(UnixSeconds::new(1 << 63), Err(TimeError(1 << 63)));
    assert_eq!(
        UnixSeconds::new((1 << 63) - 1).map(UnixSeconds::seconds),
        Ok((1 << 63) - 1)
    );
}

#[test]
fn no_bit_of_a_cosigned_checkpoint_can_be_changed() {
    let grown = grown(7);
    let (logs, witnesses) = ([log().key().clone()], [witness(2).key().clone()]);
    let line = grown.cosigned(7, &witness(2), TIME);
    let signed = grown
        .checkpoint(7)
        .with_cosignatures(&[line], &witnesses)
        .unwrap()
        .to_string()
        .into_bytes();
    for bit in 0..signed.len() * 8 {
        let mut changed = signed.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let trusted = SignedCheckpoint::parse(&changed).and_then(|signed| signed.verify(&logs, &witnesses));
        // Under a changed name or id the cosignature is of an unknown witness, and is not counted.
        assert!(trusted.is_err() || trusted.unwrap().cosigners().is_empty(), "bit {bit}");
    }
}
