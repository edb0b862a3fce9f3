//! What the desks of a tabulation centre have decided, desk by desk. Each only grows, and is cut back by size.

mod cases;
mod codes;
mod course;
mod entry;
mod inquiries;
mod paper;
mod review;

pub use self::cases::Cases;
pub use self::codes::Codes;
pub use self::course::Course;
pub use self::entry::{AddedFiles, EntryDesk, EntryNote};
pub use self::inquiries::Inquiries;
pub use self::paper::PaperAudit;
pub use self::review::{ReviewDesk, Signed, StandingHold};
use crate::hash::Form;

/// All desks.
#[derive(Clone, Debug, Default)]
pub struct Desks {
    /// Enrolment codes.
    pub codes: Codes,
    /// Manual entries and files.
    pub entry: EntryDesk,
    /// Resolutions, decisions and holds.
    pub review: ReviewDesk,
    /// Correction cases.
    pub cases: Cases,
    /// Inquiries.
    pub inquiries: Inquiries,
    /// Pauses, certification and amendments.
    pub course: Course,
    /// Paper audits.
    pub paper: PaperAudit,
}

impl Desks {
    /// The desks as they stood when the log had `size` entries.
    pub(crate) fn at(&self, size: u64) -> Self {
        Self {
            codes: self.codes.at(size),
            entry: self.entry.at(size),
            review: self.review.at(size),
            cases: self.cases.at(size),
            inquiries: self.inquiries.at(size),
            course: self.course.at(size),
            paper: self.paper.at(size),
        }
    }

    /// Their part of a state's canonical form.
    pub(crate) fn form(&self, form: &mut Form) {
        self.codes.form(form);
        self.entry.form(form);
        self.review.form(form);
        self.cases.form(form);
        self.inquiries.form(form);
        self.course.form(form);
        self.paper.form(form);
    }
}
