//! The model's books: what was taken, kept as plainly as possible.

use std::collections::BTreeMap;

use tallylog_event::{CaseOutcome, EntryIndex, Event, PrecinctId, ResolutionOutcome, Role, SigningKey, Subject};
use tallylog_rules::Sheet;

use super::command::{Command, What};
use crate::centre::{
    Centre, Person, WRONG, amended, answered, apportioned, approved, case, certified, changed, closed, copied, decided,
    document, entered_by, filed, files, held, key, lifted, opened, paused, place, proposed, rejected, released,
    reported, resolved, resumed, revoked, right, ruling, text, unchanged, wrong,
};

/// The places at which things happen: two alike, and a county of two of which one elects a single delegate.
pub(super) fn places() -> [PrecinctId; 4] {
    [place(0, 0), place(0, 1), place(1, 0), place(1, 1)]
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Job {
    Registrar,
    Chair(usize),
    Operator,
    Reviewer,
    Officer,
    Campaign,
    Observer,
}

impl Job {
    fn role(self) -> Role {
        match self {
            Self::Registrar => Role::Registrar,
            Self::Chair(at) => Role::Chair(vec![places()[at]]),
            Self::Operator => Role::Operator,
            Self::Reviewer => Role::Reviewer,
            Self::Officer => Role::CorrectionsOfficer,
            Self::Campaign => Role::Campaign(text("Alder")),
            Self::Observer => Role::Observer,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Hand {
    pub(super) key: SigningKey,
    pub(super) person: String,
    pub(super) job: Job,
    pub(super) revoked: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Filed {
    pub(super) entry: EntryIndex,
    pub(super) hand: usize,
    pub(super) job: Job,
    /// Everybody who typed or proposed.
    pub(super) hands: Vec<String>,
    /// Whoever signed.
    pub(super) person: String,
    pub(super) corrects: bool,
    pub(super) by_case: bool,
    pub(super) explained: bool,
    pub(super) sheet: Sheet,
    pub(super) aside: Option<EntryIndex>,
}

#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) entry: EntryIndex,
    pub(super) at: usize,
    pub(super) closed: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Proposed {
    pub(super) entry: EntryIndex,
    pub(super) case: EntryIndex,
    pub(super) at: usize,
    pub(super) person: String,
    pub(super) outcome: CaseOutcome,
    pub(super) open: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) entry: EntryIndex,
    pub(super) at: usize,
    pub(super) person: String,
    pub(super) open: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Released {
    pub(super) entry: EntryIndex,
    pub(super) name: String,
    pub(super) listed: Vec<EntryIndex>,
    pub(super) by: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ruled {
    Accepted,
    Ruled,
    Reopened,
}

/// Everything that was taken.
pub(super) struct Book {
    pub(super) hands: Vec<Hand>,
    pub(super) filed: [Vec<Filed>; 4],
    pub(super) assigned: [Option<(String, EntryIndex)>; 4],
    pub(super) holds: Vec<(EntryIndex, usize, bool)>,
    pub(super) cases: Vec<File>,
    pub(super) proposals: Vec<Proposed>,
    pub(super) asked: Vec<Asked>,
    pub(super) releases: Vec<Released>,
    pub(super) decisions: BTreeMap<(Subject, u8), (EntryIndex, Ruled)>,
    pub(super) delegates: [u16; 4],
    pub(super) amended: [Option<EntryIndex>; 2],
    pub(super) paused: bool,
    pub(super) certified: bool,
    pub(super) confirmed_only: bool,
    pub(super) answers: BTreeMap<String, u64>,
}

/// What is tried, as the model sees it.
#[derive(Clone, Debug)]
pub(super) enum Try {
    Report(usize, Sheet),
    Amend(usize, EntryIndex, Sheet, bool),
    Enter(usize, Sheet, Vec<String>),
    Files(usize),
    Resolve(usize, EntryIndex, EntryIndex, ResolutionOutcome),
    Decide(Subject, tallylog_rules::Code, Ruled),
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
    [0, 0, 0, 1, 2, 3, 2][number(by, 7)]
}

fn number(pick: u64, count: usize) -> usize {
    usize::try_from(pick % u64::try_from(count).unwrap()).unwrap()
}

fn pick<'a, T>(from: &'a [T], by: u64) -> Option<&'a T> {
    (!from.is_empty()).then(|| &from[number(by, from.len())])
}

/// The sheets that a place may report: right ones most often, wrong ones of every kind, and another place's.
fn sheet(at: usize, by: u64) -> Sheet {
    let place = places()[at];
    match number(by, 24) {
        0..=8 => right(place, 0),
        9..=13 => right(place, 1),
        14..=15 => right(place, 2),
        chance @ 16..=20 => wrong(place, WRONG[chance - 16]),
        _ if at == 1 => copied(places()[0]),
        _ => right(place, 0),
    }
}

impl Book {
    pub(super) fn new(centre: &Centre) -> Self {
        let job = |person: Person| match person {
            Person::Rhea | Person::Rolf => Job::Registrar,
            Person::Olga | Person::Omar | Person::Otto => Job::Operator,
            Person::Vera | Person::Viktor => Job::Reviewer,
            Person::Cleo | Person::Carl => Job::Officer,
            Person::Alder | Person::Birch => Job::Campaign,
            Person::Nora => Job::Observer,
        };
        let staff = [Person::Rhea, Person::Rolf].into_iter().chain(Person::ENROLLED);
        let staff = staff.map(|person| (person.key(), person.name().to_owned(), job(person)));
        let chairs = places().into_iter().enumerate().map(|(at, id)| {
            let name = format!("Chair {}/{}", id.county.0, id.number);
            (Centre::chair(id), name, Job::Chair(at))
        });
        let hands = staff.chain(chairs).map(|(key, person, job)| Hand {
            key,
            person,
            job,
            revoked: false,
        });
        Self {
            hands: hands.collect(),
            filed: Default::default(),
            assigned: Default::default(),
            holds: Vec::new(),
            cases: Vec::new(),
            proposals: Vec::new(),
            asked: Vec::new(),
            releases: Vec::new(),
            decisions: BTreeMap::new(),
            delegates: [4, 4, 5, 1],
            amended: [None; 2],
            paused: false,
            certified: false,
            confirmed_only: centre.contest.release == tallylog_event::ReleasePolicy::Confirmed,
            answers: BTreeMap::new(),
        }
    }

    /// Somebody tries something. Says whether it was taken.
    pub(super) fn step(&mut self, centre: &mut Centre, command: &Command, trace: &mut String) -> Result<bool, String> {
        let by = self.author(command);
        let what = self.meant(command);
        let expected = self.judged(by, &what);
        let event = self.signed(centre, &what);
        let key = self.hands[by].key.clone();
        let answer = centre.offer(&key, event);
        let code = answer
            .as_ref()
            .map_or_else(tallylog_projection::Refusal::code, |_| "taken");
        let who = &self.hands[by];
        trace.push_str(&format!("{} as {:?}: {} -> {code}\n", who.person, who.job, told(&what)));
        if code != expected {
            return Err(format!("the model says {expected}, and the log says {code}"));
        }
        *self.answers.entry(code.to_owned()).or_default() += 1;
        let Ok(entry) = answer else {
            return Ok(false);
        };
        self.note(by, entry, what);
        Ok(true)
    }

    fn author(&self, command: &Command) -> usize {
        let fit: Vec<usize> = (0..self.hands.len())
            .filter(|at| !self.hands[*at].revoked && is_fit(self.hands[*at].job, command))
            .collect();
        if command.fit && !fit.is_empty() {
            fit[number(command.author, fit.len())]
        } else {
            number(command.author, self.hands.len())
        }
    }

    fn meant(&self, command: &Command) -> Try {
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
            What::Amend => Try::Amend(at, current(c), sheet(at, b), d % 3 > 0),
            What::Enter => {
                let typed = pick(&self.hands, d).filter(|_| c % 4 == 0);
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
                let case = pick(&self.cases, b).filter(|_| c % 9 > 0);
                let at = case.map_or(at, |case| if d % 8 == 0 { at } else { case.at });
                let record = self.record(at).map_or(EntryIndex(1), |record| record.entry);
                let record = if d % 7 == 0 { current(d) } else { record };
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
                    Some(known) if c % 5 > 0 => Try::Approve(known.entry, known.outcome.clone()),
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
                let case = pick(&self.cases, c).filter(|_| d % 3 == 0);
                Try::Answer(
                    asked,
                    case.map(|case| case.entry).or((d % 11 == 0).then_some(EntryIndex(4))),
                )
            }
            What::Pause => Try::Pause,
            What::Resume => Try::Resume,
            What::Certify => match self.releases.last() {
                Some(last) if b % 4 > 0 => Try::Certify(last.entry),
                _ => Try::Certify(pick(&self.releases, c).map_or(EntryIndex(7), |release| release.entry)),
            },
            What::Apportion => Try::Apportion(at, u16::try_from(3 + b % 4).unwrap()),
            What::Enrol => self.enrolment(a, b, c),
            What::Revoke => Try::Revoke(number(b, self.hands.len())),
        }
    }

    /// Mostly one that is open.
    fn open_proposal(&self, a: u64, b: u64) -> Option<&Proposed> {
        let open: Vec<&Proposed> = self.proposals.iter().filter(|known| known.open || a % 7 == 0).collect();
        pick(&open, b).copied()
    }

    fn resolution(&self, at: usize, b: u64, c: u64, d: u64) -> Try {
        let asked = self.assigned[at].as_ref().map(|(_, by)| *by);
        let fit: Vec<EntryIndex> = self.filed[at]
            .iter()
            .filter(|filed| d % 5 == 0 || filed.aside.is_none() || filed.aside == asked)
            .map(|filed| filed.entry)
            .collect();
        let second = pick(&fit, b).copied().unwrap_or(EntryIndex(8));
        let before: Vec<EntryIndex> = fit.into_iter().filter(|entry| *entry < second || d % 13 == 0).collect();
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
        let about = pick(&found, b).filter(|_| c % 8 > 0);
        let entry = self.record(at).map_or(EntryIndex(9), |record| record.entry);
        let (subject, code) = about.map_or((Subject::Entry(entry), tallylog_rules::Code::V17), |about| {
            (about.subject, about.code)
        });
        let ruled = match d % 8 {
            0..=3 => Ruled::Accepted,
            4..=6 => Ruled::Ruled,
            _ => Ruled::Reopened,
        };
        Try::Decide(subject, code, ruled)
    }

    /// Mostly everything that may go out; sometimes something more, and sometimes an old name.
    fn listing(&self, b: u64, c: u64, d: u64) -> Try {
        let mut listed: Vec<EntryIndex> = (0..4)
            .filter(|at| self.may_go_out(*at) && (b >> at) % 4 > 0)
            .filter_map(|at| self.record(at).map(|record| record.entry))
            .collect();
        if c % 5 == 0 {
            let all: Vec<EntryIndex> = self.filed.iter().flatten().map(|filed| filed.entry).collect();
            listed.extend(pick(&all, d));
        }
        if c % 41 == 0 {
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
            3 => Job::Operator,
            4 => Job::Operator,
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

    fn signed(&self, centre: &Centre, what: &Try) -> Event {
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
                    Ruled::Accepted => tallylog_event::Verdict::Accepted,
                    Ruled::Ruled => ruling(),
                    Ruled::Reopened => tallylog_event::Verdict::Reopened,
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

    fn next_key(&self) -> SigningKey {
        key(3_000 + u64::try_from(self.hands.len()).unwrap())
    }

    /// Adair has a third precinct, which elects seven and never reports.
    pub(super) fn county_delegates(&self, county: usize) -> u16 {
        let own = self.delegates[2 * county] + self.delegates[2 * county + 1];
        if county == 0 { own + 7 } else { own }
    }

    /// The latest version that nobody set aside.
    pub(super) fn record(&self, at: usize) -> Option<&Filed> {
        self.filed[at].iter().rfind(|filed| filed.aside.is_none())
    }

    pub(super) fn find(&self, entry: EntryIndex) -> Option<(usize, &Filed)> {
        let mut all = (0..4).flat_map(|at| self.filed[at].iter().map(move |filed| (at, filed)));
        all.find(|(_, filed)| filed.entry == entry)
    }

    /// Takes note of what the log took.
    fn note(&mut self, by: usize, entry: EntryIndex, what: Try) {
        let person = self.hands[by].person.clone();
        let plain = |sheet: Sheet, hand: &Hand| Filed {
            entry,
            hand: by,
            job: hand.job,
            hands: vec![hand.person.clone()],
            person: hand.person.clone(),
            corrects: false,
            by_case: false,
            explained: false,
            sheet,
            aside: None,
        };
        let hand = self.hands[by].clone();
        match what {
            Try::Report(at, sheet) => self.filed[at].push(plain(sheet, &hand)),
            Try::Amend(at, _, sheet, explained) => self.filed[at].push(Filed {
                corrects: true,
                explained,
                ..plain(sheet, &hand)
            }),
            Try::Enter(at, sheet, typed) => {
                let mut filed = plain(sheet, &hand);
                filed.hands.extend(typed);
                self.filed[at].push(filed);
                self.assigned[at] = None;
            }
            Try::Resolve(at, first, second, outcome) => self.resolve(entry, at, first, second, outcome),
            Try::Decide(subject, code, ruled) => {
                self.decisions.insert((subject, code.number()), (entry, ruled));
            }
            Try::Hold(at) => self.holds.push((entry, at, true)),
            Try::Lift(hold) => self
                .holds
                .iter_mut()
                .filter(|known| known.0 == hold)
                .for_each(|known| known.2 = false),
            Try::Open(at) => self.cases.push(File {
                entry,
                at,
                closed: false,
            }),
            Try::Propose(case, at, outcome) => self.proposals.push(Proposed {
                entry,
                case,
                at,
                person,
                outcome,
                open: true,
            }),
            Try::Approve(proposal, outcome) => {
                let known = self.proposals.iter_mut().find(|known| known.entry == proposal).unwrap();
                known.open = false;
                let (at, proposer) = (known.at, known.person.clone());
                if let CaseOutcome::Changed(correction) = outcome {
                    self.filed[at].push(Filed {
                        corrects: true,
                        by_case: true,
                        explained: true,
                        hands: vec![person, proposer],
                        ..plain(correction.report.sheet, &hand)
                    });
                }
            }
            Try::Reject(proposal) => {
                self.proposals
                    .iter_mut()
                    .find(|known| known.entry == proposal)
                    .unwrap()
                    .open = false;
            }
            Try::Close(case) => self.cases.iter_mut().find(|known| known.entry == case).unwrap().closed = true,
            Try::Release(name, listed) => self.releases.push(Released {
                entry,
                name,
                listed,
                by: person,
            }),
            Try::Ask(at) => self.asked.push(Asked {
                entry,
                at,
                person,
                open: true,
            }),
            Try::Answer(inquiry, _) => {
                self.asked.iter_mut().find(|known| known.entry == inquiry).unwrap().open = false;
            }
            Try::Pause => self.paused = true,
            Try::Resume => self.paused = false,
            Try::Certify(_) => self.certified = true,
            Try::Apportion(at, delegates) => {
                self.delegates[at] = delegates;
                self.amended[at / 2] = Some(entry);
            }
            Try::Enrol(person, job) => self.hands.push(Hand {
                key: self.next_key(),
                person,
                job,
                revoked: false,
            }),
            Try::Revoke(at) => self.hands[at].revoked = true,
            Try::Files(_) => {}
        }
    }

    fn resolve(
        &mut self,
        entry: EntryIndex,
        at: usize,
        first: EntryIndex,
        second: EntryIndex,
        outcome: ResolutionOutcome,
    ) {
        let out: &[EntryIndex] = match outcome {
            ResolutionOutcome::KeepFirst | ResolutionOutcome::RedoSecond => &[second],
            ResolutionOutcome::KeepSecond | ResolutionOutcome::RedoFirst => &[first],
            ResolutionOutcome::DiscardBoth => &[first, second],
        };
        self.assigned[at] = match outcome {
            ResolutionOutcome::RedoFirst | ResolutionOutcome::RedoSecond => {
                self.find(out[0]).map(|(_, filed)| (filed.person.clone(), entry))
            }
            ResolutionOutcome::KeepFirst | ResolutionOutcome::KeepSecond | ResolutionOutcome::DiscardBoth => None,
        };
        for gone in out {
            let whose = self.find(*gone).unwrap().1.person.clone();
            for filed in &mut self.filed[at] {
                let theirs = filed.person == whose && filed.entry <= *gone && !filed.by_case;
                if theirs && filed.aside.is_none() {
                    filed.aside = Some(entry);
                }
            }
        }
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
fn told(what: &Try) -> String {
    let long = format!("{what:?}");
    long.chars().take(400).collect()
}
