//! Simulated nights for the fold that the pages have in TypeScript: what the log holds, and what it comes to.
//!
//! They stand in `target/web-vectors/` afterwards, where `npm test` in `crates/web/ui` reads them. Nothing is compared
//! here: whether both folds agree is said there. `TALLYLOG_WEB_NIGHTS` asks for another number of nights.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a helper that fails fails its test"
)]

#[allow(dead_code, reason = "some of it")]
#[path = "../desks/centre/events.rs"]
mod events;
mod figures;
mod golden;
mod log;
mod staff;
mod state_hash;
#[path = "../trials/mod.rs"]
mod trials;

use std::env;

use rayon::prelude::*;
use tallylog_projection::FOLD_VERSION;
use tallylog_simulate::{Options, night};

use log::Log;
use trials::{Random, trials};

/// The precincts of a night.
const PRECINCTS: u16 = 50;
/// One night in so many has more: only beside a hundred others does a room stand out (V31).
const LARGER: u64 = 10;
const MANY_PRECINCTS: u16 = 130;

#[test]
fn simulated_nights_are_written_with_what_they_come_to() {
    let asked = env::var("TALLYLOG_WEB_NIGHTS")
        .ok()
        .map(|nights| nights.parse().unwrap());
    let nights: u64 = asked.unwrap_or_else(|| trials(20, 1_000));
    figures::clear("simulated-");
    let sizes: Vec<u64> = (0..nights).into_par_iter().map(written).collect();
    println!("{nights} nights, {} entries", sizes.iter().sum::<u64>());
}

/// Writes the night of a number: the versions take turns, and each has other counties.
fn written(number: u64) -> u64 {
    let mut random = Random(number);
    let counties = u16::try_from(2 + random.below(40)).unwrap();
    let precincts = if number % LARGER == 1 {
        MANY_PRECINCTS
    } else {
        PRECINCTS
    };
    let night = night(&Options {
        version: u16::try_from(1 + number % u64::from(FOLD_VERSION)).unwrap(),
        ..Options::small(number, counties, precincts)
    });
    let log = Log::of(&night, random);
    figures::write(
        &format!("simulated-{number:04}"),
        &log.entries,
        &log.moments,
        log.state(),
    );
    log.state().size()
}
