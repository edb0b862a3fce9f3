//! That a precinct's figures are inside a total, and that every other precinct is accounted for.

use serde::{Deserialize, Serialize};
use tallylog_event::{Basis, ContestId, ResultsRoot, Text};
use thiserror::Error;

use super::hash::{Node, Whole, encode};
use super::{Leaf, Sums};

/// The most bytes of a proof. One of 1,765 precincts and 14 groups has about 2,000.
pub const MAX_RESULTS_PROOF_BYTES: usize = 1 << 20;

/// The claim that a precinct's figures are inside a statewide total. It says nothing until [`ResultsProof::verify`] has
/// looked at it.
///
/// It names contest, basis and groups, because the root covers them: whoever has the root needs nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultsProof {
    /// The contest.
    pub contest: ContestId,
    /// Which version of each precinct is counted.
    pub basis: Basis,
    /// The names of the groups, in roster order.
    pub groups: Vec<Text>,
    /// How many precincts the roster has.
    pub precincts: u32,
    /// The place of this one in roster order, from 0.
    pub position: u32,
    /// What is said of it.
    pub leaf: Leaf,
    /// The siblings on the way up, the leaf's own first.
    pub path: Vec<Node>,
}

/// What a proof that holds proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenPrecinct {
    /// What is counted for the precinct.
    pub leaf: Leaf,
    /// The figures of every group and the counts of precincts, over all of them.
    pub totals: Sums,
}

/// Why a claim about a precinct's figures does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ResultsProofError {
    /// Too long to be read.
    #[error("the proof has {0} bytes and may have {MAX_RESULTS_PROOF_BYTES}")]
    Long(usize),
    /// The bytes are cut short, or hold what no proof holds.
    #[error("the bytes are not a proof of this kind: {0}")]
    Malformed(postcard::Error),
    /// More bytes than the proof, or another spelling of it.
    #[error("the bytes are not the one encoding of their proof")]
    NotCanonical,
    /// The roster has no such place.
    #[error("a roster of {precincts} precincts has no place {position}: they count from 0")]
    BeyondRoster {
        /// The place that was claimed.
        position: u32,
        /// How many there are.
        precincts: u32,
    },
    /// More or fewer siblings than the place calls for.
    #[error("the path has {0} steps, which is not the number that this place in the roster calls for")]
    PathLength(usize),
    /// Figures of more or fewer groups than the proof names.
    #[error("the proof names {named} groups, and gives figures of {given}")]
    Groups {
        /// How many it names.
        named: usize,
        /// Of how many it gives figures.
        given: usize,
    },
    /// More precincts are counted than there are.
    #[error("the path counts more precincts than there are at that place")]
    Counts,
    /// A sum that no number holds.
    #[error("the sums of the path are larger than any number can be")]
    Overflow,
    /// The path leads to another root.
    #[error("the path leads to another root than the committed one")]
    WrongRoot,
}

impl ResultsProofError {
    /// The code, which never changes its meaning. `docs/PROBLEMS.md` lists them.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Long(_) => "results-proof-too-large",
            Self::Malformed(_) => "results-proof-malformed",
            Self::NotCanonical => "results-proof-not-canonical",
            Self::BeyondRoster { .. } => "results-proof-beyond-roster",
            Self::PathLength(_) => "results-proof-path-length",
            Self::Groups { .. } => "results-proof-groups",
            Self::Counts => "results-proof-counts",
            Self::Overflow => "results-proof-overflow",
            Self::WrongRoot => "results-proof-wrong-root",
        }
    }
}

impl ResultsProof {
    /// The one encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    /// Decodes, and refuses bytes that are not what encoding the result gives. Nothing is verified.
    ///
    /// # Errors
    ///
    /// [`ResultsProofError`] if the bytes are not the one encoding of a proof.
    pub fn decode(bytes: &[u8]) -> Result<Self, ResultsProofError> {
        if bytes.len() > MAX_RESULTS_PROOF_BYTES {
            return Err(ResultsProofError::Long(bytes.len()));
        }
        let proof: Self = postcard::from_bytes(bytes).map_err(ResultsProofError::Malformed)?;
        // `from_bytes` takes no notice of bytes after the value.
        if proof.encode() != bytes {
            return Err(ResultsProofError::NotCanonical);
        }
        Ok(proof)
    }

    /// Hashes and adds the way up from the leaf, and compares with the root that the log committed to.
    ///
    /// The roster's size and the place in it alone decide what stands left and what right, and of how many precincts
    /// each sibling is. So a precinct that is missing, twice or in another's place leads to another root.
    ///
    /// # Errors
    ///
    /// [`ResultsProofError`] if the roster has no such place, the path has a wrong length or wrong figures, a sum is
    /// more than any `u64`, or the way leads to another root.
    pub fn verify(&self, root: &ResultsRoot) -> Result<ProvenPrecinct, ResultsProofError> {
        let mut way = way(self.position, self.precincts)?;
        if way.len() != self.path.len() {
            return Err(ResultsProofError::PathLength(self.path.len()));
        }
        let named = self.groups.len();
        let mut at = Node::leaf(&self.leaf, named);
        check(&at.sums, 1, named)?;
        // The way was found from the top down.
        way.reverse();
        for (turn, sibling) in way.into_iter().zip(&self.path) {
            check(&sibling.sums, turn.precincts.into(), named)?;
            let sums = at.sums.checked_add(&sibling.sums).ok_or(ResultsProofError::Overflow)?;
            let hash = match turn.side {
                Side::Left => Node::hash_over(sibling, &at),
                Side::Right => Node::hash_over(&at, sibling),
            };
            at = Node { hash, sums };
        }
        let whole = Whole {
            contest: self.contest,
            basis: self.basis,
            groups: &self.groups,
            precincts: self.precincts,
            top: &at,
        };
        if whole.root() != *root {
            return Err(ResultsProofError::WrongRoot);
        }
        Ok(ProvenPrecinct {
            leaf: self.leaf.clone(),
            totals: at.sums,
        })
    }
}

fn check(sums: &Sums, precincts: u64, named: usize) -> Result<(), ResultsProofError> {
    if sums.groups.len() != named {
        return Err(ResultsProofError::Groups {
            named,
            given: sums.groups.len(),
        });
    }
    if !sums.precincts.fit(precincts) {
        return Err(ResultsProofError::Counts);
    }
    Ok(())
}

/// Where the sibling of a step stands, and of how many precincts it is.
struct Turn {
    side: Side,
    precincts: u32,
}

enum Side {
    Left,
    Right,
}

/// The siblings on the way down from the top to a place, by the definition of RFC 6962, section 2.1.
///
/// It is shared with nothing that builds proofs, so that a fault in one is caught by the other.
fn way(position: u32, precincts: u32) -> Result<Vec<Turn>, ResultsProofError> {
    if position >= precincts {
        return Err(ResultsProofError::BeyondRoster { position, precincts });
    }
    let (mut first, mut size) = (0, precincts);
    let mut turns = Vec::new();
    while size > 1 {
        // The largest power of two below the size.
        let left = 1 << (size - 1).ilog2();
        if position - first < left {
            turns.push(Turn {
                side: Side::Right,
                precincts: size - left,
            });
            size = left;
        } else {
            turns.push(Turn {
                side: Side::Left,
                precincts: left,
            });
            first += left;
            size -= left;
        }
    }
    Ok(turns)
}
