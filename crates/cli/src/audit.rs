//! The paper audit: a random sample of precincts whose worksheets are compared with the log.

use serde::Serialize;
use tallylog_event::{EntryIndex, Event, PaperEvent, PaperReading, Sample, TreeRoot};
use tallylog_projection::draw;
use tallylog_tlog::SignedCheckpoint;
use tallylog_wire::v1;
use tallylog_wire::v1::cases_client::CasesClient;
use tallylog_wire::v1::log_client::LogClient;

use crate::args::Format;
use crate::args::keep::{AuditCommand, AuditReportArgs, ReadArgs, SampleArgs};
use crate::desk::{act, caucus, documents, place, said, sheet_of};
use crate::device::{Asking, Device, DeviceFault};
use crate::failure::{Failure, Outcome};
use crate::show::{self, grouped, heading, new_table, talk};

pub(crate) async fn run(command: &AuditCommand) -> Result<Outcome, Failure> {
    match command {
        AuditCommand::Sample(args) => sample(args).await,
        AuditCommand::Read(args) => read(args).await,
        AuditCommand::Report(args) => report(args).await,
    }
}

async fn sample(args: &SampleArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let (size, root) = checkpoint(&device, &device.asking().await?).await?;
    let dice: String = args.dice.split_whitespace().collect();
    let roster = device.roster()?;
    let mut precincts = draw(roster.roster(), &dice, &root);
    precincts.truncate(args.precincts);
    talk(&device.about().heading());
    talk(&format!(
        "by the checkpoint over {} entries and the dice {dice}:",
        grouped(size)
    ));
    for (number, id) in (1..).zip(&precincts) {
        if let Some((county, precinct)) = roster.roster().precinct(*id) {
            talk(&format!("{number:>4} {}, {}", county.name, precinct.name));
        }
    }
    if args.dry_run {
        return Ok(Outcome::Yes);
    }
    let sample = Sample {
        dice: said("--dice", &dice)?,
        size,
        root,
        precincts,
    };
    let did = format!(
        "drew {} precincts; the sample's number is that of the receipt",
        sample.precincts.len()
    );
    let event = Event::Paper(PaperEvent::Drawn(Box::new(sample)));
    act(&device, event, did, args.format).await
}

/// The latest checkpoint that the log's key signed, as size and root.
async fn checkpoint(device: &Device, asking: &Asking) -> Result<(u64, TreeRoot), Failure> {
    let answer = asking
        .ask(async |service| LogClient::new(service).checkpoint(v1::CheckpointRequest {}).await)
        .await?;
    let note = SignedCheckpoint::parse(&answer.note).map_err(|_| DeviceFault::OtherReceipt)?;
    let key = std::slice::from_ref(&device.about().log_key);
    let trusted = note.verify(key, &[]).map_err(|_| DeviceFault::OtherReceipt)?;
    let signed = trusted.checkpoint();
    Ok((signed.size.0, TreeRoot(signed.root.0)))
}

async fn read(args: &ReadArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let roster = device.roster()?;
    let precinct = place(&roster, &args.county, &args.precinct)?;
    let reading = PaperReading {
        sample: EntryIndex(args.sample),
        precinct,
        sheet: sheet_of(&args.file, &caucus(&roster, precinct)?)?,
        files: documents(&device, &args.photo)?,
    };
    let did = format!("recorded what the paper of {}, {} says", args.county, args.precinct);
    let event = Event::Paper(PaperEvent::Read(Box::new(reading)));
    act(&device, event, did, args.format).await
}

/// A precinct of the sample in a row.
#[derive(Serialize)]
struct Row<'a> {
    county: &'a str,
    precinct: &'a str,
    read: bool,
    agrees: bool,
    sampled_record: Option<u64>,
    record_now: Option<u64>,
    differences: String,
    differences_now: String,
}

async fn report(args: &AuditReportArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let request = v1::PaperAuditRequest {
        moment: None,
        sample: args.sample,
    };
    let answer = device
        .asking()
        .await?
        .ask(async |service| CasesClient::new(service).paper_audit(request.clone()).await)
        .await?;
    let sample = answer.sample.clone().unwrap_or_default();
    let rows: Vec<Row<'_>> = sample.precincts.iter().map(row).collect();
    match args.format {
        Format::Json => show::json(&rows)?,
        Format::Csv => show::csv(&rows)?,
        Format::Table => show::data(&table(&answer, &sample, &rows))?,
    }
    let all = !rows.is_empty() && rows.iter().all(|row| row.agrees);
    Ok(if all { Outcome::Yes } else { Outcome::No })
}

fn row(found: &v1::PaperPrecinct) -> Row<'_> {
    let differences = |comparison: Option<&v1::PaperComparison>| {
        let all = comparison.into_iter().flat_map(|comparison| &comparison.differences);
        let all: Vec<_> = all
            .map(|found| {
                format!(
                    "{} {}: log {}, paper {}",
                    found.field, found.group, found.log, found.paper
                )
            })
            .collect();
        all.join("; ")
    };
    Row {
        county: &found.county,
        precinct: &found.precinct,
        read: found.read.is_some(),
        agrees: found.agrees,
        sampled_record: found.sampled.as_ref().map(|comparison| comparison.record),
        record_now: found.now.as_ref().map(|comparison| comparison.record),
        differences: differences(found.sampled.as_ref()),
        differences_now: differences(found.now.as_ref()),
    }
}

fn table(answer: &v1::PaperAuditResponse, sample: &v1::PaperSample, rows: &[Row<'_>]) -> String {
    let head = answer.position.as_ref().map_or_else(String::new, heading);
    let mut table = new_table(&["county", "precinct", "paper", "differences"], 4);
    for row in rows {
        let paper = match (row.read, row.agrees) {
            (false, _) => "not read yet",
            (true, true) => "agrees",
            (true, false) => "DIFFERS",
        };
        table.add_row([row.county, row.precinct, paper, &row.differences]);
    }
    let read = rows.iter().filter(|row| row.read).count();
    format!(
        "{head}\nsample by the dice {} and the checkpoint over {} entries; {read} of {} worksheets read\n{table}\n",
        sample.dice,
        grouped(sample.size),
        rows.len()
    )
}
