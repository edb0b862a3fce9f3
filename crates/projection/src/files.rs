//! The files that events name: photos, scans and documents that stand beside the log.

use std::collections::BTreeMap;
use std::sync::Arc;

use tallylog_event::{EntryIndex, FileHash, FileRef, PrecinctId};

use crate::accepted::Accepted;
use crate::state::About;
use crate::{AuthorId, State};

/// What one event says of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFile {
    /// Its hash, its size and its type.
    pub file: FileRef,
    /// The entry that names it.
    pub entry: EntryIndex,
    /// Whose key signed that.
    pub author: AuthorId,
}

/// Every file that is named. Nobody has looked at one: two events may say different things of one hash.
///
/// It is kept in parts, by the first byte of a hash, so that a copy that goes on copies little.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files(Vec<Arc<Named>>);

type Named = BTreeMap<FileHash, Vec<NamedFile>>;

impl Files {
    pub(crate) fn name(&mut self, accepted: &Accepted<'_>, author: AuthorId) {
        for file in accepted.body.event.files() {
            let named = NamedFile {
                file: file.clone(),
                entry: accepted.entry,
                author,
            };
            let place = usize::from(file.hash.0[0]);
            self.0.resize_with(self.0.len().max(place + 1), Arc::default);
            let known = Arc::make_mut(&mut self.0[place]).entry(file.hash).or_default();
            // An event may name a file twice. Tens of thousands of events may name one file: they are not looked at.
            let mut same_event = known.iter().rev().take_while(|known| known.entry == named.entry);
            if same_event.all(|known| *known != named) {
                known.push(named);
            }
        }
    }

    /// The files as they were named when the log had `size` entries.
    pub(crate) fn at(&self, size: u64) -> Self {
        let cut = |named: &Named| -> Named {
            let earlier = named.iter().filter_map(|(hash, named)| {
                let until = named.partition_point(|named| named.entry.0 < size);
                (until > 0).then(|| (*hash, named[..until].to_vec()))
            });
            earlier.collect()
        };
        let is_later = |named: &Named| {
            named
                .values()
                .any(|named| named.last().is_some_and(|last| last.entry.0 >= size))
        };
        let parts = self.0.iter().map(|named| {
            if is_later(named) {
                Arc::new(cut(named))
            } else {
                Arc::clone(named)
            }
        });
        Self(parts.collect())
    }

    fn named(&self, hash: &FileHash) -> Option<&Vec<NamedFile>> {
        self.0.get(usize::from(hash.0[0]))?.get(hash)
    }
}

impl State {
    /// What the log says of a file, in the order of the log; nothing where no event names it.
    #[must_use]
    pub fn file_named(&self, hash: &FileHash) -> &[NamedFile] {
        self.files.named(hash).map_or(&[], Vec::as_slice)
    }

    /// Every file that an event names, with whatever the log says of it.
    pub fn files(&self) -> impl Iterator<Item = (&FileHash, &[NamedFile])> {
        let named = self.files.0.iter().flat_map(|named| named.iter());
        named.map(|(hash, named)| (hash, named.as_slice()))
    }

    /// The precincts of which an entry speaks, where it speaks of some and not of the night as a whole.
    #[must_use]
    pub fn precincts_of(&self, entry: EntryIndex) -> Vec<PrecinctId> {
        let positions: Vec<usize> = match self.about(entry) {
            Some(About::Version(position) | About::Precinct(position)) => {
                usize::try_from(position).into_iter().collect()
            }
            Some(About::Several) => self.wider(entry).to_vec(),
            Some(About::Nothing | About::Withheld) | None => Vec::new(),
        };
        positions
            .into_iter()
            .filter_map(|position| self.roster().at_position(position))
            .collect()
    }
}
