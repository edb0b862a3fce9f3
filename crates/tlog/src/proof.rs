//! What proofs of both kinds share: how they are refused.

use thiserror::Error;

use crate::{Hash, HashError, Index, Size};

/// The most hashes of a path: no tree of a `u64` of leaves is deeper.
pub const MAX_PATH: usize = 64;

/// Why a claim about a tree does not hold, or cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ProofError {
    /// The tree has no such leaf.
    #[error("a tree of {size} leaves has no leaf {index}: they count from 0")]
    BeyondTree {
        /// The leaf that was claimed.
        index: Index,
        /// The tree's size.
        size: Size,
    },
    /// The new tree is smaller than the old one.
    #[error("a tree of {new} leaves cannot have grown from one of {old}")]
    Shrunk {
        /// The size of the tree that is said to have come first.
        old: Size,
        /// The size of the other.
        new: Size,
    },
    /// The path has more or fewer hashes than the place in the tree calls for.
    #[error("the path has {0} hashes, which is not the number that this place in the tree calls for")]
    PathLength(usize),
    /// The path leads to another root than the tree's.
    #[error("the path leads to another root than the tree's")]
    WrongRoot,
    /// The path leads to another root than the old tree's.
    #[error("the path leads to another root than the old tree's")]
    WrongOldRoot,
}

impl ProofError {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BeyondTree { .. } => "proof-beyond-tree",
            Self::Shrunk { .. } => "proof-tree-shrunk",
            Self::PathLength(_) => "proof-path-length",
            Self::WrongRoot => "proof-wrong-root",
            Self::WrongOldRoot => "proof-wrong-old-root",
        }
    }
}

/// Why a proof was not built. A source's error keeps its own code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ProveError<E> {
    /// There is no such thing to prove.
    #[error(transparent)]
    Claim(ProofError),
    /// The source could not give a node.
    #[error(transparent)]
    Source(E),
}

/// A way up from a node to the root: its place and the last node's, on the level that it has come to.
///
/// The steps are those of RFC 9162, sections 2.1.3.2 and 2.1.4.2. They are shared with nothing that builds proofs, so
/// that a fault in one is caught by the other.
pub(crate) struct Way {
    place: u64,
    last: u64,
}

/// On which side of the way the next hash of the path stands.
pub(crate) enum Sibling {
    Left,
    Right,
}

impl Way {
    /// Begins at a node of a level whose last node is `last`, which is not before it.
    pub(crate) const fn from(place: u64, last: u64) -> Self {
        Self { place, last }
    }

    pub(crate) const fn is_at_root(&self) -> bool {
        self.last == 0
    }

    /// Goes up to the next node that has a sibling's hash in it; none from the root.
    pub(crate) fn climb(&mut self) -> Option<Sibling> {
        if self.is_at_root() {
            return None;
        }
        let sibling = if self.place % 2 == 1 || self.place == self.last {
            Sibling::Left
        } else {
            Sibling::Right
        };
        if self.place == self.last {
            // The last node of a level, if it is a left one, is not paired there: it stands unchanged on the levels
            // above until it is a right one.
            let lone_levels = self.place.trailing_zeros();
            self.place >>= lone_levels;
            self.last >>= lone_levels;
        }
        self.place /= 2;
        self.last /= 2;
        Some(sibling)
    }
}

/// Reads a path, one hash a line.
pub(crate) fn parse_path<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Vec<Hash>, HashError> {
    lines.map(str::parse).collect()
}

/// Writes a path, one hash a line.
pub(crate) fn encode_path(path: &[Hash]) -> String {
    path.iter()
        .flat_map(|hash| [hash.to_string(), "\n".to_owned()])
        .collect()
}
