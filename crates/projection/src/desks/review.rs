//! The reviewers' desk: resolutions, decisions and holds.

use tallylog_event::ReviewEvent;

use crate::accepted::Accepted;
use crate::hash::Form;

/// The reviewers' desk: resolutions, decisions and holds.
#[derive(Clone, Debug, Default)]
pub struct ReviewDesk {}

impl ReviewDesk {
    pub(crate) fn apply(&mut self, _accepted: &Accepted<'_>, _event: &ReviewEvent) {}

    /// As it stood when the log had `size` entries.
    pub(crate) fn at(&self, _size: u64) -> Self {
        Self {}
    }

    pub(crate) fn form(&self, _form: &mut Form) {}
}
