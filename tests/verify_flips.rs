//! No bit of a bundle can change unseen, and a cheap check finds it.
//!
//! `TALLYLOG_BUNDLE` names a bundle to flip instead of a simulated night's.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a helper that fails fails its test, and the seed is shown"
)]

#[allow(dead_code, reason = "each test uses a part of it")]
#[path = "../crates/verify/tests/night/forge.rs"]
mod forge;
mod trials;

use tallylog_simulate::Options;
use tallylog_verify::{Bundle, Check, Report, audit};

use crate::forge::{Forge, chained};
use crate::trials::{Random, seed, trials};

/// A bundle to flip: that of a file, or that of a simulated night.
fn night() -> Vec<u8> {
    if let Some(path) = std::env::var_os("TALLYLOG_BUNDLE") {
        return std::fs::read(path).unwrap();
    }
    let forge = Forge::of(&Options::small(61, 30, 400), |_| {});
    forge.bundle(&chained(&forge.taken()))
}

/// Flips a bit, and says which checks found it; none where the file was not even taken for a bundle.
fn flipped(bytes: &mut [u8], place: usize, bit: usize) -> Option<Report> {
    bytes[place] ^= 1 << bit;
    let report = audit(bytes, &tallylog_verify::Options::default()).ok();
    bytes[place] ^= 1 << bit;
    report
}

#[track_caller]
fn is_found(bytes: &mut [u8], place: usize, bit: usize) {
    let Some(report) = flipped(bytes, place, bit) else {
        return;
    };
    assert!(!report.verified(), "byte {place}, bit {bit} changed unseen");
    // A cheap check found it: no event's signature had to be looked at.
    let dear = report.failures().find(|(check, _)| *check > Check::Time);
    assert!(dear.is_none(), "byte {place}, bit {bit}: {}", report.table());
}

/// Where the entries of a bundle begin, and the places in one entry at which its fields begin.
fn fields(bytes: &[u8], bundle: &Bundle<'_>, index: u64) -> Vec<usize> {
    let entry = bundle.entries().entry(index).unwrap();
    let start = entry.as_ptr().addr() - bytes.as_ptr().addr();
    let length = entry.len();
    // The length before it; version, index and time; then previous, author, body and signature, from the end as the
    // number of bytes before them varies.
    let mut places: Vec<usize> = (start - 2..start + 12).collect();
    let body_from = start + 72.min(length - 65);
    places.extend((start + 12..body_from).step_by(7));
    places.extend((body_from..start + length - 64).step_by(5));
    places.extend((start + length - 64..start + length).step_by(3));
    places
}

#[test]
fn a_flipped_bit_of_any_field_is_found_by_a_cheap_check() {
    let mut bytes = night();
    let copy = bytes.clone();
    let bundle = Bundle::parse(&copy).unwrap();
    let first = bundle.entries().entry(0).unwrap().as_ptr().addr() - copy.as_ptr().addr() - 2;
    let count = bundle.entries().count();
    // Header, policy and checkpoints byte for byte; of the entries one of each part of the log.
    let mut places: Vec<usize> = (0..first).collect();
    for index in [0, 1, 2, count / 3, count / 2, count - 2, count - 1] {
        places.extend(fields(&copy, &bundle, index));
    }
    let all = std::env::var("TALLYLOG_TRIALS").is_ok_and(|trials| trials == "full");
    let step = if all { 1 } else { places.len().div_ceil(200) };
    println!("every {step}th of {} places", places.len());
    for place in places.into_iter().step_by(step) {
        is_found(&mut bytes, place, place % 8);
    }
    assert_eq!(bytes, copy);
}

#[test]
fn random_flips_are_found_by_a_cheap_check() {
    let mut bytes = night();
    let mut random = Random(seed());
    let length = u64::try_from(bytes.len()).unwrap();
    for _ in 0..trials(200, 20_000) {
        let (place, bit) = (random.below(length), random.below(8));
        is_found(
            &mut bytes,
            usize::try_from(place).unwrap(),
            usize::try_from(bit).unwrap(),
        );
    }
}
