//! What of a log is public: where a contest keeps contents back, no more than its releases have opened.

use std::collections::BTreeMap;
use std::sync::Arc;

use tallylog_event::{
    CaseEvent, CourseEvent, Decision, Embargo, EntryIndex, Event, InquiryEvent, PrecinctId, ReviewEvent, Subject,
};
use tallylog_rules::Code;

use crate::State;
use crate::accepted::Accepted;
use crate::state::{About, Released};

/// What releases have opened, kept up to date entry by entry. Whatever is public stays so.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disclosure {
    /// The latest release that lists the precinct, by position in roster order.
    listed: Vec<Option<EntryIndex>>,
    /// The positions of everything that an entry speaks of, where that is more than one precinct.
    wider: BTreeMap<EntryIndex, Arc<[usize]>>,
    certified: Option<EntryIndex>,
    /// The first entry that is kept back.
    size: u64,
}

impl State {
    /// Whether everybody may read an entry.
    ///
    /// Of a contest under embargo that is: what is about no precinct, at once; what is about one, once a later release
    /// lists the precinct; what is about several, once it is so for each; everything, once the results are certified.
    #[must_use]
    pub fn is_public(&self, entry: EntryIndex) -> bool {
        let Some(about) = self.about(entry) else {
            return false;
        };
        if !self.withholds() {
            return true;
        }
        let listed = |position: usize| {
            let release = self.disclosure.listed.get(position).copied().flatten();
            release.is_some_and(|release| release > entry)
        };
        let wider = self.disclosure.wider.get(&entry);
        let itself = match about {
            About::Nothing => true,
            About::Version(position) | About::Precinct(position) => usize::try_from(position).is_ok_and(listed),
            About::Withheld => false,
            About::Several => wider.is_some_and(|positions| !positions.is_empty()),
        };
        itself && wider.is_none_or(|positions| positions.iter().all(|position| listed(*position)))
    }

    /// Whether the contest withholds from the public what no release lists. Certification ends that for good.
    #[must_use]
    pub fn withholds(&self) -> bool {
        let embargo = self.contest().map(|contest| contest.embargo);
        embargo == Some(Embargo::OnRelease) && self.disclosure.certified.is_none()
    }

    /// Whether everybody may read an entry, whatever it says: the results are certified, or later releases list every
    /// precinct that it could be about.
    pub(crate) fn must_be_public(&self, entry: EntryIndex) -> bool {
        let everything: Vec<usize> = (0..self.roster().precincts()).collect();
        !self.withholds() || self.listed_since(&everything) > Some(entry)
    }

    /// The release since which releases list all of these precincts; `None` where one was never listed.
    pub(crate) fn listed_since(&self, positions: &[usize]) -> Option<EntryIndex> {
        let listed = |position: &usize| self.disclosure.listed.get(*position).copied().flatten();
        positions.iter().map(listed).min().flatten()
    }

    /// The positions of everything that a check holds against each other of which a precinct is part.
    pub(crate) fn compared_by(&self, code: Code, precinct: PrecinctId) -> Vec<usize> {
        if code == Code::V31 {
            return (0..self.roster().precincts()).collect();
        }
        self.roster().positions(precinct.county).collect()
    }

    /// The positions of everything that an entry speaks of, where that is more than one precinct.
    pub(crate) fn wider(&self, entry: EntryIndex) -> &[usize] {
        self.disclosure.wider.get(&entry).map_or(&[], AsRef::as_ref)
    }

    /// How many of the first entries everybody may read: the first one that is kept back, or the log's size.
    #[must_use]
    pub fn public_size(&self) -> u64 {
        self.disclosure.size
    }

    /// Takes up an entry that was applied.
    pub(crate) fn disclose(&mut self, accepted: &Accepted<'_>) {
        let event = &accepted.body.event;
        if let Some(positions) = self.spoken_of(event) {
            self.disclosure.wider.insert(accepted.entry, positions);
        }
        match event {
            Event::Released(_) => {
                if let Some(release) = self.releases.last() {
                    self.disclosure.list(release);
                }
            }
            Event::Course(CourseEvent::Certified(_)) => {
                self.disclosure.certified.get_or_insert(accepted.entry);
            }
            Event::ContestOpened(_)
            | Event::CountyListed(_)
            | Event::KeyEnrolled(_)
            | Event::KeyRevoked(_)
            | Event::Reported(_)
            | Event::Corrected(_)
            | Event::ResultsCommitted(_)
            | Event::Code(_)
            | Event::Entered(_)
            | Event::FilesAdded(_)
            | Event::Review(_)
            | Event::Case(_)
            | Event::Inquiry(_)
            | Event::Course(_)
            | Event::Paper(_)
            | Event::Authority(_) => {}
        }
        self.advance();
    }

    /// The positions of everything that an event speaks of, where that is more than the one precinct that it is about.
    fn spoken_of(&self, event: &Event) -> Option<Arc<[usize]>> {
        let as_before = |entry: &EntryIndex| self.disclosure.wider.get(entry).map(Arc::clone);
        match event {
            Event::Case(CaseEvent::Opened(case)) => {
                let positions = case.precincts.iter().filter_map(|id| self.roster().position(*id));
                Some(positions.collect())
            }
            Event::Case(CaseEvent::Closed(closing)) => as_before(&closing.case),
            Event::Review(ReviewEvent::Decided(decision)) => self.decided_on(decision),
            Event::Inquiry(InquiryEvent::Answered(answer)) => answer.case.as_ref().and_then(as_before),
            Event::ContestOpened(_)
            | Event::CountyListed(_)
            | Event::KeyEnrolled(_)
            | Event::KeyRevoked(_)
            | Event::Reported(_)
            | Event::Corrected(_)
            | Event::Released(_)
            | Event::ResultsCommitted(_)
            | Event::Code(_)
            | Event::Entered(_)
            | Event::FilesAdded(_)
            | Event::Review(_)
            | Event::Case(_)
            | Event::Inquiry(_)
            | Event::Course(_)
            | Event::Paper(_)
            | Event::Authority(_) => None,
        }
    }

    /// Some checks hold the figures of several precincts against each other, and that one of them found something says
    /// something of all.
    fn decided_on(&self, decision: &Decision) -> Option<Arc<[usize]>> {
        let code = Code::ALL.iter().find(|code| code.number() == decision.code.get());
        let county = match decision.subject {
            Subject::County(county) => county,
            Subject::Entry(entry) => self.precinct_of(entry)?.county,
        };
        match (code, decision.subject) {
            (Some(Code::V31), _) => Some((0..self.roster().precincts()).collect()),
            (Some(code), _) if rests_on_others(*code) => Some(self.roster().positions(county).collect()),
            (_, Subject::County(_)) => Some(self.roster().positions(county).collect()),
            (_, Subject::Entry(_)) => None,
        }
    }

    /// What the releases of a log of `size` entries have opened: for the state cut back to that size.
    pub(crate) fn disclosure_at(&self, size: u64) -> Disclosure {
        let mut past = Disclosure {
            wider: self
                .disclosure
                .wider
                .range(..EntryIndex(size))
                .map(|(entry, positions)| (*entry, Arc::clone(positions)))
                .collect(),
            certified: self.disclosure.certified.filter(|entry| entry.0 < size),
            ..Disclosure::default()
        };
        for release in self.releases.iter().filter(|release| release.entry.0 < size) {
            past.list(release);
        }
        past
    }

    /// Whatever is public stays public, so that no entry is looked at twice.
    pub(crate) fn advance(&mut self) {
        if !self.withholds() {
            self.disclosure.size = self.size();
            return;
        }
        while self.is_public(EntryIndex(self.disclosure.size)) {
            self.disclosure.size += 1;
        }
    }
}

/// Whether a check holds the figures of several precincts against each other. What it finds, and what is decided about that,
/// rests on precincts that may be withheld.
pub(crate) fn rests_on_others(code: Code) -> bool {
    matches!(code, Code::V21 | Code::V22 | Code::V28 | Code::V31)
}

impl Disclosure {
    fn list(&mut self, release: &Released) {
        for (position, _) in release.listed() {
            if self.listed.len() <= *position {
                self.listed.resize(position + 1, None);
            }
            if let Some(listed) = self.listed.get_mut(*position) {
                *listed = Some(release.entry);
            }
        }
    }
}
