//! Kinds of events that no program knows yet. Admission cannot read them, and a verifier cannot say anything of them.

use crate::centre::Person;
use crate::stage::{Forged, Rule, Stage, rule};

/// Numbers that no kind of event will have for a long time, and the desks, by the number of the event in which theirs stand.
const TO_COME: u8 = 100;
const DESKS: [u8; 7] = [8, 11, 12, 13, 14, 15, 16];

/// An event of this kind, with something in it.
fn of_kind(stage: &mut Stage, kind: &[u8]) -> Forged {
    let honest = stage.centre.sign(&Person::Rhea.key(), crate::centre::paused());
    let body = honest.decode().unwrap();
    let event = body.encode().len() - postcard_of(&body.event);
    let mut bytes = honest.body[..event].to_vec();
    bytes.extend(kind);
    bytes.extend((0..stage.random.below(60)).map(|byte| u8::try_from(byte).unwrap()));
    Forged::Bytes(Person::Rhea.key(), bytes)
}

/// How many bytes a pause takes: two numbers, a length and its words.
fn postcard_of(event: &tallylog_event::Event) -> usize {
    let tallylog_event::Event::Course(tallylog_event::CourseEvent::Paused(words)) = event else {
        unreachable!("it was made as one");
    };
    3 + words.as_str().len()
}

pub(crate) fn rules() -> Vec<Rule> {
    vec![
        rule("a kind of event to come", "unknown-kind", |stage| {
            let kind = TO_COME + u8::try_from(stage.random.below(27)).unwrap();
            of_kind(stage, &[kind])
        }),
        rule("a kind of event to come at a desk", "unknown-kind", |stage| {
            let desk = *stage.random.pick(&DESKS);
            let kind = TO_COME + u8::try_from(stage.random.below(27)).unwrap();
            of_kind(stage, &[desk, kind])
        }),
    ]
}
