//! RFC 6962, section 2.1, word for word: recursive, slow, and sharing nothing with the crate but the two hashes.

use tallylog_tlog::Hash;

use crate::samples::leaf;

/// On which side of the way up the next hash of a path stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    Right,
}

pub(crate) fn leaves(size: u64) -> Vec<Hash> {
    (0..size).map(leaf).collect()
}

/// The largest power of two below `count`.
fn split(count: usize) -> usize {
    let mut power = 1;
    while power * 2 < count {
        power *= 2;
    }
    power
}

/// `MTH(D[n])`.
pub(crate) fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::EMPTY,
        [only] => *only,
        more => {
            let (left, right) = more.split_at(split(more.len()));
            Hash::node(&root(left), &root(right))
        }
    }
}

/// `PATH(m, D[n])`, each hash with the side on which it stands.
pub(crate) fn path(index: usize, leaves: &[Hash]) -> Vec<(Side, Hash)> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let k = split(leaves.len());
    let (left, right) = leaves.split_at(k);
    if index < k {
        [path(index, left), vec![(Side::Right, root(right))]].concat()
    } else {
        [path(index - k, right), vec![(Side::Left, root(left))]].concat()
    }
}

/// `PROOF(m, D[n])`; the first hash of a proof has no side if it is where both ways begin.
pub(crate) fn proof(old: usize, leaves: &[Hash]) -> Vec<(Option<Side>, Hash)> {
    subproof(old, leaves, true)
}

fn subproof(old: usize, leaves: &[Hash], whole: bool) -> Vec<(Option<Side>, Hash)> {
    if old == leaves.len() {
        return if whole { Vec::new() } else { vec![(None, root(leaves))] };
    }
    let k = split(leaves.len());
    let (left, right) = leaves.split_at(k);
    if old <= k {
        [subproof(old, left, whole), vec![(Some(Side::Right), root(right))]].concat()
    } else {
        [subproof(old - k, right, false), vec![(Some(Side::Left), root(left))]].concat()
    }
}

#[test]
fn the_oracle_splits_below_the_size() {
    let splits: Vec<_> = (2..10).map(split).collect();
    assert_eq!(splits, [1, 2, 2, 4, 4, 4, 4, 8]);
}
