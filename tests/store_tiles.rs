//! A rebuilt store serves the same tiles and entry bundles, byte for byte, as one that nothing ever happened to.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a helper that fails fails its test"
)]

mod store_support;
mod trials;

use std::collections::BTreeMap;
use std::path::Path;

use store_support::{CHILD, child};
use tallylog_store::{Reader, Store};
use tallylog_tlog::{EntryBundle, Hash, Node, NodeSource, Size, Tile, TilePath, Tree, touched};
use trials::{Random, seed};

const SIZE: u64 = 70_500;

/// The sizes at which tiles are compared: about every edge of a tile of each level.
const SIZES: [u64; 12] = [1, 63, 64, 255, 256, 257, 16_384, 65_535, 65_536, 65_537, 70_000, SIZE];

type Served = BTreeMap<TilePath, Vec<u8>>;

fn entry(index: u64) -> Vec<u8> {
    format!("entry {index}").into_bytes()
}

fn entries(range: std::ops::Range<u64>) -> Vec<Vec<u8>> {
    range.map(entry).collect()
}

/// Appends up to `SIZE`, some at a time.
fn fill(store: &mut Store, random: &mut Random) {
    while store.head().size < SIZE {
        let first = store.head().size;
        let most = if random.below(4) == 0 { 9_000 } else { 200 };
        let end = SIZE.min(first + 1 + random.below(most));
        store.append(&entries(first..end)).unwrap();
    }
}

/// The child: appends in random batches, and ends as if it had been killed.
#[test]
fn fills_a_store_and_is_gone() {
    let Some(dir) = std::env::var_os(CHILD) else {
        return;
    };
    let mut store = Store::create(Path::new(&dir)).unwrap();
    fill(&mut store, &mut Random(seed()));
    // Unlike a return, this runs no destructors.
    std::process::exit(0);
}

/// Every tile and bundle that a tree of one of the sizes has and the one of the size before it had not.
fn served<S: NodeSource>(nodes: &S, bundle: impl Fn(u64, u64) -> Vec<u8>) -> Served {
    let mut served = Served::new();
    let mut before = Size(0);
    for size in SIZES.map(Size) {
        for id in touched(before, size) {
            let tile = Tile::build(id, nodes).unwrap_or_else(|_| panic!("{id} cannot be built"));
            served.insert(TilePath::Tile(id), tile.encode());
            if let Some(id) = id.bundle() {
                let first = id.index() * 256;
                served.insert(TilePath::Bundle(id), bundle(first, first + u64::from(id.width())));
            }
        }
        before = size;
    }
    served
}

fn served_by(reader: &Reader) -> Served {
    served(&reader.nodes(), |first, end| {
        let entries: Vec<_> = reader.entries(first..end).map(|item| item.unwrap().1).collect();
        encode(&entries)
    })
}

fn encode(entries: &[Vec<u8>]) -> Vec<u8> {
    let entries = entries.iter().map(Vec::as_slice).collect();
    EntryBundle::new(entries).unwrap().encode()
}

/// What there should be, without a store.
fn expected() -> Served {
    let (mut tree, mut nodes) = (Tree::new(), BTreeMap::<Node, Hash>::new());
    for index in 0..SIZE {
        nodes.extend(tree.append(Hash::leaf(&entry(index))));
    }
    served(&nodes, |first, end| encode(&entries(first..end)))
}

/// Compares path by path, so that a failure is short.
#[track_caller]
fn assert_same(reader: &Reader, expected: &Served) {
    assert_eq!(reader.head().size, SIZE);
    let served = served_by(reader);
    assert!(served.keys().eq(expected.keys()));
    for (path, bytes) in expected {
        assert!(served[path] == *bytes, "{path} differs");
    }
}

#[test]
fn every_store_of_the_same_entries_serves_the_same_tiles() {
    let expected = expected();
    let levels = [0, 1, 2].map(|level| {
        let is_of = |path: &&TilePath| matches!(path, TilePath::Tile(id) if id.level() == level);
        expected.keys().filter(is_of).count()
    });
    assert!(levels.iter().all(|count| *count > 0), "{levels:?}");
    let parent = tempfile::tempdir().unwrap();

    let at_once = parent.path().join("at once");
    let mut store = Store::create(&at_once).unwrap();
    store.append(&entries(0..SIZE)).unwrap();
    assert_same(&store.reader(), &expected);
    store.close().unwrap();
    assert_same(&Store::open(&at_once).unwrap().reader(), &expected);

    let killed = parent.path().join("killed");
    assert!(child("fills_a_store_and_is_gone", &killed).status().unwrap().success());
    let store = Store::open(&killed).unwrap();
    assert!(store.was_rebuilt());
    assert_same(&store.reader(), &expected);
    store.close().unwrap();
    assert_same(&Store::open(&killed).unwrap().reader(), &expected);
}

#[test]
fn a_store_that_is_killed_again_and_again_serves_the_same_tiles() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("store");
    let mut random = Random(seed());
    let mut store = Store::create(&dir).unwrap();
    for part in 1..=4 {
        let end = SIZE * part / 4;
        while store.head().size < end {
            let first = store.head().size;
            store
                .append(&entries(first..end.min(first + 1 + random.below(4_000))))
                .unwrap();
        }
        // Dropping a store is what a crash is.
        drop(store);
        store = Store::open(&dir).unwrap();
        assert!(store.was_rebuilt());
    }
    assert_same(&store.reader(), &expected());
}
