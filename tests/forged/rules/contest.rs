//! Entry 0, the roster, and what the log commits to.

use tallylog_event::{
    Basis, Candidate, Commitment, Contest, County, CountyId, District, Embargo, Event, Precinct, PublicKey, SiteKind,
};
use tallylog_projection::FOLD_VERSION;
use tallylog_rules::Delegates;

use crate::centre::{Centre, Person, contest, reported, right, service_key, text};
use crate::stage::{FREE, Forged, Rule, Stage, blank, by, rule, with};

/// Entry 0 of a contest with a fault.
fn opening(change: impl FnOnce(&mut Contest)) -> Forged {
    Forged::Opening(Person::Rhea.key(), Box::new(with(contest(), change)))
}

fn county(stage: &Stage, change: impl FnOnce(&mut County)) -> Event {
    let number = u16::try_from(stage.centre.state().roster().len()).unwrap();
    let precinct = |name: &str, delegates| Precinct {
        name: text(name),
        code: text(""),
        delegates: Delegates(delegates),
    };
    let county = County {
        id: CountyId(number),
        name: text("Clay"),
        kind: SiteKind::Precincts {
            county_delegates: Delegates(7),
        },
        fips: None,
        district: District::Congressional(1),
        state_delegates: Delegates(3),
        precincts: vec![precinct("Clay 1", 3), precinct("Clay 2", 4)],
    };
    Event::CountyListed(Box::new(with(county, change)))
}

fn listed(stage: &mut Stage, change: impl FnOnce(&mut County)) -> Forged {
    let event = county(stage, change);
    by(stage.registrar(), event)
}

/// What the log would commit to, with a change.
fn committed(stage: &mut Stage, basis: Basis, change: impl FnOnce(&mut Commitment)) -> Forged {
    let commitment = stage.commitment(basis).unwrap();
    let event = Event::ResultsCommitted(Box::new(with(commitment, change)));
    Forged::Event(service_key(), event)
}

fn everything_open(contest: &mut Contest) {
    contest.embargo = Embargo::Open;
}

fn embargoed(contest: &mut Contest) {
    contest.embargo = Embargo::OnRelease;
}

pub(crate) fn rules() -> Vec<Rule> {
    let mut all = opens();
    all.extend(lists());
    all.extend(commits());
    all
}

fn opens() -> Vec<Rule> {
    vec![
        rule("something else stands before the contest", "no-contest", |_| {
            Forged::First(Centre::chair(FREE), reported(FREE, &right(FREE, 0)))
        }),
        rule("a contest opens as another", "other-contest", |_| {
            opening(|of| of.id.0[0] ^= 1)
        }),
        rule("a contest of no version", "bad-contest", |_| opening(|of| of.fold = 0)),
        rule("a contest of a version to come", "unknown-fold", |stage| {
            let fold = FOLD_VERSION + 1 + u16::try_from(stage.random.below(9)).unwrap();
            opening(|of| of.fold = fold)
        }),
        rule("a contest that its second registrar signs", "bad-contest", |_| {
            Forged::Opening(Person::Rolf.key(), Box::new(contest()))
        }),
        rule("a contest without registrars", "bad-contest", |_| {
            opening(|of| of.registrars.clear())
        }),
        rule("a contest without candidates", "bad-contest", |_| {
            opening(|of| of.candidates.clear())
        }),
        rule("a contest with too many candidates", "bad-contest", |_| {
            opening(|of| {
                let names = (0..201).map(|number| format!("Candidate {number}"));
                of.candidates = names.map(|name| Candidate { name: text(&name) }).collect();
            })
        }),
        rule("a contest that names a candidate twice", "bad-contest", |stage| {
            let at = stage.random.place(3);
            opening(|of| of.candidates[3] = of.candidates[at].clone())
        }),
        rule("a candidate without a name", "bad-contest", |_| {
            opening(|of| of.candidates[1].name = blank())
        }),
        rule("the log's key is a registrar's", "bad-contest", |_| {
            opening(|of| of.registrars[1].key = of.log.key)
        }),
        rule("the service's key is a registrar's", "bad-contest", |_| {
            opening(|of| of.service = of.registrars[0].key)
        }),
        rule("a service's key that is none", "bad-contest", |_| {
            opening(|of| of.service = PublicKey([1; 32]))
        }),
        rule("registrars who look alike", "bad-contest", |_| {
            opening(|of| of.registrars[1].person = text("RHEA"))
        }),
        rule("a registrar without a name", "bad-contest", |_| {
            opening(|of| of.registrars[1].person = blank())
        }),
        rule("an origin that is none", "bad-contest", |_| {
            opening(|of| of.log.origin = text("no origin"))
        }),
        rule("a ruleset without a name", "bad-contest", |_| {
            opening(|of| of.ruleset.name.clear())
        }),
        rule("a ruleset whose name cannot be shown", "bad-contest", |_| {
            opening(|of| of.ruleset.name = "iowa\u{1b}[2J".to_owned())
        }),
        rule("a ruleset without viability", "bad-contest", |_| {
            opening(|of| of.ruleset.viability.clear())
        }),
        rule("a ruleset whose sites do not rise", "bad-contest", |_| {
            opening(|of| of.ruleset.satellites.reverse())
        }),
        rule("a share of more than all", "bad-contest", |stage| {
            let at = stage.random.place(3);
            opening(|of| of.ruleset.viability[at].numerator = 200)
        }),
        rule("sites without delegates", "bad-contest", |_| {
            opening(|of| of.ruleset.satellites[2].delegates.0 = 0)
        }),
        rule("a threshold of nothing", "bad-contest", |_| {
            opening(|of| of.ruleset.national.threshold_numerator = 0)
        }),
        rule("a room that holds nobody", "bad-contest", |_| {
            opening(|of| of.ruleset.largest_room.0 = 0)
        }),
        rule("too many districts", "bad-contest", |_| {
            opening(|of| of.ruleset.national.districts = vec![1; 201])
        }),
    ]
}

fn lists() -> Vec<Rule> {
    vec![
        rule("a county out of turn", "county-out-of-turn", |stage| {
            let step = 1 + u16::try_from(stage.random.below(9)).unwrap();
            listed(stage, |of| of.id.0 += step)
        }),
        rule("two precincts of one name", "bad-county", |stage| {
            listed(stage, |of| of.precincts[1].name = text("CLAY 1"))
        }),
        rule("two counties of one name", "bad-county", |stage| {
            listed(stage, |of| of.name = text("BENTON"))
        }),
        rule("delegates that do not sum", "bad-county", |stage| {
            let more = 1 + u16::try_from(stage.random.below(9)).unwrap();
            listed(stage, |of| {
                of.kind = SiteKind::Precincts {
                    county_delegates: Delegates(7 + more),
                };
            })
        }),
        rule("a precinct that elects none", "bad-county", |stage| {
            listed(stage, |of| {
                of.precincts[0].delegates = Delegates(0);
                of.precincts[1].delegates = Delegates(7);
            })
        }),
        rule("a site with delegates of its own", "bad-county", |stage| {
            listed(stage, |of| of.kind = SiteKind::Satellites)
        }),
        rule("a district that is none", "bad-county", |stage| {
            let number = [0, 5, 255][stage.random.place(3)];
            listed(stage, |of| of.district = District::Congressional(number))
        }),
    ]
}

fn commits() -> Vec<Rule> {
    vec![
        rule("results of another size", "commitment-out-of-turn", |stage| {
            let less = 1 + stage.random.below(9);
            committed(stage, Basis::Released, |of| of.size -= less)
        }),
        rule("results of another roster", "bad-commitment", |stage| {
            committed(stage, Basis::Released, |of| of.precincts += 1)
        }),
        rule("results without an audit", "bad-commitment", |stage| {
            committed(stage, Basis::Released, |of| of.audit = None)
        })
        .under(everything_open),
        rule("more than is public", "bad-commitment", |stage| {
            committed(stage, Basis::Released, |of| of.basis = Basis::Recorded)
        })
        .under(embargoed),
    ]
}
