//! The desks of a tabulation centre: who may do what, and what comes of it.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a helper that fails fails its test"
)]

mod ceilings;
mod centre;
mod documents;
#[path = "../web_vectors/figures.rs"]
mod figures;
mod later;
mod opening;
mod page;
mod persons;
mod refusals;
mod registrars;
mod samples;
mod since;
mod stuck;
mod twins;
mod walk;
mod withheld;

#[path = "../trials/mod.rs"]
mod trials;

#[path = "../timeline_law/mod.rs"]
mod timeline_law;
