//! The roster from files, and where a log's differs.

mod difference;

use std::collections::BTreeMap;
use std::str::FromStr;

use csv::StringRecord;
use tallylog_event::{County, CountyId, District, Precinct, SiteKind, Text, TextError};
use tallylog_rules::Delegates;
use thiserror::Error;

pub use difference::RosterDifference;
pub(crate) use difference::differences;

const COUNTIES: &str = "county,kind,fips,congressional_district,county_delegates,state_delegates";
const PRECINCTS: &str = "county,precinct,code,county_delegates";

/// Why files are no roster.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}, {}: {fault}", self.place())]
pub struct RosterError {
    /// `counties.csv` or `precincts.csv`.
    pub file: &'static str,
    /// The line, from 1; absent where the file as a whole is wrong.
    pub line: Option<u64>,
    /// What is wrong with it.
    pub fault: RosterFault,
}

/// What can be wrong with a file of the roster.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RosterFault {
    /// Not CSV, or a row of another length.
    #[error("{0}")]
    Csv(String),
    /// Other columns.
    #[error("the columns must be {0}")]
    Header(&'static str),
    /// Not a number.
    #[error("{column} must be a whole number, and is {value:?}")]
    Number {
        /// The column.
        column: &'static str,
        /// What stands there.
        value: String,
    },
    /// Neither a county nor a pool.
    #[error("kind must be county or satellite, and is {0:?}")]
    Kind(String),
    /// A precinct of a county that is not there.
    #[error("counties.csv has no county or pool {0:?}")]
    County(String),
    /// A name a second time.
    #[error("{0} stands twice")]
    Twice(String),
    /// A name that could not be shown.
    #[error(transparent)]
    Text(#[from] TextError),
    /// A precinct without delegates.
    #[error("{0} has a precinct that elects nobody")]
    Nobody(String),
    /// Apportionment that does not add up.
    #[error("the precincts of {0} elect another number of delegates than the county")]
    Sum(String),
}

impl RosterError {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.fault {
            RosterFault::Csv(_)
            | RosterFault::Number { .. }
            | RosterFault::Kind(_)
            | RosterFault::County(_)
            | RosterFault::Twice(_)
            | RosterFault::Text(_) => "malformed-row",
            RosterFault::Header(_) | RosterFault::Nobody(_) | RosterFault::Sum(_) => "malformed-table",
        }
    }

    fn place(&self) -> String {
        self.line
            .map_or_else(|| "as a whole".to_owned(), |line| format!("line {line}"))
    }
}

/// Reads counties and pools in the order of `counties.csv`, each with its precincts in the order of `precincts.csv`.
///
/// The columns are those of the published results of 2020:
#[doc = concat!("`", "county,kind,fips,congressional_district,county_delegates,state_delegates", "`")]
/// (kind is `county` or `satellite`; fips and district may be empty) and
#[doc = concat!("`", "county,precinct,code,county_delegates", "`.")]
///
/// # Errors
///
/// [`RosterError`], which names file and line.
pub fn read_roster(counties: &[u8], precincts: &[u8]) -> Result<Vec<County>, RosterError> {
    let mut listed = Vec::new();
    let mut by_name = BTreeMap::new();
    Table::new("counties.csv", COUNTIES, counties)?.each(|row| {
        let county = county(row, listed.len())?;
        if by_name.insert(county.name.to_string(), listed.len()).is_some() {
            return Err(row.fault(RosterFault::Twice(county.name.to_string())));
        }
        listed.push(county);
        Ok(())
    })?;
    Table::new("precincts.csv", PRECINCTS, precincts)?.each(|row| {
        let known = by_name.get(row.text(0)).and_then(|at| listed.get_mut(*at));
        let county = known.ok_or_else(|| row.fault(RosterFault::County(row.text(0).to_owned())))?;
        let precinct = precinct(row, county.kind)?;
        let name = precinct.name.as_str();
        let mut others = county.precincts.iter().map(|known| known.name.as_str());
        if others.any(|known| known.eq_ignore_ascii_case(name)) {
            return Err(row.fault(RosterFault::Twice(name.to_owned())));
        }
        county.precincts.push(precinct);
        Ok(())
    })?;
    listed.iter().try_for_each(add_up)?;
    Ok(listed)
}

/// The precincts of a county elect as many delegates as the county has.
fn add_up(county: &County) -> Result<(), RosterError> {
    let SiteKind::Precincts { county_delegates } = county.kind else {
        return Ok(());
    };
    let mut each = county.precincts.iter().map(|precinct| u32::from(precinct.delegates.0));
    let name = county.name.to_string();
    let fault = if each.clone().sum::<u32>() != u32::from(county_delegates.0) {
        RosterFault::Sum(name)
    } else if each.any(|delegates| delegates == 0) {
        RosterFault::Nobody(name)
    } else {
        return Ok(());
    };
    Err(RosterError {
        file: "precincts.csv",
        line: None,
        fault,
    })
}

fn county(row: &Row<'_>, number: usize) -> Result<County, RosterError> {
    let kind = match row.text(1) {
        "county" => SiteKind::Precincts {
            county_delegates: Delegates(row.number(4, "county_delegates")?),
        },
        "satellite" => SiteKind::Satellites,
        other => return Err(row.fault(RosterFault::Kind(other.to_owned()))),
    };
    Ok(County {
        id: CountyId(u16::try_from(number).unwrap_or(u16::MAX)),
        name: row.name(0)?,
        kind,
        fips: row.optional(2, "fips")?,
        district: row
            .optional(3, "congressional_district")?
            .map_or(District::StateOnly, District::Congressional),
        state_delegates: Delegates(row.number(5, "state_delegates")?),
        precincts: Vec::new(),
    })
}

fn precinct(row: &Row<'_>, kind: SiteKind) -> Result<Precinct, RosterError> {
    let delegates = match kind {
        SiteKind::Precincts { .. } => row.number(3, "county_delegates")?,
        SiteKind::Satellites => 0,
    };
    Ok(Precinct {
        name: row.name(1)?,
        code: row.name(2)?,
        delegates: Delegates(delegates),
    })
}

/// A table on its way through memory, a row at a time.
struct Table<'a> {
    file: &'static str,
    reader: csv::Reader<&'a [u8]>,
}

impl<'a> Table<'a> {
    fn new(file: &'static str, header: &'static str, bytes: &'a [u8]) -> Result<Self, RosterError> {
        let mut reader = csv::Reader::from_reader(bytes);
        let found = reader.headers().map_err(|error| malformed(file, &error))?;
        if !found.iter().eq(header.split(',')) {
            return Err(RosterError {
                file,
                line: None,
                fault: RosterFault::Header(header),
            });
        }
        Ok(Self { file, reader })
    }

    fn each(mut self, mut take: impl FnMut(&Row<'_>) -> Result<(), RosterError>) -> Result<(), RosterError> {
        for read in self.reader.records() {
            let fields = read.map_err(|error| malformed(self.file, &error))?;
            take(&Row {
                file: self.file,
                fields: &fields,
            })?;
        }
        Ok(())
    }
}

fn malformed(file: &'static str, error: &csv::Error) -> RosterError {
    RosterError {
        file,
        line: error.position().map(csv::Position::line),
        fault: RosterFault::Csv(error.to_string()),
    }
}

/// A row. The reader has seen to it that it has as many fields as the header.
struct Row<'a> {
    file: &'static str,
    fields: &'a StringRecord,
}

impl<'a> Row<'a> {
    fn text(&self, column: usize) -> &'a str {
        self.fields.get(column).unwrap_or_default()
    }

    fn name(&self, column: usize) -> Result<Text, RosterError> {
        Text::new(self.text(column)).map_err(|error| self.fault(error.into()))
    }

    fn optional<T: FromStr>(&self, column: usize, name: &'static str) -> Result<Option<T>, RosterError> {
        if self.text(column).is_empty() {
            return Ok(None);
        }
        self.number(column, name).map(Some)
    }

    fn number<T: FromStr>(&self, column: usize, name: &'static str) -> Result<T, RosterError> {
        let value = self.text(column);
        // `u32::from_str` takes a plus sign, which no figure of a roster has.
        let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.then(|| value.parse().ok()).flatten();
        number.ok_or_else(|| {
            self.fault(RosterFault::Number {
                column: name,
                value: value.to_owned(),
            })
        })
    }

    fn fault(&self, fault: RosterFault) -> RosterError {
        RosterError {
            file: self.file,
            line: self.fields.position().map(csv::Position::line),
            fault,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADAIR: &str = "county,kind,fips,congressional_district,county_delegates,state_delegates\n\
                         Adair,county,19001,3,7,4\nPool,satellite,,,,6\n";

    #[track_caller]
    fn refuses(counties: &str, precincts: &str, line: Option<u64>, code: &str) {
        let precincts = format!("{PRECINCTS}\n{precincts}");
        let error = read_roster(counties.as_bytes(), precincts.as_bytes()).unwrap_err();
        assert_eq!((error.line, error.code()), (line, code), "{error}");
    }

    #[test]
    fn counties_and_pools_are_read_with_their_precincts() {
        let precincts = format!("{PRECINCTS}\nAdair,1NW,A1,4\nPool,Library,,\nAdair,2NE,A2,3\n");
        let counties = read_roster(ADAIR.as_bytes(), precincts.as_bytes()).unwrap();
        let names: Vec<Vec<_>> = counties
            .iter()
            .map(|county| county.precincts.iter().map(|precinct| precinct.name.as_str()).collect())
            .collect();
        assert_eq!(names, [vec!["1NW", "2NE"], vec!["Library"]]);
        assert_eq!(
            (counties[0].fips, counties[1].district),
            (Some(19_001), District::StateOnly)
        );
    }

    #[test]
    fn a_roster_that_contradicts_itself_is_refused_by_line() {
        refuses(ADAIR, "Adair,1NW,A1,+4\n", Some(2), "malformed-row");
        refuses(ADAIR, "Adair,1NW,A1,4\nAdair,1nw,A1,3\n", Some(3), "malformed-row");
        refuses(ADAIR, "Adams,1NW,A1,4\n", Some(2), "malformed-row");
        refuses(ADAIR, "Adair,1NW,A1\n", Some(2), "malformed-row");
        refuses(ADAIR, "Adair,1NW,A1,4\n", None, "malformed-table");
        refuses(ADAIR, "Adair,1NW,A1,7\nAdair,2NE,A2,0\n", None, "malformed-table");
        refuses("county,kind\n", "", None, "malformed-table");
        refuses(&ADAIR.replace("satellite", "ship"), "", Some(3), "malformed-row");
    }
}
