//! The chair's nightmares, over gRPC: each is a clear refusal with its code or a discrepancy on record, and never a
//! silent change.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod corrections;
mod keys;
mod queue;
mod releases;
mod reports;
mod retries;
mod sizes;

#[path = "../support/mod.rs"]
mod support;
