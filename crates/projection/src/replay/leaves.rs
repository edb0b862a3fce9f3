//! The tree over the entries that were replayed, for the few events that name a root of it.

use std::collections::BTreeMap;

use tallylog_event::TreeRoot;
use tallylog_tlog::{Hash, Node, Size, Tree};

/// The leaves of a log's tree. Its nodes are hashed when a root is first asked for, which most logs never do.
#[derive(Default)]
pub(super) struct Leaves {
    all: Vec<Hash>,
    tree: Tree,
    nodes: BTreeMap<Node, Hash>,
}

impl Leaves {
    pub(super) fn push(&mut self, leaf: Hash) {
        self.all.push(leaf);
    }

    /// The root over the first `size` entries; `None` where there are fewer.
    pub(super) fn root(&mut self, size: u64) -> Option<TreeRoot> {
        let known = usize::try_from(self.tree.size().0).ok()?;
        for leaf in self.all.get(known..)? {
            self.nodes.extend(self.tree.append(*leaf));
        }
        if size > self.tree.size().0 {
            return None;
        }
        let tree = Tree::open(Size(size), &self.nodes).ok()?;
        Some(TreeRoot(tree.root().0))
    }
}
