//! Forged trees, and proofs of other things than they say.

use tallylog_event::ResultsRoot;
use tallylog_projection::{Basis, Leaf, Node, ResultsProof, ResultsTree, Sums, Tally};

use crate::nights::small;
use crate::oracle::{self, Add, Setting, counts_of, figures_of, honest, wrapping};

/// Everything that a forger has: an honest tree, and all its leaves to change.
#[derive(Clone)]
struct Forge {
    setting: Setting,
    leaves: Vec<Leaf>,
    nodes: Vec<Node>,
    tree: ResultsTree,
}

impl Forge {
    fn new() -> Self {
        let tree = small();
        let proof = tree.prove(0).unwrap();
        let leaves = tree.leaves().to_vec();
        let nodes = leaves
            .iter()
            .map(|leaf| oracle::node(leaf, proof.groups.len()))
            .collect();
        let setting = Setting {
            contest: proof.contest,
            basis: proof.basis,
            groups: proof.groups,
            precincts: proof.precincts,
        };
        Self {
            setting,
            leaves,
            nodes,
            tree,
        }
    }

    fn honest(&self, position: usize) -> ResultsProof {
        self.tree.prove(position).unwrap()
    }

    /// A proof from a tree that the forger made, and the root that a dishonest server committed.
    fn forged(&self, position: usize, add: Add) -> (ResultsProof, ResultsRoot) {
        oracle::prove(&self.setting, &self.nodes, (position, &self.leaves[position]), add)
    }

    /// Changes what a leaf says, and with it what its node comes to.
    fn lie(&mut self, at: usize, change: impl FnOnce(&mut Tally)) {
        change(self.leaves[at].tally.as_mut().unwrap());
        self.nodes[at] = oracle::node(&self.leaves[at], self.setting.groups.len());
    }

    /// The places of which figures are counted.
    fn reported(&self) -> Vec<usize> {
        let all = 0..self.leaves.len();
        all.filter(|at| self.leaves[*at].tally.is_some()).collect()
    }

    /// Root and proofs of a tree of other leaves under an unchanged claim of how many there are.
    fn of_other_leaves(&self, leaves: &[Leaf]) -> (Vec<ResultsProof>, ResultsRoot) {
        let nodes: Vec<Node> = leaves
            .iter()
            .map(|leaf| oracle::node(leaf, self.setting.groups.len()))
            .collect();
        let prove = |at| oracle::prove(&self.setting, &nodes, (at, &leaves[at]), honest).0;
        let proofs = (0..leaves.len()).map(prove).collect();
        (proofs, oracle::root_of(&self.setting, &oracle::over(&nodes, honest)))
    }
}

/// The place of a group that has people and delegates in many precincts of a simulated night.
const LARGEST: usize = 8;

#[track_caller]
fn refused(proof: &ResultsProof, root: &ResultsRoot) -> &'static str {
    proof.verify(root).unwrap_err().code()
}

/// A precinct claims one person fewer than none, and the forger's sums wrap around, so that the total comes out lower.
/// Whoever is in the subtree in which they do cannot be shown its place.
#[test]
fn a_negative_figure_is_refused_by_whoever_is_summed_with_it() {
    let forge = Forge::new();
    for victim in forge.reported() {
        for figure in 0..4 {
            let mut forge = forge.clone();
            forge.lie(victim, |tally| {
                *figures_of(&mut tally.groups[LARGEST])[figure] = u64::MAX;
            });
            let (proof, root) = forge.forged(victim, wrapping);
            assert_eq!(refused(&proof, &root), "results-proof-overflow");
            let lower = oracle::over(&forge.nodes, wrapping).sums.groups[LARGEST];
            assert!(
                *figures_of(&mut { lower })[figure] < u64::MAX / 2,
                "the total looks sound"
            );
        }
    }
}

/// The same with figures that are only so large that no number holds their sum.
#[test]
fn an_overflowing_sum_is_refused() {
    let forge = Forge::new();
    let reported = forge.reported();
    let (one, other) = (reported[0], reported[reported.len() - 1]);
    assert!(one < 32 && other >= 32, "one in each half of the tree");
    for figure in 0..4 {
        let mut forge = forge.clone();
        for at in [one, other] {
            forge.lie(at, |tally| {
                *figures_of(&mut tally.groups[2])[figure] = u64::MAX / 2 + 1;
            });
        }
        for position in 0..forge.leaves.len() {
            let (proof, root) = forge.forged(position, wrapping);
            assert_eq!(refused(&proof, &root), "results-proof-overflow", "{position}");
        }
    }
}

/// A path may not count more precincts than there are in that place, or fewer than none.
#[test]
fn more_precincts_than_there_are_cannot_be_counted() {
    let forge = Forge::new();
    for count in 0..6 {
        // The last of 37 has nobody directly beside it.
        for at in 0..forge.nodes.len() - 1 {
            for more in [2, u64::MAX] {
                let mut forge = forge.clone();
                *counts_of(&mut forge.nodes[at].sums.precincts)[count] = more;
                let (own, root) = forge.forged(at, wrapping);
                assert_eq!(
                    refused(&own, &root),
                    "results-proof-wrong-root",
                    "the leaf says otherwise"
                );
                let (beside, root) = forge.forged(at ^ 1, wrapping);
                assert_eq!(refused(&beside, &root), "results-proof-counts", "{at} {count}");
            }
        }
    }
}

/// A node high up claims other sums than its children have: no precinct below it can be shown its place.
#[test]
fn a_node_with_other_sums_than_its_children_is_refused_by_everybody_below_it() {
    fn one_more(left: &Sums, right: &Sums) -> Sums {
        let mut sums = honest(left, right);
        sums.groups[1].final_alignment += 1;
        sums
    }
    let forge = Forge::new();
    for position in 0..forge.leaves.len() {
        let (proof, root) = forge.forged(position, one_more);
        assert_eq!(refused(&proof, &root), "results-proof-wrong-root");
    }
}

/// The mistake that sum trees are known for: over the total alone, one child could have more and the other less.
#[test]
fn figures_cannot_be_moved_from_one_child_to_the_other() {
    let forge = Forge::new();
    let root = forge.tree.root();
    let moves = |one: &mut Sums, other: &mut Sums| {
        let from = &mut one.groups[0].first_alignment;
        let moved = (*from).min(1);
        *from -= moved;
        other.groups[0].first_alignment += moved;
        moved > 0
    };
    let mut tried = 0;
    for position in forge.reported() {
        let proof = forge.honest(position);
        for step in 1..proof.path.len() {
            let mut forged = proof.clone();
            let (lower, upper) = forged.path.split_at_mut(step);
            if moves(&mut lower[step - 1].sums, &mut upper[0].sums) {
                assert_eq!(refused(&forged, &root), "results-proof-wrong-root");
                tried += 1;
            }
        }
    }
    assert!(tried > 20, "{tried}");
}

#[test]
fn a_swapped_child_is_refused() {
    let forge = Forge::new();
    let root = forge.tree.root();
    for position in 0..forge.leaves.len() {
        let proof = forge.honest(position);
        for one in 0..proof.path.len() {
            for other in 0..one {
                let mut forged = proof.clone();
                forged.path.swap(one, other);
                forged.verify(&root).unwrap_err();
            }
        }
        // The leaf in its sibling's place, and the other way round.
        let mut forged = proof.clone();
        forged.position ^= 1;
        forged.verify(&root).unwrap_err();
    }
    // A tree whose children were hashed the wrong way round.
    let two = &forge.nodes[..2];
    let hash = oracle::node_hash(&two[1], &two[0]);
    let setting = Setting {
        precincts: 2,
        ..forge.setting.clone()
    };
    let sums = honest(&two[0].sums, &two[1].sums);
    let (proof, straight) = oracle::prove(&setting, two, (0, &forge.leaves[0]), honest);
    let swapped = oracle::root_of(&setting, &Node { hash, sums });
    assert!(proof.verify(&straight).is_ok());
    assert_eq!(refused(&proof, &swapped), "results-proof-wrong-root");
}

#[test]
fn a_leaf_in_anothers_place_is_refused() {
    let forge = Forge::new();
    let root = forge.tree.root();
    for (position, leaf) in forge.leaves.iter().enumerate() {
        for other in (0..forge.leaves.len()).filter(|other| *other != position) {
            let mut duplicate = forge.honest(other);
            duplicate.leaf = leaf.clone();
            assert_eq!(refused(&duplicate, &root), "results-proof-wrong-root");
            let mut moved = forge.honest(position);
            moved.position = u32::try_from(other).unwrap();
            moved.verify(&root).unwrap_err();
        }
    }
}

/// A tree in which one precinct is missing, committed under the roster's count: neither that precinct nor anyone after
/// it can be shown in its own place.
#[test]
fn a_missing_precinct_cannot_be_passed_over() {
    let forge = Forge::new();
    for at in [0, 1, 15, 31, 32, 36] {
        let mut leaves = forge.leaves.clone();
        leaves.remove(at);
        forge.refuses_from(at, &leaves);
    }
}

/// The same for a precinct that comes twice: everyone after it stands in another's place.
#[test]
fn a_precinct_that_comes_twice_displaces_everyone_after_it() {
    let forge = Forge::new();
    for at in [0, 1, 15, 31, 32, 36] {
        let mut leaves = forge.leaves.clone();
        leaves.insert(at, forge.leaves[at].clone());
        forge.refuses_from(at + 1, &leaves);
    }
}

/// A precinct instead of another one: the other cannot be shown, and against the honest root nobody can.
#[test]
fn a_precinct_instead_of_another_leaves_that_one_without_a_place() {
    let forge = Forge::new();
    for at in 0..forge.leaves.len() {
        let mut leaves = forge.leaves.clone();
        leaves[at] = forge.leaves[(at + 1) % forge.leaves.len()].clone();
        let (proofs, root) = forge.of_other_leaves(&leaves);
        for proof in &proofs {
            assert_eq!(refused(proof, &forge.tree.root()), "results-proof-wrong-root");
            let mut other = proof.clone();
            other.leaf = forge.leaves[at].clone();
            assert_eq!(refused(&other, &root), "results-proof-wrong-root");
        }
    }
}

impl Forge {
    /// No path of a tree of `leaves` shows a precinct in its place in the roster, from the place `first` on.
    #[track_caller]
    fn refuses_from(&self, first: usize, leaves: &[Leaf]) {
        let (proofs, root) = self.of_other_leaves(leaves);
        for place in first..self.leaves.len() {
            for path in &proofs {
                let mut proof = path.clone();
                proof.leaf = self.leaves[place].clone();
                proof.position = u32::try_from(place).unwrap();
                proof.verify(&root).unwrap_err();
                proof.verify(&self.tree.root()).unwrap_err();
            }
        }
    }
}

/// What is a node here is called a leaf there: neither verifies, whatever the count claims.
#[test]
fn a_node_is_no_leaf_and_a_leaf_no_node() {
    let forge = Forge::new();
    let root = forge.tree.root();
    let proof = forge.honest(0);
    for precincts in 1..40 {
        for up in 0..proof.path.len() {
            // A shorter path: the node that the first steps come to is to pass for the leaf.
            let mut shorter = proof.clone();
            shorter.precincts = precincts;
            shorter.path.drain(..up.max(1));
            shorter.verify(&root).unwrap_err();
            // A longer one: the leaf is to pass for a node over itself and something else.
            let mut longer = proof.clone();
            longer.precincts = precincts * 2;
            longer.path.insert(up, proof.path[up].clone());
            longer.verify(&root).unwrap_err();
        }
    }
    // A leaf that is named like the bytes of a node hashes to something else.
    let (left, right) = (&forge.nodes[0], &forge.nodes[1]);
    let mut pretender = forge.nodes.clone();
    pretender[0].hash = oracle::node_hash(left, right);
    let (proof, root) = oracle::prove(&forge.setting, &pretender, (0, &forge.leaves[0]), honest);
    assert_eq!(refused(&proof, &root), "results-proof-wrong-root");
}

#[test]
fn another_place_or_count_is_refused() {
    let forge = Forge::new();
    let root = forge.tree.root();
    for position in [0, 1, 17, 31, 32, 36] {
        let proof = forge.honest(position);
        for (place, count) in (0..80).flat_map(|place| (0..80).map(move |count| (place, count))) {
            if (place, count) == (proof.position, proof.precincts) {
                continue;
            }
            let mut lie = proof.clone();
            (lie.position, lie.precincts) = (place, count);
            let code = refused(&lie, &root);
            assert_eq!(
                code == "results-proof-beyond-roster",
                place >= count,
                "{place} of {count}: {code}"
            );
        }
    }
}

#[test]
fn a_path_of_another_length_is_refused() {
    let forge = Forge::new();
    let root = forge.tree.root();
    for position in 0..forge.leaves.len() {
        let proof = forge.honest(position);
        for step in 0..proof.path.len() {
            let (mut shorter, mut longer) = (proof.clone(), proof.clone());
            shorter.path.remove(step);
            longer.path.insert(step, proof.path[step].clone());
            for lie in [shorter, longer] {
                assert_eq!(refused(&lie, &root), "results-proof-path-length");
            }
        }
        let mut endless = proof.clone();
        endless.path = vec![proof.path[0].clone(); 5_000];
        assert_eq!(refused(&endless, &root), "results-proof-path-length");
    }
}

#[test]
fn another_contest_basis_or_list_of_groups_is_refused() {
    let forge = Forge::new();
    let root = forge.tree.root();
    let lie = |change: fn(&mut ResultsProof)| {
        let mut lie = forge.honest(5);
        change(&mut lie);
        refused(&lie, &root)
    };
    assert_eq!(lie(|proof| proof.contest.0[3] ^= 1), "results-proof-wrong-root");
    assert_eq!(lie(|proof| proof.basis = Basis::Released), "results-proof-wrong-root");
    assert_eq!(lie(|proof| proof.groups.swap(0, 1)), "results-proof-wrong-root");
    assert_eq!(lie(|proof| drop(proof.groups.pop())), "results-proof-groups");
    assert_eq!(
        lie(|proof| proof.path[1].sums.groups.truncate(13)),
        "results-proof-groups"
    );
    let mut other = forge.tree.root();
    other.0[0] ^= 0x80;
    assert_eq!(refused(&forge.honest(5), &other), "results-proof-wrong-root");
}
