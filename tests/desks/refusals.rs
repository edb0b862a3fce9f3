//! Every way in which the log and its desks say no is reached by somebody's mistake, and no other is on the page.

use std::collections::BTreeSet;
use std::fs;

use tallylog_event::{
    Act, Audit, Basis, Channel, CodeBatch, CodeEvent, CodeWithdrawal, Commitment, ContestId, County, CountyId,
    Enrolment, EntryIndex, Envelope, Event, EventBody, OpenCounts, PaperEvent, PaperReading, PrecinctId, Redemption,
    ResolutionOutcome, ResultsRoot, Role, RosterChange, Sample, SigningKey, StateHash, Subject, SubmissionId, TreeRoot,
    UnixMillis, Verdict,
};
use tallylog_projection::{FOLD_VERSION, MOST_FILES, MOST_VERSIONS, draw};
use tallylog_rules::{Attendees, ByGroup, Code, Delegates, Game, GameMeans, GroupId, Sheet};

use crate::centre::{
    Centre, Person, Wrong, amended, amendment, answered, apportioned, approved, case, certified, changed, closed,
    contest, decided, document, entered, entered_by, filed, files, held, key, lifted, opened, paused, place, proposed,
    released, report, reported, resolved, resumed, revoked, right, roster_amended, service_key, text, unlike, wrong,
};

use crate::{registrars, samples};

/// The codes of a table on the page of problems.
fn listed(heading: &str) -> BTreeSet<String> {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/PROBLEMS.md")).unwrap();
    let section = page.split(heading).nth(1).unwrap().split("\n## ").next().unwrap();
    let codes = section.lines().filter_map(|line| line.strip_prefix("| `"));
    codes.map(|row| row.split('`').next().unwrap().to_owned()).collect()
}

/// A centre, and which refusals came.
struct Desks {
    centre: Centre,
    reached: BTreeSet<String>,
}

impl Desks {
    #[track_caller]
    fn refuse(&mut self, key: &SigningKey, event: Event, code: &str) {
        self.centre.refuse(key, event, code);
        self.reached.insert(code.to_owned());
    }

    #[track_caller]
    fn refuse_all(&mut self, person: Person, code: &str, events: Vec<Event>) {
        for event in events {
            self.refuse(&person.key(), event, code);
        }
    }

    /// Offers bytes as they are.
    #[track_caller]
    fn refuse_signed(&mut self, envelope: &Envelope, code: &str) {
        let refusal = self.centre.offer_signed(envelope).unwrap_err();
        assert_eq!(refusal.code(), code, "{refusal}");
        self.reached.insert(code.to_owned());
    }
}

const HERE: PrecinctId = PrecinctId {
    county: CountyId(0),
    number: 0,
};
const NOWHERE: PrecinctId = PrecinctId {
    county: CountyId(9),
    number: 0,
};

fn enrolled(contest: ContestId, person: &str, role: Role, key: &SigningKey) -> Enrolment {
    Enrolment::new(contest, text(person), role, key)
}

/// Before and at entry 0.
fn of_the_contest(desks: &mut Desks) {
    let mut nameless = contest();
    nameless.candidates.clear();
    assert_eq!(Centre::opens(&nameless).unwrap_err().code(), "bad-contest");
    let early = EventBody {
        contest: nameless.id,
        submission: SubmissionId([0; 16]),
        recorded_at: UnixMillis(0),
        event: reported(HERE, &right(HERE, 0)),
    };
    let early = Centre::first(&Envelope::seal(&early, &Centre::chair(HERE)));
    assert_eq!(early.unwrap_err().code(), "no-contest");
    let mut newer = contest();
    newer.fold = FOLD_VERSION + 1;
    assert_eq!(Centre::opens(&newer).unwrap_err().code(), "unknown-fold");
    desks
        .reached
        .extend(["bad-contest", "unknown-fold", "no-contest"].map(str::to_owned));
    let again = Event::ContestOpened(Box::new(desks.centre.contest.clone()));
    desks.refuse(&Person::Rhea.key(), again, "contest-open");
    let foreign = EventBody {
        contest: ContestId([1; 16]),
        submission: SubmissionId([1; 16]),
        recorded_at: UnixMillis(0),
        event: reported(HERE, &right(HERE, 0)),
    };
    desks.refuse_signed(&Envelope::seal(&foreign, &Centre::chair(HERE)), "other-contest");
    let first = desks.centre.sign(&Centre::chair(HERE), reported(HERE, &right(HERE, 0)));
    desks.centre.offer_signed(&first).unwrap();
    desks.refuse_signed(&first, "submission-reused");
    let late = desks.centre.sign(&Centre::chair(HERE), reported(HERE, &right(HERE, 0)));
    let refusal = desks.centre.at(UnixMillis(0), &late).unwrap_err();
    assert_eq!(refusal.code(), "clock-back");
    desks.reached.insert("clock-back".to_owned());
}

fn of_keys_and_roster(desks: &mut Desks) {
    let id = desks.centre.contest.id;
    let enrol = |person: &str, role, key: &SigningKey| Event::KeyEnrolled(Box::new(enrolled(id, person, role, key)));
    let rhea = Person::Rhea;
    desks.refuse(&key(5_000), reported(HERE, &right(HERE, 0)), "unknown-key");
    desks.refuse_all(rhea, "bad-name", vec![enrol(" ", Role::Operator, &key(5_000))]);
    desks.refuse_all(rhea, "alike-name", vec![enrol("oLGA", Role::Operator, &key(5_000))]);
    desks.refuse_all(
        rhea,
        "key-enrolled",
        vec![enrol("Olga", Role::Operator, &Person::Olga.key())],
    );
    let chair = Role::Chair(vec![NOWHERE]);
    desks.refuse_all(rhea, "unknown-precinct", vec![enrol("Una", chair, &key(5_000))]);
    desks.centre.take(&rhea.key(), revoked(&Person::Otto.key()));
    desks.refuse_all(Person::Otto, "revoked-key", vec![entered(HERE, &right(HERE, 0))]);
    desks.centre.take(&rhea.key(), revoked(&Person::Rolf.key()));
    desks.refuse_all(rhea, "last-registrar", vec![revoked(&rhea.key())]);
    let mut county = County {
        id: CountyId(7),
        name: text("Clay"),
        kind: tallylog_event::SiteKind::Satellites,
        fips: None,
        district: tallylog_event::District::Congressional(99),
        state_delegates: Delegates(1),
        precincts: Vec::new(),
    };
    desks.refuse_all(
        rhea,
        "county-out-of-turn",
        vec![Event::CountyListed(Box::new(county.clone()))],
    );
    county.id = CountyId(3);
    desks.refuse_all(rhea, "bad-county", vec![Event::CountyListed(Box::new(county))]);
}

/// The chair's report with a change.
fn sheets(desks: &mut Desks) {
    let with = |change: &dyn Fn(&mut Sheet)| {
        let mut sheet = right(HERE, 0);
        change(&mut sheet);
        reported(HERE, &sheet)
    };
    let chair = Centre::chair(HERE);
    let group = |number| GroupId::new(number).unwrap();
    let many = ByGroup::new(vec![(group(9), Attendees(1))]).unwrap();
    let unknown = with(&|sheet| sheet.first_alignment = Some(many.clone()));
    desks.refuse(&chair, unknown, "unknown-group");
    let huge = with(&|sheet| sheet.worksheet_threshold = Some(Attendees(u32::MAX)));
    desks.refuse(&chair, huge, "figure-too-large");
    let game = with(&|sheet| {
        sheet.games = vec![Game {
            among: vec![group(1), group(2)],
            delegates: Delegates(1),
            winners: vec![group(3)],
            means: GameMeans::Coin,
            witnesses: Vec::new(),
        }];
    });
    desks.refuse(&chair, game, "bad-game");
    desks.refuse(&chair, reported(place(0, 1), &right(place(0, 1), 0)), "out-of-scope");
    desks.refuse(&Person::Nora.key(), with(&|_| {}), "wrong-role");
}

fn of_entry(desks: &mut Desks) {
    let here = place(0, 1);
    let (one, other) = (right(here, 0), right(here, 1));
    let first = desks.centre.take(&Person::Olga.key(), entered(here, &one));
    desks.refuse_all(Person::Olga, "same-person", vec![entered(here, &one)]);
    desks.refuse_all(Person::Omar, "unknown-person", vec![entered_by(here, &one, &["Oskar"])]);
    let second = desks.centre.take(&Person::Omar.key(), entered(here, &other));
    let oona = desks.centre.enrol("Oona", Role::Operator);
    desks.refuse(&oona, entered(here, &one), "already-entered");
    let redo = resolved(here, first, second, ResolutionOutcome::RedoFirst);
    let olga = desks.centre.enrol("Olga", Role::Reviewer);
    desks.refuse(&olga, redo.clone(), "own-entry");
    desks.refuse_all(
        Person::Vera,
        "nothing-to-resolve",
        vec![resolved(here, second, first, ResolutionOutcome::KeepFirst)],
    );
    desks.centre.take(&Person::Vera.key(), redo);
    desks.refuse(&oona, entered(here, &one), "entry-assigned");
    desks.refuse_all(Person::Olga, "no-files", vec![files(here, Vec::new())]);
    let chair = Centre::chair(here);
    desks.refuse(&chair, amended(second, here, &one), "not-a-chairs");
    desks.refuse(&chair, amended(first, here, &one), "not-the-record");
    let mut unexplained = amendment(second, here, &one);
    unexplained.reason = text("");
    desks.refuse(
        &chair,
        Event::Corrected(Box::new(unexplained)),
        "unexplained-correction",
    );
    let officers = amended(second, here, &one);
    desks.refuse_all(Person::Cleo, "needs-a-case", vec![officers]);
}

fn of_review(desks: &mut Desks) {
    let here = place(0, 2);
    let record = desks
        .centre
        .take(&Centre::chair(here), reported(here, &wrong(here, Wrong::Delegates)));
    let about = |code, verdict| decided(Subject::Entry(record), code, verdict);
    let vera = Person::Vera;
    desks.refuse_all(vera, "no-such-discrepancy", vec![about(Code::V01, Verdict::Accepted)]);
    desks.refuse_all(vera, "blocking-discrepancy", vec![about(Code::V24, Verdict::Accepted)]);
    desks.refuse_all(vera, "no-such-hold", vec![lifted(record)]);
    let Event::Review(tallylog_event::ReviewEvent::Held(mut hold)) = held(here) else {
        unreachable!()
    };
    hold.reason = text(" ");
    desks.refuse_all(
        vera,
        "unjustified",
        vec![Event::Review(tallylog_event::ReviewEvent::Held(hold))],
    );
}

fn of_releases(desks: &mut Desks) {
    let vera = Person::Vera;
    let held = desks.centre.record(place(0, 2)).unwrap();
    let versions = desks.centre.state().versions(place(0, 1));
    let (first, second) = (versions[0].entry, versions[1].entry);
    desks.refuse_all(vera, "unreleasable", vec![released("First", &[held])]);
    desks.refuse_all(vera, "not-a-report", vec![released("First", &[EntryIndex(0)])]);
    desks.refuse_all(vera, "precinct-twice", vec![released("First", &[first, second])]);
    desks.centre.take(&vera.key(), released("First", &[]));
    desks.refuse_all(vera, "release-name-taken", vec![released("First", &[])]);
}

fn of_cases(desks: &mut Desks) {
    let cleo = Person::Cleo;
    let record = desks.centre.record(HERE).unwrap();
    let mut listless = case(HERE);
    listless.precincts.clear();
    desks.refuse_all(cleo, "bad-case", vec![opened(listless)]);
    let outcome = changed(record, HERE, &right(HERE, 1));
    desks.refuse_all(cleo, "no-such-case", vec![proposed(record, outcome.clone())]);
    let open = desks.centre.take(&cleo.key(), opened(case(HERE)));
    let elsewhere = changed(record, place(0, 1), &right(HERE, 1));
    desks.refuse_all(cleo, "not-in-case", vec![proposed(open, elsewhere)]);
    let tallylog_event::CaseOutcome::Changed(mut by_count) = outcome.clone() else {
        unreachable!()
    };
    by_count.kind = Some(tallylog_event::CorrectionKind::HeadCount);
    let by_count = tallylog_event::CaseOutcome::Changed(by_count);
    desks.refuse_all(cleo, "not-the-kind", vec![proposed(open, by_count)]);
    let carl = Person::Carl;
    desks.refuse_all(carl, "no-such-proposal", vec![approved(open, outcome.clone())]);
    let proposal = desks.centre.take(&cleo.key(), proposed(open, outcome));
    desks.refuse_all(cleo, "proposal-open", vec![closed(open)]);
    let other = changed(record, HERE, &right(HERE, 2));
    desks.refuse_all(carl, "not-as-proposed", vec![approved(proposal, other)]);
}

fn of_inquiries(desks: &mut Desks) {
    desks.refuse_all(Person::Vera, "no-such-inquiry", vec![answered(EntryIndex(0), None)]);
    desks.centre.take(&Person::Alder.key(), filed(HERE));
}

fn of_paper(desks: &mut Desks) {
    let size = desks.centre.size();
    let (dice, root) = ("123456123456123456123456", TreeRoot([3; 32]));
    let drawn = draw(desks.centre.state().roster(), dice, &root);
    let sample = |dice: &str, precincts: &[PrecinctId]| {
        Event::Paper(PaperEvent::Drawn(Box::new(Sample {
            dice: text(dice),
            size,
            root,
            precincts: precincts.to_vec(),
        })))
    };
    let read = |sample, precinct| {
        Event::Paper(PaperEvent::Read(Box::new(PaperReading {
            sample,
            precinct,
            sheet: Sheet::default(),
            files: Vec::new(),
        })))
    };
    let vera = Person::Vera;
    desks.refuse_all(vera, "bad-dice", vec![sample("1234567", &drawn[..1])]);
    desks.refuse_all(vera, "bad-sample", vec![sample(dice, &drawn[1..2])]);
    desks.refuse_all(vera, "no-such-sample", vec![read(EntryIndex(0), drawn[0])]);
    let sampled = desks.centre.take(&vera.key(), sample(dice, &drawn[..1]));
    desks.refuse_all(vera, "not-in-sample", vec![read(sampled, drawn[1])]);
}

/// A sample that takes an announcement, from version 3 on.
fn of_announcements(desks: &mut Desks) {
    let mut newer = Desks {
        centre: Centre::with(|contest| contest.fold = FOLD_VERSION),
        reached: BTreeSet::new(),
    };
    let (vera, viktor) = (Person::Vera, Person::Viktor);
    let unannounced = samples::unannounced(&newer.centre, samples::DICE);
    newer.refuse_all(vera, "not-announced", vec![unannounced]);
    newer.refuse_all(vera, "bad-announcement", vec![samples::announced(&newer.centre, 0)]);
    newer.refuse_all(vera, "other-root", vec![samples::announced_at(1, TreeRoot([3; 32]), 2)]);
    let early = samples::announced(&newer.centre, 2);
    let announced = newer.centre.take(&vera.key(), early.clone());
    newer.refuse_all(viktor, "announcement-open", vec![early.clone()]);
    let away = |seconds| samples::abandoned(announced, seconds);
    newer.refuse_all(viktor, "no-such-abandonment", vec![away(Some(announced))]);
    newer.centre.take(&vera.key(), away(None));
    newer.refuse_all(viktor, "abandonment-waits", vec![away(None)]);
    let drawn = samples::drawn(&newer.centre, announced, samples::DICE);
    newer.centre.take(&vera.key(), drawn.clone());
    newer.refuse_all(vera, "no-such-announcement", vec![drawn]);
    newer.refuse_all(vera, "bad-announcement", vec![early]);
    let again = samples::announced(&newer.centre, 2);
    let again = newer.centre.take(&vera.key(), again);
    let same = samples::drawn(&newer.centre, again, samples::DICE);
    newer.refuse_all(vera, "dice-used", vec![same]);
    desks.reached.extend(newer.reached);
}

fn of_codes(desks: &mut Desks) {
    let id = desks.centre.contest.id;
    let here = place(1, 0);
    let batch = |each, expires_at| {
        Event::Code(CodeEvent::Issued(Box::new(CodeBatch {
            precincts: vec![here],
            each,
            expires_at,
        })))
    };
    let later = UnixMillis(desks.centre.now().0 + 1_000_000);
    desks.refuse_all(Person::Rhea, "bad-batch", vec![batch(0, later)]);
    let good = desks.centre.take(&Person::Rhea.key(), batch(2, later));
    let redeem = |batch, number, key: &SigningKey, role| {
        Event::Code(CodeEvent::Redeemed(Box::new(Redemption {
            batch,
            number,
            enrolment: enrolled(id, "Chris", role, key),
        })))
    };
    let chair = || Role::Chair(vec![here]);
    let service = service_key();
    desks.refuse(
        &service,
        redeem(EntryIndex(0), 0, &key(5_001), chair()),
        "no-such-batch",
    );
    desks.refuse(&service, redeem(good, 0, &key(5_001), Role::Reviewer), "not-in-batch");
    desks.centre.take(&service, redeem(good, 0, &key(5_001), chair()));
    desks.refuse(&service, redeem(good, 0, &key(5_002), chair()), "code-used");
    let withdrawn = Event::Code(CodeEvent::Withdrawn(Box::new(CodeWithdrawal {
        batch: good,
        precincts: Vec::new(),
        reason: text("the sheets were lost"),
    })));
    desks.centre.take(&Person::Rhea.key(), withdrawn);
    desks.refuse(&service, redeem(good, 1, &key(5_002), chair()), "code-expired");
}

fn of_the_course(desks: &mut Desks) {
    let rhea = Person::Rhea;
    let size = desks.centre.size();
    let commitment = |size, precincts| {
        Event::ResultsCommitted(Box::new(Commitment {
            size,
            basis: Basis::Recorded,
            precincts,
            root: ResultsRoot([1; 32]),
            audit: Some(Audit {
                state: StateHash([2; 32]),
                discrepancies: OpenCounts::default(),
            }),
        }))
    };
    desks.refuse(&service_key(), commitment(size + 1, 7), "commitment-out-of-turn");
    desks.refuse(&service_key(), commitment(size, 6), "bad-commitment");
    desks.refuse_all(rhea, "not-paused", vec![resumed()]);
    desks.refuse_all(rhea, "bad-amendment", vec![apportioned(HERE, 4, 99)]);
    desks.centre.take(&rhea.key(), paused());
    desks.refuse_all(rhea, "already-paused", vec![paused()]);
    desks.refuse(&Centre::chair(HERE), reported(HERE, &right(HERE, 0)), "entry-paused");
    desks.refuse_all(rhea, "no-such-release", vec![certified(EntryIndex(0))]);
    let release = desks.centre.state().releases().last().unwrap().entry;
    desks.centre.take(&rhea.key(), certified(release));
    desks.refuse_all(rhea, "certified", vec![paused()]);
}

/// What takes two registrars, of whom one is careless.
fn of_acts(desks: &mut Desks) {
    let mut centre = Centre::with(|contest| contest.fold = 3);
    let (rhea, rolf) = (Person::Rhea.key(), Person::Rolf.key());
    let alone = centre.enrolment("Una", Role::Reviewer, &key(5_000));
    let act = Act::Enrol(registrars::enrolment(&centre, "Una", Role::Reviewer, &key(5_000)));
    let as_service = Act::Enrol(registrars::enrolment(&centre, "Una", Role::Service, &key(5_000)));
    let spare = Act::Enrol(registrars::enrolment(&centre, "Rhea", Role::Registrar, &key(5_001)));
    let spared = centre.take(&rhea, registrars::proposed(&spare));
    centre.take(&rolf, registrars::seconded(spared, &spare));
    let stolen = centre.take(&key(5_001), registrars::proposed(&act));
    let away = registrars::revocation(&key(5_001));
    let proposal = centre.take(&rhea, registrars::proposed(&away));
    centre.take(&rolf, registrars::seconded(proposal, &away));
    for (by, event, code) in [
        (&rhea, alone, "needs-second"),
        (&rhea, registrars::proposed(&as_service), "bad-act"),
        (&rolf, registrars::seconded(EntryIndex(1), &act), "no-such-act"),
        (&rolf, registrars::seconded(stolen, &act), "proposer-revoked"),
    ] {
        centre.refuse(by, event, code);
        desks.reached.insert(code.to_owned());
    }
}

/// A log that was opened before there were desks.
fn of_older_logs(desks: &mut Desks) {
    let old = Event::Course(tallylog_event::CourseEvent::Paused(text("we check something")));
    let refusal = Centre::with(|contest| contest.fold = 1).offer(&Person::Rhea.key(), old);
    let code = refusal.unwrap_err().code();
    assert_eq!(code, "not-in-version");
    desks.reached.insert(code.to_owned());
}

/// What nobody may pass, from version 3 on.
fn of_ceilings(desks: &mut Desks) {
    let mut newer = Desks {
        centre: Centre::with(|contest| contest.fold = FOLD_VERSION),
        reached: BTreeSet::new(),
    };
    let chair = Centre::chair(HERE);
    let many = files(HERE, vec![document(); MOST_FILES + 1]);
    newer.refuse(&chair, many, "too-many-files");
    newer.centre.take(&chair, reported(HERE, &right(HERE, 0)));
    newer.refuse(&chair, reported(HERE, &right(HERE, 0)), "repeats-itself");
    let by = |typists: &[&str]| entered_by(HERE, &right(HERE, 0), typists);
    let five = ["Omar", "Otto", "Vera", "Viktor", "Cleo"];
    newer.refuse_all(Person::Olga, "too-many-hands", vec![by(&five)]);
    newer.refuse_all(Person::Olga, "hand-twice", vec![by(&["Omar", "Omar"])]);
    newer.refuse_all(Person::Olga, "not-an-operator", vec![by(&["Vera"])]);
    newer.centre.watched = false;
    for variant in 1..u32::try_from(MOST_VERSIONS).unwrap() {
        newer.centre.take(&chair, reported(HERE, &right(HERE, variant % 2)));
    }
    newer.refuse(&chair, reported(HERE, &right(HERE, 2)), "too-many-versions");
    desks.reached.extend(newer.reached);
}

#[test]
fn every_refusal_is_reached_and_is_on_the_page() {
    let mut desks = Desks {
        centre: Centre::new(),
        reached: BTreeSet::new(),
    };
    let scenes = [
        of_the_contest,
        of_keys_and_roster,
        sheets,
        of_entry,
        of_review,
        of_releases,
        of_cases,
        of_inquiries,
        of_paper,
        of_announcements,
        of_codes,
        of_the_course,
        of_acts,
        of_older_logs,
        of_ceilings,
    ];
    for scene in scenes {
        scene(&mut desks);
    }
    let mut page = listed("## The log refuses the event\n");
    page.extend(listed("## A desk refuses the event\n"));
    assert_eq!(desks.reached, page);
    desks.centre.check();
}

/// What a role may not sign, each kind of event once by everybody who may not.
#[test]
fn nobody_signs_at_another_roles_desk() {
    let mut centre = Centre::new();
    let record = centre.take(&Centre::chair(HERE), reported(HERE, &right(HERE, 0)));
    let registrar = [Person::Rhea, Person::Rolf].as_slice();
    let reviewers = [Person::Vera, Person::Viktor].as_slice();
    let officers = [Person::Cleo, Person::Carl].as_slice();
    let campaigns = [Person::Alder, Person::Birch].as_slice();
    let operators = [Person::Olga, Person::Omar, Person::Otto].as_slice();
    let events = [
        (reported(HERE, &right(HERE, 0)), vec![]),
        (
            Event::Reported(Box::new(report(HERE, Channel::Phone, &right(HERE, 0)))),
            vec![],
        ),
        (entered(HERE, &right(HERE, 0)), vec![operators]),
        (files(HERE, vec![document()]), vec![operators, reviewers, officers]),
        (
            resolved(HERE, record, record, ResolutionOutcome::DiscardBoth),
            vec![reviewers],
        ),
        (
            decided(Subject::Entry(record), Code::V17, Verdict::Accepted),
            vec![reviewers],
        ),
        (held(HERE), vec![reviewers]),
        (lifted(record), vec![reviewers]),
        (released("Mine", &[]), vec![reviewers]),
        (opened(case(HERE)), vec![officers]),
        (
            proposed(record, changed(record, HERE, &unlike(HERE, &right(HERE, 0)))),
            vec![officers],
        ),
        (filed(HERE), vec![campaigns]),
        (answered(record, None), vec![reviewers, officers]),
        (paused(), vec![registrar]),
        (certified(record), vec![registrar]),
        (
            roster_amended(RosterChange::Withdrawn(GroupId::new(1).unwrap())),
            vec![registrar],
        ),
        (revoked(&Person::Nora.key()), vec![registrar]),
    ];
    let everybody = Person::ENROLLED.iter().chain(&[Person::Rhea, Person::Rolf]);
    for person in everybody {
        for (event, may) in &events {
            if !may.iter().any(|people| people.contains(person)) {
                centre.refuse(&person.key(), event.clone(), "wrong-role");
            }
        }
    }
    for (event, _) in &events {
        centre.refuse(&service_key(), event.clone(), "wrong-role");
    }
}
