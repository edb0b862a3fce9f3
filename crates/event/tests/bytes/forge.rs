//! Signatures that nobody makes by accident, and the two lax ways to check one.

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT as BASE, EIGHT_TORSION};
use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::traits::IsIdentity;
use curve25519_dalek::{EdwardsPoint, Scalar};
use ed25519_dalek::{Verifier, VerifyingKey};
use sha2::{Digest, Sha512};
use tallylog_event::{Event, EventBody, PublicKey, Revocation, SubmissionId};

use crate::samples::{body, key, text};

pub(crate) const CONTEXT: &[u8] = b"tallylog/event/v1\0";

/// The order of the base point, little-endian.
const ORDER: [u8; 32] = [
    0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// The secret of the forged keys: they all are `SECRET * BASE`, or that and something of small order.
pub(crate) fn secret() -> Scalar {
    Scalar::from(0x7411_1106_u64).invert()
}

/// The secret behind R.
pub(crate) fn nonce() -> Scalar {
    Scalar::from(0x2020_0203_u64).invert()
}

/// The point of order 8 times `times`; of small order, and the identity for 0.
pub(crate) fn small(times: usize) -> EdwardsPoint {
    EIGHT_TORSION[times % 8]
}

pub(crate) fn base(times: Scalar) -> EdwardsPoint {
    BASE * times
}

pub(crate) fn bytes(point: EdwardsPoint) -> [u8; 32] {
    point.compress().to_bytes()
}

/// The point that `bytes` are for a decoder that does not ask whether they are its one encoding.
pub(crate) fn point(bytes: [u8; 32]) -> Option<EdwardsPoint> {
    CompressedEdwardsY(bytes).decompress()
}

/// The hash that binds R, key and message.
pub(crate) fn challenge(r: [u8; 32], key: [u8; 32], message: &[u8]) -> Scalar {
    let hash = Sha512::new().chain_update(r).chain_update(key).chain_update(message);
    Scalar::from_bytes_mod_order_wide(&hash.finalize().into())
}

/// What is signed: the context and an event, the `attempt`-th of its kind.
pub(crate) fn message(attempt: u16) -> Vec<u8> {
    let mut submission = [0xA0; 16];
    submission[14..].copy_from_slice(&attempt.to_be_bytes());
    let event = Event::KeyRevoked(Revocation {
        key: PublicKey::of(&key(3)),
        reason: text("lost"),
    });
    let body = EventBody {
        submission: SubmissionId(submission),
        ..body(event)
    };
    [CONTEXT, &body.encode()].concat()
}

/// `scalar + times * ORDER`, without reduction: the same for arithmetic, and other bytes.
pub(crate) fn unreduced(scalar: Scalar, times: u16) -> [u8; 32] {
    let mut sum = scalar.to_bytes();
    let mut carry = 0;
    for (digit, order) in sum.iter_mut().zip(ORDER) {
        let [low, high] = (u16::from(*digit) + u16::from(order) * times + carry).to_le_bytes();
        *digit = low;
        carry = u16::from(high);
    }
    assert_eq!(carry, 0, "fits 32 bytes");
    sum
}

/// Every encoding of a point of small order, canonical or not.
pub(crate) fn small_order_encodings() -> Vec<[u8; 32]> {
    // A y below 19 has a second encoding, which adds the field's prime; and an x of 0 has one with its sign set.
    let prime_and = |more: u8| {
        let mut bytes = [0xFF; 32];
        bytes[0] = 0xED + more;
        bytes[31] = 0x7F;
        bytes
    };
    let canonical = (0..8).map(|times| bytes(small(times)));
    let candidates = canonical.chain((0..19).map(prime_and));
    let signed = candidates.flat_map(|bytes| {
        let mut other = bytes;
        other[31] ^= 0x80;
        [bytes, other]
    });
    let mut all: Vec<_> = signed
        .filter(|bytes| point(*bytes).is_some_and(|point| point.is_small_order()))
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Checks as most libraries do: without the cofactor, and without a look at the order of key and R.
pub(crate) fn lax(key: [u8; 32], message: &[u8], signature: [u8; 64]) -> bool {
    VerifyingKey::from_bytes(&key).is_ok_and(|key| key.verify(message, &signature.into()).is_ok())
}

/// Checks as batches and some other libraries do: eight times the equation, so that points of small order vanish.
pub(crate) fn cofactored(key: [u8; 32], message: &[u8], signature: [u8; 64]) -> bool {
    let (mut r, mut s) = ([0; 32], [0; 32]);
    r.copy_from_slice(&signature[..32]);
    s.copy_from_slice(&signature[32..]);
    let Some(((a_point, r_point), s)) = point(key)
        .zip(point(r))
        .zip(Scalar::from_canonical_bytes(s).into_option())
    else {
        return false;
    };
    let difference = base(s) - r_point - a_point * challenge(r, key, message);
    difference.mul_by_cofactor().is_identity()
}
