//! The results tree: a Merkle sum tree over every precinct of the roster, whether it reported or not.
//!
//! Its root is committed to the log. So a precinct's figures can be shown to be inside a statewide total, and that
//! nothing was left out, without the log. `docs/EVENTS.md` describes the bytes.

mod desk;
mod hash;
mod holds;
mod leaf;
mod merkle;
mod outliers;
mod proof;
mod sums;

use std::collections::{BTreeMap, BTreeSet};
use std::num::{NonZeroU8, NonZeroU32};

use tallylog_event::{
    Audit, Basis, Commitment, ContestId, Embargo, OpenCount, OpenCounts, ResultsRoot, StateHash, Text,
};
use tallylog_rules::Code;

pub use self::hash::Node;
pub use self::leaf::{Leaf, Standing, Tally};
pub use self::proof::{MAX_RESULTS_PROOF_BYTES, ProvenPrecinct, ResultsProof, ResultsProofError};
pub use self::sums::{Counts, GroupFigures, Sums};

use self::desk::Desk;
use self::hash::{Whole, nothing};
use self::merkle::SumTree;
use crate::{Life, Review, State};

/// The results tree of a state, brought up to date as the log grows.
#[derive(Clone, Debug)]
pub struct ResultsTree {
    contest: ContestId,
    groups: Vec<Text>,
    size: u64,
    /// How often the roster had been amended.
    amendments: usize,
    desk: Desk,
    leaves: Vec<Leaf>,
    tree: SumTree,
}

impl ResultsTree {
    /// Builds the tree of what `basis` counts in `state`; `None` before a contest is open.
    #[must_use]
    pub fn of(state: &State, basis: Basis) -> Option<Self> {
        let contest = state.contest()?;
        let groups: Vec<_> = contest.candidates.iter().map(|group| group.name.clone()).collect();
        let desk = Desk::of(state, basis, groups.len());
        let positions = 0..state.roster().precincts();
        let leaves: Vec<_> = positions.filter_map(|position| desk.leaf(state, position)).collect();
        let nodes = leaves.iter().map(|leaf| Node::leaf(leaf, groups.len())).collect();
        Some(Self {
            contest: contest.id,
            groups,
            size: state.size(),
            amendments: state.roster().amendments(),
            desk,
            leaves,
            tree: SumTree::new(nodes),
        })
    }

    /// Brings the tree up to date with a state that has grown from the one that it is of. It is built anew for any other,
    /// and where the roster has grown or was amended.
    ///
    /// An entry costs O(log precincts) for each leaf that it changes: that of its precinct, those of all sites where the
    /// precinct is one of a pool, and those that it brings into or out of a discrepancy that looks across precincts. A
    /// release may change every leaf.
    pub fn follow(&mut self, state: &State) {
        let grown = state.contest().is_some_and(|contest| contest.id == self.contest)
            && state.size() >= self.size
            && state.roster().precincts() == self.leaves.len()
            && state.roster().amendments() == self.amendments;
        if !grown {
            if let Some(anew) = Self::of(state, self.desk.basis()) {
                *self = anew;
            }
            return;
        }
        let touched = self.desk.follow(state, self.size);
        self.replace(state, touched);
        self.size = state.size();
    }

    fn replace(&mut self, state: &State, touched: BTreeSet<usize>) {
        let mut changed = BTreeMap::new();
        for position in touched {
            let (Some(leaf), Some(place)) = (self.desk.leaf(state, position), self.leaves.get_mut(position)) else {
                continue;
            };
            if *place != leaf {
                changed.insert(position, Node::leaf(&leaf, self.groups.len()));
                *place = leaf;
            }
        }
        self.tree.replace(changed);
    }

    /// The number of entries whose results these are.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Which version of each precinct is counted.
    #[must_use]
    pub fn basis(&self) -> Basis {
        self.desk.basis()
    }

    /// The leaves in roster order.
    #[must_use]
    pub fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    /// The root, as a commitment has it.
    #[must_use]
    pub fn root(&self) -> ResultsRoot {
        let top = self.top();
        Whole {
            contest: self.contest,
            basis: self.desk.basis(),
            groups: &self.groups,
            precincts: self.precincts(),
            top: &top,
        }
        .root()
    }

    /// The figures of every group and the counts of precincts, over all of them.
    #[must_use]
    pub fn sums(&self) -> Sums {
        self.top().sums
    }

    /// Shows that the precinct at `position` in roster order is inside these sums; `None` where there is none.
    #[must_use]
    pub fn prove(&self, position: usize) -> Option<ResultsProof> {
        Some(ResultsProof {
            contest: self.contest,
            basis: self.desk.basis(),
            groups: self.groups.clone(),
            precincts: self.precincts(),
            position: u32::try_from(position).ok()?,
            leaf: self.leaves.get(position)?.clone(),
            path: self.tree.path(position),
        })
    }

    /// What the log's own key may commit next; `None` where `state` is not the one that the tree is of, or where the
    /// contest's embargo keeps the tree's basis back.
    #[must_use]
    pub fn commitment(&self, state: &State) -> Option<Commitment> {
        let audit = match (state.contest()?.embargo, self.desk.basis()) {
            (Embargo::Open, Basis::Recorded | Basis::Released) => Some(audit(state)),
            (Embargo::OnRelease, Basis::Released) => None,
            (Embargo::OnRelease, Basis::Recorded) => return None,
        };
        (state.size() == self.size).then(|| Commitment {
            size: self.size,
            basis: self.desk.basis(),
            precincts: self.precincts(),
            root: self.root(),
            audit,
        })
    }

    fn top(&self) -> Node {
        self.tree.top().cloned().unwrap_or_else(|| nothing(self.groups.len()))
    }

    /// Counties and their places are numbered in 16 bits each, so there are fewer than 2^32 precincts.
    fn precincts(&self) -> u32 {
        u32::try_from(self.leaves.len()).unwrap_or(u32::MAX)
    }
}

/// What a whole state comes to: its hash, and how many discrepancies of each code stand.
#[must_use]
pub fn audit(state: &State) -> Audit {
    let mut open = BTreeMap::<Code, u32>::new();
    for found in Review::standing(state).discrepancies() {
        if found.life == Life::Open {
            let count = open.entry(found.code).or_default();
            *count = count.saturating_add(1);
        }
    }
    let counts = (1_u8..).zip(Code::ALL).filter_map(|(number, code)| {
        Some(OpenCount {
            code: NonZeroU8::new(number)?,
            open: NonZeroU32::new(open.get(code).copied().unwrap_or(0))?,
        })
    });
    Audit {
        state: StateHash(state.hash()),
        // Numbers that count up are in rising order.
        discrepancies: OpenCounts::new(counts.collect()).unwrap_or_default(),
    }
}
