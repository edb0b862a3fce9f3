//! The roster as the log lists it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use tallylog_event::{Apportionment, County, CountyId, EntryIndex, Precinct, PrecinctId, SiteKind};
use tallylog_rules::Place;

/// Counties and pools in roster order, each with the entry that listed it.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    counties: Vec<Listed>,
    precincts: usize,
    amendments: usize,
}

#[derive(Clone, Debug)]
struct Listed {
    entry: EntryIndex,
    /// How many precincts stand before its first.
    first: usize,
    county: Arc<County>,
    /// What it was before each amendment, with the entry that amended it.
    before: Vec<(EntryIndex, Arc<County>)>,
    by_name: Arc<BTreeMap<String, u16>>,
}

impl Roster {
    /// How many counties and pools are listed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.counties.len()
    }

    /// Whether none is listed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counties.is_empty()
    }

    /// How many precincts and sites are listed.
    #[must_use]
    pub fn precincts(&self) -> usize {
        self.precincts
    }

    /// How many times the delegates of a county were amended.
    #[must_use]
    pub fn amendments(&self) -> usize {
        self.amendments
    }

    /// The counties in roster order.
    pub fn counties(&self) -> impl Iterator<Item = &County> {
        self.counties.iter().map(|listed| &*listed.county)
    }

    /// The county of a number.
    #[must_use]
    pub fn county(&self, id: CountyId) -> Option<&County> {
        self.counties.get(usize::from(id.0)).map(|listed| &*listed.county)
    }

    /// The county or pool of a name, whatever its case.
    #[must_use]
    pub fn county_named(&self, name: &str) -> Option<&County> {
        self.counties()
            .find(|county| county.name.as_str().eq_ignore_ascii_case(name))
    }

    /// The precinct of a name in a county, whatever its case.
    #[must_use]
    pub fn precinct_named(&self, county: &County, name: &str) -> Option<PrecinctId> {
        let listed = self.counties.get(usize::from(county.id.0))?;
        let number = *listed.by_name.get(&name.to_ascii_uppercase())?;
        Some(PrecinctId {
            county: county.id,
            number,
        })
    }

    /// The precinct of an id, with its county.
    #[must_use]
    pub fn precinct(&self, id: PrecinctId) -> Option<(&County, &Precinct)> {
        let county = self.county(id.county)?;
        Some((county, county.precincts.get(usize::from(id.number))?))
    }

    /// Every precinct in roster order.
    pub fn ids(&self) -> impl Iterator<Item = PrecinctId> {
        self.counties().flat_map(|county| {
            (0_u16..).zip(&county.precincts).map(|(number, _)| PrecinctId {
                county: county.id,
                number,
            })
        })
    }

    /// The place of a precinct in roster order, from 0.
    #[must_use]
    pub fn position(&self, id: PrecinctId) -> Option<usize> {
        let listed = self.counties.get(usize::from(id.county.0))?;
        let number = usize::from(id.number);
        (number < listed.county.precincts.len()).then_some(listed.first + number)
    }

    /// The places in roster order of the precincts of a county or pool.
    #[must_use]
    pub fn positions(&self, county: CountyId) -> Range<usize> {
        let listed = self.counties.get(usize::from(county.0));
        listed.map_or(0..0, |listed| {
            listed.first..listed.first + listed.county.precincts.len()
        })
    }

    /// The precinct at a place in roster order.
    #[must_use]
    pub fn at_position(&self, position: usize) -> Option<PrecinctId> {
        let after = self.counties.partition_point(|listed| listed.first <= position);
        let listed = self.counties.get(after.checked_sub(1)?)?;
        let number = position - listed.first;
        (number < listed.county.precincts.len()).then_some(PrecinctId {
            county: listed.county.id,
            number: u16::try_from(number).ok()?,
        })
    }

    pub(crate) fn list(&mut self, entry: EntryIndex, county: &County) {
        let by_name = (0_u16..)
            .zip(&county.precincts)
            .map(|(number, precinct)| (precinct.name.as_str().to_ascii_uppercase(), number))
            .collect();
        self.counties.push(Listed {
            entry,
            first: self.precincts,
            county: Arc::new(county.clone()),
            before: Vec::new(),
            by_name: Arc::new(by_name),
        });
        self.precincts += county.precincts.len();
    }

    /// Gives precincts of a county other numbers of delegates from `entry` on.
    pub(crate) fn apportion(&mut self, entry: EntryIndex, apportionment: &Apportionment) {
        let Some(listed) = self.counties.get_mut(usize::from(apportionment.county.0)) else {
            return;
        };
        let amended = apportioned(&listed.county, apportionment);
        let old = std::mem::replace(&mut listed.county, Arc::new(amended));
        listed.before.push((entry, old));
        self.amendments += 1;
    }

    /// A county as it stood when the log had `size` entries; `None` where it was not listed by then.
    pub(crate) fn county_at(&self, id: CountyId, size: u64) -> Option<&County> {
        let listed = self.counties.get(usize::from(id.0))?;
        let later = listed.before.iter().find(|(by, _)| by.0 >= size);
        (listed.entry.0 < size).then(|| &**later.map_or(&listed.county, |(_, old)| old))
    }

    /// The entries from `from` on that list counties or amend them, each with its county.
    pub(crate) fn turns(&self, from: u64) -> impl Iterator<Item = (EntryIndex, CountyId)> {
        let entries = self.counties.iter().flat_map(|listed| {
            let amended = listed.before.iter().map(|(by, _)| *by);
            std::iter::once(listed.entry)
                .chain(amended)
                .map(|entry| (entry, listed.county.id))
        });
        entries.filter(move |(entry, _)| entry.0 >= from)
    }

    /// Whether the delegates of a county were amended after an entry.
    pub(crate) fn is_amended_since(&self, county: CountyId, entry: EntryIndex) -> bool {
        let listed = self.counties.get(usize::from(county.0));
        let last = listed.and_then(|listed| listed.before.last());
        last.is_some_and(|(by, _)| *by > entry)
    }

    /// The roster as it stood when the log had `size` entries.
    pub(crate) fn at(&self, size: u64) -> Self {
        let counties: Vec<Listed> = self
            .counties
            .iter()
            .filter(|listed| listed.entry.0 < size)
            .map(|listed| listed.at(size))
            .collect();
        let precincts = counties
            .last()
            .map_or(0, |last| last.first + last.county.precincts.len());
        Self {
            amendments: counties.iter().map(|listed| listed.before.len()).sum(),
            counties,
            precincts,
        }
    }
}

impl Listed {
    /// The county as it stood when the log had `size` entries, of which one lists it.
    fn at(&self, size: u64) -> Self {
        let until = self.before.partition_point(|(entry, _)| entry.0 < size);
        let (past, later) = self.before.split_at(until);
        Self {
            county: later.first().map_or(&self.county, |(_, old)| old).clone(),
            before: past.to_vec(),
            ..self.clone()
        }
    }
}

/// The county with the delegates of an apportionment.
pub(crate) fn apportioned(county: &County, apportionment: &Apportionment) -> County {
    let mut amended = county.clone();
    amended.kind = SiteKind::Precincts {
        county_delegates: apportionment.county_delegates,
    };
    for change in &apportionment.precincts {
        if let Some(precinct) = amended.precincts.get_mut(usize::from(change.number)) {
            precinct.delegates = change.delegates;
        }
    }
    amended
}

/// What the rules need to know of a precinct.
pub(crate) fn place(county: &County, precinct: &Precinct) -> Place {
    match county.kind {
        SiteKind::Precincts { .. } => Place::Precinct {
            delegates: precinct.delegates,
        },
        SiteKind::Satellites => Place::Satellite,
    }
}
