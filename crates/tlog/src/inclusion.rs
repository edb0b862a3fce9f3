//! That a leaf is in a tree, and where.

use crate::leaves::Leaves;
use crate::proof::{Sibling, Way};
use crate::{Hash, Index, NodeSource, ProofError, ProveError, Size};

/// The claim that a leaf is in a tree at a place. It says nothing until [`Inclusion::verify`] has looked at it.
#[derive(Clone, Copy, Debug)]
pub struct Inclusion<'a> {
    /// Where the leaf is said to be.
    pub index: Index,
    /// The leaf's hash.
    pub leaf: Hash,
    /// The tree's size.
    pub size: Size,
    /// The tree's root.
    pub root: Hash,
    /// The hashes beside the way up, the leaf's sibling first.
    pub path: &'a [Hash],
}

impl Inclusion<'_> {
    /// Hashes the way up from the leaf, and compares with the root (RFC 9162, section 2.1.3.2).
    ///
    /// ```
    /// # use std::collections::BTreeMap;
    /// # use tallylog_tlog::{Hash, Inclusion, Index, Tree, prove_inclusion};
    /// let (mut tree, mut nodes) = (Tree::new(), BTreeMap::new());
    /// for entry in ["event-0", "event-1", "event-2"] {
    ///     nodes.extend(tree.append(Hash::leaf(entry.as_bytes())));
    /// }
    /// let path = prove_inclusion(Index(1), tree.size(), &nodes).unwrap();
    /// let claim = Inclusion { index: Index(1), leaf: Hash::leaf(b"event-1"), size: tree.size(), root: tree.root(), path: &path };
    /// assert!(claim.verify().is_ok());
    /// assert!(Inclusion { index: Index(2), ..claim }.verify().is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// [`ProofError`] if the tree has no such leaf, or the path has a wrong length or leads to another root.
    pub fn verify(&self) -> Result<(), ProofError> {
        if self.index.0 >= self.size.0 {
            return Err(beyond(self.index, self.size));
        }
        let wrong_length = ProofError::PathLength(self.path.len());
        let mut way = Way::from(self.index.0, self.size.0 - 1);
        let mut hash = self.leaf;
        for sibling in self.path {
            hash = match way.climb().ok_or(wrong_length)? {
                Sibling::Left => Hash::node(sibling, &hash),
                Sibling::Right => Hash::node(&hash, sibling),
            };
        }
        if !way.is_at_root() {
            return Err(wrong_length);
        }
        if hash != self.root {
            return Err(ProofError::WrongRoot);
        }
        Ok(())
    }
}

/// Builds the path from a leaf to the root of a tree of `size` leaves (RFC 6962, section 2.1.1).
///
/// Reads O(log size) nodes: one for each complete sibling, and the right edge once.
///
/// # Errors
///
/// [`ProveError`] if the tree has no such leaf, or a node cannot be read.
pub fn prove_inclusion<S: NodeSource>(index: Index, size: Size, nodes: &S) -> Result<Vec<Hash>, ProveError<S::Error>> {
    if index.0 >= size.0 {
        return Err(ProveError::Claim(beyond(index, size)));
    }
    let mut siblings = Vec::new();
    let mut around = Leaves::of(size);
    while around.count() > 1 {
        let (left, right) = around.halves();
        let (with_leaf, sibling) = if index.0 < left.end {
            (left, right)
        } else {
            (right, left)
        };
        siblings.push(sibling);
        around = with_leaf;
    }
    let from_the_leaf = siblings.into_iter().rev();
    let path = from_the_leaf.map(|sibling| sibling.hash(nodes));
    path.collect::<Result<_, _>>().map_err(ProveError::Source)
}

const fn beyond(index: Index, size: Size) -> ProofError {
    ProofError::BeyondTree { index, size }
}
