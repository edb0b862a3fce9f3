//! What the service promises over gRPC and HTTP: answers, moments, subscriptions, receipts, tiles, and an end that loses nothing.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod cases;
mod checkpoints;
mod clock;
mod committed;
mod desk;
mod disk;
mod door;
mod embargo;
mod files;
mod followers;
mod intake;
mod interface;
mod moments;
mod pages;
mod public;
mod queue;
mod reads;
mod receipts;
mod shutdown;
mod subscribe;
mod succession;
mod versions;
mod witnessed;

#[path = "../support/mod.rs"]
mod support;
