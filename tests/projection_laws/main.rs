//! What holds for the fold of every log, tried on random ones.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a helper that fails fails its test"
)]

mod counts;
mod discrepancies;
mod extremes;
mod histories;
mod log;
mod moments;
mod refusals;
mod results;
mod timeline;

#[path = "../support/mod.rs"]
mod support;

#[path = "../timeline_law/mod.rs"]
mod timeline_law;
