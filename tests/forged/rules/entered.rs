//! Manual entries, and files.

use tallylog_event::{Channel, Event, ManualEntry, ResolutionOutcome};

use crate::centre::{Centre, Person, document, entered, entered_by, files, paused, resolved, right};
use crate::stage::{FREE, Forged, NOWHERE, Rule, Stage, by, rule, third_version};

/// Two operators enter the free place, and differ.
pub(crate) fn two_entries(stage: &mut Stage) -> (Person, Person, Person, [tallylog_event::EntryIndex; 2]) {
    let (one, other, third) = stage.operators();
    let first = stage.take(one, entered(FREE, &right(FREE, 0)));
    let second = stage.take(other, entered(FREE, &right(FREE, 1)));
    (one, other, third, [first, second])
}

fn through(channel: Channel) -> Event {
    let Event::Entered(mut entry) = entered(FREE, &right(FREE, 0)) else {
        unreachable!()
    };
    entry.report.channel = channel;
    let ManualEntry {
        report,
        caller,
        read_back,
        typed_by,
    } = *entry;
    Event::Entered(Box::new(ManualEntry {
        report,
        caller,
        read_back,
        typed_by,
    }))
}

pub(crate) fn rules() -> Vec<Rule> {
    vec![
        rule("an operator enters through the app", "wrong-role", |stage| {
            let (one, ..) = stage.operators();
            let channel = [Channel::App, Channel::Import][stage.random.place(2)];
            by(one, through(channel))
        }),
        rule("an entry while entry is paused", "entry-paused", |stage| {
            stage.take(Person::Rhea, paused());
            let (one, ..) = stage.operators();
            by(one, entered(FREE, &right(FREE, 0)))
        }),
        rule("an entry after the certificate", "certified", |stage| {
            super::reports::certify(stage);
            let (one, ..) = stage.operators();
            by(one, entered(FREE, &right(FREE, 0)))
        }),
        rule("too many colleagues typed", "too-many-hands", |_| {
            by(
                Person::Olga,
                entered_by(FREE, &right(FREE, 0), &["Omar", "Otto", "Vera", "Viktor", "Cleo"]),
            )
        })
        .under(third_version),
        rule("a colleague typed twice", "hand-twice", |_| {
            by(
                Person::Olga,
                entered_by(FREE, &right(FREE, 0), &["Omar", "Otto", "Omar"]),
            )
        })
        .under(third_version),
        rule("whoever signs typed too", "hand-twice", |stage| {
            let (one, ..) = stage.operators();
            by(one, entered_by(FREE, &right(FREE, 0), &[one.name()]))
        })
        .under(third_version),
        rule("nobody of that name typed", "unknown-person", |stage| {
            let name = ["Oskar", "omar", "O mar"][stage.random.place(3)];
            by(Person::Olga, entered_by(FREE, &right(FREE, 0), &[name]))
        }),
        rule("a reviewer typed", "not-an-operator", |stage| {
            let reviewer = stage.reviewer();
            by(Person::Olga, entered_by(FREE, &right(FREE, 0), &[reviewer.name()]))
        })
        .under(third_version),
        rule("one operator enters a precinct twice", "same-person", |stage| {
            let (one, ..) = stage.operators();
            stage.take(one, entered(FREE, &right(FREE, 0)));
            by(one, entered(FREE, &right(FREE, 1)))
        }),
        rule(
            "whoever had typed the first entry signs the second",
            "same-person",
            |stage| {
                let (one, other, _) = stage.operators();
                stage.take(one, entered_by(FREE, &right(FREE, 0), &[other.name()]));
                by(other, entered(FREE, &right(FREE, 1)))
            },
        ),
        rule(
            "whoever signed the first entry had typed into the second",
            "same-person",
            |stage| {
                let (one, other, _) = stage.operators();
                stage.take(one, entered(FREE, &right(FREE, 0)));
                by(other, entered_by(FREE, &right(FREE, 1), &[one.name()]))
            },
        ),
        rule("a third entry", "already-entered", |stage| {
            let (_, _, third, _) = two_entries(stage);
            by(third, entered(FREE, &right(FREE, 2)))
        }),
        rule("an entry that another was asked for", "entry-assigned", |stage| {
            let (_, _, third, [first, second]) = two_entries(stage);
            let outcome = [ResolutionOutcome::RedoFirst, ResolutionOutcome::RedoSecond][stage.random.place(2)];
            let reviewer = stage.reviewer();
            stage.take(reviewer, resolved(FREE, first, second, outcome));
            by(third, entered(FREE, &right(FREE, 2)))
        }),
        rule("files of another precinct", "out-of-scope", |stage| {
            let here = stage.here();
            Forged::Event(Centre::chair(FREE), files(here, vec![document()]))
        }),
        rule("files of no precinct", "unknown-precinct", |stage| {
            by(stage.reviewer(), files(NOWHERE, vec![document()]))
        }),
        rule("no files", "no-files", |stage| {
            by(stage.reviewer(), files(FREE, Vec::new()))
        }),
        rule("an archive takes no files", "wrong-role", |stage| {
            let here = stage.here();
            by(stage.reviewer(), files(here, vec![document()]))
        })
        .under(|contest| contest.kind = tallylog_event::ContestKind::Archive),
    ]
}
