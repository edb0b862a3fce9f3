//! What a command means where the night stands, and what is signed for it.

use tallylog_event::{CaseOutcome, EntryIndex, Event, PrecinctId, ResolutionOutcome, SigningKey, Subject, Verdict};
use tallylog_rules::{Code, Sheet};

use super::book::{Book, Job, Proposed, Ruled, places};
use super::command::{Command, What};
use crate::centre::{
    Centre, WRONG, amended, answered, apportioned, approved, case, certified, changed, closed, copied, decided,
    document, entered_by, filed, files, held, key, lifted, opened, paused, proposed, rejected, released, reported,
    resolved, resumed, revoked, right, ruling, unchanged, wrong,
};

/// What is tried, as the model sees it.
#[derive(Clone, Debug)]
pub(super) enum Try {
    Report(usize, Sheet),
    Amend(usize, EntryIndex, Sheet, bool),
    Enter(usize, Sheet, Vec<String>),
    Files(usize),
    Resolve(usize, EntryIndex, EntryIndex, ResolutionOutcome),
    Decide(Subject, Code, Ruled),
    Hold(usize),
    Lift(EntryIndex),
    Open(usize),
    Propose(EntryIndex, usize, CaseOutcome),
    Approve(EntryIndex, CaseOutcome),
    Reject(EntryIndex),
    Close(EntryIndex),
    Release(String, Vec<EntryIndex>),
    Ask(usize),
    Answer(EntryIndex, Option<EntryIndex>),
    Pause,
    Resume,
    Certify(EntryIndex),
    Apportion(usize, u16),
    Enrol(String, Job),
    Revoke(usize),
}

/// The place that a command is about: most often the first, so that something comes of it.
fn place_of(by: u64) -> usize {
    [0, 0, 0, 1, 1, 2, 3][number(by, 7)]
}

fn number(pick: u64, count: usize) -> usize {
    usize::try_from(pick % u64::try_from(count).unwrap()).unwrap()
}

fn pick<T>(from: &[T], by: u64) -> Option<&T> {
    (!from.is_empty()).then(|| &from[number(by, from.len())])
}

/// The sheets that a place may report: right ones most often, wrong ones of every kind, and another place's.
fn sheet(at: usize, by: u64) -> Sheet {
    let place = places()[at];
    match number(by, 24) {
        // Two places elect alike, and may have the same figures.
        0..=4 if at == 1 => copied(places()[0]),
        0..=8 | 21.. => right(place, 0),
        9..=13 => right(place, 1),
        14..=15 => right(place, 2),
        chance => wrong(place, WRONG[chance - 16]),
    }
}

impl Book {
    /// Mostly somebody whose role it is, and then often somebody with a hand in what is there.
    pub(super) fn author(&self, command: &Command) -> usize {
        let fit: Vec<usize> = (0..self.hands.len())
            .filter(|at| !self.hands[*at].revoked && is_fit(self.hands[*at].job, command))
            .collect();
        let record = self.record(place_of(command.picks[0]));
        let has_a_hand = |at: &usize| record.is_some_and(|record| record.hands.contains(&self.hands[*at].person));
        let own: Vec<usize> = fit.iter().copied().filter(has_a_hand).collect();
        let by = command.author / 4;
        if command.fit && command.author.is_multiple_of(4) && !own.is_empty() {
            own[number(by, own.len())]
        } else if command.fit && !fit.is_empty() {
            fit[number(by, fit.len())]
        } else {
            number(by, self.hands.len())
        }
    }

    pub(super) fn meant(&self, command: &Command) -> Try {
        let [a, b, c, d] = command.picks;
        let at = place_of(a);
        let entries: Vec<EntryIndex> = self.filed[at].iter().map(|filed| filed.entry).collect();
        let record = || self.record(at).map_or(EntryIndex(1), |record| record.entry);
        // Mostly what is there now; sometimes what was there before.
        let current = |by: u64| match by % 6 {
            0 => pick(&entries, by / 6).copied().unwrap_or(EntryIndex(2)),
            _ => record(),
        };
        match command.what {
            What::Report => Try::Report(at, sheet(at, b)),
            What::Amend => Try::Amend(at, current(c), sheet(at, b), !d.is_multiple_of(3)),
            What::Enter => {
                let typed = pick(&self.hands, d).filter(|_| c.is_multiple_of(4));
                Try::Enter(
                    at,
                    sheet(at, b),
                    typed.map(|hand| hand.person.clone()).into_iter().collect(),
                )
            }
            What::Files => Try::Files(at),
            What::Resolve => self.resolution(at, b, c, d),
            What::Decide => self.decision(at, b, c, d),
            What::Hold => Try::Hold(at),
            What::Lift => Try::Lift(pick(&self.holds, b).map_or(EntryIndex(3), |hold| hold.0)),
            What::Open => Try::Open(at),
            What::Propose => {
                let case = pick(&self.cases, b).filter(|_| !c.is_multiple_of(9));
                let at = case.map_or(at, |case| if d.is_multiple_of(8) { at } else { case.at });
                let record = self.record(at).map_or(EntryIndex(1), |record| record.entry);
                let record = if d.is_multiple_of(7) { current(d) } else { record };
                let outcome = match c % 4 {
                    0 => unchanged(record, places()[at]),
                    _ => changed(record, places()[at], &sheet(at, d)),
                };
                Try::Propose(case.map_or(EntryIndex(4), |case| case.entry), at, outcome)
            }
            What::Approve => {
                let known = self.open_proposal(a, b);
                let altered = changed(record(), places()[at], &sheet(at, d));
                match known {
                    Some(known) if !c.is_multiple_of(5) => Try::Approve(known.entry, known.outcome.clone()),
                    Some(known) => Try::Approve(known.entry, altered),
                    None => Try::Approve(EntryIndex(5), altered),
                }
            }
            What::Reject => Try::Reject(self.open_proposal(a, b).map_or(EntryIndex(5), |known| known.entry)),
            What::Close => Try::Close(pick(&self.cases, b).map_or(EntryIndex(4), |case| case.entry)),
            What::Release => self.listing(b, c, d),
            What::Ask => Try::Ask(at),
            What::Answer => {
                let asked = pick(&self.asked, b).map_or(EntryIndex(6), |asked| asked.entry);
                let case = pick(&self.cases, c).filter(|_| d.is_multiple_of(3));
                Try::Answer(
                    asked,
                    case.map(|case| case.entry)
                        .or((d.is_multiple_of(11)).then_some(EntryIndex(4))),
                )
            }
            What::Pause => Try::Pause,
            What::Resume => Try::Resume,
            What::Certify => match self.releases.last() {
                Some(last) if !b.is_multiple_of(4) => Try::Certify(last.entry),
                _ => Try::Certify(pick(&self.releases, c).map_or(EntryIndex(7), |release| release.entry)),
            },
            What::Apportion => Try::Apportion(at, u16::try_from(3 + b % 4).unwrap()),
            What::Enrol => self.enrolment(a, b, c),
            // The first two are registrars.
            What::Revoke if c.is_multiple_of(3) => Try::Revoke(number(b, 2)),
            What::Revoke => Try::Revoke(number(b, self.hands.len())),
        }
    }

    /// Mostly one that is open.
    fn open_proposal(&self, a: u64, b: u64) -> Option<&Proposed> {
        let open: Vec<&Proposed> = self
            .proposals
            .iter()
            .filter(|known| known.open || a.is_multiple_of(7))
            .collect();
        pick(&open, b).copied()
    }

    fn resolution(&self, at: usize, b: u64, c: u64, d: u64) -> Try {
        let asked = self.assigned[at].as_ref().map(|(_, by)| *by);
        let fit: Vec<EntryIndex> = self.filed[at]
            .iter()
            .filter(|filed| d.is_multiple_of(5) || filed.aside.is_none() || filed.aside == asked)
            .map(|filed| filed.entry)
            .collect();
        let second = pick(&fit, b).copied().unwrap_or(EntryIndex(8));
        let before: Vec<EntryIndex> = fit
            .into_iter()
            .filter(|entry| *entry < second || d.is_multiple_of(13))
            .collect();
        let first = pick(&before, c).copied().unwrap_or(EntryIndex(1));
        let outcome = [
            ResolutionOutcome::KeepFirst,
            ResolutionOutcome::KeepSecond,
            ResolutionOutcome::RedoFirst,
            ResolutionOutcome::RedoSecond,
            ResolutionOutcome::DiscardBoth,
        ][number(d / 13, 5)];
        Try::Resolve(at, first, second, outcome)
    }

    /// Mostly about something that was found, or was decided about.
    fn decision(&self, at: usize, b: u64, c: u64, d: u64) -> Try {
        let found = self.doubts();
        let about = pick(&found, b).filter(|_| !c.is_multiple_of(8));
        let entry = self.record(at).map_or(EntryIndex(9), |record| record.entry);
        let (subject, code) = about.map_or((Subject::Entry(entry), Code::V17), |about| (about.subject, about.code));
        let ruled = match d % 8 {
            0..=3 => Ruled::Accepted,
            4..=6 => Ruled::Settled,
            _ => Ruled::Reopened,
        };
        Try::Decide(subject, code, ruled)
    }

    /// Mostly everything that may go out; sometimes something more, and sometimes an old name.
    fn listing(&self, b: u64, c: u64, d: u64) -> Try {
        let mut listed: Vec<EntryIndex> = (0..4)
            .filter(|at| self.may_go_out(*at) && !(b >> at).is_multiple_of(4))
            .filter_map(|at| self.record(at).map(|record| record.entry))
            .collect();
        if c.is_multiple_of(5) {
            let all: Vec<EntryIndex> = self.filed.iter().flatten().map(|filed| filed.entry).collect();
            listed.extend(pick(&all, d));
        }
        if c.is_multiple_of(41) {
            listed.push(EntryIndex(0));
        }
        listed.sort_unstable();
        listed.dedup();
        let name = match pick(&self.releases, d).filter(|_| c % 12 == 1) {
            Some(old) => old.name.clone(),
            None => format!("Release {}", self.releases.len()),
        };
        Try::Release(name, listed)
    }

    /// Another key for somebody, often with another role, or for somebody who almost has that name.
    fn enrolment(&self, a: u64, b: u64, c: u64) -> Try {
        let hand = &self.hands[number(a, self.hands.len())];
        let job = match c % 10 {
            0..=2 => hand.job,
            3 | 4 => Job::Operator,
            5 => Job::Reviewer,
            6 => Job::Officer,
            7 | 8 => Job::Chair(number(b, 4)),
            _ => Job::Campaign,
        };
        let person = match b % 6 {
            0 => hand.person.to_uppercase(),
            _ => hand.person.clone(),
        };
        Try::Enrol(person, job)
    }

    pub(super) fn signed(&self, centre: &Centre, what: &Try) -> Event {
        match what.clone() {
            Try::Report(at, sheet) => reported(places()[at], &sheet),
            Try::Amend(at, replaces, sheet, explained) => amendment(replaces, places()[at], &sheet, explained),
            Try::Enter(at, sheet, typed) => {
                let typed: Vec<&str> = typed.iter().map(String::as_str).collect();
                entered_by(places()[at], &sheet, &typed)
            }
            Try::Files(at) => files(places()[at], vec![document()]),
            Try::Resolve(at, first, second, outcome) => resolved(places()[at], first, second, outcome),
            Try::Decide(subject, code, ruled) => decided(
                subject,
                code,
                match ruled {
                    Ruled::Accepted => Verdict::Accepted,
                    Ruled::Settled => ruling(),
                    Ruled::Reopened => Verdict::Reopened,
                },
            ),
            Try::Hold(at) => held(places()[at]),
            Try::Lift(hold) => lifted(hold),
            Try::Open(at) => opened(case(places()[at])),
            Try::Propose(case, _, outcome) => proposed(case, outcome),
            Try::Approve(proposal, outcome) => approved(proposal, outcome),
            Try::Reject(proposal) => rejected(proposal),
            Try::Close(case) => closed(case),
            Try::Release(name, entries) => released(&name, &entries),
            Try::Ask(at) => filed(places()[at]),
            Try::Answer(inquiry, case) => answered(inquiry, case),
            Try::Pause => paused(),
            Try::Resume => resumed(),
            Try::Certify(release) => certified(release),
            Try::Apportion(at, delegates) => {
                let others = self.county_delegates(at / 2) - self.delegates[at];
                apportioned(places()[at], delegates, others + delegates)
            }
            Try::Enrol(person, job) => centre.enrolment(&person, job.role(), &self.next_key()),
            Try::Revoke(at) => revoked(&self.hands[at].key),
        }
    }

    pub(super) fn next_key(&self) -> SigningKey {
        key(3_000 + u64::try_from(self.hands.len()).unwrap())
    }
}

fn amendment(replaces: EntryIndex, precinct: PrecinctId, sheet: &Sheet, explained: bool) -> Event {
    let Event::Corrected(mut correction) = amended(replaces, precinct, sheet) else {
        unreachable!()
    };
    if explained {
        correction.evidence.push(document());
    }
    Event::Corrected(correction)
}

fn is_fit(job: Job, command: &Command) -> bool {
    let at = place_of(command.picks[0]);
    match command.what {
        What::Report | What::Amend => job == Job::Chair(at),
        What::Enter => job == Job::Operator,
        What::Files => job != Job::Observer,
        What::Resolve | What::Decide | What::Hold | What::Lift | What::Release => job == Job::Reviewer,
        What::Open | What::Propose | What::Approve | What::Reject | What::Close => job == Job::Officer,
        What::Ask => job == Job::Campaign,
        What::Answer => matches!(job, Job::Reviewer | Job::Officer),
        What::Pause | What::Resume | What::Certify | What::Apportion | What::Enrol | What::Revoke => {
            job == Job::Registrar
        }
    }
}

/// A try in a line, without its sheet.
pub(super) fn told(what: &Try) -> String {
    let long = format!("{what:?}");
    long.chars().take(400).collect()
}
