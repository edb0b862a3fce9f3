//! That a tree only grew.

use crate::leaves::Leaves;
use crate::proof::{Sibling, Way};
use crate::{Hash, NodeSource, ProofError, ProveError, Size};

/// The claim that one tree begins with all the leaves of another. It says nothing until [`Consistency::verify`] has
/// looked at it.
#[derive(Clone, Copy, Debug)]
pub struct Consistency<'a> {
    /// The size of the tree that came first.
    pub old_size: Size,
    /// Its root.
    pub old_root: Hash,
    /// The size of the tree that it is said to have become.
    pub new_size: Size,
    /// The root of that.
    pub new_root: Hash,
    /// The hashes from which both roots follow.
    pub path: &'a [Hash],
}

impl Consistency<'_> {
    /// Computes both roots from the path, and compares.
    ///
    /// The empty tree is consistent with every tree, and trees of one size are consistent if they have one root; both
    /// take an empty path (C2SP tlog-witness, add-checkpoint). An empty tree has the one root that RFC 6962 gives it.
    ///
    /// ```
    /// # use std::collections::BTreeMap;
    /// # use tallylog_tlog::{Consistency, Hash, Tree, prove_consistency};
    /// # let mut nodes = BTreeMap::new();
    /// let mut tree = Tree::new();
    /// nodes.extend(tree.append(Hash::leaf(b"event-0")));
    /// let (old_size, old_root) = (tree.size(), tree.root());
    /// nodes.extend(tree.append(Hash::leaf(b"event-1")));
    /// let path = prove_consistency(old_size, tree.size(), &nodes).unwrap();
    /// let claim = Consistency { old_size, old_root, new_size: tree.size(), new_root: tree.root(), path: &path };
    /// assert!(claim.verify().is_ok());
    /// ```
    ///
    /// # Errors
    ///
    /// [`ProofError`] if the new tree is smaller, or the path has a wrong length or leads to other roots.
    pub fn verify(&self) -> Result<(), ProofError> {
        if self.old_size > self.new_size {
            return Err(shrunk(self.old_size, self.new_size));
        }
        if self.old_size.0 == 0 || self.old_size == self.new_size {
            return self.verify_without_path();
        }
        let (old, new) = self.roots()?;
        if old != self.old_root {
            return Err(ProofError::WrongOldRoot);
        }
        if new != self.new_root {
            return Err(ProofError::WrongRoot);
        }
        Ok(())
    }

    fn verify_without_path(&self) -> Result<(), ProofError> {
        if !self.path.is_empty() {
            return Err(self.wrong_length());
        }
        if self.old_size.0 == 0 && self.old_root != Hash::EMPTY {
            return Err(ProofError::WrongOldRoot);
        }
        if self.old_size == self.new_size && self.old_root != self.new_root {
            return Err(ProofError::WrongRoot);
        }
        Ok(())
    }

    /// The old and the new root that follow from the path, if 0 < old < new (RFC 9162, section 2.1.4.2).
    fn roots(&self) -> Result<(Hash, Hash), ProofError> {
        // The old tree's last complete subtree that is not part of a larger one, and the levels on which it stands
        // whole: both ways up begin above it.
        let whole_levels = self.old_size.0.trailing_zeros();
        let place = (self.old_size.0 - 1) >> whole_levels;
        let mut way = Way::from(place, (self.new_size.0 - 1) >> whole_levels);
        // If it is the whole old tree, its hash is the old root, and is not in the path.
        let start = Some(&self.old_root).filter(|_| self.old_size.0.is_power_of_two());
        let mut hashes = start.into_iter().chain(self.path);
        let first = *hashes.next().ok_or_else(|| self.wrong_length())?;
        let (mut old, mut new) = (first, first);
        for hash in hashes {
            match way.climb().ok_or_else(|| self.wrong_length())? {
                Sibling::Left => {
                    old = Hash::node(hash, &old);
                    new = Hash::node(hash, &new);
                }
                // What stands to the right came after the old tree.
                Sibling::Right => new = Hash::node(&new, hash),
            }
        }
        if !way.is_at_root() {
            return Err(self.wrong_length());
        }
        Ok((old, new))
    }

    const fn wrong_length(&self) -> ProofError {
        ProofError::PathLength(self.path.len())
    }
}

/// Builds the proof that a tree of `new` leaves begins with those of a tree of `old` (RFC 6962, section 2.1.2).
///
/// Reads O(log new) nodes. From the empty tree, or to the same size, the proof is empty.
///
/// # Errors
///
/// [`ProveError`] if `new` is less than `old`, or a node cannot be read.
pub fn prove_consistency<S: NodeSource>(old: Size, new: Size, nodes: &S) -> Result<Vec<Hash>, ProveError<S::Error>> {
    if old > new {
        return Err(ProveError::Claim(shrunk(old, new)));
    }
    if old.0 == 0 {
        return Ok(Vec::new());
    }
    let mut parts = Vec::new();
    let mut around = Leaves::of(new);
    while around.end != old.0 {
        let (left, right) = around.halves();
        let (with_end, other) = if old.0 <= left.end {
            (left, right)
        } else {
            (right, left)
        };
        parts.push(other);
        around = with_end;
    }
    // A subtree that begins with the first leaf is the whole old tree, and its root is known.
    if around.first != 0 {
        parts.push(around);
    }
    let from_below = parts.into_iter().rev();
    let path = from_below.map(|part| part.hash(nodes));
    path.collect::<Result<_, _>>().map_err(ProveError::Source)
}

const fn shrunk(old: Size, new: Size) -> ProofError {
    ProofError::Shrunk { old, new }
}
