//! What the log will answer, by the books.

use std::collections::BTreeSet;

use tallylog_event::{CaseOutcome, EntryIndex, ResolutionOutcome, Subject};
use tallylog_rules::{Code, Severity, Sheet};

use super::attempt::Try;
use super::book::{Book, File, Filed, Hand, Job, Proposed, Ruled};
use super::doubts::differ;

/// Every answer that walks are to come by.
pub(super) const CODES: [&str; 37] = [
    "taken",
    "revoked-key",
    "wrong-role",
    "out-of-scope",
    "certified",
    "entry-paused",
    "not-the-record",
    "not-a-chairs",
    "needs-a-case",
    "same-person",
    "already-entered",
    "entry-assigned",
    "nothing-to-resolve",
    "own-entry",
    "no-such-discrepancy",
    "blocking-discrepancy",
    "no-such-hold",
    "no-such-case",
    "not-in-case",
    "proposal-open",
    "no-such-proposal",
    "not-as-proposed",
    "release-name-taken",
    "not-a-report",
    "precinct-twice",
    "unreleasable",
    "no-such-inquiry",
    "already-paused",
    "not-paused",
    "no-such-release",
    "bad-amendment",
    "alike-name",
    "last-registrar",
    "needs-second",
    "repeats-itself",
    "hand-twice",
    "not-an-operator",
];

type Answer = Result<(), &'static str>;

fn unless(is_wrong: bool, code: &'static str) -> Answer {
    if is_wrong { Err(code) } else { Ok(()) }
}

impl Book {
    /// `taken`, or the code of the refusal.
    pub(super) fn judged(&self, by: usize, what: &Try) -> &'static str {
        self.answer(by, what).err().unwrap_or("taken")
    }

    fn answer(&self, by: usize, what: &Try) -> Answer {
        unless(self.hands[by].revoked, "revoked-key")?;
        let (job, person) = (self.hands[by].job, self.hands[by].person.as_str());
        role(job, what)?;
        match what {
            Try::Report(at, sheet) => {
                self.open()?;
                unless(self.repeats(by, *at, sheet, false), "repeats-itself")
            }
            Try::Amend(at, replaces, sheet, documented) => {
                self.open()?;
                let record = self.same_record(*at, *replaces)?;
                unless(!matches!(record.job, Job::Chair(_)), "not-a-chairs")?;
                unless(self.repeats(by, *at, sheet, *documented), "repeats-itself")
            }
            Try::Enter(at, _, typed) => {
                self.open()?;
                self.typed(person, typed)?;
                self.enters(*at, person, typed)
            }
            Try::Resolve(at, first, second, outcome) => self.resolves(person, *at, (*first, *second), *outcome),
            Try::Decide(subject, code, ruled) => self.decides(person, *subject, *code, *ruled),
            Try::Lift(hold) => {
                let stands = self.holds.iter().any(|(entry, _, stands)| entry == hold && *stands);
                unless(!stands, "no-such-hold")
            }
            Try::Release(name, listed) => self.releases(person, name, listed),
            Try::Propose(case, at, outcome) => self.proposes(*case, *at, outcome),
            Try::Approve(proposal, outcome) => self.approves(person, *proposal, outcome),
            Try::Reject(proposal) => self.open_proposal_of(*proposal).map(|_| ()),
            Try::Close(case) => self.closes(*case),
            Try::Answer(inquiry, case) => self.answers(person, *inquiry, *case),
            Try::Pause => {
                unless(self.certified, "certified")?;
                unless(self.paused, "already-paused")
            }
            Try::Resume => {
                unless(self.certified, "certified")?;
                unless(!self.paused, "not-paused")
            }
            Try::Certify(release) => {
                unless(self.certified, "certified")?;
                let last = self.releases.last().filter(|last| last.entry == *release);
                self.list(&last.ok_or("no-such-release")?.listed)
            }
            Try::Apportion(at, delegates) => {
                unless(self.certified, "certified")?;
                unless(self.delegates[*at] == *delegates, "bad-amendment")
            }
            Try::Enrol(person, job) => {
                unless(job.role().is_staff() && self.takes_two(), "needs-second")?;
                let alike = |known: &str| known != person && known.to_lowercase() == person.to_lowercase();
                unless(self.hands.iter().any(|hand| alike(&hand.person)), "alike-name")
            }
            Try::Revoke(at) => self.revokes(*at),
            Try::Files(_) | Try::Hold(_) | Try::Open(_) | Try::Ask(_) => Ok(()),
        }
    }

    fn open(&self) -> Answer {
        unless(self.certified, "certified")?;
        unless(self.paused, "entry-paused")
    }

    fn same_record(&self, at: usize, entry: EntryIndex) -> Result<&Filed, &'static str> {
        let record = self.record(at).filter(|record| record.entry == entry);
        record.ok_or("not-the-record")
    }

    /// Whether somebody says again what they said last, with the same documents, while that is the record. Whoever may
    /// say it here is a chair, and says it through one channel.
    fn repeats(&self, by: usize, at: usize, sheet: &Sheet, documented: bool) -> bool {
        let last = self.filed[at].iter().rfind(|filed| filed.hand == by);
        let record = self.record(at).map(|record| record.entry);
        let same = |last: &Filed| {
            Some(last.entry) == record && last.sheet == *sheet && (last.corrects && last.explained) == documented
        };
        self.fold > 2 && self.assigned[at].is_none() && last.is_some_and(same)
    }

    /// Whether those who are said to have typed are operators, and others than who signs.
    fn typed(&self, person: &str, typed: &[String]) -> Answer {
        if self.fold < 3 {
            return Ok(());
        }
        for name in typed {
            unless(name == person, "hand-twice")?;
            let is_theirs = |hand: &Hand| hand.person == *name && hand.job == Job::Operator && !hand.revoked;
            unless(!self.hands.iter().any(is_theirs), "not-an-operator")?;
        }
        Ok(())
    }

    fn enters(&self, at: usize, person: &str, typed: &[String]) -> Answer {
        let mut entered: Vec<&Filed> = Vec::new();
        for filed in self.filed[at].iter().filter(|filed| filed.aside.is_none()) {
            if filed.corrects {
                entered.clear();
            } else if filed.job == Job::Operator {
                entered.push(filed);
            }
        }
        let typing = |name: &String| name == person || typed.contains(name);
        let again = entered.iter().any(|filed| filed.hands.iter().any(typing));
        unless(again, "same-person")?;
        unless(entered.len() > 1, "already-entered")?;
        let another = self.assigned[at].as_ref().is_some_and(|(asked, _)| asked != person);
        unless(another, "entry-assigned")
    }

    fn own(&self, person: &str, entry: EntryIndex) -> Answer {
        let own = self
            .find(entry)
            .is_some_and(|(_, filed)| filed.hands.iter().any(|hand| hand == person));
        unless(own, "own-entry")
    }

    fn releases(&self, person: &str, name: &str, listed: &[EntryIndex]) -> Answer {
        for entry in listed {
            self.own(person, *entry)?;
        }
        unless(self.releases.iter().any(|old| old.name == name), "release-name-taken")?;
        self.list(listed)
    }

    fn resolves(&self, person: &str, at: usize, pair: (EntryIndex, EntryIndex), outcome: ResolutionOutcome) -> Answer {
        unless(self.certified, "certified")?;
        let asked = self.assigned[at].as_ref().map(|(_, by)| *by);
        let named = |entry| {
            let filed = self.filed[at].iter().find(|filed| filed.entry == entry)?;
            let counts = filed.aside.is_none() || filed.aside == asked;
            (counts && !filed.by_case).then_some(filed)
        };
        let both = named(pair.0).zip(named(pair.1)).filter(|_| pair.0 < pair.1);
        let (first, second) = both.ok_or("nothing-to-resolve")?;
        self.own(person, pair.0)?;
        self.own(person, pair.1)?;
        let differ = differ(&first.sheet, &second.sheet);
        let typed = |filed: &Filed| filed.job == Job::Operator;
        // Where somebody was asked and does not come, the other one stays, or nothing does.
        let gone = (first.aside.is_some(), second.aside.is_some());
        let fits = match outcome {
            ResolutionOutcome::KeepFirst => gone == (false, true) || gone == (false, false) && differ,
            ResolutionOutcome::KeepSecond => gone == (true, false) || gone == (false, false) && differ,
            ResolutionOutcome::RedoFirst => gone == (false, false) && differ && typed(first),
            ResolutionOutcome::RedoSecond => gone == (false, false) && differ && typed(second),
            ResolutionOutcome::DiscardBoth => gone != (true, true),
        };
        unless(!fits, "nothing-to-resolve")
    }

    fn decides(&self, person: &str, subject: Subject, code: Code, ruled: Ruled) -> Answer {
        if let Subject::Entry(entry) = subject {
            self.own(person, entry)?;
        }
        let all = self.doubts();
        let about: Vec<_> = all
            .iter()
            .filter(|doubt| doubt.subject == subject && doubt.code == code)
            .collect();
        for other in about.iter().filter_map(|doubt| doubt.other) {
            self.own(person, other)?;
        }
        let open = about.iter().filter(|doubt| doubt.life.is_none());
        let weighs = open.clone().any(|doubt| doubt.severity == Severity::Block);
        match ruled {
            Ruled::Accepted => {
                unless(open.count() == 0, "no-such-discrepancy")?;
                unless(weighs, "blocking-discrepancy")
            }
            Ruled::Settled => unless(open.count() == 0, "no-such-discrepancy"),
            Ruled::Reopened => unless(about.iter().all(|doubt| doubt.life.is_none()), "no-such-discrepancy"),
        }
    }

    /// What a release, or a certificate of one, may list.
    fn list(&self, listed: &[EntryIndex]) -> Answer {
        let mut places = Vec::new();
        for entry in listed {
            let (at, _) = self.find(*entry).ok_or("not-a-report")?;
            unless(places.contains(&at), "precinct-twice")?;
            places.push(at);
        }
        let out = |at: &usize, entry: &EntryIndex| {
            self.record(*at).is_some_and(|record| record.entry == *entry) && self.may_go_out(*at)
        };
        let all_out = places.iter().zip(listed).all(|(at, entry)| out(at, entry));
        unless(!all_out, "unreleasable")
    }

    fn open_case(&self, case: EntryIndex) -> Result<&File, &'static str> {
        let known = self.cases.iter().find(|known| known.entry == case && !known.closed);
        known.ok_or("no-such-case")
    }

    fn open_proposal_of(&self, proposal: EntryIndex) -> Result<&Proposed, &'static str> {
        let known = self
            .proposals
            .iter()
            .find(|known| known.entry == proposal && known.open);
        known.ok_or("no-such-proposal")
    }

    fn proposes(&self, case: EntryIndex, at: usize, outcome: &CaseOutcome) -> Answer {
        unless(self.open_case(case)?.at != at, "not-in-case")?;
        let waits = self.proposals.iter().any(|known| known.at == at && known.open);
        unless(waits, "proposal-open")?;
        self.same_record(at, spoken_of(outcome)).map(|_| ())
    }

    fn approves(&self, person: &str, proposal: EntryIndex, outcome: &CaseOutcome) -> Answer {
        let known = self.open_proposal_of(proposal)?;
        unless(known.person == person, "same-person")?;
        unless(known.outcome != *outcome, "not-as-proposed")?;
        let record = self.same_record(known.at, spoken_of(outcome))?;
        let own = if record.by_case {
            record.person == person
        } else {
            record.hands.iter().any(|hand| hand == person)
        };
        unless(own, "same-person")
    }

    fn closes(&self, case: EntryIndex) -> Answer {
        self.open_case(case)?;
        let waits = self.proposals.iter().any(|known| known.case == case && known.open);
        unless(waits, "proposal-open")
    }

    fn answers(&self, person: &str, inquiry: EntryIndex, case: Option<EntryIndex>) -> Answer {
        let asked = self.asked.iter().find(|known| known.entry == inquiry && known.open);
        let asked = asked.ok_or("no-such-inquiry")?;
        unless(asked.person == person, "same-person")?;
        let Some(case) = case else {
            return Ok(());
        };
        let case = self.cases.iter().find(|known| known.entry == case);
        unless(case.ok_or("no-such-case")?.at != asked.at, "not-in-case")
    }

    /// Whether there is more than one registrar, so that none may make staff or take a registrar alone.
    fn takes_two(&self) -> bool {
        let registrars = self
            .hands
            .iter()
            .filter(|hand| hand.job == Job::Registrar && !hand.revoked);
        let persons: BTreeSet<&str> = registrars.map(|hand| hand.person.as_str()).collect();
        self.fold > 2 && persons.len() > 1
    }

    fn revokes(&self, at: usize) -> Answer {
        unless(self.hands[at].job == Job::Registrar && self.takes_two(), "needs-second")?;
        unless(self.hands[at].revoked, "revoked-key")?;
        let registrars = self
            .hands
            .iter()
            .filter(|hand| hand.job == Job::Registrar && !hand.revoked);
        let last = self.hands[at].job == Job::Registrar && registrars.count() == 1;
        unless(last, "last-registrar")
    }
}

/// Whether somebody of that role may try it at all.
fn role(job: Job, what: &Try) -> Answer {
    let may = match what {
        Try::Report(at, _) => return chair(job, *at),
        Try::Amend(at, ..) => {
            unless(job == Job::Officer, "needs-a-case")?;
            return chair(job, *at);
        }
        Try::Files(at) => match job {
            Job::Chair(own) => return unless(own != *at, "out-of-scope"),
            Job::Operator | Job::Reviewer | Job::Officer => true,
            Job::Registrar | Job::Campaign | Job::Observer => false,
        },
        Try::Enter(..) => job == Job::Operator,
        Try::Resolve(..) | Try::Decide(..) | Try::Hold(_) | Try::Lift(_) | Try::Release(..) => job == Job::Reviewer,
        Try::Open(_) | Try::Propose(..) | Try::Approve(..) | Try::Reject(_) | Try::Close(_) => job == Job::Officer,
        Try::Ask(_) => job == Job::Campaign,
        Try::Answer(..) => matches!(job, Job::Reviewer | Job::Officer),
        Try::Pause | Try::Resume | Try::Certify(_) | Try::Apportion(..) | Try::Enrol(..) | Try::Revoke(_) => {
            job == Job::Registrar
        }
    };
    unless(!may, "wrong-role")
}

fn chair(job: Job, at: usize) -> Answer {
    match job {
        Job::Chair(own) => unless(own != at, "out-of-scope"),
        Job::Registrar | Job::Operator | Job::Reviewer | Job::Officer | Job::Campaign | Job::Observer => {
            Err("wrong-role")
        }
    }
}

/// The record that an outcome names.
fn spoken_of(outcome: &CaseOutcome) -> EntryIndex {
    match outcome {
        CaseOutcome::Changed(correction) => correction.replaces,
        CaseOutcome::Unchanged(unchanged) => unchanged.record,
    }
}
