//! The tree over the entries: the same as in memory, whatever happened to the store.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread;

use proptest::prelude::*;
use tallylog_store::{Reader, Store, StoreError};
use tallylog_tlog::{
    Consistency, Hash, Inclusion, Index, Node, NodeSource, Size, Tree, prove_consistency, prove_inclusion,
};

struct Scratch {
    _parent: tempfile::TempDir,
    dir: PathBuf,
}

fn scratch() -> Scratch {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("store");
    Scratch { _parent: parent, dir }
}

fn numbered(range: std::ops::Range<u64>) -> Vec<Vec<u8>> {
    range.map(|number| format!("entry {number}").into_bytes()).collect()
}

fn store_of(dir: &Path, size: u64) -> Store {
    let mut store = Store::create(dir).unwrap();
    store.append(&numbered(0..size)).unwrap();
    store
}

/// Every node of the tree over the numbered entries, and the roots at each size.
struct Expected {
    nodes: BTreeMap<Node, Hash>,
    roots: Vec<Hash>,
}

fn expected(size: u64) -> Expected {
    let (mut tree, mut nodes) = (Tree::new(), BTreeMap::new());
    let mut roots = vec![tree.root()];
    for entry in numbered(0..size) {
        nodes.extend(tree.append(Hash::leaf(&entry)));
        roots.push(tree.root());
    }
    Expected { nodes, roots }
}

/// Compares every node and every root.
#[track_caller]
fn assert_is_tree(reader: &Reader, size: u64) {
    let expected = expected(size);
    let nodes = reader.nodes();
    for (node, hash) in &expected.nodes {
        assert_eq!(nodes.node(*node).unwrap(), *hash, "{node} of {size}");
    }
    for (of, root) in (0..).zip(&expected.roots) {
        assert_eq!(reader.root(Size(of)).unwrap(), *root, "root of {of} of {size}");
    }
}

#[track_caller]
fn assert_refused<T>(outcome: Result<T, StoreError>, code: &str) {
    assert_eq!(outcome.err().map(|error| error.code()), Some(code));
}

#[test]
fn the_tree_is_that_of_the_entries_at_every_size() {
    let at = scratch();
    let mut store = Store::create(&at.dir).unwrap();
    assert_eq!(store.reader().root(Size(0)).unwrap(), Hash::EMPTY);
    for size in 0..200 {
        store.append(&numbered(size..size + 1)).unwrap();
        assert_is_tree(&store.reader(), size + 1);
    }
}

#[test]
fn batches_may_end_anywhere_within_a_row() {
    let at = scratch();
    let mut store = Store::create(&at.dir).unwrap();
    let mut size = 0;
    for count in [1, 62, 1, 64, 63, 2, 127, 128, 129, 700, 0, 65, 4_096, 3] {
        store.append(&numbered(size..size + count)).unwrap();
        size += count;
        assert_is_tree(&store.reader(), size);
    }
    store.close().unwrap();
    assert_is_tree(&Store::open(&at.dir).unwrap().reader(), size);
}

#[test]
fn a_store_goes_on_with_its_tree_after_closing_and_after_a_crash() {
    let at = scratch();
    let mut store = Store::create(&at.dir).unwrap();
    for round in 0..8 {
        let first = round * 75;
        store.append(&numbered(first..first + 75)).unwrap();
        if round % 2 == 0 {
            store.close().unwrap();
        } else {
            drop(store);
        }
        store = Store::open(&at.dir).unwrap();
        assert_is_tree(&store.reader(), first + 75);
    }
}

#[test]
fn entries_that_were_never_acknowledged_are_in_the_tree_if_they_are_kept() {
    let at = scratch();
    let mut store = store_of(&at.dir, 100);
    let head = std::fs::read(at.dir.join("head")).unwrap();
    store.append(&numbered(100..300)).unwrap();
    drop(store);
    std::fs::write(at.dir.join("head"), head).unwrap();
    assert_is_tree(&Store::open(&at.dir).unwrap().reader(), 300);
}

#[test]
fn proofs_are_built_from_a_reader() {
    let at = scratch();
    let store = store_of(&at.dir, 1_000);
    let (reader, expected) = (store.reader(), expected(1_000));
    for (index, old) in [(0, 1), (63, 64), (64, 65), (640, 639), (998, 998), (999, 1_000)] {
        let size = Size(1_000);
        let root = reader.root(size).unwrap();
        let path = prove_inclusion(Index(index), size, &reader.nodes()).unwrap();
        assert_eq!(Ok(&path), prove_inclusion(Index(index), size, &expected.nodes).as_ref());
        let leaf = Hash::leaf(format!("entry {index}").as_bytes());
        let claim = Inclusion {
            index: Index(index),
            leaf,
            size,
            root,
            path: &path,
        };
        assert_eq!(claim.verify(), Ok(()));
        let path = prove_consistency(Size(old), size, &reader.nodes()).unwrap();
        let old_root = reader.root(Size(old)).unwrap();
        let claim = Consistency {
            old_size: Size(old),
            old_root,
            new_size: size,
            new_root: root,
            path: &path,
        };
        assert_eq!(claim.verify(), Ok(()));
    }
}

#[test]
fn what_is_not_durable_is_refused() {
    let at = scratch();
    let store = store_of(&at.dir, 100);
    let reader = store.reader();
    assert_refused(reader.root(Size(101)), "store-beyond-end");
    assert_refused(reader.root(Size(u64::MAX)), "store-beyond-end");
    let beyond = [
        (0, 100),
        (2, 25),
        (0, 128),
        (3, 16),
        (5, 3),
        (6, 1),
        (7, 0),
        (63, 0),
        (64, 0),
        (0, u64::MAX),
        (9, u64::MAX),
    ];
    for (level, index) in beyond {
        assert_refused(reader.nodes().node(Node { level, index }), "store-beyond-end");
    }
    for (level, index) in [(0, 99), (2, 24), (5, 2), (6, 0)] {
        assert!(
            reader.nodes().node(Node { level, index }).is_ok(),
            "{index} of level {level}"
        );
    }
}

#[test]
fn a_refused_batch_leaves_the_tree_as_it_is() {
    let at = scratch();
    let mut store = store_of(&at.dir, 70);
    assert_refused(store.append(&[vec![1], vec![]]), "entry-empty");
    assert_is_tree(&store.reader(), 70);
    store.append(&numbered(70..140)).unwrap();
    assert_is_tree(&store.reader(), 140);
}

#[test]
fn the_tree_is_not_read_once_the_store_is_closed() {
    let at = scratch();
    let store = store_of(&at.dir, 100);
    let (reader, nodes) = (store.reader(), store.reader().nodes());
    nodes.node(Node { level: 0, index: 3 }).unwrap();
    store.close().unwrap();
    assert_refused(nodes.node(Node { level: 0, index: 3 }), "store-closed");
    assert_refused(nodes.node(Node { level: 6, index: 0 }), "store-closed");
    assert_refused(reader.root(Size(100)), "store-closed");
}

#[test]
fn what_a_reader_proves_holds_while_the_writer_appends() {
    const END: u64 = 3_000;
    let at = scratch();
    let mut store = Store::create(&at.dir).unwrap();
    let expected = expected(END);
    let reader = store.reader();
    thread::scope(|scope| {
        for turn in 0..2 {
            let (reader, expected) = (reader.clone(), &expected);
            scope.spawn(move || {
                let nodes = reader.nodes();
                loop {
                    let size = reader.head().size;
                    let root = expected.roots[usize::try_from(size).unwrap()];
                    assert_eq!(reader.root(Size(size)).unwrap(), root, "{size}");
                    for index in (turn..size).step_by(97).chain(size.checked_sub(1)) {
                        let path = prove_inclusion(Index(index), Size(size), &nodes).unwrap();
                        let leaf = expected.nodes[&Node::leaf(Index(index))];
                        let claim = Inclusion {
                            index: Index(index),
                            leaf,
                            size: Size(size),
                            root,
                            path: &path,
                        };
                        assert_eq!(claim.verify(), Ok(()), "{index} of {size}");
                    }
                    if size == END {
                        break;
                    }
                }
            });
        }
        for start in (0..END).step_by(50) {
            store.append(&numbered(start..start + 50)).unwrap();
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_tree_survives_whatever_happens(
        steps in prop::collection::vec((0_u64..150, 0..3_u8), 1..10),
    ) {
        let at = scratch();
        let mut store = Store::create(&at.dir).unwrap();
        let mut size = 0;
        for (count, then) in steps {
            store.append(&numbered(size..size + count)).unwrap();
            size += count;
            if then > 0 {
                if then == 1 { store.close().unwrap() } else { drop(store) }
                store = Store::open(&at.dir).unwrap();
            }
            assert_is_tree(&store.reader(), size);
        }
    }
}
