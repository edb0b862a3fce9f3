//! Two tables for spreadsheets: every group of every precinct, and the totals of the state and of each county.
//!
//! Every row says which log and moment it is of: rows are cut out, sorted and pasted together.

use serde::{Deserialize, Serialize};

use super::parity::{Cell, Cells};
use super::table::{Head, Row, Table};
use super::{File, ReadBack};
use crate::failure::Failure;
use crate::show::WITHHELD;
use crate::time;

const PRECINCTS: &str = "precincts.csv";
const TOTALS: &str = "totals.csv";

#[derive(Serialize, Deserialize)]
struct PrecinctLine {
    contest_id: String,
    kind: String,
    size: u64,
    root: String,
    results_root: String,
    basis: String,
    county: String,
    precinct: String,
    code: String,
    status: String,
    entry: Option<u64>,
    received_at: Option<String>,
    /// As the worksheet says.
    attendance: Option<u32>,
    /// By the rules.
    room: Option<u32>,
    group: String,
    first_alignment: Option<u64>,
    final_alignment: Option<u64>,
    delegates: Option<u64>,
    sde: Option<String>,
    sde_exact: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct TotalLine {
    contest_id: String,
    kind: String,
    size: u64,
    root: String,
    results_root: String,
    basis: String,
    /// Empty for the state.
    county: String,
    /// How many precincts are counted, and of how many.
    counted: Option<u64>,
    precincts: u64,
    /// Where nothing of the place is released and the rest is withheld, that; otherwise empty.
    status: Option<String>,
    group: String,
    first_alignment: Option<u64>,
    final_alignment: Option<u64>,
    delegates: Option<u64>,
    sde: Option<String>,
    sde_exact: Option<String>,
}

pub(super) fn write(table: &Table) -> Result<Vec<File>, Failure> {
    // A file goes its own way: a rehearsal's says so in its name, too.
    let mark = if table.is_rehearsal() { "REHEARSAL-" } else { "" };
    Ok(vec![
        File {
            name: format!("{mark}{PRECINCTS}"),
            bytes: bytes(precincts(table))?,
        },
        File {
            name: format!("{mark}{TOTALS}"),
            bytes: bytes(totals(table))?,
        },
    ])
}

fn bytes(lines: impl Iterator<Item = impl Serialize>) -> Result<Vec<u8>, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for line in lines {
        writer
            .serialize(line)
            .map_err(|error| Failure::Output(std::io::Error::other(error)))?;
    }
    let written = writer.into_inner();
    written.map_err(|error| Failure::Output(std::io::Error::other(error.to_string())))
}

fn precincts(table: &Table) -> impl Iterator<Item = PrecinctLine> {
    let head = &table.head;
    table.counties.iter().flat_map(move |county| {
        county.precincts.iter().flat_map(move |precinct| {
            precinct.groups.iter().map(move |row| PrecinctLine {
                contest_id: head.contest_id.clone(),
                kind: head.kind().to_owned(),
                size: head.size,
                root: head.root.clone(),
                results_root: head.results_root.clone(),
                basis: head.basis().to_owned(),
                county: county.name.clone(),
                precinct: precinct.name.clone(),
                code: precinct.code.clone(),
                status: precinct.status.to_owned(),
                entry: precinct.counted.map(|version| version.entry.0),
                received_at: precinct.counted.map(|version| time::utc(version.received_at.0)),
                attendance: precinct.counted.and_then(|version| version.attendance),
                room: precinct.counted.map(|version| version.room),
                group: row.group.clone(),
                first_alignment: row.first,
                final_alignment: row.last,
                delegates: row.delegates,
                sde: row.sde(),
                sde_exact: row.exact.clone(),
            })
        })
    })
}

fn totals(table: &Table) -> impl Iterator<Item = TotalLine> {
    let head = &table.head;
    let state = table
        .totals
        .iter()
        .map(|row| total(head, "", head.counted, head.precincts, row));
    let counties = table.counties.iter().flat_map(move |county| {
        let counted = county
            .precincts
            .iter()
            .filter(|precinct| precinct.counted.is_some())
            .count();
        let [counted, all] = [counted, county.precincts.len()].map(|count| u64::try_from(count).unwrap_or(u64::MAX));
        let counted = (!county.withheld).then_some(counted);
        county
            .totals
            .iter()
            .map(move |row| total(head, &county.name, counted, all, row))
    });
    state.chain(counties)
}

fn total(head: &Head, county: &str, counted: Option<u64>, precincts: u64, row: &Row) -> TotalLine {
    TotalLine {
        contest_id: head.contest_id.clone(),
        kind: head.kind().to_owned(),
        size: head.size,
        root: head.root.clone(),
        results_root: head.results_root.clone(),
        basis: head.basis().to_owned(),
        county: county.to_owned(),
        counted,
        precincts,
        status: counted.is_none().then(|| WITHHELD.to_owned()),
        group: row.group.clone(),
        first_alignment: row.first,
        final_alignment: row.last,
        delegates: row.delegates,
        sde: row.sde(),
        sde_exact: row.exact.clone(),
    }
}

/// Reads both files again.
pub(super) fn read(files: &[File]) -> Result<Cells, ReadBack> {
    let mut cells = Cells::new();
    for file in files {
        let mut reader = csv::Reader::from_reader(file.bytes.as_slice());
        if file.name.ends_with(PRECINCTS) {
            for line in reader.deserialize::<PrecinctLine>() {
                precinct_cells(&line.map_err(|error| ReadBack::Csv(error.to_string()))?, &mut cells)?;
            }
        } else if file.name.ends_with(TOTALS) {
            for line in reader.deserialize::<TotalLine>() {
                total_cells(&line.map_err(|error| ReadBack::Csv(error.to_string()))?, &mut cells)?;
            }
        } else {
            return Err(ReadBack::Name(file.name.clone()));
        }
    }
    Ok(cells)
}

fn precinct_cells(line: &PrecinctLine, cells: &mut Cells) -> Result<(), ReadBack> {
    let place = [line.county.clone(), line.precinct.clone()];
    head_cells(
        [
            &line.contest_id,
            &line.size.to_string(),
            &line.root,
            &line.results_root,
            &line.basis,
        ],
        cells,
    )?;
    put(cells, &[], "", "kind", Some(&line.kind))?;
    put(cells, &place, "", "code", Some(&line.code))?;
    put(cells, &place, "", "status", Some(&line.status))?;
    put(cells, &place, "", "entry", line.entry)?;
    put(cells, &place, "", "received_at", line.received_at.as_ref())?;
    put(cells, &place, "", "attendance", line.attendance)?;
    put(cells, &place, "", "room", line.room)?;
    put(cells, &place, &line.group, "first_alignment", line.first_alignment)?;
    put(cells, &place, &line.group, "final_alignment", line.final_alignment)?;
    put(cells, &place, &line.group, "delegates", line.delegates)?;
    put(cells, &place, &line.group, "sde", line.sde.as_ref())?;
    put(cells, &place, &line.group, "sde_exact", line.sde_exact.as_ref())
}

fn total_cells(line: &TotalLine, cells: &mut Cells) -> Result<(), ReadBack> {
    let place = [line.county.clone()];
    let place = if line.county.is_empty() { &[][..] } else { &place };
    head_cells(
        [
            &line.contest_id,
            &line.size.to_string(),
            &line.root,
            &line.results_root,
            &line.basis,
        ],
        cells,
    )?;
    put(cells, &[], "", "kind", Some(&line.kind))?;
    put(cells, place, "", "precincts", Some(line.precincts))?;
    put(cells, place, "", "counted", line.counted)?;
    put(cells, place, "", "withheld", line.status.as_ref())?;
    put(cells, place, &line.group, "first_alignment", line.first_alignment)?;
    put(cells, place, &line.group, "final_alignment", line.final_alignment)?;
    put(cells, place, &line.group, "delegates", line.delegates)?;
    put(cells, place, &line.group, "sde", line.sde.as_ref())?;
    put(cells, place, &line.group, "sde_exact", line.sde_exact.as_ref())
}

fn head_cells(values: [&str; 5], cells: &mut Cells) -> Result<(), ReadBack> {
    for (column, value) in super::HEAD.into_iter().zip(values) {
        put(cells, &[], "", column, Some(value))?;
    }
    Ok(())
}

/// Puts down what a file says of a figure. A file that says two things of one contradicts itself.
pub(super) fn put(
    cells: &mut Cells,
    place: &[String],
    group: &str,
    column: &'static str,
    value: Option<impl ToString>,
) -> Result<(), ReadBack> {
    let Some(value) = value.map(|value| value.to_string()) else {
        return Ok(());
    };
    let cell = Cell {
        place: place.to_vec(),
        group: group.to_owned(),
        column,
    };
    match cells.insert(cell, value.clone()) {
        Some(before) if before != value => Err(ReadBack::Contradicts {
            place: place.join(", "),
            column,
        }),
        Some(_) | None => Ok(()),
    }
}
