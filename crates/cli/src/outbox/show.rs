//! An outbox on the terminal, and for programs.

use serde::Serialize;

use super::{Item, Outbox, TroubleKind};
use crate::device::{About, Seat};
use crate::show;
use crate::time::central;
use crate::worksheet::wrap;

/// One signed event, field by field.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Line {
    pub(crate) number: u32,
    pub(crate) what: &'static str,
    pub(crate) county: String,
    pub(crate) precinct: String,
    /// `saved here`, `sent` or `received`; of what is received also `set aside`, `replaced`, `over` or `held`, where the
    /// server said so.
    pub(crate) state: String,
    /// When it was signed, by this device's clock.
    pub(crate) recorded_at: String,
    pub(crate) entry: Option<u64>,
    pub(crate) received_at: Option<String>,
    pub(crate) words: Option<String>,
    /// The receipt's file.
    pub(crate) receipt: Option<String>,
    pub(crate) tries: u64,
    /// Whether something signed later stands in its place.
    pub(crate) set_aside: bool,
    pub(crate) refused: bool,
    pub(crate) trouble: Option<String>,
    pub(crate) message: Option<String>,
    /// The entry since which it is set aside, replaced or over.
    pub(crate) since_entry: Option<u64>,
    /// What became of it since it was received, in words.
    pub(crate) since: Option<String>,
    /// When the server said so.
    pub(crate) since_at: Option<String>,
}

impl Line {
    pub(crate) fn of(about: &About, item: &Item) -> Self {
        let seat = about.seats.iter().find(|seat| Some(seat.id) == item.precinct());
        let name = |of: fn(&Seat) -> &String| seat.map_or_else(|| "?".to_owned(), |seat| of(seat).clone());
        let received = item.received();
        let trouble = item.notes.trouble.as_ref().filter(|_| received.is_none());
        let since = item.since().filter(|since| since.is_news());
        Self {
            number: item.number,
            what: item.what(),
            county: name(|seat| &seat.county),
            precinct: name(|seat| &seat.precinct),
            state: item.word(),
            recorded_at: central(item.body.recorded_at.0),
            entry: received.map(|received| received.entry),
            received_at: received.map(|received| central(received.at_ms)),
            words: received.map(|received| received.words.clone()),
            receipt: received.map(|_| item.receipt.display().to_string()),
            tries: item.notes.tries,
            set_aside: item.notes.set_aside,
            refused: item.is_refused(),
            trouble: trouble.map(|trouble| trouble.code.clone()),
            message: trouble.map(|trouble| trouble.message.clone()),
            since_entry: since.and_then(|since| since.by),
            since: since.map(|since| since.message.clone()),
            since_at: since.map(|since| central(since.asked_ms)),
        }
    }
}

/// Says where an item stands, in sentences.
pub(crate) fn tell(about: &About, item: &Item) -> Vec<String> {
    let line = Line::of(about, item);
    let mut said = vec![format!(
        "{}, {}: {} {}",
        line.county,
        line.precinct,
        line.what,
        line.state.to_uppercase()
    )];
    if let Some(received) = item.received() {
        said.push(format!(
            "  Receipt number {}, taken at {}.",
            received.entry,
            central(received.at_ms)
        ));
        said.push(format!("  Short words: {}", received.words));
        said.push(format!("  The receipt is kept in {}.", item.receipt.display()));
        if let (Some(since), Some(at)) = (&line.since, &line.since_at) {
            said.extend(wrap(&format!("By the log at {at}: {since}"), 2));
        }
        if item.is_wanted_again() {
            said.extend(wrap(advice_when_gone(item.what()), 2));
        }
        return said;
    }
    said.push(format!(
        "  Signed at {}; tries to send so far: {}.",
        line.recorded_at, line.tries
    ));
    if item.notes.set_aside {
        said.push("  What was signed after it stands in its place; it is sent no more.".to_owned());
        return said;
    }
    if let Some(trouble) = &item.notes.trouble {
        said.extend(wrap(&format!("{} [{}]", trouble.message, trouble.code), 2));
        let advice = match item.what() {
            "entry" => advice_on_entry(trouble.kind, &trouble.code),
            _ => advice(trouble.kind, &trouble.code),
        };
        said.extend(wrap(advice, 2));
    }
    said
}

/// What is done about figures that were set aside while nothing stands in their place.
fn advice_when_gone(what: &str) -> &'static str {
    if what == "entry" {
        "Look at the worksheet or call again, and enter the precinct with `tallylog enter`; from a file with the same figures, say --again."
    } else {
        "Look at the worksheet again. `tallylog report` signs a new report; from a file with the same figures, say --again."
    }
}

/// What a chair does about it.
fn advice(kind: TroubleKind, code: &str) -> &'static str {
    match (kind, code) {
        (TroubleKind::Alarm, _) => {
            "ALARM: the receipt does not hold. Do not take this as received. Telephone the party, and read it this message and the figures from the worksheet."
        }
        (TroubleKind::Refused, "certified") => {
            "Reports are closed. Ask a corrections officer to open a case, and keep the signed worksheet for it."
        }
        (TroubleKind::Refused, "not-the-record" | "not-a-chairs") => {
            "Somebody else has recorded other figures since. Compare them with the worksheet; ask a corrections officer where they differ."
        }
        (TroubleKind::Refused, "repeats-itself") => {
            "The log has these figures from this device already, and counts them. Nothing needs to be done; with other figures or a photo, report again."
        }
        (TroubleKind::Refused, "too-many-versions") => {
            "This device may report this precinct no more. Telephone the party, and read it the figures from the worksheet."
        }
        (TroubleKind::Refused, _) => {
            "It is kept here. Do what the sentence says; then `tallylog outbox send` tries the same again, and `tallylog report` with other figures signs a report in its place."
        }
        (TroubleKind::Passing, "entry-paused") => {
            "Entry is paused. Nothing needs to be done: it is sent when entry goes on, while `tallylog outbox watch` runs or at the next `tallylog outbox send`."
        }
        (TroubleKind::Passing, _) => {
            "Nothing is lost. It is tried again while this runs, by `tallylog outbox watch`, and at the next `tallylog outbox send`."
        }
    }
}

/// What an operator does about it.
fn advice_on_entry(kind: TroubleKind, code: &str) -> &'static str {
    match (kind, code) {
        (TroubleKind::Alarm, _) => {
            "ALARM: the receipt does not hold. Do not take this as received. Stop entering, and tell the registrar."
        }
        (TroubleKind::Refused, "same-person" | "already-entered" | "entry-assigned") => {
            "The log has what it needs of this precinct from others, and takes nothing of yours. Nothing needs to be done."
        }
        (TroubleKind::Refused, "certified") => {
            "Reports are closed. Whoever called may ask a corrections officer to open a case; keep the worksheet or the photo for it."
        }
        (TroubleKind::Refused, _) => {
            "The log did not take it. Do what the sentence says, and enter the precinct again."
        }
        (TroubleKind::Passing, "entry-paused") => {
            "Entry is paused. Nothing needs to be done: it is sent when entry goes on, by `tallylog enter` or `tallylog outbox send`."
        }
        (TroubleKind::Passing, _) => {
            "Nothing is lost. It is tried again by `tallylog enter`, `tallylog outbox watch` and `tallylog outbox send`."
        }
    }
}

/// What stands above everything, and what cannot be read.
pub(super) fn damaged(outbox: &Outbox) -> Result<bool, crate::failure::Failure> {
    let damaged = outbox.damaged()?;
    for path in &damaged {
        show::talk(&format!(
            "tallylog: {} [outbox-damaged]",
            super::OutboxFault::Damaged(path.clone())
        ));
    }
    Ok(!damaged.is_empty())
}
