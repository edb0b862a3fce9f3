//! Whether it is the contest, the roster and the rules that the reader means; and who is who.

use tallylog_event::County;
use tallylog_rules::Ruleset;
use tallylog_tlog::Hash;
use tallylog_verify::{Options, audit};

use crate::forge::{Forge, chained, failed, text};

#[track_caller]
fn check(change: impl FnOnce(&Forge, &[Vec<u8>], &mut Options), number: Option<u8>, codes: &[&str]) {
    let forge = Forge::new(7);
    let entries = chained(&forge.taken());
    let mut options = Options {
        contest: Some(Hash::leaf(&entries[0])),
        roster: Some(forge.night.counties.clone()),
        ruleset: Some(Ruleset::iowa_2020()),
        ..Options::default()
    };
    change(&forge, &entries, &mut options);
    let report = audit(&forge.bundle(&entries), &options).unwrap();
    assert_eq!(failed(&report), (number, codes.to_vec()), "{}", report.table());
}

#[test]
fn the_contest_the_roster_and_the_rules_that_were_meant_pass() {
    check(|_, _, _| {}, None, &[]);
}

#[test]
fn another_contest_is_found() {
    check(
        |_, entries, options| options.contest = Some(Hash::leaf(&entries[1])),
        Some(17),
        &["contest-differs"],
    );
}

#[test]
fn every_difference_of_the_rules_is_listed() {
    let change = |_: &Forge, _: &[Vec<u8>], options: &mut Options| {
        let mut rules = Ruleset::iowa_2020();
        rules.viability[0].denominator = 5;
        rules.national.pleo = 4;
        options.ruleset = Some(rules);
    };
    check(change, Some(19), &["ruleset-differs"; 2]);
}

#[test]
fn every_difference_of_the_roster_is_listed() {
    let roster = |change: fn(&mut Vec<County>)| {
        move |_: &Forge, _: &[Vec<u8>], options: &mut Options| change(options.roster.as_mut().unwrap())
    };
    let one = &["roster-differs"];
    check(roster(|counties| counties[0].state_delegates.0 += 1), Some(18), one);
    check(
        roster(|counties| counties[0].name = text("Elsewhere")),
        Some(18),
        &["roster-differs"; 2],
    );
    check(
        roster(|counties| counties[1].precincts[0].delegates.0 += 1),
        Some(18),
        one,
    );
    check(
        roster(|counties| counties[1].precincts[0].code = text("X9")),
        Some(18),
        one,
    );
    check(roster(|counties| counties[1].fips = None), Some(18), one);
    check(roster(|counties| drop(counties.pop())), Some(18), one);
    check(roster(|counties| counties.swap(0, 1)), Some(18), one);
    check(roster(|counties| counties[0].precincts.reverse()), Some(18), one);
    check(roster(|counties| drop(counties[0].precincts.pop())), Some(18), one);
    check(
        roster(|counties| {
            let more = counties[0].precincts[0].clone();
            counties[1].precincts.push(more);
        }),
        Some(18),
        one,
    );
}
