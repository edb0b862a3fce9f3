//! Iowa's counties with invented precincts.

use std::collections::BTreeMap;

use tallylog_event::{County, CountyId, District, Precinct, PrecinctId, SiteKind};
use tallylog_rules::{Delegates, Place};

use crate::Options;
use crate::chance::{Chance, Stream};
use crate::counties::{COUNTIES, CountyRow, POOLS, PoolRow};
use crate::place_names;
use crate::words::text;

/// Counties for which a small night has a pool of satellite sites.
const COUNTIES_TO_A_POOL: usize = 20;

/// People in a room for each delegate to the state convention, as in 2020.
const PEOPLE_TO_A_STATE_DELEGATE: u32 = 84;

/// A county and what the simulation knows of it beyond the roster.
pub(crate) struct Area {
    pub(crate) county: County,
    /// People that a hundred delegates to the county convention stand for.
    pub(crate) people_to_100_delegates: u32,
}

/// The counties, then the pools, in the order of the table.
pub(crate) fn areas(options: &Options) -> Vec<Area> {
    let counties = options.counties.map_or(COUNTIES.len(), usize::from);
    let counties = counties.clamp(1, COUNTIES.len());
    let pools = counties.div_ceil(COUNTIES_TO_A_POOL).min(POOLS.len());
    let counties = COUNTIES.iter().take(counties).map(Row::County);
    let rows: Vec<Row> = counties.chain(POOLS.iter().take(pools).map(Row::Pool)).collect();
    let kept = kept(&rows, options.precincts);
    let listed = rows.iter().zip(kept).filter(|(_, kept)| *kept > 0).enumerate();
    listed
        .map(|(number, (row, kept))| row.area(options.seed, number, kept))
        .collect()
}

/// The precincts and sites of `areas` with what the roster says of each, in roster order.
pub(crate) fn places(areas: &[Area]) -> BTreeMap<PrecinctId, Place> {
    let of_county = |area: &Area| {
        let county = area.county.clone();
        let place = move |precinct: &Precinct| match county.kind {
            SiteKind::Precincts { .. } => Place::Precinct {
                delegates: precinct.delegates,
            },
            SiteKind::Satellites => Place::Satellite,
        };
        let places: Vec<Place> = area.county.precincts.iter().map(place).collect();
        ids(&area.county).zip(places).collect::<Vec<_>>()
    };
    areas.iter().flat_map(of_county).collect()
}

/// The names of a county's precincts for the log.
pub(crate) fn ids(county: &County) -> impl Iterator<Item = PrecinctId> + use<> {
    let (county, count) = (county.id, number(county.precincts.len()));
    (0..count).map(move |number| PrecinctId { county, number })
}

enum Row<'a> {
    County(&'a CountyRow),
    Pool(&'a PoolRow),
}

impl Row<'_> {
    fn sites(&self) -> u16 {
        match self {
            Self::County(row) => row.precincts,
            Self::Pool(row) => row.sites,
        }
    }

    fn area(&self, seed: u64, place: usize, kept: u16) -> Area {
        let id = CountyId(number(place));
        match self {
            Self::County(row) => county(seed, id, row, kept),
            Self::Pool(row) => pool(seed, id, row, kept),
        }
    }
}

/// How many precincts each row keeps under the cap: one more for each in turn.
fn kept(rows: &[Row], cap: Option<u16>) -> Vec<u16> {
    let Some(cap) = cap else {
        return rows.iter().map(Row::sites).collect();
    };
    let mut kept = vec![0; rows.len()];
    let mut left = cap.max(1);
    while left > 0 && rows.iter().zip(&kept).any(|(row, kept)| row.sites() > *kept) {
        for (row, kept) in rows.iter().zip(&mut kept) {
            if left > 0 && row.sites() > *kept {
                *kept += 1;
                left -= 1;
            }
        }
    }
    kept
}

fn county(seed: u64, id: CountyId, row: &CountyRow, kept: u16) -> Area {
    let mut sizes = delegates(row, &mut Chance::of(seed, Stream::Roster, row.fips.into()));
    sizes.truncate(kept.into());
    let mut names = place_names::precincts(
        row.precincts.into(),
        &mut Chance::of(seed, Stream::Places, row.fips.into()),
    );
    names.truncate(kept.into());
    let precincts = names
        .into_iter()
        .zip(&sizes)
        .enumerate()
        .map(|(at, (name, size))| Precinct {
            name: text(name),
            code: text(format!("{:03}-{:03}", row.fips % 1_000, at + 1)),
            delegates: Delegates(*size),
        });
    let county = County {
        id,
        name: text(row.name),
        kind: SiteKind::Precincts {
            county_delegates: Delegates(sizes.iter().sum()),
        },
        fips: Some(row.fips),
        district: District::Congressional(row.district),
        state_delegates: Delegates(row.state_delegates),
        precincts: precincts.collect(),
    };
    let people = u32::from(row.state_delegates) * PEOPLE_TO_A_STATE_DELEGATE * 100;
    Area {
        county,
        people_to_100_delegates: people / u32::from(row.county_delegates),
    }
}

/// Delegates of each precinct: one at least, the others by sizes as uneven as those of 2020.
fn delegates(row: &CountyRow, chance: &mut Chance) -> Vec<u16> {
    let weights: Vec<u32> = (0..row.precincts).map(|_| chance.between(3, 100)).collect();
    let others = u32::from(row.county_delegates - row.precincts);
    let sizes = chance.split(others, &weights).into_iter();
    sizes.map(|size| u16::try_from(size + 1).unwrap_or(u16::MAX)).collect()
}

fn pool(seed: u64, id: CountyId, row: &PoolRow, kept: u16) -> Area {
    let mut names = place_names::sites(row.sites.into(), &mut Chance::of(seed, Stream::Places, id.0.into()));
    names.truncate(kept.into());
    let sites = names.into_iter().enumerate().map(|(at, name)| Precinct {
        name: text(name),
        code: text(format!("S{}-{:02}", id.0, at + 1)),
        delegates: Delegates(0),
    });
    let county = County {
        id,
        name: text(row.name),
        kind: SiteKind::Satellites,
        fips: None,
        district: row.district,
        state_delegates: Delegates(row.equivalents),
        precincts: sites.collect(),
    };
    Area {
        county,
        people_to_100_delegates: 0,
    }
}

fn number(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}
