//! Runs of leaves as RFC 6962 divides a tree: always at the largest power of two below their number.

use crate::{Hash, Node, NodeSource, Size};

/// The leaves from `first` up to, not including, `end`.
///
/// Invariant: `first` is a multiple of a power of two that is at least their number. So it holds of a whole tree, and
/// [`Leaves::halves`] keeps it.
#[derive(Clone, Copy)]
pub(crate) struct Leaves {
    pub(crate) first: u64,
    pub(crate) end: u64,
}

impl Leaves {
    /// All leaves of a tree.
    pub(crate) const fn of(size: Size) -> Self {
        Self { first: 0, end: size.0 }
    }

    pub(crate) const fn count(self) -> u64 {
        self.end - self.first
    }

    /// The two parts whose hashes are hashed for this one, if there are two leaves or more (RFC 6962, section 2.1).
    pub(crate) const fn halves(self) -> (Self, Self) {
        let middle = self.first + (1 << (self.count() - 1).ilog2());
        let left = Self { end: middle, ..self };
        let right = Self { first: middle, ..self };
        (left, right)
    }

    /// The complete subtrees that make up the run, from the largest, which is the leftmost, to the smallest.
    ///
    /// There are at most 64, one for each bit that is set in the number of leaves.
    pub(crate) fn nodes(self) -> impl Iterator<Item = Node> {
        let mut first = self.first;
        std::iter::from_fn(move || {
            let level = (self.end - first).checked_ilog2()?;
            let node = Node {
                level,
                index: first >> level,
            };
            first += 1 << level;
            Some(node)
        })
    }

    /// The Merkle tree hash of the run.
    pub(crate) fn hash<S: NodeSource>(self, source: &S) -> Result<Hash, S::Error> {
        let hashes: Vec<Hash> = self.nodes().map(|node| source.node(node)).collect::<Result<_, _>>()?;
        Ok(join(&hashes))
    }
}

/// The hash over complete subtrees, from the largest to the smallest: the right edge is hashed first.
pub(crate) fn join(subtrees: &[Hash]) -> Hash {
    let from_the_right = subtrees.iter().rev().copied();
    from_the_right
        .reduce(|right, left| Hash::node(&left, &right))
        .unwrap_or(Hash::EMPTY)
}
