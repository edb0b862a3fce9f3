//! The siege: an honest chair and an honest reader while strangers, and people with one key, try to stop the night.
//!
//! `cargo bench --bench siege` runs each attack twice, once from many addresses (127.0.1.x) and once from one, each time
//! against a server of its own. The server, the attackers, and the honest pair are three processes. It prints how long the
//! chair waits until her report is on disk and the reader for the totals, before and during the attack, and how much memory
//! the server has before, at most, and 30 seconds after. Then it sends 60,000 reports of one precinct from one device, and
//! opens a log of an earlier fold that holds as many.
//!
//! `TALLYLOG_SIEGE=NAME` runs one attack alone. Attackers run at the lowest priority, since on a real night they do not
//! share the server's processors; they stop by themselves, and reach nothing but the loopback addresses.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "a bench prints, and a bench that fails stops"
)]

#[path = "siege/attack.rs"]
mod attack;
#[path = "siege/honest.rs"]
mod honest;
#[path = "siege/server.rs"]
mod server;
#[path = "siege/versions.rs"]
mod versions;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tallylog_simulate::{Night, Options, night};

use self::attack::Attack;
use self::honest::Waits;

/// The program's own allocator: how much memory stays after an attack depends on it.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const ROLE: &str = "TALLYLOG_SIEGE_ROLE";
const ONLY: &str = "TALLYLOG_SIEGE";

const QUIET: Duration = Duration::from_secs(5);
const UNDER_ATTACK: Duration = Duration::from_secs(12);
const AFTERWARDS: Duration = Duration::from_secs(30);

/// What an honest pair may have to bear, as the server promises it.
const SLOWER: u32 = 5;
const CHAIR_WAITS: Duration = Duration::from_millis(50);
const READER_WAITS: Duration = Duration::from_millis(100);
const MORE_MEMORY: u64 = 256 << 10;
const LEFT_BEHIND: u64 = 32 << 10;

fn main() {
    let role = std::env::var(ROLE).unwrap_or_default();
    let words: Vec<&str> = role.split(' ').collect();
    match words.as_slice() {
        ["server", folder, version, extra] => server::run(folder, version.parse().unwrap(), extra),
        ["attack", url, name, spread] => attack::run(url, name, *spread == "spread", UNDER_ATTACK),
        _ => besiege(),
    }
}

fn a_night(version: u16) -> Night {
    night(&Options {
        version,
        errors: false,
        ..Options::full(1)
    })
}

fn besiege() {
    let only = std::env::var(ONLY).ok();
    println!("waiting in milliseconds (median, 99 of 100), memory in MiB (quiet, most, 30 s later)");
    println!(
        "{:<17} {:<7} {:>13} {:>13} {:>13} {:>13} {:>16}  outcome",
        "attack", "from", "chair, quiet", "attacked", "reader, quiet", "attacked", "server"
    );
    for attack in attack::ALL {
        if only.as_ref().is_some_and(|only| only != attack.name()) {
            continue;
        }
        for spread in [true, false] {
            withstand(attack, spread);
        }
    }
    if only.is_none_or(|only| only == "versions") {
        versions::show();
    }
}

fn withstand(attack: Attack, spread: bool) {
    let folder = tempfile::tempdir().unwrap();
    let version = tallylog_projection::FOLD_VERSION;
    let extra = attack.needs();
    let mut server = start(&format!("server {} {version} {extra}", folder.path().display()), &[]);
    let url = server.1.clone();
    let pair = honest::Pair::new(a_night(version), url.clone());
    let quiet = pair.watch(QUIET);
    let memory = resident(&server.0);
    let from = if spread { "spread" } else { "one" };
    let mut attackers = start(&format!("attack {url} {} {from}", attack.name()), &["nice", "-n", "19"]);
    let most = Most::of(server.0.id());
    let attacked = pair.watch(UNDER_ATTACK);
    let most = most.end();
    attackers.0.wait().unwrap();
    std::thread::sleep(AFTERWARDS);
    let later = resident(&server.0);
    server.0.kill().unwrap();
    server.0.wait().unwrap();
    report(attack, from, [&quiet, &attacked], [memory, most, later]);
}

fn report(attack: Attack, from: &str, [quiet, attacked]: [&Waits; 2], [memory, most, later]: [u64; 3]) {
    let mut faults = Vec::new();
    if attacked.chair(99) > (quiet.chair(99) * SLOWER).max(CHAIR_WAITS) {
        faults.push("the chair waits".to_owned());
    }
    if attacked.reader(99) > (quiet.reader(99) * SLOWER).max(READER_WAITS) {
        faults.push("the reader waits".to_owned());
    }
    if most > memory + MORE_MEMORY {
        faults.push("memory".to_owned());
    }
    if later > memory + LEFT_BEHIND.max(memory / 5) {
        faults.push("memory is kept".to_owned());
    }
    if attacked.refused > 0 {
        faults.push(format!("{} honest refused", attacked.refused));
    }
    let outcome = if faults.is_empty() {
        "holds".to_owned()
    } else {
        faults.join(", ")
    };
    let shown = |wait: [Duration; 2]| format!("{:.1} {:.1}", millis(wait[0]), millis(wait[1]));
    println!(
        "{:<17} {from:<7} {:>13} {:>13} {:>13} {:>13} {:>16}  {outcome}",
        attack.name(),
        shown([quiet.chair(50), quiet.chair(99)]),
        shown([attacked.chair(50), attacked.chair(99)]),
        shown([quiet.reader(50), quiet.reader(99)]),
        shown([attacked.reader(50), attacked.reader(99)]),
        format!("{} {} {}", memory >> 10, most >> 10, later >> 10),
    );
}

fn millis(wait: Duration) -> f64 {
    wait.as_secs_f64() * 1_000.0
}

/// Starts this program once more in a role, and waits for its first line.
fn start(role: &str, through: &[&str]) -> (Child, String) {
    let program = std::env::current_exe().unwrap();
    let mut words: Vec<&std::ffi::OsStr> = through.iter().map(std::ffi::OsStr::new).collect();
    words.push(program.as_os_str());
    let mut started = Command::new(words[0])
        .args(&words[1..])
        .env(ROLE, role)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(started.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    std::thread::spawn(move || lines.for_each(|line| println!("    {}", line.unwrap())));
    (started, first)
}

/// The resident memory of a process, in KiB.
fn resident(process: &Child) -> u64 {
    resident_of(process.id())
}

fn resident_of(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.map_or(0, |number| number.parse().unwrap())
}

/// The most memory that a process is seen with.
struct Most {
    stop: std::sync::mpsc::Sender<()>,
    seen: std::thread::JoinHandle<u64>,
}

impl Most {
    fn of(id: u32) -> Self {
        let (stop, stopped) = std::sync::mpsc::channel();
        let seen = std::thread::spawn(move || {
            let mut most = 0;
            while stopped
                .recv_timeout(Duration::from_millis(100))
                .is_err_and(|error| error == std::sync::mpsc::RecvTimeoutError::Timeout)
            {
                most = most.max(resident_of(id));
            }
            most
        });
        Self { stop, seen }
    }

    fn end(self) -> u64 {
        drop(self.stop);
        self.seen.join().unwrap()
    }
}
