//! The plan's worked examples, and rooms on which two calculators of 2020 were run.
//!
//! Where those calculators were wrong, the expected figures are those of the rules in `docs/RULES.md`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that fails fails its test")]

use tallylog_rules::{
    Apportionment, Attendees, ByGroup, Delegates, Game, GameMeans, GroupId, Ruleset, apportion, satellite_delegates,
    viability_threshold,
};

fn group(number: u16) -> GroupId {
    GroupId::new(number).unwrap()
}

fn apportioned(room: u32, electing: u16, members: &[u32], games: &[Game]) -> Apportionment {
    let groups = ByGroup::numbered(members.iter().copied().map(Attendees)).unwrap();
    apportion(
        &Ruleset::iowa_2020(),
        Attendees(room),
        Delegates(electing),
        &groups,
        games,
    )
}

fn awards_of(awards: &ByGroup<Delegates>, groups: usize) -> Vec<u16> {
    (1..=u16::try_from(groups).unwrap())
        .map(|number| awards.of(group(number)).0)
        .collect()
}

#[track_caller]
fn settles(room: u32, electing: u16, members: &[u32], expected: &[u16]) {
    let outcome = apportioned(room, electing, members, &[]);
    let Apportionment::Settled(awards) = &outcome else {
        panic!("{room} people, {electing} delegates, {members:?}: {outcome:?}");
    };
    assert_eq!(awards_of(awards, members.len()), expected);
}

/// `settled` to each, and `delegates` more among the groups at the places `among`, from 1.
#[track_caller]
fn asks_for_a_game(room: u32, electing: u16, members: &[u32], settled: &[u16], delegates: u16, among: &[u16]) {
    let outcome = apportioned(room, electing, members, &[]);
    let Some(tie) = outcome.tie() else {
        panic!("{room} people, {electing} delegates, {members:?}: {outcome:?}");
    };
    assert_eq!(awards_of(&tie.awards, members.len()), settled);
    assert_eq!(tie.delegates, Delegates(delegates));
    assert_eq!(tie.among, among.iter().copied().map(group).collect::<Vec<_>>());
}

fn coin(among: &[u16], winners: &[u16]) -> Game {
    Game {
        among: among.iter().copied().map(group).collect(),
        delegates: Delegates(u16::try_from(winners.len()).unwrap()),
        winners: winners.iter().copied().map(group).collect(),
        means: GameMeans::Coin,
        witnesses: vec!["Ada".to_owned(), "Grace".to_owned()],
    }
}

fn threshold(room: u32, electing: u16) -> Option<u32> {
    viability_threshold(&Ruleset::iowa_2020(), Attendees(room), Delegates(electing)).map(|people| people.0)
}

#[test]
fn a_fraction_of_a_person_rounds_the_threshold_up() {
    for (room, electing, people) in [
        (45, 3, 8),
        (25, 5, 4),
        (40, 2, 10),
        (60, 18, 9),
        (133, 8, 20),
        (847, 19, 128),
    ] {
        assert_eq!(
            threshold(room, electing),
            Some(people),
            "{room} people, {electing} delegates"
        );
    }
}

#[test]
fn fifteen_percent_is_not_a_division_by_six_and_two_thirds() {
    // The rooms in which dividing by 6.67 is one too low begin here.
    assert_eq!(threshold(666, 4), Some(100));
    assert_eq!(threshold(667, 4), Some(101));
    assert_eq!(threshold(687, 4), Some(104));
}

#[test]
fn a_room_of_one_delegate_or_of_nobody_has_no_threshold() {
    assert_eq!(threshold(45, 1), None);
    assert_eq!(threshold(45, 0), None);
    assert_eq!(threshold(0, 5), None);
}

#[test]
fn the_attendance_of_a_site_sets_its_delegates() {
    let table = [
        (0, 0),
        (1, 4),
        (20, 4),
        (21, 5),
        (40, 5),
        (41, 6),
        (60, 6),
        (61, 7),
        (80, 7),
        (81, 8),
        (100, 8),
        (101, 9),
    ];
    for (people, delegates) in table {
        let got = satellite_delegates(&Ruleset::iowa_2020(), Attendees(people));
        assert_eq!(got, Delegates(delegates), "{people} people");
    }
    assert_eq!(
        satellite_delegates(&Ruleset::iowa_2020(), Attendees(u32::MAX)),
        Delegates(9)
    );
}

#[test]
fn shares_round_to_the_nearest_delegate() {
    settles(100, 5, &[40, 35, 25], &[2, 2, 1]);
    settles(50, 5, &[30, 20], &[3, 2]);
    settles(100, 4, &[100], &[4]);
    settles(101, 9, &[35, 30, 20, 16], &[3, 3, 2, 1]);
    settles(100, 8, &[35, 35, 30], &[3, 3, 2]);
    settles(70, 6, &[21, 18, 16, 15], &[2, 2, 1, 1]);
    settles(250, 11, &[100, 60, 50, 40], &[4, 3, 2, 2]);
    settles(33, 6, &[11, 11, 11], &[2, 2, 2]);
    settles(20, 2, &[13, 7], &[1, 1]);
    settles(64, 13, &[24, 20, 14], &[5, 5, 3]);
    settles(161, 6, &[52, 50, 31, 25], &[2, 2, 1, 1]);
}

#[test]
fn exactly_the_threshold_is_viable() {
    settles(60, 4, &[51, 9], &[3, 1]);
    settles(20, 4, &[17, 3], &[3, 1]);
    settles(4, 2, &[1, 3], &[1, 1]);
    settles(4, 4, &[1, 1, 1, 1], &[1, 1, 1, 1]);
}

#[test]
fn a_missing_delegate_goes_to_the_group_nearest_to_its_next() {
    settles(37, 7, &[20, 10, 7], &[4, 2, 1]);
    settles(100, 7, &[20, 18, 27, 19, 16], &[2, 1, 2, 1, 1]);
    settles(101, 9, &[35, 30, 21, 15], &[4, 3, 2, 0]);
    settles(88, 9, &[26, 22, 20, 14, 6], &[3, 2, 2, 2, 0]);
    settles(167, 9, &[108, 30, 20, 9], &[7, 2, 0, 0]);
}

#[test]
fn a_surplus_delegate_comes_from_the_group_furthest_above_its_share() {
    settles(200, 7, &[100, 50, 50], &[3, 2, 2]);
    settles(19, 3, &[10, 5, 4], &[1, 1, 1]);
    settles(13, 4, &[6, 3, 2, 2], &[1, 1, 1, 1]);
    settles(12, 3, &[8, 2, 2], &[1, 1, 1]);
}

#[test]
fn an_only_delegate_is_safe() {
    settles(90, 3, &[75, 15], &[2, 1]);
    settles(40, 4, &[22, 6, 6, 6], &[1, 1, 1, 1]);
    settles(18, 3, &[12, 3, 3], &[1, 1, 1]);
}

#[test]
fn those_who_left_still_count_in_the_divisor() {
    settles(484, 8, &[240, 179], &[5, 3]);
    settles(357, 4, &[177, 57], &[3, 1]);
    settles(69, 10, &[37, 13, 15], &[6, 2, 2]);
}

#[test]
fn what_is_not_viable_gets_nothing_even_when_delegates_are_left_over() {
    settles(100, 5, &[50, 20, 10, 10, 10], &[3, 2, 0, 0, 0]);
    settles(60, 10, &[54, 6], &[10, 0]);
    settles(48, 12, &[36, 7, 5], &[12, 0, 0]);
}

#[test]
fn equal_claims_on_the_last_delegate_ask_for_a_game() {
    asks_for_a_game(200, 6, &[100, 50, 50], &[3, 1, 1], 1, &[2, 3]);
    asks_for_a_game(60, 18, &[15; 4], &[4; 4], 2, &[1, 2, 3, 4]);
    asks_for_a_game(133, 8, &[35, 35, 21, 21, 21], &[2, 2, 1, 1, 1], 1, &[3, 4, 5]);
    asks_for_a_game(50, 5, &[25, 15, 10], &[2, 1, 1], 1, &[1, 2]);
    asks_for_a_game(100, 10, &[26, 26, 26, 22], &[2; 4], 2, &[1, 2, 3]);
    asks_for_a_game(39, 6, &[10, 10, 7, 6, 6], &[1; 5], 1, &[1, 2]);
    asks_for_a_game(33, 7, &[11, 11, 11], &[2; 3], 1, &[1, 2, 3]);
    asks_for_a_game(33, 8, &[11, 11, 11], &[2; 3], 2, &[1, 2, 3]);
    asks_for_a_game(100, 7, &[50, 50], &[3, 3], 1, &[1, 2]);
    asks_for_a_game(100, 10, &[40, 15, 15, 15, 15], &[4, 1, 1, 1, 1], 2, &[2, 3, 4, 5]);
    asks_for_a_game(88, 6, &[30, 20, 20, 18], &[2, 1, 1, 1], 1, &[2, 3]);
    asks_for_a_game(100, 5, &[40, 40, 14, 6], &[2, 2, 0, 0], 1, &[1, 2]);
}

#[test]
fn the_distance_decides_and_not_the_size() {
    // 2.5 and 1.5 delegates: groups of 25 and 15 are equal before the rules.
    asks_for_a_game(50, 5, &[25, 15, 10], &[2, 1, 1], 1, &[1, 2]);
    // Shares of exactly 2 and 1: each is a whole delegate away from the next, and the 14 and the 11 are not asked.
    asks_for_a_game(100, 4, &[50, 25, 14, 11], &[2, 1, 0, 0], 1, &[1, 2]);
}

#[test]
fn distances_are_compared_in_ten_thousandths_rounded_half_up() {
    // 8,857 of 20,000 is 3.09995 delegates of seven, which counts as 3.1: as far from the next as 2.1.
    asks_for_a_game(20_000, 7, &[8_857, 6_000, 3_000], &[3, 2, 1], 1, &[1, 2]);
    // 3.1003 and 2.10035, which counts as 2.1004: nearer.
    settles(20_000, 7, &[8_858, 6_001, 3_000], &[3, 3, 1]);
}

#[test]
fn another_plan_is_another_value() {
    let mut rules = Ruleset::iowa_2020();
    rules.viability[2].numerator = 5;
    let groups = ByGroup::numbered([95, 5].map(Attendees)).unwrap();
    // Five of a hundred are a fifth of a delegate: viable under this plan, so they have one.
    let outcome = apportion(&rules, Attendees(100), Delegates(4), &groups, &[]);
    assert_eq!(
        outcome,
        Apportionment::Settled(ByGroup::numbered([3, 1].map(Delegates)).unwrap())
    );
    rules.viability.remove(0);
    assert_eq!(viability_threshold(&rules, Attendees(100), Delegates(2)), None);
}

#[test]
fn with_more_viable_groups_than_delegates_the_largest_get_one_each() {
    settles(34, 3, &[11, 10, 7, 6], &[1, 1, 1, 0]);
    asks_for_a_game(60, 5, &[10; 6], &[0; 6], 5, &[1, 2, 3, 4, 5, 6]);
    asks_for_a_game(30, 3, &[10, 10, 5, 5], &[1, 1, 0, 0], 1, &[3, 4]);
    asks_for_a_game(8, 2, &[2; 4], &[0; 4], 2, &[1, 2, 3, 4]);
}

#[test]
fn a_recorded_game_settles_the_tie_that_it_answers() {
    let members = [35, 35, 21, 21, 21];
    let settled = apportioned(133, 8, &members, &[coin(&[3, 4, 5], &[3])]);
    let expected = ByGroup::numbered([2, 2, 2, 1, 1].map(Delegates)).unwrap();
    assert_eq!(settled, Apportionment::Settled(expected));
    let two = apportioned(60, 18, &[15; 4], &[coin(&[1, 2, 3, 4], &[1, 4])]);
    assert_eq!(
        two,
        Apportionment::Settled(ByGroup::numbered([5, 4, 4, 5].map(Delegates)).unwrap())
    );
    let five = apportioned(60, 5, &[10; 6], &[coin(&[1, 2, 3, 4, 5, 6], &[1, 2, 3, 5, 6])]);
    assert_eq!(
        five,
        Apportionment::Settled(ByGroup::numbered([1, 1, 1, 0, 1, 1].map(Delegates)).unwrap())
    );
}

#[test]
fn a_game_that_answers_nothing_settles_nothing() {
    let members = [35, 35, 21, 21, 21];
    let over = |delegates, winners| Game {
        delegates: Delegates(delegates),
        ..coin(&[3, 4, 5], winners)
    };
    let lies = [
        coin(&[3, 4], &[3]),          // Not all that were tied.
        coin(&[1, 2, 3], &[3]),       // Others.
        coin(&[1, 2, 3, 4, 5], &[3]), // More than were tied.
        coin(&[3, 4, 5], &[1]),       // A winner who did not play.
        coin(&[3, 4, 5], &[]),        // No winner.
        coin(&[3, 4, 5], &[3, 4]),    // Two delegates where one is left.
        coin(&[3, 3, 3], &[3]),       // One group three times.
        over(1, &[3, 4]),             // More winners than delegates.
        over(2, &[3]),                // Fewer.
        over(1, &[1, 3]),             // One of them did not play.
        over(1, &[3, 3]),             // The winner twice.
    ];
    for lie in lies {
        let outcome = apportioned(133, 8, &members, std::slice::from_ref(&lie));
        assert!(outcome.tie().is_some(), "{lie:?} settled it: {outcome:?}");
    }
    let twice = apportioned(60, 18, &[15; 4], &[coin(&[1, 2, 3, 4], &[1, 1])]);
    assert!(twice.tie().is_some(), "the same winner twice settled it: {twice:?}");
}

#[test]
fn of_two_games_over_one_tie_the_first_counts() {
    let games = [coin(&[1, 2], &[1]), coin(&[2, 3], &[3]), coin(&[2, 3], &[2])];
    let outcome = apportioned(200, 6, &[100, 50, 50], &games);
    assert_eq!(
        outcome,
        Apportionment::Settled(ByGroup::numbered([3, 1, 2].map(Delegates)).unwrap())
    );
}

#[test]
fn a_game_that_the_rules_do_not_ask_for_changes_nothing() {
    let plain = apportioned(90, 3, &[75, 15], &[]);
    assert_eq!(apportioned(90, 3, &[75, 15], &[coin(&[1, 2], &[2])]), plain);
}

#[test]
fn without_a_viable_group_nothing_is_awarded() {
    assert_eq!(apportioned(100, 4, &[14, 14, 14, 14], &[]), Apportionment::NobodyViable);
    assert_eq!(apportioned(100, 4, &[], &[]), Apportionment::NobodyViable);
}

#[test]
fn one_delegate_is_elected_by_the_room() {
    for members in [[10, 10, 0], [9, 6, 6], [30, 0, 0]] {
        assert_eq!(apportioned(30, 1, &members, &[]), Apportionment::RoomElects);
    }
}

#[test]
fn where_nobody_attended_nothing_is_awarded() {
    for electing in [0, 1, 4] {
        assert_eq!(apportioned(0, electing, &[0, 0], &[]), Apportionment::NobodyAttended);
        assert_eq!(apportioned(0, electing, &[215], &[]), Apportionment::NobodyAttended);
    }
}

#[test]
fn the_most_that_a_report_can_say_neither_panics_nor_takes_long() {
    let all = [u32::MAX; 200];
    for (room, electing) in [(1, u16::MAX), (u32::MAX, u16::MAX), (1, 200), (1, 7), (u32::MAX, 2)] {
        let outcome = apportioned(room, electing, &all, &[]);
        let awarded = match &outcome {
            Apportionment::Settled(awards) => awards.total(),
            Apportionment::Chance(tie) => tie.awards.total() + u64::from(tie.delegates),
            Apportionment::NobodyViable | Apportionment::RoomElects | Apportionment::NobodyAttended => {
                panic!("{outcome:?}")
            }
        };
        assert_eq!(awarded, u64::from(electing), "{room} people");
    }
    settles(1, 36, &[u32::MAX], &[36]);
    settles(1, 36, &[u32::MAX, 1], &[35, 1]);
}
