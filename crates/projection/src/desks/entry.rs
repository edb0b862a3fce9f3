//! The operators' desk: who typed what, who is asked to type again, and the files that came to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use tallylog_event::{CallerCheck, EntryIndex, FileRef, FilesAdded, ManualEntry, PrecinctId, Text};

use crate::accepted::Accepted;
use crate::hash::Form;

/// What is known at the operators' desk beyond the figures.
#[derive(Clone, Debug, Default)]
pub struct EntryDesk {
    notes: BTreeMap<EntryIndex, EntryNote>,
    assignments: BTreeMap<PrecinctId, Vec<Assignment>>,
    files: BTreeMap<PrecinctId, Vec<AddedFiles>>,
}

/// What an operator noted of an entry.
#[derive(Clone, Debug)]
pub struct EntryNote {
    /// How the operator made sure of the caller.
    pub caller: CallerCheck,
    /// Whether the figures were read back.
    pub read_back: bool,
    /// Others who had typed into it.
    pub typed_by: Arc<[Text]>,
}

/// Who is asked to enter a precinct again; nobody in particular after a resolution that asks nobody.
#[derive(Clone, Debug)]
struct Assignment {
    by: EntryIndex,
    person: Option<Text>,
}

/// Files that were added to a precinct.
#[derive(Clone, Debug)]
pub struct AddedFiles {
    /// The entry.
    pub entry: EntryIndex,
    /// The files.
    pub files: Arc<[FileRef]>,
}

impl EntryDesk {
    /// What an operator noted of an entry; absent for entries that are none of an operator's.
    #[must_use]
    pub fn note(&self, entry: EntryIndex) -> Option<&EntryNote> {
        self.notes.get(&entry)
    }

    /// The person who alone may enter a precinct now, and the entry that says so.
    #[must_use]
    pub fn assigned(&self, precinct: PrecinctId) -> Option<(&Text, EntryIndex)> {
        let last = self.assignments.get(&precinct)?.last()?;
        last.person.as_ref().map(|person| (person, last.by))
    }

    /// The files that were added to a precinct.
    #[must_use]
    pub fn files(&self, precinct: PrecinctId) -> &[AddedFiles] {
        self.files.get(&precinct).map_or(&[], Vec::as_slice)
    }

    /// Takes an entry: whoever was asked for it is asked no longer.
    pub(crate) fn enter(&mut self, accepted: &Accepted<'_>, entry: &ManualEntry) {
        let note = EntryNote {
            caller: entry.caller,
            read_back: entry.read_back,
            typed_by: entry.typed_by.clone().into(),
        };
        self.notes.insert(accepted.entry, note);
        if self.assigned(entry.report.precinct).is_some() {
            self.assign(accepted.entry, entry.report.precinct, None);
        }
    }

    /// Asks a person to enter a precinct again, or nobody in particular.
    pub(crate) fn assign(&mut self, by: EntryIndex, precinct: PrecinctId, person: Option<Text>) {
        let assignments = self.assignments.entry(precinct).or_default();
        assignments.push(Assignment { by, person });
    }

    pub(crate) fn add_files(&mut self, accepted: &Accepted<'_>, added: &FilesAdded) {
        self.files.entry(added.precinct).or_default().push(AddedFiles {
            entry: accepted.entry,
            files: added.files.clone().into(),
        });
    }

    /// As it stood when the log had `size` entries.
    pub(crate) fn at(&self, size: u64) -> Self {
        Self {
            notes: self
                .notes
                .range(..EntryIndex(size))
                .map(|(entry, note)| (*entry, note.clone()))
                .collect(),
            assignments: earlier(&self.assignments, |assignment| assignment.by.0 < size),
            files: earlier(&self.files, |added| added.entry.0 < size),
        }
    }

    /// Notes by their entries; what is asked of whom; files by their entries.
    pub(crate) fn form(&self, form: &mut Form) {
        form.length(self.notes.len());
        for entry in self.notes.keys() {
            form.number(entry.0);
        }
        form.length(self.assignments.len());
        for assignment in self.assignments.values().filter_map(|all| all.last()) {
            form.number(assignment.by.0);
            form.bytes(
                assignment
                    .person
                    .as_ref()
                    .map_or(&[], |person| person.as_str().as_bytes()),
            );
        }
        form.length(self.files.len());
        for added in self.files.values().flatten() {
            form.number(added.entry.0);
        }
    }
}

/// The lists with what was in them by then.
fn earlier<T: Clone>(
    all: &BTreeMap<PrecinctId, Vec<T>>,
    was_there: impl Fn(&T) -> bool,
) -> BTreeMap<PrecinctId, Vec<T>> {
    let cut = all.iter().map(|(id, list)| {
        let list: Vec<T> = list.iter().filter(|one| was_there(one)).cloned().collect();
        (*id, list)
    });
    cut.filter(|(_, list)| !list.is_empty()).collect()
}
