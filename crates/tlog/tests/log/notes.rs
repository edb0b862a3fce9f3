//! Signed notes: one spelling, and whom to believe.

use tallylog_tlog::{
    KeyName, LogSigner, MAX_NOTE_BYTES, MAX_SIGNATURES, NameError, Note, NoteError, SignatureLine, SigningKey,
};

use crate::samples::{ORIGIN, impostor, log, name};

const TEXT: &str = "first\n\nsecond — third\n";

fn signed() -> String {
    log().sign_note(TEXT).unwrap().to_string()
}

fn signer(number: u8) -> LogSigner {
    let name = name(&format!("signer.example/{number}"));
    LogSigner::new(name, SigningKey::from_bytes(&[number; 32]))
}

fn line(signer: &LogSigner) -> SignatureLine {
    signer.sign_note(TEXT).unwrap().signatures()[0].clone()
}

#[track_caller]
fn refuses(text: &str, error: NoteError) {
    assert_eq!(Note::parse(text.as_bytes()), Err(error), "{text:?}");
}

#[test]
fn a_text_may_hold_empty_lines_and_ends_at_the_last() {
    for text in [
        TEXT,
        "\n",
        "\n\n",
        "a\n",
        "— looks like a signature AAAAAAA=\n",
        "\n\na\n\n\n",
    ] {
        let note = log().sign_note(text).unwrap();
        let parsed = Note::parse(note.to_string().as_bytes()).unwrap();
        assert_eq!(parsed.unverified_text(), text);
        assert_eq!(parsed, note);
        assert_eq!(parsed.verify([log().key().verifier()]).unwrap().text(), text);
    }
}

#[test]
fn a_note_has_one_spelling() {
    let note = signed();
    assert!(Note::parse(note.as_bytes()).is_ok());
    let (text, line) = note.rsplit_once("\n\n").unwrap();
    refuses("", NoteError::Layout);
    refuses(text, NoteError::SignatureLine);
    refuses("text\n", NoteError::Layout);
    refuses("text\n\n", NoteError::SignatureLine);
    refuses(&format!("text\n{line}"), NoteError::Layout);
    refuses(note.trim_end(), NoteError::Layout);
    refuses(&format!("{note}\n"), NoteError::SignatureLine);
    refuses(&note.replace("— ", "- "), NoteError::SignatureLine);
    refuses(&note.replace("\n— ", "\n—  "), NoteError::SignatureLine);
    refuses(&note.replace("\n— ", "\n —"), NoteError::SignatureLine);
    refuses(&note.replace("=\n", "\n"), NoteError::SignatureLine);
    refuses(&note.replace("=\n", "= \n"), NoteError::SignatureLine);
    refuses(
        &note.replace(&format!("— {ORIGIN}"), "— a+b"),
        NoteError::Name(NameError::Character('+')),
    );
    for barred in ["\r", "\t", "\0", "\x1b", "\x1f"] {
        refuses(
            &note.replacen("first", &format!("first{barred}"), 1),
            NoteError::Characters,
        );
    }
    assert_eq!(Note::parse(b"\xff\n\n"), Err(NoteError::Characters));
}

#[test]
fn a_signature_line_holds_more_than_a_key_id() {
    assert!("— a AAAAAAA=".parse::<SignatureLine>().is_ok());
    for line in [
        "— a AAAAAA==",
        "— a AAAA",
        "— a ",
        "— a",
        "—",
        "",
        "—  AAAAAAA=",
        "— a AAAAAAA",
        "— a b AAAAAAA=",
    ] {
        let parsed = line.parse::<SignatureLine>();
        let nameless = Err(NoteError::Name(NameError::Empty));
        assert!(parsed == Err(NoteError::SignatureLine) || parsed == nameless, "{line}");
    }
}

#[test]
fn a_changed_text_is_not_believed() {
    let note = signed().replace("second", "SECOND");
    let verified = Note::parse(note.as_bytes()).unwrap().verify([log().key().verifier()]);
    assert_eq!(verified, Err(NoteError::BadSignature(name(ORIGIN))));
}

#[test]
fn no_bit_of_a_note_can_be_changed() {
    let note = signed().into_bytes();
    let key = log();
    for bit in 0..note.len() * 8 {
        let mut changed = note.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let verified = Note::parse(&changed).and_then(|note| note.verify([key.key().verifier()]));
        assert!(verified.is_err(), "bit {bit}");
    }
}

#[test]
fn signatures_of_unknown_keys_are_ignored_and_do_not_count() {
    let note = Note::new(TEXT, vec![line(&signer(3)), line(&signer(4))]).unwrap();
    let (known, other) = (signer(4), signer(5));
    let verified = note.verify([other.key().verifier(), known.key().verifier()]).unwrap();
    assert_eq!(verified.signers(), [(known.key().verifier().clone(), None)]);
    assert_eq!(note.verify([other.key().verifier()]), Err(NoteError::NoKnownSignature));
    assert_eq!(note.verify([]), Err(NoteError::NoKnownSignature));
}

/// A key is known by name and id together: another key of the name is another key.
#[test]
fn another_key_of_the_same_name_is_unknown() {
    let note = impostor().sign_note(TEXT).unwrap();
    assert_eq!(note.verify([log().key().verifier()]), Err(NoteError::NoKnownSignature));
    let both = Note::new(TEXT, vec![line(&impostor()), line(&log())]).unwrap();
    assert!(both.verify([log().key().verifier()]).is_ok());
}

#[test]
fn a_signature_in_a_known_name_that_does_not_hold_condemns_the_note() {
    let other = log().sign_note("another text\n").unwrap().signatures()[0].clone();
    for lines in [
        vec![line(&signer(3)), other.clone()],
        vec![other.clone(), line(&signer(3))],
    ] {
        let note = Note::new(TEXT, lines).unwrap();
        let (third, log) = (signer(3), log());
        let verified = note.verify([third.key().verifier(), log.key().verifier()]);
        assert_eq!(verified, Err(NoteError::BadSignature(name(ORIGIN))));
        // Whoever does not know the log believes the other.
        assert!(note.verify([third.key().verifier()]).is_ok());
    }
    let twice = Note::new(TEXT, vec![line(&log()), other]).unwrap();
    assert!(
        twice.verify([log().key().verifier()]).is_err(),
        "the first holds, and the second does not"
    );
}

#[test]
fn a_signature_of_another_length_does_not_hold() {
    let whole = line(&log()).to_string();
    for cut in [
        "— caucus.example/2028-ia-dem h8u1wAA=",
        &whole.replace("h8u1w", "h8u1wAAAA"),
    ] {
        let Ok(line) = cut.parse() else { continue };
        let note = Note::new(TEXT, vec![line]).unwrap();
        assert!(note.verify([log().key().verifier()]).is_err());
    }
}

#[test]
fn a_note_has_limits_beyond_what_the_format_asks_for() {
    let lines = vec![line(&log()); MAX_SIGNATURES + 1];
    let full = Note::new(TEXT, lines[1..].to_vec()).unwrap();
    assert_eq!(Note::parse(full.to_string().as_bytes()), Ok(full.clone()));
    let refused = NoteError::TooManySignatures(MAX_SIGNATURES + 1);
    assert_eq!(Note::new(TEXT, lines), Err(refused.clone()));
    refuses(&format!("{full}{}\n", line(&log())), refused);

    let around = signed().len() - TEXT.len();
    let longest = format!("{}\n", "x".repeat(MAX_NOTE_BYTES - around - 1));
    let note = log().sign_note(&longest).unwrap().to_string();
    assert_eq!(note.len(), MAX_NOTE_BYTES);
    assert!(Note::parse(note.as_bytes()).is_ok());
    refuses(&format!("x{note}"), NoteError::Long(MAX_NOTE_BYTES + 1));
    assert_eq!(
        log().sign_note(&format!("x{longest}")),
        Err(NoteError::Long(MAX_NOTE_BYTES + 1))
    );
}

#[test]
fn what_is_no_text_is_not_signed() {
    assert_eq!(log().sign_note(""), Err(NoteError::Layout));
    assert_eq!(log().sign_note("no newline"), Err(NoteError::Layout));
    assert_eq!(log().sign_note("a\tb\n"), Err(NoteError::Characters));
    assert_eq!(Note::new(TEXT, Vec::new()), Err(NoteError::Layout));
}

#[test]
fn a_name_of_a_signer_is_any_word() {
    let odd = LogSigner::new(KeyName::new("—=/\u{7f}é").unwrap(), SigningKey::from_bytes(&[6; 32]));
    let note = odd.sign_note(TEXT).unwrap();
    let parsed = Note::parse(note.to_string().as_bytes()).unwrap();
    assert!(parsed.verify([odd.key().verifier()]).is_ok());
}
