//! The Merkle tree over the entries: what of it is on disk, what in memory, and what is hashed when asked for.
//!
//! On disk are the leaf hashes alone, in rows of 64. A row is written in the batch of entries that completes it, and
//! never again. It is redundant, as all of the tree is: whenever the store is opened the tree is hashed from the entries.
//!
//! In memory are the nodes over whole rows, about a byte for each leaf, and the leaves after the last whole row. The
//! nodes below are hashed from their row.

use std::ops::Range;

use tallylog_tlog::{Hash, Node, Size, Tree};

use crate::StoreError;

/// The level of the node over a row.
const LEVEL: u32 = 6;

/// How many leaves a row has.
pub(crate) const WIDTH: usize = 1 << LEVEL;

/// The leaf hashes of [`WIDTH`] neighbouring entries.
#[derive(Debug)]
pub(crate) struct Row {
    /// How many rows stand before it.
    pub(crate) number: u64,
    pub(crate) leaves: Vec<Hash>,
}

/// What of the tree is kept in memory.
#[derive(Debug, Default)]
pub(crate) struct Crown {
    edge: Tree,
    /// The nodes of level 6, those of level 7 and so on, each in order.
    levels: Vec<Vec<Hash>>,
    /// The leaves after the last whole row.
    rest: Vec<Hash>,
}

/// What entries add to a tree, computed before they are on disk and applied afterwards.
#[derive(Debug)]
pub(crate) struct Growth {
    edge: Tree,
    /// Those that are complete now, of level 6 and above, each after those below it.
    nodes: Vec<(Node, Hash)>,
    rows: Vec<Row>,
    rest: Vec<Hash>,
}

/// Where a node is.
#[derive(Debug)]
pub(crate) enum Found {
    /// Here.
    Hash(Hash),
    /// It is to be hashed from some of a row's leaves.
    InRow { row: RowPlace, leaves: Range<usize> },
}

/// Where a row is, and how to know it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowPlace {
    pub(crate) number: u64,
    /// The hash over all its leaves.
    root: Hash,
}

impl Crown {
    /// Hashes the entries that follow, and changes nothing.
    pub(crate) fn grow(&self, entries: &[impl AsRef<[u8]>]) -> Growth {
        let mut growth = Growth {
            edge: self.edge.clone(),
            nodes: Vec::new(),
            rows: Vec::new(),
            rest: self.rest.clone(),
        };
        for entry in entries {
            growth.push(Hash::leaf(entry.as_ref()));
        }
        growth
    }

    /// Takes what [`Self::grow`] has computed. Nothing else may have been taken in between.
    pub(crate) fn apply(&mut self, growth: Growth) {
        for (node, hash) in growth.nodes {
            let at = usize::try_from(node.level - LEVEL).unwrap_or(usize::MAX);
            match self.levels.get_mut(at) {
                Some(level) => level.push(hash),
                // The first node of a level comes after two of the level below.
                None => self.levels.push(vec![hash]),
            }
        }
        self.edge = growth.edge;
        self.rest = growth.rest;
    }

    /// Finds a node that is complete.
    ///
    /// # Errors
    ///
    /// [`StoreError::BeyondEnd`] if it is not.
    pub(crate) fn find(&self, node: Node) -> Result<Found, StoreError> {
        let leaves = leaves(node);
        let asked = leaves.as_ref().map_or(u64::MAX, |leaves| leaves.end);
        let Size(size) = self.edge.size();
        let found = leaves
            .filter(|leaves| leaves.end <= size)
            .and_then(|leaves| self.find_complete(node, leaves));
        found.ok_or(StoreError::BeyondEnd { asked, size })
    }

    fn find_complete(&self, node: Node, leaves: Range<u64>) -> Option<Found> {
        if node.level >= LEVEL {
            return self.upper(node.level, node.index).map(Found::Hash);
        }
        let number = leaves.start >> LEVEL;
        let within = |leaf: u64| usize::try_from(leaf - (number << LEVEL)).ok();
        let leaves = within(leaves.start)?..within(leaves.end)?;
        match self.upper(LEVEL, number) {
            Some(root) => Some(Found::InRow {
                row: RowPlace { number, root },
                leaves,
            }),
            None => self.rest.get(leaves).map(Hash::over).map(Found::Hash),
        }
    }

    fn upper(&self, level: u32, index: u64) -> Option<Hash> {
        let level = self.levels.get(usize::try_from(level - LEVEL).ok()?)?;
        level.get(usize::try_from(index).ok()?).copied()
    }
}

impl Growth {
    /// The rows that are whole now.
    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    fn push(&mut self, leaf: Hash) {
        let complete = self.edge.append(leaf);
        self.nodes
            .extend(complete.into_iter().filter(|(node, _)| node.level >= LEVEL));
        self.rest.push(leaf);
        if self.rest.len() == WIDTH {
            let number = (self.edge.size().0 - 1) >> LEVEL;
            let leaves = std::mem::take(&mut self.rest);
            self.rows.push(Row { number, leaves });
        }
    }
}

impl Row {
    /// The index of its first entry.
    pub(crate) fn first(&self) -> u64 {
        self.number << LEVEL
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        self.leaves.iter().flat_map(|hash| hash.0).collect()
    }

    /// Reads the leaves of a row; `None` if the bytes are not as many.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Vec<Hash>> {
        let (leaves, rest) = bytes.as_chunks();
        (rest.is_empty() && leaves.len() == WIDTH).then(|| leaves.iter().copied().map(Hash).collect())
    }
}

impl RowPlace {
    /// Refuses leaves that are not those of the row.
    pub(crate) fn check(self, leaves: Option<Vec<Hash>>) -> Result<Row, StoreError> {
        let Self { number, root } = self;
        match leaves {
            Some(leaves) if Hash::over(&leaves) == root => Ok(Row { number, leaves }),
            Some(_) | None => Err(StoreError::TreeDamaged { index: number << LEVEL }),
        }
    }
}

/// The leaves below a node, if a `u64` can count them.
fn leaves(Node { level, index }: Node) -> Option<Range<u64>> {
    let width = 1_u64.checked_shl(level)?;
    let start = index.checked_mul(width)?;
    Some(start..start.checked_add(width)?)
}
