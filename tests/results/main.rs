//! Proofs from the results tree: what is honest verifies, and nothing else does.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a helper that fails fails its test"
)]

mod attacks;
mod golden;
mod hand;
mod mutations;
mod nights;
mod oracle;

#[path = "../trials/mod.rs"]
mod trials;
