//! What the desks of a tabulation centre have decided, desk by desk. Each only grows, and is cut back by size.

mod authority;
mod cases;
mod codes;
mod course;
mod entry;
mod inquiries;
mod paper;
mod review;
mod signed;

use std::sync::Arc;

use tallylog_event::Event;

pub use self::authority::{ActDecided, Authority, ProposedAct};
pub use self::cases::{CaseFile, Cases, Decided, Proposed};
pub use self::codes::{Batch, CodeState, Codes};
pub use self::course::{Course, Pause};
pub use self::entry::{AddedFiles, EntryDesk, EntryNote};
pub use self::inquiries::{Asked, Inquiries};
pub use self::paper::{Announced, AnnouncementEnd, Drawn, PaperAudit, draw, draw_announced};
pub use self::review::{ReviewDesk, StandingHold};
pub use self::signed::Signed;
use crate::AuthorId;
use crate::accepted::Accepted;
use crate::hash::Form;

/// All desks. Copies of a state share those that do not change.
#[derive(Clone, Debug, Default)]
pub struct Desks {
    /// Enrolment codes.
    pub codes: Arc<Codes>,
    /// Manual entries and files.
    pub entry: Arc<EntryDesk>,
    /// Resolutions, decisions and holds.
    pub review: Arc<ReviewDesk>,
    /// Correction cases.
    pub cases: Arc<Cases>,
    /// Inquiries.
    pub inquiries: Arc<Inquiries>,
    /// Pauses, certification and amendments.
    pub course: Arc<Course>,
    /// Paper audits.
    pub paper: Arc<PaperAudit>,
    /// Acts that take two persons.
    pub authority: Arc<Authority>,
}

impl Desks {
    /// Takes what changes nothing but a desk of its own. What the others take depends on more than the event.
    pub(crate) fn apply(&mut self, accepted: &Accepted<'_>, author: AuthorId) {
        match &accepted.body.event {
            Event::Code(code) => Arc::make_mut(&mut self.codes).apply(accepted, author, code),
            Event::Case(case) => Arc::make_mut(&mut self.cases).apply(accepted, author, case),
            Event::Inquiry(inquiry) => Arc::make_mut(&mut self.inquiries).apply(accepted, author, inquiry),
            Event::Course(course) => Arc::make_mut(&mut self.course).apply(accepted, author, course),
            Event::Paper(paper) => Arc::make_mut(&mut self.paper).apply(accepted, author, paper),
            Event::Authority(authority) => Arc::make_mut(&mut self.authority).apply(accepted, author, authority),
            Event::ContestOpened(_)
            | Event::CountyListed(_)
            | Event::KeyEnrolled(_)
            | Event::KeyRevoked(_)
            | Event::Reported(_)
            | Event::Corrected(_)
            | Event::Released(_)
            | Event::ResultsCommitted(_)
            | Event::Entered(_)
            | Event::FilesAdded(_)
            | Event::Review(_) => {}
        }
    }

    /// The desks as they stood when the log had `size` entries.
    pub(crate) fn at(&self, size: u64) -> Self {
        Self {
            codes: Arc::new(self.codes.at(size)),
            entry: Arc::new(self.entry.at(size)),
            review: Arc::new(self.review.at(size)),
            cases: Arc::new(self.cases.at(size)),
            inquiries: Arc::new(self.inquiries.at(size)),
            course: Arc::new(self.course.at(size)),
            paper: Arc::new(self.paper.at(size)),
            authority: Arc::new(self.authority.at(size)),
        }
    }

    /// Their part of a state's canonical form since version 3, behind that of version 2.
    pub(crate) fn form_of_acts(&self, form: &mut Form) {
        self.authority.form(form);
        self.paper.form_of_announced(form);
    }

    /// Their part of a state's canonical form since version 2.
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
