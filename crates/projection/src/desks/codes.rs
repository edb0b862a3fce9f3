//! Enrolment codes: how many were issued for which precinct, and which were used.

use tallylog_event::CodeEvent;

use crate::accepted::Accepted;
use crate::hash::Form;

/// Enrolment codes: how many were issued for which precinct, and which were used.
#[derive(Clone, Debug, Default)]
pub struct Codes {}

impl Codes {
    pub(crate) fn apply(&mut self, _accepted: &Accepted<'_>, _event: &CodeEvent) {}

    /// As it stood when the log had `size` entries.
    pub(crate) fn at(&self, _size: u64) -> Self {
        Self {}
    }

    pub(crate) fn form(&self, _form: &mut Form) {}
}
