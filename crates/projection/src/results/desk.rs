//! What a leaf depends on beyond its own precinct, kept up to date entry by entry.

use std::collections::BTreeSet;

use tallylog_event::{Basis, CountyId, PrecinctId, SiteKind};
use tallylog_rules::room;

use super::holds::Holds;
use super::leaf::{Leaf, Standing, Tally, figures};
use crate::counted::ratio;
use crate::review::record::is_confirmed;
use crate::state::sheet;
use crate::{Filing, State, Version};

/// The attendance of every pool and what holds every precinct, over the versions that a basis counts.
#[derive(Clone, Debug)]
pub(super) struct Desk {
    basis: Basis,
    groups: usize,
    /// People, by position in roster order; 0 for what is no satellite site.
    rooms: Vec<u64>,
    /// People at the sites counted, by county; 0 for a county.
    pools: Vec<u64>,
    /// Absent where only what was released may speak.
    holds: Option<Holds>,
    releases: usize,
}

impl Desk {
    pub(super) fn of(state: &State, basis: Basis, groups: usize) -> Self {
        let (counties, precincts) = (state.roster().len(), state.roster().precincts());
        let mut desk = Self {
            basis,
            groups,
            rooms: vec![0; precincts],
            pools: vec![0; counties],
            holds: match basis {
                Basis::Recorded => Some(Holds::new(counties, precincts, groups)),
                Basis::Released => None,
            },
            releases: state.releases().len(),
        };
        desk.refile(state, &(0..precincts).collect());
        desk
    }

    pub(super) fn basis(&self) -> Basis {
        self.basis
    }

    /// Takes up what was added to `state` after its first `size` entries. Returns the positions of all precincts whose
    /// leaves may have changed.
    pub(super) fn follow(&mut self, state: &State, size: u64) -> BTreeSet<usize> {
        let all = || (0..state.roster().precincts()).collect::<BTreeSet<_>>();
        let released = state.releases().len() != self.releases;
        self.releases = state.releases().len();
        match (self.basis, released) {
            (Basis::Recorded, _) => {
                let touched = self.refile(state, &state.positions_since(size).collect());
                if released { all() } else { touched }
            }
            (Basis::Released, true) => {
                self.refile(state, &all());
                all()
            }
            (Basis::Released, false) => BTreeSet::new(),
        }
    }

    /// Takes up the versions now counted at `positions`. Returns all positions at which something may have changed.
    fn refile(&mut self, state: &State, positions: &BTreeSet<usize>) -> BTreeSet<usize> {
        let mut touched = positions.clone();
        let mut pools = BTreeSet::new();
        for position in positions {
            let Some(id) = state.roster().at_position(*position) else {
                continue;
            };
            let filing = state.counted(id, self.basis).map(Version::filing);
            if self.admit(state, *position, id, filing.as_ref()) {
                pools.insert(id.county);
            }
            if let Some(holds) = &mut self.holds {
                holds.refile(state, *position, id, filing.as_ref().map(sheet), &mut touched);
            }
        }
        touched.extend(pools.into_iter().flat_map(|pool| state.roster().positions(pool)));
        self.check(state, &touched);
        if let Some(holds) = &mut self.holds {
            holds.settle(&mut touched);
        }
        touched
    }

    /// Lets the attendance of a satellite site into its pool. Says whether it is one.
    fn admit(&mut self, state: &State, position: usize, id: PrecinctId, filing: Option<&Filing>) -> bool {
        let county = state.roster().county(id.county);
        if county.is_none_or(|county| county.kind != SiteKind::Satellites) {
            return false;
        }
        let people = filing.map_or(0, |filing| room(sheet(filing)).0.into());
        let places = (
            self.rooms.get_mut(position),
            self.pools.get_mut(usize::from(id.county.0)),
        );
        if let (Some(room), Some(pool)) = places {
            *pool = *pool - *room + people;
            *room = people;
        }
        true
    }

    /// Checks the precincts at `positions` by themselves, by the pools as they are now.
    fn check(&mut self, state: &State, positions: &BTreeSet<usize>) {
        let Some(holds) = &mut self.holds else {
            return;
        };
        for position in positions {
            let Some(id) = state.roster().at_position(*position) else {
                continue;
            };
            let filing = state.counted(id, self.basis).map(Version::filing);
            holds.check(state, *position, id, filing.as_ref(), pool(&self.pools, id.county));
        }
    }

    /// The leaf of the precinct at a position.
    pub(super) fn leaf(&self, state: &State, position: usize) -> Option<Leaf> {
        let id = state.roster().at_position(position)?;
        let mut leaf = Leaf::awaiting(state, id)?;
        leaf.tally = state.counted(id, self.basis).map(|version| {
            let filing = version.filing();
            let ratio = ratio(state, id, sheet(&filing), pool(&self.pools, id.county));
            let groups = figures(sheet(&filing), ratio, self.groups);
            Tally::new(state, version, self.standing(state, position, id, version), groups)
        });
        Some(leaf)
    }

    fn standing(&self, state: &State, position: usize, id: PrecinctId, version: &Version) -> Standing {
        let listed = state.releases().last().and_then(|release| release.entry_of(position));
        let by_release = Standing {
            released: listed.is_some(),
            corrected: version.corrects,
            ..Standing::default()
        };
        match &self.holds {
            None => by_release,
            Some(holds) => Standing {
                held: holds.hold(state, position, id),
                confirmed: state.history(id).is_some_and(|history| is_confirmed(state, history)),
                current: listed == Some(version.entry),
                ..by_release
            },
        }
    }
}

fn pool(pools: &[u64], county: CountyId) -> u64 {
    pools.get(usize::from(county.0)).copied().unwrap_or(0)
}
