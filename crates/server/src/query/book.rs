//! What somebody signed, word for word: read from the log, since a state keeps no more than it decides by.

use tallylog_event::{Entry, EntryIndex, Event, EventBody};
use tallylog_projection::State;
use tallylog_store::Reader;
use tallylog_wire::v1;

use crate::problem::Problem;

/// A state with the log that it was folded from.
#[derive(Clone, Copy)]
pub struct Book<'a> {
    /// The state.
    pub state: &'a State,
    /// Its log, which may have grown since.
    pub reader: &'a Reader,
}

impl<'a> Book<'a> {
    /// The same log at an earlier state.
    pub(super) fn at(self, state: &'a State) -> Self {
        Self { state, ..self }
    }

    /// What an entry says, and who signed it.
    pub(super) fn read(self, entry: EntryIndex) -> Result<(v1::Signed, Event), Problem> {
        let bytes = self.reader.entry(entry.0)?;
        let bytes = bytes.ok_or(Problem::Unreadable("entry-missing"))?;
        let entry = Entry::decode(&bytes).map_err(|_| Problem::Unreadable("entry-damaged"))?;
        let body = EventBody::decode(&entry.envelope.body).map_err(|_| Problem::Unreadable("entry-damaged"))?;
        let author = entry.envelope.author;
        let person = self.state.key(&author).map(|author| author.person.to_string());
        let signed = v1::Signed {
            entry: entry.index.0,
            received_at_ms: entry.received_at.0,
            person: person.unwrap_or_default(),
            key: author.0.to_vec(),
        };
        Ok((signed, body.event))
    }
}
