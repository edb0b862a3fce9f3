//! The operators' desk: what they entered, and the files that came to it.

use tallylog_event::{FilesAdded, ManualEntry};

use crate::accepted::Accepted;
use crate::hash::Form;

/// The operators' desk: what they entered, and the files that came to it.
#[derive(Clone, Debug, Default)]
pub struct EntryDesk {}

impl EntryDesk {
    pub(crate) fn enter(&mut self, _accepted: &Accepted<'_>, _entry: &ManualEntry) {}

    pub(crate) fn add_files(&mut self, _accepted: &Accepted<'_>, _added: &FilesAdded) {}

    /// As it stood when the log had `size` entries.
    pub(crate) fn at(&self, _size: u64) -> Self {
        Self {}
    }

    pub(crate) fn form(&self, _form: &mut Form) {}
}
