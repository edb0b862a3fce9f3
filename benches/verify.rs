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
    let rounds: Vec<[f64; 2]> = (0..ROUNDS)
        .map(|_| {
            let (alone, full) = (run("signatures", &file), run("audit", &file));
            println!("signatures alone: {alone}\nfull audit:       {full}");
            [full.seconds / alone.seconds, full.of_cores / alone.of_cores]
        })
        .collect();
    let [time, cores] = [0, 1].map(|column| support::median(rounds.iter().map(|round| round[column])));
    println!("full audit, of signatures alone: median {time:.2} by the clock, {cores:.2} by what the cores did");
}

/// What a step took. Where the machine has other work to do, the cores' own time says more than the clock.
struct Took {
    seconds: f64,
    /// Of all cores together.
    of_cores: f64,
    peak_mib: u64,
}

impl std::fmt::Display for Took {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            seconds,
            of_cores,
            peak_mib,
        } = self;
        write!(f, "{seconds:>6.1} s, {of_cores:>6.1} s of cores, peak {peak_mib} MiB")
    }
}

/// Runs a step in a process of its own, which says what it took.
fn run(step: &str, file: &Path) -> Took {
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
    let mut words = said.split_whitespace();
    let mut next = || words.next().unwrap().to_owned();
    Took {
        seconds: next().parse().unwrap(),
        of_cores: next().parse().unwrap(),
        peak_mib: next().parse().unwrap(),
    }
}

/// Does something, and says what it took.
fn measured<T>(work: impl FnOnce() -> T) -> T {
    let (started, cores) = (Instant::now(), of_cores());
    let done = work();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|peak| peak.split_whitespace().next()?.parse::<u64>().ok());
    println!(
        "{} {} {}",
        started.elapsed().as_secs_f64(),
        of_cores() - cores,
        peak.unwrap_or_default() >> 10
    );
    done
}

/// The seconds that cores have worked for this process, where the system says so.
fn of_cores() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    // Linux counts them in hundredths of a second.
    ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
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
    measured(|| ());
}

fn signatures(file: &Path) {
    let bytes = std::fs::read(file).unwrap();
    let bundle = Bundle::parse(&bytes).unwrap();
    let range = bundle.entries().range(0..bundle.entries().count());
    let envelopes: Vec<_> = range.map(|entry| Entry::decode(entry).unwrap().envelope).collect();
    measured(|| envelopes.par_iter().for_each(support::verify_strict));
}

fn full(file: &Path) {
    let report = measured(|| audit(&std::fs::read(file).unwrap(), &Options::default()).unwrap());
    assert!(report.verified(), "{}", report.table());
}
