//! The bundle of 3 February 2020: no bit of it can change unseen, and a cheap check finds it.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a helper that fails fails its test, and the seed is shown"
)]

mod support;
#[path = "../../../tests/trials/mod.rs"]
mod trials;

use std::fs;

use support::{iowa, run, text};
use tallylog_verify::{Bundle, Check, Options, audit};
use trials::{Random, seed, trials};

#[track_caller]
fn is_found(bytes: &mut [u8], place: usize, bit: usize) {
    bytes[place] ^= 1 << bit;
    let report = audit(bytes, &Options::default());
    bytes[place] ^= 1 << bit;
    let Ok(report) = report else {
        return;
    };
    assert!(!report.verified(), "byte {place}, bit {bit} changed unseen");
    // A cheap check found it: no event's signature had to be looked at.
    let dear = report.failures().find(|(check, _)| *check > Check::Time);
    assert!(dear.is_none(), "byte {place}, bit {bit}: {}", report.table());
}

#[test]
fn a_flipped_bit_of_the_real_night_is_found_by_a_cheap_check() {
    let Some(from) = iowa() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = (folder.path().join("data"), folder.path().join("night.tallylog"));
    for args in [
        ["import", text(&from), "--data-dir", text(&data)].as_slice(),
        &["bundle", "--data-dir", text(&data), "-o", text(&file)],
    ] {
        assert_eq!(run(args).code, Some(0));
    }
    let mut bytes = fs::read(&file).unwrap();
    assert!(audit(&bytes, &Options::default()).unwrap().verified());
    let copy = bytes.clone();
    let bundle = Bundle::parse(&copy).unwrap();
    let first = bundle.entries().entry(0).unwrap().as_ptr().addr() - copy.as_ptr().addr() - 2;
    let mut random = Random(seed());
    let total = trials(60, 20_000);
    // One in four where keys, policy and checkpoints stand: they are few bytes of many.
    for trial in 0..total {
        let place = random.place(if trial % 4 == 0 { first } else { copy.len() });
        is_found(&mut bytes, place, random.place(8));
    }
    println!(
        "{total} flips in {} bytes, {first} of them before the entries",
        copy.len()
    );
    assert_eq!(bytes, copy);
}
