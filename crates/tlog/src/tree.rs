//! A tree that grows: its right edge is all that appending needs.

use crate::leaves::{Leaves, join};
use crate::{Hash, Index, Node, NodeSource, Size};

/// The right edge of a tree: its size, and the hashes of the complete subtrees that make it up.
///
/// Invariant: there is one hash for each bit that is set in the size, from the largest subtree to the smallest.
///
/// ```
/// # use tallylog_tlog::{Hash, Size, Tree};
/// let mut tree = Tree::new();
/// for entry in ["event-0", "event-1", "event-2"] {
///     tree.append(Hash::leaf(entry.as_bytes()));
/// }
/// assert_eq!(tree.size(), Size(3));
/// assert_eq!(tree.root().to_string(), "2y7/5k02NSvNTCYL3g4RODEMn3e4nUxXV4ZS+bGFtjA=");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    size: Size,
    subtrees: Vec<Hash>,
}

impl Tree {
    /// The empty tree.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            size: Size(0),
            subtrees: Vec::new(),
        }
    }

    /// Reads the right edge of a tree of `size` leaves, which are at most 64 nodes.
    ///
    /// # Errors
    ///
    /// What the source says when it cannot give a node.
    pub fn open<S: NodeSource>(size: Size, nodes: &S) -> Result<Self, S::Error> {
        let edge = Leaves::of(size).nodes();
        Ok(Self {
            size,
            subtrees: edge.map(|node| nodes.node(node)).collect::<Result<_, _>>()?,
        })
    }

    /// Appends a leaf's hash and returns the nodes that are complete now: the leaf first, then those above it.
    ///
    /// They never change again. Whoever keeps them all can build every proof, for every size up to now.
    pub fn append(&mut self, leaf: Hash) -> Vec<(Node, Hash)> {
        let mut node = Node::leaf(Index(self.size.0));
        let mut hash = leaf;
        let mut complete = vec![(node, hash)];
        while node.is_right()
            && let Some(left) = self.subtrees.pop()
        {
            node = node.parent();
            hash = Hash::node(&left, &hash);
            complete.push((node, hash));
        }
        self.subtrees.push(hash);
        // Nobody appends 2^64 leaves.
        self.size.0 += 1;
        complete
    }

    /// How many leaves there are.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.size
    }

    /// The Merkle tree hash of all leaves (RFC 6962, section 2.1).
    #[must_use]
    pub fn root(&self) -> Hash {
        join(&self.subtrees)
    }
}
