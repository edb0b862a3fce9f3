//! The course of a night by whole commands: pauses, amendments of the roster, certification; inquiries; following it.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::fs;

use serde_json::{Value, json};

use crate::support::centre::{Centre, Rules, sheet};
use crate::support::{run, text};

/// A chair with a device reports a precinct: 20 for Alder, 20 for Birch, two delegates each.
fn report(centre: &Centre, device: &str, precinct: &str) {
    centre.chair(device, "Adams", precinct);
    centre.done(
        device,
        &["report", "--file", text(&worksheet(centre, precinct, [2, 2]))],
    );
}

fn worksheet(centre: &Centre, precinct: &str, awards: [u32; 2]) -> std::path::PathBuf {
    let file = centre.path(&format!("{precinct}.json"));
    fs::write(&file, sheet("Adams", precinct, 20, 20, awards).to_string()).unwrap();
    file
}

/// What was said of the night's course: of each, what it was, and the words.
fn night(centre: &Centre) -> Vec<(String, String)> {
    let shown = centre.public(&["night", "show"]);
    let of = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
    let lines = shown.as_array().unwrap().iter();
    lines.map(|line| (of(line, "what"), of(line, "text"))).collect()
}

#[test]
fn a_pause_is_public_keeps_reports_waiting_and_ends_with_a_notice() {
    let centre = Centre::new(Rules::default());
    centre.chair("cher", "Adams", "Adams 1");
    let pause = ["night", "pause", "--notice", "A fire alarm: everybody is out."];
    centre.refused("olga", &pause, "wrong-role");
    centre.refused("vera", &pause, "wrong-role");
    centre.done("rolf", &pause);
    centre.refused("rolf", &pause, "already-paused");
    let (what, text_of_it) = night(&centre).pop().unwrap();
    assert_eq!(
        (what.as_str(), text_of_it.as_str()),
        ("paused", "A fire alarm: everybody is out.")
    );
    let file = worksheet(&centre, "Adams 1", [2, 2]);
    let waiting = centre.run("cher", &["report", "--patience", "0", "--file", text(&file)]);
    assert_eq!(waiting.code, Some(2), "{}", waiting.err);
    assert_eq!(centre.public(&["totals"])["precincts"]["reported"], 0);
    centre.done("rolf", &["night", "resume", "--notice", "All are back."]);
    centre.refused("rolf", &["night", "resume", "--notice", "Again."], "not-paused");
    centre.done("cher", &["outbox", "send"]);
    assert_eq!(centre.public(&["totals"])["precincts"]["reported"], 1);
    let said: Vec<_> = night(&centre).into_iter().map(|(what, _)| what).collect();
    assert_eq!(said, ["paused", "resumed"]);
    centre.verify();
}

#[test]
fn the_roster_is_amended_with_authority_and_a_document_and_figures_follow() {
    let centre = Centre::new(Rules::default());
    report(&centre, "cher", "Adams 1");
    let document = centre.path("order.pdf");
    fs::write(&document, "%PDF-the order").unwrap();
    let evidence = ["--evidence", text(&document)];
    let amend = [
        "night",
        "amend-delegates",
        "Adams",
        "--delegates",
        "Adams 1=6",
        "--county-delegates",
        "17",
        "--authority",
        "Order 7",
        "--reason",
        "a misprint in the call",
    ];
    let amend = [&amend[..], &evidence].concat();
    centre.refused("olga", &amend, "wrong-role");
    centre.done("rolf", &amend);
    let precinct = centre.public(&["precinct", "Adams", "Adams 1"]);
    assert_eq!(precinct["county_delegates"], 6, "{precinct}");
    // Four were awarded where six are to be elected now.
    let found = centre.public(&["discrepancies", "--county", "Adams"]);
    let codes: Vec<_> = found.as_array().unwrap().iter().map(|found| &found["code"]).collect();
    assert!(
        codes.contains(&&json!("V12")) || codes.contains(&&json!("V11")),
        "{found}"
    );
    let withdraw = [
        "night",
        "withdraw-candidate",
        "Cedar",
        "--authority",
        "Letter of the campaign",
        "--reason",
        "withdrew this afternoon",
    ];
    let withdraw = [&withdraw[..], &evidence].concat();
    centre.done("rolf", &withdraw);
    centre.refused("rolf", &withdraw, "bad-amendment");
    assert_eq!(night(&centre).len(), 2);
    centre.verify();
}

#[test]
fn certification_ends_reports_and_names_the_release_that_stands() {
    let centre = Centre::new(Rules::default());
    for (device, precinct) in [("c1", "Adams 1"), ("c2", "Adams 2")] {
        report(&centre, device, precinct);
    }
    centre.done("vera", &["release", "--name", "final", "--yes"]);
    let statement = centre.path("statement.pdf");
    fs::write(&statement, "%PDF-certified").unwrap();
    let certify = [
        "night",
        "certify",
        "final",
        "--statement",
        "The committee certifies these results.",
        "--evidence",
        text(&statement),
    ];
    centre.refused("olga", &certify, "wrong-role");
    let unknown = certify.map(|word| if word == "final" { "another" } else { word });
    centre.refused("rolf", &unknown, "not-a-release");
    centre.done("rolf", &certify);
    let (what, words) = night(&centre).pop().unwrap();
    assert!(what == "certified" && words.contains("\"final\""), "{what}: {words}");
    centre.chair("late", "Adams", "Adams 3");
    let file = centre.path("late.json");
    fs::write(&file, sheet("Adams", "Adams 3", 20, 20, [4, 3]).to_string()).unwrap();
    let late = centre.run(
        "late",
        &["report", "--patience", "0", "--confirm", "V13", "--file", text(&file)],
    );
    assert_ne!(late.code, Some(0));
    assert_eq!(centre.public(&["totals"])["precincts"]["reported"], 2);
    centre.verify();
}

#[test]
fn an_inquiry_stands_on_its_precinct_until_it_is_answered() {
    let centre = Centre::new(Rules::default());
    report(&centre, "cher", "Adams 1");
    let figures = worksheet(&centre, "Adams 1", [3, 1]);
    let file = [
        "inquiry",
        "file",
        "Adams",
        "Adams 1",
        "--question",
        "Our captain counted three for Alder.",
        "--file",
        text(&figures),
    ];
    centre.refused("olga", &file, "wrong-role");
    let filed = centre.json("ada", &file);
    let entry = filed["receipt"].to_string();
    let open = centre.json("bo", &["inquiry", "list", "--open"]);
    assert_eq!(open.as_array().unwrap().len(), 1, "{open}");
    centre.done("vera", &["release", "--name", "first", "--yes"]);
    let releases = centre.public(&["releases"]);
    assert_eq!(releases[0]["open_inquiries"], 1, "{releases}");
    let answer = ["inquiry", "answer", &entry, "--text", "The paper says two and two."];
    centre.refused("bo", &answer, "wrong-role");
    centre.done("vera", &answer);
    centre.refused("vera", &answer, "no-such-inquiry");
    let open = centre.json("ada", &["inquiry", "list", "--open"]);
    assert_eq!(open, json!([]));
    let all = centre.json("ada", &["inquiry", "list"]);
    assert_eq!(all[0]["answer"], "The paper says two and two.");
    centre.verify();
}

#[test]
fn whoever_watches_goes_on_where_they_were_and_notices_another_log() {
    let centre = Centre::new(Rules::default());
    let state = centre.path("watched");
    let watch = |more: &[&str]| {
        let told = [
            "watch",
            "--server",
            centre.url(),
            "--log-key",
            &centre.log_key,
            "--state",
            text(&state),
        ];
        run(&[&told, more].concat())
    };
    let size = |centre: &Centre| centre.public(&["totals"])["size"].as_u64().unwrap();
    let before = size(&centre).to_string();
    let first = watch(&["--until", &before]);
    assert_eq!(first.code, Some(0), "{}", first.err);
    report(&centre, "cher", "Adams 1");
    let after = size(&centre).to_string();
    let second = watch(&["--until", &after]);
    assert_eq!(second.code, Some(0), "{}", second.err);
    assert!(
        second.out.contains("report by app") && second.out.contains("Adams 1"),
        "{}",
        second.out
    );
    // What was told before is not told again.
    assert!(!second.out.contains("contest opened"), "{}", second.out);
    let other = Centre::bare(Rules::default());
    let told = [
        "watch",
        "--server",
        other.url(),
        "--until",
        "1",
        "--state",
        text(&state),
    ];
    let ended = run(&told);
    assert_eq!(ended.code, Some(1), "{}{}", ended.out, ended.err);
    assert!(ended.err.contains("[watch-"), "{}", ended.err);
}
