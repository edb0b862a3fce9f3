//! A ruleset is a value: the contest's first event carries it, and everything else reads it from there.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Attendees, Delegates};

/// Why a ruleset that came from outside cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RuleError {
    /// A ruleset needs a name, to be compared with the built-in one of that name.
    #[error("the ruleset has no name")]
    Unnamed,
    /// A table has no row.
    #[error("the {0} table is empty")]
    Empty(Table),
    /// The rows of a table do not rise, or the first begins at 0.
    #[error("the {0} table does not rise from 1 or more")]
    NotRising(Table),
    /// A share is not between 0 (left out) and 1.
    #[error("{numerator}/{denominator} in the {table} table is not a share of a whole")]
    Share {
        /// Where it stands.
        table: Table,
        /// Its numerator.
        numerator: u16,
        /// Its denominator.
        denominator: u16,
    },
    /// A satellite site that somebody attended has a delegate.
    #[error("a satellite tier has no delegates")]
    NoDelegates,
    /// Every report would be too large.
    #[error("the largest room holds nobody")]
    NoRoom,
}

/// A part of a ruleset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// [`Ruleset::viability`].
    Viability,
    /// [`Ruleset::satellites`].
    Satellites,
    /// [`Ruleset::national`].
    National,
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Viability => "viability",
            Self::Satellites => "satellite",
            Self::National => "national",
        })
    }
}

/// The numbers of a delegate plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruleset {
    /// What the ruleset is called, such as `iowa-2020`.
    pub name: String,
    /// The share of the room that makes a group viable, by delegates to elect, in rising order of `from`.
    /// A precinct that elects fewer than the first `from` has no groups: the room elects its one delegate.
    pub viability: Vec<ViabilityTier>,
    /// Delegates of a satellite site by its attendance, in rising order of `from`.
    pub satellites: Vec<SatelliteTier>,
    /// The national delegates that the caucus decides.
    pub national: NationalPlan,
    /// The most people that a report may give for a room or a group. A larger figure is a slip of the finger.
    pub largest_room: Attendees,
}

/// Precincts that elect `from` delegates or more: a viable group is at least `numerator / denominator` of the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViabilityTier {
    /// The fewest delegates to which the tier applies.
    pub from: Delegates,
    /// The share's numerator.
    pub numerator: u16,
    /// The share's denominator; not 0.
    pub denominator: u16,
}

/// Satellite sites with `from` people or more have `delegates` delegates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SatelliteTier {
    /// The fewest people to whom the tier applies.
    pub from: Attendees,
    /// Delegates of such a site.
    pub delegates: Delegates,
}

/// Pledged national delegates, unit by unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NationalPlan {
    /// Delegates of each congressional district, from the first.
    pub districts: Vec<u16>,
    /// At-large delegates, on the statewide equivalents.
    pub at_large: u16,
    /// Party leaders and elected officials, on the statewide equivalents.
    pub pleo: u16,
    /// The share of a unit's equivalents that qualifies, numerator.
    pub threshold_numerator: u16,
    /// The share of a unit's equivalents that qualifies, denominator; not 0.
    pub threshold_denominator: u16,
}

impl Ruleset {
    /// The delegate plan of the Iowa Democratic caucuses of 3 February 2020.
    ///
    /// ```
    /// # use tallylog_rules::{Attendees, Delegates, Ruleset, viability_threshold};
    /// let rules = Ruleset::iowa_2020();
    /// // 15 % of 101 people is 15.15, so a group needs 16.
    /// assert_eq!(viability_threshold(&rules, Attendees(101), Delegates(5)), Some(Attendees(16)));
    /// ```
    #[must_use]
    pub fn iowa_2020() -> Self {
        Self {
            name: "iowa-2020".to_owned(),
            viability: [(2, 1, 4), (3, 1, 6), (4, 15, 100)]
                .map(|(from, numerator, denominator)| ViabilityTier {
                    from: Delegates(from),
                    numerator,
                    denominator,
                })
                .to_vec(),
            satellites: [(1, 4), (21, 5), (41, 6), (61, 7), (81, 8), (101, 9)]
                .map(|(from, delegates)| SatelliteTier {
                    from: Attendees(from),
                    delegates: Delegates(delegates),
                })
                .to_vec(),
            national: NationalPlan {
                districts: vec![7, 7, 8, 5],
                at_large: 9,
                pleo: 5,
                threshold_numerator: 15,
                threshold_denominator: 100,
            },
            // More than five times the largest room of 2020, and less than that room with a digit too many.
            largest_room: Attendees(5_000),
        }
    }

    /// The ruleset that this crate knows by `name`.
    #[must_use]
    pub fn built_in(name: &str) -> Option<Self> {
        let known = Self::iowa_2020();
        (known.name == name).then_some(known)
    }

    /// Looks at a ruleset that came from outside, before anything is computed with it.
    ///
    /// # Errors
    ///
    /// The first [`RuleError`] in the order of the fields.
    ///
    /// ```
    /// # use tallylog_rules::{RuleError, Ruleset};
    /// let mut rules = Ruleset::iowa_2020();
    /// assert_eq!(rules.validate(), Ok(()));
    /// rules.satellites[0].delegates.0 = 0;
    /// assert_eq!(rules.validate(), Err(RuleError::NoDelegates));
    /// ```
    pub fn validate(&self) -> Result<(), RuleError> {
        if self.name.is_empty() {
            return Err(RuleError::Unnamed);
        }
        let viability = self.viability.iter().map(|tier| u32::from(tier.from.0));
        rising(Table::Viability, viability)?;
        for tier in &self.viability {
            share(Table::Viability, tier.numerator, tier.denominator)?;
        }
        let satellites = self.satellites.iter().map(|tier| tier.from.0);
        rising(Table::Satellites, satellites)?;
        if self.satellites.iter().any(|tier| tier.delegates.0 == 0) {
            return Err(RuleError::NoDelegates);
        }
        let plan = &self.national;
        share(Table::National, plan.threshold_numerator, plan.threshold_denominator)?;
        if self.largest_room.0 == 0 {
            return Err(RuleError::NoRoom);
        }
        Ok(())
    }
}

fn rising(table: Table, starts: impl Iterator<Item = u32>) -> Result<(), RuleError> {
    let mut below = None;
    for start in starts {
        if start <= below.unwrap_or(0) {
            return Err(RuleError::NotRising(table));
        }
        below = Some(start);
    }
    below.map(|_| ()).ok_or(RuleError::Empty(table))
}

fn share(table: Table, numerator: u16, denominator: u16) -> Result<(), RuleError> {
    if numerator == 0 || numerator > denominator {
        return Err(RuleError::Share {
            table,
            numerator,
            denominator,
        });
    }
    Ok(())
}
