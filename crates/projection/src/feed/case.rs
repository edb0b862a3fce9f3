//! Correction cases, inquiries and their answers, in words.

use tallylog_event::{CaseEvent, CaseOutcome, EntryIndex, InquiryEvent, Stage};

use super::words::{after, files, join, kind};
use super::{Said, Words};

impl Words<'_> {
    pub(super) fn of_case(&self, event: &CaseEvent) -> Said {
        match event {
            CaseEvent::Opened(case) => (
                format!("{} opened", stage(case.stage)),
                join([
                    format!("{}, {}", self.places(&case.precincts), kind(case.kind)),
                    after("", &case.reason),
                    after("asked for by ", &case.requested_by),
                    after("authority: ", &case.authority),
                    files(&case.evidence),
                ]),
            ),
            CaseEvent::Proposed(proposal) => (
                "correction proposed".to_owned(),
                format!("in the case of {}: {}", proposal.case, self.outcome(&proposal.outcome)),
            ),
            CaseEvent::Approved(approval) => {
                let title = match &approval.outcome {
                    CaseOutcome::Changed(_) => "correction approved",
                    CaseOutcome::Unchanged(_) => "record found right",
                };
                let detail = join([
                    format!(
                        "the proposal of {}: {}",
                        approval.proposal,
                        self.outcome(&approval.outcome)
                    ),
                    after("notice: ", &approval.notice),
                ]);
                (title.to_owned(), detail)
            }
            CaseEvent::Rejected(rejection) => (
                "correction rejected".to_owned(),
                format!("the proposal of {}: {}", rejection.proposal, rejection.reason),
            ),
            CaseEvent::Closed(closing) => (
                "case closed".to_owned(),
                join([
                    format!("the case of {}", closing.case),
                    after("notice: ", &closing.notice),
                ]),
            ),
        }
    }

    fn outcome(&self, outcome: &CaseOutcome) -> String {
        match outcome {
            CaseOutcome::Changed(correction) => self.correction(correction),
            CaseOutcome::Unchanged(unchanged) => join([
                format!("the record of {} stands", unchanged.record),
                after("", &unchanged.findings),
                files(&unchanged.evidence),
            ]),
        }
    }

    pub(super) fn of_inquiry(&self, event: &InquiryEvent) -> Said {
        match event {
            InquiryEvent::Filed(inquiry) => (
                "inquiry".to_owned(),
                join([
                    after("", &inquiry.question),
                    inquiry
                        .figures
                        .as_ref()
                        .map_or_else(String::new, |sheet| format!("its captain has {}", self.sheet(sheet))),
                    files(&inquiry.files),
                ]),
            ),
            InquiryEvent::Answered(answer) => (
                "inquiry answered".to_owned(),
                join([
                    format!("the inquiry of {}: {}", answer.inquiry, answer.text),
                    answer
                        .case
                        .map_or_else(String::new, |EntryIndex(case)| format!("with the case of entry {case}")),
                    files(&answer.evidence),
                ]),
            ),
        }
    }
}

const fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Correction => "correction case",
        Stage::Recanvass => "recanvass",
        Stage::Recount => "recount",
    }
}
