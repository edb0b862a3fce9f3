//! Why a claim of a satellite site no longer holds: one correction moves every site of its pool.

use tallylog_event::{CountyId, EntryIndex, PrecinctId, SiteKind};
use tallylog_rules::{Place, Sheet, electing, published, room, site_ratio};

use crate::state::sheet;
use crate::{State, Version};

/// A pool's attendance before one of its sites was corrected, by which a claim still holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolBefore {
    /// People at the pool's sites at that time.
    pub attendance: u64,
    /// The entry that changed it.
    pub until: EntryIndex,
}

/// The latest earlier attendance of a pool, `now` the present one, by which every claim of `claimant` holds.
pub(super) fn held_before(state: &State, pool: CountyId, now: u64, claimant: &Sheet) -> Option<PoolBefore> {
    let mut before = earlier(state, pool, now);
    before.sort_by_key(|before| std::cmp::Reverse(before.until));
    before
        .into_iter()
        .find(|before| holds(state, pool, claimant, before.attendance))
}

/// What the pool's attendance would be had the latest change of one site's attendance not been made.
fn earlier(state: &State, pool: CountyId, now: u64) -> Vec<PoolBefore> {
    let Some(county) = state
        .roster()
        .county(pool)
        .filter(|county| county.kind == SiteKind::Satellites)
    else {
        return Vec::new();
    };
    let sites = (0_u16..)
        .zip(&county.precincts)
        .map(|(number, _)| PrecinctId { county: pool, number });
    sites
        .filter_map(|site| {
            let [.., old, new] = state.versions(site) else {
                return None;
            };
            Some(PoolBefore {
                attendance: (now + people(old)).checked_sub(people(new))?,
                until: new.entry,
            })
        })
        .filter(|before| before.attendance != now)
        .collect()
}

fn people(version: &Version) -> u64 {
    u64::from(room(sheet(&version.filing())).0)
}

fn holds(state: &State, pool: CountyId, claimant: &Sheet, attendance: u64) -> bool {
    let (Some(contest), Some(county)) = (state.contest(), state.roster().county(pool)) else {
        return false;
    };
    let delegates = electing(&contest.ruleset, Place::Satellite, claimant);
    let Some(ratio) = site_ratio(county.state_delegates, room(claimant), attendance, delegates) else {
        return false;
    };
    let (Some(claims), Some(awards)) = (&claimant.claimed, &claimant.awards) else {
        return false;
    };
    claims
        .iter()
        .all(|(group, claim)| *claim == published(awards.of(*group), ratio))
}
