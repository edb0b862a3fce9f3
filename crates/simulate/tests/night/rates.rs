use std::collections::BTreeMap;

use tallylog_event::{PrecinctId, Report};
use tallylog_rules::{Attendees, ByGroup, Code, Severity, Sheet, check_sheet, figures_key, viability_threshold};
use tallylog_simulate::{Night, Options, Slip, night};

use crate::{FLAWLESS, FULL, report};

/// The latest report of each precinct once everybody has reported and nothing is corrected.
fn at_100_percent(night: &Night) -> BTreeMap<PrecinctId, Report> {
    let reports = night.arrivals().filter(|(_, arrival)| !arrival.retry);
    reports
        .map(|(_, arrival)| (arrival.precinct, report(&arrival.envelope)))
        .collect()
}

/// The codes that stand on one sheet by itself, each once.
fn codes(night: &Night, id: PrecinctId, sheet: &Sheet) -> BTreeMap<Code, Severity> {
    let groups = u16::try_from(night.contest.candidates.len()).unwrap();
    let found = check_sheet(&night.contest.ruleset, night.place(id).unwrap(), None, groups, sheet);
    found
        .into_iter()
        .map(|finding| (finding.code, finding.severity))
        .collect()
}

/// On how many reports each code stands.
fn counted(night: &Night) -> BTreeMap<Code, usize> {
    let mut counts = BTreeMap::new();
    let reports = at_100_percent(night);
    for (id, report) in &reports {
        for code in codes(night, *id, &report.sheet).into_keys() {
            *counts.entry(code).or_default() += 1;
        }
    }
    counts.insert(Code::V21, duplicates(&reports));
    counts
}

/// Precincts with the same figures as another of their county.
fn duplicates(reports: &BTreeMap<PrecinctId, Report>) -> usize {
    let mut same = BTreeMap::<_, usize>::new();
    for (id, report) in reports {
        if let Some(key) = figures_key(&report.sheet) {
            *same.entry((id.county, key)).or_default() += 1;
        }
    }
    same.into_values().filter(|precincts| *precincts > 1).sum()
}

#[track_caller]
fn check_2020(night: &Night) {
    let counts = counted(night);
    let of = |code: Code| counts.get(&code).copied().unwrap_or(0);
    let wrong_sum = of(Code::V09) + of(Code::V10);
    assert_eq!((of(Code::V01), of(Code::V11), wrong_sum), (84, 100, 27));
    assert_eq!((of(Code::V04), of(Code::V21), of(Code::V19)), (26, 6, 3));
    assert_eq!(
        (of(Code::V16), of(Code::V24), of(Code::V25), of(Code::V13)),
        (2, 9, 24, 5)
    );
    let never = [
        Code::V02,
        Code::V06,
        Code::V07,
        Code::V18,
        Code::V23,
        Code::V27,
        Code::V32,
    ];
    assert!(never.iter().all(|code| of(*code) == 0), "{counts:?}");
}

#[test]
fn a_full_night_errs_as_often_as_2020() {
    check_2020(&FULL);
}

#[test]
fn every_seed_errs_as_often() {
    for seed in [0, 1, 2, 3, u64::MAX] {
        check_2020(&night(&Options::full(seed)));
    }
}

#[test]
fn every_slip_is_found_where_it_was_made_and_nowhere_else() {
    let mut injected: BTreeMap<_, _> = FULL.injected.iter().copied().collect();
    for (id, report) in at_100_percent(&FULL) {
        let found = codes(&FULL, id, &report.sheet);
        let slip = injected.remove(&id);
        let expected = slip.and_then(code);
        assert!(
            expected.is_none_or(|code| found.contains_key(&code)),
            "{slip:?}: {found:?}"
        );
        let blocks = found.values().any(|severity| *severity == Severity::Block);
        assert!(!blocks || slip.is_some(), "{id:?}: {found:?}");
    }
    assert_eq!(injected, BTreeMap::new());
}

/// The code by which a sheet alone shows the slip.
fn code(slip: Slip) -> Option<Code> {
    match slip {
        Slip::AnothersFigures | Slip::SourcesDiffer => None,
        Slip::ColumnShifted => Some(Code::V19),
        Slip::GameUnrecorded => Some(Code::V13),
        Slip::LockInBroken => Some(Code::V04),
        Slip::AwardMoved | Slip::SumMiscounted => Some(Code::V11),
        Slip::RoundMissing => Some(Code::V16),
        Slip::FirstUndercounted => Some(Code::V01),
        Slip::WrongDelegates => Some(Code::V24),
        Slip::WrongThreshold => Some(Code::V25),
    }
}

#[test]
fn nothing_blocks_where_nobody_errs() {
    let reports = at_100_percent(&FLAWLESS);
    for (id, report) in &reports {
        let found = codes(&FLAWLESS, *id, &report.sheet);
        assert!(
            !found.values().any(|severity| *severity == Severity::Block),
            "{id:?}: {found:?}"
        );
        let of_errors = [Code::V13, Code::V20, Code::V25];
        assert!(
            of_errors.iter().all(|code| !found.contains_key(code)),
            "{id:?}: {found:?}"
        );
    }
    assert_eq!(duplicates(&reports), 0);
}

#[test]
fn small_nights_err_in_proportion() {
    let night = night(&Options::small(4, 20, 200));
    let of = |slip| night.injected.iter().filter(|(_, other)| *other == slip).count();
    assert_eq!(
        (
            of(Slip::FirstUndercounted),
            of(Slip::AwardMoved),
            of(Slip::SumMiscounted)
        ),
        (10, 8, 3)
    );
}

#[test]
fn a_viable_group_keeps_its_members_unless_there_are_too_many_viable_groups() {
    let people = |round: &Option<ByGroup<Attendees>>| round.clone().unwrap();
    let mut broken = 0;
    for sheet in FULL.sheets.values() {
        let (room, electing) = (sheet.attendance.unwrap().people, sheet.worksheet_delegates.unwrap());
        let Some(threshold) = viability_threshold(&FULL.contest.ruleset, room, electing) else {
            continue;
        };
        let (first, last) = (people(&sheet.first_alignment), people(&sheet.final_alignment));
        assert!(last.total() <= first.total() && first.total() == u64::from(room.0));
        let viable: Vec<_> = first.iter().filter(|(_, members)| *members >= threshold).collect();
        let shrank = viable
            .iter()
            .filter(|(group, members)| last.of(*group) < *members)
            .count();
        let too_many = viable.len().saturating_sub(electing.0.into());
        assert!(shrank == 0 || shrank == too_many, "{sheet:?}");
        broken += shrank;
    }
    assert!((1..60).contains(&broken), "{broken} groups had to give way");
}

#[test]
fn about_a_third_of_the_rooms_lose_people() {
    let people = |round: &Option<ByGroup<Attendees>>| round.as_ref().unwrap().total();
    let lost = FULL
        .sheets
        .values()
        .filter(|sheet| people(&sheet.final_alignment) < people(&sheet.first_alignment));
    let percent = lost.count() * 100 / FULL.sheets.len();
    assert!((28..40).contains(&percent), "{percent} %");
}

#[test]
fn games_of_chance_are_recorded_with_who_saw_them() {
    let games: Vec<_> = FULL.sheets.values().flat_map(|sheet| &sheet.games).collect();
    assert!(games.len() > 20, "{}", games.len());
    for game in games {
        assert_eq!(game.witnesses.len(), 2);
        assert_eq!(game.winners.len(), usize::from(game.delegates.0));
        assert!(game.winners.iter().all(|winner| game.among.contains(winner)));
        assert!(game.winners.is_sorted_by(|a, b| a < b));
    }
}
