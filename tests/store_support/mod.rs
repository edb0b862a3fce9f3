//! What the tests of the store have in common.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::env;
use std::path::Path;
use std::process::Command;

use tallylog_store::{Reader, Store};
use tallylog_tlog::{Hash, Index, Node, NodeSource, Size, Tree};

use crate::trials::Random;

/// Names the folder that a child process is to work in, and so makes it one.
pub(crate) const CHILD: &str = "TALLYLOG_STORE_CHILD";

/// The entry with this index: always the same bytes; mostly short, now and then very long.
pub(crate) fn entry(index: u64) -> Vec<u8> {
    let mut random = Random(index);
    let length = match random.below(40) {
        0 => 16_384 + random.below(49_152),
        1..=4 => 1 + random.below(40),
        _ => 200 + random.below(800),
    };
    let mut entry = Vec::new();
    while entry.len() < usize::try_from(length).unwrap() {
        entry.extend_from_slice(&random.next().to_be_bytes());
    }
    entry.truncate(usize::try_from(length).unwrap());
    entry
}

pub(crate) fn batch(first: u64, count: u64) -> Vec<Vec<u8>> {
    (first..first + count).map(entry).collect()
}

/// Refuses a reader that does not give exactly the first `size` entries, and the tree over them.
#[track_caller]
pub(crate) fn assert_holds(reader: &Reader, size: u64) {
    assert_eq!(reader.head().size, size);
    let (nodes, mut tree) = (reader.nodes(), Tree::new());
    let mut expected = 0;
    for item in reader.entries(0..u64::MAX) {
        assert_eq!(item.unwrap(), (expected, entry(expected)));
        let leaf = Hash::leaf(&entry(expected));
        assert_eq!(nodes.node(Node::leaf(Index(expected))).unwrap(), leaf);
        tree.append(leaf);
        expected += 1;
    }
    assert_eq!(expected, size);
    assert_eq!(reader.root(Size(size)).unwrap(), tree.root());
}

/// This test binary once more, as a child that runs nothing but the test called `role`.
pub(crate) fn child(role: &str, dir: &Path) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", role, "--nocapture"]).env(CHILD, dir);
    command
}

/// Opens the store, or makes one where there is none.
pub(crate) fn open_or_create(dir: &Path) -> Store {
    match Store::open(dir) {
        Ok(store) => store,
        Err(error) if error.code() == "store-missing" => Store::create(dir).unwrap(),
        Err(error) => panic!("{}: {error}", error.code()),
    }
}
