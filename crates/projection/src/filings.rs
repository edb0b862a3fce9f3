//! How often each key has spoken of each precinct, so that nobody has to count.

use std::collections::BTreeMap;
use std::sync::Arc;

use tallylog_event::EntryIndex;

use crate::AuthorId;
use crate::history::History;

/// What each key filed of each precinct, by the precinct's position in roster order. A copy shares the precincts of which
/// nothing new is filed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filings(Vec<Arc<OfPrecinct>>);

type OfPrecinct = BTreeMap<AuthorId, Filed>;

/// What one key filed of one precinct: reports, corrections, entries and what it approved in a case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filed {
    /// How many versions, those that were set aside among them.
    pub(crate) versions: usize,
    /// The latest, whether it stands or not.
    pub(crate) latest: EntryIndex,
}

impl Filings {
    /// What was filed when the histories were these, which are cut from `now`.
    pub(crate) fn at(&self, now: &[Arc<History>], then: &[Arc<History>]) -> Self {
        let counted = then.iter().enumerate().map(|(position, history)| {
            let is_same = now.get(position).is_some_and(|now| Arc::ptr_eq(now, history));
            match self.0.get(position).filter(|_| is_same) {
                Some(filed) => Arc::clone(filed),
                None => Arc::new(counted(history)),
            }
        });
        Self(counted.collect())
    }

    pub(crate) fn file(&mut self, position: usize, author: AuthorId, entry: EntryIndex) {
        let known = self.0.len().max(position + 1);
        self.0.resize_with(known, Arc::default);
        if let Some(filed) = self.0.get_mut(position) {
            count(Arc::make_mut(filed), author, entry);
        }
    }

    /// What a key filed of the precinct at a position; nothing where it never spoke of it.
    pub(crate) fn of_key(&self, position: usize, author: AuthorId) -> Option<Filed> {
        self.0.get(position)?.get(&author).copied()
    }
}

fn counted(history: &History) -> OfPrecinct {
    let mut filed = OfPrecinct::default();
    for version in history.versions() {
        count(&mut filed, version.author, version.entry);
    }
    filed
}

fn count(filed: &mut OfPrecinct, author: AuthorId, entry: EntryIndex) {
    let filed = filed.entry(author).or_insert(Filed {
        versions: 0,
        latest: entry,
    });
    filed.versions += 1;
    filed.latest = entry;
}
