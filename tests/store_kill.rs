//! A process that is killed at any moment never loses what it has acknowledged.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a helper that fails fails its test"
)]

mod store_support;
mod trials;

use std::io::Read;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use store_support::{CHILD, assert_holds, batch, child, open_or_create};
use trials::{Random, seed, trials};

/// The most entries that the child appends at once.
const LARGEST_BATCH: u64 = 48;

/// Beyond this size a new store is begun, so that rounds stay short.
const LARGE_ENOUGH: u64 = 3_000;

/// The child: appends, now and then closes and opens again, until it is killed.
#[test]
fn appends_until_it_is_killed() {
    let Some(dir) = std::env::var_os(CHILD) else {
        return;
    };
    let mut random = Random(std::process::id().into());
    loop {
        let mut store = open_or_create(Path::new(&dir));
        for _ in 0..=random.below(30) {
            let entries = batch(store.head().size, 1 + random.below(LARGEST_BATCH));
            let size = store.append(&entries).unwrap().size;
            println!("acknowledged {size}");
        }
        store.close().unwrap();
    }
}

/// Lets a child work for a while, kills it, and returns the last size that it acknowledged.
fn kill_after(dir: &Path, delay: Duration) -> Option<u64> {
    let mut process = child("appends_until_it_is_killed", dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    thread::sleep(delay);
    let ended = process.try_wait().unwrap();
    assert!(ended.is_none(), "the child ended by itself: {ended:?}");
    process.kill().unwrap();
    process.wait().unwrap();
    let mut output = String::new();
    process.stdout.unwrap().read_to_string(&mut output).unwrap();
    let mut sizes = output.lines().filter_map(|line| line.strip_prefix("acknowledged "));
    sizes.next_back().map(|size| size.parse().unwrap())
}

#[test]
fn a_killed_process_loses_nothing_that_it_acknowledged() {
    let rounds = trials(100, 1_000);
    let mut random = Random(seed());
    let started = Instant::now();
    let parent = tempfile::tempdir().unwrap();
    let mut total = 0;
    let mut acknowledged = 0;
    let mut stores = 1;
    for round in 0..rounds {
        let dir = parent.path().join(stores.to_string());
        let delay = Duration::from_micros(random.below(120_000));
        let before = acknowledged;
        acknowledged = kill_after(&dir, delay).map_or(before, |size| size.max(before));
        total += acknowledged - before;
        let store = open_or_create(&dir);
        let size = store.head().size;
        assert!(size >= acknowledged, "round {round}: {size} of {acknowledged} entries");
        assert!(
            size <= acknowledged + LARGEST_BATCH,
            "round {round}: {size} of {acknowledged} entries"
        );
        assert_holds(&store.reader(), size);
        acknowledged = size;
        if random.below(2) == 0 {
            store.close().unwrap();
        }
        if size > LARGE_ENOUGH {
            acknowledged = 0;
            stores += 1;
        }
    }
    assert!(total > rounds, "the children hardly got to work: {total} entries");
    println!(
        "{rounds} rounds, {stores} stores, {total} entries, {:?}",
        started.elapsed()
    );
}
