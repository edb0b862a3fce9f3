//! The roster as the log lists it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use tallylog_event::{County, CountyId, EntryIndex, Precinct, PrecinctId, SiteKind};
use tallylog_rules::Place;

/// Counties and pools in roster order, each with the entry that listed it.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    counties: Vec<Listed>,
    precincts: usize,
}

#[derive(Clone, Debug)]
struct Listed {
    entry: EntryIndex,
    /// How many precincts stand before its first.
    first: usize,
    county: Arc<County>,
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
            by_name: Arc::new(by_name),
        });
        self.precincts += county.precincts.len();
    }

    /// The roster as it stood when the log had `size` entries.
    pub(crate) fn at(&self, size: u64) -> Self {
        let counties: Vec<Listed> = self
            .counties
            .iter()
            .filter(|listed| listed.entry.0 < size)
            .cloned()
            .collect();
        let precincts = counties
            .last()
            .map_or(0, |last| last.first + last.county.precincts.len());
        Self { counties, precincts }
    }
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
