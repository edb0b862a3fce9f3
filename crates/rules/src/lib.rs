//! The caucus rules: viability, apportionment, equivalents, national delegates, and the checks on a report.
//!
//! Integers and exact fractions only. Nothing here knows of signatures, time or storage, so that an auditor can read
//! this crate beside the delegate plan. `docs/RULES.md` gives the plan's side.

mod by_group;
mod count;
mod ruleset;
mod sheet;

pub use by_group::{ByGroup, GroupId, GroupsError};
pub use count::{Attendees, Delegates, Equivalents};
pub use ruleset::{NationalPlan, Ruleset, SatelliteTier, ViabilityTier};
pub use sheet::{Attendance, Game, GameMeans, Sheet};
