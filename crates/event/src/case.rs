//! Correction cases: who asked, by what right, what was found, and the two persons who changed it.

use serde::{Deserialize, Serialize};

use crate::{Correction, CorrectionKind, EntryIndex, FileRef, PrecinctId, Text};

/// What happens in correction cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CaseEvent {
    /// A case is opened.
    Opened(Box<Case>),
    /// A person proposes what comes of it for a precinct.
    Proposed(Box<Proposal>),
    /// Another person approves, and with that it is so.
    Approved(Box<Approval>),
    /// Another person, or the proposer, turns a proposal down.
    Rejected(Box<Rejection>),
    /// The case is closed, with a notice to the public.
    Closed(Box<Closing>),
}

/// A correction case, over one precinct or a list of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// The precincts, each once.
    pub precincts: Vec<PrecinctId>,
    /// What is done in it.
    pub stage: Stage,
    /// By what right a record may change.
    pub kind: CorrectionKind,
    /// Who asked for it.
    pub requested_by: Text,
    /// Why.
    pub reason: Text,
    /// The document that gives the authority; may be blank for a transcription.
    pub authority: Text,
    /// The documents on which it rests.
    pub evidence: Vec<FileRef>,
}

/// What is done in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Stage {
    /// A record is compared with its paper.
    Correction,
    /// The worksheets of a list of precincts are looked at again.
    Recanvass,
    /// The preference cards of a list of precincts are counted again.
    Recount,
}

/// Proposes what comes of a case for one of its precincts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The entry of the case.
    pub case: EntryIndex,
    /// What comes of it.
    pub outcome: CaseOutcome,
}

/// What comes of a case for a precinct.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CaseOutcome {
    /// Its record changes.
    Changed(Box<Correction>),
    /// Its record stands.
    Unchanged(Box<Unchanged>),
}

/// A record that was looked at and stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unchanged {
    /// The precinct.
    pub precinct: PrecinctId,
    /// The entry of its record.
    pub record: EntryIndex,
    /// What was found.
    pub findings: Text,
    /// The documents that show it.
    pub evidence: Vec<FileRef>,
}

/// Approves a proposal. It repeats what is approved, so that its signer signs the figures too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The entry of the proposal.
    pub proposal: EntryIndex,
    /// The same as the proposal has.
    pub outcome: CaseOutcome,
    /// What the public is told.
    pub notice: Text,
}

/// Turns a proposal down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// The entry of the proposal.
    pub proposal: EntryIndex,
    /// Why.
    pub reason: Text,
}

/// Closes a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// The entry of the case.
    pub case: EntryIndex,
    /// What the public is told.
    pub notice: Text,
}

impl CaseOutcome {
    /// The precinct that it is about.
    #[must_use]
    pub fn precinct(&self) -> PrecinctId {
        match self {
            Self::Changed(correction) => correction.report.precinct,
            Self::Unchanged(unchanged) => unchanged.precinct,
        }
    }
}
