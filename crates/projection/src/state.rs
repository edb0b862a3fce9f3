//! What the log says, as far as it has been read.

use std::ops::Range;
use std::sync::Arc;

use tallylog_event::{
    Act, AuthorityEvent, Basis, CaseEvent, CaseOutcome, Commitment, Contest, CourseEvent, EntryIndex, Event,
    InquiryEvent, PaperEvent, PrecinctId, PublicKey, Resolution, ResolutionOutcome, ReviewEvent, Role, RosterChange,
    Subject, Text, UnixMillis,
};
use tallylog_rules::{Place, Sheet};

use crate::accepted::Accepted;
use crate::desks::Desks;
use crate::embargo::Disclosure;
use crate::files::Files;
use crate::filings::Filings;
use crate::history::History;
use crate::people::Authors;
use crate::roster::place;
use crate::shared::{Growing, Memo};
use crate::{Author, AuthorId, Filing, Review, Roster, Version};

/// Everything that can be asked of a contest, at one size of its log.
///
/// Invariant: it only grows, and keeps where everything came from, so that the state of any smaller log can be cut out
/// of it ([`State::at`]) without reading the log again.
///
/// A copy is cheap: it shares all that is large, and a state that goes on copies only the parts that it changes. So readers
/// have one of their own, and the log's writer waits for none of them.
#[derive(Clone, Debug, Default)]
pub struct State {
    pub(crate) contest: Option<Arc<Contest>>,
    pub(crate) authors: Arc<Authors>,
    pub(crate) roster: Arc<Roster>,
    pub(crate) histories: Vec<Arc<History>>,
    pub(crate) releases: Arc<Vec<Released>>,
    pub(crate) commitments: Arc<Vec<Committed>>,
    pub(crate) desks: Desks,
    pub(crate) disclosure: Disclosure,
    pub(crate) files: Files,
    pub(crate) filings: Filings,
    /// The first entry that whoever read the log was not shown.
    pub(crate) withheld: Option<EntryIndex>,
    taken: Growing<Taken>,
    pub(crate) reviewed: Memo<Review>,
    pub(crate) hashed: Memo<[u8; 32]>,
}

/// What is remembered of every entry.
#[derive(Clone, Copy, Debug)]
struct Taken {
    received_at: UnixMillis,
    about: About,
}

/// What an entry is about. A night of a million entries has as many of these, so it is small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum About {
    /// Nothing that a precinct reported.
    Nothing,
    /// It reports on the precinct at this position in roster order: it is one of its versions.
    Version(u32),
    /// It says something of that precinct, and is no version of it.
    Precinct(u32),
    /// It says something of several precincts.
    Several,
    /// Nobody here knows: whoever read the log was not shown it.
    Withheld,
}

/// A release: exactly the versions that it lists.
#[derive(Clone, Debug)]
pub struct Released {
    /// Its entry.
    pub entry: EntryIndex,
    /// Its name.
    pub name: Text,
    /// When the log took it.
    pub received_at: UnixMillis,
    listed: Arc<[(usize, EntryIndex)]>,
}

impl Released {
    /// How many precincts it lists.
    #[must_use]
    pub fn precincts(&self) -> usize {
        self.listed.len()
    }

    /// What it lists: positions in roster order with entries, by position.
    pub(crate) fn listed(&self) -> impl Iterator<Item = &(usize, EntryIndex)> {
        self.listed.iter()
    }

    /// The entry that it lists for the precinct at `position` in roster order.
    #[must_use]
    pub fn entry_of(&self, position: usize) -> Option<EntryIndex> {
        let at = self
            .listed
            .binary_search_by_key(&position, |(position, _)| *position)
            .ok()?;
        self.listed.get(at).map(|(_, entry)| *entry)
    }
}

/// Results that the log committed to.
#[derive(Clone, Debug)]
pub struct Committed {
    /// Its entry.
    pub entry: EntryIndex,
    /// What was committed.
    pub commitment: Arc<Commitment>,
}

impl State {
    /// How many entries it has read.
    #[must_use]
    pub fn size(&self) -> u64 {
        u64::try_from(self.taken.len()).unwrap_or(u64::MAX)
    }

    /// The contest, once it is open.
    #[must_use]
    pub fn contest(&self) -> Option<&Contest> {
        self.contest.as_deref()
    }

    /// The roster so far.
    #[must_use]
    pub fn roster(&self) -> &Roster {
        &self.roster
    }

    /// Every key that was enrolled, in order.
    pub fn authors(&self) -> impl Iterator<Item = &Author> {
        self.authors.iter()
    }

    /// The key behind an id of this state.
    #[must_use]
    pub fn author(&self, id: AuthorId) -> &Author {
        self.authors.get(id)
    }

    /// The enrolment of a key.
    #[must_use]
    pub fn key(&self, key: &PublicKey) -> Option<&Author> {
        self.authors.find(key).map(|(_, author)| author)
    }

    /// The key that signs the log's own events now: that of the contest, or its latest successor.
    #[must_use]
    pub fn service(&self) -> Option<PublicKey> {
        let successor = self.desks.authority.service();
        successor.or_else(|| self.contest().map(|contest| contest.service))
    }

    /// The releases in the order of the log.
    #[must_use]
    pub fn releases(&self) -> &[Released] {
        &self.releases
    }

    /// The release of a name.
    #[must_use]
    pub fn release(&self, name: &str) -> Option<&Released> {
        self.releases.iter().find(|release| release.name.as_str() == name)
    }

    /// The commitments to results, in the order of the log.
    #[must_use]
    pub fn commitments(&self) -> &[Committed] {
        &self.commitments
    }

    /// What the desks decided.
    #[must_use]
    pub fn desks(&self) -> &Desks {
        &self.desks
    }

    /// When the log took an entry.
    #[must_use]
    pub fn received_at(&self, entry: EntryIndex) -> Option<UnixMillis> {
        self.taken(entry).map(|taken| taken.received_at)
    }

    /// When the log took its last entry.
    #[must_use]
    pub fn last_received_at(&self) -> Option<UnixMillis> {
        self.taken.last().map(|taken| taken.received_at)
    }

    /// How many entries the log had when the clock read `time`: those received by then.
    #[must_use]
    pub fn size_at(&self, time: UnixMillis) -> u64 {
        let size = self.taken.partition_point(|taken| taken.received_at <= time);
        u64::try_from(size).unwrap_or(u64::MAX)
    }

    /// Every version of a precinct, in the order of the log.
    #[must_use]
    pub fn versions(&self, precinct: PrecinctId) -> &[Version] {
        self.history(precinct).map_or(&[], History::versions)
    }

    /// The version of a precinct in an entry.
    #[must_use]
    pub fn version(&self, precinct: PrecinctId, entry: EntryIndex) -> Option<&Version> {
        self.history(precinct)?.version(entry)
    }

    /// The resolution that set a version of a precinct aside.
    #[must_use]
    pub fn set_aside_by(&self, precinct: PrecinctId, version: EntryIndex) -> Option<EntryIndex> {
        self.history(precinct)?.set_aside_by(version)
    }

    /// Everybody who had a hand in a version: who signed it, whoever had typed into it before it was handed over, and
    /// who proposed it in a case.
    #[must_use]
    pub fn typists(&self, version: &Version) -> Vec<&Text> {
        let note = self.desks.entry.note(version.entry);
        let others = note.into_iter().flat_map(|note| note.typed_by.iter());
        let proposed = version
            .corrects
            .then(|| self.desks.cases.proposed(version.entry))
            .flatten();
        std::iter::once(&self.author(version.author).person)
            .chain(others)
            .chain(proposed.map(|proposed| &self.author(proposed.proposal.author).person))
            .collect()
    }

    /// The version of a precinct that a basis counts.
    #[must_use]
    pub fn counted(&self, precinct: PrecinctId, basis: Basis) -> Option<&Version> {
        let position = self.roster.position(precinct)?;
        let history = self.histories.get(position)?;
        match basis {
            Basis::Recorded => history.record(),
            Basis::Released => history.version(self.releases.last()?.entry_of(position)?),
        }
    }

    /// The precinct on which an entry reports.
    #[must_use]
    pub fn precinct_of(&self, entry: EntryIndex) -> Option<PrecinctId> {
        self.roster.at_position(self.position_of(entry)?)
    }

    /// Whether another version of a precinct is its record than when an entry was taken.
    pub(crate) fn counts_anew(&self, precinct: PrecinctId, entry: EntryIndex) -> bool {
        let since = self.history(precinct).and_then(History::since);
        since.is_some_and(|since| since > entry)
    }

    /// What the contest's name, kind and plan say of the place of a precinct.
    #[must_use]
    pub fn place(&self, precinct: PrecinctId) -> Option<Place> {
        self.roster
            .precinct(precinct)
            .map(|(county, precinct)| place(county, precinct))
    }

    /// The position in roster order of the precinct on which an entry reports.
    pub(crate) fn position_of(&self, entry: EntryIndex) -> Option<usize> {
        match self.taken(entry)?.about {
            About::Version(position) => usize::try_from(position).ok(),
            About::Nothing | About::Precinct(_) | About::Several | About::Withheld => None,
        }
    }

    /// Whether whoever read the log was not shown an entry.
    pub(crate) fn is_withheld(&self, entry: EntryIndex) -> bool {
        self.about(entry) == Some(About::Withheld)
    }

    /// What an entry is about.
    pub(crate) fn about(&self, entry: EntryIndex) -> Option<About> {
        self.taken(entry).map(|taken| taken.about)
    }

    /// The positions in roster order of the precincts that entries are about, from the entry after `size` others on.
    pub(crate) fn positions_since(&self, size: u64) -> impl Iterator<Item = usize> {
        self.positions_of(size..self.size())
    }

    /// The positions in roster order of the precincts that these entries are about, as often as they are.
    pub(crate) fn positions_of(&self, entries: Range<u64>) -> impl Iterator<Item = usize> {
        let place = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
        let these = self.taken.range(place(entries.start), place(entries.end));
        these.filter_map(|taken| match taken.about {
            About::Version(position) | About::Precinct(position) => usize::try_from(position).ok(),
            About::Nothing | About::Several | About::Withheld => None,
        })
    }

    pub(crate) fn history(&self, precinct: PrecinctId) -> Option<&History> {
        self.histories.get(self.roster.position(precinct)?).map(AsRef::as_ref)
    }

    /// What the checks find in this state. It is worked out for whoever asks first, and for all copies.
    #[must_use]
    pub fn review(&self) -> &Review {
        self.reviewed.get_or_init(|| Review::of(self))
    }

    fn taken(&self, entry: EntryIndex) -> Option<&Taken> {
        self.taken.get(usize::try_from(entry.0).ok()?)
    }

    /// Takes the next entry. Invariant: [`crate::Fold::admit`] said yes to it.
    ///
    /// Returns its author, who is known by now: entry 0 enrols its own.
    pub(crate) fn apply(&mut self, accepted: &Accepted<'_>) -> Option<AuthorId> {
        self.reviewed.forget();
        self.hashed.forget();
        let author = self.author_of(accepted);
        let about = match &accepted.body.event {
            Event::ContestOpened(contest) => {
                self.open(contest, accepted.entry);
                About::Nothing
            }
            Event::CountyListed(county) => {
                Arc::make_mut(&mut self.roster).list(accepted.entry, county);
                self.histories.resize_with(self.roster.precincts(), Arc::default);
                About::Nothing
            }
            Event::KeyEnrolled(enrolment) => {
                self.enrol(enrolment.key, &enrolment.person, &enrolment.role, accepted.entry);
                About::Nothing
            }
            Event::KeyRevoked(revocation) => {
                Arc::make_mut(&mut self.authors).revoke(&revocation.key, accepted.entry);
                About::Nothing
            }
            Event::Reported(report) => self.file(accepted, author, report.precinct, false),
            Event::Corrected(correction) => self.file(accepted, author, correction.report.precinct, true),
            Event::Released(release) => {
                self.release_now(accepted, release);
                About::Nothing
            }
            Event::ResultsCommitted(commitment) => {
                Arc::make_mut(&mut self.commitments).push(Committed {
                    entry: accepted.entry,
                    commitment: Arc::new(commitment.as_ref().clone()),
                });
                About::Nothing
            }
            Event::Entered(entry) => {
                Arc::make_mut(&mut self.desks.entry).enter(accepted, entry);
                self.file(accepted, author, entry.report.precinct, false)
            }
            Event::FilesAdded(added) => {
                Arc::make_mut(&mut self.desks.entry).add_files(accepted, added);
                self.on(added.precinct)
            }
            Event::Code(_) => {
                if let Some(enrolment) = accepted.body.event.enrolment() {
                    self.enrol(enrolment.key, &enrolment.person, &enrolment.role, accepted.entry);
                }
                About::Nothing
            }
            Event::Review(review) => self.review_now(accepted, author, review),
            Event::Case(case) => self.work_on_case(accepted, author, case),
            Event::Inquiry(inquiry) => self.of_inquiry(inquiry),
            Event::Course(course) => {
                self.amend(accepted.entry, course);
                About::Nothing
            }
            Event::Paper(PaperEvent::Read(reading)) => self.on(reading.precinct),
            Event::Paper(
                PaperEvent::Drawn(_) | PaperEvent::Announced(_) | PaperEvent::DrawnFrom(_) | PaperEvent::Abandoned(_),
            ) => About::Nothing,
            Event::Authority(authority) => {
                self.second(accepted.entry, authority);
                About::Nothing
            }
        };
        if let Some(author) = author {
            self.desks.apply(accepted, author);
            self.files.name(accepted, author);
        }
        self.remember(accepted, about);
        author.or_else(|| self.author_of(accepted))
    }

    /// Takes the place of the next entry, which whoever reads the log is not shown. Its time is that of the entry before.
    pub(crate) fn withhold(&mut self) {
        let received_at = self.last_received_at().unwrap_or_default();
        self.withheld.get_or_insert(EntryIndex(self.size()));
        self.taken.push(Taken {
            received_at,
            about: About::Withheld,
        });
        self.reviewed.forget();
        self.hashed.forget();
        self.advance();
    }

    fn remember(&mut self, accepted: &Accepted<'_>, about: About) {
        self.taken.push(Taken {
            received_at: accepted.received_at,
            about,
        });
        self.disclose(accepted);
    }

    fn review_now(&mut self, accepted: &Accepted<'_>, author: Option<AuthorId>, review: &ReviewEvent) -> About {
        let about = match review {
            ReviewEvent::Resolved(resolution) => self.on(resolution.precinct),
            ReviewEvent::Decided(decision) => match decision.subject {
                Subject::Entry(entry) => self.as_about(entry),
                Subject::County(_) => About::Several,
            },
            ReviewEvent::Held(hold) => self.on(hold.precinct),
            ReviewEvent::Lifted(lift) => self.as_about(lift.hold),
        };
        if let ReviewEvent::Resolved(resolution) = review {
            self.resolve(accepted.entry, resolution);
        }
        if let Some(author) = author {
            Arc::make_mut(&mut self.desks.review).apply(accepted, author, review);
        }
        about
    }

    /// Sets aside what a resolution sets aside: the version that it names, with everything that the same person said of
    /// the precinct before it. Otherwise an earlier slip of that person would count again. A correction that this person
    /// approved stays: it is two officers'.
    fn resolve(&mut self, by: EntryIndex, resolution: &Resolution) {
        let (first, second) = (resolution.first, resolution.second);
        let (aside, again): (&[EntryIndex], _) = match resolution.outcome {
            ResolutionOutcome::KeepFirst => (&[second], None),
            ResolutionOutcome::KeepSecond => (&[first], None),
            ResolutionOutcome::RedoFirst => (&[first], Some(first)),
            ResolutionOutcome::RedoSecond => (&[second], Some(second)),
            ResolutionOutcome::DiscardBoth => (&[first, second], None),
        };
        let again = again.and_then(|entry| {
            let version = self.history(resolution.precinct)?.version(entry)?;
            Some(self.author(version.author).person.clone())
        });
        for entry in aside {
            self.set_aside(resolution.precinct, *entry, by);
        }
        Arc::make_mut(&mut self.desks.entry).assign(by, resolution.precinct, again);
    }

    fn set_aside(&mut self, precinct: PrecinctId, entry: EntryIndex, by: EntryIndex) {
        let Some(history) = self.history(precinct) else {
            return;
        };
        let person = |version: &Version| &self.author(version.author).person;
        let Some(whose) = history.version(entry).map(person) else {
            return;
        };
        let until_then = history.standing().filter(|version| version.entry <= entry);
        let by_two_officers = |version: &Version| self.desks.cases.proposed(version.entry).is_some();
        let theirs: Vec<_> = until_then
            .filter(|version| person(version) == whose && !by_two_officers(version))
            .map(|version| version.entry)
            .collect();
        let position = self.roster.position(precinct);
        if let Some(history) = position.and_then(|position| self.histories.get_mut(position)) {
            let history = Arc::make_mut(history);
            for version in theirs {
                history.set_aside(version, by);
            }
        }
    }

    fn work_on_case(&mut self, accepted: &Accepted<'_>, author: Option<AuthorId>, event: &CaseEvent) -> About {
        match event {
            CaseEvent::Opened(case) => match case.precincts.as_slice() {
                [precinct] => self.on(*precinct),
                _ => About::Several,
            },
            CaseEvent::Proposed(proposal) => self.on(proposal.outcome.precinct()),
            CaseEvent::Approved(approval) => match &approval.outcome {
                CaseOutcome::Changed(correction) => self.file(accepted, author, correction.report.precinct, true),
                CaseOutcome::Unchanged(unchanged) => self.on(unchanged.precinct),
            },
            CaseEvent::Rejected(rejection) => self.as_about(rejection.proposal),
            CaseEvent::Closed(closing) => self.as_about(closing.case),
        }
    }

    /// What an amendment changes beyond its desk: the roster.
    fn amend(&mut self, entry: EntryIndex, course: &CourseEvent) {
        if let CourseEvent::RosterAmended(amendment) = course
            && let RosterChange::Apportionment(apportionment) = &amendment.change
        {
            Arc::make_mut(&mut self.roster).apportion(entry, apportionment);
        }
    }

    fn of_inquiry(&self, event: &InquiryEvent) -> About {
        match event {
            InquiryEvent::Filed(inquiry) => self.on(inquiry.precinct),
            InquiryEvent::Answered(answer) => self.as_about(answer.inquiry),
        }
    }

    /// About a precinct, without being a version of it.
    fn on(&self, precinct: PrecinctId) -> About {
        let position = self.roster.position(precinct).and_then(|at| u32::try_from(at).ok());
        position.map_or(About::Nothing, About::Precinct)
    }

    /// About whatever another entry is about, without being a version of it.
    fn as_about(&self, entry: EntryIndex) -> About {
        match self.about(entry) {
            Some(About::Version(position) | About::Precinct(position)) => About::Precinct(position),
            Some(About::Several) => About::Several,
            Some(About::Withheld) => About::Withheld,
            Some(About::Nothing) | None => About::Nothing,
        }
    }

    fn author_of(&self, accepted: &Accepted<'_>) -> Option<AuthorId> {
        self.authors.find(&accepted.author).map(|(author, _)| author)
    }

    /// The log's own key is enrolled like any other, so that it can be revoked; its person is the log.
    fn open(&mut self, contest: &Contest, entry: EntryIndex) {
        for registrar in &contest.registrars {
            self.enrol(registrar.key, &registrar.person, &Role::Registrar, entry);
        }
        self.enrol(contest.service, &contest.log.origin, &Role::Service, entry);
        self.contest = Some(Arc::new(contest.clone()));
    }

    /// What two persons signed is so.
    fn second(&mut self, entry: EntryIndex, event: &AuthorityEvent) {
        let AuthorityEvent::Seconded(seconding) = event else {
            return;
        };
        if let (Act::Succeed(_), Some(before)) = (&seconding.act, self.service()) {
            Arc::make_mut(&mut self.authors).revoke(&before, entry);
        }
        if let Some(enrolment) = seconding.act.enrolment() {
            self.enrol(enrolment.key, &enrolment.person, &enrolment.role, entry);
        }
        if let Act::Revoke(revocation) = &seconding.act {
            Arc::make_mut(&mut self.authors).revoke(&revocation.key, entry);
        }
    }

    fn enrol(&mut self, key: PublicKey, person: &Text, role: &Role, entry: EntryIndex) {
        Arc::make_mut(&mut self.authors).enrol(Author {
            key,
            person: person.clone(),
            role: role.clone(),
            enrolled: entry,
            revoked: None,
        });
    }

    fn file(
        &mut self,
        accepted: &Accepted<'_>,
        author: Option<AuthorId>,
        precinct: PrecinctId,
        corrects: bool,
    ) -> About {
        let filed = self.roster.position(precinct).and_then(|position| {
            let author = author?;
            let history = Arc::make_mut(self.histories.get_mut(position)?);
            history.push(Version::new(
                accepted.entry,
                accepted.received_at,
                author,
                corrects,
                accepted.bytes,
            ));
            self.filings.file(position, author, accepted.entry);
            u32::try_from(position).ok()
        });
        filed.map_or(About::Nothing, About::Version)
    }

    fn release_now(&mut self, accepted: &Accepted<'_>, release: &tallylog_event::Release) {
        let mut listed: Vec<(usize, EntryIndex)> = release
            .entries()
            .iter()
            .filter_map(|entry| Some((self.position_of(*entry)?, *entry)))
            .collect();
        listed.sort_unstable();
        Arc::make_mut(&mut self.releases).push(Released {
            entry: accepted.entry,
            name: release.name().clone(),
            received_at: accepted.received_at,
            listed: listed.into(),
        });
    }

    /// The state when the log had `size` entries, or `None` if it never had.
    #[must_use]
    pub fn at(&self, size: u64) -> Option<Self> {
        if size > self.size() {
            return None;
        }
        if size == self.size() {
            return Some(self.clone());
        }
        let (roster, first) = (self.roster.at(size), usize::try_from(size).ok()?);
        let histories = self.histories.iter().take(roster.precincts());
        let histories: Vec<Arc<History>> = histories.map(|history| cut(history, size)).collect();
        let releases = self.releases.partition_point(|release| release.entry.0 < size);
        let authors = if self.authors.stood_at(size) {
            Arc::clone(&self.authors)
        } else {
            Arc::new(self.authors.at(size))
        };
        let commitments = self.commitments.partition_point(|committed| committed.entry.0 < size);
        let mut past = Self {
            contest: self.contest.clone().filter(|_| size > 0),
            authors,
            filings: self.filings.at(&self.histories, &histories),
            histories,
            roster: Arc::new(roster),
            releases: Arc::new(self.releases[..releases].to_vec()),
            commitments: Arc::new(self.commitments[..commitments].to_vec()),
            desks: self.desks.at(size),
            disclosure: self.disclosure_at(size),
            files: self.files.at(size),
            withheld: self.withheld.filter(|entry| entry.0 < size),
            taken: self.taken.first(first),
            reviewed: Memo::default(),
            hashed: Memo::default(),
        };
        past.advance();
        Some(past)
    }
}

/// A history when the log had `size` entries: the same, where nothing came after.
fn cut(history: &Arc<History>, size: u64) -> Arc<History> {
    if history.ends_before(size) {
        return Arc::clone(history);
    }
    Arc::new(history.at(size))
}

/// The figures of a version, for the rules.
pub(crate) fn sheet(filing: &Filing) -> &Sheet {
    &filing.report().sheet
}
