//! Enrolment codes.

use tallylog_event::{
    CodeBatch, CodeEvent, CodeWithdrawal, EntryIndex, Event, PrecinctId, Redemption, Role, UnixMillis,
};

use super::keys::enrolment;
use crate::centre::{Person, service_key, text};
use crate::stage::{FREE, Forged, NOWHERE, Rule, SITE, Stage, by, rule, with};

fn batch(stage: &Stage, change: impl FnOnce(&mut CodeBatch)) -> Event {
    let batch = CodeBatch {
        precincts: vec![FREE, SITE],
        each: 2,
        expires_at: stage.later(),
    };
    Event::Code(CodeEvent::Issued(Box::new(with(batch, change))))
}

fn issuing(stage: &mut Stage, change: impl FnOnce(&mut CodeBatch)) -> Forged {
    let event = batch(stage, change);
    by(stage.registrar(), event)
}

fn issued(stage: &mut Stage) -> EntryIndex {
    let event = batch(stage, |_| {});
    stage.take(Person::Rhea, event)
}

/// The log enrols a chair of a precinct against a code.
fn redeemed(stage: &mut Stage, batch: EntryIndex, number: u32, precincts: Vec<PrecinctId>) -> Event {
    let key = stage.fresh();
    let enrolment = enrolment(stage, "Chris", Role::Chair(precincts), &key);
    Event::Code(CodeEvent::Redeemed(Box::new(Redemption {
        batch,
        number,
        enrolment,
    })))
}

fn by_log(event: Event) -> Forged {
    Forged::Event(service_key(), event)
}

fn withdrawn(batch: EntryIndex, precincts: Vec<PrecinctId>, reason: &str) -> Event {
    let reason = text(reason);
    Event::Code(CodeEvent::Withdrawn(Box::new(CodeWithdrawal {
        batch,
        precincts,
        reason,
    })))
}

pub(crate) fn rules() -> Vec<Rule> {
    let mut all = batches();
    all.extend(redemptions());
    all.extend(withdrawals());
    all
}

fn batches() -> Vec<Rule> {
    vec![
        rule("codes of no precinct", "bad-batch", |stage| {
            issuing(stage, |of| of.precincts.clear())
        }),
        rule("no codes", "bad-batch", |stage| issuing(stage, |of| of.each = 0)),
        rule("codes of a precinct twice", "bad-batch", |stage| {
            issuing(stage, |of| of.precincts.push(FREE))
        }),
        rule("codes that have expired", "bad-batch", |stage| {
            let before = UnixMillis(stage.centre.now().0 - 1 - stage.random.below(10_000));
            issuing(stage, |of| of.expires_at = before)
        }),
        rule("codes of a precinct that there is not", "unknown-precinct", |stage| {
            issuing(stage, |of| of.precincts.push(NOWHERE))
        }),
    ]
}

fn redemptions() -> Vec<Rule> {
    vec![
        rule("a registrar uses a code", "wrong-role", |stage| {
            let batch = issued(stage);
            let event = redeemed(stage, batch, 0, vec![FREE]);
            by(stage.registrar(), event)
        }),
        rule("a code of no batch", "no-such-batch", |stage| {
            let entry = EntryIndex(stage.random.below(9));
            by_log(redeemed(stage, entry, 0, vec![FREE]))
        }),
        rule("a code that the batch has not", "not-in-batch", |stage| {
            let batch = issued(stage);
            let number = 4 + u32::try_from(stage.random.below(1_000_000)).unwrap();
            by_log(redeemed(stage, batch, number, vec![FREE]))
        }),
        rule("a code enrols another precinct's chair", "not-in-batch", |stage| {
            let batch = issued(stage);
            let precincts = [vec![SITE], vec![FREE, SITE], vec![]][stage.random.place(3)].clone();
            by_log(redeemed(stage, batch, 1, precincts))
        }),
        rule("a code enrols staff", "not-in-batch", |stage| {
            let batch = issued(stage);
            let key = stage.fresh();
            let role = [Role::Reviewer, Role::Registrar, Role::Operator][stage.random.place(3)].clone();
            let enrolment = enrolment(stage, "Chris", role, &key);
            by_log(Event::Code(CodeEvent::Redeemed(Box::new(Redemption {
                batch,
                number: 0,
                enrolment,
            }))))
        }),
        rule("a code is used twice", "code-used", |stage| {
            let batch = issued(stage);
            let event = redeemed(stage, batch, 0, vec![FREE]);
            stage.centre.take(&service_key(), event);
            by_log(redeemed(stage, batch, 0, vec![FREE]))
        }),
        rule("a code that was withdrawn is used", "code-expired", |stage| {
            let batch = issued(stage);
            let of = [vec![], vec![FREE]][stage.random.place(2)].clone();
            stage.take(Person::Rhea, withdrawn(batch, of, "lost"));
            by_log(redeemed(stage, batch, 1, vec![FREE]))
        }),
        rule("a code is used too late", "code-expired", |stage| {
            let batch = issued(stage);
            stage.centre.pass(10_000_001 + stage.random.below(100_000));
            by_log(redeemed(stage, batch, 1, vec![FREE]))
        }),
        rule("a code enrols a name that looks like another", "alike-name", |stage| {
            let batch = issued(stage);
            let key = stage.fresh();
            let enrolment = enrolment(stage, "olga", Role::Chair(vec![FREE]), &key);
            by_log(Event::Code(CodeEvent::Redeemed(Box::new(Redemption {
                batch,
                number: 0,
                enrolment,
            }))))
        }),
    ]
}

fn withdrawals() -> Vec<Rule> {
    vec![
        rule("codes of no batch are withdrawn", "no-such-batch", |stage| {
            let entry = EntryIndex(stage.random.below(9));
            by(stage.registrar(), withdrawn(entry, Vec::new(), "lost"))
        }),
        rule("codes of another precinct are withdrawn", "not-in-batch", |stage| {
            let batch = issued(stage);
            let here = stage.here();
            by(stage.registrar(), withdrawn(batch, vec![FREE, here], "lost"))
        }),
        rule("codes are withdrawn for no reason", "unjustified", |stage| {
            let batch = issued(stage);
            by(stage.registrar(), withdrawn(batch, Vec::new(), " "))
        }),
    ]
}
