//! How long proofs take over ten million leaves: built from a table in memory and from a store, and verified as receipts.
//!
//! `cargo bench --bench proofs` prints the median, the slowest of a hundred and the slowest of all, in microseconds. The
//! targets are 100 for building an inclusion proof and 200 for verifying a receipt. `TALLYLOG_ENTRIES` gives another size.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and a bench that fails stops"
)]

use std::convert::Infallible;
use std::hint::black_box;
use std::time::{Duration, Instant};

use tallylog_store::Store;
use tallylog_tlog::{
    AddCheckpoint, Hash, Inclusion, Index, KeyName, Latest, LogSigner, Node, NodeSource, Policy, Receipt, SigningKey,
    Size, Tile, TileId, Tree, UnixSeconds, WitnessSigner, prove_consistency, prove_inclusion,
};

const ENTRIES: &str = "TALLYLOG_ENTRIES";
const ROUNDS: u64 = 20_000;

/// How many entries go to the store at once.
const BATCH: u64 = 65_536;

fn main() {
    let size = std::env::var(ENTRIES).map_or(10_000_000, |entries| entries.parse().unwrap());
    println!("{size} entries");
    println!(
        "{:<44} {:>8} {:>10} {:>8}   of {ROUNDS}, in microseconds",
        "", "median", "1 in 100", "slowest"
    );
    store(size);
    table(size);
}

/// An entry is as small as can be: only its hash counts here.
fn entry(index: u64) -> [u8; 8] {
    index.to_be_bytes()
}

/// A place that follows from the round, all over the tree.
fn place(round: u64, below: u64) -> u64 {
    round.wrapping_mul(0x9E37_79B9_7F4A_7C15) % below
}

fn store(size: u64) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::create(&folder.path().join("log")).unwrap();
    let (before, started) = (resident_kib(), Instant::now());
    for first in (0..size).step_by(usize::try_from(BATCH).unwrap()) {
        let entries: Vec<_> = (first..size.min(first + BATCH)).map(entry).collect();
        store.append(&entries).unwrap();
    }
    let (took, grown) = (started.elapsed(), resident_kib().saturating_sub(before) / 1_024);
    println!("store: {size} entries of 8 bytes appended in {took:.1?}; the process grew by {grown} MiB");
    let reader = store.reader();
    let root = reader.root(Size(size)).unwrap();
    say("store: inclusion at the full size", |round| {
        let index = Index(place(round, size));
        let path = prove_inclusion(index, Size(size), &reader.nodes()).unwrap();
        (index, path)
    })
    .for_each(|(index, path)| {
        let leaf = Hash::leaf(&entry(index.0));
        let claim = Inclusion {
            index,
            leaf,
            size: Size(size),
            root,
            path: &path,
        };
        claim.verify().unwrap();
    });
    say("store: inclusion at any size", |round| {
        let of = 1 + place(round, size);
        prove_inclusion(Index(place(round / 3, of)), Size(of), &reader.nodes()).unwrap()
    })
    .for_each(drop);
    say("store: consistency from any size", |round| {
        prove_consistency(Size(place(round, size)), Size(size), &reader.nodes()).unwrap()
    })
    .for_each(drop);
    say("store: root of any size", |round| {
        reader.root(Size(place(round, size))).unwrap()
    })
    .for_each(drop);
    say("store: a full tile of the lowest level", |round| {
        let id = TileId::new(0, place(round, (size / 256).max(1)), 256).unwrap();
        Tile::build(id, &reader.nodes()).unwrap()
    })
    .for_each(drop);
}

/// All nodes of a tree, each level in one array.
struct Table(Vec<Vec<Hash>>);

impl NodeSource for Table {
    type Error = Infallible;

    fn node(&self, node: Node) -> Result<Hash, Infallible> {
        let level = &self.0[usize::try_from(node.level).unwrap()];
        Ok(level[usize::try_from(node.index).unwrap()])
    }
}

fn table(size: u64) {
    let (mut tree, mut table) = (Tree::new(), Table(vec![Vec::new(); 64]));
    for index in 0..size {
        for (node, hash) in tree.append(Hash::leaf(&entry(index))) {
            table.0[usize::try_from(node.level).unwrap()].push(hash);
        }
    }
    say("memory: inclusion at the full size", |round| {
        prove_inclusion(Index(place(round, size)), Size(size), &table).unwrap()
    })
    .for_each(drop);
    receipts(size, &tree, &table);
}

/// Receipts with three cosignatures, all of which are checked, and of which two are needed.
fn receipts(size: u64, tree: &Tree, table: &Table) {
    let log = LogSigner::new(name("log.example/night"), SigningKey::from_bytes(&[1; 32]));
    let signers = [2, 3, 4].map(|number| {
        let name = name(&format!("witness.example/w{number}"));
        WitnessSigner::new(name, SigningKey::from_bytes(&[number; 32]))
    });
    let witnesses = signers.each_ref().map(|signer| signer.key().clone());
    let bare = log.sign_checkpoint(Size(size), tree.root());
    let request = AddCheckpoint::new(Size(0), Vec::new(), bare.clone()).unwrap();
    let consistent = request.judge(&[log.key().clone()], Latest::NOTHING).unwrap();
    let at = UnixSeconds::new(1_833_328_800).unwrap();
    let lines = signers.each_ref().map(|signer| signer.cosign(&consistent, at));
    let cosigned = bare.with_cosignatures(&lines, &witnesses).unwrap();
    let alone = Policy::of_log(log.key().clone());
    let quorum = Policy::of_witnesses(log.key().clone(), witnesses.map(|key| (key, None)), 2).unwrap();
    for (what, checkpoint, policy) in [
        ("receipt: parsed and verified, log alone", bare, alone),
        ("receipt: parsed and verified, 3 witnesses", cosigned, quorum),
    ] {
        let receipts: Vec<_> = (0..ROUNDS)
            .map(|round| {
                let index = Index(place(round, size));
                let path = prove_inclusion(index, Size(size), table).unwrap();
                let receipt = Receipt::new(index, path, checkpoint.clone()).unwrap();
                (Hash::leaf(&entry(index.0)), receipt.to_string())
            })
            .collect();
        say(what, |round| {
            let (leaf, receipt) = &receipts[usize::try_from(round).unwrap()];
            let receipt = Receipt::parse(receipt.as_bytes()).unwrap();
            receipt.verify(*leaf, &policy).unwrap()
        })
        .for_each(drop);
    }
}

fn name(text: &str) -> KeyName {
    KeyName::new(text).unwrap()
}

/// Times each round by itself, prints the distribution, and gives back what the rounds gave.
fn say<T>(what: &str, work: impl Fn(u64) -> T) -> impl Iterator<Item = T> {
    let timed = |round| {
        let started = Instant::now();
        let outcome = black_box(work(round));
        (started.elapsed(), outcome)
    };
    let (mut took, outcomes): (Vec<Duration>, Vec<T>) = (0..ROUNDS).map(timed).unzip();
    took.sort();
    let at = |place: usize| took[place].as_secs_f64() * 1e6;
    let last = took.len() - 1;
    println!(
        "{what:<44} {:>8.1} {:>10.1} {:>8.1}",
        at(last / 2),
        at(last * 99 / 100),
        at(last)
    );
    outcomes.into_iter()
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    resident
        .and_then(|resident| resident.split_whitespace().next()?.parse().ok())
        .unwrap_or_default()
}
