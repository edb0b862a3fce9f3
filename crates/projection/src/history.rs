//! What was said of a precinct, in the order of the log. Nothing is ever taken away.

use std::collections::{BTreeMap, BTreeSet};
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
///
/// A precinct may have tens of thousands of versions: nothing here looks at all of them to answer about one.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    versions: Vec<Version>,
    set_aside: Vec<SetAside>,
    /// The same by version.
    aside_by: BTreeMap<EntryIndex, EntryIndex>,
    /// Whenever the record was set aside, the place of the version that became the record again.
    unseated: Vec<Unseated>,
}

/// A version that counts no longer.
#[derive(Clone, Copy, Debug)]
struct SetAside {
    version: EntryIndex,
    by: EntryIndex,
}

/// The record was set aside.
#[derive(Clone, Copy, Debug)]
struct Unseated {
    by: EntryIndex,
    /// The place of the record since then; absent where nothing stands.
    record: Option<usize>,
}

impl History {
    pub(crate) fn push(&mut self, version: Version) {
        self.versions.push(version);
    }

    /// Lets a standing version count no longer.
    pub(crate) fn set_aside(&mut self, version: EntryIndex, by: EntryIndex) {
        let was_record = self.record().is_some_and(|record| record.entry == version);
        self.set_aside.push(SetAside { version, by });
        self.aside_by.entry(version).or_insert(by);
        if was_record {
            let before = self.place_before(version);
            let stands = |version: &Version| self.set_aside_by(version.entry).is_none();
            let record = self
                .versions
                .get(..before)
                .and_then(|earlier| earlier.iter().rposition(stands));
            self.unseated.push(Unseated { by, record });
        }
    }

    /// The resolution that set a version aside.
    pub(crate) fn set_aside_by(&self, version: EntryIndex) -> Option<EntryIndex> {
        self.aside_by.get(&version).copied()
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
        self.record_at(u64::MAX)
    }

    /// The record when the log had `size` entries.
    pub(crate) fn record_at(&self, size: u64) -> Option<&Version> {
        let latest = self.versions.get(..self.place_before(EntryIndex(size)))?.last()?;
        match self.unseated_at(size).filter(|unseated| unseated.by > latest.entry) {
            Some(unseated) => self.versions.get(unseated.record?),
            None => Some(latest),
        }
    }

    /// The last time before the log had `size` entries that the record was set aside.
    fn unseated_at(&self, size: u64) -> Option<&Unseated> {
        let until = self.unseated.partition_point(|unseated| unseated.by.0 < size);
        self.unseated.get(..until)?.last()
    }

    /// How many versions come before an entry.
    fn place_before(&self, entry: EntryIndex) -> usize {
        self.versions.partition_point(|version| version.entry < entry)
    }

    /// The versions among these entries.
    pub(crate) fn versions_of(&self, entries: Range<u64>) -> &[Version] {
        let place = |size| self.place_before(EntryIndex(size));
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
        let unseated = self.unseated.last().filter(|unseated| unseated.by > record);
        Some(unseated.map_or(record, |unseated| unseated.by))
    }

    pub(crate) fn version(&self, entry: EntryIndex) -> Option<&Version> {
        let at = self
            .versions
            .binary_search_by_key(&entry, |version| version.entry)
            .ok()?;
        self.versions.get(at)
    }

    pub(crate) fn at(&self, size: u64) -> Self {
        let until = self.place_before(EntryIndex(size));
        let aside = self.set_aside.partition_point(|aside| aside.by.0 < size);
        let unseated = self.unseated.partition_point(|unseated| unseated.by.0 < size);
        let set_aside = self.set_aside[..aside].to_vec();
        Self {
            versions: self.versions[..until].to_vec(),
            aside_by: set_aside.iter().map(|aside| (aside.version, aside.by)).collect(),
            set_aside,
            unseated: self.unseated[..unseated].to_vec(),
        }
    }

    /// Whether nothing was said of the precinct after the log had `size` entries.
    pub(crate) fn ends_before(&self, size: u64) -> bool {
        self.versions.last().is_none_or(|version| version.entry.0 < size)
            && self.set_aside.last().is_none_or(|aside| aside.by.0 < size)
    }
}

/// Of standing versions, those that stand beside each other: the latest correction and what came after it, the latest of
/// each `source`, latest first.
pub(crate) fn sources<'v, P: Ord>(
    standing: impl DoubleEndedIterator<Item = &'v Version>,
    source: impl Fn(AuthorId) -> P,
) -> Vec<&'v Version> {
    let mut seen = BTreeSet::new();
    let mut sources = Vec::new();
    for version in standing.rev() {
        if seen.insert(source(version.author)) {
            sources.push(version);
        }
        if version.corrects {
            break;
        }
    }
    sources
}
