//! Paper audits: samples and what the paper says.

use tallylog_event::PaperEvent;

use crate::accepted::Accepted;
use crate::hash::Form;

/// Paper audits: samples and what the paper says.
#[derive(Clone, Debug, Default)]
pub struct PaperAudit {}

impl PaperAudit {
    pub(crate) fn apply(&mut self, _accepted: &Accepted<'_>, _event: &PaperEvent) {}

    /// As it stood when the log had `size` entries.
    pub(crate) fn at(&self, _size: u64) -> Self {
        Self {}
    }

    pub(crate) fn form(&self, _form: &mut Form) {}
}
