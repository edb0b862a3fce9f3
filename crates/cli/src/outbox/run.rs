//! The commands of the outbox.

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;
use tallylog_event::{ContestKind, Event, FilesAdded};

use super::show::{Line, damaged, tell};
use super::{Item, Outbox, Sending, Waiting, photo as read_photo};
use crate::args::Format;
use crate::args::device::DeviceArgs;
use crate::args::report::{OutboxArgs, OutboxPhotoArgs, OutboxSendArgs};
use crate::device::{self, About, Device};
use crate::failure::{Failure, Outcome};
use crate::report::seat;
use crate::show;
use crate::time::central;

/// The whole outbox in JSON.
#[derive(Serialize)]
struct All {
    contest: String,
    /// `election`, `rehearsal` or `archive`.
    kind: &'static str,
    person: String,
    items: Vec<Line>,
    photos: Vec<Photo>,
}

/// A photo whose bytes lie here.
#[derive(Serialize)]
struct Photo {
    hash: String,
    size: u64,
    media_type: String,
    county: String,
    precinct: String,
    /// Whether the event that names it is received.
    bound: bool,
    path: PathBuf,
}

impl Photo {
    fn of(about: &About, waiting: Waiting) -> Self {
        let seat = about.seats.iter().find(|seat| seat.id == waiting.precinct);
        Self {
            hash: hex::encode(waiting.file.hash.0),
            size: waiting.file.size,
            media_type: waiting.file.media_type.to_string(),
            county: seat.map_or_else(String::new, |seat| seat.county.clone()),
            precinct: seat.map_or_else(String::new, |seat| seat.precinct.clone()),
            bound: waiting.is_bound,
            path: waiting.path,
        }
    }
}

/// Shows everything that was signed.
pub(crate) fn list(args: &OutboxArgs) -> Result<Outcome, Failure> {
    let outbox = open(args)?;
    let bad = damaged(&outbox)?;
    let items = outbox.items()?;
    write(&outbox, &items, args.format)?;
    let open = items.iter().any(|item| item.is_alarming() && item.waits());
    Ok(if bad || open { Outcome::No } else { Outcome::Yes })
}

/// Sends what waits.
pub(crate) async fn send(args: &OutboxSendArgs) -> Result<Outcome, Failure> {
    deliver(&args.outbox, Some(Duration::from_secs(args.patience))).await
}

/// Sends until everything is received.
pub(crate) async fn watch(args: &OutboxArgs) -> Result<Outcome, Failure> {
    deliver(args, None).await
}

/// Binds photos to a precinct that was reported.
pub(crate) async fn photo(args: &OutboxPhotoArgs) -> Result<Outcome, Failure> {
    let photos = args.files.iter().map(|path| read_photo(path));
    let photos = photos.collect::<Result<Vec<_>, _>>()?;
    let device = Device::open(&args.device)?;
    let about = device.about();
    let seat = seat(about, args.county.as_deref(), args.precinct.as_deref())?;
    let outbox = Outbox::open(device.dir(), about)?;
    outbox.keep_photos(&photos)?;
    let event = Event::FilesAdded(FilesAdded {
        precinct: seat.id,
        files: photos.into_iter().map(|(file, _)| file).collect(),
    });
    outbox.keep(&device::envelope(about.contest, device.key(), event)?)?;
    let patience = Some(Duration::from_secs(args.patience));
    let args = OutboxArgs {
        device: args.device.device.clone(),
        server: args.device.server.clone(),
        format: args.format,
    };
    deliver(&args, patience).await
}

async fn deliver(args: &OutboxArgs, patience: Option<Duration>) -> Result<Outcome, Failure> {
    let outbox = open(args)?;
    let bad = damaged(&outbox)?;
    let mut items = outbox.items()?;
    items.retain(Item::waits);
    let sent = super::send(&outbox, patience).await?;
    let items = items.iter().map(|item| outbox.item(item.number));
    let items = items.collect::<Result<Vec<_>, _>>()?;
    for line in items.iter().flat_map(|item| tell(outbox.about(), item)) {
        show::talk(&line);
    }
    write(&outbox, &items, args.format)?;
    match sent {
        Sending::Waits(fault) => Err(fault.into()),
        Sending::Done if !bad => Ok(Outcome::Yes),
        Sending::Done | Sending::Trouble => Ok(Outcome::No),
    }
}

fn open(args: &OutboxArgs) -> Result<Outbox, Failure> {
    let device = DeviceArgs {
        device: args.device.clone(),
        passphrase_file: None,
        server: args.server.clone(),
    };
    let about = Device::look(&device)?;
    Outbox::open(&args.device, &about)
}

fn write(outbox: &Outbox, items: &[Item], format: Format) -> Result<(), Failure> {
    let about = outbox.about();
    let lines: Vec<Line> = items.iter().map(|item| Line::of(about, item)).collect();
    let photos = outbox.waiting()?;
    match format {
        Format::Json => show::json(&All {
            contest: about.contest_name.clone(),
            kind: kind(about),
            person: about.person.to_string(),
            items: lines,
            photos: photos.into_iter().map(|photo| Photo::of(about, photo)).collect(),
        }),
        Format::Csv => show::csv(&lines),
        Format::Table => show::data(&table(outbox, items, &lines, photos.len())),
    }
}

const fn kind(about: &About) -> &'static str {
    match about.kind {
        ContestKind::Election => "election",
        ContestKind::Rehearsal => "rehearsal",
        ContestKind::Archive => "archive",
    }
}

fn table(outbox: &Outbox, items: &[Item], lines: &[Line], photos: usize) -> String {
    let mut table = show::new_table(&["", "what", "precinct", "signed", "state", "receipt"], 6);
    for (item, line) in items.iter().zip(lines) {
        let state = match (line.set_aside, line.refused) {
            (true, _) => format!("{}, set aside", line.state),
            (false, true) => format!("{}, refused", line.state),
            (false, false) => line.state.clone(),
        };
        table.add_row([
            line.number.to_string(),
            line.what.to_owned(),
            line.precinct.clone(),
            central(item.body.recorded_at.0).chars().skip(11).take(8).collect(),
            state,
            line.entry.map_or_else(|| "-".to_owned(), |entry| entry.to_string()),
        ]);
    }
    let photos = if photos == 0 {
        String::new()
    } else {
        format!("{photos} photos lie here.\n")
    };
    format!("{}\n{table}\n{photos}", outbox.about().heading())
}
