//! The list that a room of callers works from, by whole commands.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::fs;

use serde_json::Value;

use crate::support::centre::{Centre, Rules, sheet};
use crate::support::text;

const CHAIRS: &str = "county,precinct,name,phone\n\
    Adams,Adams 1,Ann Ames,515-555-0142\n\
    adams,ADAMS 2,\"Beck, Bo\",515-555-0199\n";

fn room() -> Centre {
    let centre = Centre::bare(Rules {
        kind: "rehearsal",
        ..Rules::default()
    });
    centre.enrol("olga", "Olga", "operator", &[]);
    centre.enrol("omar", "Omar", "operator", &[]);
    centre
}

/// Writes a list of chairs, and gives back where it lies.
fn list(centre: &Centre, chairs: &str) -> std::path::PathBuf {
    let path = centre.path("chairs.csv");
    fs::write(&path, chairs).unwrap();
    path
}

fn outstanding(centre: &Centre, further: &[&str]) -> Value {
    centre.json("olga", &[&["outstanding"], further].concat())
}

/// The precincts of a list, in its order.
fn precincts(answer: &Value) -> Vec<&str> {
    let rows = answer["precincts"].as_array().unwrap().iter();
    rows.map(|row| row["precinct"].as_str().unwrap()).collect()
}

#[test]
fn the_list_says_what_is_missing_whom_to_call_and_whose_turn_it_is() {
    let centre = room();
    centre.done("rhea", &["call", "phones", text(&list(&centre, CHAIRS))]);
    let paper = sheet("Adams", "Adams 3", 24, 16, [4, 3]);
    fs::write(centre.path("sheet.json"), paper.to_string()).unwrap();
    let file = centre.path("sheet.json");
    centre.done("omar", &["enter", "--file", text(&file), "--channel", "paper"]);
    let all = outstanding(&centre, &[]);
    assert!(all["contest"].as_str().unwrap().starts_with("REHEARSAL"));
    assert_eq!(
        precincts(&all),
        [
            "Adams 1", "Adams 2", "Boone 1", "Boone 2", "Site 1", "Site 2", "Adams 3"
        ],
        "whoever lacks everything comes first"
    );
    assert_eq!(all["precincts"][6]["missing"], "second photo");
    let county = &all["counties"][0];
    assert_eq!((&county["name"], &county["precincts"]), (&"Adams".into(), &3.into()));
    assert_eq!(
        (&county["missing"]["awaiting"], &county["missing"]["second"]),
        (&2.into(), &1.into())
    );
    assert_eq!(precincts(&outstanding(&centre, &["--missing", "second"])), ["Adams 3"]);
    assert_eq!(
        precincts(&outstanding(&centre, &["--county", "boone"])),
        ["Boone 1", "Boone 2"]
    );
    centre.refused("olga", &["outstanding", "--missing", "patience"], "no-such-lack");

    let note = |precinct: &str, further: &[&str]| {
        let args = [&["call", "note", "Adams", precinct], further].concat();
        centre.json("olga", &args)
    };
    let noted = note(
        "Adams 1",
        &["--note", "no answer", "--next-call", "+20m", "--owner", "Omar"],
    );
    assert_eq!((&noted["person"], &noted["owner"]), (&"Olga".into(), &"Omar".into()));
    note("Adams 2", &["--note", "busy", "--next-call", "+0m"]);
    // Who calls, alone: that is no call.
    assert!(note("Adams 3", &["--owner", "Olga"])["called_at"].is_null());
    let adams = outstanding(&centre, &["--county", "Adams"]);
    assert_eq!(precincts(&adams), ["Adams 3", "Adams 2", "Adams 1"]);
    let (busy, called) = (&adams["precincts"][1], &adams["precincts"][2]);
    assert_eq!((&busy["overdue"], &called["overdue"]), (&true.into(), &false.into()));
    assert_eq!(
        (&called["last_caller"], &called["note"]),
        (&"Olga".into(), &"no answer".into())
    );
    assert_eq!(precincts(&outstanding(&centre, &["--mine"])), ["Adams 3"]);
    let mine = centre.json("omar", &["outstanding", "--mine"]);
    assert_eq!(precincts(&mine), ["Adams 1"]);

    let shown = centre.done("olga", &["outstanding"]);
    for expected in [
        "REHEARSAL",
        "7 precincts are outstanding",
        "Adams, Adams 2 (A2): awaiting",
        "OVERDUE since",
        "Beck, Bo, 515-555-0199",
        "Ann Ames, 515-555-0142; Omar calls",
        "Olga: no answer",
        "together",
    ] {
        assert!(shown.contains(expected), "{expected}:\n{shown}");
    }
    let wide = shown.lines().filter(|line| line.chars().count() > 80);
    assert_eq!(wide.collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn a_list_of_numbers_is_taken_as_a_whole_and_a_fault_is_named_by_its_line() {
    let centre = room();
    let long = format!("Adams,Adams 1,Ann,{}", "5".repeat(2_001));
    for (rows, line, says) in [
        (
            "Adams,Adams 1,Ann,1\n\nAdams,Adams 9,Bo,2\n",
            4,
            "no precinct \"Adams 9\"",
        ),
        ("Erewhon,Adams 1,Ann,1\n", 2, "no county or pool \"Erewhon\""),
        (
            "Adams,Adams 1,Ann,1\nAdams,adams 1,Bo,2\n",
            3,
            "stands on line 2 already",
        ),
        ("Adams,Adams 1,Ann\n", 2, "4 fields"),
        ("Adams,Adams 1,\u{7},1\n", 2, "hidden characters"),
        (&long, 2, "too long"),
    ] {
        let file = list(&centre, &format!("county,precinct,name,phone\n{rows}"));
        let said = centre.refused("rhea", &["call", "phones", text(&file)], "phones-line");
        assert!(
            said.contains(&format!("line {line}: ")) && said.contains(says),
            "{rows}: {said}"
        );
    }
    let file = list(&centre, "county,precinct,phone,name\nAdams,Adams 1,1,Ann\n");
    centre.refused("rhea", &["call", "phones", text(&file)], "phones-header");
    let file = list(&centre, CHAIRS);
    centre.refused("olga", &["call", "phones", text(&file)], "wrong-role");
    let nobody = outstanding(&centre, &[]);
    assert!(
        nobody["precincts"]
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["phone"] == "")
    );
    let written = centre.json("rhea", &["call", "phones", text(&file)]);
    assert_eq!((&written["chairs"], &written["changed"]), (&2.into(), &2.into()));
    let written = centre.json("rhea", &["call", "phones", text(&file)]);
    assert_eq!(written["changed"], 0);
}

#[test]
fn a_call_is_noted_at_a_time_that_people_say_and_about_somebody_who_is_there() {
    let centre = room();
    let note = |further: &[&'static str]| [&["call", "note", "Adams", "Adams 1"], further].concat();
    for time in ["soon", "20", "25:00"] {
        let args = [&note(&["--note", "busy", "--next-call"])[..], &[time]].concat();
        centre.refused("olga", &args, "bad-call-time");
    }
    centre.refused("olga", &note(&[]), "nothing-noted");
    centre.refused("olga", &note(&["--owner", "Nobody"]), "no-such-person");
    centre.refused(
        "olga",
        &["call", "note", "Adams", "Adams 9", "--note", "busy"],
        "no-precinct",
    );
    let said = centre.done(
        "olga",
        &note(&["--note", "busy", "--next-call", "2028-02-07T21:30:00-06:00"]),
    );
    assert!(said.contains("next call 2028-02-07T21:30:00-06:00"), "{said}");
    assert!(said.contains("Nothing of it is in the log."), "{said}");
}

#[test]
fn calls_and_numbers_survive_a_kill_of_the_server_and_are_nowhere_in_the_log() {
    let mut centre = room();
    centre.done("rhea", &["call", "phones", text(&list(&centre, CHAIRS))]);
    centre.done(
        "olga",
        &["call", "note", "Adams", "Adams 1", "--note", "the line is dead"],
    );
    centre.kill();
    // A line that was torn off in a power cut was answered to nobody.
    let notebook = centre.data().join("notebook");
    let mut whole = fs::read(&notebook).unwrap();
    whole.extend(b"0123456789abcdef [{\"at\":{\"county\":0,\"num");
    fs::write(&notebook, whole).unwrap();
    centre.start();
    let row = outstanding(&centre, &["--county", "Adams"])["precincts"][2].take();
    assert_eq!(
        (&row["chair"], &row["note"]),
        (&"Ann Ames".into(), &"the line is dead".into())
    );
    let bundle = centre.path("night.tallylog");
    let ended = support::run(&["bundle", "--server", centre.url(), "--output", text(&bundle)]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let bytes = fs::read(&bundle).unwrap();
    let has = |words: &str| bytes.windows(words.len()).any(|part| part == words.as_bytes());
    assert!(has("Olga"), "names of the log can be read in its bundle");
    for secret in ["515-555-0142", "Ann Ames", "the line is dead"] {
        assert!(!has(secret), "{secret}");
    }
}
