//! The model's books: what was taken, kept as plainly as possible.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use tallylog_event::{
    CaseOutcome, EntryIndex, PrecinctId, ReleasePolicy, ResolutionOutcome, Role, SigningKey, Subject,
};
use tallylog_projection::Refusal;
use tallylog_rules::Sheet;

use super::attempt::{Try, told};
use super::command::Command;
use crate::centre::{Centre, Person, further_key, place, text};

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
    pub(super) fn role(self) -> Role {
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

/// Those who have more than one key from the start: of the same role, or of another.
pub(super) const FURTHER: [(&str, Job); 7] = [
    ("Cleo", Job::Officer),
    ("Olga", Job::Operator),
    ("Olga", Job::Reviewer),
    ("Vera", Job::Operator),
    ("Carl", Job::Operator),
    ("Cleo", Job::Reviewer),
    ("Ada of Alder", Job::Reviewer),
];

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
    Settled,
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
    /// The last files that came to a place.
    pub(super) files: [Option<EntryIndex>; 4],
    pub(super) paused: bool,
    pub(super) certified: bool,
    pub(super) confirmed_only: bool,
    /// The version of the rules of admission.
    pub(super) fold: u16,
    pub(super) answers: BTreeMap<String, u64>,
}

impl Hand {
    fn new(key: SigningKey, person: String, job: Job) -> Self {
        Self {
            key,
            person,
            job,
            revoked: false,
        }
    }
}

impl Filed {
    fn plain(entry: EntryIndex, by: usize, hand: &Hand, sheet: Sheet) -> Self {
        Self {
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
        }
    }

    fn correcting(self, explained: bool) -> Self {
        Self {
            corrects: true,
            explained,
            ..self
        }
    }
}

impl File {
    fn new(entry: EntryIndex, at: usize) -> Self {
        let closed = false;
        Self { entry, at, closed }
    }
}

impl Proposed {
    fn new(entry: EntryIndex, case: EntryIndex, at: usize, person: String, outcome: CaseOutcome) -> Self {
        Self {
            entry,
            case,
            at,
            person,
            outcome,
            open: true,
        }
    }
}

impl Asked {
    fn new(entry: EntryIndex, at: usize, person: String) -> Self {
        let open = true;
        Self {
            entry,
            at,
            person,
            open,
        }
    }
}

impl Released {
    fn new(entry: EntryIndex, name: String, listed: Vec<EntryIndex>, by: String) -> Self {
        Self {
            entry,
            name,
            listed,
            by,
        }
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
        let further = (1_u64..)
            .zip(FURTHER)
            .map(|(number, (person, job))| (further_key(number), person.to_owned(), job));
        let hands = staff
            .chain(chairs)
            .chain(further)
            .map(|(key, person, job)| Hand::new(key, person, job));
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
            files: [None; 4],
            paused: false,
            certified: false,
            confirmed_only: centre.contest.release == ReleasePolicy::Confirmed,
            fold: centre.contest.fold,
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
        let code = answer.as_ref().map_or_else(Refusal::code, |_| "taken");
        let who = &self.hands[by];
        writeln!(trace, "{} as {:?}: {} -> {code}", who.person, who.job, told(&what)).unwrap();
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
        match what {
            Try::Report(at, sheet) => self.file(at, Filed::plain(entry, by, &self.hands[by], sheet)),
            Try::Amend(at, _, sheet, explained) => {
                let filed = Filed::plain(entry, by, &self.hands[by], sheet);
                self.file(at, filed.correcting(explained));
            }
            Try::Enter(at, sheet, typed) => {
                let mut filed = Filed::plain(entry, by, &self.hands[by], sheet);
                filed.hands.extend(typed);
                self.file(at, filed);
                self.assigned[at] = None;
            }
            Try::Resolve(at, first, second, outcome) => self.resolve(entry, at, first, second, outcome),
            Try::Decide(subject, code, ruled) => {
                self.decisions.insert((subject, code.number()), (entry, ruled));
            }
            Try::Hold(at) => self.holds.push((entry, at, true)),
            Try::Lift(hold) => self.holds.iter_mut().find(|known| known.0 == hold).unwrap().2 = false,
            Try::Open(at) => self.cases.push(File::new(entry, at)),
            Try::Propose(case, at, outcome) => self.proposals.push(Proposed::new(entry, case, at, person, outcome)),
            Try::Approve(proposal, outcome) => self.approve(by, entry, proposal, outcome),
            Try::Reject(proposal) => self.proposal(proposal).open = false,
            Try::Close(case) => self.cases.iter_mut().find(|known| known.entry == case).unwrap().closed = true,
            Try::Release(name, listed) => self.releases.push(Released::new(entry, name, listed, person)),
            Try::Ask(at) => self.asked.push(Asked::new(entry, at, person)),
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
            Try::Enrol(person, job) => self.hands.push(Hand::new(self.next_key(), person, job)),
            Try::Revoke(at) => self.hands[at].revoked = true,
            Try::Files(at) => self.files[at] = Some(entry),
        }
    }

    fn file(&mut self, at: usize, filed: Filed) {
        self.filed[at].push(filed);
    }

    fn proposal(&mut self, entry: EntryIndex) -> &mut Proposed {
        self.proposals.iter_mut().find(|known| known.entry == entry).unwrap()
    }

    fn approve(&mut self, by: usize, entry: EntryIndex, proposal: EntryIndex, outcome: CaseOutcome) {
        let known = self.proposal(proposal);
        known.open = false;
        let (at, proposer) = (known.at, known.person.clone());
        if let CaseOutcome::Changed(correction) = outcome {
            let mut filed = Filed::plain(entry, by, &self.hands[by], correction.report.sheet).correcting(true);
            filed.by_case = true;
            filed.hands.push(proposer);
            self.file(at, filed);
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
