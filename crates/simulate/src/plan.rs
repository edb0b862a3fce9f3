//! What happens from the moment that the doors close, in the order of time.

use tallylog_event::{
    Correction, CorrectionKind, EntryIndex, Envelope, Event, FileRef, PrecinctId, Release, Report, SigningKey, Text,
    UnixMillis, UnsortedEntries,
};

use crate::PlannedCase;
use crate::desk::Slot;

/// Something that happens at a moment.
#[derive(Clone, Debug)]
pub struct Planned {
    /// When it reaches the log.
    pub at: UnixMillis,
    /// What.
    pub what: What,
}

/// What happens.
///
/// A correction names the entry that it replaces, each step of a case the one before, and a release the entries that it
/// lists. The log numbers entries, so they are signed when their moment has come, and by then always with the same bytes.
#[derive(Clone, Debug)]
pub enum What {
    /// A report.
    Arrival(Arrival),
    /// A correction, to be signed: in a log without desks.
    Correction(Box<PlannedCorrection>),
    /// A correction case, to be signed step by step: in a log with desks.
    Case(Box<PlannedCase>),
    /// A release of what is clear, to be signed.
    Release(Milestone),
}

/// A signed report on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The precinct.
    pub precinct: PrecinctId,
    /// What was signed.
    pub envelope: Envelope,
    /// Whether these are the bytes of an earlier arrival, sent again because the answer to it was lost.
    pub retry: bool,
}

/// A correction that only lacks the entry which it replaces.
#[derive(Clone, Debug)]
pub struct PlannedCorrection {
    pub(crate) slot: Slot,
    pub(crate) key: SigningKey,
    pub(crate) report: Report,
    pub(crate) kind: CorrectionKind,
    pub(crate) reason: Text,
    pub(crate) requested_by: Text,
    pub(crate) authority: Text,
    pub(crate) evidence: Vec<FileRef>,
}

impl PlannedCorrection {
    /// The precinct whose latest record it replaces.
    #[must_use]
    pub fn precinct(&self) -> PrecinctId {
        self.report.precinct
    }

    /// By what right.
    #[must_use]
    pub fn kind(&self) -> CorrectionKind {
        self.kind
    }

    /// The record from now on.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Signs it with a corrections officer's key.
    #[must_use]
    pub fn sign(&self, replaces: EntryIndex) -> Envelope {
        let correction = Box::new(self.correction(replaces));
        self.slot.seal(&self.key, Event::Corrected(correction))
    }

    pub(crate) fn correction(&self, replaces: EntryIndex) -> Correction {
        Correction {
            replaces,
            report: self.report.clone(),
            kind: Some(self.kind),
            reason: self.reason.clone(),
            requested_by: self.requested_by.clone(),
            authority: self.authority.clone(),
            evidence: self.evidence.clone(),
        }
    }
}

/// A moment at which a reviewer releases what is clear.
#[derive(Clone, Debug)]
pub struct Milestone {
    pub(crate) slot: Slot,
    pub(crate) key: SigningKey,
    pub(crate) name: Text,
}

impl Milestone {
    /// What people call the release.
    #[must_use]
    pub fn name(&self) -> &Text {
        &self.name
    }

    /// Signs the release of `entries` with a reviewer's key.
    ///
    /// # Errors
    ///
    /// [`UnsortedEntries`] if an entry comes twice or out of order.
    pub fn sign(&self, entries: Vec<EntryIndex>) -> Result<Envelope, UnsortedEntries> {
        let release = Release::new(self.name.clone(), entries)?;
        Ok(self.slot.seal(&self.key, Event::Released(release)))
    }
}
