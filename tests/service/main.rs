//! What the service promises over gRPC: answers, moments, subscriptions, and an end that loses nothing.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod moments;
mod queue;
mod reads;
mod shutdown;
mod subscribe;

#[path = "../support/mod.rs"]
mod support;
