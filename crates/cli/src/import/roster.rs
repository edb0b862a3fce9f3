//! The roster: `counties.csv` and `precincts.csv`.

use std::collections::BTreeMap;
use std::path::Path;

use tallylog_event::{County, CountyId, District, Precinct, SiteKind, Text};
use tallylog_rules::Delegates;

use super::table::{Row, Table};
use crate::failure::{Failure, RowFault, TableFault};

const COUNTIES: &str = "county,kind,fips,congressional_district,county_delegates,state_delegates";
const PRECINCTS: &str = "county,precinct,code,county_delegates";

/// Reads the counties and pools in file order, each with its precincts in file order.
pub(super) fn read(from: &Path) -> Result<Vec<County>, Failure> {
    let mut counties = Vec::new();
    let mut by_name = BTreeMap::new();
    let mut table = Table::open(&from.join("counties.csv"), COUNTIES)?;
    while let Some(row) = table.next()? {
        let county = county(&row, counties.len())?;
        if by_name.insert(county.name.to_string(), counties.len()).is_some() {
            return Err(row.fault(RowFault::Twice(county.name.to_string())));
        }
        counties.push(county);
    }
    let mut table = Table::open(&from.join("precincts.csv"), PRECINCTS)?;
    while let Some(row) = table.next()? {
        let known = by_name.get(row.text(0)).and_then(|at| counties.get_mut(*at));
        let county = known.ok_or_else(|| row.fault(RowFault::County(row.text(0).to_owned())))?;
        let precinct = precinct(&row, county.kind)?;
        let name = precinct.name.as_str();
        if county
            .precincts
            .iter()
            .any(|known| known.name.as_str().eq_ignore_ascii_case(name))
        {
            return Err(row.fault(RowFault::Twice(name.to_owned())));
        }
        county.precincts.push(precinct);
    }
    add_up(&from.join("precincts.csv"), &counties)?;
    Ok(counties)
}

/// The precincts of a county elect as many delegates as the county has.
fn add_up(path: &Path, counties: &[County]) -> Result<(), Failure> {
    for county in counties {
        let SiteKind::Precincts { county_delegates } = county.kind else {
            continue;
        };
        let each = || county.precincts.iter().map(|precinct| u32::from(precinct.delegates.0));
        let fault = if each().any(|delegates| delegates == 0) {
            "has a precinct that elects nobody"
        } else if each().sum::<u32>() != u32::from(county_delegates.0) {
            "has precincts whose county_delegates do not sum to those of counties.csv"
        } else {
            continue;
        };
        return Err(Failure::Table {
            path: path.to_owned(),
            fault: TableFault::County {
                county: county.name.to_string(),
                fault,
            },
        });
    }
    Ok(())
}

fn county(row: &Row<'_>, number: usize) -> Result<County, Failure> {
    let kind = match row.text(1) {
        "county" => SiteKind::Precincts {
            county_delegates: Delegates(row.number(4, "county_delegates")?),
        },
        "satellite" => SiteKind::Satellites,
        other => {
            return Err(row.fault(RowFault::Value {
                column: "kind",
                expected: "county or satellite",
                value: other.to_owned(),
            }));
        }
    };
    let district = match row.text(3) {
        "" => District::StateOnly,
        _number => District::Congressional(row.number(3, "congressional_district")?),
    };
    Ok(County {
        id: CountyId(u16::try_from(number).unwrap_or(u16::MAX)),
        name: text(row, 0)?,
        kind,
        fips: if row.text(2).is_empty() {
            None
        } else {
            Some(row.number(2, "fips")?)
        },
        district,
        state_delegates: Delegates(row.number(5, "state_delegates")?),
        precincts: Vec::new(),
    })
}

fn precinct(row: &Row<'_>, kind: SiteKind) -> Result<Precinct, Failure> {
    let delegates = match kind {
        SiteKind::Precincts { .. } => Delegates(row.number(3, "county_delegates")?),
        SiteKind::Satellites => Delegates(0),
    };
    Ok(Precinct {
        name: text(row, 1)?,
        code: text(row, 2)?,
        delegates,
    })
}

fn text(row: &Row<'_>, column: usize) -> Result<Text, Failure> {
    Text::new(row.text(column)).map_err(|error| row.fault(error.into()))
}
