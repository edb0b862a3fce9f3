//! A release file: published figures by precinct and candidate.

use std::collections::BTreeMap;
use std::path::Path;

use tallylog_event::{County, CountyId, PrecinctId, Text, UnixMillis};
use tallylog_projection::LARGEST_CLAIM;
use tallylog_rules::{Attendees, Equivalents, GroupId};

use super::table::{Row, Table};
use crate::failure::{Failure, RowFault, TableFault};

const HEADER: &str = "county,precinct,candidate,first_alignment,final_alignment,sde";

/// A release file, read whole: nothing of it is recorded before every row is known to be sound.
pub(super) struct ReleaseFile {
    /// The file's name without its ending.
    pub(super) name: Text,
    /// The file's own date, where its name begins with one, in the morning, UTC; 1970 otherwise.
    pub(super) date: UnixMillis,
    /// In file order.
    pub(super) records: Vec<Record>,
}

/// What a release file says of a precinct.
pub(super) struct Record {
    pub(super) precinct: PrecinctId,
    /// The line of its first row.
    pub(super) line: u64,
    pub(super) figures: BTreeMap<GroupId, Figures>,
    /// People at first alignment so far: they stand in for the attendance.
    first_total: u64,
}

/// What a release file says of a candidate in a precinct.
#[derive(Clone, Copy)]
pub(super) struct Figures {
    pub(super) first_alignment: Attendees,
    pub(super) final_alignment: Attendees,
    pub(super) claimed: Equivalents,
}

/// What names stand for.
pub(super) struct Names<'a> {
    precincts: BTreeMap<&'a str, (CountyId, BTreeMap<&'a str, u16>)>,
    candidates: BTreeMap<&'a str, GroupId>,
    largest_room: Attendees,
}

impl<'a> Names<'a> {
    pub(super) fn of(counties: &'a [County], candidates: &'a [String], largest_room: Attendees) -> Self {
        let numbers = |county: &'a County| {
            county
                .precincts
                .iter()
                .map(|precinct| precinct.name.as_str())
                .zip(0..)
                .collect()
        };
        let named = |county: &'a County| (county.name.as_str(), (county.id, numbers(county)));
        let groups = candidates.iter().zip(1_u16..);
        Self {
            precincts: counties.iter().map(named).collect(),
            candidates: groups
                .filter_map(|(name, number)| Some((name.as_str(), GroupId::new(number).ok()?)))
                .collect(),
            largest_room,
        }
    }

    fn precinct(&self, row: &Row<'_>) -> Result<PrecinctId, Failure> {
        let (county, precinct) = (row.text(0), row.text(1));
        let (id, numbers) = self
            .precincts
            .get(county)
            .ok_or_else(|| row.fault(RowFault::County(county.to_owned())))?;
        let number = numbers.get(precinct).ok_or_else(|| {
            row.fault(RowFault::Precinct {
                county: county.to_owned(),
                precinct: precinct.to_owned(),
            })
        })?;
        Ok(PrecinctId {
            county: *id,
            number: *number,
        })
    }
}

/// The candidates of the first precinct of a file, in file order: every precinct of every release has rows for just these.
pub(super) fn candidates(path: &Path) -> Result<Vec<String>, Failure> {
    let mut candidates: Vec<String> = Vec::new();
    let mut first: Option<(String, String)> = None;
    let mut table = Table::open(path, HEADER)?;
    while let Some(row) = table.next()? {
        let place = (row.text(0).to_owned(), row.text(1).to_owned());
        if *first.get_or_insert_with(|| place.clone()) != place {
            break;
        }
        candidates.push(row.text(2).to_owned());
    }
    Ok(candidates)
}

impl ReleaseFile {
    pub(super) fn read(path: &Path, names: &Names<'_>) -> Result<Self, Failure> {
        let stem = path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        let name = Text::new(stem.as_str()).map_err(|error| Failure::Row {
            path: path.to_owned(),
            line: 0,
            fault: error.into(),
        })?;
        let mut table = Table::open(path, HEADER)?;
        let mut records: Vec<Record> = Vec::new();
        let mut places = BTreeMap::new();
        while let Some(row) = table.next()? {
            let precinct = names.precinct(&row)?;
            let at = *places.entry(precinct).or_insert(records.len());
            if at == records.len() {
                records.push(Record {
                    precinct,
                    line: row.line,
                    figures: BTreeMap::new(),
                    first_total: 0,
                });
            }
            if let Some(record) = records.get_mut(at) {
                record.add(&row, names)?;
            }
        }
        complete(path, &records, names)?;
        Ok(Self {
            date: date(&stem),
            name,
            records,
        })
    }
}

impl Record {
    fn add(&mut self, row: &Row<'_>, names: &Names<'_>) -> Result<(), Failure> {
        let candidate = row.text(2);
        let known = names.candidates.get(candidate);
        let group = *known.ok_or_else(|| row.fault(RowFault::Candidate(candidate.to_owned())))?;
        let figures = Figures {
            first_alignment: people(row, 3, "first_alignment", names.largest_room)?,
            final_alignment: people(row, 4, "final_alignment", names.largest_room)?,
            claimed: equivalents(row, 5)?,
        };
        self.first_total += u64::from(figures.first_alignment.0);
        within(
            row,
            "the total of first_alignment",
            self.first_total,
            names.largest_room.0.into(),
        )?;
        if self.figures.insert(group, figures).is_some() {
            let twice = format!("{}, {}, {candidate}", row.text(0), row.text(1));
            return Err(row.fault(RowFault::Twice(twice)));
        }
        Ok(())
    }
}

/// Every precinct of a file has a row for each candidate of the contest: a file that was cut short, or lacks a candidate,
/// would turn figures into zeros.
fn complete(path: &Path, records: &[Record], names: &Names<'_>) -> Result<(), Failure> {
    let expected = &names.candidates;
    if records.is_empty() {
        return Err(Failure::Table {
            path: path.to_owned(),
            fault: TableFault::Empty,
        });
    }
    let Some(short) = records.iter().find(|record| record.figures.len() != expected.len()) else {
        return Ok(());
    };
    let county = names.precincts.iter().find(|(_, (id, _))| *id == short.precinct.county);
    let precinct =
        county.and_then(|(_, (_, numbers))| numbers.iter().find(|(_, number)| **number == short.precinct.number));
    Err(Failure::Row {
        path: path.to_owned(),
        line: short.line,
        fault: RowFault::Candidates {
            county: county.map(|(name, _)| (*name).to_owned()).unwrap_or_default(),
            precinct: precinct.map(|(name, _)| (*name).to_owned()).unwrap_or_default(),
            found: short.figures.len(),
            expected: expected.len(),
        },
    })
}

/// A head count, which no room exceeds.
pub(super) fn people(row: &Row<'_>, column: usize, name: &'static str, most: Attendees) -> Result<Attendees, Failure> {
    let people: u32 = row.number(column, name)?;
    within(row, name, people.into(), most.0.into())?;
    Ok(Attendees(people))
}

fn within(row: &Row<'_>, column: &'static str, value: u64, limit: u64) -> Result<(), Failure> {
    if value > limit {
        return Err(row.fault(RowFault::TooLarge { column, value, limit }));
    }
    Ok(())
}

/// A decimal with up to four places, in ten-thousandths.
fn equivalents(row: &Row<'_>, column: usize) -> Result<Equivalents, Failure> {
    let value = row.text(column);
    let bad = || row.fault(RowFault::Equivalents(value.to_owned()));
    let (whole, places) = value.split_once('.').unwrap_or((value, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || places.len() > 4 || !digits(whole) || !digits(places) {
        return Err(bad());
    }
    let number: u64 = format!("{whole}{places:0<4}").parse().map_err(|_| bad())?;
    within(row, "sde in ten-thousandths", number, LARGEST_CLAIM)?;
    Ok(Equivalents(number))
}

fn date(name: &str) -> UnixMillis {
    let day = name.get(..10).and_then(|day| day.parse::<jiff::civil::Date>().ok());
    let morning = day.and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC).ok());
    let millis = morning.and_then(|morning| u64::try_from(morning.timestamp().as_millisecond()).ok());
    UnixMillis(millis.unwrap_or_default())
}
