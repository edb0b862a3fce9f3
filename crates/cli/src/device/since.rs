//! What became of something that the log has, as the server says it. A receipt is of the time when the log took it.

use serde::{Deserialize, Serialize};
use tallylog_event::Text;
use tallylog_wire::v1;

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Since {
    pub(crate) fate: Fate,
    /// The entry that set it aside, counts in its place, or ended it.
    pub(crate) by: Option<u64>,
    /// Whether that entry has the same figures.
    pub(crate) same_figures: bool,
    /// Whether the precinct has no record.
    pub(crate) awaits: bool,
    /// The hold on the precinct that stands.
    pub(crate) on_hold: Option<u64>,
    /// The same in words.
    pub(crate) message: String,
    /// When the server said so, by this device's clock.
    pub(crate) asked_ms: u64,
}

/// Whether what was signed still holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Fate {
    Stands,
    SetAside,
    Replaced,
    Ended,
    Withheld,
    /// Nobody said.
    Unknown,
}

impl Since {
    pub(crate) fn of(said: &v1::Since) -> Self {
        let fate = match said.fate() {
            v1::Fate::Stands => Fate::Stands,
            v1::Fate::SetAside => Fate::SetAside,
            v1::Fate::Replaced => Fate::Replaced,
            v1::Fate::Ended => Fate::Ended,
            v1::Fate::Withheld => Fate::Withheld,
            v1::Fate::Unspecified => Fate::Unknown,
        };
        // Whatever the server says goes to a terminal: nothing hidden may be in it.
        let message = Text::new(&said.message);
        let hidden = |_| "What the server says of it cannot be shown.".to_owned();
        Self {
            fate,
            by: said.by,
            same_figures: said.same_figures,
            awaits: said.awaits,
            on_hold: said.on_hold,
            message: message.map_or_else(hidden, |message| message.to_string()),
            asked_ms: tallylog_server::now().0,
        }
    }

    /// The same by what a precinct's page shows of its versions; `None` where it does not show this one.
    pub(crate) fn of_versions(shown: &v1::PrecinctResponse, entry: u64) -> Option<Self> {
        let version = shown.versions.iter().find(|version| version.entry == entry)?;
        let mut latest = shown.versions.iter().rev();
        let record = latest.find(|version| version.set_aside_by.is_none());
        let record = record.map(|record| record.entry);
        let (fate, by) = match (version.set_aside_by, record) {
            (Some(by), _) => (Fate::SetAside, Some(by)),
            (None, Some(record)) if record != entry => (Fate::Replaced, Some(record)),
            (None, _) => (Fate::Stands, None),
        };
        let place = format!("{}, {}", shown.county, shown.precinct);
        let message = match (fate, by, record) {
            (Fate::SetAside, Some(by), None) => {
                format!("Entry {by} set it aside: it counts no longer. {place} awaits a report: report it again.")
            }
            (Fate::SetAside, Some(by), Some(record)) => {
                format!("Entry {by} set it aside: it counts no longer. Entry {record} is the record of {place} now.")
            }
            (_, Some(by), _) => format!("Entry {by} is the record of {place} now."),
            (_, None, _) => "It is the precinct's record.".to_owned(),
        };
        Some(Self {
            fate,
            by,
            same_figures: false,
            awaits: record.is_none(),
            on_hold: None,
            message,
            asked_ms: tallylog_server::now().0,
        })
    }

    /// Nothing is known but the receipt.
    pub(crate) fn unknown(why: &str) -> Self {
        Self {
            fate: Fate::Unknown,
            by: None,
            same_figures: false,
            awaits: false,
            on_hold: None,
            message: format!("What became of it since is not known: {why}."),
            asked_ms: tallylog_server::now().0,
        }
    }

    /// The word for where it stands, where `received` alone would say too much.
    pub(crate) const fn word(&self) -> Option<&'static str> {
        match (self.fate, self.on_hold) {
            (Fate::SetAside, _) => Some("set aside"),
            (Fate::Ended, _) => Some("over"),
            (Fate::Replaced, _) if !self.same_figures => Some("replaced"),
            (Fate::Stands | Fate::Replaced, Some(_)) => Some("held"),
            (Fate::Stands | Fate::Replaced | Fate::Withheld | Fate::Unknown, _) => None,
        }
    }

    /// Whether there is anything to say that a receipt does not.
    pub(crate) fn is_news(&self) -> bool {
        self.fate != Fate::Stands || self.awaits || self.on_hold.is_some()
    }

    /// Whether the server tells it to nobody who only has the bytes.
    pub(crate) fn is_withheld(&self) -> bool {
        self.fate == Fate::Withheld
    }

    /// Whether the figures count no longer.
    pub(crate) fn is_set_aside(&self) -> bool {
        self.fate == Fate::SetAside
    }

    /// Whether the precinct awaits a report because these figures were set aside.
    pub(crate) fn is_wanted_again(&self) -> bool {
        self.is_set_aside() && self.awaits
    }
}
