//! The most memory that a log of a million entries takes, each step in a process of its own: taking the events, opening
//! the log again, and answering for now and for a moment half-way.
//!
//! `cargo bench --bench memory` prints each process's peak resident set. `TALLYLOG_ENTRIES` gives another size.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and a bench that fails stops"
)]

use std::collections::VecDeque;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use tallylog_server::{Answer, Log, Settings, query};
use tallylog_simulate::{Options, night, reports};
use tallylog_store::Store;
use tallylog_wire::v1;
use tallylog_wire::v1::moment::At;

const STEP: &str = "TALLYLOG_MEMORY_STEP";
const FOLDER: &str = "TALLYLOG_MEMORY_FOLDER";
const ENTRIES: &str = "TALLYLOG_ENTRIES";
const WAITING: usize = 4_096;

fn main() {
    let step = std::env::var(STEP);
    let folder = std::env::var(FOLDER).unwrap_or_default();
    match step.as_deref() {
        Ok("fill") => fill(Path::new(&folder), entries()),
        Ok("answer") => answer(Path::new(&folder)),
        _ => steps(),
    }
}

fn entries() -> usize {
    std::env::var(ENTRIES).map_or(1_000_000, |entries| entries.parse().unwrap())
}

fn steps() {
    let folder = tempfile::tempdir().unwrap();
    println!("{} entries", entries());
    for step in ["fill", "answer"] {
        let ended = Command::new(std::env::current_exe().unwrap())
            .env(STEP, step)
            .env(FOLDER, folder.path())
            .status();
        assert!(ended.unwrap().success(), "{step}");
    }
}

fn fill(folder: &Path, entries: usize) {
    let night = night(&Options::full(1));
    let started = Instant::now();
    let (log, writer) = Log::open(Store::create(&folder.join("log")).unwrap(), Settings::default()).unwrap();
    let more = reports(7, &night, entries - night.setup.len());
    let mut under_way: VecDeque<Answer> = VecDeque::new();
    for envelope in night.setup.iter().cloned().chain(more) {
        if under_way.len() == WAITING {
            under_way.pop_front().unwrap().blocking_recv().unwrap().unwrap();
        }
        under_way.push_back(log.enqueue(envelope).unwrap());
    }
    for answer in under_way {
        answer.blocking_recv().unwrap().unwrap();
    }
    drop(log);
    writer.join().unwrap();
    say("sign, take and close", started);
}

fn answer(folder: &Path) {
    let started = Instant::now();
    let (log, writer) = Log::open(Store::open(&folder.join("log")).unwrap(), Settings::default()).unwrap();
    say("open", started);
    let size = log.state().unwrap().size();
    for at in [At::Size(size), At::Size(size / 2)] {
        let started = Instant::now();
        let request = v1::TotalsRequest {
            moment: Some(v1::Moment { at: Some(at.clone()) }),
            ..v1::TotalsRequest::default()
        };
        query::totals(&log.state().unwrap(), &request).unwrap();
        say(&format!("totals as of {at:?}"), started);
    }
    drop(log);
    writer.join().unwrap();
}

fn say(what: &str, started: Instant) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: u64 = peak
        .and_then(|peak| peak.split_whitespace().next()?.parse().ok())
        .unwrap_or_default();
    println!(
        "{what:<32} {:>8.1} s   peak so far {:>5} MiB",
        started.elapsed().as_secs_f64(),
        kib / 1_024
    );
}
