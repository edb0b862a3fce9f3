//! Who may sign at all, and which keys may be enrolled or revoked.

use tallylog_event::{Basis, CodeBatch, CodeEvent, EntryIndex, ResolutionOutcome, Subject, Verdict};
use tallylog_event::{
    Channel, ContestId, CourseEvent, Enrolment, Envelope, Event, EventBody, PaperEvent, PaperReading, Role,
    RosterChange, SubmissionId, UnixMillis,
};
use tallylog_rules::{Code, GroupId, Sheet};

use crate::blocks::drawn;
use crate::centre::{
    Centre, Person, answered, case, certified, decided, document, entered, filed, files, held, lifted, opened, paused,
    place, proposed, released, report, reported, resolved, revoked, right, roster_amended, service_key, text,
    unchanged,
};
use crate::otherwise::signed_otherwise;
use crate::rules::authority::{proposal, revocation};
use crate::stage::{FREE, Forged, NOWHERE, Rule, Stage, blank, by, first_version, rule, second_version, third_version};

/// A chair reports the free place.
fn report_of(stage: &mut Stage) -> Event {
    let variant = stage.variant();
    reported(FREE, &right(FREE, variant))
}

fn enrolled(stage: &mut Stage, person: &str, role: Role) -> Forged {
    let key = stage.fresh();
    let event = stage.centre.enrolment(person, role, &key);
    by(stage.registrar(), event)
}

/// What each kind of event looks like, with those who may sign it. Whoever else does, does so by no right.
fn kinds(stage: &mut Stage) -> Vec<(Event, Vec<Person>)> {
    let (record, here) = (EntryIndex(9), stage.here());
    let registrars = vec![Person::Rhea, Person::Rolf];
    let reviewers = vec![Person::Vera, Person::Viktor];
    let officers = vec![Person::Cleo, Person::Carl];
    let operators = vec![Person::Olga, Person::Omar, Person::Otto];
    let of = |lists: &[&Vec<Person>]| lists.iter().flat_map(|list| list.iter().copied()).collect::<Vec<_>>();
    let sample = drawn(&stage.centre, 1);
    let batch = CodeBatch {
        precincts: vec![here],
        each: 1,
        expires_at: stage.later(),
    };
    vec![
        (reported(here, &right(here, 0)), vec![]),
        (
            Event::Reported(Box::new(report(here, Channel::Phone, &right(here, 0)))),
            vec![],
        ),
        (entered(here, &right(here, 0)), operators.clone()),
        (files(here, vec![document()]), of(&[&operators, &reviewers, &officers])),
        (
            resolved(here, record, record, ResolutionOutcome::DiscardBoth),
            reviewers.clone(),
        ),
        (
            decided(Subject::Entry(record), Code::V17, Verdict::Accepted),
            reviewers.clone(),
        ),
        (held(here), reviewers.clone()),
        (lifted(record), reviewers.clone()),
        (released("Mine", &[]), reviewers.clone()),
        (opened(case(here)), officers.clone()),
        (proposed(record, unchanged(record, here)), officers.clone()),
        (filed(here), vec![Person::Alder, Person::Birch]),
        (answered(record, None), of(&[&reviewers, &officers])),
        (paused(), registrars.clone()),
        (certified(record), registrars.clone()),
        (
            roster_amended(RosterChange::Withdrawn(GroupId::new(1).unwrap())),
            registrars.clone(),
        ),
        (revoked(&Person::Nora.key()), registrars.clone()),
        (Event::Code(CodeEvent::Issued(Box::new(batch))), registrars.clone()),
        (
            Event::Paper(PaperEvent::Drawn(Box::new(sample))),
            of(&[&reviewers, &registrars]),
        ),
        (
            Event::Paper(PaperEvent::Read(Box::new(PaperReading {
                sample: record,
                precinct: here,
                sheet: Sheet::default(),
                files: Vec::new(),
            }))),
            of(&[&reviewers, &operators]),
        ),
    ]
}

/// Somebody of the staff, the campaigns or the log itself signs what is for others.
fn by_no_right(stage: &mut Stage) -> Forged {
    let kinds = kinds(stage);
    let (event, may) = kinds[stage.number % kinds.len()].clone();
    let everybody = Person::ENROLLED.into_iter().chain([Person::Rhea, Person::Rolf]);
    let others: Vec<_> = everybody
        .filter(|person| !may.contains(person))
        .map(Person::key)
        .collect();
    let key = match stage.random.below(4) {
        0 => service_key(),
        _ => stage.random.pick(&others).clone(),
    };
    Forged::Event(key, event)
}

pub(crate) fn rules() -> Vec<Rule> {
    let mut all = submissions();
    all.extend(signers());
    all.extend(versions());
    all.extend(enrolments());
    all.extend(revocations());
    all
}

fn submissions() -> Vec<Rule> {
    vec![
        rule("a submission once more", "submission-reused", |stage| {
            let event = report_of(stage);
            let envelope = stage.centre.sign(&Centre::chair(FREE), event);
            stage.centre.offer_signed(&envelope).unwrap();
            Forged::Signed(envelope)
        }),
        rule(
            "a submission once more under a second signature",
            "submission-reused",
            |stage| {
                let (key, event) = match stage.random.below(3) {
                    0 => (Centre::chair(FREE), report_of(stage)),
                    1 => (Person::Olga.key(), entered(FREE, &right(FREE, 0))),
                    _ => (stage.reviewer().key(), held(FREE)),
                };
                let envelope = stage.centre.sign(&key, event);
                stage.centre.offer_signed(&envelope).unwrap();
                Forged::Signed(signed_otherwise(&envelope, &key))
            },
        ),
        rule("another submission under the same name", "submission-reused", |stage| {
            let chair = Centre::chair(FREE);
            let first = stage.centre.sign(&chair, reported(FREE, &right(FREE, 0)));
            stage.centre.offer_signed(&first).unwrap();
            let mut body = first.decode().unwrap();
            body.event = reported(FREE, &right(FREE, 1));
            Forged::Signed(Envelope::seal(&body, &chair))
        }),
    ]
}

fn signers() -> Vec<Rule> {
    vec![
        rule("a contest is opened again", "contest-open", |stage| {
            let again = Event::ContestOpened(Box::new(stage.centre.contest.clone()));
            by(stage.registrar(), again)
        }),
        rule("an event of another contest", "other-contest", |stage| {
            let body = EventBody {
                contest: ContestId([1; 16]),
                submission: SubmissionId([1; 16]),
                recorded_at: UnixMillis(0),
                event: report_of(stage),
            };
            Forged::Signed(Envelope::seal(&body, &Centre::chair(FREE)))
        }),
        rule("a key that nobody enrolled", "unknown-key", |stage| {
            Forged::Event(stage.fresh(), report_of(stage))
        }),
        rule("a key that was revoked", "revoked-key", |stage| {
            let chair = Centre::chair(FREE);
            stage.take(Person::Rhea, revoked(&chair));
            Forged::Event(chair, report_of(stage))
        }),
        rule("time that runs back", "clock-back", |stage| {
            Forged::Early(Centre::chair(FREE), report_of(stage))
        }),
        rule("a role that may not sign this", "wrong-role", by_no_right),
        rule("results that another than the service commits", "wrong-role", |stage| {
            let commitment = stage.commitment(Basis::Released).unwrap();
            by(stage.registrar(), Event::ResultsCommitted(Box::new(commitment)))
        }),
        rule("staff that the service mints", "wrong-role", |stage| {
            let key = stage.fresh();
            let role = [
                Role::Reviewer,
                Role::Operator,
                Role::CorrectionsOfficer,
                Role::Registrar,
            ][stage.random.place(4)]
            .clone();
            Forged::Event(service_key(), stage.centre.enrolment("Una", role, &key))
        }),
        rule("results by another key that is called service", "wrong-role", |stage| {
            let key = stage.fresh();
            let enrolment = stage.centre.enrolment("the log itself", Role::Service, &key);
            stage.take(Person::Rhea, enrolment);
            let commitment = stage.commitment(Basis::Released).unwrap();
            Forged::Event(key, Event::ResultsCommitted(Box::new(commitment)))
        })
        .under(second_version),
    ]
}

fn versions() -> Vec<Rule> {
    vec![
        rule("a desk before there were desks", "not-in-version", |stage| {
            let here = stage.here();
            let events = [
                (Person::Rhea, paused()),
                (Person::Rhea, Event::Course(CourseEvent::Resumed(text("all is well")))),
                (Person::Olga, entered(here, &right(here, 0))),
                (Person::Vera, held(here)),
                (Person::Cleo, opened(case(here))),
                (Person::Alder, filed(here)),
                (Person::Olga, files(here, vec![document()])),
                (
                    Person::Vera,
                    Event::Paper(PaperEvent::Drawn(Box::new(drawn(&stage.centre, 1)))),
                ),
            ];
            let (person, event) = stage.random.pick(&events).clone();
            by(person, event)
        })
        .under(first_version),
        rule("an act of two before there were any", "not-in-version", |stage| {
            by(stage.registrar(), proposal(&revocation(&Person::Nora.key())))
        })
        .under(second_version),
        rule("more files than one event may name", "too-many-files", |stage| {
            let more = 65 + stage.random.place(100);
            let here = stage.here();
            let listing = vec![document(); more];
            let mut long = case(here);
            long.evidence.clone_from(&listing);
            let (chair, officer) = (Centre::chair(here), Person::Cleo.key());
            let (key, event) = match stage.random.below(2) {
                0 => (chair, files(here, listing)),
                _ => (officer, opened(long)),
            };
            Forged::Event(key, event)
        })
        .under(third_version),
    ]
}

fn enrolments() -> Vec<Rule> {
    vec![
        rule("a person without a name", "bad-name", |stage| {
            let role = [Role::Observer, Role::Chair(vec![FREE])][stage.random.place(2)].clone();
            enrolled(stage, " ", role)
        }),
        rule("a campaign without a name", "bad-name", |stage| {
            enrolled(stage, "Una", Role::Campaign(blank()))
        }),
        rule("a name that looks like another", "alike-name", |stage| {
            let name = ["olga", "VERA", "C\u{142}eo", "Rhe\u{430}", "  Nora"][stage.random.place(5)];
            enrolled(stage, name, Role::Observer)
        }),
        rule("a key that is enrolled already", "key-enrolled", |stage| {
            let event = stage.centre.enrolment("Una", Role::Observer, &Centre::chair(FREE));
            by(stage.registrar(), event)
        }),
        rule("a chair of no precinct of the roster", "unknown-precinct", |stage| {
            enrolled(stage, "Una", Role::Chair(vec![place(0, 0), NOWHERE]))
        }),
    ]
}

fn revocations() -> Vec<Rule> {
    vec![
        rule("nobody's key is revoked", "unknown-key", |stage| {
            let key = stage.fresh();
            by(stage.registrar(), revoked(&key))
        }),
        rule("a key is revoked twice", "revoked-key", |stage| {
            stage.take(Person::Rhea, revoked(&Person::Nora.key()));
            by(stage.registrar(), revoked(&Person::Nora.key()))
        }),
        rule("the last registrar is revoked", "last-registrar", |_| {
            by(Person::Rhea, revoked(&Person::Rhea.key()))
        })
        .under(|contest| contest.registrars.truncate(1)),
    ]
}

/// An enrolment, for acts and codes.
pub(crate) fn enrolment(stage: &Stage, person: &str, role: Role, key: &tallylog_event::SigningKey) -> Enrolment {
    Enrolment::new(stage.centre.contest.id, text(person), role, key)
}
