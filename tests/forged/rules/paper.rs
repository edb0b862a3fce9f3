//! Paper audits.

use tallylog_event::{EntryIndex, Event, PaperEvent, PaperReading, PrecinctId, Role, Sample};
use tallylog_rules::{Attendees, Sheet};

use super::reports::figures;
use crate::blocks::drawn;
use crate::centre::{Person, entered, text};
use crate::stage::{Forged, Rule, Stage, by, rule, with};

fn drawing(stage: &mut Stage, change: impl FnOnce(&mut Sample)) -> Forged {
    let sample = with(drawn(&stage.centre, 3), change);
    let person = stage.one_of(&[Person::Vera, Person::Viktor, Person::Rhea, Person::Rolf]);
    by(person, Event::Paper(PaperEvent::Drawn(Box::new(sample))))
}

/// An honest sample of some precincts, and which those are.
fn sampled(stage: &mut Stage, precincts: usize) -> (EntryIndex, Vec<PrecinctId>) {
    let all = drawn(&stage.centre, 7).precincts;
    let sample = drawn(&stage.centre, precincts);
    let entry = stage.take(Person::Vera, Event::Paper(PaperEvent::Drawn(Box::new(sample))));
    (entry, all)
}

fn read(sample: EntryIndex, precinct: PrecinctId, sheet: Sheet) -> Event {
    let files = Vec::new();
    Event::Paper(PaperEvent::Read(Box::new(PaperReading {
        sample,
        precinct,
        sheet,
        files,
    })))
}

pub(crate) fn rules() -> Vec<Rule> {
    vec![
        rule("too few dice", "bad-dice", |stage| {
            drawing(stage, |of| of.dice = text("1234561234561234561"))
        }),
        rule("dice with a seven", "bad-dice", |stage| {
            let die = ["7", "0", "a", "\u{661}"][stage.random.place(4)];
            drawing(stage, |of| of.dice = text(&format!("12345612345612345612345{die}")))
        }),
        rule("a sample of a tree to come", "bad-sample", |stage| {
            let more = 1 + stage.random.below(9);
            drawing(stage, |of| of.size += more)
        }),
        rule("a sample of nothing", "bad-sample", |stage| {
            drawing(stage, |of| of.precincts.clear())
        }),
        rule("a sample that was chosen", "bad-sample", |stage| {
            let at = stage.random.place(2);
            drawing(stage, |of| of.precincts.swap(at, 2))
        }),
        rule("a sample of dice that nobody threw", "bad-sample", |stage| {
            let all = drawn(&stage.centre, 7).precincts;
            drawing(stage, |of| of.precincts = vec![all[6]])
        }),
        rule("a reading of no sample", "no-such-sample", |stage| {
            let here = stage.here();
            by(stage.reviewer(), read(EntryIndex(2), here, Sheet::default()))
        }),
        rule("a reading of what was not drawn", "not-in-sample", |stage| {
            let (sample, all) = sampled(stage, 2);
            let other = all[2 + stage.random.place(5)];
            by(stage.reviewer(), read(sample, other, Sheet::default()))
        }),
        rule("whoever typed the record reads the paper", "own-entry", |stage| {
            let (sample, all) = sampled(stage, 7);
            let state = stage.centre.state();
            let known = all
                .into_iter()
                .find_map(|id| Some((id, state.counted(id, tallylog_event::Basis::Recorded)?)));
            let (precinct, person) = match known {
                Some((id, record)) => (id, state.author(record.author).person.to_string()),
                None => {
                    let free = crate::stage::FREE;
                    stage.take(Person::Olga, entered(free, &crate::centre::right(free, 0)));
                    (free, "Olga".to_owned())
                }
            };
            let role = [Role::Reviewer, Role::Operator][stage.random.place(2)].clone();
            let key = stage.centre.enrol(&person, role);
            Forged::Event(key, read(sample, precinct, Sheet::default()))
        }),
        rule("a reading in figures that no room has", "figure-too-large", |stage| {
            let (sample, all) = sampled(stage, 7);
            let sheet = Sheet {
                final_alignment: Some(figures(1, Attendees(40_000))),
                ..Sheet::default()
            };
            let state = stage.centre.state();
            let untouched = all
                .into_iter()
                .find(|id| state.counted(*id, tallylog_event::Basis::Recorded).is_none());
            by(
                stage.reviewer(),
                read(sample, untouched.unwrap_or(crate::stage::SITE), sheet),
            )
        }),
    ]
}
