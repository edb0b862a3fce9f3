//! A signature is for one purpose, one contest, one author and one body.

use ed25519_dalek::Signer;
use tallylog_event::{
    ContestId, DecodeError, Enrolment, Envelope, Event, PublicKey, Revocation, Role, Signature, SignatureError,
    VerifyError,
};

use crate::samples::{CONTEST, body, enrolment, entries, key, place, text};

const EVENT: &[u8] = b"tallylog/event/v1\0";
const POSSESSION: &[u8] = b"tallylog/possession/v1\0";

const REFUSED: VerifyError = VerifyError::Signature(SignatureError);

/// An envelope around `bytes` by key 3, whose signature is over `context || bytes`.
fn signed(context: &[u8], bytes: Vec<u8>) -> Envelope {
    Envelope {
        author: PublicKey::of(&key(3)),
        signature: Signature(key(3).sign(&[context, &bytes].concat()).to_bytes()),
        body: bytes,
    }
}

fn some_event() -> Vec<u8> {
    entries()[1].envelope.body.clone()
}

fn some_role() -> Role {
    Role::Chair(vec![place(76, 0)])
}

/// What the possession proof of `enrolment` in `contest` signs, without its context.
fn possession_bytes(contest: ContestId, enrolment: &Enrolment) -> Vec<u8> {
    postcard::to_stdvec(&(contest, &enrolment.person, &enrolment.role)).unwrap()
}

/// `enrolment` with a proof over `context || bytes`.
fn proved(enrolment: Enrolment, context: &[u8], bytes: &[u8]) -> Enrolment {
    Enrolment {
        possession: Signature(key(3).sign(&[context, bytes].concat()).to_bytes()),
        ..enrolment
    }
}

#[test]
fn the_context_of_an_event_is_the_documented_one() {
    assert!(signed(EVENT, some_event()).verify().is_ok());
}

#[test]
fn a_signature_without_the_context_or_with_another_is_refused() {
    for context in [
        &b""[..],
        POSSESSION,
        b"tallylog/event/v1",
        b"tallylog/event/v2\0",
        b"tallylog/event/v1\0\0",
    ] {
        assert_eq!(signed(context, some_event()).verify(), Err(REFUSED), "{context:?}");
    }
}

#[test]
fn a_signature_of_another_author_is_refused() {
    let stolen = Envelope {
        author: PublicKey::of(&key(1)),
        ..signed(EVENT, some_event())
    };
    assert_eq!(stolen.verify(), Err(REFUSED));
}

#[test]
fn a_signature_for_another_contest_is_refused() {
    let mut moved = signed(EVENT, some_event());
    moved.body[0] ^= 1;
    assert!(moved.decode().is_ok(), "the body is an event of another contest");
    assert_eq!(moved.verify(), Err(REFUSED));
}

#[test]
fn every_flipped_bit_of_a_signed_body_is_refused() {
    let envelope = signed(EVENT, some_event());
    for bit in 0..envelope.body.len() * 8 {
        let mut flipped = envelope.clone();
        flipped.body[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(flipped.verify(), Err(REFUSED), "bit {bit}");
    }
}

#[test]
fn every_flipped_bit_of_a_signature_or_an_author_is_refused() {
    let envelope = signed(EVENT, some_event());
    for bit in 0..64 * 8 {
        let mut flipped = envelope.clone();
        flipped.signature.0[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(flipped.verify(), Err(REFUSED), "bit {bit} of the signature");
    }
    for bit in 0..32 * 8 {
        let mut flipped = envelope.clone();
        flipped.author.0[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(flipped.verify(), Err(REFUSED), "bit {bit} of the author");
    }
}

#[test]
fn a_valid_signature_over_a_second_spelling_or_over_noise_is_refused() {
    let revoked = body(Event::KeyRevoked(Revocation {
        key: PublicKey::of(&key(3)),
        reason: text(""),
    }));
    let mut bytes = revoked.encode();
    assert_eq!(bytes.pop(), Some(0), "the length of the reason");
    let overlong = [&bytes[..], &[0x80, 0]].concat();
    assert_eq!(
        signed(EVENT, overlong).verify(),
        Err(VerifyError::Decode(DecodeError::NotCanonical))
    );
    let trailing = VerifyError::Decode(DecodeError::Trailing { extra: 1 });
    assert_eq!(signed(EVENT, [&bytes[..], &[0, 0]].concat()).verify(), Err(trailing));
    let noise = signed(EVENT, vec![0xFF; 100]).verify();
    assert!(matches!(noise, Err(VerifyError::Decode(DecodeError::Malformed(_)))));
}

#[test]
fn a_proof_of_possession_is_for_one_contest() {
    let enrolment = enrolment(some_role());
    assert_eq!(enrolment.check_possession(CONTEST), Ok(()));
    for bit in 0..16 * 8 {
        let mut other = CONTEST;
        other.0[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(enrolment.check_possession(other), Err(SignatureError), "bit {bit}");
    }
}

#[test]
fn a_proof_of_possession_is_for_one_person_role_and_key() {
    let enrolment = enrolment(some_role());
    let person = Enrolment {
        person: text("Somebody else"),
        ..enrolment.clone()
    };
    let scope = Enrolment {
        role: Role::Chair(vec![place(76, 1)]),
        ..enrolment.clone()
    };
    let role = Enrolment {
        role: Role::Registrar,
        ..enrolment.clone()
    };
    let key = Enrolment {
        key: PublicKey::of(&key(1)),
        ..enrolment
    };
    for lie in [person, scope, role, key] {
        assert_eq!(lie.check_possession(CONTEST), Err(SignatureError), "{lie:?}");
    }
}

#[test]
fn a_proof_of_possession_needs_its_own_context() {
    let enrolment = enrolment(some_role());
    let bytes = possession_bytes(CONTEST, &enrolment);
    let check = |context: &[u8]| proved(enrolment.clone(), context, &bytes).check_possession(CONTEST);
    assert_eq!(check(POSSESSION), Ok(()));
    for context in [&b""[..], EVENT, b"tallylog/possession/v2\0"] {
        assert_eq!(check(context), Err(SignatureError), "{context:?}");
    }
}
