//! Signatures and keys that nobody makes by accident: lax verifiers take them, and ours has one verdict.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT as BASE, EIGHT_TORSION};
use curve25519_dalek::{EdwardsPoint, Scalar};
use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use sha2::{Digest, Sha512};
use tallylog_tlog::{KeyError, Note, NoteError, VerifierKey};

use crate::keys::written;
use crate::samples::{ORIGIN, name};

const TEXT: &str = "text\n";

fn secret() -> Scalar {
    Scalar::from(0x2028_0207_u64).invert()
}

fn bytes(point: EdwardsPoint) -> [u8; 32] {
    point.compress().to_bytes()
}

/// A signature by the secret key whose R is `r`, which is of small order.
fn forged(r: EdwardsPoint, key: [u8; 32]) -> [u8; 64] {
    let hash = Sha512::new()
        .chain_update(bytes(r))
        .chain_update(key)
        .chain_update(TEXT);
    let challenge = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&bytes(r));
    signature[32..].copy_from_slice((challenge * secret()).as_bytes());
    signature
}

#[test]
fn a_signature_with_a_small_r_does_not_hold() {
    let public = bytes(BASE * secret());
    let signature = forged(EIGHT_TORSION[0], public);
    let lax = VerifyingKey::from_bytes(&public).unwrap();
    assert!(lax.verify(TEXT.as_bytes(), &Signature::from_bytes(&signature)).is_ok());

    let key: VerifierKey = written(ORIGIN, 1, &public).parse().unwrap();
    let line = format!(
        "— {ORIGIN} {}",
        STANDARD.encode([&key.id().0, signature.as_slice()].concat())
    );
    let note = Note::new(TEXT, vec![line.parse().unwrap()]).unwrap();
    assert_eq!(note.verify([&key]), Err(NoteError::BadSignature(name(ORIGIN))));
}

#[test]
fn a_key_of_mixed_order_is_refused() {
    for small in &EIGHT_TORSION[1..] {
        let mixed = bytes(BASE * secret() + small);
        assert!(!VerifyingKey::from_bytes(&mixed).unwrap().is_weak());
        let key = written(ORIGIN, 1, &mixed).parse::<VerifierKey>();
        assert_eq!(key, Err(KeyError::Torsion));
    }
}
