//! The figures that a basis counts, unpacked once, with what a delegate of each place is worth.

use std::collections::BTreeMap;

use tallylog_event::{County, CountyId, EntryIndex, Precinct, PrecinctId, SiteKind};
use tallylog_rules::{Fraction, Ruleset, Sheet, county_ratio, electing, room, site_ratio};

use crate::roster::place;
use crate::{Basis, Filing, State, Version};

/// The version of every precinct that a basis counts.
pub struct Counted<'a> {
    state: &'a State,
    filings: Vec<Option<Filed<'a>>>,
    /// The attendance of every pool, over the sites counted; 0 for a county.
    pools: Vec<u64>,
}

struct Filed<'a> {
    version: &'a Version,
    filing: Filing,
}

impl<'a> Counted<'a> {
    /// Unpacks what `basis` counts in `state`.
    #[must_use]
    pub fn new(state: &'a State, basis: Basis) -> Self {
        Self::choosing(state, |id| state.counted(id, basis))
    }

    /// Unpacks what a release that lists these entries would count. What is no version of a precinct counts nothing.
    #[must_use]
    pub fn listing(state: &'a State, entries: &[EntryIndex]) -> Self {
        let listed: BTreeMap<PrecinctId, EntryIndex> = entries
            .iter()
            .filter_map(|entry| Some((state.precinct_of(*entry)?, *entry)))
            .collect();
        Self::choosing(state, |id| state.history(id)?.version(*listed.get(&id)?))
    }

    fn choosing(state: &'a State, version: impl Fn(PrecinctId) -> Option<&'a Version>) -> Self {
        let filed = |id| {
            let version = version(id)?;
            Some(Filed {
                version,
                filing: version.filing(),
            })
        };
        let mut counted = Self {
            state,
            filings: state.roster().ids().map(filed).collect(),
            pools: Vec::new(),
        };
        counted.fill_pools();
        counted
    }

    /// The same with other figures for a precinct; `None` where nothing is counted for it.
    pub(crate) fn with(mut self, precinct: PrecinctId, sheet: &Sheet) -> Option<Self> {
        let position = self.state.roster().position(precinct)?;
        let filed = self.filings.get_mut(position)?.as_mut()?;
        let mut report = filed.filing.report().clone();
        report.sheet = sheet.clone();
        filed.filing = Filing::Report(Box::new(report));
        self.fill_pools();
        Some(self)
    }

    fn fill_pools(&mut self) {
        let counties = self.state.roster().counties();
        self.pools = counties.map(|county| self.attendance(county.id)).collect();
    }

    /// The sites' attendance where `county` is a pool. Rule: a pool's value is shared over the sites reported so far.
    fn attendance(&self, county: CountyId) -> u64 {
        let Some(county) = self
            .state
            .roster()
            .county(county)
            .filter(|c| c.kind == SiteKind::Satellites)
        else {
            return 0;
        };
        (0_u16..)
            .zip(&county.precincts)
            .filter_map(|(number, _)| {
                self.sheet(PrecinctId {
                    county: county.id,
                    number,
                })
            })
            .map(|sheet| u64::from(room(sheet).0))
            .sum()
    }

    /// The version counted for a precinct.
    #[must_use]
    pub fn version(&self, precinct: PrecinctId) -> Option<&'a Version> {
        self.filed(precinct).map(|filed| filed.version)
    }

    /// The figures counted for a precinct.
    #[must_use]
    pub fn sheet(&self, precinct: PrecinctId) -> Option<&Sheet> {
        self.filed(precinct).map(|filed| &filed.filing.report().sheet)
    }

    /// What was said for a precinct.
    #[must_use]
    pub fn filing(&self, precinct: PrecinctId) -> Option<&Filing> {
        self.filed(precinct).map(|filed| &filed.filing)
    }

    /// The people who attended the sites of a pool, over the sites counted.
    #[must_use]
    pub fn pool_attendance(&self, pool: CountyId) -> u64 {
        self.pools.get(usize::from(pool.0)).copied().unwrap_or(0)
    }

    /// What one delegate of a precinct is worth in state delegate equivalents; for a satellite site it depends on the
    /// pool's attendance over the sites counted. `None` where a place has no delegates.
    #[must_use]
    pub fn ratio(&self, precinct: PrecinctId) -> Option<Fraction> {
        self.ratio_of(precinct, self.sheet(precinct)?)
    }

    /// The same for figures that are not the ones counted.
    #[must_use]
    pub fn ratio_of(&self, precinct: PrecinctId, sheet: &Sheet) -> Option<Fraction> {
        ratio(self.state, precinct, sheet, self.pool_attendance(precinct.county))
    }

    /// The entries counted, in rising order.
    #[must_use]
    pub fn entries(&self) -> Vec<EntryIndex> {
        let mut entries: Vec<_> = self.filings.iter().flatten().map(|filed| filed.version.entry).collect();
        entries.sort_unstable();
        entries
    }

    pub(crate) fn state(&self) -> &'a State {
        self.state
    }

    fn filed(&self, precinct: PrecinctId) -> Option<&Filed<'a>> {
        self.filings.get(self.state.roster().position(precinct)?)?.as_ref()
    }
}

/// What one delegate of a precinct with these figures is worth; `pool_attendance` matters for a satellite site alone.
pub(crate) fn ratio(state: &State, precinct: PrecinctId, sheet: &Sheet, pool_attendance: u64) -> Option<Fraction> {
    let (county, named) = state.roster().precinct(precinct)?;
    worth(&state.contest()?.ruleset, county, named, sheet, pool_attendance)
}

/// The same by what the roster said of the county at some moment.
pub(crate) fn worth(
    ruleset: &Ruleset,
    county: &County,
    precinct: &Precinct,
    sheet: &Sheet,
    pool_attendance: u64,
) -> Option<Fraction> {
    match county.kind {
        SiteKind::Precincts { county_delegates } => county_ratio(county.state_delegates, county_delegates),
        SiteKind::Satellites => {
            let delegates = electing(ruleset, place(county, precinct), sheet);
            site_ratio(county.state_delegates, room(sheet), pool_attendance, delegates)
        }
    }
}
