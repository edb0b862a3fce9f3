//! Releases on the terminal, and for programs.

use serde::Serialize;
use tallylog_event::Text;
use tallylog_wire::v1;
use tallylog_wire::v1::cases_client::CasesClient;

use crate::args::Format;
use crate::args::release::ReleasesArgs;
use crate::device::Received;
use crate::failure::{Failure, Outcome};
use crate::show::{self, grouped, heading, new_table};
use crate::source::connect;
use crate::time;
use crate::worksheet::wrap;

/// What stays out.
#[derive(Serialize)]
struct Held<'a> {
    county: &'a str,
    precinct: &'a str,
    entry: u64,
    why: String,
    in_the_last_release: bool,
}

#[derive(Serialize)]
struct Made<'a> {
    name: &'a str,
    released: bool,
    policy: &'a str,
    precincts: u32,
    listed: usize,
    awaiting: u32,
    open_inquiries: u32,
    before: &'a str,
    entries: &'a [u64],
    held: Vec<Held<'a>>,
    receipt: Option<u64>,
    words: Option<&'a str>,
}

fn held(preview: &v1::ReleasePreviewResponse) -> Vec<Held<'_>> {
    let held = preview.held.iter();
    held.map(|held| Held {
        county: &held.county,
        precinct: &held.precinct,
        entry: held.entry,
        why: why(held),
        in_the_last_release: held.released,
    })
    .collect()
}

fn why(held: &v1::ReleaseHeld) -> String {
    let mut why = held.codes.clone();
    if held.unconfirmed {
        why.push("no second source confirms it".to_owned());
    }
    if held.own {
        why.push("your own entry: another reviewer releases it".to_owned());
    }
    if !held.hold.is_empty() {
        why.push(format!("on hold: {}", held.hold));
    }
    why.join("; ")
}

/// What would be in, and what is held and why.
pub(super) fn preview(preview: &v1::ReleasePreviewResponse, name: &Text) -> String {
    let mut text = preview.position.as_ref().map_or_else(String::new, heading);
    text.extend([format!(
        "\nrelease {:?}: {} of {} precincts in, {} reported and held, {} awaited; policy: {}\n",
        name.as_str(),
        grouped(u64::try_from(preview.entries.len()).unwrap_or(u64::MAX)),
        grouped(preview.precincts.into()),
        grouped(u64::try_from(preview.held.len()).unwrap_or(u64::MAX)),
        grouped(preview.awaiting.into()),
        preview.policy
    )]);
    text.extend([format!(
        "{} inquiries wait for an answer\n",
        grouped(preview.inquiries.into())
    )]);
    if !preview.before.is_empty() {
        text.extend([format!("it supersedes {:?}, which stays in the log\n", preview.before)]);
    }
    for held in held(preview) {
        let gone = if held.in_the_last_release {
            "; IT WAS IN THE LAST RELEASE and would be gone from this one"
        } else {
            ""
        };
        let line = format!(
            "held: {}, {} (entry {}): {}{gone}",
            held.county, held.precinct, held.entry, held.why
        );
        text += &(wrap(&line, 6).join("\n") + "\n");
    }
    text.trim_end().to_owned()
}

pub(super) fn answer(
    preview: &v1::ReleasePreviewResponse,
    name: &Text,
    received: Option<&Received>,
    format: Format,
) -> Result<(), Failure> {
    let made = Made {
        name: name.as_str(),
        released: received.is_some(),
        policy: &preview.policy,
        precincts: preview.precincts,
        listed: preview.entries.len(),
        awaiting: preview.awaiting,
        open_inquiries: preview.inquiries,
        before: &preview.before,
        entries: &preview.entries,
        held: held(preview),
        receipt: received.map(|received| received.entry),
        words: received.map(|received| received.words.as_str()),
    };
    match format {
        Format::Json => show::json(&made),
        Format::Csv => show::csv(&made.held),
        Format::Table => match received {
            None => show::data("nothing was released\n"),
            Some(received) => show::data(&format!(
                "released {:?}\nreceived: receipt {}, {}\n",
                made.name, received.entry, received.words
            )),
        },
    }
}

/// A release in a row.
#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    entry: u64,
    received_at: String,
    person: &'a str,
    precincts: u32,
    open_inquiries: u32,
    superseded_by: &'a str,
    certified: bool,
}

/// Lists the releases.
pub(crate) async fn list(args: &ReleasesArgs) -> Result<Outcome, Failure> {
    let mut cases = CasesClient::new(connect(&args.server).await?).max_decoding_message_size(64 << 20);
    let answer = cases.releases(v1::ReleasesRequest { moment: None }).await?.into_inner();
    let nobody = v1::Signed::default();
    let rows: Vec<Row<'_>> = answer
        .releases
        .iter()
        .map(|release| {
            let signed = release.signed.as_ref().unwrap_or(&nobody);
            Row {
                name: &release.name,
                entry: signed.entry,
                received_at: time::utc(signed.received_at_ms),
                person: &signed.person,
                precincts: release.precincts,
                open_inquiries: release.inquiries,
                superseded_by: &release.superseded_by,
                certified: release.certified,
            }
        })
        .collect();
    match args.format {
        Format::Json => show::json(&rows)?,
        Format::Csv => show::csv(&rows)?,
        Format::Table => show::data(&table(&answer, &rows))?,
    }
    Ok(Outcome::Yes)
}

fn table(answer: &v1::ReleasesResponse, rows: &[Row<'_>]) -> String {
    let mut table = new_table(
        &["release", "made by", "at", "state", "entry", "precincts", "inquiries"],
        4,
    );
    for row in rows {
        let state = if row.certified {
            "certified"
        } else if row.superseded_by.is_empty() {
            "latest"
        } else {
            "superseded"
        };
        table.add_row([
            row.name.to_owned(),
            row.person.to_owned(),
            row.received_at.clone(),
            state.to_owned(),
            row.entry.to_string(),
            row.precincts.to_string(),
            row.open_inquiries.to_string(),
        ]);
    }
    let head = answer.position.as_ref().map_or_else(String::new, heading);
    format!("{head}\n{} releases\n{table}\n", rows.len())
}
