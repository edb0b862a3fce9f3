//! That a leaf is where it is said to be: every leaf of every small tree, and every lie about it.

use tallylog_tlog::{Hash, Inclusion, Index, ProofError, ProveError, Size, Tree, prove_inclusion};

use crate::mutants::{some_bits, spoiled, with_flipped};
use crate::oracle::{self, Side};
use crate::samples::{Grown, grown, leaf};

const TREES: u64 = 70;

fn oracle_path(index: u64, size: u64) -> Vec<(Side, Hash)> {
    oracle::path(usize::try_from(index).unwrap(), &oracle::leaves(size))
}

fn sides(index: u64, size: u64) -> Vec<Side> {
    oracle_path(index, size).into_iter().map(|(side, _)| side).collect()
}

/// Calls `check` with the true claim about each leaf of each tree.
fn each_claim(trees: u64, check: impl Fn(&Grown, Inclusion)) {
    let grown = grown(trees);
    for size in 1..=trees {
        for index in 0..size {
            let path = grown.inclusion(index, size);
            let claim = Inclusion {
                index: Index(index),
                leaf: leaf(index),
                size: Size(size),
                root: grown.root(size),
                path: &path,
            };
            check(&grown, claim);
        }
    }
}

#[test]
fn a_tree_grows_to_the_root_of_the_oracle_and_its_nodes_are_complete_subtrees() {
    let grown = grown(TREES);
    let leaves = oracle::leaves(TREES);
    for size in 0..=TREES {
        let count = usize::try_from(size).unwrap();
        assert_eq!(grown.root(size), oracle::root(&leaves[..count]), "{size}");
        let reopened = Tree::open(Size(size), &grown.nodes).unwrap();
        assert_eq!((reopened.size(), reopened.root()), (Size(size), grown.root(size)));
    }
    for (node, hash) in &grown.nodes {
        let first = usize::try_from(node.index << node.level).unwrap();
        assert_eq!(*hash, oracle::root(&leaves[first..first + (1 << node.level)]), "{node}");
    }
    // Each level has as many complete subtrees as fit.
    let fit: u64 = (0..7).map(|level| TREES >> level).sum();
    assert_eq!(u64::try_from(grown.nodes.len()).unwrap(), fit);
}

#[test]
fn a_reopened_tree_grows_like_the_one_that_never_stopped() {
    let grown = grown(TREES);
    for size in 0..TREES {
        let mut reopened = Tree::open(Size(size), &grown.nodes).unwrap();
        for (node, hash) in reopened.append(leaf(size)) {
            assert_eq!(grown.nodes[&node], hash);
        }
        assert_eq!(reopened.root(), grown.root(size + 1));
    }
}

#[test]
fn every_leaf_of_every_tree_is_proven_by_the_path_of_the_oracle() {
    each_claim(TREES, |_, claim| {
        let expected: Vec<_> = oracle_path(claim.index.0, claim.size.0)
            .into_iter()
            .map(|(_, hash)| hash)
            .collect();
        assert_eq!(claim.path, expected);
        assert_eq!(claim.verify(), Ok(()));
    });
}

#[test]
fn no_leaf_is_proven_at_another_place() {
    each_claim(TREES, |_, claim| {
        for other in (0..claim.size.0 + 3).filter(|other| *other != claim.index.0) {
            let lie = Inclusion {
                index: Index(other),
                ..claim
            };
            assert!(lie.verify().is_err(), "{} as {other} of {}", claim.index, claim.size);
        }
    });
}

/// A path says on which side each hash stands, and no more: where a tree of another size has the same way up to the
/// leaf, only the root tells the sizes apart, and a checkpoint binds the two.
#[test]
fn a_path_verifies_exactly_for_the_places_that_have_the_same_way_up() {
    let places: Vec<_> = (0..36_u64)
        .flat_map(|size| (0..size + 2).map(move |index| (index, size)))
        .collect();
    let ways: Vec<_> = places
        .iter()
        .map(|(index, size)| (index < size).then(|| sides(*index, *size)))
        .collect();
    each_claim(33, |_, claim| {
        let true_way = Some(sides(claim.index.0, claim.size.0));
        for ((index, size), way) in places.iter().zip(&ways) {
            let other = Inclusion {
                index: Index(*index),
                size: Size(*size),
                ..claim
            };
            assert_eq!(
                other.verify().is_ok(),
                *way == true_way,
                "{claim:?} as {index} of {size}"
            );
        }
    });
}

#[test]
fn no_leaf_is_proven_in_the_tree_of_another_size() {
    each_claim(TREES, |grown, claim| {
        for size in (0..=TREES).filter(|size| *size != claim.size.0) {
            let lie = Inclusion {
                size: Size(size),
                root: grown.root(size),
                ..claim
            };
            assert!(lie.verify().is_err(), "{claim:?} in {size}");
        }
    });
}

#[test]
fn a_spoiled_path_leaf_or_root_proves_nothing() {
    each_claim(TREES, |_, claim| {
        for path in spoiled(claim.path) {
            assert!(
                Inclusion { path: &path, ..claim }.verify().is_err(),
                "{claim:?}: {path:?}"
            );
        }
        for bit in some_bits(claim.index.0 + claim.size.0) {
            let leaf = with_flipped(claim.leaf, bit);
            assert_eq!(Inclusion { leaf, ..claim }.verify(), Err(ProofError::WrongRoot));
            let root = with_flipped(claim.root, bit);
            assert_eq!(Inclusion { root, ..claim }.verify(), Err(ProofError::WrongRoot));
        }
    });
}

/// The path from a node is one shorter than that from a leaf below it, and the node's hash is not a leaf's.
#[test]
fn a_node_is_not_proven_as_a_leaf() {
    each_claim(33, |_, claim| {
        let [sibling, rest @ ..] = claim.path else { return };
        let node = match sides(claim.index.0, claim.size.0)[0] {
            Side::Left => Hash::node(sibling, &claim.leaf),
            Side::Right => Hash::node(&claim.leaf, sibling),
        };
        for index in 0..claim.size.0 {
            let lie = Inclusion {
                index: Index(index),
                leaf: node,
                path: rest,
                ..claim
            };
            assert!(lie.verify().is_err(), "{claim:?} as {index}");
        }
    });
}

#[test]
fn a_refusal_says_what_is_wrong() {
    let grown = grown(7);
    let path = grown.inclusion(5, 7);
    let claim = Inclusion {
        index: Index(5),
        leaf: leaf(5),
        size: Size(7),
        root: grown.root(7),
        path: &path,
    };
    let beyond = |index, size| ProofError::BeyondTree {
        index: Index(index),
        size: Size(size),
    };
    let at = |index, size| Inclusion {
        index: Index(index),
        size: Size(size),
        ..claim
    };
    assert_eq!(at(7, 7).verify(), Err(beyond(7, 7)));
    assert_eq!(at(0, 0).verify(), Err(beyond(0, 0)));
    assert_eq!(at(4, 7).verify(), Err(ProofError::WrongRoot));
    let with = |path| Inclusion { path, ..claim };
    assert_eq!(with(&path[..2]).verify(), Err(ProofError::PathLength(2)));
    assert_eq!(with(&[]).verify(), Err(ProofError::PathLength(0)));
    let long = [path.as_slice(), &path].concat();
    assert_eq!(with(&long).verify(), Err(ProofError::PathLength(6)));
    let refused = prove_inclusion(Index(7), Size(7), &grown.nodes);
    assert_eq!(refused, Err(ProveError::Claim(beyond(7, 7))));
}
