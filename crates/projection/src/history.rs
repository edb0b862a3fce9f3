//! What was said of a precinct, in the order of the log. Nothing is ever taken away.

use std::sync::Arc;

use tallylog_event::{
    CaseEvent, CaseOutcome, Correction, EntryIndex, Event, EventBody, Report, SubmissionId, UnixMillis,
};

use crate::AuthorId;

/// One report or correction of a precinct.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its entry.
    pub entry: EntryIndex,
    /// When the log took it.
    pub received_at: UnixMillis,
    /// The key that signed it.
    pub author: AuthorId,
    /// Whether it corrects the record, rather than adding a source.
    pub corrects: bool,
    /// The signed bytes. A night of a million reports fits into memory because they stay packed.
    body: Arc<[u8]>,
}

/// What a version says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filing {
    /// A report.
    Report(Box<Report>),
    /// A correction.
    Correction(Box<Correction>),
}

impl Filing {
    /// The figures from now on.
    #[must_use]
    pub fn report(&self) -> &Report {
        match self {
            Self::Report(report) => report,
            Self::Correction(correction) => &correction.report,
        }
    }
}

impl Version {
    /// Invariant: `body` is the encoding of a report or a correction.
    pub(crate) fn new(
        entry: EntryIndex,
        received_at: UnixMillis,
        author: AuthorId,
        corrects: bool,
        body: &[u8],
    ) -> Self {
        Self {
            entry,
            received_at,
            author,
            corrects,
            body: body.into(),
        }
    }

    /// What was said.
    ///
    /// # Panics
    ///
    /// Never: a version is made only from the bytes of a decoded report or correction.
    #[must_use]
    #[expect(clippy::unreachable, reason = "the constructor's invariant")]
    pub fn filing(&self) -> Filing {
        match self.unpacked().event {
            Event::Reported(report) => Filing::Report(report),
            Event::Corrected(correction) => Filing::Correction(correction),
            Event::Entered(entry) => Filing::Report(Box::new(entry.report)),
            Event::Case(CaseEvent::Approved(approval)) => match approval.outcome {
                CaseOutcome::Changed(correction) => Filing::Correction(correction),
                CaseOutcome::Unchanged(_) => unreachable!("what stands is no version"),
            },
            Event::ContestOpened(_)
            | Event::CountyListed(_)
            | Event::KeyEnrolled(_)
            | Event::KeyRevoked(_)
            | Event::Released(_)
            | Event::ResultsCommitted(_)
            | Event::Code(_)
            | Event::FilesAdded(_)
            | Event::Review(_)
            | Event::Case(_)
            | Event::Inquiry(_)
            | Event::Course(_)
            | Event::Paper(_) => unreachable!("only reports and corrections are versions"),
        }
    }

    /// When its author wrote it, by the author's clock.
    #[must_use]
    pub fn recorded_at(&self) -> UnixMillis {
        self.unpacked().recorded_at
    }

    /// The author's name for the submission.
    #[must_use]
    pub fn submission(&self) -> SubmissionId {
        self.unpacked().submission
    }

    #[expect(clippy::expect_used, reason = "the constructor's invariant")]
    fn unpacked(&self) -> EventBody {
        EventBody::decode(&self.body).expect("was decoded before")
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }
}

/// Every version of a precinct, in the order of the log.
#[derive(Clone, Debug, Default)]
pub(crate) struct History(Vec<Version>);

impl History {
    pub(crate) fn push(&mut self, version: Version) {
        self.0.push(version);
    }

    pub(crate) fn versions(&self) -> &[Version] {
        &self.0
    }

    /// The record: the latest version.
    pub(crate) fn record(&self) -> Option<&Version> {
        self.0.last()
    }

    pub(crate) fn version(&self, entry: EntryIndex) -> Option<&Version> {
        let at = self.0.binary_search_by_key(&entry, |version| version.entry).ok()?;
        self.0.get(at)
    }

    pub(crate) fn at(&self, size: u64) -> Self {
        let until = self.0.partition_point(|version| version.entry.0 < size);
        Self(self.0[..until].to_vec())
    }
}

/// Of the versions up to a moment, those that stand beside each other: the latest correction and what came after it, the
/// latest of each `source`, latest first.
pub(crate) fn sources<P: PartialEq>(versions: &[Version], source: impl Fn(AuthorId) -> P) -> Vec<(P, &Version)> {
    let mut sources: Vec<(P, &Version)> = Vec::new();
    for version in versions.iter().rev() {
        let who = source(version.author);
        if sources.iter().all(|(known, _)| *known != who) {
            sources.push((who, version));
        }
        if version.corrects {
            break;
        }
    }
    sources
}
