//! Signs an entry, keeps it on the device, and sends it until its receipt holds.

use std::time::Duration;

use serde::Serialize;
use tallylog_event::{Event, ManualEntry, Report, Text};
use tallylog_rules::{Code, Sheet};

use super::ask;
use super::draft::Draft;
use super::fault::EnterFault;
use super::how::{How, caller_name, channel_name};
use crate::args::Format;
use crate::args::enter::EnterArgs;
use crate::device::{self, Device};
use crate::failure::{Failure, Outcome};
use crate::outbox::{self, Item, Line, Outbox, Sending, tell};
use crate::show;
use crate::worksheet::{self, Caucus, Confirmed, Found, wrap};

/// What an operator has typed, and how it came.
pub(super) struct Filed {
    pub(super) sheet: Sheet,
    pub(super) how: How,
    pub(super) read_back: bool,
    /// Others who typed before a hand-over.
    pub(super) typed_by: Vec<Text>,
}

/// How an entry stands beside what others gave. Never more than that is said here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Beside {
    /// Nobody else has given figures.
    Alone,
    /// The precinct is confirmed.
    Agrees,
    /// A reviewer decides.
    Differs,
    /// The server did not answer.
    Unknown,
}

/// What came of an entry.
#[derive(Serialize)]
struct Ended {
    contest: String,
    #[serde(flatten)]
    item: Line,
    channel: &'static str,
    caller: &'static str,
    read_back: bool,
    typed_by: Vec<String>,
    photos: usize,
    beside_others: Beside,
}

/// The same in a row.
#[derive(Serialize)]
struct Row<'a> {
    county: &'a str,
    precinct: &'a str,
    state: &'a str,
    entry: Option<u64>,
    received_at: &'a Option<String>,
    words: &'a Option<String>,
    channel: &'static str,
    caller: &'static str,
    read_back: bool,
    typed_by: String,
    beside_others: Beside,
    trouble: &'a Option<String>,
    message: &'a Option<String>,
}

/// Says that whoever signs has confirmed exactly what blocks.
pub(super) fn confirmed(found: &[Found], codes: &[Code]) -> Result<(), EnterFault> {
    let list = |codes: &[Code]| codes.iter().map(|code| code.as_str()).collect::<Vec<_>>().join(" ");
    match worksheet::confirmed(found, codes) {
        Confirmed::Yes => Ok(()),
        Confirmed::Missing(codes) => Err(EnterFault::Blocking(list(&codes))),
        Confirmed::Stale(codes) => Err(EnterFault::Stale(list(&codes))),
    }
}

/// The last entry of a precinct that this device has signed, if it has these figures. Other figures that are not received
/// stand in the way: the log takes one entry of a person.
pub(super) fn known(outbox: &Outbox, caucus: &Caucus, sheet: &Sheet) -> Result<Option<Item>, Failure> {
    let items = outbox.of(caucus.id)?.into_iter();
    let mut entries = items.filter(|item| matches!(item.body.event, Event::Entered(_)));
    let Some(last) = entries.next_back() else {
        return Ok(None);
    };
    if last.sheet() == Some(sheet) {
        return Ok(Some(last));
    }
    if last.waits() {
        return Err(EnterFault::Waits {
            place: caucus.title(),
            number: last.number,
        }
        .into());
    }
    Ok(None)
}

/// Signs and keeps; only then sends.
pub(super) async fn finish(
    args: &EnterArgs,
    device: &Device,
    outbox: &Outbox,
    caucus: &Caucus,
    typed: Filed,
) -> Result<Outcome, Failure> {
    let photos = args.photo.iter().map(|path| outbox::photo(path));
    let photos = photos.collect::<Result<Vec<_>, _>>()?;
    outbox.keep_photos(&photos)?;
    let entry = ManualEntry {
        report: Report {
            precinct: caucus.id,
            channel: typed.how.channel,
            sheet: typed.sheet,
            files: photos.into_iter().map(|(file, _)| file).collect(),
        },
        caller: typed.how.caller,
        read_back: typed.read_back,
        typed_by: typed.typed_by,
    };
    let event = Event::Entered(Box::new(entry));
    let item = outbox.keep(&device::envelope(device.about().contest, device.key(), event)?)?;
    // What was typed is on disk a second time by now. A crash in between leaves a draft of what is signed.
    Draft::of(device.dir(), caucus).remove()?;
    show::talk(&format!(
        "Signed and saved here as number {} of the outbox. Sending.",
        item.number
    ));
    deliver(args, device, outbox, caucus, item.number).await
}

/// Sends what is signed, and says where it stands.
pub(super) async fn deliver(
    args: &EnterArgs,
    device: &Device,
    outbox: &Outbox,
    caucus: &Caucus,
    number: u32,
) -> Result<Outcome, Failure> {
    let was_received = outbox.item(number)?.received().is_some();
    let sent = outbox::send(outbox, Some(Duration::from_secs(args.patience))).await?;
    let item = if was_received {
        outbox::ask_since(outbox, device, number).await?
    } else {
        outbox.item(number)?
    };
    if item.is_refused() {
        // It is no entry of the log, and what is typed anew is: this one must not be sent once more.
        outbox.set_aside(&item)?;
    }
    let beside = match item.received() {
        Some(_) => beside(device, caucus, &item).await.unwrap_or(Beside::Unknown),
        None => Beside::Unknown,
    };
    say(args.format, outbox, &outbox.item(number)?, beside)?;
    outbox::upload_after(device, Duration::from_secs(args.patience)).await?;
    match sent {
        _ if item.is_gone() => Ok(Outcome::No),
        _ if item.received().is_some() => Ok(Outcome::Yes),
        Sending::Waits(fault) => Err(fault.into()),
        Sending::Done | Sending::Trouble => Ok(Outcome::No),
    }
}

/// How the entry stands beside what others gave: by names and by whether the precinct is confirmed, never by figures.
async fn beside(device: &Device, caucus: &Caucus, item: &Item) -> Result<Beside, Failure> {
    let asking = device.asking().await?;
    let Some(found) = ask::one(&asking, &caucus.county, &caucus.precinct).await? else {
        return Ok(Beside::Unknown);
    };
    let hands = typed_by(item);
    let is_other = |person: &String| person != device.about().person.as_str() && !hands.contains(person);
    let others = found.entries.iter().filter(|entry| is_other(&entry.person));
    Ok(if found.confirmed {
        Beside::Agrees
    } else if others.count() == 0 {
        Beside::Alone
    } else {
        Beside::Differs
    })
}

fn typed_by(item: &Item) -> Vec<String> {
    let Event::Entered(entry) = &item.body.event else {
        return Vec::new();
    };
    entry.typed_by.iter().map(ToString::to_string).collect()
}

fn say(format: Format, outbox: &Outbox, item: &Item, beside: Beside) -> Result<(), Failure> {
    let Event::Entered(entry) = &item.body.event else {
        return Ok(());
    };
    let ended = Ended {
        contest: outbox.about().heading(),
        item: Line::of(outbox.about(), item),
        channel: channel_name(entry.report.channel),
        caller: caller_name(entry.caller),
        read_back: entry.read_back,
        typed_by: typed_by(item),
        photos: item.files().len(),
        beside_others: beside,
    };
    match format {
        Format::Json => show::json(&ended),
        Format::Csv => show::csv(&[row(&ended)]),
        Format::Table => {
            let mut lines = vec![ended.contest.clone()];
            lines.extend(tell(outbox.about(), item));
            lines.extend(wrap(in_words(beside), 2));
            show::data(&format!("{}\n", lines.join("\n").trim_end()))
        }
    }
}

fn row(ended: &Ended) -> Row<'_> {
    Row {
        county: &ended.item.county,
        precinct: &ended.item.precinct,
        state: &ended.item.state,
        entry: ended.item.entry,
        received_at: &ended.item.received_at,
        words: &ended.item.words,
        channel: ended.channel,
        caller: ended.caller,
        read_back: ended.read_back,
        typed_by: ended.typed_by.join("; "),
        beside_others: ended.beside_others,
        trouble: &ended.item.trouble,
        message: &ended.item.message,
    }
}

const fn in_words(beside: Beside) -> &'static str {
    match beside {
        Beside::Alone => "It is the first of this precinct; another operator makes a second entry.",
        Beside::Agrees => "It agrees with what somebody else gave: the precinct is confirmed.",
        Beside::Differs => {
            "IT DIFFERS from what somebody else gave. A reviewer looks at both and decides; do not ask for the other figures, and do not enter it again unless a reviewer asks you to."
        }
        Beside::Unknown => "",
    }
}
