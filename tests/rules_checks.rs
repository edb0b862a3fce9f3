//! Every discrepancy that one sheet can show, and a sheet just beside it that does not show it.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]
#![expect(
    clippy::unnecessary_wraps,
    reason = "helpers make the fields of a sheet, which are optional"
)]

use proptest::prelude::*;
use tallylog_rules::{
    Attendance, Attendees, ByGroup, Code, Delegates, Elsewhere, Equivalents, Finding, Game, GameMeans, GroupId, Place,
    Pool, Round, Ruleset, Severity, Sheet, check_outliers, check_revision, check_sheet, check_sum, county_ratio,
    duplicate, figures_key, lawful, site_ratio,
};

fn people(figures: &[u32]) -> Option<ByGroup<Attendees>> {
    Some(ByGroup::numbered(figures.iter().copied().map(Attendees)).unwrap())
}

fn awards(figures: &[u16]) -> Option<ByGroup<Delegates>> {
    Some(ByGroup::numbered(figures.iter().copied().map(Delegates)).unwrap())
}

fn claims(figures: &[u64]) -> Option<ByGroup<Equivalents>> {
    Some(ByGroup::numbered(figures.iter().copied().map(Equivalents)).unwrap())
}

fn sheet(first: &[u32], last: &[u32], awarded: &[u16]) -> Sheet {
    Sheet {
        first_alignment: people(first),
        final_alignment: people(last),
        awards: awards(awarded),
        ..Sheet::default()
    }
}

fn counted(people: u32) -> Option<Attendance> {
    Some(Attendance {
        people: Attendees(people),
        counted: true,
    })
}

fn group(number: u16) -> GroupId {
    GroupId::new(number).unwrap()
}

const fn precinct(delegates: u16) -> Place {
    Place::Precinct {
        delegates: Delegates(delegates),
    }
}

fn found(electing: u16, sheet: &Sheet) -> Vec<Finding> {
    check_sheet(&Ruleset::iowa_2020(), precinct(electing), None, 14, sheet)
}

fn codes(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.code.as_str()).collect()
}

/// A sheet, checked in a precinct that elects so many, has these codes and no other, in order.
#[track_caller]
fn shows(electing: u16, sheet: &Sheet, expected: &[&str]) {
    assert_eq!(codes(&found(electing, sheet)), expected, "{:?}", found(electing, sheet));
}

/// The sentence of the only finding with that code.
fn message(findings: &[Finding], code: Code) -> String {
    let finding = findings.iter().find(|finding| finding.code == code).unwrap();
    finding.message(&|group| ["Ada", "Bob", "Cyd", "Dee"][usize::from(group.number()) - 1].to_owned())
}

#[test]
fn a_sound_sheet_shows_nothing() {
    shows(7, &sheet(&[20, 10, 7], &[20, 10, 7], &[4, 2, 1]), &[]);
    let mut complete = sheet(&[20, 10, 7], &[20, 10, 7], &[4, 2, 1]);
    complete.attendance = counted(37);
    complete.worksheet_delegates = Some(Delegates(7));
    complete.worksheet_threshold = Some(Attendees(6));
    shows(7, &complete, &[]);
}

#[test]
fn a_final_total_above_the_first_blocks() {
    let grown = sheet(&[20, 10, 7], &[20, 10, 8], &[4, 2, 1]);
    assert_eq!(codes(&found(7, &grown))[0], "V01");
    shows(4, &sheet(&[100], &[101], &[4]), &["V01"]);
    assert_eq!(found(4, &sheet(&[100], &[101], &[4]))[0].severity, Severity::Block);
}

#[test]
fn more_people_than_were_counted_block_in_each_round() {
    let mut over = sheet(&[101], &[101], &[4]);
    over.attendance = counted(100);
    shows(4, &over, &["V02", "V02"]);
    over.attendance = counted(101);
    shows(4, &over, &[]);
    over.attendance = Some(Attendance {
        people: Attendees(100),
        counted: false,
    });
    shows(4, &over, &[]);
}

#[test]
fn people_who_went_home_are_a_note_until_more_than_a_tenth_did() {
    let leave = |left: u32| found(4, &sheet(&[80, 20], &[80, 20 - left], &[3, 1]));
    assert_eq!(codes(&leave(1)), ["V03", "V04"]);
    let went = |left: u32| found(4, &sheet(&[86, 14], &[86, 14 - left], &[4]));
    let first = |findings: &[Finding]| (findings[0].code, findings[0].severity);
    assert_eq!(first(&went(10)), (Code::V03, Severity::Inform));
    assert_eq!(first(&went(11)), (Code::V03, Severity::Warn));
    assert_eq!(
        message(&went(11), Code::V03),
        "11 people of 100 left between the alignments"
    );
}

#[test]
fn a_viable_group_may_shrink_only_where_the_smallest_must_realign() {
    shows(4, &sheet(&[50, 30, 20], &[50, 31, 19], &[2, 1, 1]), &["V04"]);
    // As many viable groups as delegates, and one of exactly the threshold.
    shows(2, &sheet(&[50, 50], &[51, 49], &[1, 1]), &["V04"]);
    shows(4, &sheet(&[85, 15], &[86, 14], &[4]), &["V04", "V15"]);
    // Three viable groups for two delegates: someone has to give way.
    shows(2, &sheet(&[40, 32, 28], &[52, 48, 0], &[1, 1]), &["V05"]);
    // A group below the threshold may shrink.
    shows(4, &sheet(&[50, 36, 14], &[51, 37, 12], &[2, 2]), &["V15"]);
}

#[test]
fn the_award_of_a_group_depends_on_its_being_viable() {
    // Exactly the threshold.
    shows(4, &sheet(&[85, 15], &[85, 15], &[4, 0]), &["V07", "V11"]);
    shows(
        4,
        &sheet(&[50, 36, 14], &[50, 36, 14], &[2, 1, 1]),
        &["V06", "V11", "V15"],
    );
    shows(4, &sheet(&[50, 34, 16], &[50, 34, 16], &[3, 1, 0]), &["V07", "V11"]);
    shows(
        4,
        &sheet(&[60, 40, 0], &[60, 40, 0], &[2, 1, 1]),
        &["V06", "V11", "V18"],
    );
}

#[test]
fn more_viable_groups_than_delegates_are_held_for_review() {
    shows(3, &sheet(&[11, 10, 7, 6], &[11, 10, 7, 6], &[1, 1, 1, 0]), &["V08"]);
    shows(
        3,
        &sheet(&[11, 10, 7, 6], &[11, 10, 7, 6], &[1, 1, 0, 1]),
        &["V08", "V11", "V12"],
    );
}

#[test]
fn awards_that_do_not_add_up_block_in_both_directions() {
    shows(4, &sheet(&[60, 40], &[60, 40], &[3, 2]), &["V09", "V11"]);
    shows(4, &sheet(&[60, 40], &[60, 40], &[2, 1]), &["V10", "V11"]);
    let findings = found(4, &sheet(&[60, 40], &[60, 40], &[3, 2]));
    assert_eq!(message(&findings, Code::V09), "5 delegates awarded where 4 are elected");
    assert_eq!(
        message(&findings, Code::V11),
        "the rules give Ada 2 delegates, the sheet 3"
    );
}

#[test]
fn a_missing_round_explains_a_missing_delegate() {
    let mut no_first = sheet(&[], &[60, 40], &[2, 1]);
    no_first.attendance = counted(100);
    shows(4, &no_first, &["V11", "V16"]);
    let mut no_final = sheet(&[60, 40], &[0, 0], &[2, 1]);
    shows(4, &no_final, &["V16"]);
    no_final.final_alignment = None;
    shows(4, &no_final, &["V16"]);
}

#[test]
fn an_award_beside_the_rules_blocks_though_its_sum_is_right() {
    shows(7, &sheet(&[20, 10, 7], &[20, 10, 7], &[5, 1, 1]), &["V11"]);
    shows(7, &sheet(&[20, 10, 7], &[20, 10, 7], &[3, 2, 2]), &["V11"]);
    shows(7, &sheet(&[20, 10, 7], &[20, 10, 7], &[2, 4, 1]), &["V11", "V12"]);
    let findings = found(7, &sheet(&[20, 10, 7], &[20, 10, 7], &[2, 4, 1]));
    assert_eq!(
        message(&findings, Code::V12),
        "Ada has 2 delegates, and Bob, which is smaller, has 4"
    );
}

#[test]
fn groups_of_one_size_may_differ_by_a_game_and_are_no_inversion() {
    shows(6, &sheet(&[100, 50, 50], &[100, 50, 50], &[3, 2, 1]), &["V13"]);
    let findings = found(6, &sheet(&[100, 50, 50], &[100, 50, 50], &[3, 2, 1]));
    let said = "the rules give 1 delegate more among Bob, Cyd by a game of chance, and none is on record";
    assert_eq!(message(&findings, Code::V13), said);
}

#[test]
fn a_recorded_game_must_be_the_one_that_the_awards_follow() {
    let mut tossed = sheet(&[100, 50, 50], &[100, 50, 50], &[3, 2, 1]);
    tossed.games = vec![Game {
        among: vec![group(2), group(3)],
        delegates: Delegates(1),
        winners: vec![group(2)],
        means: GameMeans::Coin,
        witnesses: vec!["Ada".to_owned()],
    }];
    shows(6, &tossed, &[]);
    tossed.games[0].winners = vec![group(3)];
    shows(6, &tossed, &["V11"]);
    tossed.games[0].winners = vec![group(1)];
    shows(6, &tossed, &["V13"]);
    tossed.awards = awards(&[4, 1, 1]);
    shows(6, &tossed, &["V11"]);
    tossed.awards = awards(&[3, 1, 1]);
    shows(6, &tossed, &["V10", "V11"]);
}

#[test]
fn the_one_delegate_is_held_unless_the_largest_group_has_it() {
    shows(1, &sheet(&[9, 6, 6], &[9, 6, 6], &[1, 0, 0]), &[]);
    shows(1, &sheet(&[9, 6, 6], &[9, 6, 6], &[0, 1, 0]), &["V14"]);
    // Two of one size: either may have won.
    shows(1, &sheet(&[10, 10], &[10, 10], &[0, 1]), &[]);
    shows(1, &sheet(&[9, 6, 6], &[9, 6, 6], &[1, 1, 0]), &["V14"]);
    shows(1, &sheet(&[9, 6, 6], &[9, 6, 6], &[0, 0, 0]), &["V14", "V16"]);
    shows(1, &sheet(&[9, 6, 6], &[9, 6, 6], &[2, 0, 0]), &["V14"]);
    shows(1, &sheet(&[9, 6], &[0, 0], &[1, 0]), &["V14", "V16"]);
}

#[test]
fn people_who_stayed_in_a_small_group_are_a_warning() {
    shows(4, &sheet(&[86, 14], &[86, 14], &[4, 0]), &["V15"]);
    shows(4, &sheet(&[85, 15], &[85, 15], &[3, 1]), &[]);
}

#[test]
fn zeros_stand_for_a_missing_round_and_for_a_room_of_nobody() {
    shows(4, &sheet(&[60, 40], &[60, 40], &[0, 0]), &["V16"]);
    shows(
        4,
        &Sheet {
            awards: None,
            ..sheet(&[60, 40], &[60, 40], &[])
        },
        &["V16"],
    );
    shows(4, &sheet(&[0, 0], &[60, 40], &[2, 2]), &["V16"]);
    shows(4, &sheet(&[0, 0], &[0, 0], &[0, 0]), &["V17"]);
    shows(4, &Sheet::default(), &["V17"]);
    shows(1, &Sheet::default(), &["V17"]);
    // Somebody was counted at the door, so nothing is not an answer.
    shows(
        4,
        &Sheet {
            attendance: counted(50),
            ..Sheet::default()
        },
        &["V16", "V16", "V16"],
    );
}

#[test]
fn with_nobody_in_the_room_nothing_else_is_said() {
    let mut nobody = sheet(&[], &[215], &[10]);
    nobody.worksheet_delegates = Some(Delegates(3));
    nobody.claimed = claims(&[9_999]);
    let ratio = county_ratio(Delegates(4), Delegates(51));
    let findings = check_sheet(&Ruleset::iowa_2020(), precinct(10), ratio, 14, &nobody);
    assert_eq!(codes(&findings), ["V16"]);
}

#[test]
fn a_group_that_moves_to_the_next_row_is_a_slip() {
    let first = [40, 20, 0, 40];
    shows(
        4,
        &sheet(&first, &[40, 0, 20, 40], &[2, 0, 1, 1]),
        &["V04", "V13", "V19", "V20"],
    );
    shows(
        4,
        &sheet(&[40, 0, 20, 40], &[40, 20, 0, 40], &[2, 1, 0, 1]),
        &["V04", "V13", "V19", "V20"],
    );
    // Not beside it.
    shows(
        4,
        &sheet(&[20, 40, 0, 40], &[0, 40, 20, 40], &[0, 2, 1, 1]),
        &["V04", "V13", "V20"],
    );
    let findings = found(4, &sheet(&first, &[40, 0, 20, 40], &[2, 0, 1, 1]));
    assert_eq!(
        message(&findings, Code::V19),
        "Bob fell from 20 to 0 while Cyd, beside it, rose from 0 to 20"
    );
}

#[test]
fn four_people_are_too_few_for_a_slip_and_for_a_surge() {
    shows(
        4,
        &sheet(&[40, 40, 5, 0], &[40, 40, 0, 5], &[2, 2]),
        &["V15", "V19", "V20"],
    );
    shows(4, &sheet(&[40, 40, 5, 0], &[40, 41, 0, 4], &[2, 2]), &["V15"]);
    shows(4, &sheet(&[40, 40, 4, 1], &[40, 40, 0, 5], &[2, 2]), &["V15"]);
    shows(
        4,
        &sheet(&[40, 40, 4, 0], &[40, 39, 0, 5], &[2, 2]),
        &["V04", "V15", "V20"],
    );
}

#[test]
fn neighbours_are_neighbours_in_the_roster_and_not_in_the_list() {
    let figures = |figures: &[(u16, u32)]| {
        let figures = figures
            .iter()
            .map(|(number, people)| (group(*number), Attendees(*people)));
        Some(ByGroup::new(figures.collect()).unwrap())
    };
    let mut apart = sheet(&[], &[], &[4]);
    apart.first_alignment = figures(&[(1, 90), (3, 10)]);
    apart.final_alignment = figures(&[(1, 90), (5, 10)]);
    shows(4, &apart, &["V15", "V20"]);
    apart.final_alignment = figures(&[(1, 90), (4, 10)]);
    shows(4, &apart, &["V15", "V19", "V20"]);
}

#[test]
fn two_precincts_with_the_same_figures_have_the_same_key() {
    let one = sheet(&[6, 4, 0], &[6, 4], &[2, 2]);
    let other = Sheet {
        awards: None,
        ..sheet(&[6, 4], &[6, 4, 0], &[])
    };
    assert!(figures_key(&one).is_some());
    assert_eq!(figures_key(&one), figures_key(&other));
    assert_ne!(figures_key(&one), figures_key(&sheet(&[6, 4], &[7, 3], &[])));
    assert_ne!(figures_key(&one), figures_key(&sheet(&[7, 3], &[6, 4], &[])));
    assert_eq!(figures_key(&sheet(&[5, 4], &[5, 4], &[])), None);
    assert_eq!(duplicate().code, Code::V21);
}

#[test]
fn a_claim_must_be_the_awards_times_the_ratio() {
    let ratio = county_ratio(Delegates(4), Delegates(51));
    let mut claimed = sheet(&[20, 10, 7], &[20, 10, 7], &[4, 2, 1]);
    claimed.claimed = claims(&[3_137, 1_569, 784]);
    let check = |sheet: &Sheet, ratio| check_sheet(&Ruleset::iowa_2020(), precinct(7), ratio, 14, sheet);
    assert_eq!(codes(&check(&claimed, ratio)), [""; 0]);
    claimed.claimed = claims(&[3_137, 1_568, 784, 1]);
    let findings = check(&claimed, ratio);
    assert_eq!(codes(&findings), ["V22", "V22"]);
    let said = "Bob: the source claims 0.1568 for 2 delegates; 2 x 4/51 gives 0.1569";
    assert_eq!(message(&findings, Code::V22), said);
    assert_eq!(codes(&check(&claimed, None)), [""; 0]);
}

#[test]
fn a_claim_of_a_site_is_explained_by_its_pool() {
    let mut site = sheet(&[10, 10], &[10, 10], &[2, 2]);
    site.attendance = counted(20);
    site.claimed = claims(&[1_327, 1_340]);
    let ratio = site_ratio(Delegates(6), Attendees(20), 452, Delegates(4));
    let findings = check_sheet(&Ruleset::iowa_2020(), Place::Satellite, ratio, 14, &site);
    assert_eq!(codes(&findings), ["V22"]);
    let plain = "Bob: the source claims 0.1340 for 2 delegates; 2 x 15/226 gives 0.1327";
    assert_eq!(message(&findings, Code::V22), plain);
    let pool = Pool {
        equivalents: Delegates(6),
        attendance: 452,
    };
    let explained: Vec<_> = findings.into_iter().map(|finding| finding.in_pool(pool)).collect();
    let said = "Bob: the source claims 0.1340 for 2 delegates; 2 x 6/452 x 20/4 gives 0.1327";
    assert_eq!(message(&explained, Code::V22), said);
}

#[test]
fn nobody_viable_is_held_and_no_award_is_missing() {
    let scattered = sheet(&[14, 14, 14, 58], &[14, 14, 14, 10], &[]);
    let codes_found = codes(&found(4, &scattered));
    assert_eq!(codes_found, ["V03", "V04", "V15", "V15", "V15", "V15", "V23"]);
    let mut awarded = scattered;
    awarded.awards = awards(&[1]);
    assert!(codes(&found(4, &awarded)).contains(&"V11"));
    assert!(!codes(&found(4, &awarded)).contains(&"V10"));
}

#[test]
fn the_numbers_on_the_worksheet_must_be_those_of_the_roster_and_the_rules() {
    let mut wrong = sheet(&[20, 10, 7], &[20, 10, 7], &[4, 2, 1]);
    wrong.worksheet_delegates = Some(Delegates(8));
    shows(7, &wrong, &["V24"]);
    wrong.worksheet_threshold = Some(Attendees(5));
    shows(7, &wrong, &["V24", "V25"]);
    let said = "the worksheet asks 5 people of a viable group; the rules ask 6 in a room of 37";
    assert_eq!(message(&found(7, &wrong), Code::V25), said);
}

#[test]
fn a_site_has_the_delegates_of_its_attendance() {
    let mut site = sheet(&[11, 10], &[11, 10], &[3, 2]);
    site.attendance = counted(21);
    site.worksheet_delegates = Some(Delegates(5));
    let check = |sheet: &Sheet| check_sheet(&Ruleset::iowa_2020(), Place::Satellite, None, 14, sheet);
    assert_eq!(codes(&check(&site)), [""; 0]);
    site.worksheet_delegates = Some(Delegates(4));
    assert_eq!(codes(&check(&site)), ["V27"]);
    assert_eq!(
        message(&check(&site), Code::V27),
        "4 delegates on the worksheet; a site of 21 people has 5"
    );
}

#[test]
fn a_group_that_the_roster_lacks_is_named() {
    let sheet = sheet(&[60, 40], &[60, 40], &[2, 2]);
    let check = |groups| codes(&check_sheet(&Ruleset::iowa_2020(), precinct(4), None, groups, &sheet));
    assert_eq!(check(2), [""; 0]);
    assert_eq!(check(1), ["V32"]);
}

#[test]
fn an_amendment_must_move_awards_and_people_together() {
    let before = sheet(&[20, 10, 7], &[20, 10, 7], &[4, 2, 1]);
    let revised = |after: &Sheet| check_revision(&Ruleset::iowa_2020(), precinct(7), &before, after);
    let moved_people = sheet(&[20, 10, 7], &[11, 10, 16], &[4, 2, 1]);
    assert_eq!(revised(&moved_people).unwrap().code, Code::V26);
    let moved_awards = sheet(&[20, 10, 7], &[20, 10, 7], &[3, 3, 1]);
    assert_eq!(revised(&moved_awards).unwrap().code, Code::V26);
    // Both were edited, or neither, or the awards still follow.
    assert_eq!(revised(&sheet(&[20, 10, 7], &[11, 10, 16], &[2, 2, 3])), None);
    assert_eq!(revised(&before), None);
    assert_eq!(revised(&sheet(&[20, 10, 7, 0], &[20, 10, 7], &[4, 2, 1, 0])), None);
    assert_eq!(revised(&sheet(&[21, 9, 7], &[20, 10, 7], &[4, 2, 1])), None);
    // They did not follow before either: that is V11.
    let worse = check_revision(
        &Ruleset::iowa_2020(),
        precinct(7),
        &moved_awards,
        &sheet(&[37], &[37], &[3, 3, 1]),
    );
    assert_eq!(worse, None);
}

#[test]
fn attendance_is_a_figure_on_which_awards_depend() {
    let before = Sheet {
        attendance: counted(19),
        ..sheet(&[10, 5, 4], &[10, 5, 4], &[1, 1, 1])
    };
    let after = Sheet {
        attendance: counted(90),
        ..before.clone()
    };
    let finding = check_revision(&Ruleset::iowa_2020(), precinct(3), &before, &after);
    assert_eq!(finding.unwrap().code, Code::V26);
}

#[test]
fn a_county_awards_what_it_has() {
    assert_eq!(check_sum(51, 51), None);
    assert_eq!(check_sum(50, 51).unwrap().code, Code::V28);
    assert_eq!(
        message(&[check_sum(52, 51).unwrap()], Code::V28),
        "the awards add up to 52 delegates of 51"
    );
}

#[test]
fn a_group_that_is_large_only_here_stands_out() {
    let elsewhere = |rooms, small: u64| Elsewhere {
        groups: ByGroup::new(vec![(group(1), 10_000 - small), (group(2), small)]).unwrap(),
        rooms,
    };
    let room = |members: u32| sheet(&[100 - members, members], &[], &[]);
    let count = |sheet: &Sheet, elsewhere: &Elsewhere| check_outliers(Round::First, sheet, elsewhere).len();
    assert_eq!(count(&room(15), &elsewhere(100, 99)), 1);
    assert_eq!(count(&room(14), &elsewhere(100, 99)), 0, "under 15 % of the room");
    assert_eq!(count(&room(15), &elsewhere(100, 100)), 0, "1 % elsewhere");
    assert_eq!(count(&room(15), &elsewhere(99, 99)), 0, "too few rooms");
    assert_eq!(
        count(&sheet(&[16, 3], &[], &[]), &elsewhere(100, 99)),
        0,
        "a room of 19"
    );
    assert_eq!(
        count(&sheet(&[17, 3], &[], &[]), &elsewhere(100, 99)),
        1,
        "a room of 20"
    );
    assert_eq!(count(&sheet(&[85], &[], &[]), &elsewhere(100, 99)), 0);
    assert_eq!(check_outliers(Round::Final, &room(15), &elsewhere(100, 99)), []);
}

#[test]
fn the_rules_say_nothing_of_a_sheet_without_figures() {
    let rules = Ruleset::iowa_2020();
    assert_eq!(lawful(&rules, precinct(4), &Sheet::default()), None);
    assert_eq!(lawful(&rules, precinct(1), &sheet(&[9, 6], &[9, 6], &[1])), None);
    assert_eq!(lawful(&rules, precinct(4), &sheet(&[14; 7], &[14; 7], &[])), None);
    let settled = lawful(&rules, precinct(4), &sheet(&[60, 40], &[60, 40], &[])).unwrap();
    assert_eq!(
        (settled.of(group(1)), settled.of(group(9))),
        (Some(Delegates(2)), Some(Delegates(0)))
    );
    assert_eq!(settled.tie(), None);
    let open = lawful(&rules, precinct(6), &sheet(&[100, 50, 50], &[100, 50, 50], &[])).unwrap();
    assert_eq!(open.tie().unwrap().among, [group(2), group(3)]);
}

/// Any sheet at all, as an attacker or a broken device would send it.
fn any_sheet() -> impl Strategy<Value = Sheet> {
    let figure = prop_oneof![0_u32..40, Just(u32::MAX), any::<u32>()];
    let people = prop::option::of(prop::collection::btree_map(1_u16..=300, figure, 0..200));
    let delegates = prop::option::of(prop::collection::btree_map(1_u16..=300, any::<u16>(), 0..40));
    let claimed = prop::option::of(prop::collection::btree_map(1_u16..=300, any::<u64>(), 0..40));
    let head = prop::option::of((any::<u32>(), any::<bool>()));
    (head, people.clone(), people, delegates, claimed).prop_map(|(head, first, last, awards, claimed)| Sheet {
        attendance: head.map(|(people, counted)| Attendance {
            people: Attendees(people),
            counted,
        }),
        first_alignment: first.map(|figures| in_order(figures, Attendees)),
        final_alignment: last.map(|figures| in_order(figures, Attendees)),
        awards: awards.map(|figures| in_order(figures, Delegates)),
        claimed: claimed.map(|figures| in_order(figures, Equivalents)),
        ..Sheet::default()
    })
}

fn in_order<F, T>(figures: std::collections::BTreeMap<u16, F>, of: impl Fn(F) -> T) -> ByGroup<T> {
    ByGroup::new(
        figures
            .into_iter()
            .map(|(number, figure)| (group(number), of(figure)))
            .collect(),
    )
    .unwrap()
}

proptest! {
    #[test]
    fn no_sheet_makes_the_checks_panic(sheet in any_sheet(), electing in any::<u16>(), is_site in any::<bool>()) {
        let place = if is_site { Place::Satellite } else { precinct(electing) };
        let rules = Ruleset::iowa_2020();
        let findings = check_sheet(&rules, place, county_ratio(Delegates(u16::MAX), Delegates(1)), 14, &sheet);
        for finding in &findings {
            let message = finding.message(&|group| group.to_string());
            prop_assert!(!message.is_empty());
        }
        prop_assert!(findings.is_sorted_by_key(|finding| finding.code));
        let _ = check_revision(&rules, place, &sheet, &Sheet::default());
        let _ = figures_key(&sheet);
    }

    #[test]
    fn people_are_conserved_or_the_checks_say_so(
        first in prop::collection::vec(0_u32..200, 1..15),
        last in prop::collection::vec(0_u32..200, 1..15),
    ) {
        let (before, after): (u32, u32) = (first.iter().sum(), last.iter().sum());
        prop_assume!(before > 0 && after > 0);
        let findings = found(9, &sheet(&first, &last, &[9]));
        let has = |code| findings.iter().find(|finding| finding.code == code).map(|finding| finding.severity);
        prop_assert_eq!(has(Code::V01).is_some(), after > before);
        let expected = (after < before).then(|| {
            if (before - after) * 10 > before { Severity::Warn } else { Severity::Inform }
        });
        prop_assert_eq!(has(Code::V03), expected);
    }
}
