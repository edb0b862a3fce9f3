//! What was said of a precinct, in the order of the log. Nothing is ever taken away.

use std::ops::Range;
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
            | Event::Paper(_)
            | Event::Authority(_) => unreachable!("only reports and corrections are versions"),
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
pub(crate) struct History {
    versions: Vec<Version>,
    set_aside: Vec<SetAside>,
}

/// A version that counts no longer.
#[derive(Clone, Copy, Debug)]
struct SetAside {
    version: EntryIndex,
    by: EntryIndex,
}

impl History {
    pub(crate) fn push(&mut self, version: Version) {
        self.versions.push(version);
    }

    /// Lets a version count no longer.
    pub(crate) fn set_aside(&mut self, version: EntryIndex, by: EntryIndex) {
        self.set_aside.push(SetAside { version, by });
    }

    /// The resolution that set a version aside.
    pub(crate) fn set_aside_by(&self, version: EntryIndex) -> Option<EntryIndex> {
        let aside = self.set_aside.iter().find(|aside| aside.version == version);
        aside.map(|aside| aside.by)
    }

    pub(crate) fn versions(&self) -> &[Version] {
        &self.versions
    }

    /// The versions that nobody set aside, in the order of the log.
    pub(crate) fn standing(&self) -> impl DoubleEndedIterator<Item = &Version> {
        self.versions
            .iter()
            .filter(|version| self.set_aside_by(version.entry).is_none())
    }

    /// The record: the latest version that nobody set aside.
    pub(crate) fn record(&self) -> Option<&Version> {
        self.standing().next_back()
    }

    /// The record when the log had `size` entries.
    pub(crate) fn record_at(&self, size: u64) -> Option<&Version> {
        let until = self.versions.partition_point(|version| version.entry.0 < size);
        let stood = |version: &&Version| self.set_aside_by(version.entry).is_none_or(|by| by.0 >= size);
        self.versions.get(..until)?.iter().rev().find(stood)
    }

    /// The versions among these entries.
    pub(crate) fn versions_of(&self, entries: Range<u64>) -> &[Version] {
        let place = |size| self.versions.partition_point(|version| version.entry.0 < size);
        self.versions
            .get(place(entries.start)..place(entries.end))
            .unwrap_or_default()
    }

    /// Those of these entries with which another version may have become the record.
    pub(crate) fn turns(&self, entries: Range<u64>) -> impl Iterator<Item = EntryIndex> {
        let first = self.set_aside.partition_point(|aside| aside.by.0 < entries.start);
        let filed = self.versions_of(entries.clone()).iter().map(|version| version.entry);
        let asides = self.set_aside.iter().skip(first).map(|aside| aside.by);
        filed.chain(asides.take_while(move |by| by.0 < entries.end))
    }

    /// The entry since which the record is the record: its own, or the one that set a later version aside.
    pub(crate) fn since(&self) -> Option<EntryIndex> {
        let record = self.record()?.entry;
        let later = self.set_aside.iter().filter(|aside| aside.version > record);
        Some(later.map(|aside| aside.by).fold(record, EntryIndex::max))
    }

    pub(crate) fn version(&self, entry: EntryIndex) -> Option<&Version> {
        let at = self
            .versions
            .binary_search_by_key(&entry, |version| version.entry)
            .ok()?;
        self.versions.get(at)
    }

    pub(crate) fn at(&self, size: u64) -> Self {
        let until = self.versions.partition_point(|version| version.entry.0 < size);
        let aside = self.set_aside.partition_point(|aside| aside.by.0 < size);
        Self {
            versions: self.versions[..until].to_vec(),
            set_aside: self.set_aside[..aside].to_vec(),
        }
    }
}

/// Of standing versions, those that stand beside each other: the latest correction and what came after it, the latest of
/// each `source`, latest first.
pub(crate) fn sources<'v, P: PartialEq>(
    standing: impl DoubleEndedIterator<Item = &'v Version>,
    source: impl Fn(AuthorId) -> P,
) -> Vec<(P, &'v Version)> {
    let mut sources: Vec<(P, &Version)> = Vec::new();
    for version in standing.rev() {
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
