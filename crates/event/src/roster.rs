//! The roster: one event a county.

use serde::{Deserialize, Serialize};
use tallylog_rules::Delegates;

use crate::{CountyId, Text};

/// A county with its precincts, or a pool with its satellite sites.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct County {
    /// Its number; counties are listed in rising order from 0.
    pub id: CountyId,
    /// Its name.
    pub name: Text,
    /// What its precincts are.
    pub kind: SiteKind,
    /// The FIPS code, where there is one.
    pub fips: Option<u32>,
    /// Where its equivalents count for national delegates.
    pub district: District,
    /// Delegates to the state convention; of a pool, the equivalents that it shares out.
    pub state_delegates: Delegates,
    /// Its precincts in roster order.
    pub precincts: Vec<Precinct>,
}

/// What a county's precincts are, and with that where their number of delegates comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SiteKind {
    /// Precincts: each elects the number that the apportionment gives it.
    Precincts {
        /// Delegates of the whole county to its convention.
        county_delegates: Delegates,
    },
    /// Satellite sites: each elects by its attendance.
    Satellites,
}

/// Where equivalents count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum District {
    /// In a congressional district, from 1, and statewide.
    Congressional(u8),
    /// Statewide only: out-of-state sites.
    StateOnly,
}

/// A precinct or a satellite site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Precinct {
    /// Its name, unique in its county.
    pub name: Text,
    /// The party's code for it; may be blank.
    pub code: Text,
    /// Delegates to elect; 0 for a satellite site, where they follow from attendance.
    pub delegates: Delegates,
}
