//! One object for programs: what it is of, the totals, and every county with its precincts.

use serde::{Deserialize, Serialize};

use super::csv::put;
use super::parity::Cells;
use super::table::{CountyRows, PrecinctRows, Row, Table};
use super::{File, ReadBack};
use crate::failure::Failure;
use crate::show::WITHHELD;
use crate::time;

#[derive(Serialize, Deserialize)]
struct Export {
    contest_id: String,
    contest: String,
    kind: String,
    rehearsal: bool,
    log: String,
    size: u64,
    root: String,
    results_root: String,
    basis: String,
    release: Option<String>,
    as_of: String,
    status: String,
    precincts: u64,
    counted: Option<u64>,
    /// Of the whole, and of a county: nothing of it is released, and the rest is withheld.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    withheld: Option<String>,
    totals: Vec<Group>,
    counties: Vec<County>,
}

#[derive(Serialize, Deserialize)]
struct County {
    name: String,
    fips: Option<u32>,
    satellites: bool,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    withheld: Option<String>,
    totals: Vec<Group>,
    precincts: Vec<Precinct>,
}

#[derive(Serialize, Deserialize)]
struct Precinct {
    name: String,
    code: String,
    status: String,
    entry: Option<u64>,
    received_at: Option<String>,
    /// As the worksheet says.
    attendance: Option<u32>,
    /// By the rules.
    room: Option<u32>,
    groups: Vec<Group>,
}

#[derive(Serialize, Deserialize)]
struct Group {
    name: String,
    first_alignment: Option<u64>,
    final_alignment: Option<u64>,
    delegates: Option<u64>,
    sde: Option<String>,
    sde_exact: Option<String>,
}

pub(super) fn write(table: &Table, name: String) -> Result<Vec<File>, Failure> {
    let head = &table.head;
    let export = Export {
        contest_id: head.contest_id.clone(),
        contest: head.contest.clone(),
        kind: head.kind().to_owned(),
        rehearsal: table.is_rehearsal(),
        log: head.origin.clone(),
        size: head.size,
        root: head.root.clone(),
        results_root: head.results_root.clone(),
        basis: head.basis().to_owned(),
        release: head.release.clone(),
        as_of: head.as_of(),
        status: head.standing.as_str().to_owned(),
        precincts: head.precincts,
        counted: head.counted,
        withheld: withheld(head.counted.is_none()),
        totals: table.totals.iter().map(group).collect(),
        counties: table.counties.iter().map(county).collect(),
    };
    let bytes = serde_json::to_vec_pretty(&export).map_err(|error| Failure::Output(error.into()))?;
    Ok(vec![File { name, bytes }])
}

fn county(county: &CountyRows) -> County {
    County {
        name: county.name.clone(),
        fips: county.fips,
        satellites: county.satellites,
        withheld: withheld(county.withheld),
        totals: county.totals.iter().map(group).collect(),
        precincts: county.precincts.iter().map(precinct).collect(),
    }
}

fn withheld(is_withheld: bool) -> Option<String> {
    is_withheld.then(|| WITHHELD.to_owned())
}

fn precinct(precinct: &PrecinctRows) -> Precinct {
    Precinct {
        name: precinct.name.clone(),
        code: precinct.code.clone(),
        status: precinct.status.to_owned(),
        entry: precinct.counted.map(|version| version.entry.0),
        received_at: precinct.counted.map(|version| time::utc(version.received_at.0)),
        attendance: precinct.counted.and_then(|version| version.attendance),
        room: precinct.counted.map(|version| version.room),
        groups: precinct.groups.iter().map(group).collect(),
    }
}

fn group(row: &Row) -> Group {
    Group {
        name: row.group.clone(),
        first_alignment: row.first,
        final_alignment: row.last,
        delegates: row.delegates,
        sde: row.sde(),
        sde_exact: row.exact.clone(),
    }
}

/// Reads the file again.
pub(super) fn read(bytes: &[u8]) -> Result<Cells, ReadBack> {
    let export: Export = serde_json::from_slice(bytes).map_err(|error| ReadBack::Json(error.to_string()))?;
    let mut cells = Cells::new();
    let head = [
        &export.contest_id,
        &export.size.to_string(),
        &export.root,
        &export.results_root,
        &export.basis,
    ];
    for (column, value) in super::HEAD.into_iter().zip(head) {
        put(&mut cells, &[], "", column, Some(value))?;
    }
    put(&mut cells, &[], "", "kind", Some(&export.kind))?;
    put(&mut cells, &[], "", "rehearsal", Some(export.rehearsal))?;
    put(&mut cells, &[], "", "contest", Some(&export.contest))?;
    put(&mut cells, &[], "", "log", Some(&export.log))?;
    put(&mut cells, &[], "", "release", export.release.as_ref())?;
    put(&mut cells, &[], "", "as_of", Some(&export.as_of))?;
    put(&mut cells, &[], "", "progress", Some(&export.status))?;
    put(&mut cells, &[], "", "precincts", Some(export.precincts))?;
    put(&mut cells, &[], "", "counted", export.counted)?;
    put(&mut cells, &[], "", "withheld", export.withheld.as_ref())?;
    groups(&mut cells, &[], &export.totals)?;
    for county in &export.counties {
        let place = [county.name.clone()];
        let counted = county
            .precincts
            .iter()
            .filter(|precinct| precinct.entry.is_some())
            .count();
        let counted = county.withheld.is_none().then_some(counted);
        put(&mut cells, &place, "", "counted", counted)?;
        put(&mut cells, &place, "", "withheld", county.withheld.as_ref())?;
        put(&mut cells, &place, "", "precincts", Some(county.precincts.len()))?;
        put(&mut cells, &place, "", "satellites", Some(county.satellites))?;
        put(&mut cells, &place, "", "fips", county.fips)?;
        groups(&mut cells, &place, &county.totals)?;
        for precinct in &county.precincts {
            let place = [county.name.clone(), precinct.name.clone()];
            put(&mut cells, &place, "", "code", Some(&precinct.code))?;
            put(&mut cells, &place, "", "status", Some(&precinct.status))?;
            put(&mut cells, &place, "", "entry", precinct.entry)?;
            put(&mut cells, &place, "", "received_at", precinct.received_at.as_ref())?;
            put(&mut cells, &place, "", "attendance", precinct.attendance)?;
            put(&mut cells, &place, "", "room", precinct.room)?;
            groups(&mut cells, &place, &precinct.groups)?;
        }
    }
    Ok(cells)
}

fn groups(cells: &mut Cells, place: &[String], groups: &[Group]) -> Result<(), ReadBack> {
    for group in groups {
        put(cells, place, &group.name, "first_alignment", group.first_alignment)?;
        put(cells, place, &group.name, "final_alignment", group.final_alignment)?;
        put(cells, place, &group.name, "delegates", group.delegates)?;
        put(cells, place, &group.name, "sde", group.sde.as_ref())?;
        put(cells, place, &group.name, "sde_exact", group.sde_exact.as_ref())?;
    }
    Ok(())
}
