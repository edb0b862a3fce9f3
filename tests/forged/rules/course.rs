//! Pauses, certification and amendments of the roster.

use tallylog_event::{
    Apportioned, Apportionment, Certification, Contest, CountyId, CourseEvent, EntryIndex, Event, ReleasePolicy,
    RosterAmendment, RosterChange,
};
use tallylog_rules::Delegates;

use super::reports::{certify, group};
use crate::centre::{Person, certified, held, paused, released, resumed, roster_amended};
use crate::stage::{FREE, Forged, Rule, Stage, blank, by, rule, with};

fn reported_clear(contest: &mut Contest) {
    contest.release = ReleasePolicy::ReportedClear;
}

/// A release of the free place, and its certificate with a change.
fn certifying(stage: &mut Stage, change: impl FnOnce(&mut Certification)) -> Forged {
    let record = stage.record();
    let release = stage.take(Person::Vera, released("to be certified", &[record]));
    let Event::Course(CourseEvent::Certified(certificate)) = certified(release) else {
        unreachable!()
    };
    by(
        stage.registrar(),
        Event::Course(CourseEvent::Certified(Box::new(with(*certificate, change)))),
    )
}

/// Other delegates for county 1, of which one precinct elects five and the other one: with a change.
fn apportioning(stage: &mut Stage, change: impl FnOnce(&mut Apportionment)) -> Forged {
    let of = |number, delegates| Apportioned {
        number,
        delegates: Delegates(delegates),
    };
    let apportionment = Apportionment {
        county: CountyId(1),
        county_delegates: Delegates(7),
        precincts: vec![of(0, 5), of(1, 2)],
    };
    by(
        stage.registrar(),
        roster_amended(RosterChange::Apportionment(with(apportionment, change))),
    )
}

/// A candidate withdraws, with a change.
fn amending(stage: &mut Stage, change: impl FnOnce(&mut RosterAmendment)) -> Forged {
    let Event::Course(CourseEvent::RosterAmended(amendment)) = roster_amended(RosterChange::Withdrawn(group(4))) else {
        unreachable!()
    };
    by(
        stage.registrar(),
        Event::Course(CourseEvent::RosterAmended(Box::new(with(*amendment, change)))),
    )
}

pub(crate) fn rules() -> Vec<Rule> {
    let mut all = pauses();
    all.extend(certificates());
    all.extend(amendments());
    all
}

fn pauses() -> Vec<Rule> {
    vec![
        rule("a pause within a pause", "already-paused", |stage| {
            stage.take(Person::Rhea, paused());
            by(stage.registrar(), paused())
        }),
        rule("a pause without a notice", "unjustified", |stage| {
            by(stage.registrar(), Event::Course(CourseEvent::Paused(blank())))
        }),
        rule("nothing is resumed", "not-paused", |stage| {
            by(stage.registrar(), resumed())
        }),
        rule("entry is resumed without a notice", "unjustified", |stage| {
            stage.take(Person::Rhea, paused());
            by(stage.registrar(), Event::Course(CourseEvent::Resumed(blank())))
        }),
        rule("a pause after the certificate", "certified", |stage| {
            certify(stage);
            by(stage.registrar(), paused())
        }),
        rule("entry is resumed after the certificate", "certified", |stage| {
            stage.take(Person::Rhea, paused());
            certify(stage);
            by(stage.registrar(), resumed())
        }),
    ]
}

fn certificates() -> Vec<Rule> {
    vec![
        rule("two certificates", "certified", |stage| {
            certify(stage);
            let release = stage.centre.state().releases().last().unwrap().entry;
            by(stage.registrar(), certified(release))
        }),
        rule("a certificate of no release", "no-such-release", |stage| {
            let entry = EntryIndex(stage.random.below(9));
            certifying(stage, |of| of.release = entry)
        }),
        rule("a certificate of an earlier release", "no-such-release", |stage| {
            let first = stage.take(Person::Vera, released("the earlier", &[]));
            certifying(stage, |of| of.release = first)
        }),
        rule("a certificate of what is held by now", "unreleasable", |stage| {
            let forged = certifying(stage, |_| {});
            stage.take(Person::Vera, held(FREE));
            forged
        })
        .under(reported_clear),
        rule("a certificate that states nothing", "unjustified", |stage| {
            certifying(stage, |of| of.statement = blank())
        }),
        rule("a certificate that nobody signed", "unjustified", |stage| {
            certifying(stage, |of| of.evidence.clear())
        }),
    ]
}

fn amendments() -> Vec<Rule> {
    vec![
        rule("an apportionment after the certificate", "certified", |stage| {
            certify(stage);
            apportioning(stage, |_| {})
        }),
        rule("an apportionment of no county", "bad-amendment", |stage| {
            apportioning(stage, |of| of.county = CountyId(9))
        }),
        rule("an apportionment of a pool", "bad-amendment", |stage| {
            apportioning(stage, |of| of.county = CountyId(2))
        }),
        rule("an apportionment in disorder", "bad-amendment", |stage| {
            let twice = stage.random.below(2) == 0;
            apportioning(stage, |of| {
                if twice {
                    of.precincts.push(of.precincts[1]);
                } else {
                    of.precincts.reverse();
                }
            })
        }),
        rule("an apportionment of no precinct", "unknown-precinct", |stage| {
            apportioning(stage, |of| of.precincts[1].number = 9)
        }),
        rule("an apportionment that does not add up", "bad-amendment", |stage| {
            let more = 1 + u16::try_from(stage.random.below(90)).unwrap();
            apportioning(stage, |of| of.county_delegates = Delegates(7 + more))
        }),
        rule(
            "an apportionment that multiplies a precinct",
            "bad-amendment",
            |stage| {
                let many = 40 + u16::try_from(stage.random.below(900)).unwrap();
                apportioning(stage, |of| of.precincts[0].delegates = Delegates(many))
            },
        ),
        rule(
            "an apportionment that leaves a precinct none",
            "bad-amendment",
            |stage| {
                apportioning(stage, |of| {
                    of.precincts[0].delegates = Delegates(7);
                    of.precincts[1].delegates = Delegates(0);
                })
            },
        ),
        rule("an apportionment that changes nothing", "bad-amendment", |stage| {
            apportioning(stage, |of| {
                of.county_delegates = Delegates(6);
                of.precincts[1].delegates = Delegates(1);
            })
        }),
        rule("a candidate withdraws whom there is not", "unknown-group", |stage| {
            amending(stage, |of| of.change = RosterChange::Withdrawn(group(5)))
        }),
        rule("a candidate withdraws twice", "bad-amendment", |stage| {
            stage.take(Person::Rhea, roster_amended(RosterChange::Withdrawn(group(4))));
            amending(stage, |_| {})
        }),
        rule("an amendment by no authority", "unjustified", |stage| {
            amending(stage, |of| of.authority = blank())
        }),
        rule("an amendment for no reason", "unjustified", |stage| {
            amending(stage, |of| of.reason = blank())
        }),
        rule("an amendment without its document", "unjustified", |stage| {
            amending(stage, |of| of.evidence.clear())
        }),
    ]
}
