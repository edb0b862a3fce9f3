//! Nothing that was changed verifies: proofs, notes, checkpoints, cosignatures, requests to witnesses, receipts and
//! tiles, each changed at random and by its structure.
//!
//! A mutant says something that was never issued. What still says something that was (the same under another unsigned
//! line, or the whole of another receipt) must verify and is not counted.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a helper that fails fails its test"
)]

mod kinds;
mod mutate;
mod world;

#[path = "../trials/mod.rs"]
mod trials;

use std::time::Instant;

use kinds::{KINDS, Verdict};
use mutate::mutate;
use trials::{Random, seed, trials};
use world::World;

/// What became of the mutants of one kind.
#[derive(Default)]
struct Tally {
    unreadable: u64,
    refused: u64,
    /// No mutants.
    issued: u64,
}

impl Tally {
    fn mutants(&self) -> u64 {
        self.unreadable + self.refused
    }
}

#[test]
fn everything_verifies_before_it_is_changed() {
    let (world, mut random) = (World::new(), Random(seed()));
    for (name, sample) in KINDS {
        for _ in 0..100 {
            let sample = sample(&world, &mut random);
            assert_eq!((sample.judge)(&world, &sample.bytes), Verdict::Issued, "{name}");
        }
    }
}

#[test]
fn no_mutant_verifies() {
    let wanted = trials(20_000, 1_000_000);
    let (world, mut random) = (World::new(), Random(seed()));
    let started = Instant::now();
    let mut tallies: Vec<Tally> = KINDS.iter().map(|_| Tally::default()).collect();
    while tallies.iter().map(Tally::mutants).sum::<u64>() < wanted {
        for ((name, sample), tally) in KINDS.iter().zip(&mut tallies) {
            let (sample, donor) = (sample(&world, &mut random), sample(&world, &mut random));
            let mutant = mutate(&sample, &donor.bytes, &mut random);
            match (sample.judge)(&world, &mutant) {
                Verdict::Unreadable => tally.unreadable += 1,
                Verdict::Refused => tally.refused += 1,
                Verdict::Issued => tally.issued += 1,
                Verdict::Forged => {
                    let (before, after) = (sample.bytes.escape_ascii(), mutant.escape_ascii());
                    panic!("a mutant of this {name} verifies:\n{before}\n{after}");
                }
            }
        }
    }
    for ((name, _), tally) in KINDS.iter().zip(&tallies) {
        println!(
            "{name:<12} {:>9} mutants, of which {:>8} could be read; {:>8} more said what was issued",
            tally.mutants(),
            tally.refused,
            tally.issued
        );
        // Spelling must not be all that is tried.
        assert!(tally.refused > tally.mutants() / 5, "{name}");
    }
    println!("{:?}", started.elapsed());
}
