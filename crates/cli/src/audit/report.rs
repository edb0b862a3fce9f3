//! Compares what was read with the log, and what was announced and drawn with its tree.

use serde::Serialize;
use tallylog_wire::v1;

use super::roots::Roots;
use super::{look, page};
use crate::args::Format;
use crate::args::keep::AuditReportArgs;
use crate::device::Device;
use crate::failure::{Failure, Outcome};
use crate::show::{self, grouped, heading, new_table, talk};

/// Everything that is to be said of the paper audit.
pub(super) struct Audited {
    pub(super) position: v1::Position,
    /// Each with whether its root is the log's.
    pub(super) announcements: Vec<(v1::PaperAnnouncement, bool)>,
    pub(super) samples: Vec<(v1::PaperSample, bool)>,
}

#[derive(Serialize)]
struct Answer<'a> {
    contest: &'a str,
    kind: &'static str,
    size: u64,
    announcements: Vec<AnnouncementJson<'a>>,
    samples: Vec<SampleJson<'a>>,
}

#[derive(Serialize)]
struct AnnouncementJson<'a> {
    entry: u64,
    person: &'a str,
    size: u64,
    root: String,
    root_is_the_logs: bool,
    precincts: u32,
    drawn: Option<u64>,
    abandoned: Option<u64>,
    given_up: Vec<GivenUpJson<'a>>,
}

#[derive(Serialize)]
struct GivenUpJson<'a> {
    entry: u64,
    person: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct SampleJson<'a> {
    entry: u64,
    person: &'a str,
    announcement: Option<u64>,
    dice: &'a str,
    size: u64,
    root: String,
    root_is_the_logs: bool,
    precincts: Vec<Row<'a>>,
}

/// A precinct of a sample in a row.
#[derive(Serialize)]
struct Row<'a> {
    sample: u64,
    county: &'a str,
    precinct: &'a str,
    read: bool,
    agrees: bool,
    sampled_record: Option<u64>,
    record_now: Option<u64>,
    differences: String,
    differences_now: String,
}

pub(super) async fn run(args: &AuditReportArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let asking = device.asking().await?;
    let audited = compared(&device, look(&asking, args.sample).await?).await?;
    match args.format {
        Format::Json => show::json(&answer(&audited))?,
        Format::Csv => show::csv(&rows(&audited))?,
        Format::Table => show::data(&table(&audited))?,
    }
    if let Some(output) = &args.output {
        tallylog_store::replace(output, page::of(&audited, device.about()).as_bytes())?;
        talk(&format!("{} holds the report as a page to print", output.display()));
    }
    let rows = rows(&audited);
    let of_the_log =
        audited.samples.iter().all(|(_, holds)| *holds) && audited.announcements.iter().all(|(_, holds)| *holds);
    let all = of_the_log && !rows.is_empty() && rows.iter().all(|row| row.agrees);
    Ok(if all { Outcome::Yes } else { Outcome::No })
}

/// Compares every root with the log's tree. The server's word is not taken for it.
async fn compared(device: &Device, answer: v1::PaperAuditResponse) -> Result<Audited, Failure> {
    let asking = device.asking().await?;
    let roots = Roots::of(device, &asking).await?;
    let mut audited = Audited {
        position: answer.position.unwrap_or_default(),
        announcements: Vec::new(),
        samples: Vec::new(),
    };
    for announcement in answer.announcements {
        let holds = roots.holds(announcement.size, &announcement.root).await?;
        audited.announcements.push((announcement, holds));
    }
    for sample in answer.samples {
        let holds = roots.holds(sample.size, &sample.root).await?;
        audited.samples.push((sample, holds));
    }
    Ok(audited)
}

pub(super) fn entry(signed: Option<&v1::Signed>) -> u64 {
    signed.map_or(0, |signed| signed.entry)
}

pub(super) fn person(signed: Option<&v1::Signed>) -> &str {
    signed.map_or("", |signed| signed.person.as_str())
}

fn answer(audited: &Audited) -> Answer<'_> {
    Answer {
        contest: &audited.position.contest,
        kind: show::kind(&audited.position),
        size: audited.position.size,
        announcements: audited.announcements.iter().map(announcement).collect(),
        samples: audited.samples.iter().map(sample).collect(),
    }
}

fn announcement((one, holds): &(v1::PaperAnnouncement, bool)) -> AnnouncementJson<'_> {
    let given_up = one.given_up.iter();
    AnnouncementJson {
        entry: entry(one.announced.as_ref()),
        person: person(one.announced.as_ref()),
        size: one.size,
        root: hex::encode(&one.root),
        root_is_the_logs: *holds,
        precincts: one.precincts,
        drawn: one.drawn,
        abandoned: one.abandoned,
        given_up: given_up
            .map(|by| GivenUpJson {
                entry: entry(by.signed.as_ref()),
                person: person(by.signed.as_ref()),
                reason: &by.reason,
            })
            .collect(),
    }
}

fn sample((one, holds): &(v1::PaperSample, bool)) -> SampleJson<'_> {
    SampleJson {
        entry: entry(one.drawn.as_ref()),
        person: person(one.drawn.as_ref()),
        announcement: one.announcement,
        dice: &one.dice,
        size: one.size,
        root: hex::encode(&one.root),
        root_is_the_logs: *holds,
        precincts: rows_of(one),
    }
}

fn rows(audited: &Audited) -> Vec<Row<'_>> {
    audited.samples.iter().flat_map(|(sample, _)| rows_of(sample)).collect()
}

fn rows_of(sample: &v1::PaperSample) -> Vec<Row<'_>> {
    let number = entry(sample.drawn.as_ref());
    sample.precincts.iter().map(|found| row(number, found)).collect()
}

/// What differs between a record and the paper, in words.
pub(super) fn differences(comparison: Option<&v1::PaperComparison>) -> String {
    let all = comparison.into_iter().flat_map(|comparison| &comparison.differences);
    let all: Vec<_> = all
        .map(|found| {
            let group = if found.group.is_empty() {
                String::new()
            } else {
                format!(" {}", found.group)
            };
            format!("{}{group}: log {}, paper {}", found.field, found.log, found.paper)
        })
        .collect();
    all.join("; ")
}

fn row(sample: u64, found: &v1::PaperPrecinct) -> Row<'_> {
    Row {
        sample,
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

/// What came of an announcement, in words.
pub(super) fn fate(one: &v1::PaperAnnouncement) -> String {
    let by: Vec<String> = one
        .given_up
        .iter()
        .map(|by| format!("{} ({})", person(by.signed.as_ref()), by.reason))
        .collect();
    match (one.drawn, one.abandoned) {
        (Some(drawn), _) if by.is_empty() => format!("drawn by entry {drawn}"),
        (Some(drawn), _) => format!("drawn by entry {drawn}, though given up by {} alone", by.join(" and ")),
        (None, Some(abandoned)) => format!("abandoned by entry {abandoned}: {}", by.join(" and ")),
        (None, None) if by.is_empty() => "to be drawn".to_owned(),
        (None, None) => format!("to be drawn, given up by {}; it takes another person", by.join(" and ")),
    }
}

/// What is said of a checkpoint.
pub(super) const fn of_root(holds: bool) -> &'static str {
    if holds {
        "is the log's"
    } else {
        "IS NOT THE LOG'S: the log never had this root"
    }
}

fn table(audited: &Audited) -> String {
    let mut parts = vec![heading(&audited.position)];
    for (one, holds) in &audited.announcements {
        parts.push(format!(
            "entry {}: {} announced a sample of {} from the checkpoint over {} entries, which {}; {}",
            entry(one.announced.as_ref()),
            person(one.announced.as_ref()),
            one.precincts,
            grouped(one.size),
            of_root(*holds),
            fate(one)
        ));
    }
    if audited.samples.is_empty() {
        parts.push("no sample was drawn".to_owned());
    }
    for (one, holds) in &audited.samples {
        parts.push(sample_table(one, *holds));
    }
    format!("{}\n", parts.join("\n"))
}

fn sample_table(sample: &v1::PaperSample, holds: bool) -> String {
    let rows = rows_of(sample);
    let mut table = new_table(&["county", "precinct", "paper", "differences"], 4);
    for row in &rows {
        let paper = match (row.read, row.agrees) {
            (false, _) => "not read yet",
            (true, true) => "agrees",
            (true, false) => "DIFFERS",
        };
        table.add_row([row.county, row.precinct, paper, &row.differences]);
    }
    let read = rows.iter().filter(|row| row.read).count();
    format!(
        "entry {}: {} drew by the dice {} and the checkpoint over {} entries, which {}; {read} of {} worksheets read\n{table}",
        entry(sample.drawn.as_ref()),
        person(sample.drawn.as_ref()),
        sample.dice,
        grouped(sample.size),
        of_root(holds),
        rows.len()
    )
}
