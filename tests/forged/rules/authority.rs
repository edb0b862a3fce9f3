//! What takes two persons.

use tallylog_event::{
    Act, ActWithdrawal, AuthorityEvent, EntryIndex, Event, PublicKey, Revocation, Role, Seconding, SigningKey,
    Succession,
};

use super::keys::enrolment;
use crate::centre::{Centre, Person, log_key, revoked, service_key, text};
use crate::stage::{FREE, Rule, Stage, blank, by, rule, third_version};

pub(crate) fn proposal(act: &Act) -> Event {
    Event::Authority(AuthorityEvent::Proposed(Box::new(act.clone())))
}

fn seconded(proposal: EntryIndex, act: &Act) -> Event {
    let act = act.clone();
    Event::Authority(AuthorityEvent::Seconded(Box::new(Seconding { proposal, act })))
}

fn withdrawn(proposal: EntryIndex, reason: &str) -> Event {
    let reason = text(reason);
    Event::Authority(AuthorityEvent::Withdrawn(ActWithdrawal { proposal, reason }))
}

pub(crate) fn revocation(key: &SigningKey) -> Act {
    Act::Revoke(Revocation {
        key: PublicKey::of(key),
        reason: text("the laptop was stolen"),
    })
}

fn succession(stage: &mut Stage, person: &str, role: Role) -> Act {
    let key = stage.fresh();
    Act::Succeed(Succession {
        enrolment: enrolment(stage, person, role, &key),
        reason: text("the disk was lost"),
    })
}

fn reviewer(stage: &mut Stage) -> Act {
    let key = stage.fresh();
    Act::Enrol(enrolment(stage, "Una Reviewer", Role::Reviewer, &key))
}

/// Both registrars, in either order.
fn two(stage: &mut Stage) -> (Person, Person) {
    match stage.random.below(2) {
        0 => (Person::Rhea, Person::Rolf),
        _ => (Person::Rolf, Person::Rhea),
    }
}

pub(crate) fn rules() -> Vec<Rule> {
    let all = alone().into_iter().chain(acts()).chain(seconds());
    all.map(|rule| {
        if rule.setting.is_none() {
            rule.under(third_version)
        } else {
            rule
        }
    })
    .collect()
}

fn alone() -> Vec<Rule> {
    vec![
        rule("one registrar enrols staff", "needs-second", |stage| {
            let key = stage.fresh();
            let role = [
                Role::Reviewer,
                Role::Operator,
                Role::CorrectionsOfficer,
                Role::Registrar,
            ][stage.random.place(4)]
            .clone();
            let event = stage.centre.enrolment("Una", role, &key);
            by(stage.registrar(), event)
        }),
        rule("one registrar enrols a service", "needs-second", |stage| {
            let key = stage.fresh();
            let event = stage.centre.enrolment("the log itself", Role::Service, &key);
            by(stage.registrar(), event)
        }),
        rule("one registrar revokes another", "needs-second", |stage| {
            let (one, other) = two(stage);
            by(one, revoked(&other.key()))
        }),
        rule("one registrar revokes the service", "needs-second", |stage| {
            by(stage.registrar(), revoked(&service_key()))
        }),
    ]
}

fn acts() -> Vec<Rule> {
    vec![
        rule("an act by no registrar", "wrong-role", |stage| {
            let act = reviewer(stage);
            by(stage.reviewer(), proposal(&act))
        }),
        rule("a service that is merely enrolled", "bad-act", |stage| {
            let key = stage.fresh();
            let act = Act::Enrol(enrolment(stage, "the log itself", Role::Service, &key));
            by(stage.registrar(), proposal(&act))
        }),
        rule("a successor of another name", "bad-act", |stage| {
            let act = succession(stage, "Una", Role::Service);
            by(stage.registrar(), proposal(&act))
        }),
        rule("the log's key as the service's", "bad-act", |stage| {
            let origin = stage.centre.contest.log.origin.to_string();
            let enrolment = enrolment(stage, &origin, Role::Service, &log_key());
            let reason = text("the disk was lost");
            by(
                stage.registrar(),
                proposal(&Act::Succeed(Succession { enrolment, reason })),
            )
        }),
        rule("a successor whose key is another's", "key-enrolled", |stage| {
            let origin = stage.centre.contest.log.origin.to_string();
            let enrolment = enrolment(stage, &origin, Role::Service, &Centre::chair(FREE));
            let reason = text("the disk was lost");
            by(
                stage.registrar(),
                proposal(&Act::Succeed(Succession { enrolment, reason })),
            )
        }),
        rule("an act on a name that looks like another", "alike-name", |stage| {
            let key = stage.fresh();
            let act = Act::Enrol(enrolment(stage, "vera", Role::Reviewer, &key));
            by(stage.registrar(), proposal(&act))
        }),
        rule("an act that revokes without a reason", "unjustified", |stage| {
            let act = Act::Revoke(Revocation {
                key: PublicKey::of(&Person::Nora.key()),
                reason: blank(),
            });
            by(stage.registrar(), proposal(&act))
        }),
        rule("a succession without a reason", "unjustified", |stage| {
            let origin = stage.centre.contest.log.origin.to_string();
            let key = stage.fresh();
            let enrolment = enrolment(stage, &origin, Role::Service, &key);
            let reason = blank();
            by(
                stage.registrar(),
                proposal(&Act::Succeed(Succession { enrolment, reason })),
            )
        }),
        rule("an act on nobody's key", "unknown-key", |stage| {
            let key = stage.fresh();
            by(stage.registrar(), proposal(&revocation(&key)))
        }),
    ]
}

fn seconds() -> Vec<Rule> {
    vec![
        rule(
            "an act seconded by an officer beside two registrars",
            "wrong-role",
            |stage| {
                let act = reviewer(stage);
                let entry = stage.take(Person::Rhea, proposal(&act));
                by(Person::Cleo, seconded(entry, &act))
            },
        ),
        rule(
            "an act seconded by a reviewer beside one registrar",
            "wrong-role",
            |stage| {
                let act = reviewer(stage);
                let entry = stage.take(Person::Rhea, proposal(&act));
                by(Person::Vera, seconded(entry, &act))
            },
        )
        .under(|contest| {
            contest.fold = 3;
            contest.registrars.truncate(1);
        }),
        rule("an act that nobody proposed is seconded", "no-such-act", |stage| {
            let act = reviewer(stage);
            let entry = EntryIndex(stage.random.below(stage.centre.size()));
            by(stage.registrar(), seconded(entry, &act))
        }),
        rule("an act is seconded twice", "no-such-act", |stage| {
            let (one, other) = two(stage);
            let act = reviewer(stage);
            let entry = stage.take(one, proposal(&act));
            stage.take(other, seconded(entry, &act));
            by(other, seconded(entry, &act))
        }),
        rule("whoever proposed an act seconds it", "same-person", |stage| {
            let (one, _) = two(stage);
            let act = reviewer(stage);
            let entry = stage.take(one, proposal(&act));
            by(one, seconded(entry, &act))
        }),
        rule("an act of somebody who was revoked", "proposer-revoked", |stage| {
            let act = reviewer(stage);
            let spare = stage.centre.enrol("Rhea", Role::Registrar);
            let entry = stage.centre.take(&spare, proposal(&act));
            let away = revocation(&spare);
            let second = stage.take(Person::Rhea, proposal(&away));
            stage.take(Person::Rolf, seconded(second, &away));
            by(Person::Rolf, seconded(entry, &act))
        }),
        rule("another act than was proposed", "not-as-proposed", |stage| {
            let (one, other) = two(stage);
            let (act, another) = (reviewer(stage), reviewer(stage));
            let entry = stage.take(one, proposal(&act));
            by(other, seconded(entry, &another))
        }),
        rule("an act is turned down without a reason", "unjustified", |stage| {
            let act = reviewer(stage);
            let entry = stage.take(Person::Rhea, proposal(&act));
            by(stage.registrar(), withdrawn(entry, " "))
        }),
        rule("an act that nobody proposed is turned down", "no-such-act", |stage| {
            let entry = EntryIndex(stage.random.below(stage.centre.size()));
            by(stage.registrar(), withdrawn(entry, "who is this?"))
        }),
    ]
}
