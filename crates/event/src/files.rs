//! The files that an event names.

use crate::{
    CaseEvent, CaseOutcome, Correction, CourseEvent, Event, FileRef, InquiryEvent, PaperEvent, ReviewEvent, Verdict,
};

impl Event {
    /// Every photo, scan and document that it names by its hash, in the order in which they stand there.
    #[must_use]
    pub fn files(&self) -> Vec<&FileRef> {
        match self {
            Self::Reported(report) => report.files.iter().collect(),
            Self::Entered(entry) => entry.report.files.iter().collect(),
            Self::Corrected(correction) => of_correction(correction),
            Self::FilesAdded(added) => added.files.iter().collect(),
            Self::Review(review) => of_review(review),
            Self::Case(case) => of_case(case),
            Self::Inquiry(InquiryEvent::Filed(inquiry)) => inquiry.files.iter().collect(),
            Self::Inquiry(InquiryEvent::Answered(answer)) => answer.evidence.iter().collect(),
            Self::Course(CourseEvent::Certified(certification)) => certification.evidence.iter().collect(),
            Self::Course(CourseEvent::RosterAmended(amendment)) => amendment.evidence.iter().collect(),
            Self::Paper(PaperEvent::Read(reading)) => reading.files.iter().collect(),
            Self::ContestOpened(_)
            | Self::CountyListed(_)
            | Self::KeyEnrolled(_)
            | Self::KeyRevoked(_)
            | Self::Released(_)
            | Self::ResultsCommitted(_)
            | Self::Code(_)
            | Self::Course(CourseEvent::Paused(_) | CourseEvent::Resumed(_))
            | Self::Paper(
                PaperEvent::Drawn(_) | PaperEvent::Announced(_) | PaperEvent::DrawnFrom(_) | PaperEvent::Abandoned(_),
            )
            | Self::Authority(_) => Vec::new(),
        }
    }
}

fn of_correction(correction: &Correction) -> Vec<&FileRef> {
    correction.report.files.iter().chain(&correction.evidence).collect()
}

fn of_review(review: &ReviewEvent) -> Vec<&FileRef> {
    match review {
        ReviewEvent::Decided(decision) => match &decision.verdict {
            Verdict::Ruled(ruling) => ruling.evidence.iter().collect(),
            Verdict::Accepted | Verdict::Reopened => Vec::new(),
        },
        ReviewEvent::Resolved(_) | ReviewEvent::Held(_) | ReviewEvent::Lifted(_) => Vec::new(),
    }
}

fn of_case(case: &CaseEvent) -> Vec<&FileRef> {
    let outcome = match case {
        CaseEvent::Opened(case) => return case.evidence.iter().collect(),
        CaseEvent::Proposed(proposal) => &proposal.outcome,
        CaseEvent::Approved(approval) => &approval.outcome,
        CaseEvent::Rejected(_) | CaseEvent::Closed(_) => return Vec::new(),
    };
    match outcome {
        CaseOutcome::Changed(correction) => of_correction(correction),
        CaseOutcome::Unchanged(unchanged) => unchanged.evidence.iter().collect(),
    }
}
