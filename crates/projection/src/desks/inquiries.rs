//! Inquiries and their answers.

use tallylog_event::InquiryEvent;

use crate::accepted::Accepted;
use crate::hash::Form;

/// Inquiries and their answers.
#[derive(Clone, Debug, Default)]
pub struct Inquiries {}

impl Inquiries {
    pub(crate) fn apply(&mut self, _accepted: &Accepted<'_>, _event: &InquiryEvent) {}

    /// As it stood when the log had `size` entries.
    pub(crate) fn at(&self, _size: u64) -> Self {
        Self {}
    }

    pub(crate) fn form(&self, _form: &mut Form) {}
}
