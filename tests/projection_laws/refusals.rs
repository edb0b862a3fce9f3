//! Every way in which the log says no, reached at least once.

use std::collections::BTreeSet;

use tallylog_event::{
    Audit, Basis, Channel, Commitment, Contest, ContestId, County, CountyId, District, Embargo, EntryIndex, Envelope,
    Event, EventBody, OpenCounts, PrecinctId, PublicKey, ReleasePolicy, Report, ResultsRoot, Role, SigningKey,
    SiteKind, StateHash, UnixMillis,
};
use tallylog_projection::{
    Accepted, CommitmentFault, ContestFault, CountyFault, FOLD_VERSION, Fold, MOST_FILES, MOST_VERSIONS, Refusal, State,
};
use tallylog_rules::{Attendees, ByGroup, Delegates, Game, GameMeans, GroupId, Sheet};
use tallylog_simulate::{Night, Options, night};

use crate::log::Book;
use crate::support::{Pen, by_channel, corrected, correction, document, key, report, text, with_more_people};

/// A number for every refusal, in runs without a gap. A new one does not compile until it has a number, and does not pass
/// until it has a case.
fn number(refusal: &Refusal) -> usize {
    match refusal {
        Refusal::NoContest => 0,
        Refusal::ContestOpen => 1,
        Refusal::BadContest(fault) => 30 + contest_fault(*fault),
        Refusal::OtherContest => 2,
        Refusal::ClockBack { .. } => 3,
        Refusal::UnknownKey(_) => 4,
        Refusal::RevokedKey { .. } => 5,
        Refusal::WrongRole { .. } => 6,
        Refusal::OutOfScope(_) => 7,
        Refusal::SubmissionReused(_) => 8,
        Refusal::UnknownPrecinct(_) => 9,
        Refusal::UnknownGroup(..) => 10,
        Refusal::FigureTooLarge { .. } => 11,
        Refusal::BadGame(_) => 12,
        Refusal::BadName => 13,
        Refusal::CountyOutOfTurn { .. } => 14,
        Refusal::BadCounty(fault) => 40 + county_fault(*fault),
        Refusal::KeyEnrolled(_) => 15,
        Refusal::LastRegistrar => 16,
        Refusal::NotTheRecord { .. } => 17,
        Refusal::Unexplained(_) => 18,
        Refusal::ReleaseNameTaken { .. } => 19,
        Refusal::NotAReport(_) => 20,
        Refusal::PrecinctTwice(..) => 21,
        Refusal::Unreleasable { .. } => 22,
        Refusal::NotAChairs(_) => 23,
        Refusal::CommitmentOutOfTurn { .. } => 24,
        Refusal::BadCommitment(fault) => 50 + commitment_fault(*fault),
        Refusal::TooManyVersions(_) => 60,
        Refusal::TooManyFiles => 61,
        Refusal::RepeatsItself(_) => 62,
        Refusal::UnknownFold(_) => 63,
        // The tests of the desks have every one of theirs.
        Refusal::Desk(refusal) => unreachable!("{refusal}"),
    }
}

fn commitment_fault(fault: CommitmentFault) -> usize {
    match fault {
        CommitmentFault::Precincts => 0,
        CommitmentFault::Embargo => 1,
        CommitmentFault::Audit => 2,
    }
}

fn contest_fault(fault: ContestFault) -> usize {
    match fault {
        ContestFault::Signer => 0,
        ContestFault::Candidates => 1,
        ContestFault::Keys => 2,
        ContestFault::Fold => 3,
        ContestFault::Ruleset => 4,
        ContestFault::Origin => 5,
        ContestFault::Persons => 6,
    }
}

fn county_fault(fault: CountyFault) -> usize {
    match fault {
        CountyFault::NameTwice => 0,
        CountyFault::Delegates => 1,
        CountyFault::SiteDelegates => 2,
        CountyFault::District => 3,
    }
}

fn all() -> BTreeSet<usize> {
    (0..25)
        .chain(30..37)
        .chain(40..44)
        .chain(50..53)
        .chain(60..64)
        .collect()
}

/// What is offered to a book, and what must be refused there.
type Case = (&'static str, Envelope);

/// A night with one report: at the first precinct, by its chair.
struct Scene {
    night: Night,
    book: Book,
    pen: Pen,
    record: EntryIndex,
}

impl Scene {
    fn new() -> Self {
        let night = night(&Options {
            errors: false,
            ..Options::small(11, 2, 12)
        });
        let mut book = Book::set_up(&night);
        let pen = Pen::new(night.contest.id);
        let (precinct, sheet) = night.sheets.first_key_value().unwrap();
        let chair = &night.keys.chair(*precinct).unwrap().key;
        let first = pen.sign(chair, report(*precinct, sheet));
        let record = book.offer(UnixMillis(0), first).unwrap();
        Self {
            night,
            book,
            pen,
            record,
        }
    }

    fn precinct(&self) -> PrecinctId {
        *self.night.sheets.first_key_value().unwrap().0
    }

    fn sheet(&self) -> Sheet {
        self.night.sheets.first_key_value().unwrap().1.clone()
    }

    fn chair(&self) -> &SigningKey {
        &self.night.keys.chair(self.precinct()).unwrap().key
    }

    fn registrar(&self) -> &SigningKey {
        &self.night.keys.registrars[0].key
    }

    fn operator(&self, number: usize) -> &SigningKey {
        &self.night.keys.operators[number].key
    }

    /// The chair's report with a changed sheet.
    fn with(&self, change: impl Fn(&mut Sheet)) -> Envelope {
        let mut sheet = self.sheet();
        change(&mut sheet);
        self.pen.sign(self.chair(), report(self.precinct(), &sheet))
    }

    fn game(&self, winner: u16, witness: &str) -> Envelope {
        let group = |number| GroupId::new(number).unwrap();
        self.with(|sheet| {
            sheet.games = vec![Game {
                among: vec![group(1), group(2)],
                delegates: Delegates(1),
                winners: vec![group(winner)],
                means: GameMeans::Lot,
                witnesses: vec![witness.to_owned()],
            }];
        })
    }

    fn county(&self, change: impl Fn(&mut County)) -> Envelope {
        let mut county = self.night.counties[0].clone();
        county.id = CountyId(u16::try_from(self.night.counties.len()).unwrap());
        county.name = text("Lyme");
        change(&mut county);
        self.pen.sign(self.registrar(), Event::CountyListed(Box::new(county)))
    }

    fn people_and_keys(&self) -> Vec<Case> {
        let (pen, registrar, precinct, sheet) = (&self.pen, self.registrar(), self.precinct(), self.sheet());
        let filed = report(precinct, &sheet);
        let unknown = PrecinctId {
            county: CountyId(99),
            number: 0,
        };
        let other = *self.night.sheets.keys().nth(1).unwrap();
        let foreign = EventBody {
            contest: ContestId([1; 16]),
            ..pen.body(filed.clone())
        };
        vec![
            (
                "contest-open",
                pen.sign(registrar, Event::ContestOpened(Box::new(self.night.contest.clone()))),
            ),
            ("other-contest", Envelope::seal(&foreign, self.chair())),
            ("unknown-key", pen.sign(&key(1), filed.clone())),
            ("revoked-key", pen.sign(self.operator(0), filed)),
            (
                "wrong-role",
                pen.sign(self.chair(), by_channel(precinct, &sheet, Channel::Phone)),
            ),
            ("out-of-scope", pen.sign(self.chair(), report(other, &sheet))),
            (
                "key-enrolled",
                pen.enrol(registrar, self.chair(), "Una Ueda", Role::Operator),
            ),
            (
                "unknown-precinct",
                pen.enrol(registrar, &key(2), "Una Ueda", Role::Chair(vec![precinct, unknown])),
            ),
            ("last-registrar", pen.revoke(registrar, registrar)),
        ]
    }

    fn figures(&self) -> Vec<Case> {
        let many = |people| Some(ByGroup::numbered(vec![Attendees(people); 14]).unwrap());
        let unknown = PrecinctId {
            county: CountyId(0),
            number: 999,
        };
        let crowd = ByGroup::numbered([Attendees(1); 15]).unwrap();
        let phoned = by_channel(unknown, &self.sheet(), Channel::Phone);
        vec![
            ("unknown-precinct", self.pen.sign(self.operator(1), phoned)),
            (
                "unknown-group",
                self.with(|sheet| sheet.final_alignment = Some(crowd.clone())),
            ),
            (
                "figure-too-large",
                self.with(|sheet| sheet.first_alignment = many(u32::MAX)),
            ),
            ("bad-game", self.game(3, "Ada Marsh")),
            ("bad-name", self.game(2, "Ada\u{7}")),
        ]
    }

    fn counties(&self) -> Vec<Case> {
        vec![
            ("county-out-of-turn", self.county(|county| county.id.0 += 1)),
            ("bad-county", self.county(|county| county.name = text("ADAIR"))),
            ("bad-county", self.county(|county| county.precincts[0].delegates.0 += 1)),
            ("bad-county", self.county(|county| county.kind = SiteKind::Satellites)),
            (
                "bad-county",
                self.county(|county| county.district = District::Congressional(5)),
            ),
        ]
    }

    fn commitments(&self) -> Vec<Case> {
        let (service, next) = (&self.night.keys.service, commitment(&self.book));
        let changed = |change: fn(&mut Commitment)| {
            let mut changed = next.clone();
            change(&mut changed);
            committed(&self.pen, service, changed)
        };
        vec![
            ("wrong-role", committed(&self.pen, self.registrar(), next.clone())),
            (
                "wrong-role",
                self.pen.sign(service, report(self.precinct(), &self.sheet())),
            ),
            ("unknown-key", committed(&self.pen, &self.night.keys.log, next.clone())),
            ("commitment-out-of-turn", changed(|next| next.size -= 1)),
            ("commitment-out-of-turn", changed(|next| next.size += 1)),
            ("bad-commitment", changed(|next| next.precincts -= 1)),
            ("bad-commitment", changed(|next| next.audit = None)),
        ]
    }

    fn corrections_and_releases(&self) -> Vec<Case> {
        let officer = &self.night.keys.officers[0].key;
        let reviewer = &self.night.keys.reviewers[0].key;
        let correct = |replaces, kind| {
            let mut correction = correction(replaces, self.precinct(), &self.sheet());
            correction.kind = kind;
            self.pen.sign(officer, corrected(correction))
        };
        let release = |name, entries: &[u64]| self.pen.release(reviewer, name, entries);
        let record = self.record.0;
        let by_the_book = Some(tallylog_event::CorrectionKind::Transcription);
        vec![
            ("not-the-record", correct(record - 1, by_the_book)),
            ("unexplained-correction", correct(record, None)),
            ("release-name-taken", release("first figures", &[])),
            ("not-a-report", release("second figures", &[0])),
            (
                "precinct-twice",
                release("second figures", &[record, self.book.size() - 1]),
            ),
            ("unreleasable", release("second figures", &[record])),
        ]
    }
}

/// What could be committed next, in a contest without an embargo.
fn commitment(book: &Book) -> Commitment {
    Commitment {
        size: book.size(),
        basis: Basis::Recorded,
        precincts: book.state().roster().precincts().try_into().unwrap(),
        root: ResultsRoot([1; 32]),
        audit: Some(Audit {
            state: StateHash([2; 32]),
            discrepancies: OpenCounts::default(),
        }),
    }
}

fn committed(pen: &Pen, key: &SigningKey, commitment: Commitment) -> Envelope {
    pen.sign(key, Event::ResultsCommitted(Box::new(commitment)))
}

/// Offers every case, and notes which refusals came.
fn offer(book: &mut Book, cases: Vec<Case>, reached: &mut BTreeSet<usize>) {
    for (code, envelope) in cases {
        let refusal = book.offer(UnixMillis(u64::MAX >> 1), envelope).unwrap_err();
        assert_eq!(refusal.code(), code, "{refusal}");
        reached.insert(number(&refusal));
    }
}

/// Entry 0 with something wrong in it.
fn contests(night: &Night, reached: &mut BTreeSet<usize>) {
    let pen = Pen::new(night.contest.id);
    let registrar = &night.keys.registrars[0].key;
    let opened = |change: fn(&mut Contest)| {
        let mut contest = night.contest.clone();
        change(&mut contest);
        (
            "bad-contest",
            pen.sign(registrar, Event::ContestOpened(Box::new(contest))),
        )
    };
    let cases = vec![
        ("no-contest", night.setup[1].clone()),
        opened(|contest| contest.fold = 0),
        opened(|contest| contest.registrars.reverse()),
        opened(|contest| contest.candidates.clear()),
        opened(|contest| contest.service = PublicKey([0; 32])),
        opened(|contest| contest.ruleset.viability.clear()),
        opened(|contest| contest.ruleset.national.districts.resize(255, 1)),
        opened(|contest| contest.log.origin = text("")),
        opened(|contest| {
            contest.fold = 2;
            contest.registrars[0].person = text(" ");
        }),
        ("unknown-fold", opened(|contest| contest.fold = FOLD_VERSION + 1).1),
    ];
    offer(&mut Book::new(), cases, reached);
}

/// A time before the last entry's, which the sequencer never gives, and a submission that came before.
fn by_hand(scene: &Scene, reached: &mut BTreeSet<usize>) {
    let refuse = |at, envelope: &Envelope| {
        let body = envelope.decode().unwrap();
        let accepted = Accepted::new(EntryIndex(scene.book.size()), UnixMillis(at), envelope, &body);
        scene.book.fold.admit(&accepted).unwrap_err()
    };
    let early = refuse(1, &scene.with(|_| {}));
    let again = refuse(u64::MAX, &scene.night.setup[3]);
    assert_eq!((early.code(), again.code()), ("clock-back", "submission-reused"));
    reached.extend([number(&early), number(&again)]);
}

/// A chair amends what an operator entered.
fn of_another(scene: &mut Scene, reached: &mut BTreeSet<usize>) {
    let (precinct, sheet) = scene
        .night
        .sheets
        .iter()
        .nth(1)
        .map(|(id, sheet)| (*id, sheet.clone()))
        .unwrap();
    let entered = by_channel(precinct, &sheet, Channel::Phone);
    let entered = scene.pen.sign(scene.operator(1), entered);
    let record = scene.book.offer(UnixMillis(u64::MAX >> 1), entered).unwrap();
    let chair = &scene.night.keys.chair(precinct).unwrap().key;
    let amended = corrected(correction(record.0, precinct, &sheet));
    let amended = scene.pen.sign(chair, amended);
    offer(&mut scene.book, vec![("not-a-chairs", amended)], reached);
}

/// Where contents are embargoed, the log says nothing of what was not released.
fn embargoed(night: &Night, reached: &mut BTreeSet<usize>) {
    let mut contest = night.contest.clone();
    contest.embargo = Embargo::OnRelease;
    let pen = Pen::new(contest.id);
    let opened = pen.sign(&night.keys.registrars[0].key, Event::ContestOpened(Box::new(contest)));
    let mut book = Book::new();
    for envelope in std::iter::once(&opened).chain(&night.setup[1..]) {
        book.offer(UnixMillis(0), envelope.clone()).unwrap();
    }
    let next = commitment(&book);
    let with = |basis, audit: &Option<Audit>| {
        let commitment = Commitment {
            basis,
            audit: audit.clone(),
            ..next.clone()
        };
        committed(&pen, &night.keys.service, commitment)
    };
    let cases = [
        with(Basis::Recorded, &next.audit),
        with(Basis::Recorded, &None),
        with(Basis::Released, &next.audit),
    ];
    offer(&mut book, cases.map(|case| ("bad-commitment", case)).into(), reached);
    book.offer(UnixMillis(0), with(Basis::Released, &None)).unwrap();
}

/// What nobody may pass, from version 3 on.
fn ceilings(reached: &mut BTreeSet<usize>) {
    let night = night(&Options {
        errors: false,
        version: FOLD_VERSION,
        ..Options::small(11, 2, 12)
    });
    let mut book = Book::set_up(&night);
    let pen = Pen::new(night.contest.id);
    let (precinct, sheet) = night.sheets.first_key_value().unwrap();
    let chair = &night.keys.chair(*precinct).unwrap().key;
    let said = |more| pen.sign(chair, report(*precinct, &with_more_people(sheet, more)));
    let mut with_files = Report {
        precinct: *precinct,
        channel: Channel::App,
        sheet: sheet.clone(),
        files: vec![document(); MOST_FILES],
    };
    let named = |report: &Report| pen.sign(chair, Event::Reported(Box::new(report.clone())));
    book.offer(UnixMillis(0), named(&with_files)).unwrap();
    let again = named(&with_files);
    with_files.files.push(document());
    let cases = vec![("repeats-itself", again), ("too-many-files", named(&with_files))];
    offer(&mut book, cases, reached);
    for number in 1..u32::try_from(MOST_VERSIONS).unwrap() {
        book.offer(UnixMillis(0), said(number % 2)).unwrap();
    }
    offer(&mut book, vec![("too-many-versions", said(2))], reached);
}

#[test]
fn committed_results_are_remembered_with_their_entry() {
    let mut scene = Scene::new();
    let commitments = [Basis::Recorded, Basis::Released].map(|basis| {
        let next = Commitment {
            basis,
            ..commitment(&scene.book)
        };
        let envelope = committed(&scene.pen, &scene.night.keys.service, next.clone());
        let entry = scene.book.offer(UnixMillis(0), envelope).unwrap();
        (entry, next)
    });
    let state = scene.book.state();
    let remembered = |state: &State| -> Vec<_> {
        let all = state.commitments().iter();
        all.map(|committed| (committed.entry, committed.commitment.as_ref().clone()))
            .collect()
    };
    assert_eq!(remembered(state), commitments);
    assert_eq!(remembered(&state.at(commitments[1].0.0).unwrap()), commitments[..1]);
    assert_eq!(remembered(&state.at(commitments[0].0.0).unwrap()), []);
}

#[test]
fn a_revoked_service_key_commits_nothing() {
    let mut scene = Scene::new();
    let service = &scene.night.keys.service;
    let revoked = scene.pen.revoke(scene.registrar(), service);
    scene.book.offer(UnixMillis(0), revoked).unwrap();
    let late = committed(&scene.pen, service, commitment(&scene.book));
    let refusal = scene.book.offer(UnixMillis(0), late).unwrap_err();
    assert_eq!(refusal.code(), "revoked-key");
}

#[test]
fn every_refusal_is_reached_and_changes_nothing() {
    let mut scene = Scene::new();
    let revoked = scene.pen.revoke(scene.registrar(), scene.operator(0));
    let second = scene.pen.revoke(scene.registrar(), &scene.night.keys.registrars[1].key);
    let named = scene
        .pen
        .release(&scene.night.keys.reviewers[0].key, "first figures", &[]);
    let newer = scene.with(|_| {});
    for envelope in [revoked, second, named, newer] {
        scene.book.offer(UnixMillis(0), envelope).unwrap();
    }
    let mut reached = BTreeSet::new();
    contests(&scene.night, &mut reached);
    by_hand(&scene, &mut reached);
    let cases = [
        scene.people_and_keys(),
        scene.figures(),
        scene.counties(),
        scene.corrections_and_releases(),
        scene.commitments(),
    ];
    offer(&mut scene.book, cases.concat(), &mut reached);
    of_another(&mut scene, &mut reached);
    embargoed(&scene.night, &mut reached);
    ceilings(&mut reached);
    assert_eq!(reached, all());
}

/// The same events where another policy or kind of contest rules.
#[test]
fn an_archive_takes_from_its_importer_what_an_election_refuses() {
    let mut night = night(&Options::small(11, 1, 2));
    night.contest.kind = tallylog_event::ContestKind::Archive;
    night.contest.release = ReleasePolicy::AsListed;
    let pen = Pen::new(night.contest.id);
    let registrar = &night.keys.registrars[0].key;
    let importer = key(3);
    let (precinct, sheet) = night.sheets.first_key_value().unwrap();
    let mut book = Book::new();
    let opened = pen.sign(registrar, Event::ContestOpened(Box::new(night.contest.clone())));
    book.offer(UnixMillis(1), opened).unwrap();
    for envelope in &night.setup[1..] {
        book.offer(UnixMillis(1), envelope.clone()).unwrap();
    }
    book.offer(
        UnixMillis(1),
        pen.enrol(registrar, &importer, "Una Ueda", Role::Importer),
    )
    .unwrap();
    let chair = &night.keys.chair(*precinct).unwrap().key;
    let by_chair = book.offer(UnixMillis(1), pen.sign(chair, report(*precinct, sheet)));
    assert_eq!(by_chair.unwrap_err().code(), "wrong-role");
    let published = pen.sign(&importer, by_channel(*precinct, &Sheet::default(), Channel::Import));
    let entry = book.offer(UnixMillis(1), published).unwrap();
    let mut bare = correction(entry.0, *precinct, sheet);
    (bare.kind, bare.reason, bare.evidence) = (None, text(""), Vec::new());
    let corrected = book.offer(UnixMillis(1), pen.sign(&importer, corrected(bare))).unwrap();
    // An archive releases what was released, even what was no record any more by then.
    book.offer(UnixMillis(1), pen.release(&importer, "85%", &[entry.0]))
        .unwrap();
    book.offer(UnixMillis(1), pen.release(&importer, "100%", &[corrected.0]))
        .unwrap();
    let by_reviewer = pen.release(&night.keys.reviewers[0].key, "mine", &[]);
    let by_reviewer = book.offer(UnixMillis(1), by_reviewer);
    assert_eq!(by_reviewer.unwrap_err().code(), "wrong-role");
}

#[test]
fn a_fold_that_has_read_nothing_has_nothing() {
    let state = Fold::default().into_state();
    assert_eq!((state.size(), state.roster().len()), (0, 0));
    assert!(state.contest().is_none() && state.at(1).is_none());
}
