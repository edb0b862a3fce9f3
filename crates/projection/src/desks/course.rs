//! The course of the night: pauses, certification, amendments of the roster.

use tallylog_event::{CourseEvent, EntryIndex};

use crate::accepted::Accepted;
use crate::hash::Form;

/// The course of the night: pauses, certification, amendments of the roster.
#[derive(Clone, Debug, Default)]
pub struct Course {
    /// Pauses, each with the entry that ended it.
    pauses: Vec<(EntryIndex, Option<EntryIndex>)>,
    certified: Option<EntryIndex>,
}

impl Course {
    /// The entry by which the entry of reports is paused.
    #[must_use]
    pub fn paused(&self) -> Option<EntryIndex> {
        let (paused, resumed) = self.pauses.last()?;
        resumed.is_none().then_some(*paused)
    }

    /// The entry by which the results are certified.
    #[must_use]
    pub fn certified(&self) -> Option<EntryIndex> {
        self.certified
    }

    pub(crate) fn apply(&mut self, accepted: &Accepted<'_>, event: &CourseEvent) {
        match event {
            CourseEvent::Paused(_) => self.pauses.push((accepted.entry, None)),
            CourseEvent::Resumed(_) => {
                if let Some((_, resumed)) = self.pauses.last_mut() {
                    resumed.get_or_insert(accepted.entry);
                }
            }
            CourseEvent::Certified(_) => {
                self.certified.get_or_insert(accepted.entry);
            }
            CourseEvent::RosterAmended(_) => {}
        }
    }

    /// As it stood when the log had `size` entries.
    pub(crate) fn at(&self, size: u64) -> Self {
        let then = |entry: &EntryIndex| entry.0 < size;
        let pauses = self.pauses.iter().filter(|(paused, _)| then(paused));
        Self {
            pauses: pauses
                .map(|(paused, resumed)| (*paused, resumed.filter(then)))
                .collect(),
            certified: self.certified.filter(then),
        }
    }

    pub(crate) fn form(&self, form: &mut Form) {
        form.length(self.pauses.len());
        for (paused, resumed) in &self.pauses {
            form.number(paused.0);
            form.number(resumed.map_or(0, |entry| entry.0));
        }
        form.number(self.certified.map_or(0, |entry| entry.0));
    }
}
