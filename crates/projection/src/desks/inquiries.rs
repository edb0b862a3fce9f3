//! Inquiries: what campaigns asked, and what they were answered.

use tallylog_event::{Answer, EntryIndex, Inquiry, InquiryEvent, PrecinctId};

use super::signed::{Signed, form_of};
use crate::AuthorId;
use crate::accepted::Accepted;
use crate::hash::Form;

/// What campaigns asked, and what they were answered.
#[derive(Clone, Debug, Default)]
pub struct Inquiries {
    asked: Vec<Asked>,
}

/// An inquiry. It stands until it is answered.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What was asked, and by which campaign's key.
    pub inquiry: Signed<Inquiry>,
    /// What was answered; absent while it waits.
    pub answer: Option<Signed<Answer>>,
}

impl Inquiries {
    /// Every inquiry, in the order of the log.
    #[must_use]
    pub fn all(&self) -> &[Asked] {
        &self.asked
    }

    /// Those that wait for an answer, the oldest first.
    pub fn open(&self) -> impl Iterator<Item = &Asked> {
        self.asked.iter().filter(|asked| asked.answer.is_none())
    }

    /// Those on a precinct, answered or not.
    pub fn of_precinct(&self, precinct: PrecinctId) -> impl Iterator<Item = &Asked> {
        self.asked
            .iter()
            .filter(move |asked| asked.inquiry.what.precinct == precinct)
    }

    /// The inquiry that an entry filed.
    #[must_use]
    pub fn inquiry(&self, entry: EntryIndex) -> Option<&Asked> {
        self.asked.get(self.place(entry)?)
    }

    fn place(&self, entry: EntryIndex) -> Option<usize> {
        self.asked
            .binary_search_by_key(&entry, |asked| asked.inquiry.entry)
            .ok()
    }

    pub(crate) fn apply(&mut self, accepted: &Accepted<'_>, author: AuthorId, event: &InquiryEvent) {
        match event {
            InquiryEvent::Filed(inquiry) => self.asked.push(Asked {
                inquiry: Signed::new(accepted, author, inquiry.as_ref()),
                answer: None,
            }),
            InquiryEvent::Answered(answer) => {
                let place = self.place(answer.inquiry);
                if let Some(asked) = place.and_then(|place| self.asked.get_mut(place)) {
                    let answered = || Signed::new(accepted, author, answer.as_ref());
                    asked.answer.get_or_insert_with(answered);
                }
            }
        }
    }

    /// As they stood when the log had `size` entries.
    pub(crate) fn at(&self, size: u64) -> Self {
        let asked = self.asked.iter().filter(|asked| asked.inquiry.stood_at(size));
        let asked = asked.map(|asked| Asked {
            inquiry: asked.inquiry.clone(),
            answer: asked.answer.clone().filter(|answer| answer.stood_at(size)),
        });
        Self { asked: asked.collect() }
    }

    pub(crate) fn form(&self, form: &mut Form) {
        form.length(self.asked.len());
        for asked in &self.asked {
            asked.inquiry.form(form);
            form_of(asked.answer.as_ref(), form);
        }
    }
}
