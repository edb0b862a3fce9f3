//! Sends photos and documents, after the events that name them, from wherever it was cut.

use std::time::{Duration, Instant};

use tallylog_event::FileHash;

use super::lock::Lock;
use super::pace::Pace;
use super::send::LOOK;
use super::{Item, Lying, Outbox, Trouble, TroubleKind};
use crate::device::{Device, is_unreachable};
use crate::failure::Failure;
use crate::photo::{PhotoFault, Shelf, apart, read_signed};
use crate::show;

/// How sending photos ended.
#[derive(Debug)]
pub(crate) enum Uploading {
    /// The server says that it has them all.
    Done,
    /// Some were refused. The notes say why.
    Refused,
    /// Patience is over.
    Waits(PhotoFault),
}

/// Sends what waits until the server has said that it has it, or patience is over; `None` never ends.
pub(crate) async fn upload(outbox: &Outbox, device: &Device, patience: Option<Duration>) -> Result<Uploading, Failure> {
    let shelf = Shelf::of(device)?;
    let mut pace = Pace::new(patience);
    let mut refused = Vec::new();
    loop {
        let sending = Lock::attempt(&outbox.dir.join("uploading"))?;
        let next = if sending.is_some() {
            round(outbox, &shelf, &mut refused, pace.until()).await?;
            pace.next()?
        } else {
            LOOK
        };
        drop(sending);
        let mut waiting = outbox.waiting()?;
        waiting.retain(|file| !refused.contains(&file.file.hash));
        if waiting.is_empty() {
            return Ok(if refused.is_empty() {
                Uploading::Done
            } else {
                Uploading::Refused
            });
        }
        if pace.is_over() {
            return Ok(Uploading::Waits(PhotoFault::NotSent {
                waiting: waiting.len(),
                trouble: last_trouble(&waiting),
            }));
        }
        pace.rest(next).await;
    }
}

/// Sends what waits, and says how that went; what is signed and received stays so, however it goes.
pub(crate) async fn upload_after(device: &Device, patience: Duration) -> Result<(), Failure> {
    let outbox = Outbox::open(device.dir(), device.about())?;
    if outbox.waiting()?.is_empty() {
        return Ok(());
    }
    match upload(&outbox, device, Some(patience)).await? {
        Uploading::Done => {}
        Uploading::Refused => show::talk("Not every photo was taken; `tallylog outbox list` says why."),
        Uploading::Waits(fault) => show::talk(&format!("{fault}")),
    }
    Ok(())
}

fn last_trouble(waiting: &[Lying]) -> String {
    let mut troubles = waiting.iter().filter_map(|file| file.notes.trouble.as_ref());
    troubles.next_back().map_or_else(
        || "another process is sending".to_owned(),
        |trouble| format!("{} [{}]", trouble.message, trouble.code),
    )
}

/// Tries everything once. What was refused now is not tried again in this run.
async fn round(
    outbox: &Outbox,
    shelf: &Shelf,
    refused: &mut Vec<FileHash>,
    until: Option<Instant>,
) -> Result<(), Failure> {
    for file in outbox.waiting()? {
        if refused.contains(&file.file.hash) {
            continue;
        }
        // A report never waits for a photo: whatever was signed meanwhile goes first.
        if outbox
            .items()?
            .iter()
            .any(|item| item.waits() && !Item::is_refused(item))
        {
            super::send(outbox, Some(Duration::ZERO)).await?;
        }
        let Some(failure) = attempt(outbox, shelf, &file, until).await? else {
            continue;
        };
        let (trouble, is_lost) = (trouble(&failure), is_lost(&failure));
        let kind = trouble.kind;
        outbox.note_file(file.file.hash, |notes| notes.trouble = Some(trouble))?;
        match kind {
            TroubleKind::Refused | TroubleKind::Alarm => refused.push(file.file.hash),
            // Nobody answers: the others would only wait for the same silence.
            TroubleKind::Passing if is_lost => break,
            TroubleKind::Passing => {}
        }
    }
    Ok(())
}

/// One try. What is wrong elsewhere, or with the file, is handed back.
async fn attempt(
    outbox: &Outbox,
    shelf: &Shelf,
    lying: &Lying,
    until: Option<Instant>,
) -> Result<Option<Failure>, Failure> {
    let hash = lying.file.hash;
    outbox.note_file(hash, |notes| notes.tries += 1)?;
    let (shelf, file, path) = (shelf.clone(), lying.file.clone(), lying.path.clone());
    let sent = apart(move || shelf.send(&file, &read_signed(&file, &path)?, until)).await;
    if let Err(failure) = sent {
        return Ok(Some(failure));
    }
    outbox.note_file(hash, |notes| {
        notes.sent_ms = Some(tallylog_server::now().0);
        notes.trouble = None;
    })?;
    show::talk(&format!("Photo {}: sent.", super::short(hash)));
    Ok(None)
}

fn trouble(failure: &Failure) -> Trouble {
    let passes = if let Failure::Photo(fault) = failure {
        fault.may_pass()
    } else {
        is_lost(failure)
    };
    Trouble {
        kind: if passes {
            TroubleKind::Passing
        } else {
            TroubleKind::Refused
        },
        code: failure.code(),
        message: failure.to_string(),
    }
}

/// Whether the network was lost, or nobody answered at all.
fn is_lost(failure: &Failure) -> bool {
    matches!(failure, Failure::Http { .. }) || is_unreachable(failure)
}
