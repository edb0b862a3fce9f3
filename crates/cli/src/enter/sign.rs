//! Signs an entry, keeps it on the device, and sends it until its receipt holds.

use std::time::Duration;

use tallylog_event::{CallerCheck, Channel, Event, ManualEntry, Report, Text};
use tallylog_rules::{Code, Sheet};

use super::{EnterFault, ask};
use crate::args::Format;
use crate::args::enter::EnterArgs;
use crate::device::{self, Device};
use crate::failure::{Failure, Outcome};
use crate::outbox::{self, Item, Line, Outbox, Sending, tell};
use crate::show;
use crate::worksheet::{self, Caucus, Confirmed, Found};

/// What an operator has typed, and how it came.
pub(super) struct Filed {
    pub(super) sheet: Sheet,
    pub(super) channel: Channel,
    pub(super) caller: CallerCheck,
    pub(super) read_back: bool,
    /// Others who typed before a hand-over.
    pub(super) typed_by: Vec<Text>,
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

/// Signs, keeps, sends, and gives the precinct back.
pub(super) async fn finish(
    args: &EnterArgs,
    device: &Device,
    caucus: &Caucus,
    typed: Filed,
) -> Result<Outcome, Failure> {
    let photos = args.photo.iter().map(|path| outbox::photo(path));
    let photos = photos.collect::<Result<Vec<_>, _>>()?;
    let outbox = Outbox::open(device.dir(), device.about())?;
    outbox.keep_photos(&photos)?;
    let entry = ManualEntry {
        report: Report {
            precinct: caucus.id,
            channel: typed.channel,
            sheet: typed.sheet,
            files: photos.into_iter().map(|(file, _)| file).collect(),
        },
        caller: typed.caller,
        read_back: typed.read_back,
        typed_by: typed.typed_by,
    };
    let event = Event::Entered(Box::new(entry));
    let item = outbox.keep(&device::envelope(device.about().contest, device.key(), event)?)?;
    let sent = outbox::send(&outbox, Some(Duration::from_secs(args.patience))).await?;
    let item = outbox.item(item.number)?;
    if item.is_refused() {
        // It was no entry of the log, and what is typed anew is: this one must not be sent once more.
        outbox.set_aside(&item)?;
    }
    if item.received().is_some() {
        given_back(device, caucus).await;
    }
    said(args, device, &item)?;
    ended(sent, &item)
}

/// The entry is in the log: the claim and the draft are over, and the server would see that by itself.
async fn given_back(device: &Device, caucus: &Caucus) {
    if let Ok(asking) = device.asking().await {
        let _settled = ask::unclaim(&asking, &caucus.county, &caucus.precinct, true).await;
    }
}

fn said(args: &EnterArgs, device: &Device, item: &Item) -> Result<(), Failure> {
    match args.format {
        Format::Table => {
            let lines = tell(device.about(), item);
            show::data(&format!("{}\n", lines.join("\n")))
        }
        Format::Json => show::json(&Line::of(device.about(), item)),
        Format::Csv => show::csv(&[Line::of(device.about(), item)]),
    }
}

fn ended(sent: Sending, item: &Item) -> Result<Outcome, Failure> {
    match sent {
        _ if item.received().is_some() => Ok(Outcome::Yes),
        Sending::Waits(fault) => Err(fault.into()),
        Sending::Done | Sending::Trouble => Ok(Outcome::No),
    }
}
