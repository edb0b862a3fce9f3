//! How often each key has spoken of each precinct, so that nobody has to count.

use std::collections::BTreeMap;
use std::sync::Arc;

use tallylog_event::EntryIndex;

use crate::AuthorId;
use crate::history::History;

/// What each key filed of each precinct, by the precinct's position in roster order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filings(BTreeMap<(usize, AuthorId), Filed>);

/// What one key filed of one precinct: reports, corrections, entries and what it approved in a case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filed {
    /// How many versions, those that were set aside among them.
    pub(crate) versions: usize,
    /// The latest, whether it stands or not.
    pub(crate) latest: EntryIndex,
}

impl Filings {
    /// Counts what histories hold.
    pub(crate) fn of(histories: &[Arc<History>]) -> Self {
        let mut filings = Self::default();
        for (position, history) in histories.iter().enumerate() {
            for version in history.versions() {
                filings.file(position, version.author, version.entry);
            }
        }
        filings
    }

    pub(crate) fn file(&mut self, position: usize, author: AuthorId, entry: EntryIndex) {
        let filed = self.0.entry((position, author)).or_insert(Filed {
            versions: 0,
            latest: entry,
        });
        filed.versions += 1;
        filed.latest = entry;
    }

    /// What a key filed of the precinct at a position; nothing where it never spoke of it.
    pub(crate) fn of_key(&self, position: usize, author: AuthorId) -> Option<Filed> {
        self.0.get(&(position, author)).copied()
    }
}
