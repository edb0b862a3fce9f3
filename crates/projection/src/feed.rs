//! What an entry says, in words: for whoever follows a log, reads it again, or looks at what was said of a precinct.
//!
//! The words of every kind of event stand here and nowhere else. What they name is looked up in the state that holds the
//! entry.

mod authority;
mod case;
mod desk;
mod news;
mod sheet;
mod words;

use tallylog_event::{EntryIndex, Event, PrecinctId, UnixMillis};
use tallylog_rules::{GroupId, Sheet};

pub use self::news::News;
pub use self::words::kind_of;
use crate::people::role_name;
use crate::state::About;
use crate::{Replayed, State};

/// An entry as people read it.
#[derive(Clone, Debug)]
pub struct Happening {
    /// The entry.
    pub entry: EntryIndex,
    /// When the log took it.
    pub received_at: UnixMillis,
    /// When its author wrote it, by the author's clock.
    pub recorded_at: UnixMillis,
    /// The kind of the event, the same words for all of a kind.
    pub kind: &'static str,
    /// Who signed it.
    pub person: String,
    /// As what.
    pub role: &'static str,
    /// The precinct that it is about, if it is about one.
    pub precinct: Option<PrecinctId>,
    /// What happened in a few words, such as `report by app`.
    pub title: String,
    /// The rest: figures, names, reasons. May be empty.
    pub detail: String,
    /// The figures that it gives for the precinct.
    pub sheet: Option<Sheet>,
    /// The entry whose figures it replaces, and what changes.
    pub replaces: Option<(EntryIndex, Vec<ChangedFigure>)>,
}

/// A figure that is not what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangedFigure {
    /// What it counts.
    pub what: &'static str,
    /// Of which group; of the whole room if of none.
    pub group: Option<GroupId>,
    /// What it was; `None` where nothing stood there.
    pub old: Option<u64>,
    /// What it is.
    pub new: Option<u64>,
}

/// Puts entries into words. `time` writes a time as its reader wants it.
pub struct Words<'a> {
    state: &'a State,
    time: &'a dyn Fn(UnixMillis) -> String,
}

/// What is said of an event: a few words, and the rest.
type Said = (String, String);

impl<'a> Words<'a> {
    /// With the names and figures of `state`.
    #[must_use]
    pub fn new(state: &'a State, time: &'a dyn Fn(UnixMillis) -> String) -> Self {
        Self { state, time }
    }

    /// What an entry says that the state holds.
    #[must_use]
    pub fn of(&self, replayed: &Replayed) -> Happening {
        let (entry, event) = (&replayed.entry, &replayed.body.event);
        let author = self.state.key(&entry.envelope.author);
        let (title, detail) = self.said(event);
        Happening {
            entry: entry.index,
            received_at: entry.received_at,
            recorded_at: replayed.body.recorded_at,
            kind: kind_of(event),
            person: author.map_or_else(|| "an unknown key".to_owned(), |author| author.person.to_string()),
            role: author.map_or("unknown", |author| role_name(&author.role)),
            precinct: self.precinct_about(entry.index),
            title,
            detail,
            sheet: event.report().map(|report| report.sheet.clone()),
            replaces: self.replaced(event),
        }
    }

    fn precinct_about(&self, entry: EntryIndex) -> Option<PrecinctId> {
        match self.state.about(entry)? {
            About::Version(position) | About::Precinct(position) => {
                self.state.roster().at_position(usize::try_from(position).ok()?)
            }
            About::Nothing | About::Several | About::Withheld => None,
        }
    }

    fn replaced(&self, event: &Event) -> Option<(EntryIndex, Vec<ChangedFigure>)> {
        let correction = words::correction_of(event)?;
        Some((correction.replaces, self.changes(correction)))
    }
}
