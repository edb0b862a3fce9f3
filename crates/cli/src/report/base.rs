//! What a new worksheet stands beside: what this device has signed of the precinct before.

use tallylog_event::{Correction, CorrectionKind, EntryIndex, Event, Report, Text};
use tallylog_rules::Sheet;

use super::ReportFault;
use super::elsewhere::{self, Elsewhere};
use crate::device::Device;
use crate::failure::Failure;
use crate::outbox::{self, Item, Outbox};
use crate::worksheet::Caucus;

/// What becomes of a worksheet.
pub(super) enum Next {
    /// It is signed.
    Sign(Box<Event>),
    /// It was signed before: a script that runs again signs nothing twice.
    Known(Box<Item>),
}

/// The latest report or amendment of the precinct that still stands.
#[derive(Clone)]
pub(super) enum Latest {
    /// This device signed it.
    Mine(Box<Item>),
    /// Another device of the chair did.
    Elsewhere(Elsewhere),
}

impl Latest {
    /// What this device signed last of the precinct. An amendment that was refused changed nothing: the next one amends
    /// what it was to amend.
    pub(super) fn here(outbox: &Outbox, caucus: &Caucus) -> Result<Option<Self>, Failure> {
        let mut items = outbox.of(caucus.id)?;
        items.retain(|item| item.sheet().is_some() && !(item.is_refused() && item.what() == "amendment"));
        Ok(items.pop().map(|item| Self::Mine(Box::new(item))))
    }

    /// The same, with what became of it since it was received, or else what the server knows of another device.
    pub(super) async fn anywhere(outbox: &Outbox, caucus: &Caucus, device: &Device) -> Result<Option<Self>, Failure> {
        match Self::here(outbox, caucus)? {
            Some(Self::Mine(item)) => {
                let item = outbox::ask_since(outbox, device, item.number).await?;
                Ok(Some(Self::Mine(Box::new(item))))
            }
            Some(elsewhere) => Ok(Some(elsewhere)),
            None => Ok(elsewhere::record(device, caucus).await.map(Self::Elsewhere)),
        }
    }

    pub(super) fn sheet(&self) -> Option<&Sheet> {
        match self {
            Self::Mine(item) => item.sheet(),
            Self::Elsewhere(elsewhere) => Some(&elsewhere.sheet),
        }
    }

    /// Whether these are its figures.
    fn has(&self, sheet: &Sheet) -> bool {
        match self {
            Self::Mine(item) => item.sheet() == Some(sheet),
            Self::Elsewhere(elsewhere) => elsewhere.has(sheet),
        }
    }

    /// The item, if this device signed it and the server refused it.
    pub(super) fn refused(&self) -> Option<&Item> {
        match self {
            Self::Mine(item) => Some(item.as_ref()).filter(|item| item.is_refused()),
            Self::Elsewhere(_) => None,
        }
    }

    /// The item, if the log has it and it counts no longer.
    pub(super) fn gone(&self) -> Option<&Item> {
        match self {
            Self::Mine(item) => Some(item.as_ref()).filter(|item| item.is_gone()),
            Self::Elsewhere(_) => None,
        }
    }

    /// That the precinct is reported, and how its figures may be changed.
    pub(super) fn reported(&self, caucus: &Caucus) -> ReportFault {
        match self {
            Self::Mine(item) => ReportFault::Reported {
                place: caucus.title(),
                number: item.number,
                state: item.state.to_string(),
            },
            Self::Elsewhere(elsewhere) => ReportFault::Elsewhere {
                place: caucus.title(),
                entry: elsewhere.entry,
            },
        }
    }

    /// The entry that an amendment names.
    fn entry(&self) -> Result<EntryIndex, ReportFault> {
        match self {
            Self::Mine(item) => {
                let received = item.received().map(|received| EntryIndex(received.entry));
                received.ok_or_else(|| ReportFault::AmendWaits {
                    number: item.number,
                    state: item.state.to_string(),
                })
            }
            Self::Elsewhere(elsewhere) => Ok(EntryIndex(elsewhere.entry)),
        }
    }
}

/// Sets aside what the server refused before an item stood in its place. Where a crash came before this, the next run does
/// it: nothing waits behind what is over.
pub(super) fn set_aside_before(item: &Item, outbox: &Outbox, caucus: &Caucus) -> Result<(), Failure> {
    let mut over = outbox.of(caucus.id)?;
    over.retain(|known| known.number < item.number && known.sheet().is_some() && known.is_refused());
    over.iter().try_for_each(|known| outbox.set_aside(known))
}

/// A report, unless the precinct was reported. One that the server refused is set aside by whoever signs this. One whose
/// figures were set aside in the log leaves room for another; with the same figures that takes a word, `again`: whoever
/// only repeats a command has not looked at the worksheet once more.
pub(super) fn report(
    latest: Option<Latest>,
    caucus: &Caucus,
    report: Report,
    again: bool,
) -> Result<Next, ReportFault> {
    match latest {
        Some(Latest::Mine(item)) if item.sheet() == Some(&report.sheet) && !(again && item.is_gone()) => {
            Ok(Next::Known(item))
        }
        Some(latest) if latest.refused().is_none() && latest.gone().is_none() => Err(latest.reported(caucus)),
        Some(_) | None => Ok(Next::Sign(Box::new(Event::Reported(Box::new(report))))),
    }
}

/// An amendment of the latest, which must be in the log: an amendment names the entry that it replaces.
pub(super) fn amendment(latest: &Latest, report: Report, reason: Text) -> Result<Next, ReportFault> {
    if latest.has(&report.sheet) {
        return match latest {
            Latest::Mine(item) if item.what() == "amendment" => Ok(Next::Known(item.clone())),
            Latest::Mine(item) => Err(ReportFault::SameFigures(format!(
                "number {} in the outbox",
                item.number
            ))),
            Latest::Elsewhere(elsewhere) => Err(ReportFault::SameFigures(format!("entry {}", elsewhere.entry))),
        };
    }
    Ok(Next::Sign(Box::new(Event::Corrected(Box::new(Correction {
        replaces: latest.entry()?,
        report,
        kind: Some(CorrectionKind::Transcription),
        reason,
        requested_by: Text::new("")?,
        authority: Text::new("")?,
        evidence: Vec::new(),
    })))))
}

/// What is to be amended, with its figures.
pub(super) fn old(latest: Option<Latest>, caucus: &Caucus) -> Result<(Latest, Sheet), ReportFault> {
    let nothing = || ReportFault::NothingToAmend(caucus.title());
    let latest = latest.ok_or_else(nothing)?;
    if let Some(gone) = latest.gone() {
        return Err(ReportFault::SetAside {
            place: caucus.title(),
            number: gone.number,
            since: gone.since().map(|since| since.message.clone()).unwrap_or_default(),
        });
    }
    let sheet = latest.sheet().cloned().ok_or_else(nothing)?;
    Ok((latest, sheet))
}
