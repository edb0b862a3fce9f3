//! What a new worksheet stands beside: what this device has signed of the precinct before.

use tallylog_event::{Correction, CorrectionKind, EntryIndex, Event, Report, Text};
use tallylog_rules::Sheet;

use super::ReportFault;
use crate::failure::Failure;
use crate::outbox::{Item, Outbox};
use crate::worksheet::Caucus;

/// What becomes of a worksheet.
pub(super) enum Next {
    /// It is signed.
    Sign(Box<Event>),
    /// It was signed before: a script that runs again signs nothing twice.
    Known(Box<Item>),
}

/// The latest report or amendment of the precinct that still stands.
pub(super) fn latest(outbox: &Outbox, caucus: &Caucus) -> Result<Option<Item>, Failure> {
    let mut items = outbox.of(caucus.id)?;
    items.retain(|item| item.sheet().is_some());
    Ok(items.pop())
}

/// A report, unless the precinct was reported. One that the server refused is set aside by whoever signs this.
pub(super) fn report(latest: Option<Item>, caucus: &Caucus, report: Report) -> Result<Next, ReportFault> {
    match latest {
        None => Ok(Next::Sign(Box::new(Event::Reported(Box::new(report))))),
        Some(item) if item.sheet() == Some(&report.sheet) => Ok(Next::Known(Box::new(item))),
        Some(item) if item.is_refused() => Ok(Next::Sign(Box::new(Event::Reported(Box::new(report))))),
        Some(item) => Err(ReportFault::Reported {
            place: caucus.title(),
            number: item.number,
            state: item.state.to_string(),
        }),
    }
}

/// An amendment of the latest, which must be in the log: an amendment names the entry that it replaces.
pub(super) fn amendment(latest: Item, report: Report, reason: Text) -> Result<Next, ReportFault> {
    if latest.sheet() == Some(&report.sheet) {
        return if matches!(latest.body.event, Event::Corrected(_)) {
            Ok(Next::Known(Box::new(latest)))
        } else {
            Err(ReportFault::SameFigures(latest.number))
        };
    }
    let Some(received) = latest.received() else {
        return Err(ReportFault::AmendWaits {
            number: latest.number,
            state: latest.state.to_string(),
        });
    };
    Ok(Next::Sign(Box::new(Event::Corrected(Box::new(Correction {
        replaces: EntryIndex(received.entry),
        report,
        kind: Some(CorrectionKind::Transcription),
        reason,
        requested_by: Text::new("")?,
        authority: Text::new("")?,
        evidence: Vec::new(),
    })))))
}

/// The figures to amend.
pub(super) fn old(latest: Option<Item>, caucus: &Caucus) -> Result<(Item, Sheet), ReportFault> {
    let nothing = || ReportFault::NothingToAmend(caucus.title());
    let item = latest.ok_or_else(nothing)?;
    let sheet = item.sheet().cloned().ok_or_else(nothing)?;
    Ok((item, sheet))
}
