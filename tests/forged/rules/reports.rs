//! Reports and corrections.

use tallylog_event::{Correction, CorrectionKind, EntryIndex, Event, Report, Role};
use tallylog_rules::{Attendance, Attendees, ByGroup, Delegates, Equivalents, Game, GameMeans, GroupId, Sheet};

use crate::centre::{
    Centre, Person, amended, amendment, certified, document, entered, paused, place, released, reported, right, unlike,
};
use crate::stage::{FREE, Forged, NOWHERE, Rule, Stage, blank, by, first_version, rule, third_version, with};

pub(crate) fn group(number: u16) -> GroupId {
    GroupId::new(number).unwrap()
}

pub(crate) fn figures<T>(number: u16, figure: T) -> ByGroup<T> {
    ByGroup::new(vec![(group(number), figure)]).unwrap()
}

/// What a chair says of the free place.
fn said(event: Event) -> Forged {
    Forged::Event(Centre::chair(FREE), event)
}

fn sheet(stage: &mut Stage, change: impl FnOnce(&mut Sheet)) -> Forged {
    let variant = stage.variant();
    said(reported(FREE, &with(right(FREE, variant), change)))
}

/// A chair amends what it reported, with a change.
fn corrected(stage: &mut Stage, change: impl FnOnce(&mut Correction)) -> Forged {
    let record = stage.record();
    let sheet = stage
        .centre
        .state()
        .versions(FREE)
        .last()
        .unwrap()
        .filing()
        .report()
        .sheet
        .clone();
    let correction = with(amendment(record, FREE, &unlike(FREE, &sheet)), change);
    said(Event::Corrected(Box::new(correction)))
}

/// An officer corrects before there were cases.
fn officers(stage: &mut Stage, change: impl FnOnce(&mut Correction)) -> Forged {
    let record = stage.record();
    let correction = with(amendment(record, FREE, &right(FREE, 1)), |of| {
        of.evidence = vec![document()];
        change(of);
    });
    by(Person::Cleo, Event::Corrected(Box::new(correction)))
}

fn game(stage: &mut Stage, change: impl FnOnce(&mut Game)) -> Forged {
    let game = Game {
        among: vec![group(1), group(2)],
        delegates: Delegates(1),
        winners: vec![group(2)],
        means: GameMeans::Coin,
        witnesses: vec!["a neighbor".to_owned()],
    };
    sheet(stage, |of| of.games = vec![with(game, change)])
}

/// The results are certified as they stand.
pub(crate) fn certify(stage: &mut Stage) {
    let reviewer = stage.reviewer();
    let clear = stage.centre.clear();
    let release = stage.take(reviewer, released("to be certified", &clear));
    let registrar = stage.registrar();
    stage.take(registrar, certified(release));
}

pub(crate) fn rules() -> Vec<Rule> {
    let mut all = reports();
    all.extend(sheets());
    all.extend(games());
    all.extend(corrections());
    all.extend(of_the_first_version());
    all
}

fn reports() -> Vec<Rule> {
    vec![
        rule("a report of another precinct", "out-of-scope", |stage| {
            let here = stage.here();
            said(reported(here, &right(here, 0)))
        }),
        rule("a report while entry is paused", "entry-paused", |stage| {
            let registrar = stage.registrar();
            stage.take(registrar, paused());
            sheet(stage, |_| {})
        }),
        rule("a report after the certificate", "certified", |stage| {
            certify(stage);
            sheet(stage, |_| {})
        }),
        rule("a report of no precinct", "unknown-precinct", |stage| {
            let figures = right(FREE, stage.variant());
            Forged::Event(Person::Olga.key(), entered(NOWHERE, &figures))
        }),
        rule("a report that repeats the record", "repeats-itself", |stage| {
            let variant = stage.variant();
            let report = reported(FREE, &right(FREE, variant));
            stage.centre.take(&Centre::chair(FREE), report.clone());
            said(report)
        })
        .under(third_version),
        rule("more versions than one key may file", "too-many-versions", |stage| {
            for variant in 0..256 {
                stage
                    .centre
                    .take(&Centre::chair(FREE), reported(FREE, &right(FREE, variant % 2)));
            }
            sheet(stage, |of| of.worksheet_delegates = Some(Delegates(1)))
        })
        .under(third_version),
        rule("an archive takes reports of importers alone", "wrong-role", |stage| {
            let here = stage.here();
            let chair = Centre::chair(here);
            Forged::Event(chair, reported(here, &right(here, 0)))
        })
        .under(|contest| contest.kind = tallylog_event::ContestKind::Archive),
        rule(
            "an archive takes corrections of importers alone",
            "wrong-role",
            |stage| {
                let here = stage.here();
                Forged::Event(Centre::chair(here), amended(EntryIndex(3), here, &right(here, 0)))
            },
        )
        .under(|contest| contest.kind = tallylog_event::ContestKind::Archive),
    ]
}

fn sheets() -> Vec<Rule> {
    vec![
        rule("people of no group", "unknown-group", |stage| {
            let last = stage.random.below(2) == 0;
            let number = 5 + u16::try_from(stage.random.below(900)).unwrap();
            sheet(stage, |of| {
                let column = if last {
                    &mut of.final_alignment
                } else {
                    &mut of.first_alignment
                };
                *column = Some(figures(number, Attendees(1)));
            })
        }),
        rule("delegates of no group", "unknown-group", |stage| {
            sheet(stage, |of| of.awards = Some(figures(5, Delegates(1))))
        }),
        rule("a claim of no group", "unknown-group", |stage| {
            sheet(stage, |of| of.claimed = Some(figures(9, Equivalents(10))))
        }),
        rule("more people than any room holds", "figure-too-large", |stage| {
            let people = 5_001 + u32::try_from(stage.random.below(100_000)).unwrap();
            let which = stage.random.below(4);
            sheet(stage, |of| match which {
                0 => {
                    of.attendance = Some(Attendance {
                        people: Attendees(people),
                        counted: true,
                    });
                }
                1 => of.worksheet_threshold = Some(Attendees(people)),
                2 => of.first_alignment = Some(figures(2, Attendees(people))),
                _ => of.final_alignment = Some(figures(2, Attendees(people))),
            })
        }),
        rule("a claim of more than there is", "figure-too-large", |stage| {
            let more = 1 + stage.random.below(1_000);
            sheet(stage, |of| {
                of.claimed = Some(figures(1, Equivalents(1_000_000_000 + more)));
            })
        }),
    ]
}

fn games() -> Vec<Rule> {
    vec![
        rule("a game among groups that there are not", "unknown-group", |stage| {
            game(stage, |of| of.among = vec![group(1), group(2), group(8)])
        }),
        rule("a game with too few winners", "bad-game", |stage| {
            game(stage, |of| of.delegates = Delegates(2))
        }),
        rule("a game for nothing", "bad-game", |stage| {
            game(stage, |of| {
                of.delegates = Delegates(0);
                of.winners.clear();
            })
        }),
        rule("a game that everybody wins", "bad-game", |stage| {
            game(stage, |of| {
                of.delegates = Delegates(2);
                of.winners = vec![group(1), group(2)];
            })
        }),
        rule("a game that somebody else wins", "bad-game", |stage| {
            game(stage, |of| of.winners = vec![group(3)])
        }),
        rule("a game among groups in disorder", "bad-game", |stage| {
            game(stage, |of| of.among = vec![group(2), group(1)])
        }),
        rule("winners in disorder", "bad-game", |stage| {
            game(stage, |of| {
                of.among = vec![group(1), group(2), group(3)];
                of.delegates = Delegates(2);
                of.winners = vec![group(2), group(1)];
            })
        }),
        rule("a witness who cannot be shown", "bad-name", |stage| {
            game(stage, |of| of.witnesses.push("eve\u{1b}[2J".to_owned()))
        }),
        rule("a witness with a name that is too long", "bad-name", |stage| {
            game(stage, |of| of.witnesses.push("\u{e9}".repeat(1_001)))
        }),
    ]
}

fn corrections() -> Vec<Rule> {
    vec![
        rule("a correction of another precinct", "out-of-scope", |stage| {
            let here = stage.here();
            corrected(stage, |of| of.report.precinct = here)
        }),
        rule("a chair corrects a head count", "unexplained-correction", |stage| {
            let kind = [None, Some(CorrectionKind::HeadCount), Some(CorrectionKind::Rule)][stage.random.place(3)];
            corrected(stage, |of| of.kind = kind)
        }),
        rule("a chair corrects without a reason", "unexplained-correction", |stage| {
            corrected(stage, |of| of.reason = blank())
        }),
        rule("a correction while entry is paused", "entry-paused", |stage| {
            let forged = corrected(stage, |_| {});
            stage.take(Person::Rhea, paused());
            forged
        }),
        rule(
            "a correction in figures that no room has",
            "figure-too-large",
            |stage| {
                corrected(stage, |of| {
                    of.report.sheet.worksheet_threshold = Some(Attendees(70_000));
                })
            },
        ),
        rule("a correction of what is not the record", "not-the-record", |stage| {
            let before = stage.record();
            let latest = reported(
                FREE,
                &with(right(FREE, 0), |of| of.worksheet_delegates = Some(Delegates(1))),
            );
            stage.centre.take(&Centre::chair(FREE), latest);
            let wrong = [before, EntryIndex(0), EntryIndex(stage.centre.size() + 7)][stage.random.place(3)];
            said(amended(wrong, FREE, &right(FREE, 2)))
        }),
        rule("a correction of nothing", "not-the-record", |_| {
            said(amended(EntryIndex(5), FREE, &right(FREE, 2)))
        }),
        rule("a chair corrects what an operator entered", "not-a-chairs", |stage| {
            let (one, ..) = stage.operators();
            let record = stage.take(one, entered(FREE, &right(FREE, 0)));
            said(amended(record, FREE, &right(FREE, 1)))
        }),
        rule("a correction that changes nothing", "repeats-itself", |stage| {
            let record = stage.record();
            let sheet = stage
                .centre
                .state()
                .versions(FREE)
                .last()
                .unwrap()
                .filing()
                .report()
                .sheet
                .clone();
            said(amended(record, FREE, &sheet))
        })
        .under(third_version),
        rule("an officer corrects alone", "needs-a-case", |stage| {
            let record = stage.record();
            let (one, _) = stage.officers();
            by(one, amended(record, FREE, &right(FREE, 1)))
        }),
        rule("an operator corrects", "wrong-role", |stage| {
            let record = stage.record();
            let (one, ..) = stage.operators();
            by(one, amended(record, FREE, &right(FREE, 1)))
        }),
        rule("more corrections than one key may file", "too-many-versions", |stage| {
            let chair = Centre::chair(FREE);
            let mut record = stage.centre.take(&chair, reported(FREE, &right(FREE, 1)));
            for variant in 0..255 {
                record = stage
                    .centre
                    .take(&chair, amended(record, FREE, &right(FREE, variant % 2)));
            }
            said(amended(record, FREE, &right(FREE, 2)))
        })
        .under(third_version),
    ]
}

fn of_the_first_version() -> Vec<Rule> {
    let all = vec![
        rule(
            "an officer corrects without a reason",
            "unexplained-correction",
            |stage| officers(stage, |of| of.reason = blank()),
        ),
        rule(
            "an officer corrects without a document",
            "unexplained-correction",
            |stage| officers(stage, |of| of.evidence.clear()),
        ),
        rule(
            "an officer corrects without a kind",
            "unexplained-correction",
            |stage| officers(stage, |of| of.kind = None),
        ),
        rule(
            "an officer corrects without an authority",
            "unexplained-correction",
            |stage| {
                let kind = [CorrectionKind::HeadCount, CorrectionKind::Rule][stage.random.place(2)];
                officers(stage, |of| of.kind = Some(kind))
            },
        ),
        rule("an operator reports through the app", "wrong-role", |stage| {
            let (one, ..) = stage.operators();
            by(one, reported(FREE, &right(FREE, 0)))
        }),
        rule("a campaign corrects", "wrong-role", |stage| {
            let record = stage.record();
            by(Person::Alder, amended(record, FREE, &right(FREE, 1)))
        }),
    ];
    let archive = |contest: &mut tallylog_event::Contest| {
        contest.fold = 2;
        contest.kind = tallylog_event::ContestKind::Archive;
    };
    let imports = rule("an importer imports through the app", "wrong-role", |stage| {
        let importer = stage.centre.enrol("Ida", Role::Importer);
        Forged::Event(
            importer,
            Event::Reported(Box::new(Report {
                precinct: place(0, 0),
                channel: tallylog_event::Channel::App,
                sheet: right(place(0, 0), 0),
                files: Vec::new(),
            })),
        )
    });
    let claims = rule("whoever is no importer releases an archive", "wrong-role", |stage| {
        by(stage.reviewer(), released("first", &[]))
    });
    let as_listed = |contest: &mut tallylog_event::Contest| {
        contest.kind = tallylog_event::ContestKind::Archive;
        contest.release = tallylog_event::ReleasePolicy::AsListed;
    };
    all.into_iter()
        .map(|rule| rule.under(first_version))
        .chain([imports.under(archive), claims.under(as_listed)])
        .collect()
}
