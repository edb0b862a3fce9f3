//! Releases.

use tallylog_event::{Contest, EntryIndex, ReleasePolicy, Role};

use super::entered::two_entries;
use crate::centre::{Centre, Person, Wrong, entered_by, held, opened, released, reported, right, wrong};
use crate::stage::{FREE, Forged, Rule, Stage, by, rule};

fn reported_clear(contest: &mut Contest) {
    contest.release = ReleasePolicy::ReportedClear;
}

fn confirmed(contest: &mut Contest) {
    contest.release = ReleasePolicy::Confirmed;
}

fn listing(stage: &mut Stage, entries: &[EntryIndex]) -> Forged {
    by(stage.reviewer(), released("the forged one", entries))
}

pub(crate) fn rules() -> Vec<Rule> {
    vec![
        rule("whoever reported releases it", "own-entry", |stage| {
            let record = stage.record();
            let person = stage
                .centre
                .state()
                .key(&tallylog_event::PublicKey::of(&Centre::chair(FREE)))
                .unwrap()
                .person
                .to_string();
            let key = stage.centre.enrol(&person, Role::Reviewer);
            Forged::Event(key, released("mine", &[record]))
        }),
        rule("whoever typed into an entry releases it", "own-entry", |stage| {
            let (one, other, _) = stage.operators();
            let record = stage.take(one, entered_by(FREE, &right(FREE, 0), &[other.name()]));
            let key = stage.centre.enrol(other.name(), Role::Reviewer);
            Forged::Event(key, released("mine", &[record]))
        }),
        rule("two releases of one name", "release-name-taken", |stage| {
            let record = stage.record();
            stage.take(Person::Vera, released("first", &[record]));
            by(stage.reviewer(), released("first", &[record]))
        }),
        rule("a release without a name", "bad-name", |stage| {
            let record = stage.record();
            by(stage.reviewer(), released(" ", &[record]))
        }),
        rule("a release of what is no report", "not-a-report", |stage| {
            let (one, _) = stage.officers();
            let opened = stage.take(one, opened(crate::centre::case(FREE)));
            let entry = [EntryIndex(0), opened, EntryIndex(stage.centre.size() + 5)][stage.random.place(3)];
            listing(stage, &[entry])
        }),
        rule("a release of a precinct twice", "precinct-twice", |stage| {
            let (_, _, _, [first, second]) = two_entries(stage);
            listing(stage, &[first, second])
        }),
        rule(
            "a release of what is not the record any more",
            "unreleasable",
            |stage| {
                let (_, _, _, [first, _]) = two_entries(stage);
                listing(stage, &[first])
            },
        )
        .under(reported_clear),
        rule("a release of what a discrepancy holds", "unreleasable", |stage| {
            let what = [Wrong::Delegates, Wrong::Empty][stage.random.place(2)];
            let record = stage
                .centre
                .take(&Centre::chair(FREE), reported(FREE, &wrong(FREE, what)));
            listing(stage, &[record])
        })
        .under(reported_clear),
        rule("a release of what a reviewer holds", "unreleasable", |stage| {
            let record = stage.record();
            stage.take(Person::Vera, held(FREE));
            listing(stage, &[record])
        })
        .under(reported_clear),
        rule("a release of what nobody confirmed", "unreleasable", |stage| {
            let record = stage.record();
            listing(stage, &[record])
        })
        .under(confirmed),
    ]
}
