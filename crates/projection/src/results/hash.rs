//! How leaf, node and root are hashed: each under a context of its own, so that none can pass for another.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tallylog_event::{Basis, ContestId, PublicKey, ResultsRoot, Text};

use super::{Leaf, Sums};

const LEAF: &[u8] = b"tallylog/results-leaf/v1\0";
const NODE: &[u8] = b"tallylog/results-node/v1\0";
const ROOT: &[u8] = b"tallylog/results-root/v1\0";
const SIGNED: &[u8] = b"tallylog/results-signed/v1\0";

/// A node of the tree: what a path gives of each sibling on the way up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// The hash of the leaf or of the two nodes below.
    pub hash: [u8; 32],
    /// The sums over the precincts below.
    pub sums: Sums,
}

impl Node {
    /// The node of a leaf.
    pub(super) fn leaf(leaf: &Leaf, groups: usize) -> Self {
        Self {
            hash: digest(LEAF, &[&encode(leaf)]),
            sums: leaf.sums(groups),
        }
    }

    /// The hash over two nodes.
    ///
    /// It covers the sums of each by themselves and never their total: over the total alone, one of two could be
    /// larger and the other smaller by as much, and the hash would not show it.
    pub(super) fn hash_over(left: &Self, right: &Self) -> [u8; 32] {
        digest(
            NODE,
            &[&left.hash, &encode(&left.sums), &right.hash, &encode(&right.sums)],
        )
    }
}

/// What a root is of.
#[derive(Clone, Copy, Serialize)]
pub(super) struct Whole<'a> {
    pub(super) contest: ContestId,
    pub(super) basis: Basis,
    pub(super) groups: &'a [Text],
    pub(super) precincts: u32,
    /// The topmost node.
    pub(super) top: &'a Node,
}

impl Whole<'_> {
    pub(super) fn root(&self) -> ResultsRoot {
        ResultsRoot(digest(ROOT, &[&encode(self)]))
    }
}

/// The hash of what was signed, with the author's key: what a leaf names its entry by.
pub(super) fn signed(author: &PublicKey, body: &[u8]) -> [u8; 32] {
    digest(SIGNED, &[&author.0, body])
}

/// What stands at the top of a tree without precincts: the hash of nothing, as in RFC 6962.
pub(super) fn nothing(groups: usize) -> Node {
    Node {
        hash: digest(&[], &[]),
        sums: Sums::none(groups),
    }
}

fn digest(context: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new_with_prefix(context);
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// The one encoding of what is hashed or shown here, the events' own.
#[expect(
    clippy::expect_used,
    reason = "encoding into memory fails for no value of these types"
)]
pub(super) fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_extend(value, Vec::with_capacity(256)).expect("encodes")
}
