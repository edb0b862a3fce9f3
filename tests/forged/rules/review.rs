//! Resolutions, decisions and holds.

use tallylog_event::{CountyId, EntryIndex, Event, ResolutionOutcome, ReviewEvent, Role, Ruling, Subject, Verdict};
use tallylog_rules::Code;

use super::entered::two_entries;
use crate::centre::{
    Centre, Person, Wrong, approved, case, changed, decided, document, entered, held, lifted, opened, proposed,
    reported, resolved, right, ruling, text, wrong,
};
use crate::stage::{FREE, Forged, NOWHERE, Rule, Stage, blank, by, rule};

/// The event without its reason.
fn for_no_reason(event: Event) -> Event {
    let Event::Review(mut review) = event else {
        unreachable!()
    };
    match &mut review {
        ReviewEvent::Resolved(resolution) => resolution.reason = blank(),
        ReviewEvent::Decided(decision) => decision.reason = blank(),
        ReviewEvent::Held(hold) => hold.reason = blank(),
        ReviewEvent::Lifted(lift) => lift.reason = blank(),
    }
    Event::Review(review)
}

/// The chair of the free place reports something that is wrong.
fn doubtful(stage: &mut Stage, what: Wrong) -> Subject {
    Subject::Entry(
        stage
            .centre
            .take(&Centre::chair(FREE), reported(FREE, &wrong(FREE, what))),
    )
}

/// A reviewer of this name beside their other key.
fn also_reviewer(stage: &mut Stage, person: &str) -> tallylog_event::SigningKey {
    stage.centre.enrol(person, Role::Reviewer)
}

pub(crate) fn rules() -> Vec<Rule> {
    let mut all = resolutions();
    all.extend(decisions());
    all.extend(holds());
    all
}

fn resolutions() -> Vec<Rule> {
    vec![
        rule("a resolution after the certificate", "certified", |stage| {
            let (_, _, _, [first, second]) = two_entries(stage);
            super::reports::certify(stage);
            by(
                stage.reviewer(),
                resolved(FREE, first, second, ResolutionOutcome::KeepFirst),
            )
        }),
        rule("a resolution for no reason", "unjustified", |stage| {
            let (_, _, _, [first, second]) = two_entries(stage);
            by(
                stage.reviewer(),
                for_no_reason(resolved(FREE, first, second, ResolutionOutcome::KeepFirst)),
            )
        }),
        rule(
            "a resolution of the second and the first",
            "nothing-to-resolve",
            |stage| {
                let (_, _, _, [first, second]) = two_entries(stage);
                by(
                    stage.reviewer(),
                    resolved(FREE, second, first, ResolutionOutcome::KeepFirst),
                )
            },
        ),
        rule("a resolution of entries that agree", "nothing-to-resolve", |stage| {
            let (one, other, _) = stage.operators();
            let first = stage.take(one, entered(FREE, &right(FREE, 0)));
            let second = stage.take(other, entered(FREE, &right(FREE, 0)));
            let outcome = [ResolutionOutcome::KeepFirst, ResolutionOutcome::RedoSecond][stage.random.place(2)];
            by(stage.reviewer(), resolved(FREE, first, second, outcome))
        }),
        rule(
            "a resolution that has a chair type again",
            "nothing-to-resolve",
            |stage| {
                let first = stage.centre.take(&Centre::chair(FREE), reported(FREE, &right(FREE, 0)));
                let (one, ..) = stage.operators();
                let second = stage.take(one, entered(FREE, &right(FREE, 1)));
                by(
                    stage.reviewer(),
                    resolved(FREE, first, second, ResolutionOutcome::RedoFirst),
                )
            },
        ),
        rule("a resolution of what was resolved", "nothing-to-resolve", |stage| {
            let (_, _, _, [first, second]) = two_entries(stage);
            stage.take(
                Person::Vera,
                resolved(FREE, first, second, ResolutionOutcome::KeepFirst),
            );
            by(
                stage.reviewer(),
                resolved(FREE, first, second, ResolutionOutcome::KeepSecond),
            )
        }),
        rule(
            "a resolution that has what is set aside typed again",
            "nothing-to-resolve",
            |stage| {
                let (_, _, _, [first, second]) = two_entries(stage);
                stage.take(
                    Person::Vera,
                    resolved(FREE, first, second, ResolutionOutcome::RedoFirst),
                );
                let outcome = [ResolutionOutcome::KeepFirst, ResolutionOutcome::RedoSecond][stage.random.place(2)];
                by(stage.reviewer(), resolved(FREE, first, second, outcome))
            },
        ),
        rule(
            "a resolution of what two officers corrected",
            "nothing-to-resolve",
            |stage| {
                let record = stage.record();
                let (one, other) = stage.officers();
                let open = stage.take(one, opened(case(FREE)));
                let outcome = changed(record, FREE, &right(FREE, 2));
                let proposal = stage.take(one, proposed(open, outcome.clone()));
                let corrected = stage.take(other, approved(proposal, outcome));
                by(
                    stage.reviewer(),
                    resolved(FREE, record, corrected, ResolutionOutcome::DiscardBoth),
                )
            },
        ),
        rule(
            "a resolution of other precincts' entries",
            "nothing-to-resolve",
            |stage| {
                let (_, _, _, [first, second]) = two_entries(stage);
                let here = stage.here();
                by(
                    stage.reviewer(),
                    resolved(here, first, second, ResolutionOutcome::KeepFirst),
                )
            },
        ),
        rule("whoever typed an entry resolves it", "own-entry", |stage| {
            let (one, other, _, [first, second]) = two_entries(stage);
            let person = [one, other][stage.random.place(2)];
            let key = also_reviewer(stage, person.name());
            Forged::Event(key, resolved(FREE, first, second, ResolutionOutcome::KeepFirst))
        }),
    ]
}

fn decisions() -> Vec<Rule> {
    vec![
        rule("a decision for no reason", "unjustified", |stage| {
            let subject = doubtful(stage, Wrong::Empty);
            by(
                stage.reviewer(),
                for_no_reason(decided(subject, Code::V17, Verdict::Accepted)),
            )
        }),
        rule("a ruling without an authority", "unjustified", |stage| {
            let subject = doubtful(stage, Wrong::Delegates);
            let ruling = Ruling {
                authority: blank(),
                evidence: vec![document()],
            };
            by(stage.reviewer(), decided(subject, Code::V24, Verdict::Ruled(ruling)))
        }),
        rule("a ruling without its document", "unjustified", |stage| {
            let subject = doubtful(stage, Wrong::Delegates);
            let ruling = Ruling {
                authority: text("resolution 7"),
                evidence: Vec::new(),
            };
            by(stage.reviewer(), decided(subject, Code::V24, Verdict::Ruled(ruling)))
        }),
        rule("whoever reported decides about it", "own-entry", |stage| {
            let subject = doubtful(stage, Wrong::Empty);
            let name = stage
                .centre
                .state()
                .key(&tallylog_event::PublicKey::of(&Centre::chair(FREE)))
                .unwrap()
                .person
                .to_string();
            let key = also_reviewer(stage, &name);
            Forged::Event(key, decided(subject, Code::V17, Verdict::Accepted))
        }),
        rule(
            "whoever gave the other figures decides which are right",
            "own-entry",
            |stage| {
                let (one, _, _, [_, second]) = two_entries(stage);
                let key = also_reviewer(stage, one.name());
                Forged::Event(key, decided(Subject::Entry(second), Code::V29, ruling()))
            },
        ),
        rule("a decision about what nobody found", "no-such-discrepancy", |stage| {
            let subject = doubtful(stage, Wrong::Empty);
            let subject = [subject, Subject::County(CountyId(1)), Subject::Entry(EntryIndex(0))][stage.random.place(3)];
            let verdict = [Verdict::Accepted, ruling(), Verdict::Reopened][stage.random.place(3)].clone();
            by(stage.reviewer(), decided(subject, Code::V01, verdict))
        }),
        rule(
            "a decision by a code that there is not",
            "no-such-discrepancy",
            |stage| {
                let subject = doubtful(stage, Wrong::Empty);
                let number = 35 + u8::try_from(stage.random.below(200)).unwrap();
                let Event::Review(ReviewEvent::Decided(mut decision)) = decided(subject, Code::V17, Verdict::Accepted)
                else {
                    unreachable!()
                };
                decision.code = std::num::NonZeroU8::new(number).unwrap();
                by(stage.reviewer(), Event::Review(ReviewEvent::Decided(decision)))
            },
        ),
        rule("a decision about what was decided", "no-such-discrepancy", |stage| {
            let subject = doubtful(stage, Wrong::Empty);
            stage.take(Person::Vera, decided(subject, Code::V17, Verdict::Accepted));
            let verdict = [Verdict::Accepted, ruling()][stage.random.place(2)].clone();
            by(stage.reviewer(), decided(subject, Code::V17, verdict))
        }),
        rule("what is open is opened again", "no-such-discrepancy", |stage| {
            let subject = doubtful(stage, Wrong::Empty);
            by(stage.reviewer(), decided(subject, Code::V17, Verdict::Reopened))
        }),
        rule("a block is accepted", "blocking-discrepancy", |stage| {
            let subject = doubtful(stage, Wrong::Delegates);
            by(stage.reviewer(), decided(subject, Code::V24, Verdict::Accepted))
        }),
        rule("a disagreement is accepted", "blocking-discrepancy", |stage| {
            let (_, _, _, [_, second]) = two_entries(stage);
            by(
                stage.reviewer(),
                decided(Subject::Entry(second), Code::V29, Verdict::Accepted),
            )
        }),
    ]
}

fn holds() -> Vec<Rule> {
    vec![
        rule("a hold for no reason", "unjustified", |stage| {
            by(stage.reviewer(), for_no_reason(held(FREE)))
        }),
        rule("a hold of no precinct", "unknown-precinct", |stage| {
            by(stage.reviewer(), held(NOWHERE))
        }),
        rule("a hold is lifted for no reason", "unjustified", |stage| {
            let hold = stage.take(Person::Vera, held(FREE));
            by(stage.reviewer(), for_no_reason(lifted(hold)))
        }),
        rule("a hold that there is not is lifted", "no-such-hold", |stage| {
            let entry = EntryIndex(stage.random.below(9));
            by(stage.reviewer(), lifted(entry))
        }),
        rule("a hold is lifted twice", "no-such-hold", |stage| {
            let hold = stage.take(Person::Vera, held(FREE));
            stage.take(Person::Viktor, lifted(hold));
            by(stage.reviewer(), lifted(hold))
        }),
    ]
}
