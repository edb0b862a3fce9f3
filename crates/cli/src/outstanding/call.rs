//! Notes a call.

use serde::Serialize;
use tallylog_wire::v1;

use super::{desk, when};
use crate::args::Format;
use crate::args::enter::NoteArgs;
use crate::device::Device;
use crate::failure::{Failure, Outcome};
use crate::show;
use crate::time;

/// What was noted.
#[derive(Serialize)]
struct Noted<'a> {
    contest: String,
    county: &'a str,
    precinct: &'a str,
    called_at: Option<String>,
    person: String,
    note: String,
    next_call: Option<String>,
    owner: Option<&'a str>,
}

pub(super) async fn note(args: &NoteArgs) -> Result<Outcome, Failure> {
    let next = args.next_call.as_deref();
    let next = next
        .map(|text| when::parse(text, tallylog_server::now().0))
        .transpose()?;
    let device = Device::open(&args.device)?;
    let request = v1::NoteCallRequest {
        county: args.county.clone(),
        precinct: args.precinct.clone(),
        note: args.note.clone(),
        next_call_ms: next,
        owner: args.owner.clone().unwrap_or_default(),
    };
    let asking = device.asking().await?;
    let answer = asking
        .ask(async |service| desk(service).note_call(request.clone()).await)
        .await?;
    let call = answer.call;
    let noted = Noted {
        contest: device.about().heading(),
        county: &args.county,
        precinct: &args.precinct,
        called_at: call.as_ref().map(|call| time::central(call.at_ms)),
        person: device.about().person.to_string(),
        note: call.map_or_else(String::new, |call| call.note),
        next_call: next.map(time::central),
        owner: args.owner.as_deref(),
    };
    match args.format {
        Format::Json => show::json(&noted)?,
        Format::Csv => show::csv(&[noted])?,
        Format::Table => show::data(&in_words(&noted))?,
    }
    Ok(Outcome::Yes)
}

fn in_words(noted: &Noted<'_>) -> String {
    let mut said = vec![format!("Noted on {}, {}", noted.county, noted.precinct)];
    said.extend(noted.next_call.iter().map(|next| format!("next call {next}")));
    said.extend(noted.owner.iter().map(|owner| format!("{owner} calls")));
    format!("{}\n{}. Nothing of it is in the log.\n", noted.contest, said.join("; "))
}
