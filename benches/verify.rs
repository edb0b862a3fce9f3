//! A full audit of a million events beside strict signature checks alone on the same cores, and the most memory that it
//! takes: each in a process of its own.
//!
//! `cargo bench --bench verify` prints the times, their ratio and the peak resident set. `TALLYLOG_ENTRIES` gives
//! another size.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and a bench that fails stops"
)]

mod support;

#[allow(dead_code, clippy::panic, reason = "each test uses a part of it")]
#[path = "../crates/verify/tests/night/forge.rs"]
mod forge;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use rayon::prelude::*;
use tallylog_event::{Basis, Entry, UnixMillis};
use tallylog_simulate::reports;
use tallylog_verify::{Bundle, Options, audit};

use forge::{Forge, Taken, chained};

const STEP: &str = "TALLYLOG_VERIFY_STEP";
const FILE: &str = "TALLYLOG_VERIFY_FILE";
const ENTRIES: &str = "TALLYLOG_ENTRIES";
const ROUNDS: usize = 3;

fn main() {
    let file = PathBuf::from(std::env::var(FILE).unwrap_or_default());
    match std::env::var(STEP).as_deref() {
        Ok("make") => make(&file),
        Ok("signatures") => signatures(&file),
        Ok("audit") => full(&file),
        _ => steps(),
    }
}

fn entries() -> usize {
    std::env::var(ENTRIES).map_or(1_000_000, |entries| entries.parse().unwrap())
}

fn steps() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("night.tallylog");
    run("make", &file);
    let size = std::fs::metadata(&file).unwrap().len();
    println!("{} entries, {} MiB", entries(), size >> 20);
    let ratios = (0..ROUNDS).map(|_| {
        let (alone, full) = (run("signatures", &file), run("audit", &file));
        println!(
            "signatures alone {alone:.1} s, full audit {full:.1} s: {:.2}",
            full / alone
        );
        full / alone
    });
    println!("full audit, of signatures alone: median {:.2}", support::median(ratios));
}

/// Runs a step in a process of its own, and gives the seconds that it says it took.
fn run(step: &str, file: &Path) -> f64 {
    let output = Command::new(std::env::current_exe().unwrap())
        .env(STEP, step)
        .env(FILE, file)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{step}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let said = String::from_utf8(output.stdout).unwrap();
    let (seconds, more) = said.split_once(' ').unwrap();
    print!("{more}");
    seconds.parse().unwrap()
}

fn make(file: &Path) {
    let forge = Forge::of(&tallylog_simulate::Options::full(1), |_| {});
    let more = reports(7, &forge.night, entries() - forge.night.setup.len() - 1);
    let mut now = UnixMillis(0);
    let mut taken: Taken = Vec::new();
    for envelope in forge.night.setup.iter().cloned().chain(more) {
        now = now.max(envelope.decode().unwrap().recorded_at);
        taken.push((now, envelope));
    }
    let committed = forge.commit(&Forge::state(&taken), Basis::Recorded);
    taken.push((now, committed));
    std::fs::write(file, forge.bundle(&chained(&taken))).unwrap();
    println!("0 ");
}

fn signatures(file: &Path) {
    let bytes = std::fs::read(file).unwrap();
    let bundle = Bundle::parse(&bytes).unwrap();
    let range = bundle.entries().range(0..bundle.entries().count());
    let envelopes: Vec<_> = range.map(|entry| Entry::decode(entry).unwrap().envelope).collect();
    let started = Instant::now();
    envelopes.par_iter().for_each(support::verify_strict);
    println!("{} ", started.elapsed().as_secs_f64());
}

fn full(file: &Path) {
    let started = Instant::now();
    let report = audit(&std::fs::read(file).unwrap(), &Options::default()).unwrap();
    let took = started.elapsed();
    assert!(report.verified(), "{}", report.table());
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    println!("{} peak {}", took.as_secs_f64(), peak.unwrap_or_default().trim());
}
