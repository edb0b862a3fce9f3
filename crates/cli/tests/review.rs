//! The reviewers' desk by whole commands: the life of a discrepancy, a ruling, and the five ways to settle two entries.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::fs;

use serde_json::{Value, json};

use crate::support::centre::{Centre, Rules, sheet};
use crate::support::text;

/// The codes that wait on a precinct.
fn waiting(centre: &Centre, precinct: &str) -> Vec<String> {
    let queue = centre.json("vera", &["review", "queue"]);
    let items = queue["items"].as_array().unwrap().iter();
    let here = items.filter(|item| item["precinct"] == precinct);
    here.map(|item| item["code"].as_str().unwrap().to_owned()).collect()
}

fn report(centre: &Centre, device: &str, sheet: &Value, confirm: &[&str]) {
    let precinct = sheet["precinct"].as_str().unwrap();
    centre.chair(device, sheet["county"].as_str().unwrap(), precinct);
    let file = centre.path("sheet.json");
    fs::write(&file, sheet.to_string()).unwrap();
    let mut args = vec!["report", "--file", text(&file)];
    for code in confirm {
        args.extend(["--confirm", code]);
    }
    centre.done(device, &args);
}

/// People of a group that was not viable went home.
fn some_left() -> Value {
    let mut sheet = sheet("Adams", "Adams 1", 20, 15, [2, 2]);
    sheet["attendance"] = json!(40);
    sheet["first_alignment"]["Cedar"] = json!(5);
    sheet
}

#[test]
fn a_discrepancy_is_accepted_opened_again_and_accepted_once_more_by_another() {
    let centre = Centre::new(Rules::default());
    report(&centre, "cher", &some_left(), &[]);
    assert_eq!(waiting(&centre, "Adams 1"), ["V03"]);
    let decide = |what| ["review", what, "Adams", "Adams 1", "V03", "--reason", "they went home"];
    centre.refused("vera", &decide("reopen"), "no-such-discrepancy");
    centre.refused("olga", &decide("accept"), "wrong-role");
    centre.done("vera", &decide("accept"));
    assert!(waiting(&centre, "Adams 1").is_empty());
    centre.refused("vera", &decide("accept"), "no-such-discrepancy");
    centre.done("viktor", &decide("reopen"));
    assert_eq!(waiting(&centre, "Adams 1"), ["V03"]);
    centre.done("viktor", &decide("accept"));
    let shown = centre.json("vera", &["review", "show", "Adams", "Adams 1"]);
    let decisions = shown["decisions"].as_array().unwrap().iter();
    let decisions: Vec<_> = decisions
        .map(|decision| (&decision["person"], &decision["what"]))
        .collect();
    let known = [("Vera", "accepted"), ("Viktor", "reopened"), ("Viktor", "accepted")];
    let known = known.map(|(person, what)| (json!(person), json!(what)));
    assert_eq!(decisions, known.each_ref().map(|(person, what)| (person, what)));
    centre.verify();
}

#[test]
fn what_blocks_is_never_accepted_and_ruled_on_with_a_document() {
    let centre = Centre::new(Rules::default());
    report(&centre, "cher", &sheet("Adams", "Adams 1", 30, 10, [2, 2]), &["V11"]);
    let rule = [
        "review",
        "rule",
        "Adams",
        "Adams 1",
        "V11",
        "--reason",
        "it stands",
        "--authority",
        "Ruling 3",
    ];
    let accept = ["review", "accept", "Adams", "Adams 1", "V11", "--reason", "it stands"];
    centre.refused("vera", &accept, "blocking-discrepancy");
    centre.refused("vera", &rule, "unjustified");
    let document = centre.path("ruling.pdf");
    fs::write(&document, "%PDF-the ruling").unwrap();
    centre.done("vera", &[&rule[..], &["--evidence", text(&document)]].concat());
    assert!(waiting(&centre, "Adams 1").is_empty());
    let made = centre.json("vera", &["release", "--name", "first", "--yes"]);
    assert_eq!(made["listed"], 1, "{made}");
    centre.verify();
}

/// Olga's script runs again: nothing is signed, and she is not told that hers counts.
fn what_was_set_aside_is_not_signed_again(centre: &Centre, file: &str, place: &[&str; 2]) {
    let said = centre.run("olga", &["enter", "--file", file, "--channel", "paper"]);
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    let is_told = said.out.contains("entry SET ASIDE") && !said.out.contains("RECEIVED");
    assert!(is_told, "{}", said.out);
    assert!(said.err.contains("Nothing new is signed"), "{}", said.err);
    let now = centre.public(&["precinct", place[0], place[1]]);
    assert_eq!(now["version_count"], 2, "{now}");
}

#[test]
fn two_entries_that_differ_are_settled_in_five_ways() {
    let centre = Centre::new(Rules::default());
    let places = [
        ("Adams", "Adams 1"),
        ("Adams", "Adams 2"),
        ("Boone", "Boone 1"),
        ("Boone", "Boone 2"),
        ("Adams", "Adams 3"),
    ];
    let awards = |precinct| match precinct {
        "Adams 3" => [[4, 3], [4, 3]],
        "Boone 1" | "Boone 2" => [[3, 2], [3, 2]],
        _ => [[2, 2], [2, 2]],
    };
    // What is left of both entries, and for whom a redo is kept.
    let ways = [
        ("keep-first", vec!["Olga"], ""),
        ("keep-second", vec!["Omar"], ""),
        ("redo-first", vec!["Omar"], "Olga"),
        ("redo-second", vec!["Olga"], "Omar"),
        ("discard-both", vec![], ""),
    ];
    let file = centre.path("sheet.json");
    for (number, ((county, precinct), (way, left, reserved))) in (0_u32..).zip(places.into_iter().zip(ways)) {
        // No two precincts of a county alike, and the two entries of each by one person.
        let (alder, birch) = (22 + number, 20 + number);
        for (device, more, awards) in [("olga", 0, awards(precinct)[0]), ("omar", 1, awards(precinct)[1])] {
            fs::write(&file, sheet(county, precinct, alder + more, birch, awards).to_string()).unwrap();
            centre.done(device, &["enter", "--file", text(&file), "--channel", "paper"]);
        }
        assert!(waiting(&centre, precinct).contains(&"V29".to_owned()), "{precinct}");
        let resolve = [
            "review",
            "resolve",
            county,
            precinct,
            way,
            "--reason",
            "as the paper says",
        ];
        centre.refused("olga", &resolve, "wrong-role");
        let by = &centre.json("vera", &resolve)["receipt"];
        assert!(!waiting(&centre, precinct).contains(&"V29".to_owned()), "{precinct}");
        let shown = centre.public(&["precinct", county, precinct]);
        for version in shown["versions"].as_array().unwrap() {
            let stands = left.contains(&version["author"].as_str().unwrap());
            let expected = if stands { &Value::Null } else { by };
            assert_eq!(&version["set_aside_by"], expected, "{way}: {version}");
        }
        let found = centre.json("olga", &["enter", "--find", precinct, "--county", county]);
        let here = &found["precincts"][0];
        let entered = here["entered_by"].as_str().unwrap();
        for person in ["Olga", "Omar"] {
            assert_eq!(entered.contains(person), left.contains(&person), "{way}: {here}");
        }
        assert_eq!(here["reserved_for"], reserved, "{way}: {here}");
        if way == "keep-second" {
            let again = sheet(county, precinct, alder, birch, awards(precinct)[0]);
            fs::write(&file, again.to_string()).unwrap();
            what_was_set_aside_is_not_signed_again(&centre, text(&file), &[county, precinct]);
        }
    }
    centre.verify();
}
