//! Precincts by number or a few letters: who did what, and no figures.

use serde::Serialize;
use tallylog_wire::v1;

use super::ask;
use crate::args::Format;
use crate::args::enter::EnterArgs;
use crate::device::Asking;
use crate::failure::{Failure, Outcome};
use crate::show::{self, heading};
use crate::time;
use crate::worksheet::wrap;

/// A precinct in a row.
#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column of its own")]
struct Row<'a> {
    county: &'a str,
    precinct: &'a str,
    code: &'a str,
    entered_by: String,
    waits_for_second: bool,
    reserved_for: &'a str,
    held: bool,
    confirmed: bool,
    on_it: &'a str,
    draft: bool,
    refusal_code: &'a str,
    refusal: &'a str,
}

pub(super) async fn list(asking: &Asking, words: &str, args: &EnterArgs) -> Result<Outcome, Failure> {
    let found = ask::find(asking, words, args.county.as_deref().unwrap_or_default()).await?;
    let rows: Vec<Row<'_>> = found.precincts.iter().map(row).collect();
    match args.format {
        Format::Json => show::json(&rows)?,
        Format::Csv => show::csv(&rows)?,
        Format::Table => show::data(&table(&found, &rows))?,
    }
    Ok(if rows.is_empty() { Outcome::No } else { Outcome::Yes })
}

fn row(found: &v1::DeskPrecinct) -> Row<'_> {
    Row {
        county: &found.county,
        precinct: &found.precinct,
        code: &found.code,
        entered_by: entered(found),
        waits_for_second: found.waits_for_second,
        reserved_for: &found.reserved_for,
        held: found.held,
        confirmed: found.confirmed,
        on_it: found.claim.as_ref().map_or("", |claim| &claim.person),
        draft: found.draft,
        refusal_code: &found.refusal_code,
        refusal: &found.refusal,
    }
}

fn entered(found: &v1::DeskPrecinct) -> String {
    let entries = found.entries.iter();
    let entries: Vec<_> = entries
        .map(|entry| {
            format!(
                "{} by {} at {}",
                entry.person,
                entry.channel,
                time::central(entry.received_at_ms)
            )
        })
        .collect();
    entries.join("; ")
}

/// What is known of a precinct, in words.
pub(super) fn standing(found: &v1::DeskPrecinct) -> String {
    let mut said = match entered(found) {
        none if none.is_empty() => "not entered yet".to_owned(),
        entered => format!("entered: {entered}"),
    };
    if found.waits_for_second {
        said += "; waits for a second entry by another operator";
    }
    if !found.reserved_for.is_empty() {
        said.extend(["; a reviewer asks ", &found.reserved_for, " to enter it again"]);
    }
    if let Some(claim) = &found.claim {
        said.extend(["; ", &claim.person, " is on it"]);
    }
    if found.held {
        said += "; held";
    }
    if found.confirmed {
        said += "; confirmed";
    }
    said
}

fn table(found: &v1::FindResponse, rows: &[Row<'_>]) -> String {
    let mut text = found.position.as_ref().map_or_else(String::new, heading);
    if found.paused.is_some() {
        text += "\nTHE ENTRY OF REPORTS IS PAUSED; `tallylog night show` says why";
    }
    let mut lines = vec![text];
    for (number, (row, found)) in (1..).zip(rows.iter().zip(&found.precincts)) {
        let line = format!(
            "{number}. {}, {} ({}): {}",
            row.county,
            row.precinct,
            row.code,
            standing(found)
        );
        lines.extend(wrap(&line, 2));
    }
    let more = match found.more {
        0 => String::new(),
        more => format!("{more} more; type more letters\n"),
    };
    format!("{}\n{more}", lines.join("\n"))
}

/// The list, for somebody who chooses by number.
pub(super) fn numbered(found: &v1::FindResponse) -> String {
    let rows: Vec<Row<'_>> = found.precincts.iter().map(row).collect();
    table(found, &rows)
}
