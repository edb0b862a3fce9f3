//! Where something is in a tree, and where its nodes are kept.

use std::collections::BTreeMap;
use std::fmt;

use thiserror::Error;

use crate::Hash;

/// How many leaves a tree has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Size(pub u64);

/// The place of a leaf, from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Index(pub u64);

/// The place of a complete subtree: over the leaves from `index << level` up to, not including, `(index + 1) << level`.
///
/// Once its last leaf is there its hash never changes, whatever is appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// How far above the leaves, which are at 0.
    pub level: u32,
    /// How many nodes of this level stand before it.
    pub index: u64,
}

/// Where the nodes of a tree are kept: a store, a table in memory, tiles.
///
/// Only complete subtrees are ever asked for, and only such that lie in the size that a proof is built for. What a
/// source returns is not checked when a proof is built; a wrong node makes a proof that does not verify.
pub trait NodeSource {
    /// Why a node could not be read.
    type Error;

    /// Reads the hash of a node.
    ///
    /// # Errors
    ///
    /// Whatever keeps the source from answering.
    fn node(&self, node: Node) -> Result<Hash, Self::Error>;
}

/// A table of nodes lacks one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the tree's {0} is missing")]
pub struct MissingNode(pub Node);

impl MissingNode {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "node-missing"
    }
}

impl Node {
    /// The place of a leaf.
    #[must_use]
    pub const fn leaf(index: Index) -> Self {
        Self {
            level: 0,
            index: index.0,
        }
    }

    /// The place of the node above.
    #[must_use]
    pub const fn parent(self) -> Self {
        Self {
            level: self.level + 1,
            index: self.index / 2,
        }
    }

    /// Whether it is the right half of the node above.
    #[must_use]
    pub const fn is_right(self) -> bool {
        self.index % 2 == 1
    }
}

impl NodeSource for BTreeMap<Node, Hash> {
    type Error = MissingNode;

    fn node(&self, node: Node) -> Result<Hash, MissingNode> {
        self.get(&node).copied().ok_or(MissingNode(node))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node {} of level {}", self.index, self.level)
    }
}
