//! The precincts of which something is missing: the list that a room of callers works from.

use serde::{Deserialize, Serialize};
use tallylog_wire::v1;
use tallylog_wire::v1::desk_client::DeskClient;

use crate::args::Format;
use crate::args::enter::{CallCommand, NoteArgs, OutstandingArgs, PhonesArgs};
use crate::device::{Device, Service};
use crate::failure::{Failure, Outcome};
use crate::show::{self, heading};
use crate::time;
use crate::worksheet::wrap;

pub(crate) async fn call(command: &CallCommand) -> Result<Outcome, Failure> {
    match command {
        CallCommand::Note(args) => note(args).await,
        CallCommand::Phones(args) => phones(args).await,
    }
}

fn desk(service: Service) -> DeskClient<Service> {
    // All precincts of a state are more than the 4 MiB that a client takes by default.
    DeskClient::new(service).max_decoding_message_size(64 << 20)
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

pub(crate) async fn run(args: &OutstandingArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let request = v1::OutstandingRequest {
        county: args.county.clone().unwrap_or_default(),
        missing: args.missing.clone().unwrap_or_default(),
    };
    let answer = device
        .asking()
        .await?
        .ask(async |service| desk(service).outstanding(request.clone()).await)
        .await?;
    let person = device.about().person.as_str();
    let wanted = answer
        .precincts
        .iter()
        .filter(|found| !args.mine || found.owner == person);
    let rows: Vec<Row<'_>> = wanted.map(|found| row(found, answer.now_ms)).collect();
    match args.format {
        Format::Json => show::json(&rows)?,
        Format::Csv => show::csv(&rows)?,
        Format::Table => show::data(&text(&answer, &rows))?,
    }
    Ok(Outcome::Yes)
}

fn row(found: &v1::OutstandingPrecinct, now_ms: u64) -> Row<'_> {
    let call = found.last_call.as_ref();
    Row {
        county: &found.county,
        precinct: &found.precinct,
        code: &found.code,
        missing: found.missing.join(", "),
        chair: &found.chair,
        phone: &found.phone,
        last_call: call.map(|call| time::central(call.at_ms)),
        last_caller: call.map_or("", |call| &call.person),
        note: call.map_or("", |call| &call.note),
        next_call: found.next_call_ms.map(time::central),
        overdue: found.next_call_ms.is_some_and(|next| next < now_ms),
        owner: &found.owner,
        on_it: found.claim.as_ref().map_or("", |claim| &claim.person),
    }
}

fn text(answer: &v1::OutstandingResponse, rows: &[Row<'_>]) -> String {
    let counts = answer.by_missing.iter();
    let counts: Vec<_> = counts.map(|count| format!("{} {}", count.name, count.count)).collect();
    let head = answer.position.as_ref().map_or_else(String::new, heading);
    let mut text = format!("{head}\n{} precincts; {}\n", rows.len(), counts.join(", "));
    let mut counties = std::collections::BTreeMap::<&str, u32>::new();
    for row in rows {
        *counties.entry(row.county).or_default() += 1;
    }
    let counties: Vec<_> = counties.iter().map(|(name, count)| format!("{name} {count}")).collect();
    text.extend([
        wrap(&format!("by county: {}", counties.join(", ")), 2).join("\n"),
        "\n".to_owned(),
    ]);
    for row in rows {
        text.extend([line(row)]);
    }
    text
}

/// A precinct on a few lines of eighty columns.
fn line(row: &Row<'_>) -> String {
    let call = match (&row.next_call, row.overdue) {
        (Some(next), true) => format!("CALL NOW, was due {next}"),
        (Some(next), false) => format!("next call {next}"),
        (None, _) => "no call planned".to_owned(),
    };
    let name = |name: &str, nobody: &str| {
        if name.is_empty() {
            nobody.to_owned()
        } else {
            name.to_owned()
        }
    };
    let head = format!("{}, {} ({}): {}", row.county, row.precinct, row.code, row.missing);
    let whom = format!(
        "    {}, {}; {call}; caller: {}",
        name(row.chair, "no chair noted"),
        name(row.phone, "no number noted"),
        name(row.owner, "anybody")
    );
    let mut lines = [wrap(&head, 2), wrap(&whom, 4)].concat();
    if let Some(at) = &row.last_call {
        lines.extend(wrap(&format!("    {at} {}: {}", row.last_caller, row.note), 4));
    }
    if !row.on_it.is_empty() {
        lines.push(format!("    {} is typing it in", row.on_it));
    }
    format!("\n{}\n", lines.join("\n"))
}

async fn note(args: &NoteArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let next = args
        .next_call
        .map(|minutes| tallylog_server::now().0 + minutes * 60_000);
    let request = v1::NoteCallRequest {
        county: args.county.clone(),
        precinct: args.precinct.clone(),
        note: args.note.clone(),
        next_call_ms: next,
        owner: args.owner.clone().unwrap_or_default(),
    };
    device
        .asking()
        .await?
        .ask(async |service| desk(service).note_call(request.clone()).await)
        .await?;
    let again = next.map_or_else(String::new, |next| format!("; next call {}", time::central(next)));
    show::data(&format!("noted on {}, {}{again}\n", args.county, args.precinct))?;
    Ok(Outcome::Yes)
}

/// A chair in the list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chair {
    county: String,
    precinct: String,
    name: String,
    phone: String,
}

async fn phones(args: &PhonesArgs) -> Result<Outcome, Failure> {
    let failed = |error: csv::Error| Failure::File {
        path: args.list.clone(),
        error: std::io::Error::other(error),
    };
    let mut reader = csv::Reader::from_path(&args.list).map_err(failed)?;
    let mut chairs = Vec::new();
    for chair in reader.deserialize::<Chair>() {
        let chair = chair.map_err(failed)?;
        chairs.push(v1::ChairPhone {
            county: chair.county,
            precinct: chair.precinct,
            name: chair.name,
            phone: chair.phone,
        });
    }
    let device = Device::open(&args.device)?;
    let request = v1::WritePhonesRequest { chairs };
    let answer = device
        .asking()
        .await?
        .ask(async |service| desk(service).write_phones(request.clone()).await)
        .await?;
    show::data(&format!(
        "{} of {} chairs noted anew; none of this is in the log\n",
        answer.changed,
        request.chairs.len()
    ))?;
    Ok(Outcome::Yes)
}
