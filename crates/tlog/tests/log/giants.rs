//! Trees as large as a size can say, of leaves that are all alike: so each level has one hash, and none is stored.

use std::cell::Cell;

use proptest::prelude::*;
use tallylog_tlog::{
    Consistency, Hash, Inclusion, Index, Node, NodeSource, Size, Tree, prove_consistency, prove_inclusion,
};

use crate::samples::leaf;

struct Alike {
    reads: Cell<u32>,
}

impl NodeSource for Alike {
    type Error = std::convert::Infallible;

    fn node(&self, node: Node) -> Result<Hash, Self::Error> {
        self.reads.set(self.reads.get() + 1);
        let mut hash = leaf(0);
        for _ in 0..node.level {
            hash = Hash::node(&hash, &hash);
        }
        Ok(hash)
    }
}

fn alike() -> Alike {
    Alike { reads: Cell::new(0) }
}

fn root(size: u64) -> Hash {
    Tree::open(Size(size), &alike()).unwrap().root()
}

/// Sizes of all magnitudes, and those around powers of two.
fn sizes() -> impl Strategy<Value = u64> {
    let around = (0_u32..64, -2_i64..=2).prop_map(|(level, off)| (1_u64 << level).saturating_add_signed(off).max(1));
    let any = (0_u32..64, any::<u64>()).prop_map(|(shift, size)| (size >> shift).max(1));
    prop_oneof![around, any, Just(u64::MAX)]
}

proptest! {
    #[test]
    fn a_leaf_of_any_tree_is_proven_in_a_few_reads(size in sizes(), at in any::<u64>()) {
        let index = at % size;
        let nodes = alike();
        let path = prove_inclusion(Index(index), Size(size), &nodes).unwrap();
        // One for each complete sibling, and for each piece of the right edge.
        prop_assert!(nodes.reads.get() <= 2 * (size.ilog2() + 1), "{} reads of {size}", nodes.reads.get());
        let claim = Inclusion { index: Index(index), leaf: leaf(0), size: Size(size), root: root(size), path: &path };
        prop_assert_eq!(claim.verify(), Ok(()));
        let lie = Inclusion { leaf: leaf(1), ..claim };
        prop_assert!(lie.verify().is_err());
    }

    #[test]
    fn any_tree_is_proven_to_have_grown_from_any_smaller_one(a in sizes(), b in sizes()) {
        let (old, new) = (a.min(b), a.max(b));
        let nodes = alike();
        let path = prove_consistency(Size(old), Size(new), &nodes).unwrap();
        prop_assert!(nodes.reads.get() <= 3 * (new.ilog2() + 1), "{} reads of {new}", nodes.reads.get());
        let claim = Consistency {
            old_size: Size(old),
            old_root: root(old),
            new_size: Size(new),
            new_root: root(new),
            path: &path,
        };
        prop_assert_eq!(claim.verify(), Ok(()));
        let lie = Consistency { old_root: leaf(1), ..claim };
        prop_assert!(lie.verify().is_err());
    }

    #[test]
    fn no_claim_makes_a_verifier_panic(a in any::<u64>(), b in any::<u64>(), length in 0_usize..70) {
        let path = vec![leaf(1); length];
        let (a, b) = (a >> (b % 64), b >> (a % 64));
        let inclusion = Inclusion { index: Index(a), leaf: leaf(0), size: Size(b), root: leaf(2), path: &path };
        prop_assert!(inclusion.verify().is_err());
        let consistency = Consistency {
            old_size: Size(a),
            old_root: leaf(0),
            new_size: Size(b),
            new_root: leaf(2),
            path: &path,
        };
        prop_assert!(consistency.verify().is_err());
    }
}
