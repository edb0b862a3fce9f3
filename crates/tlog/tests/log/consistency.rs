//! That a tree only grew: every pair of small trees, and every lie about it.

use tallylog_tlog::{Consistency, Hash, ProofError, ProveError, Size, prove_consistency};

use crate::mutants::{some_bits, spoiled, with_flipped};
use crate::oracle::{self, Side};
use crate::samples::{Grown, grown};

const TREES: u64 = 70;

/// What a proof is computed from, but for the hashes.
#[derive(Debug, PartialEq, Eq)]
enum Shape {
    /// From the empty tree.
    FromNothing,
    /// To the same size.
    Same,
    /// Where the hashes stand, and whether the old root is among them.
    Grown(Vec<Option<Side>>),
}

fn oracle_proof(old: u64, new: u64) -> Vec<(Option<Side>, Hash)> {
    oracle::proof(usize::try_from(old).unwrap(), &oracle::leaves(new))
}

fn shape(old: u64, new: u64) -> Shape {
    match old {
        0 => Shape::FromNothing,
        _ if old == new => Shape::Same,
        _ => Shape::Grown(oracle_proof(old, new).into_iter().map(|(side, _)| side).collect()),
    }
}

/// Calls `check` with the true claim about each pair of trees, the empty one among them.
fn each_claim(trees: u64, check: impl Fn(&Grown, Consistency)) {
    let grown = grown(trees);
    for new in 0..=trees {
        for old in 0..=new {
            let path = grown.consistency(old, new);
            let claim = Consistency {
                old_size: Size(old),
                old_root: grown.root(old),
                new_size: Size(new),
                new_root: grown.root(new),
                path: &path,
            };
            check(&grown, claim);
        }
    }
}

#[test]
fn every_tree_is_proven_to_have_grown_from_every_smaller_one_by_the_proof_of_the_oracle() {
    each_claim(TREES, |_, claim| {
        if claim.old_size.0 > 0 {
            let expected: Vec<_> = oracle_proof(claim.old_size.0, claim.new_size.0)
                .into_iter()
                .map(|(_, hash)| hash)
                .collect();
            assert_eq!(claim.path, expected);
        } else {
            assert!(claim.path.is_empty());
        }
        assert_eq!(claim.verify(), Ok(()), "{claim:?}");
    });
}

#[test]
fn no_tree_is_proven_to_have_grown_from_or_into_another() {
    each_claim(TREES, |grown, claim| {
        for size in 0..=TREES {
            let from = Consistency {
                old_size: Size(size),
                old_root: grown.root(size),
                ..claim
            };
            let proven = from.verify().is_ok();
            // All proofs from nothing are empty, and so are those to the same size.
            let empty = |old: u64, new: u64| old == 0 || old == new;
            let as_true =
                size <= claim.new_size.0 && empty(size, claim.new_size.0) && empty(claim.old_size.0, claim.new_size.0);
            assert_eq!(proven, size == claim.old_size.0 || as_true, "{claim:?} from {size}");
            let into = Consistency {
                new_size: Size(size),
                new_root: grown.root(size),
                ..claim
            };
            let as_true =
                size >= claim.old_size.0 && empty(claim.old_size.0, size) && empty(claim.old_size.0, claim.new_size.0);
            assert_eq!(
                into.verify().is_ok(),
                size == claim.new_size.0 || as_true,
                "{claim:?} into {size}"
            );
        }
    });
}

/// As with inclusion: a proof shows the roots to be consistent, and a checkpoint binds each root to its size.
#[test]
fn a_proof_verifies_exactly_for_the_sizes_that_compute_the_same() {
    let sizes: Vec<_> = (0..36_u64).flat_map(|new| (0..36).map(move |old| (old, new))).collect();
    let shapes: Vec<_> = sizes
        .iter()
        .map(|(old, new)| (old <= new).then(|| shape(*old, *new)))
        .collect();
    each_claim(33, |_, claim| {
        if claim.old_size.0 == 0 {
            return;
        }
        let true_shape = Some(shape(claim.old_size.0, claim.new_size.0));
        for ((old, new), shape) in sizes.iter().zip(&shapes) {
            let other = Consistency {
                old_size: Size(*old),
                new_size: Size(*new),
                ..claim
            };
            assert_eq!(
                other.verify().is_ok(),
                *shape == true_shape,
                "{claim:?} as {old} to {new}"
            );
        }
    });
}

#[test]
fn a_spoiled_path_or_root_proves_nothing() {
    each_claim(TREES, |_, claim| {
        for path in spoiled(claim.path) {
            assert!(
                Consistency { path: &path, ..claim }.verify().is_err(),
                "{claim:?}: {path:?}"
            );
        }
        for bit in some_bits(claim.old_size.0 + claim.new_size.0) {
            let old_root = with_flipped(claim.old_root, bit);
            assert!(Consistency { old_root, ..claim }.verify().is_err(), "{claim:?}");
            let new_root = with_flipped(claim.new_root, bit);
            let refused = Consistency { new_root, ..claim }.verify().is_err();
            // From nothing every tree can come; that a root is the log's is what its signature says.
            assert_eq!(refused, claim.old_size.0 > 0 || claim.new_size.0 == 0, "{claim:?}");
        }
    });
}

#[test]
fn both_roots_are_compared() {
    each_claim(33, |grown, claim| {
        if 0 < claim.old_size.0 && claim.old_size < claim.new_size {
            let swapped = Consistency {
                old_root: claim.new_root,
                new_root: claim.old_root,
                ..claim
            };
            assert!(swapped.verify().is_err());
            let same_old = Consistency {
                new_root: grown.root(claim.new_size.0 - 1),
                ..claim
            };
            assert!(same_old.verify().is_err());
        }
    });
}

#[test]
fn a_refusal_says_what_is_wrong() {
    let grown = grown(7);
    let path = grown.consistency(3, 7);
    let claim = Consistency {
        old_size: Size(3),
        old_root: grown.root(3),
        new_size: Size(7),
        new_root: grown.root(7),
        path: &path,
    };
    let shrunk = ProofError::Shrunk {
        old: Size(7),
        new: Size(3),
    };
    let back = Consistency {
        old_size: Size(7),
        new_size: Size(3),
        ..claim
    };
    assert_eq!(back.verify(), Err(shrunk));
    assert_eq!(
        prove_consistency(Size(7), Size(3), &grown.nodes),
        Err(ProveError::Claim(shrunk))
    );
    let with = |path| Consistency { path, ..claim };
    assert_eq!(with(&[]).verify(), Err(ProofError::PathLength(0)));
    assert_eq!(with(&path[..3]).verify(), Err(ProofError::PathLength(3)));
    let old_root = Hash::EMPTY;
    assert_eq!(
        Consistency { old_root, ..claim }.verify(),
        Err(ProofError::WrongOldRoot)
    );
    let new_root = Hash::EMPTY;
    assert_eq!(Consistency { new_root, ..claim }.verify(), Err(ProofError::WrongRoot));
    let nothing = Consistency {
        old_size: Size(0),
        old_root: grown.root(3),
        path: &[],
        ..claim
    };
    assert_eq!(nothing.verify(), Err(ProofError::WrongOldRoot));
}
