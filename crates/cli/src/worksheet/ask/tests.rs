//! The questions, as somebody answers them.

use tallylog_rules::{Attendance, Attendees, ByGroup, Delegates, GameMeans, Sheet};

use super::{Filled, fill};
use crate::worksheet::samples::{Script, caucus};
use crate::worksheet::{Caucus, beside};

/// Types a column: the figures given, and nothing in the other rows.
fn column(caucus: &Caucus, figures: &[&str]) -> Vec<String> {
    let mut typed: Vec<String> = figures.iter().map(|figure| (*figure).to_owned()).collect();
    typed.resize(caucus.groups().count(), String::new());
    typed
}

/// Fills in a sheet with these answers, and gives back how it ended with all that was said.
#[track_caller]
fn typed(caucus: &Caucus, from: Sheet, parts: &[Vec<String>]) -> (Option<Sheet>, String) {
    let answers: Vec<String> = parts.concat();
    let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
    let mut script = Script::new(&answers);
    let ended = fill(&mut script, caucus, from, &mut |_| Ok(())).unwrap();
    assert!(script.is_used_up(), "{}", script.said);
    match ended {
        Filled::Ready(sheet) => (Some(*sheet), script.said),
        Filled::Stopped => (None, script.said),
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn people(figures: &[u32]) -> Option<ByGroup<Attendees>> {
    ByGroup::numbered(figures.iter().copied().map(Attendees)).ok()
}

fn awards(figures: &[u16]) -> Option<ByGroup<Delegates>> {
    ByGroup::numbered(figures.iter().copied().map(Delegates)).ok()
}

fn sheet(room: u32, electing: u16, threshold: u32, first: &[u32], last: &[u32], won: &[u16]) -> Sheet {
    Sheet {
        attendance: Some(Attendance {
            people: Attendees(room),
            counted: true,
        }),
        first_alignment: people(first),
        final_alignment: people(last),
        awards: awards(won),
        worksheet_delegates: Some(Delegates(electing)),
        worksheet_threshold: Some(Attendees(threshold)),
        ..Sheet::default()
    }
}

#[test]
fn a_plain_worksheet_is_what_was_typed_with_the_rules_said_beside_it() {
    let caucus = caucus(7);
    let (filled, said) = typed(
        &caucus,
        Sheet::default(),
        &[
            words(&["7", "37", "yes", "6"]),
            column(&caucus, &["20", "10", "7"]),
            column(&caucus, &["20", "10", "7"]),
            column(&caucus, &["4", "2", "1"]),
            words(&["sign", "yes"]),
        ],
    );
    assert_eq!(filled, Some(sheet(37, 7, 6, &[20, 10, 7], &[20, 10, 7], &[4, 2, 1])));
    let (one, two, three) = three(&caucus);
    for expected in [
        "7 delegates, 37 people: a group needs 6 to be viable.".to_owned(),
        "Together 37 of 37 who attended.".to_owned(),
        format!("The rules give {one} 4, {two} 2, {three} 1."),
        "Together 7 of 7.".to_owned(),
        "The checks found nothing.".to_owned(),
        "REHEARSAL, not a real night".to_owned(),
    ] {
        assert!(flat(&said).contains(&expected), "{expected}\n{said}");
    }
    assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
}

fn three(caucus: &Caucus) -> (&str, &str, &str) {
    let mut names = caucus.groups().map(|(_, name)| name);
    (names.next().unwrap(), names.next().unwrap(), names.next().unwrap())
}

/// Without the line breaks, which fall where a name is long.
fn flat(said: &str) -> String {
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_swapped_column_is_shown_before_signing_and_corrected_without_touching_the_rest() {
    let caucus = caucus(7);
    let swapped = sheet(37, 7, 6, &[20, 10, 7], &[20, 0, 17], &[4, 0, 3]);
    let (filled, said) = typed(
        &caucus,
        swapped,
        &[
            words(&["sign", "no"]),
            // The second group's row: first stays, final and delegates are put right; then the third's.
            words(&["5", "", "10", "2"]),
            words(&["6", "", "7", "1"]),
            words(&["sign", "yes"]),
        ],
    );
    assert!(said.contains("V04 LOCKIN_BROKEN: BLOCKS"), "{said}");
    assert!(said.contains("Nothing is signed."), "{said}");
    assert_eq!(filled, Some(sheet(37, 7, 6, &[20, 10, 7], &[20, 10, 7], &[4, 2, 1])));
}

#[test]
fn what_blocks_is_signed_only_when_somebody_says_that_the_worksheet_says_so() {
    let caucus = caucus(7);
    let wrong = sheet(37, 7, 6, &[20, 10, 7], &[20, 10, 7], &[4, 2, 2]);
    let says = "Yes, the worksheet says so";
    let (filled, said) = typed(
        &caucus,
        wrong.clone(),
        &[words(&["sign", "yes", "sign", says, says, "yes"])],
    );
    assert!(
        said.contains("V09 SUM_OVER") && said.contains("V11 ALLOC_MISMATCH"),
        "{said}"
    );
    assert_eq!(filled, Some(wrong));
}

#[test]
fn a_game_of_chance_is_asked_for_where_the_rules_need_one_and_only_there() {
    let caucus = caucus(6);
    let figures = ["100", "50", "50"];
    let (filled, said) = typed(
        &caucus,
        Sheet::default(),
        &[
            words(&["6", "200", "yes", "30"]),
            column(&caucus, &figures),
            column(&caucus, &figures),
            words(&["coin", "2", "Ada Marsh, Ben Ortiz"]),
            column(&caucus, &["3", "2", "1"]),
            words(&["sign", "yes"]),
        ],
    );
    let (one, two, three) = three(&caucus);
    let (said, filled) = (flat(&said), filled.unwrap());
    assert!(
        said.contains(&format!(
            "{two} 1, {three} 1 stand equal: a game of chance decides 1 more"
        )),
        "{said}"
    );
    assert!(
        said.contains(&format!("The rules give {one} 3, {two} 2, {three} 1.")),
        "{said}"
    );
    assert_eq!(filled.games.len(), 1);
    let game = &filled.games[0];
    assert_eq!((game.means, game.delegates), (GameMeans::Coin, Delegates(1)));
    assert_eq!(caucus.list(&game.winners), two);
    assert_eq!(game.witnesses, ["Ada Marsh", "Ben Ortiz"]);
}

#[test]
fn where_the_room_elects_one_the_winner_is_asked_and_no_viability() {
    let caucus = caucus(1);
    let (filled, said) = typed(
        &caucus,
        Sheet::default(),
        &[
            words(&["1", "9", "yes"]),
            column(&caucus, &["5", "4"]),
            column(&caucus, &["5", "4"]),
            words(&["2", "sign", "yes"]),
        ],
    );
    let filled = filled.unwrap();
    assert!(said.contains("nobody needs to be viable"), "{said}");
    assert!(!said.contains("Were viable"), "{said}");
    assert!(said.contains("V14 ONE_DELEGATE: holds"), "{said}");
    let second = caucus.groups().nth(1).unwrap().0;
    assert_eq!(filled.awards, ByGroup::new(vec![(second, Delegates(1))]).ok());
    assert_eq!(filled.worksheet_threshold, None);
}

#[test]
fn one_can_go_back_and_an_empty_row_is_not_a_zero() {
    let caucus = caucus(7);
    let (filled, _) = typed(
        &caucus,
        Sheet::default(),
        &[
            // A slip in the attendance, seen one line later.
            words(&["7", "73", "<", "37", "yes", "6"]),
            column(&caucus, &["20", "10", "7", "0"]),
            column(&caucus, &["20", "10", "7"]),
            column(&caucus, &["4", "2", "1"]),
            words(&["sign", "yes"]),
        ],
    );
    let filled = filled.unwrap();
    assert_eq!(filled.attendance.unwrap().people, Attendees(37));
    assert_eq!(filled.first_alignment, people(&[20, 10, 7, 0]));
    assert_eq!(filled.final_alignment, people(&[20, 10, 7]));
}

#[test]
fn letters_and_figures_beyond_any_room_are_asked_again() {
    let caucus = caucus(7);
    let start = sheet(37, 7, 6, &[20, 10, 7], &[20, 10, 7], &[4, 2, 1]);
    let (filled, said) = typed(
        &caucus,
        start.clone(),
        &[words(&["2", "l2", "370000", "-1", "37", "yes", "99", "sign", "yes"])],
    );
    assert_eq!(filled, Some(start));
    assert!(
        said.contains("type digits only") && said.contains("No room has more than"),
        "{said}"
    );
}

#[test]
fn who_stops_signs_nothing_and_what_was_typed_is_kept() {
    let caucus = caucus(7);
    let mut script = Script::new(&["7", "37", "quit"]);
    let mut kept = Sheet::default();
    let mut keep = |sheet: &Sheet| {
        kept = sheet.clone();
        Ok(())
    };
    let ended = fill(&mut script, &caucus, Sheet::default(), &mut keep).unwrap();
    assert!(matches!(ended, Filled::Stopped));
    assert_eq!(kept.attendance.unwrap().people, Attendees(37));
}

#[test]
fn two_sheets_side_by_side_differ_where_they_differ() {
    let caucus = caucus(7);
    let old = sheet(37, 7, 6, &[20, 10, 7], &[20, 10, 7], &[4, 2, 1]);
    let new = sheet(38, 7, 6, &[20, 10, 8], &[20, 10, 7], &[4, 2, 1]);
    let rows = beside(&caucus, &old, &new);
    let differing: Vec<_> = rows.iter().filter(|row| row.old != row.new).collect();
    assert_eq!(differing.len(), 2);
    assert_eq!(
        (differing[0].old.as_str(), differing[0].new.as_str()),
        ("37, counted", "38, counted")
    );
    assert_eq!((differing[1].old.as_str(), differing[1].new.as_str()), ("7", "8"));
}
