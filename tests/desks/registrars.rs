//! What takes two registrars, and what one may do alone.

use std::collections::BTreeSet;

use tallylog_event::{
    Act, ActWithdrawal, AuthorityEvent, Basis, Enrolment, EntryIndex, Event, PublicKey, Revocation, Role, Seconding,
    SigningKey, Succession,
};
use tallylog_projection::SoleRegistrar;

use crate::centre::{Centre, Person, key, log_key, place, revoked, service_key, text};
use crate::figures;
use crate::trials::{Random, seed, trials};

/// A log of a version, with the first so many of Rhea and Rolf as its registrars.
fn centre(version: u16, registrars: usize) -> Centre {
    Centre::with(|contest| {
        contest.fold = version;
        contest.registrars.truncate(registrars);
    })
}

pub(crate) fn proposed(act: &Act) -> Event {
    Event::Authority(AuthorityEvent::Proposed(Box::new(act.clone())))
}

pub(crate) fn seconded(proposal: EntryIndex, act: &Act) -> Event {
    Event::Authority(AuthorityEvent::Seconded(Box::new(Seconding {
        proposal,
        act: act.clone(),
    })))
}

pub(crate) fn declined(proposal: EntryIndex) -> Event {
    Event::Authority(AuthorityEvent::Withdrawn(ActWithdrawal {
        proposal,
        reason: text("nobody knows this person"),
    }))
}

pub(crate) fn enrolment(centre: &Centre, person: &str, role: Role, key: &SigningKey) -> Enrolment {
    Enrolment::new(centre.contest.id, text(person), role, key)
}

pub(crate) fn revocation(key: &SigningKey) -> Act {
    Act::Revoke(Revocation {
        key: PublicKey::of(key),
        reason: text("the laptop was stolen"),
    })
}

pub(crate) fn succession(centre: &Centre, key: &SigningKey) -> Act {
    let origin = centre.contest.log.origin.as_str();
    Act::Succeed(Succession {
        enrolment: enrolment(centre, origin, Role::Service, key),
        reason: text("the disk was lost"),
    })
}

fn commit(centre: &mut Centre, by: &SigningKey) -> Result<EntryIndex, String> {
    let commitment = centre.results(Basis::Recorded).commitment(centre.state()).unwrap();
    let event = Event::ResultsCommitted(Box::new(commitment));
    centre.offer(by, event).map_err(|refusal| refusal.code().to_owned())
}

/// What the log says to Rhea, who does it alone.
fn alone(version: u16, registrars: usize, what: &str) -> String {
    let mut centre = centre(version, registrars);
    let new = key(7_000);
    let role = match what {
        "enrol a registrar" => Some(Role::Registrar),
        "enrol an operator" => Some(Role::Operator),
        "enrol a reviewer" => Some(Role::Reviewer),
        "enrol a corrections officer" => Some(Role::CorrectionsOfficer),
        "enrol a chair" => Some(Role::Chair(vec![place(0, 0)])),
        "enrol a campaign" => Some(Role::Campaign(text("Cedar"))),
        "enrol an observer" => Some(Role::Observer),
        "enrol a witness" => Some(Role::Witness),
        "enrol an importer" => Some(Role::Importer),
        "enrol a service" => Some(Role::Service),
        _ => None,
    };
    let event = match (what, role) {
        (_, Some(role)) => centre.enrolment("Una", role, &new),
        ("revoke a registrar", None) => {
            let spare = revoked(&Person::Rolf.key());
            if registrars == 1 {
                // A registrar's other key: there is no other person.
                let own = centre.enrolment("Rhea", Role::Registrar, &new);
                centre.take(&Person::Rhea.key(), own);
                revoked(&new)
            } else {
                spare
            }
        }
        ("revoke the service", None) => revoked(&service_key()),
        ("revoke a reviewer", None) => revoked(&Person::Vera.key()),
        ("revoke a chair", None) => revoked(&Centre::chair(place(0, 0))),
        (other, None) => unreachable!("{other}"),
    };
    let answer = centre.offer(&Person::Rhea.key(), event);
    centre.check();
    answer.map_or_else(|refusal| refusal.code().to_owned(), |_| "taken".to_owned())
}

#[test]
fn what_one_registrar_may_do_alone_is_this() {
    let (taken, second) = ("taken", "needs-second");
    let rows = [
        // What, then version 2 and version 3 with two registrars, then version 3 with one.
        ("enrol a registrar", taken, second, taken),
        ("enrol an operator", taken, second, taken),
        ("enrol a reviewer", taken, second, taken),
        ("enrol a corrections officer", taken, second, taken),
        ("enrol a chair", taken, taken, taken),
        ("enrol a campaign", taken, taken, taken),
        ("enrol an observer", taken, taken, taken),
        ("enrol a witness", taken, taken, taken),
        ("enrol an importer", taken, taken, taken),
        ("enrol a service", taken, second, second),
        ("revoke a registrar", taken, second, taken),
        ("revoke the service", taken, second, second),
        ("revoke a reviewer", taken, taken, taken),
        ("revoke a chair", taken, taken, taken),
    ];
    for (what, before, of_two, of_one) in rows {
        let answers = [alone(2, 2, what), alone(3, 2, what), alone(3, 1, what)];
        assert_eq!(answers, [before, of_two, of_one], "{what}");
    }
}

#[test]
fn an_act_of_two_is_so_with_the_second_signature_and_not_before() {
    let mut centre = centre(3, 2);
    let new = key(7_000);
    let act = Act::Enrol(enrolment(&centre, "Una", Role::Reviewer, &new));
    let proposal = centre.take(&Person::Rhea.key(), proposed(&act));
    assert!(centre.state().key(&PublicKey::of(&new)).is_none());
    let seconding = centre.take(&Person::Rolf.key(), seconded(proposal, &act));
    let enrolled = centre.state().key(&PublicKey::of(&new)).unwrap();
    assert_eq!((enrolled.person.as_str(), enrolled.enrolled), ("Una", seconding));
    let revoke = revocation(&Person::Rolf.key());
    let proposal = centre.take(&Person::Rhea.key(), proposed(&revoke));
    let rolf = PublicKey::of(&Person::Rolf.key());
    assert_eq!(centre.state().key(&rolf).unwrap().revoked, None);
    // Rolf signs away his own key: he is another person.
    let seconding = centre.take(&Person::Rolf.key(), seconded(proposal, &revoke));
    assert_eq!(centre.state().key(&rolf).unwrap().revoked, Some(seconding));
    centre.check();
}

#[test]
fn nobody_seconds_what_is_not_theirs_to_second() {
    let mut centre = centre(3, 2);
    let (rhea, rolf) = (Person::Rhea.key(), Person::Rolf.key());
    let act = Act::Enrol(enrolment(&centre, "Una", Role::Reviewer, &key(7_000)));
    let other = Act::Enrol(enrolment(&centre, "Una", Role::Registrar, &key(7_000)));
    // A registrar's spare key is the same person's.
    let spare = Act::Enrol(enrolment(&centre, "Rhea", Role::Registrar, &key(7_001)));
    let spared = centre.take(&rhea, proposed(&spare));
    centre.take(&rolf, seconded(spared, &spare));
    let proposal = centre.take(&rhea, proposed(&act));
    centre.refuse(&rhea, seconded(proposal, &act), "same-person");
    centre.refuse(&key(7_001), seconded(proposal, &act), "same-person");
    for nobody in [Person::Vera, Person::Cleo, Person::Olga, Person::Nora] {
        centre.refuse(&nobody.key(), seconded(proposal, &act), "wrong-role");
        centre.refuse(&nobody.key(), proposed(&act), "wrong-role");
        centre.refuse(&nobody.key(), declined(proposal), "wrong-role");
    }
    centre.refuse(&rolf, seconded(proposal, &other), "not-as-proposed");
    centre.refuse(&rolf, seconded(EntryIndex(1), &act), "no-such-act");
    centre.take(&rolf, declined(proposal));
    centre.refuse(&rolf, seconded(proposal, &act), "no-such-act");
    centre.refuse(&rolf, declined(proposal), "no-such-act");
    // Whoever stole a key proposes nothing that is signed after the theft was seen.
    let stolen = centre.take(&key(7_001), proposed(&act));
    let revoke = revocation(&key(7_001));
    let away = centre.take(&rhea, proposed(&revoke));
    centre.take(&rolf, seconded(away, &revoke));
    centre.refuse(&rolf, seconded(stolen, &act), "proposer-revoked");
    // The state of the second signature counts.
    let (first, twin) = (centre.take(&rhea, proposed(&act)), centre.take(&rhea, proposed(&act)));
    centre.take(&rolf, seconded(first, &act));
    centre.refuse(&rolf, seconded(twin, &act), "key-enrolled");
    centre.check();
}

#[test]
fn one_registrar_alone_cannot_end_commitments_and_codes() {
    for registrars in [1, 2] {
        let mut centre = centre(3, registrars);
        let rhea = Person::Rhea.key();
        centre.refuse(&rhea, revoked(&service_key()), "needs-second");
        let act = revocation(&service_key());
        let proposal = centre.take(&rhea, proposed(&act));
        centre.refuse(&rhea, seconded(proposal, &act), "same-person");
        assert!(commit(&mut centre, &service_key()).is_ok());
    }
}

#[test]
fn with_a_single_registrar_a_corrections_officer_seconds() {
    let mut centre = centre(3, 1);
    let next = key(7_000);
    let act = succession(&centre, &next);
    let proposal = centre.take(&Person::Rhea.key(), proposed(&act));
    centre.refuse(&Person::Vera.key(), seconded(proposal, &act), "wrong-role");
    centre.take(&Person::Cleo.key(), seconded(proposal, &act));
    assert_eq!(centre.state().service(), Some(PublicKey::of(&next)));
    centre.check();
}

#[test]
fn a_successor_of_the_services_key_signs_from_then_on_and_the_key_before_it_nothing() {
    let mut centre = centre(3, 2);
    let (rhea, rolf) = (Person::Rhea.key(), Person::Rolf.key());
    assert!(commit(&mut centre, &service_key()).is_ok());
    for number in [7_000, 7_001] {
        let before = centre.state().service().unwrap();
        let next = key(number);
        assert_eq!(commit(&mut centre, &next), Err("unknown-key".to_owned()));
        let act = succession(&centre, &next);
        let proposal = centre.take(&rhea, proposed(&act));
        let seconding = centre.take(&rolf, seconded(proposal, &act));
        assert_eq!(centre.state().service(), Some(PublicKey::of(&next)));
        assert_eq!(centre.state().key(&before).unwrap().revoked, Some(seconding));
        assert!(commit(&mut centre, &next).is_ok());
    }
    assert_eq!(commit(&mut centre, &service_key()), Err("revoked-key".to_owned()));
    assert_eq!(commit(&mut centre, &key(7_000)), Err("revoked-key".to_owned()));
    // A key that was revoked and has no successor yet ends nothing for good.
    let act = revocation(&key(7_001));
    let proposal = centre.take(&rhea, proposed(&act));
    centre.take(&rolf, seconded(proposal, &act));
    assert_eq!(commit(&mut centre, &key(7_001)), Err("revoked-key".to_owned()));
    let act = succession(&centre, &key(7_002));
    let proposal = centre.take(&rhea, proposed(&act));
    centre.take(&rolf, seconded(proposal, &act));
    assert!(commit(&mut centre, &key(7_002)).is_ok());
    centre.check();
}

#[test]
fn a_successor_is_the_log_and_nobody_else() {
    let mut centre = centre(3, 2);
    let rhea = Person::Rhea.key();
    let as_person = Act::Succeed(Succession {
        enrolment: enrolment(&centre, "Una", Role::Service, &key(7_000)),
        reason: text("the disk was lost"),
    });
    let as_reviewer = Act::Succeed(Succession {
        enrolment: enrolment(&centre, "rehearsal.example/desks", Role::Reviewer, &key(7_000)),
        reason: text("the disk was lost"),
    });
    let of_checkpoints = succession(&centre, &log_key());
    let enrolled = Act::Enrol(enrolment(
        &centre,
        "rehearsal.example/desks",
        Role::Service,
        &key(7_000),
    ));
    for act in [as_person, as_reviewer, of_checkpoints, enrolled] {
        centre.refuse(&rhea, proposed(&act), "bad-act");
    }
    let taken = succession(&centre, &Person::Vera.key());
    centre.refuse(&rhea, proposed(&taken), "key-enrolled");
}

#[test]
fn a_log_of_an_older_version_has_no_acts_of_two() {
    for version in [1, 2] {
        let mut centre = centre(version, 2);
        let act = revocation(&Person::Rolf.key());
        centre.refuse(&Person::Rhea.key(), proposed(&act), "not-in-version");
        centre.refuse(&Person::Rolf.key(), seconded(EntryIndex(1), &act), "not-in-version");
        centre.refuse(&Person::Rolf.key(), declined(EntryIndex(1)), "not-in-version");
    }
}

#[test]
fn a_verdict_knows_when_there_was_a_single_registrar() {
    let spell = |from, until: Option<EntryIndex>| SoleRegistrar {
        person: text("Rhea"),
        from,
        until,
    };
    assert_eq!(centre(3, 2).state().sole_registrars(), []);
    let mut one = centre(3, 1);
    assert_eq!(one.state().sole_registrars(), [spell(EntryIndex(0), None)]);
    let rolf = one.enrolment("Rolf", Role::Registrar, &Person::Rolf.key());
    let joined = one.take(&Person::Rhea.key(), rolf);
    assert_eq!(one.state().sole_registrars(), [spell(EntryIndex(0), Some(joined))]);
    let act = revocation(&Person::Rolf.key());
    let proposal = one.take(&Person::Rhea.key(), proposed(&act));
    let left = one.take(&Person::Rolf.key(), seconded(proposal, &act));
    let spells = [spell(EntryIndex(0), Some(joined)), spell(left, None)];
    assert_eq!(one.state().sole_registrars(), spells);
}

/// Whoever may be enrolled in these walks, each with a key of its own.
const NAMES: [&str; 4] = ["Rhea", "Rolf", "Ruth", "Una"];

/// Somebody tries something at random: with `by`, or with anybody's key.
fn try_anything(centre: &mut Centre, random: &mut Random, keys: &[SigningKey], by: &[SigningKey]) {
    let new = random.pick(keys).clone();
    let name = *random.pick(&NAMES);
    let role = random
        .pick(&[
            Role::Registrar,
            Role::Reviewer,
            Role::CorrectionsOfficer,
            Role::Service,
            Role::Observer,
        ])
        .clone();
    let act = match random.below(4) {
        0 => Act::Enrol(enrolment(centre, name, role.clone(), &new)),
        1 => revocation(&new),
        2 => succession(centre, &new),
        _ => revocation(&service_key()),
    };
    let waiting: Vec<(EntryIndex, Act)> = centre
        .state()
        .desks()
        .authority
        .waiting()
        .map(|proposed| (proposed.proposal.entry, proposed.proposal.what.as_ref().clone()))
        .collect();
    let event = match random.below(6) {
        0 => centre.enrolment(name, role, &new),
        1 => revoked(&new),
        2 => proposed(&act),
        3 if !waiting.is_empty() => declined(random.pick(&waiting).0),
        _ if !waiting.is_empty() => {
            let (entry, what) = random.pick(&waiting);
            seconded(*entry, what)
        }
        _ => proposed(&act),
    };
    let _refused = centre.offer(random.pick(by), event);
}

/// The keys that staff and service have, and which of them stand.
fn powers(centre: &Centre) -> BTreeSet<(PublicKey, bool)> {
    let matters = |role: &Role| role.is_staff() || *role == Role::Service;
    let of = centre.state().authors().filter(|author| matters(&author.role));
    of.map(|author| (author.key, author.revoked.is_none())).collect()
}

/// Theorem: while there are two registrars, nothing that one person signs, with however many keys, gives or takes the
/// power of a registrar or of the service, or makes staff.
#[test]
fn no_one_person_makes_staff_or_takes_a_registrar_where_there_are_two() {
    let seed = seed();
    let mut start = centre(3, 2);
    start.watched = false;
    // Rhea has a spare key, and is an officer and a reviewer besides.
    let own: Vec<(SigningKey, Role)> = vec![
        (key(7_100), Role::Registrar),
        (key(7_101), Role::CorrectionsOfficer),
        (key(7_102), Role::Reviewer),
    ];
    for (key, role) in &own {
        let act = Act::Enrol(enrolment(&start, "Rhea", role.clone(), key));
        let proposal = start.take(&Person::Rhea.key(), proposed(&act));
        start.take(&Person::Rolf.key(), seconded(proposal, &act));
    }
    let theirs: Vec<SigningKey> = own
        .into_iter()
        .map(|(key, _)| key)
        .chain([Person::Rhea.key()])
        .collect();
    let keys: Vec<SigningKey> = (7_200..7_204).map(key).chain([Person::Rolf.key()]).collect();
    let before: BTreeSet<_> = powers(&start);
    for number in 0..trials(60, 2_000) {
        let mut random = Random(seed.wrapping_add(number));
        let mut centre = start.clone();
        for _ in 0..40 {
            try_anything(&mut centre, &mut random, &keys, &theirs);
        }
        assert_eq!(powers(&centre), before, "TALLYLOG_SEED={seed}, walk {number}");
    }
}

/// The same by everybody, for the fold that the pages have in TypeScript; and whatever came of it, two persons signed.
#[test]
fn acts_of_two_are_written_with_what_they_come_to() {
    figures::clear("walk-acts-");
    let keys: Vec<SigningKey> = (7_200..7_206).map(key).collect();
    for number in 0..trials(12, 200) {
        let mut random = Random(number);
        let mut centre = centre(3, 1 + usize::try_from(number % 2).unwrap());
        let everybody: Vec<SigningKey> = [Person::Rhea, Person::Rolf, Person::Cleo]
            .map(Person::key)
            .into_iter()
            .chain(keys.clone())
            .collect();
        let mut moments = Vec::new();
        for _ in 0..60 {
            try_anything(&mut centre, &mut random, &keys, &everybody);
            if random.below(4) == 0 {
                moments.push(figures::moment(centre.state()));
            }
        }
        for acted in centre.state().desks().authority.all() {
            if let Some(tallylog_projection::ActDecided::Seconded(seconding)) = &acted.decided {
                let persons = [acted.proposal.author, seconding.author].map(|id| &centre.state().author(id).person);
                assert_ne!(persons[0], persons[1]);
            }
        }
        centre.check();
        moments.push(figures::moment(centre.state()));
        figures::write(
            &format!("walk-acts-{number:04}"),
            &centre.entries,
            &moments,
            centre.state(),
        );
    }
}
