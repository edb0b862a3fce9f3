//! Which discrepancies an entry raised, and which it settled.

use std::collections::BTreeMap;

use tallylog_event::{CountyId, PrecinctId};
use tallylog_rules::Code;

use crate::{Discrepancy, Life, Review};

/// What a code stands on: a precinct, or a county as a whole.
type Spot = (CountyId, Option<PrecinctId>, Code);

/// The difference between what stood before an entry and what stands after it.
///
/// A discrepancy that stands on with a newer version of its precinct is neither new nor settled.
#[derive(Clone, Debug, Default)]
pub struct News {
    /// Those that stand now and did not before.
    pub raised: Vec<Discrepancy>,
    /// Those that stood before and do no longer: resolved, accepted or ruled on.
    pub settled: Vec<Discrepancy>,
}

impl News {
    /// What came between two reviews.
    #[must_use]
    pub fn between(before: &Review, after: &Review) -> Self {
        let (old, new) = (open(before), open(after));
        let only = |of: &BTreeMap<Spot, &Discrepancy>, other: &BTreeMap<Spot, &Discrepancy>| {
            let found = of.iter().filter(|(spot, _)| !other.contains_key(*spot));
            found.map(|(_, found)| (*found).clone()).collect()
        };
        Self {
            raised: only(&new, &old),
            settled: only(&old, &new),
        }
    }
}

fn open(review: &Review) -> BTreeMap<Spot, &Discrepancy> {
    let open = review.discrepancies().iter().filter(|found| found.life == Life::Open);
    open.map(|found| ((found.county, found.precinct, found.code), found))
        .collect()
}
