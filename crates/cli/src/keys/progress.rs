//! How far the enrolment of chairs has come.

use serde::Serialize;
use tallylog_wire::v1;
use tallylog_wire::v1::keys_client::KeysClient;

use crate::args::Format;
use crate::args::keys::ProgressArgs;
use crate::device::Device;
use crate::failure::{Failure, Outcome};
use crate::show::{self, grouped, talk};

/// A county, or a precinct of the one that was asked for.
#[derive(Serialize)]
struct Row {
    county: String,
    precinct: String,
    precincts: u64,
    ready: u64,
    missing: u64,
    keys: u64,
    codes_used: u64,
    codes_waiting: u64,
    codes_lapsed: u64,
}

/// Shows how far the enrolment of chairs has come.
pub(crate) async fn progress(args: &ProgressArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let request = v1::ProgressRequest {
        county: args.county.clone().unwrap_or_default(),
    };
    let asking = device.asking().await?;
    let answer = asking
        .ask(async |service| KeysClient::new(service).progress(request.clone()).await)
        .await?;
    let rows = if args.county.is_some() {
        &answer.precincts
    } else {
        &answer.counties
    };
    let all: Vec<Row> = rows.iter().map(row).collect();
    let (ready, of) = (sum(&all, |row| row.ready), sum(&all, |row| row.precincts));
    let rows: Vec<Row> = all.into_iter().filter(|row| !args.missing || row.missing > 0).collect();
    match args.format {
        Format::Table => {
            talk(&device.about().heading());
            show::data(&format!(
                "{}\n{} of {} precincts have a chair with a key; {} are missing\n",
                table(&rows),
                grouped(ready),
                grouped(of),
                grouped(of - ready)
            ))?;
        }
        Format::Json => show::json(&rows)?,
        Format::Csv => show::csv(&rows)?,
    }
    Ok(Outcome::Yes)
}

fn sum(rows: &[Row], of: impl Fn(&Row) -> u64) -> u64 {
    rows.iter().map(of).sum()
}

fn row(progress: &v1::EnrolmentProgress) -> Row {
    Row {
        county: progress.county.clone(),
        precinct: progress.precinct.clone(),
        precincts: progress.precincts,
        ready: progress.ready,
        missing: progress.precincts.saturating_sub(progress.ready),
        keys: progress.keys,
        codes_used: progress.used,
        codes_waiting: progress.waiting,
        codes_lapsed: progress.lapsed,
    }
}

fn table(rows: &[Row]) -> comfy_table::Table {
    let header = [
        "County", "Precinct", "Ready", "Missing", "Keys", "Used", "Waiting", "Lapsed",
    ];
    let mut table = show::new_table(&header, 2);
    for row in rows {
        let counts = [
            row.ready,
            row.missing,
            row.keys,
            row.codes_used,
            row.codes_waiting,
            row.codes_lapsed,
        ];
        let words = [row.county.clone(), row.precinct.clone()];
        table.add_row(words.into_iter().chain(counts.map(grouped)));
    }
    table
}
