//! The course of the night: pauses, certification, amendments of the roster.

use tallylog_event::CourseEvent;

use crate::accepted::Accepted;
use crate::hash::Form;

/// The course of the night: pauses, certification, amendments of the roster.
#[derive(Clone, Debug, Default)]
pub struct Course {}

impl Course {
    pub(crate) fn apply(&mut self, _accepted: &Accepted<'_>, _event: &CourseEvent) {}

    /// As it stood when the log had `size` entries.
    pub(crate) fn at(&self, _size: u64) -> Self {
        Self {}
    }

    pub(crate) fn form(&self, _form: &mut Form) {}
}
