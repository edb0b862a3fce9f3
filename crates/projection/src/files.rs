//! The files that events name: photos, scans and documents that stand beside the log.

use std::collections::BTreeMap;

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
#[derive(Clone, Debug, Default)]
pub(crate) struct Files(BTreeMap<FileHash, Vec<NamedFile>>);

impl Files {
    pub(crate) fn name(&mut self, accepted: &Accepted<'_>, author: AuthorId) {
        for file in accepted.body.event.files() {
            let named = NamedFile {
                file: file.clone(),
                entry: accepted.entry,
                author,
            };
            let known = self.0.entry(file.hash).or_default();
            // Only this event can have said the same: what others say of the file is not looked through.
            let mut of_event = known.iter().rev().take_while(|other| other.entry == named.entry);
            if !of_event.any(|other| *other == named) {
                known.push(named);
            }
        }
    }

    /// The files as they were named when the log had `size` entries.
    pub(crate) fn at(&self, size: u64) -> Self {
        let earlier = self.0.iter().filter_map(|(hash, named)| {
            let named: Vec<_> = named.iter().filter(|named| named.entry.0 < size).cloned().collect();
            (!named.is_empty()).then_some((*hash, named))
        });
        Self(earlier.collect())
    }
}

impl State {
    /// What the log says of a file, in the order of the log; nothing where no event names it.
    #[must_use]
    pub fn file_named(&self, hash: &FileHash) -> &[NamedFile] {
        self.files.0.get(hash).map_or(&[], Vec::as_slice)
    }

    /// Every file that an event names, with whatever the log says of it.
    pub fn files(&self) -> impl Iterator<Item = (&FileHash, &[NamedFile])> {
        self.files.0.iter().map(|(hash, named)| (hash, named.as_slice()))
    }

    /// The precincts of which an entry speaks, where it speaks of some and not of the night as a whole.
    #[must_use]
    pub fn precincts_of(&self, entry: EntryIndex) -> Vec<PrecinctId> {
        let positions: Vec<usize> = match self.about(entry) {
            Some(About::Version(position) | About::Precinct(position)) => {
                usize::try_from(position).into_iter().collect()
            }
            Some(About::Several) => self.wider(entry).to_vec(),
            Some(About::Nothing) | None => Vec::new(),
        };
        positions
            .into_iter()
            .filter_map(|position| self.roster().at_position(position))
            .collect()
    }
}
