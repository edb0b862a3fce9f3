//! A ruleset is a value: the contest's first event carries it, and everything else reads it from there.

use serde::{Deserialize, Serialize};

use crate::{Attendees, Delegates};

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
