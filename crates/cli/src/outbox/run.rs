//! The commands of the outbox.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use tallylog_event::{ContestKind, Event, FilesAdded};

use super::show::{Line, damaged, tell};
use super::{Item, Lying, Outbox, Sending, Uploading, photo as read_photo};
use crate::args::Format;
use crate::args::device::DeviceArgs;
use crate::args::report::{OutboxArgs, OutboxPhotoArgs, OutboxSendArgs, OutboxWatchArgs};
use crate::device::{self, About, Device, DeviceFault};
use crate::failure::{Failure, Outcome};
use crate::photo::PhotoFault;
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

/// A photo or a document whose bytes lie here.
#[derive(Serialize)]
struct Photo {
    hash: String,
    size: u64,
    media_type: String,
    county: String,
    precinct: String,
    /// Whether the event that names it is received.
    bound: bool,
    /// `saved here`, or `sent` when the server has said that all of it is on its disk.
    state: &'static str,
    tries: u64,
    trouble: Option<String>,
    message: Option<String>,
    path: PathBuf,
}

impl Photo {
    fn of(about: &About, lying: Lying) -> Self {
        let seat = about.seats.iter().find(|seat| Some(seat.id) == lying.precinct);
        let trouble = lying.notes.trouble.as_ref();
        Self {
            hash: lying.file.hash.to_string(),
            size: lying.file.size,
            media_type: lying.file.media_type.to_string(),
            county: seat.map_or_else(String::new, |seat| seat.county.clone()),
            precinct: seat.map_or_else(String::new, |seat| seat.precinct.clone()),
            bound: lying.is_bound,
            state: lying.state(),
            tries: lying.notes.tries,
            trouble: trouble.map(|trouble| trouble.code.clone()),
            message: trouble.map(|trouble| trouble.message.clone()),
            path: lying.path,
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
    let patience = Some(Duration::from_secs(args.patience));
    deliver(&args.outbox, args.passphrase_file.as_deref(), patience).await
}

/// Sends until everything is received.
pub(crate) async fn watch(args: &OutboxWatchArgs) -> Result<Outcome, Failure> {
    deliver(&args.outbox, args.passphrase_file.as_deref(), None).await
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
    let (events, bad) = events(&outbox, patience).await?;
    let photos = photos_of(&outbox, &device, patience).await?;
    ended(&outbox, &args, events, photos, bad)
}

/// Sends what waits: events first, and then photos, for which the key is opened.
async fn deliver(
    args: &OutboxArgs,
    passphrase_file: Option<&Path>,
    patience: Option<Duration>,
) -> Result<Outcome, Failure> {
    let outbox = open(args)?;
    let (sent, bad) = events(&outbox, patience).await?;
    let waiting = outbox.waiting()?.len();
    let photos = if waiting == 0 {
        Uploading::Done
    } else {
        let device = Device::open(&DeviceArgs {
            device: args.device.clone(),
            passphrase_file: passphrase_file.map(Path::to_owned),
            server: args.server.clone(),
        });
        match device {
            Err(Failure::Device(DeviceFault::NoPassphrase)) => Uploading::Waits(PhotoFault::KeyNeeded { waiting }),
            device => photos_of(&outbox, &device?, patience).await?,
        }
    };
    ended(&outbox, args, sent, photos, bad)
}

/// What came of the events, with those that waited.
type Events = (Sending, Vec<Item>);

async fn events(outbox: &Outbox, patience: Option<Duration>) -> Result<(Events, bool), Failure> {
    let bad = damaged(outbox)?;
    let mut items = outbox.items()?;
    items.retain(Item::waits);
    let sent = super::send(outbox, patience).await?;
    let items = items.iter().map(|item| outbox.item(item.number));
    let items = items.collect::<Result<Vec<_>, _>>()?;
    for line in items.iter().flat_map(|item| tell(outbox.about(), item)) {
        show::talk(&line);
    }
    Ok(((sent, items), bad))
}

async fn photos_of(outbox: &Outbox, device: &Device, patience: Option<Duration>) -> Result<Uploading, Failure> {
    if outbox.waiting()?.is_empty() {
        return Ok(Uploading::Done);
    }
    super::upload(outbox, device, patience).await
}

fn ended(
    outbox: &Outbox,
    args: &OutboxArgs,
    (sent, items): Events,
    photos: Uploading,
    bad: bool,
) -> Result<Outcome, Failure> {
    write(outbox, &items, args.format)?;
    match (sent, photos) {
        (Sending::Waits(fault), _) => Err(fault.into()),
        (Sending::Done | Sending::Trouble, Uploading::Waits(fault)) => Err(fault.into()),
        (Sending::Done, Uploading::Done) if !bad => Ok(Outcome::Yes),
        (Sending::Done | Sending::Trouble, Uploading::Done | Uploading::Refused) => Ok(Outcome::No),
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
    let photos = outbox.lying()?;
    match format {
        Format::Json => show::json(&All {
            contest: about.contest_name.clone(),
            kind: kind(about),
            person: about.person.to_string(),
            items: lines,
            photos: photos.into_iter().map(|photo| Photo::of(about, photo)).collect(),
        }),
        Format::Csv => show::csv(&lines),
        Format::Table => show::data(&table(outbox, items, &lines, &photos)),
    }
}

const fn kind(about: &About) -> &'static str {
    match about.kind {
        ContestKind::Election => "election",
        ContestKind::Rehearsal => "rehearsal",
        ContestKind::Archive => "archive",
    }
}

fn table(outbox: &Outbox, items: &[Item], lines: &[Line], photos: &[Lying]) -> String {
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
    format!("{}\n{table}\n{}", outbox.about().heading(), in_words(photos))
}

/// How far the photos have come.
fn in_words(photos: &[Lying]) -> String {
    let waiting = photos.iter().filter(|photo| photo.waits()).count();
    if photos.is_empty() {
        return String::new();
    }
    let (all, gone) = (photos.len(), photos.len() - waiting);
    let troubles = photos.iter().filter(|photo| photo.waits()).filter_map(|photo| {
        let trouble = photo.notes.trouble.as_ref()?;
        let short = super::short(photo.file.hash);
        Some(format!("  {short}: {} [{}]\n", trouble.message, trouble.code))
    });
    format!("{all} photos lie here: {gone} sent, {waiting} saved here.\n") + &troubles.collect::<String>()
}
