//! The bytes of the tree: golden, and the same by an oracle.

use std::collections::BTreeMap;

use tallylog_event::ResultsRoot;
use tallylog_projection::{Basis, Node, ResultsProof, ResultsTree};

use crate::hand::fold;
use crate::nights::small;
use crate::oracle::{self, Setting, honest};

const GOLDEN: &str = include_str!("../../crates/projection/golden/results.txt");

/// Lines of a name and bytes in hexadecimal.
fn golden() -> BTreeMap<&'static str, Vec<u8>> {
    let lines = GOLDEN.lines().filter(|line| !line.starts_with('#'));
    let named = lines.map(|line| line.split_once(' ').unwrap());
    named.map(|(name, bytes)| (name, hex::decode(bytes).unwrap())).collect()
}

/// Compares with the golden line; where there is none, fails with the line to append.
#[track_caller]
fn check(name: &str, got: &[u8]) {
    let expected = golden().get(name).map(hex::encode);
    let got = hex::encode(got);
    assert_eq!(expected, Some(got.clone()), "to append:\n{name} {got}\n");
}

fn tree(basis: Basis) -> ResultsTree {
    ResultsTree::of(fold().0.state(), basis).unwrap()
}

fn setting(proof: &ResultsProof) -> Setting {
    Setting {
        contest: proof.contest,
        basis: proof.basis,
        groups: proof.groups.clone(),
        precincts: proof.precincts,
    }
}

#[test]
fn leaves_have_their_golden_bytes_and_hashes() {
    let tree = tree(Basis::Recorded);
    for (at, name) in ["released", "corrected", "awaiting", "site", "other-site"]
        .into_iter()
        .enumerate()
    {
        let leaf = &tree.leaves()[at];
        check(&format!("leaf-{name}"), &oracle::leaf_bytes(leaf));
        check(&format!("leaf-{name}-hash"), &oracle::leaf_hash(leaf));
    }
}

/// The tree over five leaves is ((0, 1), (2, 3)), 4.
#[test]
fn nodes_have_their_golden_hashes() {
    let path = tree(Basis::Recorded).prove(4).unwrap().path;
    let [node] = path.as_slice() else {
        unreachable!("the last of five stands beside the other four");
    };
    check("node-0-to-3-hash", &node.hash);
    check("node-0-to-3-sums", &oracle::sums_bytes(&node.sums));
    let path = tree(Basis::Recorded).prove(0).unwrap().path;
    check("node-2-to-3-hash", &path[1].hash);
}

#[test]
fn roots_and_proofs_have_their_golden_bytes() {
    for (basis, name) in [(Basis::Recorded, "recorded"), (Basis::Released, "released")] {
        let tree = tree(basis);
        check(&format!("root-{name}"), &tree.root().0);
        for position in 0..5 {
            let proof = tree.prove(position).unwrap();
            check(&format!("proof-{name}-{position}"), &proof.encode());
            let read = ResultsProof::decode(&golden()[format!("proof-{name}-{position}").as_str()]).unwrap();
            let root = ResultsRoot(golden()[format!("root-{name}").as_str()].clone().try_into().unwrap());
            assert_eq!(read.verify(&root).unwrap().totals, tree.sums());
        }
    }
}

#[test]
fn every_golden_line_has_its_test() {
    assert_eq!(golden().len(), 5 * 2 + 3 + 2 + 2 * 5);
}

/// An oracle that shares no code with the product has the same leaves, nodes and roots, for every size of roster.
#[test]
fn the_oracle_agrees_about_every_node() {
    for tree in [tree(Basis::Recorded), tree(Basis::Released), small()] {
        let groups = tree.sums().groups.len();
        let nodes: Vec<Node> = tree.leaves().iter().map(|leaf| oracle::node(leaf, groups)).collect();
        for (position, leaf) in tree.leaves().iter().enumerate() {
            let proof = tree.prove(position).unwrap();
            let expected = oracle::prove(&setting(&proof), &nodes, (position, leaf), honest);
            assert_eq!((proof, tree.root()), expected);
        }
    }
}

#[test]
fn a_roster_of_any_size_has_the_shape_of_rfc_6962() {
    let tree = small();
    let groups = tree.sums().groups.len();
    let leaves = tree.leaves();
    let proof = tree.prove(0).unwrap();
    for size in 1..=leaves.len() {
        let nodes: Vec<Node> = leaves[..size].iter().map(|leaf| oracle::node(leaf, groups)).collect();
        let setting = Setting {
            precincts: u32::try_from(size).unwrap(),
            ..setting(&proof)
        };
        for (position, leaf) in leaves[..size].iter().enumerate() {
            let (proof, root) = oracle::prove(&setting, &nodes, (position, leaf), honest);
            assert!(proof.verify(&root).is_ok(), "{position} of {size}");
        }
    }
}

#[test]
fn a_leaf_names_what_was_signed_and_by_whom() {
    let (fold, envelopes) = fold();
    let tree = ResultsTree::of(fold.state(), Basis::Recorded).unwrap();
    let mut named = 0;
    for tally in tree.leaves().iter().filter_map(|leaf| leaf.tally.as_ref()) {
        for (index, envelope) in (0..).zip(&envelopes) {
            assert_eq!(tally.is_of(envelope), tally.entry.0 == index);
            let hash = oracle::signed(&envelope.author.0, &envelope.body);
            assert_eq!(tally.signed == hash, tally.entry.0 == index);
            named += u64::from(tally.signed == hash);
        }
    }
    assert_eq!(named, 4);
}
