//! The state's hash by the recipe of `docs/ARCHITECTURE.md`, written once more: from the entries' bytes, and from the state only
//! who has which key, what the roster is by now and which version of a precinct counts.
//!
//! Domains, versions, names and the order of parts are the page's. So the page is what somebody needs who makes the hash
//! in another language.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use sha2::{Digest, Sha256};
use tallylog_event::{
    AuthorityEvent, Basis, CaseEvent, CaseOutcome, CodeEvent, CourseEvent, Entry, EntryIndex, Event, EventBody,
    InquiryEvent, PaperEvent, PrecinctId, ResolutionOutcome, ReviewEvent, Role, SubmissionId, UnixMillis,
};
use tallylog_projection::{FOLD_VERSION, State};
use tallylog_simulate::{Options, night};
use tallylog_verify::Bundle;

use crate::golden;
use crate::log::Log;
use crate::trials::Random;

/// How many sizes of a log are looked at.
const LOOKS: usize = 40;

/// An entry, and what it says.
struct Read {
    entry: Entry,
    body: EventBody,
}

impl Read {
    fn of(bytes: &[u8]) -> Self {
        let entry = Entry::decode(bytes).unwrap();
        let body = entry.envelope.decode().unwrap();
        Self { entry, body }
    }

    fn index(&self) -> u64 {
        self.entry.index.0
    }

    /// What an event of a desk says, as it stands in the signed bytes: behind contest, submission, time and the indices of
    /// the event and of the step.
    fn said(&self) -> &[u8] {
        let body = &self.entry.envelope.body;
        let time = body[32..].iter().take_while(|byte| **byte >= 0x80).count() + 1;
        &body[32 + time + 2..]
    }
}

/// What is hashed.
#[derive(Default)]
struct Form(Vec<u8>);

impl Form {
    fn domain(&mut self, domain: &str) {
        self.0.extend(domain.as_bytes());
        self.0.push(0);
    }

    fn number(&mut self, number: impl TryInto<u64>) {
        let Ok(number) = number.try_into() else {
            unreachable!("a number has 8 bytes")
        };
        self.0.extend(number.to_be_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len());
        self.0.extend(bytes);
    }

    fn entries<'a>(&mut self, entries: impl IntoIterator<Item = &'a u64, IntoIter: ExactSizeIterator>) {
        let entries = entries.into_iter();
        self.number(entries.len());
        entries.for_each(|entry| self.number(*entry));
    }
}

/// What the page says.
struct Page {
    /// Part by part: its name, its domain if it begins with one, and the version from which on it is there.
    parts: Vec<(String, Option<String>, u16)>,
    desks: Vec<String>,
    roles: Vec<String>,
}

fn named(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

impl Page {
    fn read() -> Self {
        let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/ARCHITECTURE.md")).unwrap();
        let section = page.split("## The state's hash\n").nth(1).unwrap();
        let section = section.split("\n## ").next().unwrap();
        let rows = |header: &str| -> Vec<(String, String)> {
            let table = section.split(&format!("{header}\n")).nth(1).unwrap();
            let lines = table.lines().skip(1).take_while(|line| line.starts_with('|'));
            let cells = lines.map(|line| line.trim_matches('|').split_once('|').unwrap());
            cells
                .map(|(name, form)| (name.trim().to_owned(), form.trim().to_owned()))
                .collect()
        };
        let part = |(name, form): (String, String)| {
            let domain = form.contains("and a zero byte, without length");
            let domain = domain.then(|| named(&form).remove(0));
            let from = form.strip_prefix("from version ").map_or("0", |rest| &rest[..1]);
            let from = from.parse().unwrap();
            (name, domain, from)
        };
        let roles = section.split("The names of roles are ").nth(1).unwrap();
        Self {
            parts: rows("| part | form |").into_iter().map(part).collect(),
            desks: rows("| desk | form |").into_iter().map(|(name, _)| name).collect(),
            roles: named(roles.split(". ").next().unwrap()),
        }
    }
}

/// A log at one size, as the recipe reads it.
struct Recipe<'a> {
    page: &'a Page,
    read: &'a [Read],
    state: &'a State,
    form: Form,
}

impl<'a> Recipe<'a> {
    fn hash(mut self) -> [u8; 32] {
        let fold = self.state.contest().map_or(0, |contest| contest.fold);
        for (name, domain, _) in self.page.parts.iter().filter(|(.., from)| fold >= *from) {
            if let Some(domain) = domain {
                self.form.domain(domain);
            }
            self.part(name);
        }
        Sha256::digest(&self.form.0).into()
    }

    fn part(&mut self, name: &str) {
        match name {
            "domain" => {}
            "size" => self.form.number(self.read.len()),
            "time" => self
                .form
                .number(self.read.last().map_or(0, |read| read.entry.received_at.0)),
            "contest" => self.contest(),
            "roster" => self.roster(),
            "keys" => self.keys(),
            "precincts" => self.precincts(),
            "releases" => self.releases(),
            "commitments" => self.commitments(),
            "desks" => {
                for desk in &self.page.desks {
                    self.desk(desk);
                }
            }
            "acts" => self.acts(),
            other => unreachable!("the page has a part {other:?}, and this recipe has none"),
        }
    }

    fn desk(&mut self, name: &str) {
        match name {
            "codes" => self.codes(),
            "entry" => self.entry(),
            "review" => self.review(),
            "cases" => self.cases(),
            "inquiries" => self.inquiries(),
            "course" => self.course(),
            "paper" => self.paper(),
            other => unreachable!("the page has a desk {other:?}, and this recipe has none"),
        }
    }

    fn event(&mut self, event: Event) {
        let body = EventBody {
            contest: self.read[0].body.contest,
            submission: SubmissionId([0; 16]),
            recorded_at: UnixMillis(0),
            event,
        };
        self.form.bytes(&body.encode());
    }

    fn contest(&mut self) {
        let Some(first) = self.read.first() else {
            return self.form.number(0_u64);
        };
        self.form.number(1_u64);
        self.event(first.body.event.clone());
    }

    fn roster(&mut self) {
        if self.read.is_empty() {
            return;
        }
        self.form.number(self.state.roster().len());
        for county in self.state.roster().counties() {
            self.event(Event::CountyListed(Box::new(county.clone())));
        }
    }

    fn keys(&mut self) {
        self.form.number(self.state.authors().count());
        for author in self.state.authors() {
            self.form.bytes(&author.key.0);
            self.form.bytes(author.person.as_str().as_bytes());
            self.form.bytes(self.page.roles[number_of(&author.role)].as_bytes());
            if let Role::Chair(precincts) = &author.role {
                self.form.number(precincts.len());
                for precinct in precincts {
                    self.form.number(precinct.county.0);
                    self.form.number(precinct.number);
                }
            } else if let Role::Campaign(name) = &author.role {
                self.form.bytes(name.as_str().as_bytes());
            }
            self.form.number(author.enrolled.0);
            self.form.number(author.revoked.map_or(0, |by| by.0));
        }
    }

    fn precincts(&mut self) {
        self.form.number(self.state.roster().precincts());
        for precinct in self.state.roster().ids() {
            let versions = self.read.iter().filter(|read| reports_on(read) == Some(precinct));
            let versions: Vec<&Read> = versions.collect();
            self.form.number(versions.len());
            for version in versions {
                self.form.number(version.index());
                self.form.bytes(&version.entry.envelope.author.0);
            }
            let record = self.state.counted(precinct, Basis::Recorded);
            let record = record.map(|version| &self.read[usize::try_from(version.entry.0).unwrap()]);
            self.form
                .bytes(record.map_or(&[], |record| &record.entry.envelope.body));
        }
    }

    fn releases(&mut self) {
        let releases = self.all(|event| matches!(event, Event::Released(_)));
        self.form.number(releases.len());
        for read in releases {
            let Event::Released(release) = &read.body.event else {
                unreachable!()
            };
            self.form.number(read.index());
            self.form.bytes(release.name().as_str().as_bytes());
            let mut listed: Vec<EntryIndex> = release.entries().to_vec();
            listed.sort_by_key(|entry| {
                let precinct = self.state.precinct_of(*entry).unwrap();
                self.state.roster().position(precinct)
            });
            let listed: Vec<u64> = listed.into_iter().map(|entry| entry.0).collect();
            self.form.entries(&listed);
        }
    }

    fn commitments(&mut self) {
        let commitments = self.all(|event| matches!(event, Event::ResultsCommitted(_)));
        self.form.number(commitments.len());
        for read in commitments {
            self.form.number(read.index());
            self.event(read.body.event.clone());
        }
    }

    /// The entries of a kind.
    fn all(&self, is: impl Fn(&Event) -> bool) -> Vec<&'a Read> {
        self.read.iter().filter(|read| is(&read.body.event)).collect()
    }

    /// An author by place.
    fn author(&mut self, read: &Read) {
        let key = read.entry.envelope.author;
        let place = self.state.authors().position(|author| author.key == key);
        self.form.number(place.unwrap());
    }

    fn signed(&mut self, read: &Read) {
        self.form.number(read.index());
        self.author(read);
        self.form.bytes(read.said());
    }

    /// A list, each signed.
    fn signed_list(&mut self, list: &[&Read]) {
        self.form.number(list.len());
        for read in list {
            self.signed(read);
        }
    }

    /// Without what was signed itself.
    fn list_by_author(&mut self, list: &[&Read]) {
        self.form.number(list.len());
        for read in list {
            self.form.number(read.index());
            self.author(read);
        }
    }

    fn codes(&mut self) {
        let batches = self.all(|event| matches!(event, Event::Code(CodeEvent::Issued(_))));
        self.form.number(batches.len());
        for batch in batches {
            self.signed(batch);
            let mut used = BTreeMap::new();
            for read in self.read {
                if let Event::Code(CodeEvent::Redeemed(redeemed)) = &read.body.event
                    && redeemed.batch.0 == batch.index()
                {
                    used.insert(redeemed.number, read.index());
                }
            }
            self.form.number(used.len());
            for (number, entry) in used {
                self.form.number(number);
                self.form.number(entry);
            }
            let withdrawn = self.all(|event| matches!(event, Event::Code(CodeEvent::Withdrawn(withdrawn)) if withdrawn.batch.0 == batch.index()));
            self.signed_list(&withdrawn);
        }
    }

    fn entry(&mut self) {
        let (mut by_hand, mut files) = (Vec::new(), BTreeMap::<PrecinctId, Vec<u64>>::new());
        let mut asked = BTreeMap::<PrecinctId, (u64, &str)>::new();
        for read in self.read {
            let event = &read.body.event;
            if let Event::Entered(entry) = event {
                by_hand.push(read.index());
                if let Some((by, person)) = asked.get_mut(&entry.report.precinct)
                    && !person.is_empty()
                {
                    (*by, *person) = (read.index(), "");
                }
            } else if let Event::Review(ReviewEvent::Resolved(resolved)) = event {
                let again = match resolved.outcome {
                    ResolutionOutcome::RedoFirst => Some(resolved.first),
                    ResolutionOutcome::RedoSecond => Some(resolved.second),
                    ResolutionOutcome::KeepFirst | ResolutionOutcome::KeepSecond | ResolutionOutcome::DiscardBoth => {
                        None
                    }
                };
                let person = again.map_or("", |entry| self.person_of(entry));
                asked.insert(resolved.precinct, (read.index(), person));
            } else if let Event::FilesAdded(added) = event {
                files.entry(added.precinct).or_default().push(read.index());
            }
        }
        self.form.entries(&by_hand);
        self.form.number(asked.len());
        for (by, person) in asked.into_values() {
            self.form.number(by);
            self.form.bytes(person.as_bytes());
        }
        self.form.number(files.len());
        for entry in files.into_values().flatten() {
            self.form.number(entry);
        }
    }

    fn person_of(&self, entry: EntryIndex) -> &'a str {
        let read = &self.read[usize::try_from(entry.0).unwrap()];
        self.state.key(&read.entry.envelope.author).unwrap().person.as_str()
    }

    fn review(&mut self) {
        let resolutions = self.all(|event| matches!(event, Event::Review(ReviewEvent::Resolved(_))));
        self.list_by_author(&resolutions);
        let (mut decisions, mut holds) = (BTreeMap::<_, Vec<&Read>>::new(), BTreeMap::<_, Vec<&Read>>::new());
        for read in self.read {
            if let Event::Review(ReviewEvent::Decided(decided)) = &read.body.event {
                let about = (decided.subject, decided.code);
                decisions.entry(about).or_default().push(read);
            } else if let Event::Review(ReviewEvent::Held(held)) = &read.body.event {
                holds.entry(held.precinct).or_default().push(read);
            }
        }
        self.form.number(decisions.len());
        for list in decisions.values() {
            self.list_by_author(list);
        }
        self.form.number(holds.values().map(Vec::len).sum::<usize>());
        for hold in holds.into_values().flatten() {
            let lifts = |event: &Event| matches!(event, Event::Review(ReviewEvent::Lifted(lift)) if lift.hold.0 == hold.index());
            let lifted = self.all(lifts).first().map_or(0, |read| read.index());
            self.form.number(hold.index());
            self.author(hold);
            self.form.number(lifted);
        }
    }

    fn cases(&mut self) {
        let cases = self.all(|event| matches!(event, Event::Case(CaseEvent::Opened(_))));
        self.form.number(cases.len());
        for case in cases {
            self.signed(case);
            let proposals = self.all(
                |event| matches!(event, Event::Case(CaseEvent::Proposed(proposal)) if proposal.case.0 == case.index()),
            );
            self.form.number(proposals.len());
            for proposal in proposals {
                self.signed(proposal);
                let of_it = |entry: EntryIndex| entry.0 == proposal.index();
                self.decided(|event| {
                    let is_approved = matches!(event, Event::Case(CaseEvent::Approved(one)) if of_it(one.proposal));
                    let is_rejected = matches!(event, Event::Case(CaseEvent::Rejected(one)) if of_it(one.proposal));
                    is_approved.then_some(1).or(is_rejected.then_some(2))
                });
            }
            let closed = self.all(
                |event| matches!(event, Event::Case(CaseEvent::Closed(closing)) if closing.case.0 == case.index()),
            );
            self.signed_list(&closed);
        }
    }

    /// What became of a proposal: 0, or a number and what was signed.
    fn decided(&mut self, how: impl Fn(&Event) -> Option<u64>) {
        let decided = self.read.iter().find(|read| how(&read.body.event).is_some());
        self.form
            .number(decided.and_then(|read| how(&read.body.event)).unwrap_or(0));
        if let Some(read) = decided {
            self.signed(read);
        }
    }

    fn inquiries(&mut self) {
        let inquiries = self.all(|event| matches!(event, Event::Inquiry(InquiryEvent::Filed(_))));
        self.form.number(inquiries.len());
        for inquiry in inquiries {
            self.signed(inquiry);
            let answers = self.all(|event| matches!(event, Event::Inquiry(InquiryEvent::Answered(answer)) if answer.inquiry.0 == inquiry.index()));
            self.signed_list(&answers);
        }
    }

    fn course(&mut self) {
        let turns = self.all(|event| matches!(event, Event::Course(CourseEvent::Paused(_) | CourseEvent::Resumed(_))));
        let is_pause = |read: &Read| matches!(read.body.event, Event::Course(CourseEvent::Paused(_)));
        self.form.number(turns.iter().filter(|read| is_pause(read)).count());
        for (place, pause) in turns.iter().enumerate().filter(|(_, read)| is_pause(read)) {
            self.signed(pause);
            let end = turns.get(place + 1).filter(|read| !is_pause(read));
            self.signed_list(&end.copied().into_iter().collect::<Vec<_>>());
        }
        let certified = self.all(|event| matches!(event, Event::Course(CourseEvent::Certified(_))));
        self.signed_list(&certified);
        let amended = self.all(|event| matches!(event, Event::Course(CourseEvent::RosterAmended(_))));
        self.signed_list(&amended);
    }

    fn paper(&mut self) {
        let is_sample = |event: &Event| {
            let Event::Paper(paper) = event else {
                return false;
            };
            match paper {
                PaperEvent::Drawn(_) => true,
                PaperEvent::Read(_)
                | PaperEvent::Announced(_)
                | PaperEvent::DrawnFrom(_)
                | PaperEvent::Abandoned(_) => false,
            }
        };
        let samples = self.all(is_sample);
        self.form.number(samples.len());
        for sample in samples {
            self.signed(sample);
            let readings = self.all(
                |event| matches!(event, Event::Paper(PaperEvent::Read(reading)) if reading.sample.0 == sample.index()),
            );
            self.signed_list(&readings);
        }
    }

    fn acts(&mut self) {
        let proposals = self.all(|event| matches!(event, Event::Authority(AuthorityEvent::Proposed(_))));
        self.form.number(proposals.len());
        for proposal in proposals {
            self.signed(proposal);
            let of_it = |entry: EntryIndex| entry.0 == proposal.index();
            self.decided(|event| {
                let is_so = matches!(event, Event::Authority(AuthorityEvent::Seconded(one)) if of_it(one.proposal));
                let is_over = matches!(event, Event::Authority(AuthorityEvent::Withdrawn(one)) if of_it(one.proposal));
                is_so.then_some(1).or(is_over.then_some(2))
            });
        }
        self.announcements();
    }

    fn announcements(&mut self) {
        let announced = self.all(|event| matches!(event, Event::Paper(PaperEvent::Announced(_))));
        self.form.number(announced.len());
        for announcement in announced {
            self.signed(announcement);
            let of_it = |entry: EntryIndex| entry.0 == announcement.index();
            let given_up =
                self.all(|event| matches!(event, Event::Paper(PaperEvent::Abandoned(one)) if of_it(one.announcement)));
            self.signed_list(&given_up);
            let drawn =
                self.all(|event| matches!(event, Event::Paper(PaperEvent::DrawnFrom(one)) if of_it(one.announcement)));
            self.signed_list(&drawn);
            let of_its_sample = |event: &Event| {
                let sample = drawn.first().map(|sample| sample.index());
                matches!(event, Event::Paper(PaperEvent::Read(one)) if Some(one.sample.0) == sample)
            };
            let readings = self.all(of_its_sample);
            self.signed_list(&readings);
        }
    }
}

/// The index of a role's variant, by which the page names it.
fn number_of(role: &Role) -> usize {
    match role {
        Role::Registrar => 0,
        Role::Chair(_) => 1,
        Role::Operator => 2,
        Role::Reviewer => 3,
        Role::CorrectionsOfficer => 4,
        Role::Campaign(_) => 5,
        Role::Observer => 6,
        Role::Witness => 7,
        Role::Importer => 8,
        Role::Service => 9,
    }
}

/// The precinct of which an entry is a version.
fn reports_on(read: &Read) -> Option<PrecinctId> {
    let event = &read.body.event;
    if let Event::Reported(report) = event {
        return Some(report.precinct);
    }
    if let Event::Entered(entry) = event {
        return Some(entry.report.precinct);
    }
    if let Event::Corrected(correction) = event {
        return Some(correction.report.precinct);
    }
    if let Event::Case(CaseEvent::Approved(approval)) = event
        && let CaseOutcome::Changed(correction) = &approval.outcome
    {
        return Some(correction.report.precinct);
    }
    None
}

/// Compares the recipe with the code at some sizes of a log, the empty one and the last among them.
#[track_caller]
fn check(name: &str, page: &Page, entries: &[Vec<u8>], state: &State) {
    let read: Vec<Read> = entries.iter().map(|bytes| Read::of(bytes)).collect();
    let sizes = (0..read.len())
        .step_by(read.len().div_ceil(LOOKS))
        .chain([1, read.len()]);
    for size in sizes {
        let then = state.at(u64::try_from(size).unwrap()).unwrap();
        let recipe = Recipe {
            page,
            read: &read[..size],
            state: &then,
            form: Form::default(),
        };
        assert_eq!(recipe.hash(), then.hash(), "{name} at {size}");
    }
}

#[test]
fn the_recipe_of_the_page_gives_the_hash_of_every_golden_night() {
    let page = Page::read();
    let mut versions = BTreeSet::new();
    for name in golden::names() {
        let bytes = fs::read(golden::path(&name, "tallylog")).unwrap();
        let bundle = Bundle::parse(&bytes).unwrap();
        let entries: Vec<Vec<u8>> = bundle.entries().range(0..u64::MAX).map(<[u8]>::to_vec).collect();
        let fold = golden::folded(&entries);
        versions.insert(fold.state().contest().unwrap().fold);
        check(&name, &page, &entries, fold.state());
    }
    assert!(versions.contains(&1) && versions.contains(&2), "{versions:?}");
}

#[test]
fn the_recipe_of_the_page_gives_the_hash_of_simulated_nights_of_every_version() {
    let page = Page::read();
    let (mut kinds, mut from) = (BTreeSet::new(), BTreeSet::new());
    for version in 1..=FOLD_VERSION {
        for seed in 1..=6 {
            let night = night(&Options {
                version,
                ..Options::small(seed, 3, 20)
            });
            let log = Log::of(&night, Random(seed));
            check(
                &format!("version {version}, seed {seed}"),
                &page,
                &log.entries,
                log.state(),
            );
            kinds.extend(golden::kinds(log.entries.iter().map(Vec::as_slice)));
        }
        from.insert(version);
    }
    // What the golden nights do not have.
    for kind in [
        "Authority(Proposed",
        "Authority(Seconded",
        "Authority(Withdrawn",
        "Paper(Announced",
        "Paper(DrawnFrom",
        "Paper(Abandoned",
    ] {
        assert!(kinds.contains(kind), "{kind} in {kinds:?}");
    }
    let known = page
        .parts
        .iter()
        .all(|(.., version)| *version == 0 || from.contains(version));
    assert!(known, "the page speaks of a version that is none");
}
