//! The photos and documents that the log names, in a list.

use serde::Serialize;
use tallylog_event::{FileHash, FileRef, Text};
use tallylog_wire::v1;

use crate::args::Format;
use crate::args::photo::PhotoListArgs;
use crate::failure::{Failure, Outcome};
use crate::show::{self, heading};
use crate::time;

/// How many digits of a hash a table shows.
const DIGITS: usize = 12;

/// A file in a row.
#[derive(Serialize)]
struct Row {
    hash: String,
    size: u64,
    media_type: String,
    entry: u64,
    named_at: String,
    person: String,
    /// The kind of the event that first names it.
    kind: String,
    /// County and precinct of each of which that event speaks.
    precincts: Vec<String>,
    /// Whether the server has it. Otherwise it lies on the device of whoever named it.
    held: bool,
}

/// The same in CSV.
#[derive(Serialize)]
struct Flat<'a> {
    hash: &'a str,
    size: u64,
    media_type: &'a str,
    entry: u64,
    named_at: &'a str,
    person: &'a str,
    kind: &'a str,
    precincts: String,
    held: bool,
}

/// Lists all, or those that are missing. The answer is no where something is missing and that was the question.
pub(super) async fn run(args: &PhotoListArgs, missing: bool) -> Result<Outcome, Failure> {
    let request = v1::FilesRequest {
        county: args.county.clone().unwrap_or_default(),
        precinct: args.precinct.clone().unwrap_or_default(),
        missing,
    };
    let answer = super::files(&args.source.asked()?, request).await?;
    let rows: Vec<Row> = answer.files.iter().filter_map(row).collect();
    match args.source.format {
        Format::Json => show::json(&rows)?,
        Format::Csv => show::csv(&rows.iter().map(flat).collect::<Vec<_>>())?,
        Format::Table => show::data(&table(&answer, &rows))?,
    }
    Ok(if missing && answer.missing > 0 {
        Outcome::No
    } else {
        Outcome::Yes
    })
}

/// What the log says of a file, as it came in a message.
pub(super) fn file(file: &v1::File) -> Option<FileRef> {
    Some(FileRef {
        hash: FileHash(file.hash.as_slice().try_into().ok()?),
        size: file.size,
        media_type: Text::new(&file.media_type).ok()?,
    })
}

fn row(named: &v1::NamedFile) -> Option<Row> {
    let file = file(named.file.as_ref()?)?;
    let signed = named.named.clone().unwrap_or_default();
    let places = named.precincts.iter();
    Some(Row {
        hash: file.hash.to_string(),
        size: file.size,
        media_type: file.media_type.to_string(),
        entry: signed.entry,
        named_at: time::utc(signed.received_at_ms),
        person: signed.person,
        kind: named.kind.clone(),
        precincts: places
            .map(|place| format!("{}, {}", place.county, place.precinct))
            .collect(),
        held: named.held,
    })
}

fn flat(row: &Row) -> Flat<'_> {
    Flat {
        hash: &row.hash,
        size: row.size,
        media_type: &row.media_type,
        entry: row.entry,
        named_at: &row.named_at,
        person: &row.person,
        kind: &row.kind,
        precincts: row.precincts.join("; "),
        held: row.held,
    }
}

fn table(answer: &v1::FilesResponse, rows: &[Row]) -> String {
    let mut table = show::new_table(&["hash", "bytes", "named by", "in", "precincts", "who has it"], 6);
    for row in rows {
        let holder = if row.held {
            "the server".to_owned()
        } else {
            format!("the device of {}", row.person)
        };
        table.add_row([
            row.hash.chars().take(DIGITS).collect(),
            show::grouped(row.size),
            row.person.clone(),
            format!("{} {}", row.kind, row.entry),
            row.precincts.join("; "),
            holder,
        ]);
    }
    let head = answer.position.as_ref().map_or_else(String::new, heading);
    format!(
        "{head}\n{} photos and documents are named, {} of them nobody has sent\n{table}\n",
        answer.named, answer.missing
    )
}
