//! The caucus rules: viability, apportionment, equivalents, national delegates, and the checks on a report.
//!
//! Integers and exact fractions only. Nothing here knows of signatures, time or storage, so that an auditor can read
//! this crate beside the delegate plan. `docs/RULES.md` gives the plan's side.

mod apportion;
mod by_group;
mod check;
mod code;
mod count;
mod equivalents;
mod finding;
mod lawful;
mod national;
mod place;
mod ruleset;
mod sheet;

pub use apportion::{Apportionment, Tie, apportion};
pub use by_group::{ByGroup, GroupId, GroupsError};
pub use check::{
    AcrossDetail, AwardDetail, Claim, Differing, ENOUGH_ROOMS, Edited, Elsewhere, FiguresKey, PaperDetail,
    PeopleDetail, Pool, Site, beyond_a_hundredth, check_outliers, check_revision, check_sheet, check_sum, duplicate,
    figures_key, prominence,
};
pub use code::{Code, Desk, Severity};
pub use count::{Attendees, Delegates, Equivalents};
pub use equivalents::{Fraction, county_ratio, exact, published, site_ratio};
pub use finding::{Detail, Finding, Round};
pub use lawful::{Lawful, lawful};
pub use national::{National, Unit, UnitAwards, national_delegates};
pub use place::{Place, electing, room, satellite_delegates, viability_threshold};
pub use ruleset::{NationalPlan, RuleError, Ruleset, SatelliteTier, Table, ViabilityTier};
pub use sheet::{Attendance, Game, GameMeans, Sheet};
