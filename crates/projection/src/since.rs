//! What became of something that somebody said, for whoever says it again: a receipt is of the time when the log took it.

use tallylog_event::{EntryIndex, PrecinctId, Text};

use crate::state::About;
use crate::{State, Version};

/// What became of what an entry said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    /// The thing itself.
    pub fate: Fate,
    /// The precinct that it is about, as it stands now.
    pub precinct: Option<PrecinctNow>,
}

/// Whether what an entry said still holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It does.
    Stands,
    /// A reviewer set the figures aside, in this entry: they count no longer.
    SetAside(EntryIndex),
    /// This later entry counts in its place.
    Replaced(EntryIndex),
    /// This entry ended it: a hold that was lifted, a key that was revoked, a proposal that was decided.
    Ended(EntryIndex),
    /// The entry is public and what came after it is not.
    Withheld,
}

/// Where a precinct stands, as far as that needs no check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrecinctNow {
    /// The precinct.
    pub id: PrecinctId,
    /// The entry of its record; absent where it awaits a report.
    pub record: Option<EntryIndex>,
    /// Whether the record has the figures of the entry that was asked about.
    pub same_figures: bool,
    /// The hold of a person on it that stands.
    pub on_hold: Option<EntryIndex>,
    /// Who alone is asked to enter it again.
    pub asked: Option<Text>,
}

impl State {
    /// What became of what an entry of this log said; `None` where it has no such entry.
    ///
    /// Whoever sends an entry's bytes again may have them from the log. So of a contest under embargo no more is said of
    /// an entry that is public than everybody may know.
    #[must_use]
    pub fn since(&self, entry: EntryIndex) -> Option<Since> {
        let about = self.about(entry)?;
        let position = match about {
            About::Version(position) | About::Precinct(position) => usize::try_from(position).ok(),
            About::Nothing | About::Several | About::Withheld => None,
        };
        if about != About::Nothing && self.withholds() && self.is_public(entry) {
            return Some(Since {
                fate: Fate::Withheld,
                precinct: None,
            });
        }
        let id = position.and_then(|position| self.roster().at_position(position));
        let fate = match id.and_then(|id| self.version(id, entry)) {
            Some(version) => self.fate_of_version(version, id),
            None => self.ended(entry).map_or(Fate::Stands, |ended| self.shown(ended)),
        };
        Some(Since {
            fate,
            precinct: id.map(|id| self.precinct_now(id, entry)),
        })
    }

    /// Of an entry that is about no precinct, what ended it may be about several.
    fn shown(&self, fate: Fate) -> Fate {
        match fate {
            Fate::SetAside(by) | Fate::Replaced(by) | Fate::Ended(by) if self.withholds() && !self.is_public(by) => {
                Fate::Withheld
            }
            Fate::Stands | Fate::SetAside(_) | Fate::Replaced(_) | Fate::Ended(_) | Fate::Withheld => fate,
        }
    }

    fn fate_of_version(&self, version: &Version, id: Option<PrecinctId>) -> Fate {
        if let Some(by) = id.and_then(|id| self.set_aside_by(id, version.entry)) {
            return Fate::SetAside(by);
        }
        let record = id.and_then(|id| self.record(id)).map(|record| record.entry);
        match record.filter(|record| *record != version.entry) {
            Some(record) => Fate::Replaced(record),
            None => Fate::Stands,
        }
    }

    fn record(&self, id: PrecinctId) -> Option<&Version> {
        self.history(id)?.record()
    }

    fn precinct_now(&self, id: PrecinctId, entry: EntryIndex) -> PrecinctNow {
        let record = self.record(id);
        let sheet = |version: &Version| version.filing().report().sheet.clone();
        let said = self.version(id, entry).map(sheet);
        let holds = self.desks().review.holds(id).iter();
        let standing = holds.rev().find(|hold| hold.lifted.is_none());
        PrecinctNow {
            id,
            record: record.map(|record| record.entry),
            same_figures: said.is_some() && said == record.map(sheet),
            on_hold: standing.map(|standing| standing.hold.entry),
            asked: self.desks().entry.assigned(id).map(|(person, _)| person.clone()),
        }
    }

    /// What ended or replaced what an entry said that is no version of a precinct.
    fn ended(&self, entry: EntryIndex) -> Option<Fate> {
        let desks = self.desks();
        let case = desks.cases.case(entry).and_then(|case| case.closed.as_ref());
        let proposal = desks.cases.made(entry).and_then(|proposed| proposed.decided.as_ref());
        let inquiry = desks.inquiries.inquiry(entry).and_then(|asked| asked.answer.as_ref());
        let act = desks
            .authority
            .proposal(entry)
            .and_then(|proposed| proposed.decided.as_ref());
        let pauses = desks.course.pauses().iter();
        let pause = pauses.rev().find(|pause| pause.paused.entry == entry);
        let mut announced = desks.paper.announcements().iter().rev();
        let announced = announced.find(|known| known.announcement.entry == entry);
        let ended = case
            .map(|closed| closed.entry)
            .or_else(|| proposal.map(crate::Decided::entry))
            .or_else(|| inquiry.map(|answer| answer.entry))
            .or_else(|| act.map(crate::ActDecided::entry))
            .or_else(|| pause.and_then(|pause| Some(pause.resumed.as_ref()?.entry)))
            .or_else(|| announced.and_then(|known| Some(known.ended?.entry())))
            .or_else(|| desks.review.lifted(entry))
            .or_else(|| self.revoked(entry));
        let replaced = || desks.review.decided_again(entry).or_else(|| self.released_again(entry));
        ended.map(Fate::Ended).or_else(|| replaced().map(Fate::Replaced))
    }

    /// Who revoked the key that an entry enrolled.
    fn revoked(&self, entry: EntryIndex) -> Option<EntryIndex> {
        self.authors().find(|author| author.enrolled == entry)?.revoked
    }

    /// The latest release, where an entry made an earlier one.
    fn released_again(&self, entry: EntryIndex) -> Option<EntryIndex> {
        let is_release = self.releases().iter().any(|release| release.entry == entry);
        let latest = self.releases().last().map(|release| release.entry)?;
        (is_release && latest > entry).then_some(latest)
    }
}
