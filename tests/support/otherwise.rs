//! A second signature of the same bytes.

use num_bigint::BigUint;
use sha2::{Digest, Sha512};
use tallylog_event::{Envelope, PublicKey, Signature, SigningKey};

/// Another signature of the same bytes by the same key, as of a device that signs with randomness.
pub(crate) fn signed_otherwise(envelope: &Envelope, key: &SigningKey) -> Envelope {
    let message = [b"tallylog/event/v1\0".as_slice(), &envelope.body].concat();
    let scalar = |key: &SigningKey| {
        let mut bytes = key.to_scalar_bytes();
        bytes[0] &= 0xf8;
        bytes[31] = bytes[31] & 0x7f | 0x40;
        BigUint::from_bytes_le(&bytes)
    };
    // The scalar of another key is the number used once, and its public key that number's point.
    let nonce = SigningKey::from_bytes(&[201; 32]);
    let point = PublicKey::of(&nonce).0;
    let hash = Sha512::new()
        .chain_update(point)
        .chain_update(envelope.author.0)
        .chain_update(&message)
        .finalize();
    let order = (BigUint::from(1_u8) << 252) + "27742317777372353535851937790883648493".parse::<BigUint>().unwrap();
    let hash = BigUint::from_bytes_le(hash.as_slice());
    let answer: BigUint = (scalar(&nonce) + hash * scalar(key)) % order;
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&point);
    let answer = answer.to_bytes_le();
    signature[32..32 + answer.len()].copy_from_slice(&answer);
    let other = Envelope {
        signature: Signature(signature),
        ..envelope.clone()
    };
    assert_ne!(other.signature, envelope.signature);
    other.clone().verify().unwrap();
    other
}
