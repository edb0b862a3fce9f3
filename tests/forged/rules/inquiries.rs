//! Inquiries and answers.

use tallylog_event::{Answer, EntryIndex, Event, Inquiry, InquiryEvent, Role};
use tallylog_rules::{Attendees, Sheet};

use super::reports::figures;
use crate::centre::{Person, answered, case, filed, opened};
use crate::stage::{FREE, Forged, NOWHERE, Rule, SITE, Stage, blank, by, rule, with};

fn asking(stage: &mut Stage, change: impl FnOnce(&mut Inquiry)) -> Forged {
    let Event::Inquiry(InquiryEvent::Filed(inquiry)) = filed(FREE) else {
        unreachable!()
    };
    let campaign = stage.one_of(&[Person::Alder, Person::Birch]);
    by(
        campaign,
        Event::Inquiry(InquiryEvent::Filed(Box::new(with(*inquiry, change)))),
    )
}

fn asked(stage: &mut Stage) -> EntryIndex {
    let campaign = stage.one_of(&[Person::Alder, Person::Birch]);
    stage.take(campaign, filed(FREE))
}

/// Whoever may answer.
fn desk(stage: &mut Stage) -> Person {
    stage.one_of(&[Person::Vera, Person::Viktor, Person::Cleo, Person::Carl])
}

pub(crate) fn rules() -> Vec<Rule> {
    vec![
        rule("an inquiry about no precinct", "unknown-precinct", |stage| {
            asking(stage, |of| of.precinct = NOWHERE)
        }),
        rule("an inquiry that asks nothing", "unjustified", |stage| {
            asking(stage, |of| of.question = blank())
        }),
        rule("an inquiry with figures of no group", "unknown-group", |stage| {
            asking(stage, |of| {
                of.figures = Some(Sheet {
                    first_alignment: Some(figures(9, Attendees(3))),
                    ..Sheet::default()
                });
            })
        }),
        rule("an answer to nothing", "no-such-inquiry", |stage| {
            let entry = EntryIndex(stage.random.below(9));
            by(desk(stage), answered(entry, None))
        }),
        rule("a second answer", "no-such-inquiry", |stage| {
            let entry = asked(stage);
            stage.take(Person::Vera, answered(entry, None));
            by(desk(stage), answered(entry, None))
        }),
        rule("whoever asked answers", "same-person", |stage| {
            let campaign = stage.one_of(&[Person::Alder, Person::Birch]);
            let entry = stage.take(campaign, filed(FREE));
            let role = [Role::Reviewer, Role::CorrectionsOfficer][stage.random.place(2)].clone();
            let key = stage.centre.enrol(campaign.name(), role);
            Forged::Event(key, answered(entry, None))
        }),
        rule("an answer that says nothing", "unjustified", |stage| {
            let entry = asked(stage);
            let Event::Inquiry(InquiryEvent::Answered(answer)) = answered(entry, None) else {
                unreachable!()
            };
            let answer: Answer = with(*answer, |of| of.text = blank());
            by(desk(stage), Event::Inquiry(InquiryEvent::Answered(Box::new(answer))))
        }),
        rule("an answer that names no case", "no-such-case", |stage| {
            let entry = asked(stage);
            by(desk(stage), answered(entry, Some(entry)))
        }),
        rule("an answer that names another precinct's case", "not-in-case", |stage| {
            let entry = asked(stage);
            let (one, _) = stage.officers();
            let case = stage.take(one, opened(case(SITE)));
            by(desk(stage), answered(entry, Some(case)))
        }),
    ]
}
