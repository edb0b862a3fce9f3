//! The list: for people in lines of 80 columns, whose turn it is first.

use std::collections::BTreeMap;

use serde::Serialize;
use tallylog_wire::v1;

use crate::args::Format;
use crate::failure::Failure;
use crate::show::{self, heading, new_table};
use crate::time;
use crate::worksheet::wrap;

/// What can be missing, as the server says it.
const LACKS: [&str; 6] = ["awaiting", "partly", "single", "second", "photo", "held"];

/// The whole list for programs.
#[derive(Serialize)]
struct Answer<'a> {
    contest: String,
    kind: &'static str,
    now: String,
    counties: Vec<County<'a>>,
    precincts: Vec<Row<'a>>,
}

/// How many precincts of a county lack what.
#[derive(Serialize)]
struct County<'a> {
    name: &'a str,
    precincts: usize,
    missing: BTreeMap<&'static str, usize>,
}

/// A precinct in a row.
#[derive(Serialize)]
struct Row<'a> {
    county: &'a str,
    precinct: &'a str,
    code: &'a str,
    missing: String,
    chair: &'a str,
    phone: &'a str,
    last_call: Option<String>,
    last_caller: &'a str,
    note: &'a str,
    next_call: Option<String>,
    overdue: bool,
    owner: &'a str,
    on_it: &'a str,
}

pub(super) fn show(format: Format, answer: &v1::OutstandingResponse) -> Result<(), Failure> {
    let rows: Vec<Row<'_>> = answer.precincts.iter().map(|found| row(found, answer.now_ms)).collect();
    let position = answer.position.clone().unwrap_or_default();
    match format {
        Format::Json => show::json(&Answer {
            contest: heading(&position),
            kind: show::kind(&position),
            now: time::central(answer.now_ms),
            counties: counties(&answer.precincts),
            precincts: rows,
        }),
        Format::Csv => show::csv(&rows),
        Format::Table => {
            let told = format!("{} outstanding at {}", precincts(rows.len()), clock(answer.now_ms));
            let mut parts = vec![format!("{}\n{told}\n", heading(&position))];
            parts.extend(rows.iter().map(block));
            if !rows.is_empty() {
                parts.push(format!("{}\n", by_county(&counties(&answer.precincts))));
            }
            show::data(&parts.join("\n"))
        }
    }
}

fn row(found: &v1::OutstandingPrecinct, now_ms: u64) -> Row<'_> {
    let call = found.last_call.as_ref();
    Row {
        county: &found.county,
        precinct: &found.precinct,
        code: &found.code,
        missing: found.missing.join(" "),
        chair: &found.chair,
        phone: &found.phone,
        last_call: call.map(|call| time::central(call.at_ms)),
        last_caller: call.map_or("", |call| &call.person),
        note: call.map_or("", |call| &call.note),
        next_call: found.next_call_ms.map(time::central),
        overdue: found.next_call_ms.is_some_and(|next| next <= now_ms),
        owner: &found.owner,
        on_it: found.claim.as_ref().map_or("", |claim| &claim.person),
    }
}

/// Counties in the order of their names.
fn counties(found: &[v1::OutstandingPrecinct]) -> Vec<County<'_>> {
    let mut counties = BTreeMap::<&str, County<'_>>::new();
    for precinct in found {
        let county = counties.entry(&precinct.county).or_insert_with(|| County {
            name: &precinct.county,
            precincts: 0,
            missing: LACKS.map(|lack| (lack, 0)).into(),
        });
        county.precincts += 1;
        for (lack, count) in &mut county.missing {
            *count += usize::from(precinct.missing.iter().any(|missing| missing == lack));
        }
    }
    counties.into_values().collect()
}

fn by_county(counties: &[County<'_>]) -> String {
    let mut header = vec!["county", "all"];
    header.extend(LACKS);
    let mut table = new_table(&header, 1);
    let line = |name: &str, all: usize, count: &dyn Fn(&str) -> usize| {
        let mut cells = vec![name.chars().take(22).collect::<String>(), all.to_string()];
        cells.extend(LACKS.map(|lack| count(lack).to_string()));
        cells
    };
    for county in counties {
        let count = |lack: &str| county.missing.get(lack).copied().unwrap_or_default();
        table.add_row(line(county.name, county.precincts, &count));
    }
    let all = counties.iter().map(|county| county.precincts).sum();
    let sum = |lack: &str| counties.iter().filter_map(|county| county.missing.get(lack)).sum();
    table.add_row(line("together", all, &sum));
    table.to_string()
}

/// A precinct on a few lines: whose turn it is, what is missing, whom to call, what came of the last call.
fn block(row: &Row<'_>) -> String {
    let turn = match (&row.next_call, &row.last_call) {
        (Some(next), _) if row.overdue => format!("OVERDUE since {}", short(next)),
        (Some(next), _) => format!("call at {}", short(next)),
        (None, None) => "not called yet".to_owned(),
        (None, Some(_)) => "no call planned".to_owned(),
    };
    let code = if row.code.is_empty() {
        String::new()
    } else {
        format!(" ({})", row.code)
    };
    let owner = if row.owner.is_empty() {
        String::new()
    } else {
        format!("; {} calls", row.owner)
    };
    let mut lines = wrap(
        &format!(
            "{}, {}{code}: {}",
            row.county,
            row.precinct,
            row.missing.replace(' ', ", ")
        ),
        0,
    );
    lines.extend(wrap(&format!("{turn}; {}{owner}", whom(row)), 4));
    if let Some(at) = &row.last_call {
        lines.extend(wrap(&format!("{} {}: {}", short(at), row.last_caller, row.note), 4));
    }
    if !row.on_it.is_empty() {
        lines.extend(wrap(&format!("{} is typing it in", row.on_it), 4));
    }
    format!("{}\n", lines.join("\n"))
}

fn whom(row: &Row<'_>) -> String {
    match (row.chair, row.phone) {
        ("", "") => "no number noted".to_owned(),
        (chair, "") => format!("{chair}, no number noted"),
        ("", phone) => phone.to_owned(),
        (chair, phone) => format!("{chair}, {phone}"),
    }
}

fn clock(at_ms: u64) -> String {
    short(&time::central(at_ms))
}

/// A time without its year, its seconds and its zone.
fn short(time: &str) -> String {
    time.get(5..16).unwrap_or(time).replace('T', " ")
}

fn precincts(count: usize) -> String {
    match count {
        0 => "No precinct is".to_owned(),
        1 => "1 precinct is".to_owned(),
        count => format!("{count} precincts are"),
    }
}
