//! A chair reports a precinct: typed or read from a file, checked, confirmed, signed, and then sent.

mod base;
mod draft;
mod elsewhere;
mod fault;
mod place;
mod show;

use std::path::Path;
use std::time::Duration;

use tallylog_event::{Channel, Event, FileRef, FilesAdded, Report, Role, Text};
use tallylog_projection::role_name;
use tallylog_rules::Sheet;

use self::base::{Latest, Next};
use self::draft::Draft;
pub(crate) use self::fault::ReportFault;
pub(crate) use self::place::seat;
use crate::args::report::ReportArgs;
use crate::device::{self, About, Device, Seat};
use crate::failure::{Failure, Outcome};
use crate::outbox::{self, Item, Outbox};
use crate::show as terminal;
use crate::worksheet::{self, Ask, Caucus, Filled, Found, Terminal, check, confirmed, fill};

/// A worksheet that somebody has confirmed, with what the checks found and its photos.
struct Confirmed {
    sheet: Sheet,
    found: Vec<Found>,
    photos: Vec<Photo>,
    /// Whether the same figures are reported once more where they were set aside.
    again: bool,
}

/// A photo: what an event says of it, and its bytes.
type Photo = (FileRef, Vec<u8>);

/// Reports a precinct, or amends what was reported.
pub(crate) async fn run(args: &ReportArgs) -> Result<Outcome, Failure> {
    let about = chair(args)?;
    let paper = args.file.as_deref().map(read_file).transpose()?;
    let seat = meant(args, &about, paper.as_deref())?.clone();
    let caucus = Caucus::of(&Device::roster_of(&args.device.device)?, seat.id)
        .ok_or_else(|| ReportFault::NotListed(format!("{}, {}", seat.county, seat.precinct)))?;
    if args.print_template {
        terminal::data(&worksheet::template(&caucus))?;
        return Ok(Outcome::Yes);
    }
    let outbox = Outbox::open(&args.device.device, &about)?;
    match paper {
        Some(bytes) => from_file(args, &caucus, &outbox, &bytes).await,
        None => typed(args, &caucus, &outbox).await,
    }
}

fn chair(args: &ReportArgs) -> Result<About, Failure> {
    let about = Device::look(&args.device)?;
    if matches!(about.role, Role::Chair(_)) {
        return Ok(about);
    }
    Err(ReportFault::NotAChair(args.device.device.clone(), role_name(&about.role)).into())
}

fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::File {
        path: path.to_owned(),
        error,
    })
}

/// The precinct that flags name, or else the file.
fn meant<'a>(args: &ReportArgs, about: &'a About, paper: Option<&[u8]>) -> Result<&'a Seat, Failure> {
    let named = match (paper, &args.precinct) {
        (Some(bytes), None) => Some(worksheet::named_place(bytes).map_err(|fault| bad_sheet(args, fault))?),
        (_, _) => None,
    };
    match &named {
        Some((county, precinct)) => place::seat(about, Some(county), Some(precinct)),
        None => place::seat(about, args.county.as_deref(), args.precinct.as_deref()),
    }
}

fn bad_sheet(args: &ReportArgs, fault: worksheet::SheetFault) -> Failure {
    Failure::Worksheet {
        path: args.file.clone().unwrap_or_default(),
        fault,
    }
}

/// A worksheet from a file: everything that a person would be asked must be said by flags.
async fn from_file(args: &ReportArgs, caucus: &Caucus, outbox: &Outbox, bytes: &[u8]) -> Result<Outcome, Failure> {
    let sheet = worksheet::read(bytes, caucus).map_err(|fault| bad_sheet(args, fault))?;
    let found = check(caucus, &sheet);
    show::checks(caucus, &sheet, &found);
    let may_sign = show::may_sign(&confirmed(&found, &args.confirm));
    if args.dry_run {
        if let Some(old) = Latest::here(outbox, caucus)?.as_ref().and_then(Latest::sheet) {
            show::side_by_side(caucus, old, &sheet);
        }
        show::dry_run(args.format, caucus, &found)?;
        return Ok(if may_sign { Outcome::Yes } else { Outcome::No });
    }
    if !may_sign {
        return Ok(Outcome::No);
    }
    let photos = photos(args)?;
    let device = Device::open(&args.device)?;
    let latest = Latest::anywhere(outbox, caucus, &device).await?;
    if args.amend {
        let (_, old) = base::old(latest.clone(), caucus)?;
        show::side_by_side(caucus, &old, &sheet);
    }
    let confirmed = Confirmed {
        sheet,
        found,
        photos,
        again: args.again,
    };
    finish(args, caucus, outbox, &device, latest, confirmed).await
}

/// A worksheet from a person at a terminal.
async fn typed(args: &ReportArgs, caucus: &Caucus, outbox: &Outbox) -> Result<Outcome, Failure> {
    let mut desk = Terminal::here().ok_or(ReportFault::NoWorksheet)?;
    let photos = photos(args)?;
    let draft = Draft::of(&args.device.device, caucus, args.amend);
    let device = Device::open(&args.device)?;
    let latest = Latest::anywhere(outbox, caucus, &device).await?;
    let (start, old) = start(args, caucus, latest.as_ref())?;
    let kept = draft.read(caucus);
    if kept.is_some() {
        desk.say("What was typed before is taken up again.");
    }
    let from = kept.unwrap_or(start);
    let mut keep = |sheet: &Sheet| draft.keep(sheet, caucus);
    let Filled::Ready(sheet) = fill(&mut desk, caucus, from, &mut keep)? else {
        desk.say("Nothing is signed. What was typed is kept on this device; run the command again to go on.");
        return Ok(Outcome::No);
    };
    if let Some(old) = &old {
        show::side_by_side(caucus, old, &sheet);
        let answer = desk.ask("  Sign this amendment? yes or no")?;
        if !answer.trim().eq_ignore_ascii_case("yes") {
            desk.say("Nothing is signed. What was typed is kept on this device.");
            return Ok(Outcome::No);
        }
    }
    draft.keep(&sheet, caucus)?;
    let confirmed = Confirmed {
        found: check(caucus, &sheet),
        sheet: *sheet,
        photos,
        // Somebody looked at every line.
        again: true,
    };
    finish(args, caucus, outbox, &device, latest, confirmed).await
}

/// The figures to begin with, and those to amend; refuses early what could not be signed in the end.
fn start(args: &ReportArgs, caucus: &Caucus, latest: Option<&Latest>) -> Result<(Sheet, Option<Sheet>), ReportFault> {
    if args.amend {
        let (_, old) = base::old(latest.cloned(), caucus)?;
        return Ok((old.clone(), Some(old)));
    }
    match latest {
        None => Ok((Sheet::default(), None)),
        Some(latest) => match latest.refused().or_else(|| latest.gone()) {
            Some(old) => Ok((old.sheet().cloned().unwrap_or_default(), None)),
            None => Err(latest.reported(caucus)),
        },
    }
}

fn photos(args: &ReportArgs) -> Result<Vec<Photo>, Failure> {
    args.photo.iter().map(|path| outbox::photo(path)).collect()
}

/// Signs, unless it was signed before; then sends, and says where it stands.
async fn finish(
    args: &ReportArgs,
    caucus: &Caucus,
    outbox: &Outbox,
    device: &Device,
    latest: Option<Latest>,
    confirmed: Confirmed,
) -> Result<Outcome, Failure> {
    let Confirmed {
        sheet,
        found,
        photos,
        again,
    } = confirmed;
    outbox.keep_photos(&photos)?;
    let report = Report {
        precinct: caucus.id,
        channel: Channel::App,
        sheet,
        files: photos.into_iter().map(|(file, _)| file).collect(),
    };
    let item = sign(args, caucus, outbox, device, latest, (report, again))?;
    Draft::of(device.dir(), caucus, args.amend).remove()?;
    terminal::talk(&match item.received() {
        Some(_) => format!(
            "Signed before, as number {} of the outbox. Nothing new is signed.",
            item.number
        ),
        None => format!(
            "Signed and saved here as number {} of the outbox. Sending.",
            item.number
        ),
    });
    let sent = outbox::send(outbox, Some(Duration::from_secs(args.patience))).await?;
    let item = outbox.item(item.number)?;
    show::ended(args.format, outbox, &item, &found)?;
    // The report is what it is by now, whatever comes of its photos.
    outbox::upload_after(device, Duration::from_secs(args.patience)).await?;
    show::outcome(sent, &item)
}

fn sign(
    args: &ReportArgs,
    caucus: &Caucus,
    outbox: &Outbox,
    device: &Device,
    latest: Option<Latest>,
    (report, again): (Report, bool),
) -> Result<Item, Failure> {
    let files = report.files.clone();
    // Typing takes a while: another process may have signed since, and none may between this look and the signature.
    let _signing = outbox.signing()?;
    let latest = Latest::here(outbox, caucus)?.or(latest);
    let next = if args.amend {
        base::amendment(&base::old(latest, caucus)?.0, report, reason(args)?)?
    } else {
        base::report(latest, caucus, report, again)?
    };
    let keep = |event: Event| outbox.keep(&device::envelope(device.about().contest, device.key(), event)?);
    match next {
        Next::Sign(event) => {
            let item = keep(*event)?;
            // After the new one is on disk: a crash in between leaves both, and the next run sets the older one aside.
            base::set_aside_before(&item, outbox, caucus)?;
            Ok(item)
        }
        Next::Known(item) => {
            base::set_aside_before(&item, outbox, caucus)?;
            let new: Vec<FileRef> = not_yet_bound(outbox, caucus, files)?;
            if !new.is_empty() {
                keep(Event::FilesAdded(FilesAdded {
                    precinct: caucus.id,
                    files: new,
                }))?;
            }
            Ok(*item)
        }
    }
}

/// The photos that no signed event of the precinct names.
fn not_yet_bound(outbox: &Outbox, caucus: &Caucus, mut files: Vec<FileRef>) -> Result<Vec<FileRef>, Failure> {
    let items = outbox.of(caucus.id)?;
    files.retain(|file| !items.iter().any(|item| item.files().contains(file)));
    Ok(files)
}

fn reason(args: &ReportArgs) -> Result<Text, Failure> {
    let reason = args.reason.as_deref().unwrap_or_default();
    let reason = Text::new(reason).map_err(ReportFault::from)?;
    if reason.is_blank() {
        return Err(ReportFault::NoReason.into());
    }
    Ok(reason)
}
