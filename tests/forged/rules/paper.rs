//! Paper audits.

use tallylog_event::{
    AnnouncedSample, Announcement, EntryIndex, Event, PaperEvent, PaperReading, PrecinctId, Role, Sample,
};
use tallylog_rules::{Attendees, Sheet};

use super::reports::figures;
use crate::blocks::{abandons, announcing, dice, drawn, drawn_from};
use crate::centre::{Person, entered, text};
use crate::stage::{Forged, Rule, Stage, blank, by, rule, second_version, third_version, with};

fn drawing(stage: &mut Stage, change: impl FnOnce(&mut Sample)) -> Forged {
    let sample = with(drawn(&stage.centre, 3), change);
    let person = stage.one_of(&[Person::Vera, Person::Viktor, Person::Rhea, Person::Rolf]);
    by(person, Event::Paper(PaperEvent::Drawn(Box::new(sample))))
}

/// An honest sample of all seven precincts, or of fewer.
fn sampled(stage: &mut Stage, precincts: u32) -> (EntryIndex, Vec<PrecinctId>) {
    crate::blocks::sampled(stage, precincts).unwrap()
}

fn leader(stage: &mut Stage) -> Person {
    stage.one_of(&[Person::Vera, Person::Viktor, Person::Rhea, Person::Rolf])
}

/// An honest announcement of three.
fn announced(stage: &mut Stage) -> (EntryIndex, Event) {
    let event = announcing(&stage.centre, 3);
    (stage.take(Person::Vera, event.clone()), event)
}

fn announcement(stage: &mut Stage, change: impl FnOnce(&mut Announcement)) -> Forged {
    let mut event = announcing(&stage.centre, 3);
    if let Event::Paper(PaperEvent::Announced(what)) = &mut event {
        change(what);
    }
    by(leader(stage), event)
}

/// What these dice draw from an honest announcement, changed.
fn drawing_from(stage: &mut Stage, change: impl FnOnce(&mut AnnouncedSample)) -> Forged {
    let (entry, event) = announced(stage);
    let dice = dice(&stage.centre);
    let sample = with(drawn_from(&stage.centre, entry, &event, &dice), change);
    by(leader(stage), Event::Paper(PaperEvent::DrawnFrom(Box::new(sample))))
}

fn everywhere(stage: &Stage) -> Vec<PrecinctId> {
    drawn(&stage.centre, 7).precincts
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

fn unannounced_and_readings() -> Vec<Rule> {
    vec![
        rule("too few dice", "bad-dice", |stage| {
            drawing(stage, |of| of.dice = text("1234561234561234561"))
        })
        .under(second_version),
        rule("dice with a seven", "bad-dice", |stage| {
            let die = ["7", "0", "a", "\u{661}"][stage.random.place(4)];
            drawing(stage, |of| of.dice = text(&format!("12345612345612345612345{die}")))
        })
        .under(second_version),
        rule("a sample of a tree to come", "bad-sample", |stage| {
            let more = 1 + stage.random.below(9);
            drawing(stage, |of| of.size += more)
        })
        .under(second_version),
        rule("a sample of nothing", "bad-sample", |stage| {
            drawing(stage, |of| of.precincts.clear())
        })
        .under(second_version),
        rule("a sample that was chosen", "bad-sample", |stage| {
            let at = stage.random.place(2);
            drawing(stage, |of| of.precincts.swap(at, 2))
        })
        .under(second_version),
        rule("a sample of dice that nobody threw", "bad-sample", |stage| {
            let all = drawn(&stage.centre, 7).precincts;
            drawing(stage, |of| of.precincts = vec![all[6]])
        })
        .under(second_version),
        rule("a reading of no sample", "no-such-sample", |stage| {
            let here = stage.here();
            by(stage.reviewer(), read(EntryIndex(2), here, Sheet::default()))
        }),
        rule("a reading of what was not drawn", "not-in-sample", |stage| {
            let (sample, drawn) = sampled(stage, 2);
            let all = everywhere(stage);
            let other = *all.iter().find(|id| !drawn.contains(id)).unwrap();
            by(stage.reviewer(), read(sample, other, Sheet::default()))
        }),
        rule("whoever typed the record reads the paper", "own-entry", |stage| {
            let (sample, all) = sampled(stage, 7);
            let state = stage.centre.state();
            let known = all
                .into_iter()
                .find_map(|id| Some((id, state.counted(id, tallylog_event::Basis::Recorded)?)));
            let known = known.map(|(id, record)| (id, state.author(record.author).person.to_string()));
            let (precinct, person) = known.unwrap_or_else(|| {
                let free = crate::stage::FREE;
                stage.take(Person::Olga, entered(free, &crate::centre::right(free, 0)));
                (free, "Olga".to_owned())
            });
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

/// From the third version on a sample is announced before its dice are rolled.
fn announcements() -> Vec<Rule> {
    vec![
        rule("an announcement before there were any", "not-in-version", |stage| {
            announcement(stage, |_| {})
        })
        .under(second_version),
        rule("a sample that was not announced", "not-announced", |stage| {
            drawing(stage, |_| {})
        }),
        rule("a checkpoint of entries to come", "bad-announcement", |stage| {
            let more = 1 + stage.random.below(9);
            announcement(stage, |what| what.size += more)
        }),
        rule(
            "a checkpoint from before the last sample",
            "bad-announcement",
            |stage| {
                let event = announcing(&stage.centre, 3);
                sampled(stage, 2);
                by(leader(stage), event)
            },
        ),
        rule("an announcement of nothing", "bad-announcement", |stage| {
            announcement(stage, |what| what.precincts = 0)
        }),
        rule("an announcement of more than there are", "bad-announcement", |stage| {
            let more = 8 + u32::try_from(stage.random.below(99)).unwrap();
            announcement(stage, |what| what.precincts = more)
        }),
        rule("a root that the log never had", "other-root", |stage| {
            let at = stage.random.place(32);
            announcement(stage, |what| what.root.0[at] ^= 1)
        }),
        rule("a root of another size", "other-root", |stage| {
            let shorter = stage.centre.root(stage.centre.size() - 1);
            announcement(stage, |what| what.root = shorter)
        }),
        rule("an announcement beside another", "announcement-open", |stage| {
            announced(stage);
            announcement(stage, |_| {})
        }),
        rule("a sample of no announcement", "no-such-announcement", |stage| {
            let wrong = EntryIndex(stage.random.below(stage.centre.size()));
            drawing_from(stage, |sample| sample.announcement = wrong)
        }),
        rule("a second sample of an announcement", "no-such-announcement", |stage| {
            let (entry, event) = announced(stage);
            let first = drawn_from(&stage.centre, entry, &event, &dice(&stage.centre));
            let second = drawn_from(&stage.centre, entry, &event, "66666555554444433333");
            stage.take(Person::Rhea, Event::Paper(PaperEvent::DrawnFrom(Box::new(first))));
            by(leader(stage), Event::Paper(PaperEvent::DrawnFrom(Box::new(second))))
        }),
        rule("too few dice for an announcement", "bad-dice", |stage| {
            drawing_from(stage, |sample| sample.dice = text("1234561234561234561"))
        }),
        rule("dice that drew before", "dice-used", |stage| {
            let (entry, event) = announced(stage);
            let sample = drawn_from(&stage.centre, entry, &event, &dice(&stage.centre));
            let before = sample.dice.clone();
            stage.take(Person::Viktor, Event::Paper(PaperEvent::DrawnFrom(Box::new(sample))));
            drawing_from(stage, |sample| sample.dice = before)
        }),
        rule("another order than the dice give", "bad-sample", |stage| {
            let at = stage.random.place(2);
            drawing_from(stage, |sample| sample.precincts.swap(at, 2))
        }),
        rule("fewer precincts than were announced", "bad-sample", |stage| {
            drawing_from(stage, |sample| sample.precincts.truncate(2))
        }),
        rule(
            "an announcement is given up that is none",
            "no-such-announcement",
            |stage| {
                let none = EntryIndex(stage.random.below(stage.centre.size()));
                by(leader(stage), abandons(none, None))
            },
        ),
        rule("an announcement is given up for no reason", "unjustified", |stage| {
            let (entry, _) = announced(stage);
            let mut event = abandons(entry, None);
            if let Event::Paper(PaperEvent::Abandoned(what)) = &mut event {
                what.reason = blank();
            }
            by(leader(stage), event)
        }),
        rule(
            "an announcement is given up after nobody",
            "no-such-abandonment",
            |stage| {
                let (entry, _) = announced(stage);
                by(leader(stage), abandons(entry, Some(entry)))
            },
        ),
        rule("one person gives an announcement up twice", "same-person", |stage| {
            let (entry, _) = announced(stage);
            let person = leader(stage);
            let first = stage.take(person, abandons(entry, None));
            by(person, abandons(entry, Some(first)))
        }),
        rule(
            "two persons give an announcement up side by side",
            "abandonment-waits",
            |stage| {
                let (entry, _) = announced(stage);
                stage.take(Person::Rhea, abandons(entry, None));
                by(Person::Vera, abandons(entry, None))
            },
        ),
        rule("an operator leads the paper audit", "wrong-role", |stage| {
            let (entry, event) = announced(stage);
            let sample = drawn_from(&stage.centre, entry, &event, &dice(&stage.centre));
            let events = [
                announcing(&stage.centre, 3),
                Event::Paper(PaperEvent::DrawnFrom(Box::new(sample))),
                abandons(entry, None),
            ];
            let (person, ..) = stage.operators();
            by(person, stage.random.pick(&events).clone())
        }),
    ]
    .into_iter()
    .map(|rule| match rule.setting {
        Some(_) => rule,
        None => rule.under(third_version),
    })
    .collect()
}

pub(crate) fn rules() -> Vec<Rule> {
    unannounced_and_readings().into_iter().chain(announcements()).collect()
}
