//! What the checks found.

use serde::Serialize;
use tallylog_wire::v1;

use super::{grouped, heading, new_table};
use crate::args::{DiscrepanciesArgs, Format};
use crate::failure::{Failure, Outcome};
use crate::source::Source;
use crate::time;

/// A discrepancy, in JSON and in CSV.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    code: &'a str,
    name: &'a str,
    severity: &'a str,
    county: &'a str,
    /// Absent where it concerns the county or pool as a whole.
    precinct: Option<&'a str>,
    status: &'a str,
    message: &'a str,
    advice: &'a str,
    entry: Option<u64>,
}

impl<'a> From<&'a v1::Discrepancy> for Row<'a> {
    fn from(found: &'a v1::Discrepancy) -> Self {
        Self {
            code: &found.code,
            name: &found.name,
            severity: &found.severity,
            county: &found.county,
            precinct: Some(found.precinct.as_str()).filter(|name| !name.is_empty()),
            status: &found.status,
            message: &found.message,
            advice: &found.advice,
            entry: found.entry,
        }
    }
}

pub(crate) async fn discrepancies(args: &DiscrepanciesArgs) -> Result<Outcome, Failure> {
    let request = v1::DiscrepanciesRequest {
        moment: time::moment(&args.moment)?,
        county: args.county.clone().unwrap_or_default(),
        ..v1::DiscrepanciesRequest::default()
    };
    let answer = Source::open(&args.source).await?.discrepancies(request).await?;
    let rows: Vec<Row<'_>> = answer.discrepancies.iter().map(Row::from).collect();
    match args.format {
        Format::Json => super::json(&rows)?,
        Format::Csv => super::csv(&rows)?,
        Format::Table => super::data(&table(&answer))?,
    }
    Ok(Outcome::Yes)
}

fn table(answer: &v1::DiscrepanciesResponse) -> String {
    let position = answer.position.clone().unwrap_or_default();
    let open = answer
        .discrepancies
        .iter()
        .filter(|found| found.status == "open")
        .count();
    let mut table = new_table(
        &["code", "severity", "status", "county", "precinct", "what was found"],
        6,
    );
    for found in &answer.discrepancies {
        table.add_row([
            &format!("{} {}", found.code, found.name),
            &found.severity,
            &found.status,
            &found.county,
            &found.precinct,
            &found.message,
        ]);
    }
    format!(
        "{}\n{} discrepancies at log size {}, {open} of them open\n{table}\n",
        heading(&position),
        answer.discrepancies.len(),
        grouped(position.size),
    )
}
