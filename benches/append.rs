//! Durable, verified appends a second, beside what bounds them: strict signature checks alone on the same cores, and one
//! writer that appends the same bytes to a file with one sync a batch.
//!
//! The three are measured in turn, round after round, so that a noisy machine slows them alike. `cargo bench --bench
//! append` prints the medians and the ratios.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and a bench that fails stops"
)]

mod support;

use std::collections::VecDeque;
use std::fs::OpenOptions;
use std::io::Write;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use tallylog_event::{Entry, EntryHash, EntryIndex, Envelope, UnixMillis, chain};
use tallylog_server::{Answer, Log, Settings};
use tallylog_simulate::{Night, Options, night, reports};
use tallylog_store::Store;

use support::{median, per_second};

const WAITING: [usize; 4] = [1, 16, 256, 4_096];
const ROUNDS: usize = 9;

fn main() {
    let night = night(&Options::full(1));
    println!(
        "events a second: median of {ROUNDS} rounds, {} cores",
        rayon::current_num_threads()
    );
    println!("waiting      appends   signatures alone   file alone   of signatures   of file");
    for waiting in WAITING {
        let events = (waiting * 40).clamp(300, 24_000);
        let envelopes: Vec<Envelope> = reports(7, &night, events * ROUNDS).collect();
        let rounds: Vec<[f64; 3]> = envelopes
            .chunks(events)
            .map(|chunk| round(&night, chunk, waiting))
            .collect();
        let [log, signatures, file] = [0, 1, 2].map(|column| median(rounds.iter().map(|round| round[column])));
        let of = |bound: usize| 100.0 * median(rounds.iter().map(|round| round[0] / round[bound]));
        println!(
            "{waiting:>7} {log:>12.0} {signatures:>18.0} {file:>12.0} {:>14.0}% {:>8.0}%",
            of(1),
            of(2)
        );
    }
}

fn round(night: &Night, envelopes: &[Envelope], waiting: usize) -> [f64; 3] {
    let count = envelopes.len();
    [
        per_second(count, appends(night, envelopes, waiting)),
        per_second(count, signatures(envelopes)),
        per_second(count, file(envelopes, waiting)),
    ]
}

/// The product: intake, sequencer, store. `waiting` events are under way at any time.
fn appends(night: &Night, envelopes: &[Envelope], waiting: usize) -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(&folder.path().join("log")).unwrap();
    let (log, writer) = Log::open(store, Settings::default()).unwrap();
    send(&log, &night.setup, 4_096);
    let started = Instant::now();
    send(&log, envelopes, waiting);
    let took = started.elapsed();
    drop(log);
    writer.join().unwrap();
    took
}

fn send(log: &Log, envelopes: &[Envelope], waiting: usize) {
    let mut under_way: VecDeque<Answer> = VecDeque::new();
    let settle = |answer: Answer| answer.blocking_recv().unwrap().unwrap();
    for envelope in envelopes {
        if under_way.len() == waiting {
            settle(under_way.pop_front().unwrap());
        }
        under_way.push_back(log.enqueue(envelope.clone()).unwrap());
    }
    for answer in under_way {
        settle(answer);
    }
}

/// Bound (a): strict verification of the same signatures on all cores, and nothing else.
fn signatures(envelopes: &[Envelope]) -> Duration {
    let started = Instant::now();
    envelopes.par_iter().for_each(support::verify_strict);
    started.elapsed()
}

/// Bound (b): the same entries to a plain file, one sync a batch.
fn file(envelopes: &[Envelope], waiting: usize) -> Duration {
    let entries = entries(envelopes);
    let folder = tempfile::tempdir().unwrap();
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.path().join("log"))
        .unwrap();
    let started = Instant::now();
    for batch in entries.chunks(waiting) {
        file.write_all(&batch.concat()).unwrap();
        file.sync_data().unwrap();
    }
    started.elapsed()
}

fn entries(envelopes: &[Envelope]) -> Vec<Vec<u8>> {
    let mut previous = EntryHash::NONE;
    (0..)
        .zip(envelopes)
        .map(|(index, envelope)| {
            let entry = Entry {
                index: EntryIndex(index),
                received_at: UnixMillis(1_833_584_400_000),
                previous,
                envelope: envelope.clone(),
            };
            let bytes = entry.encode();
            previous = chain(&bytes);
            bytes
        })
        .collect()
}
