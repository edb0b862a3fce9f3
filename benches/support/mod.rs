//! What the benches share.

#![allow(dead_code, reason = "each bench uses a part of it")]

use std::time::Duration;

use ed25519_dalek::{Signature, VerifyingKey};
use tallylog_event::Envelope;

/// Checks one signature as the product does, with nothing around it.
pub(crate) fn verify_strict(envelope: &Envelope) {
    let key = VerifyingKey::from_bytes(&envelope.author.0).unwrap();
    let message = [b"tallylog/event/v1\0".as_slice(), &envelope.body].concat();
    key.verify_strict(&message, &Signature::from_bytes(&envelope.signature.0))
        .unwrap();
}

pub(crate) fn per_second(count: usize, took: Duration) -> f64 {
    f64::from(u32::try_from(count).unwrap()) / took.as_secs_f64()
}

pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
