//! Precincts by number or a few letters: who did what, and no figures.

use serde::Serialize;
use tallylog_event::Text;
use tallylog_wire::v1;

use super::ask;
use crate::args::Format;
use crate::args::enter::EnterArgs;
use crate::device::Device;
use crate::failure::{Failure, Outcome};
use crate::show::{self, heading};
use crate::time;
use crate::worksheet::{Caucus, wrap};

/// All that was found.
#[derive(Serialize)]
struct Found<'a> {
    contest: String,
    kind: &'static str,
    paused: bool,
    certified: bool,
    precincts: &'a [Row<'a>],
    more: u32,
}

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
    chair: &'a str,
    phone: &'a str,
    refusal_code: &'a str,
    refusal: &'a str,
}

/// What came of a hand-over.
#[derive(Serialize)]
struct HandedOver<'a> {
    county: &'a str,
    precinct: &'a str,
    to: &'a str,
    typed_by: String,
}

pub(super) async fn list(device: &Device, words: &str, args: &EnterArgs) -> Result<Outcome, Failure> {
    let asking = device.asking().await?;
    let found = ask::find(&asking, words, args.county.as_deref().unwrap_or_default()).await?;
    let rows: Vec<Row<'_>> = found.precincts.iter().map(row).collect();
    let position = found.position.clone().unwrap_or_default();
    match args.format {
        Format::Json => show::json(&Found {
            contest: heading(&position),
            kind: show::kind(&position),
            paused: found.paused.is_some(),
            certified: found.certified.is_some(),
            precincts: &rows,
            more: found.more,
        })?,
        Format::Csv => show::csv(&rows)?,
        Format::Table => {
            let mut lines = vec![heading(&position)];
            lines.extend(course(&found));
            lines.extend(numbered(&found, &device.about().person));
            show::data(&format!("{}\n", lines.join("\n")))?;
        }
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
        chair: &found.chair,
        phone: &found.phone,
        refusal_code: &found.refusal_code,
        refusal: &found.refusal,
    }
}

fn entered(found: &v1::DeskPrecinct) -> String {
    let entries = found.entries.iter();
    let entries: Vec<_> = entries
        .map(|entry| {
            let what = if entry.correction { "corrected by" } else { "by" };
            let at = clock(entry.received_at_ms);
            format!("{what} {} ({}, {at})", entry.person, entry.channel)
        })
        .collect();
    entries.join(", ")
}

/// A time without its year: the night is known.
fn clock(at_ms: u64) -> String {
    let time = time::central(at_ms);
    time.get(5..16).unwrap_or(&time).replace('T', " ")
}

/// Why nobody enters anything now.
pub(super) fn course(found: &v1::FindResponse) -> Option<String> {
    if found.certified.is_some() {
        return Some("THE RESULTS ARE CERTIFIED, and no more reports are taken.".to_owned());
    }
    let paused = found.paused.is_some();
    paused.then(|| "THE ENTRY OF REPORTS IS PAUSED; `tallylog night show` says why.".to_owned())
}

/// County, precinct and number.
pub(super) fn title(found: &v1::DeskPrecinct) -> String {
    let code = if found.code.is_empty() {
        String::new()
    } else {
        format!(" ({})", found.code)
    };
    format!("{}, {}{code}", found.county, found.precinct)
}

/// What is known of a precinct, in words.
pub(super) fn standing(found: &v1::DeskPrecinct, reader: &Text) -> String {
    let mut said = match entered(found) {
        none if none.is_empty() => "not entered yet".to_owned(),
        entered => format!("entered {entered}"),
    };
    if found.waits_for_second {
        said += "; waits for a second entry by another operator";
    }
    if !found.reserved_for.is_empty() {
        said.extend(["; a reviewer asks ", &found.reserved_for, " to enter it again"]);
    }
    match &found.claim {
        Some(claim) if claim.person == reader.as_str() => said += "; you are on it",
        Some(claim) => said.extend(["; ", &claim.person, " is on it since ", &clock(claim.since_ms)]),
        None if found.draft => said += "; you have begun with it",
        None => {}
    }
    if found.held {
        said += "; held";
    }
    if found.confirmed {
        said += "; confirmed";
    }
    said
}

/// The list, for somebody who chooses by number, in lines of 80 columns.
pub(super) fn numbered(found: &v1::FindResponse, reader: &Text) -> Vec<String> {
    let mut lines = Vec::new();
    for (number, found) in (1_u32..).zip(&found.precincts) {
        let mut wrapped = wrap(&format!("{}: {}", title(found), standing(found, reader)), 6);
        if let Some(first) = wrapped.first_mut() {
            first.replace_range(..6, &format!("{number:>4}  "));
        }
        lines.extend(wrapped);
    }
    match (found.precincts.is_empty(), found.more) {
        (true, _) => lines.push("No precinct's number, name or county begins so.".to_owned()),
        (false, 0) => {}
        (false, more) => lines.push(format!("      {more} more; type more letters")),
    }
    lines
}

pub(super) fn handed_over(format: Format, caucus: &Caucus, to: &str, typed_by: &[String]) -> Result<(), Failure> {
    let said = HandedOver {
        county: &caucus.county,
        precinct: &caucus.precinct,
        to,
        typed_by: typed_by.join("; "),
    };
    match format {
        Format::Json => show::json(&said),
        Format::Csv => show::csv(&[said]),
        Format::Table => show::data(&format!(
            "{} goes on with {}. Whoever typed stays on record: {}\n",
            to,
            caucus.title(),
            typed_by.join(", ")
        )),
    }
}
