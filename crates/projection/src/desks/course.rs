//! The course of the night: pauses, certification, amendments of the roster.

use tallylog_event::{Certification, CourseEvent, EntryIndex, RosterAmendment, RosterChange, Text};
use tallylog_rules::GroupId;

use super::signed::{Signed, before, form_of};
use crate::AuthorId;
use crate::accepted::Accepted;
use crate::hash::Form;

/// The course of the night: pauses, certification, amendments of the roster.
#[derive(Clone, Debug, Default)]
pub struct Course {
    pauses: Vec<Pause>,
    certified: Option<Signed<Certification>>,
    amendments: Vec<Signed<RosterAmendment>>,
}

/// A pause of the entry of reports.
#[derive(Clone, Debug)]
pub struct Pause {
    /// Who paused it, with what the public was told.
    pub paused: Signed<Text>,
    /// Who took it up again, with what the public was told then; absent while the pause lasts.
    pub resumed: Option<Signed<Text>>,
}

impl Course {
    /// The entry that paused the entry of reports, while the pause lasts.
    #[must_use]
    pub fn paused(&self) -> Option<EntryIndex> {
        let last = self.pauses.last()?;
        last.resumed.is_none().then_some(last.paused.entry)
    }

    /// The entry that certified the results.
    #[must_use]
    pub fn certified(&self) -> Option<EntryIndex> {
        self.certified.as_ref().map(|certified| certified.entry)
    }

    /// Every pause, in the order of the log.
    #[must_use]
    pub fn pauses(&self) -> &[Pause] {
        &self.pauses
    }

    /// What was certified.
    #[must_use]
    pub fn certification(&self) -> Option<&Signed<Certification>> {
        self.certified.as_ref()
    }

    /// Every amendment of the roster, in the order of the log.
    #[must_use]
    pub fn amendments(&self) -> &[Signed<RosterAmendment>] {
        &self.amendments
    }

    /// The entry by which a candidate withdrew. The group keeps its number and its figures.
    #[must_use]
    pub fn withdrawn(&self, group: GroupId) -> Option<EntryIndex> {
        let mut amendments = self.amendments.iter();
        let by = amendments.find(|amended| amended.what.change == RosterChange::Withdrawn(group))?;
        Some(by.entry)
    }

    pub(crate) fn apply(&mut self, accepted: &Accepted<'_>, author: AuthorId, event: &CourseEvent) {
        match event {
            CourseEvent::Paused(notice) => self.pauses.push(Pause {
                paused: Signed::new(accepted, author, notice),
                resumed: None,
            }),
            CourseEvent::Resumed(notice) => {
                if let Some(pause) = self.pauses.last_mut() {
                    let resumed = || Signed::new(accepted, author, notice);
                    pause.resumed.get_or_insert_with(resumed);
                }
            }
            CourseEvent::Certified(certification) => {
                let certified = || Signed::new(accepted, author, certification.as_ref());
                self.certified.get_or_insert_with(certified);
            }
            CourseEvent::RosterAmended(amendment) => {
                self.amendments.push(Signed::new(accepted, author, amendment.as_ref()));
            }
        }
    }

    /// As it stood when the log had `size` entries.
    pub(crate) fn at(&self, size: u64) -> Self {
        let pauses = self.pauses.iter().filter(|pause| pause.paused.stood_at(size));
        Self {
            pauses: pauses
                .map(|pause| Pause {
                    paused: pause.paused.clone(),
                    resumed: pause.resumed.clone().filter(|resumed| resumed.stood_at(size)),
                })
                .collect(),
            certified: self.certified.clone().filter(|certified| certified.stood_at(size)),
            amendments: before(&self.amendments, size),
        }
    }

    pub(crate) fn form(&self, form: &mut Form) {
        form.length(self.pauses.len());
        for pause in &self.pauses {
            pause.paused.form(form);
            form_of(pause.resumed.as_ref(), form);
        }
        form_of(self.certified.as_ref(), form);
        form.length(self.amendments.len());
        for amended in &self.amendments {
            amended.form(form);
        }
    }
}
