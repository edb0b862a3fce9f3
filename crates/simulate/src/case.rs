//! A correction by the book: a case, a proposal, and another person's approval.

use tallylog_event::{
    Approval, Case, CaseEvent, CaseOutcome, Closing, Correction, CorrectionKind, EntryIndex, Envelope, Event,
    PrecinctId, Proposal, SigningKey, Stage, Text, Unchanged,
};

use crate::desk::Slot;
use crate::plan::PlannedCorrection;
use crate::words::text;

/// A correction case over one precinct, with both officers: it only lacks the entries that its steps name.
#[derive(Clone, Debug)]
pub struct PlannedCase {
    /// What comes of it, and the first officer.
    pub(crate) correction: PlannedCorrection,
    /// Whether the record turns out to be right.
    pub(crate) stands: bool,
    /// The officer who approves.
    pub(crate) approver: SigningKey,
    /// Places for proposal, approval and closing.
    pub(crate) slots: [Slot; 3],
}

impl PlannedCase {
    /// The precinct that it is about.
    #[must_use]
    pub fn precinct(&self) -> PrecinctId {
        self.correction.precinct()
    }

    /// What the first officer has in mind.
    #[must_use]
    pub fn correction(&self) -> &PlannedCorrection {
        &self.correction
    }

    /// Whether the record turns out to be right.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.stands
    }

    /// Opens the case.
    #[must_use]
    pub fn open(&self) -> Envelope {
        let planned = &self.correction;
        let case = Case {
            precincts: vec![self.precinct()],
            stage: stage(planned.kind),
            kind: planned.kind,
            requested_by: planned.requested_by.clone(),
            reason: planned.reason.clone(),
            authority: planned.authority.clone(),
            evidence: planned.evidence.clone(),
        };
        let opened = CaseEvent::Opened(Box::new(case));
        planned.slot.seal(&planned.key, Event::Case(opened))
    }

    /// Proposes what comes of `case` for the precinct whose record is `record`.
    #[must_use]
    pub fn propose(&self, case: EntryIndex, record: EntryIndex) -> Envelope {
        let outcome = self.outcome(record);
        let proposed = CaseEvent::Proposed(Box::new(Proposal { case, outcome }));
        self.slots[0].seal(&self.correction.key, Event::Case(proposed))
    }

    /// Approves `proposal`, by another officer.
    #[must_use]
    pub fn approve(&self, proposal: EntryIndex, record: EntryIndex) -> Envelope {
        let approved = CaseEvent::Approved(Box::new(Approval {
            proposal,
            outcome: self.outcome(record),
            notice: self.notice(),
        }));
        self.slots[1].seal(&self.approver, Event::Case(approved))
    }

    /// Closes `case`.
    #[must_use]
    pub fn close(&self, case: EntryIndex) -> Envelope {
        let closed = CaseEvent::Closed(Box::new(Closing {
            case,
            notice: self.notice(),
        }));
        self.slots[2].seal(&self.approver, Event::Case(closed))
    }

    fn notice(&self) -> Text {
        text(if self.stands {
            "Rehearsal: the record was looked at and stands."
        } else {
            "Rehearsal: the record was corrected."
        })
    }

    fn outcome(&self, record: EntryIndex) -> CaseOutcome {
        let planned = &self.correction;
        if self.stands {
            return CaseOutcome::Unchanged(Box::new(Unchanged {
                precinct: self.precinct(),
                record,
                findings: planned.reason.clone(),
                evidence: planned.evidence.clone(),
            }));
        }
        let correction: Correction = planned.correction(record);
        CaseOutcome::Changed(Box::new(correction))
    }
}

/// Recanvass and recount of 2020 followed each other; a transcription needed neither.
const fn stage(kind: CorrectionKind) -> Stage {
    match kind {
        CorrectionKind::Transcription => Stage::Correction,
        CorrectionKind::Rule => Stage::Recanvass,
        CorrectionKind::HeadCount => Stage::Recount,
    }
}
