//! Writes the chairs' names and telephone numbers, all of a list or none.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tallylog_event::PrecinctId;
use tallylog_projection::State;
use tallylog_wire::v1;

use super::{CallFault, desk};
use crate::args::Format;
use crate::args::enter::PhonesArgs;
use crate::device::Device;
use crate::failure::{Failure, Outcome};
use crate::show;

/// A chair in the list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chair {
    county: String,
    precinct: String,
    name: String,
    phone: String,
}

/// What was written.
#[derive(Serialize)]
struct Written {
    contest: String,
    chairs: usize,
    changed: u32,
}

pub(super) async fn write(args: &PhonesArgs) -> Result<Outcome, Failure> {
    let roster = Device::roster_of(&args.device.device)?;
    let bytes = std::fs::read(&args.list).map_err(|error| Failure::File {
        path: args.list.clone(),
        error,
    })?;
    let chairs = read(&bytes, &roster)?;
    let device = Device::open(&args.device)?;
    let request = v1::WritePhonesRequest { chairs };
    let asking = device.asking().await?;
    let answer = asking
        .ask(async |service| desk(service).write_phones(request.clone()).await)
        .await?;
    let written = Written {
        contest: device.about().heading(),
        chairs: request.chairs.len(),
        changed: answer.changed,
    };
    match args.format {
        Format::Json => show::json(&written)?,
        Format::Csv => show::csv(&[written])?,
        Format::Table => show::data(&format!(
            "{}\n{} chairs in the list, {} of them noted anew. Nothing of it is in the log.\n",
            written.contest, written.chairs, written.changed
        ))?,
    }
    Ok(Outcome::Yes)
}

/// The chairs of a list; every line must name a precinct of the roster, each once.
fn read(bytes: &[u8], roster: &State) -> Result<Vec<v1::ChairPhone>, CallFault> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let mut chairs = Vec::new();
    let mut seen: BTreeMap<PrecinctId, u64> = BTreeMap::new();
    let headers = reader.headers().cloned().unwrap_or_default();
    if headers.iter().ne(["county", "precinct", "name", "phone"]) {
        return Err(CallFault::Header);
    }
    let mut record = csv::StringRecord::new();
    loop {
        let line = reader.position().line();
        let bad = |message: String| CallFault::Line { line, message };
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) => return Err(bad(error.to_string())),
        }
        let line = record
            .position()
            .map_or(line, |position| line_of(bytes, position.byte()));
        let bad = |message: String| CallFault::Line { line, message };
        let chair: Chair = record
            .deserialize(Some(&headers))
            .map_err(|error| bad(error.to_string()))?;
        let id = place(roster, &chair).map_err(bad)?;
        if let Some(before) = seen.insert(id, line) {
            return Err(bad(format!(
                "{}, {} stands on line {before} already",
                chair.county, chair.precinct
            )));
        }
        chairs.push(v1::ChairPhone {
            county: chair.county,
            precinct: chair.precinct,
            name: chair.name,
            phone: chair.phone,
        });
    }
    Ok(chairs)
}

/// The line of a record that begins at a byte or after the empty lines there.
fn line_of(bytes: &[u8], at: u64) -> u64 {
    let at = usize::try_from(at).unwrap_or(usize::MAX);
    let is_end = |byte: &&u8| matches!(byte, b'\n' | b'\r');
    let empty = bytes.iter().skip(at).take_while(is_end).count();
    let before = bytes.iter().take(at + empty).filter(|byte| **byte == b'\n');
    u64::try_from(before.count()).unwrap_or(u64::MAX) + 1
}

fn place(roster: &State, chair: &Chair) -> Result<PrecinctId, String> {
    let known = roster.roster();
    let county = known.county_named(&chair.county);
    let county = county.ok_or_else(|| format!("the roster has no county or pool {:?}", chair.county))?;
    let id = known.precinct_named(county, &chair.precinct);
    let id = id.ok_or_else(|| format!("{} has no precinct {:?}", chair.county, chair.precinct))?;
    if tallylog_event::Text::new(chair.name.as_str()).is_err()
        || tallylog_event::Text::new(chair.phone.as_str()).is_err()
    {
        return Err("the name or the number is too long, or holds hidden characters".to_owned());
    }
    Ok(id)
}
