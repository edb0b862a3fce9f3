//! The tree in memory, level by level.

use std::collections::{BTreeMap, BTreeSet};

use super::hash::Node;

/// Every level of a tree, the leaves first.
///
/// The shape is that of RFC 6962, section 2.1, in which a tree is split at the largest power of two below its size. Level
/// by level that comes to pairing neighbours, where the last of an odd number goes up as it is.
#[derive(Clone, Debug)]
pub(super) struct SumTree {
    levels: Vec<Vec<Node>>,
}

impl SumTree {
    pub(super) fn new(leaves: Vec<Node>) -> Self {
        let mut levels = vec![leaves];
        while let Some(below) = levels.last().filter(|below| below.len() > 1) {
            let above = below.chunks(2).filter_map(above).collect();
            levels.push(above);
        }
        Self { levels }
    }

    /// The topmost node, unless there is no leaf.
    pub(super) fn top(&self) -> Option<&Node> {
        self.levels.last()?.first()
    }

    /// Puts other leaves into their places, and hashes anew what is above them and nothing else.
    pub(super) fn replace(&mut self, leaves: BTreeMap<usize, Node>) {
        let mut changed: BTreeSet<usize> = leaves.keys().copied().collect();
        if let Some(level) = self.levels.first_mut() {
            for (at, leaf) in leaves {
                if let Some(place) = level.get_mut(at) {
                    *place = leaf;
                }
            }
        }
        for height in 1..self.levels.len() {
            changed = changed.into_iter().map(|at| at / 2).collect();
            let (below, this) = self.levels.split_at_mut(height);
            let (Some(below), Some(this)) = (below.last(), this.first_mut()) else {
                return;
            };
            for at in &changed {
                let node = below.chunks(2).nth(*at).and_then(above);
                if let (Some(place), Some(node)) = (this.get_mut(*at), node) {
                    *place = node;
                }
            }
        }
    }

    /// The siblings on the way up from a leaf, the leaf's own first.
    pub(super) fn path(&self, leaf: usize) -> Vec<Node> {
        let levels = (0_u32..).zip(&self.levels);
        let sibling = |(height, level): (u32, &Vec<Node>)| level.get((leaf >> height) ^ 1).cloned();
        levels.filter_map(sibling).collect()
    }
}

/// The node above one or two others.
fn above(children: &[Node]) -> Option<Node> {
    let (left, rest) = children.split_first()?;
    Some(match rest.first() {
        Some(right) => Node {
            hash: Node::hash_over(left, right),
            sums: left.sums.saturating_add(&right.sums),
        },
        None => left.clone(),
    })
}
