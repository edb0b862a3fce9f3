//! What a leaf says of one precinct and a node of all precincts below it, in one form.

use serde::{Deserialize, Serialize};
use tallylog_rules::Equivalents;

/// Figures and counts over some precincts. Nothing in it can be negative.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// How many precincts stand where.
    pub precincts: Counts,
    /// The figures of every group, in roster order.
    pub groups: Vec<GroupFigures>,
}

/// How many precincts stand where. They are counted by their flags, so that one can be counted as released and as held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Those of which a version is counted: with the basis `recorded`, those that reported.
    pub counted: u64,
    /// Those that a discrepancy holds.
    pub held: u64,
    /// Those whose record two sources agree about.
    pub confirmed: u64,
    /// Those that the latest release lists.
    pub released: u64,
    /// Those whose record the latest release lists.
    pub current: u64,
    /// Those whose version counted is a correction.
    pub corrected: u64,
}

/// One group's figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupFigures {
    /// People at first alignment.
    pub first_alignment: u64,
    /// People at final alignment.
    pub final_alignment: u64,
    /// Delegates to county conventions.
    pub delegates: u64,
    /// State delegate equivalents in the published style: each precinct's product rounded, then summed.
    pub equivalents: Equivalents,
}

/// How two numbers are added: each of the sums says what becomes of one that no `u64` holds.
type Add = fn(u64, u64) -> Option<u64>;

impl Sums {
    /// Those of no precincts.
    pub(super) fn none(groups: usize) -> Self {
        Self {
            precincts: Counts::default(),
            groups: vec![GroupFigures::default(); groups],
        }
    }

    /// The sum of both, or `None` if a figure is more than any `u64`, or they are not of the same groups.
    #[must_use]
    pub fn checked_add(&self, other: &Self) -> Option<Self> {
        self.add(other, u64::checked_add)
    }

    /// The sum of both, where a figure that is more than any `u64` becomes the largest: no proof through it holds,
    /// because whoever checks one adds without mercy.
    pub(super) fn saturating_add(&self, other: &Self) -> Self {
        let add = |a: u64, b: u64| Some(a.saturating_add(b));
        self.add(other, add).unwrap_or_else(|| self.clone())
    }

    fn add(&self, other: &Self, add: Add) -> Option<Self> {
        if self.groups.len() != other.groups.len() {
            return None;
        }
        let groups = self.groups.iter().zip(&other.groups);
        Some(Self {
            precincts: self.precincts.add(other.precincts, add)?,
            groups: groups.map(|(one, other)| one.add(other, add)).collect::<Option<_>>()?,
        })
    }
}

impl Counts {
    fn add(self, other: Self, add: Add) -> Option<Self> {
        Some(Self {
            counted: add(self.counted, other.counted)?,
            held: add(self.held, other.held)?,
            confirmed: add(self.confirmed, other.confirmed)?,
            released: add(self.released, other.released)?,
            current: add(self.current, other.current)?,
            corrected: add(self.corrected, other.corrected)?,
        })
    }

    /// Whether `precincts` precincts can be counted so.
    pub(super) fn fit(self, precincts: u64) -> bool {
        let flags = [self.held, self.confirmed, self.released, self.corrected];
        self.counted <= precincts
            && flags.iter().all(|flagged| *flagged <= self.counted)
            && self.current <= self.released
    }
}

impl GroupFigures {
    fn add(&self, other: &Self, add: Add) -> Option<Self> {
        Some(Self {
            first_alignment: add(self.first_alignment, other.first_alignment)?,
            final_alignment: add(self.final_alignment, other.final_alignment)?,
            delegates: add(self.delegates, other.delegates)?,
            equivalents: Equivalents(add(self.equivalents.0, other.equivalents.0)?),
        })
    }
}
