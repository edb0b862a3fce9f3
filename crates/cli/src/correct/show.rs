//! Cases on the terminal, and for programs.

use serde::Serialize;
use tallylog_wire::v1;

use super::{ask, effect};
use crate::args::Format;
use crate::args::correct::{CasesArgs, ShowCaseArgs};
use crate::device::Device;
use crate::failure::{Failure, Outcome};
use crate::show::{self, heading, new_table};
use crate::time;
use crate::worksheet::wrap;

/// A case in a row.
#[derive(Serialize)]
struct Row<'a> {
    case: u64,
    stage: &'a str,
    kind: &'a str,
    precincts: usize,
    done: usize,
    waiting: usize,
    requested_by: &'a str,
    opened_by: String,
    closed: bool,
    reason: &'a str,
}

/// A proposal of a case.
#[derive(Serialize)]
struct Proposed<'a> {
    proposal: u64,
    county: String,
    precinct: String,
    status: &'a str,
    changed: bool,
    record: u64,
    officer: String,
    decided_by: Option<String>,
    reason: &'a str,
    notice: &'a str,
    evidence: Vec<String>,
    moves: Vec<effect::Moved<'a>>,
}

#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    case: Row<'a>,
    authority: &'a str,
    notice: &'a str,
    evidence: Vec<String>,
    left: Vec<String>,
    proposals: Vec<Proposed<'a>>,
}

/// Lists the cases.
pub(super) async fn list(args: &CasesArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let request = v1::CasesRequest {
        moment: None,
        open: args.open,
        county: args.county.clone().unwrap_or_default(),
    };
    let answer = ask::list(&device.asking().await?, &request).await?;
    let rows: Vec<Row<'_>> = answer.cases.iter().map(row).collect();
    match args.format {
        Format::Table => show::data(&table(&answer, &rows))?,
        Format::Json => show::json(&rows)?,
        Format::Csv => show::csv(&rows)?,
    }
    Ok(Outcome::Yes)
}

fn person(signed: Option<&v1::Signed>) -> String {
    signed.map(|signed| signed.person.clone()).unwrap_or_default()
}

fn entry(signed: Option<&v1::Signed>) -> u64 {
    signed.map(|signed| signed.entry).unwrap_or_default()
}

fn row(case: &v1::CorrectionCase) -> Row<'_> {
    Row {
        case: entry(case.opened.as_ref()),
        stage: &case.stage,
        kind: &case.kind,
        precincts: case.precincts.len(),
        done: case.precincts.len() - left(case).len(),
        waiting: case.proposals.iter().filter(|known| known.status == "open").count(),
        requested_by: &case.requested_by,
        opened_by: person(case.opened.as_ref()),
        closed: case.closed.is_some(),
        reason: &case.reason,
    }
}

/// The precincts of which nothing was approved yet.
fn left(case: &v1::CorrectionCase) -> Vec<String> {
    let approved = |place: &&v1::PlaceName| {
        let mut known = case.proposals.iter();
        known.any(|known| known.status == "approved" && known.precinct.as_ref() == Some(place))
    };
    let left = case.precincts.iter().filter(|place| !approved(place));
    left.map(|place| format!("{}, {}", place.county, place.precinct))
        .collect()
}

fn table(answer: &v1::CasesResponse, rows: &[Row<'_>]) -> String {
    let mut table = new_table(&["case", "stage", "kind", "asked by", "done", "to approve", "state"], 4);
    for row in rows {
        table.add_row([
            row.case.to_string(),
            row.stage.to_owned(),
            row.kind.to_owned(),
            row.requested_by.to_owned(),
            format!("{} of {}", row.done, row.precincts),
            row.waiting.to_string(),
            if row.closed { "closed" } else { "open" }.to_owned(),
        ]);
    }
    let head = answer.position.as_ref().map_or_else(String::new, heading);
    format!("{head}\n{} correction cases\n{table}\n", rows.len())
}

/// Shows a case.
pub(super) async fn one(args: &ShowCaseArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let answer = ask::case(&device.asking().await?, args.case).await?;
    let case = answer.case.clone().unwrap_or_default();
    match args.format {
        Format::Table => show::data(&text(&answer, &case))?,
        Format::Json => show::json(&whole(&answer, &case))?,
        Format::Csv => show::csv(&[row(&case)])?,
    }
    Ok(Outcome::Yes)
}

fn effect_of(answer: &v1::CaseResponse, proposal: u64) -> Option<&v1::Effect> {
    answer.effects.iter().find(|effect| effect.proposal == Some(proposal))
}

fn whole<'a>(answer: &'a v1::CaseResponse, case: &'a v1::CorrectionCase) -> Whole<'a> {
    Whole {
        case: row(case),
        authority: &case.authority,
        notice: &case.notice,
        evidence: hashes(&case.evidence),
        left: left(case),
        proposals: case.proposals.iter().map(|known| proposed(answer, known)).collect(),
    }
}

fn hashes(files: &[v1::File]) -> Vec<String> {
    files.iter().map(|file| hex::encode(&file.hash)).collect()
}

fn proposed<'a>(answer: &'a v1::CaseResponse, known: &'a v1::CaseProposal) -> Proposed<'a> {
    let place = known.precinct.clone().unwrap_or_default();
    let number = entry(known.proposed.as_ref());
    Proposed {
        proposal: number,
        county: place.county,
        precinct: place.precinct,
        status: &known.status,
        changed: known.changed,
        record: known.record,
        officer: person(known.proposed.as_ref()),
        decided_by: known.decided.as_ref().map(|decided| decided.person.clone()),
        reason: &known.reason,
        notice: &known.notice,
        evidence: hashes(&known.evidence),
        moves: effect_of(answer, number).map(effect::moved).unwrap_or_default(),
    }
}

fn text(answer: &v1::CaseResponse, case: &v1::CorrectionCase) -> String {
    let mut text = answer.position.as_ref().map_or_else(String::new, heading) + "\n";
    let row = row(case);
    let opened = case.opened.clone().unwrap_or_default();
    let head = format!(
        "case {}: {} of kind {}, opened by {} on {}; asked for by {}: {}",
        row.case,
        row.stage,
        row.kind,
        row.opened_by,
        time::central(opened.received_at_ms),
        row.requested_by,
        row.reason
    );
    text += &(wrap(&head, 4).join("\n") + "\n");
    if !case.authority.is_empty() {
        text += &(wrap(&format!("authority: {}", case.authority), 4).join("\n") + "\n");
    }
    for file in &case.evidence {
        text.extend([format!(
            "evidence: {} ({}, {} bytes)\n",
            hex::encode(&file.hash),
            file.media_type,
            file.size
        )]);
    }
    text.extend([format!("{} of {} precincts done\n", row.done, row.precincts)]);
    for place in left(case) {
        text.extend([format!("    to do: {place}\n")]);
    }
    for known in &case.proposals {
        text += &proposal(answer, known);
    }
    match &case.closed {
        Some(closed) => text.extend([format!("\nclosed by {}: {}\n", closed.person, case.notice)]),
        None => text += "\nopen\n",
    }
    text
}

fn proposal(answer: &v1::CaseResponse, known: &v1::CaseProposal) -> String {
    let place = known.precinct.clone().unwrap_or_default();
    let number = entry(known.proposed.as_ref());
    let head = format!(
        "proposal {number} by {} on {}, {} (record: entry {}): {}, {}",
        person(known.proposed.as_ref()),
        place.county,
        place.precinct,
        known.record,
        known.status,
        known.reason
    );
    let mut text = format!("\n{}\n", wrap(&head, 4).join("\n"));
    text += &effect::sides(known.old.as_ref(), known.new.as_ref());
    if let Some(effect) = effect_of(answer, number) {
        text += &effect::table(effect);
    }
    if let Some(decided) = &known.decided {
        let line = format!("{} by {}: {}", known.status, decided.person, known.notice);
        text += &(wrap(&line, 4).join("\n") + "\n");
    }
    text
}
