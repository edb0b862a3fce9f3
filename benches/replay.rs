//! Events a second from entries in memory to a state: without signatures, and with them beside strict signature checks
//! alone on the same cores.
//!
//! `cargo bench --bench replay` prints the medians and the ratio.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and a bench that fails stops"
)]

mod support;

use std::time::Instant;

use rayon::prelude::*;
use tallylog_event::{Entry, EntryHash, EntryIndex, Envelope, UnixMillis, chain};
use tallylog_server::{Replay, Signatures};
use tallylog_simulate::{Options, night, reports};

use support::{median, per_second};

const EVENTS: usize = 200_000;
const SIGNED: usize = 40_000;
const ROUNDS: usize = 7;

fn main() {
    let night = night(&Options::full(1));
    let envelopes: Vec<Envelope> = night.setup.iter().cloned().chain(reports(7, &night, EVENTS)).collect();
    let entries = entries(&envelopes);
    let signed = &entries[..SIGNED];
    let rounds: Vec<[f64; 3]> = (0..ROUNDS)
        .map(|_| {
            let fold = replay(&entries, Signatures::Trust);
            let checked = replay(signed, Signatures::Check);
            let started = Instant::now();
            envelopes[..SIGNED].par_iter().for_each(support::verify_strict);
            [fold, checked, per_second(SIGNED, started.elapsed())]
        })
        .collect();
    let [fold, checked, alone] = [0, 1, 2].map(|column| median(rounds.iter().map(|round| round[column])));
    let ratio = 100.0 * median(rounds.iter().map(|round| round[1] / round[2]));
    let bytes: usize = entries.iter().map(Vec::len).sum();
    println!(
        "events a second: median of {ROUNDS} rounds, {} cores",
        rayon::current_num_threads()
    );
    println!(
        "{} entries of {} bytes on average",
        entries.len(),
        bytes / entries.len()
    );
    println!("fold without signatures   {fold:>10.0}");
    println!("fold with signatures      {checked:>10.0}");
    println!("signatures alone          {alone:>10.0}");
    println!("with signatures, of signatures alone: {ratio:.0}%");
}

fn replay(entries: &[Vec<u8>], signatures: Signatures) -> f64 {
    let started = Instant::now();
    let fold = Replay::of_bytes(entries, signatures).unwrap();
    let took = started.elapsed();
    assert_eq!(usize::try_from(fold.state().size()), Ok(entries.len()));
    per_second(entries.len(), took)
}

fn entries(envelopes: &[Envelope]) -> Vec<Vec<u8>> {
    let mut previous = EntryHash::NONE;
    let mut now = 0;
    (0..)
        .zip(envelopes)
        .map(|(index, envelope)| {
            now = now.max(envelope.decode().unwrap().recorded_at.0);
            let entry = Entry {
                index: EntryIndex(index),
                received_at: UnixMillis(now),
                previous,
                envelope: envelope.clone(),
            };
            let bytes = entry.encode();
            previous = chain(&bytes);
            bytes
        })
        .collect()
}
