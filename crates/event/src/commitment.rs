//! The root of the results tree, put into the log.

use std::num::{NonZeroU8, NonZeroU32};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{ResultsRoot, StateHash};

/// Commits the figures at one size of the log: the root of the results tree, by the log's own key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commitment {
    /// The number of entries whose figures these are: all before this one.
    pub size: u64,
    /// Which version of each precinct is counted.
    pub basis: Basis,
    /// The precincts and sites of the roster, reported or not: the leaves of the tree.
    pub precincts: u32,
    /// The root of the tree.
    pub root: ResultsRoot,
    /// What the whole state comes to; absent under an embargo, where nothing public comes from figures that were not released.
    pub audit: Option<Audit>,
}

/// Which version of each precinct a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Basis {
    /// All that the log holds, the latest per precinct, whatever its discrepancies.
    Recorded,
    /// What the latest release lists.
    Released,
}

/// What the whole state comes to, for whoever has every entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// The hash of the state.
    pub state: StateHash,
    /// The discrepancies that stand.
    pub discrepancies: OpenCounts,
}

/// How many discrepancies of each code stand, in rising order of code; a code of which none stands is absent.
///
/// Invariant: codes strictly increase.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<OpenCount>")]
pub struct OpenCounts(Vec<OpenCount>);

/// How many discrepancies of one code stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenCount {
    /// The number of the code: 1 for V01.
    pub code: NonZeroU8,
    /// How many stand.
    pub open: NonZeroU32,
}

/// The codes of a count of discrepancies are not in rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("discrepancies are counted in rising order of their codes, each code once")]
pub struct UnsortedCodes;

impl OpenCounts {
    /// Takes counts in rising order of code.
    ///
    /// # Errors
    ///
    /// [`UnsortedCodes`] if a code comes twice or out of order.
    pub fn new(counts: Vec<OpenCount>) -> Result<Self, UnsortedCodes> {
        if counts.is_sorted_by(|a, b| a.code < b.code) {
            Ok(Self(counts))
        } else {
            Err(UnsortedCodes)
        }
    }

    /// The counts in rising order of code.
    pub fn iter(&self) -> std::slice::Iter<'_, OpenCount> {
        self.0.iter()
    }
}

impl TryFrom<Vec<OpenCount>> for OpenCounts {
    type Error = UnsortedCodes;

    fn try_from(counts: Vec<OpenCount>) -> Result<Self, UnsortedCodes> {
        Self::new(counts)
    }
}

impl<'a> IntoIterator for &'a OpenCounts {
    type Item = &'a OpenCount;
    type IntoIter = std::slice::Iter<'a, OpenCount>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
