//! Correction cases with their proposals.

use tallylog_event::CaseEvent;

use crate::accepted::Accepted;
use crate::hash::Form;

/// Correction cases with their proposals.
#[derive(Clone, Debug, Default)]
pub struct Cases {}

impl Cases {
    pub(crate) fn apply(&mut self, _accepted: &Accepted<'_>, _event: &CaseEvent) {}

    /// As it stood when the log had `size` entries.
    pub(crate) fn at(&self, _size: u64) -> Self {
        Self {}
    }

    pub(crate) fn form(&self, _form: &mut Form) {}
}
