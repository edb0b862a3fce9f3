//! The operators' desk by whole commands: found, claimed, typed, read back, signed; twice, and the second time blind.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::fs;
use std::process::Stdio;

use serde_json::Value;

use crate::support::centre::{Centre, Rules, sheet};
use crate::support::terminal::{Terminal, plain};
use crate::support::{Ended, text};

const PHONE: [&str; 5] = ["--channel", "phone", "--caller", "called-back", "--read-back"];

/// A rehearsal with two operators and a reviewer.
fn desk() -> Centre {
    let centre = Centre::bare(Rules {
        kind: "rehearsal",
        ..Rules::default()
    });
    centre.enrol("olga", "Olga", "operator", &[]);
    centre.enrol("omar", "Omar", "operator", &[]);
    centre.enrol("vera", "Vera", "reviewer", &[]);
    centre
}

/// The arguments by which a worksheet of the first precinct with so many people in two groups is entered.
fn entering<'a>(file: &'a std::path::Path, [alder, birch]: [u32; 2], how: &[&'a str]) -> Vec<&'a str> {
    let paper = sheet("Adams", "Adams 1", alder, birch, [2, 2]);
    fs::write(file, paper.to_string()).unwrap();
    [&["enter", "--file", text(file)], how].concat()
}

/// How many entries of operators the first precinct has.
fn versions(centre: &Centre) -> usize {
    let page = centre.public(&["precinct", "Adams", "Adams 1"]);
    page["versions"].as_array().unwrap().len()
}

/// What a precinct looks like to somebody who looks for it.
fn found(centre: &Centre, device: &str, words: &str) -> Value {
    let mut found = centre.json(device, &["enter", "--find", words]);
    assert!(found["contest"].as_str().unwrap().starts_with("REHEARSAL"));
    found["precincts"][0].take()
}

#[test]
fn a_call_is_entered_by_one_operator_and_a_photo_of_it_by_another_who_is_told_no_figure() {
    let centre = desk();
    let file = centre.path("sheet.json");
    assert_eq!(found(&centre, "olga", "a1")["entered_by"], "");

    let first = centre.json("olga", &entering(&file, [20, 20], &PHONE));
    for (field, expected) in [
        ("state", "received"),
        ("what", "entry"),
        ("county", "Adams"),
        ("precinct", "Adams 1"),
        ("channel", "phone"),
        ("caller", "called-back"),
        ("beside_others", "alone"),
    ] {
        assert_eq!(first[field], expected, "{first}");
    }
    assert_eq!(first["read_back"], true);
    assert_eq!(first["words"].as_str().unwrap().split(' ').count(), 4);
    let known = found(&centre, "omar", "adams 1");
    assert!(
        known["entered_by"].as_str().unwrap().starts_with("by Olga (phone"),
        "{known}"
    );
    assert_eq!(known["waits_for_second"], true);
    assert_eq!(found(&centre, "olga", "adams 1")["refusal_code"], "same-person");

    // Again, as a script would: nothing more is signed. Other figures are refused before anything is.
    let again = centre.json("olga", &entering(&file, [20, 20], &PHONE));
    assert_eq!(again["entry"], first["entry"]);
    centre.refused("olga", &entering(&file, [24, 16], &PHONE), "same-person");

    let args = entering(&file, [22, 18], &["--channel", "photo"]);
    let ended = centre.run("omar", &args);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(
        ended.out.contains("IT DIFFERS") && ended.out.contains("A reviewer"),
        "{}",
        ended.out
    );
    let said = ended.out + &ended.err;
    assert!(!shows(&said, "20"), "a figure of the first entry is shown:\n{said}");
    assert_eq!(versions(&centre), 2);
    centre.verify();
}

#[test]
fn two_who_agree_confirm_a_precinct() {
    let centre = desk();
    let file = centre.path("sheet.json");
    centre.done("olga", &entering(&file, [20, 20], &PHONE));
    let second = centre.json("omar", &entering(&file, [20, 20], &["--channel", "paper"]));
    assert_eq!(second["beside_others"], "agrees");
    assert_eq!(second["caller"], "none");
    assert_eq!(found(&centre, "omar", "adams 1")["confirmed"], true);
}

#[test]
fn what_was_not_said_is_asked_for_before_anything_is_signed() {
    let centre = desk();
    let file = centre.path("sheet.json");
    for (how, code) in [
        (&[][..], "no-channel"),
        (&["--channel", "phone"], "no-caller-check"),
        (&["--channel", "phone", "--caller", "none"], "no-caller-check"),
        (&["--channel", "photo", "--caller", "passphrase"], "nobody-called"),
        (&["--channel", "paper", "--read-back"], "nobody-called"),
        (&["--channel", "paper", "--confirm", "V11"], "confirmed-in-vain"),
    ] {
        centre.refused("olga", &entering(&file, [20, 20], how), code);
    }
    let paper = &["--channel", "paper"];
    centre.refused("vera", &entering(&file, [20, 20], paper), "not-an-operator");
    centre.refused("olga", &["enter"], "nothing-to-enter");
    centre.refused(
        "olga",
        &["enter", "--leave", "--precinct", "Adams 1"],
        "no-precinct-said",
    );
    // Three of four delegates: it blocks until somebody says that the paper says so.
    let short = sheet("Adams", "Adams 1", 20, 20, [2, 1]);
    fs::write(&file, short.to_string()).unwrap();
    let args = ["enter", "--file", text(&file), "--channel", "paper"];
    let said = centre.refused("olga", &args, "check-the-paper");
    assert!(said.contains("V10"), "{said}");
    let dry = centre.run("olga", &[&args[..], &["--dry-run", "--format", "json"]].concat());
    assert_eq!(dry.code, Some(1), "{}", dry.err);
    let dry: Value = serde_json::from_str(&dry.out).unwrap();
    let codes: Vec<_> = dry["discrepancies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| &found["code"])
        .collect();
    assert!(codes.iter().any(|code| *code == "V10"), "{codes:?}");
    assert_eq!(versions(&centre), 0);
    let template = centre.done(
        "olga",
        &[
            "enter",
            "--print-template",
            "--county",
            "adams",
            "--precinct",
            "adams 1",
        ],
    );
    assert!(template.contains("\"precinct\": \"Adams 1\""), "{template}");
}

/// Runs a command at a server that is perhaps gone.
fn at(centre: &Centre, device: &str, args: &[&str], url: &str) -> Ended {
    let mut command = support::tallylog();
    command
        .args(args)
        .args(["--device", text(&centre.device(device)), "--server", url]);
    if args[0] == "enter" {
        command.args(["--passphrase-file", text(&centre.passphrase())]);
    }
    command.stdin(Stdio::null()).output().unwrap().into()
}

#[test]
fn an_entry_that_could_not_be_sent_is_kept_and_is_in_the_log_once_however_often_it_is_tried() {
    let mut centre = desk();
    let file = centre.path("sheet.json");
    let gone = centre.url().to_owned();
    centre.kill();
    let patience = [&PHONE[..], &["--patience", "0"]].concat();
    let args = entering(&file, [20, 20], &patience);
    for _ in 0..2 {
        let ended = at(&centre, "olga", &args, &gone);
        assert_eq!(ended.code, Some(2), "{}", ended.err);
        assert!(ended.err.contains("[not-received]"), "{}", ended.err);
        assert!(ended.out.contains("Adams, Adams 1: entry SAVED HERE"), "{}", ended.out);
    }
    let other = at(&centre, "olga", &entering(&file, [24, 16], &patience), &gone);
    assert!(other.err.contains("[entry-waits]"), "{}", other.err);

    centre.start();
    let url = centre.url().to_owned();
    let listed = at(&centre, "olga", &["outbox", "list", "--format", "json"], &url);
    let listed: Value = serde_json::from_str(&listed.out).unwrap();
    let items = listed["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{items:?}");
    assert_eq!(
        (&items[0]["what"], &items[0]["precinct"]),
        (&"entry".into(), &"Adams 1".into())
    );
    let sent = at(&centre, "olga", &["outbox", "send"], &url);
    assert_eq!(sent.code, Some(0), "{}", sent.err);
    let again = centre.json("olga", &entering(&file, [20, 20], &PHONE));
    assert_eq!(again["state"], "received");
    assert_eq!(versions(&centre), 1);
}

/// What is asked of a worksheet of the first precinct, and what is typed.
fn worksheet(alder: &str, birch: &str) -> Vec<(&'static str, String)> {
    let typed = |question, answer: &str| (question, answer.to_owned());
    let groups = |alder: &str, birch: &str| {
        [
            typed("Alder", alder),
            typed("Birch", birch),
            typed("Cedar", ""),
            typed("Uncommitted", ""),
        ]
    };
    let mut all = vec![
        typed("Delegates to elect", "4"),
        typed("People who attended", "40"),
        typed("yes or no", "yes"),
        typed("needed to be viable", "6"),
    ];
    all.extend(groups(alder, birch));
    all.extend(groups(alder, birch));
    all.extend(groups("2", "2"));
    all
}

fn types(terminal: &mut Terminal, answers: &[(&str, String)]) {
    for (question, answer) in answers {
        terminal.answer(question, answer);
    }
}

/// Corrects the row of a group to 20 people; its delegates stay.
fn correct(terminal: &mut Terminal, row: &str, group: &str) {
    terminal.answer("number to correct", row);
    for figure in ["20", "20", ""] {
        terminal.answer(group, figure);
    }
}

/// Lines that are too long for a terminal of 80 columns, apart from paths of this machine.
fn wide(said: &str) -> Vec<String> {
    let lines = said
        .lines()
        .map(plain)
        .filter(|line| !line.contains("The receipt is kept in"));
    lines.filter(|line| line.chars().count() > 80).collect()
}

/// Whether a figure is shown. Times of the day and dates stay whole: an hour is no figure.
fn shows(said: &str, figure: &str) -> bool {
    let apart = |c: char| !(c.is_alphanumeric() || c == ':' || c == '-');
    said.split(apart).any(|word| word.trim_matches([':', '-']) == figure)
}

#[test]
fn a_figure_is_found_where_it_is_shown_and_an_hour_is_none() {
    for said in ["Alder 20; Birch 16", "Alder: 20", "together 20.", "20"] {
        assert!(shows(said, "20"), "{said}");
    }
    for said in [
        "entered by Olga (phone, 11-20 20:19)",
        "taken at 2026-11-26T20:20:20-06:00",
        "120",
    ] {
        assert!(!shows(said, "20"), "{said}");
    }
}

#[test]
fn a_call_is_walked_through_at_a_terminal_and_so_is_a_second_entry_that_differs() {
    let centre = desk();
    fs::write(
        centre.path("chairs.csv"),
        "county,precinct,name,phone\nAdams,Adams 1,Ann Ames,515-555-0142\n",
    )
    .unwrap();
    centre.done("rhea", &["call", "phones", text(&centre.path("chairs.csv"))]);

    let Some(olga) = Terminal::run(&centre.command("olga", &["enter"])) else {
        return;
    };
    walk_first(olga);
    walk_second(&centre);
    let page = centre.public(&["precinct", "Adams", "Adams 1"]);
    let versions = page["versions"].as_array().unwrap().iter();
    let attendance: Vec<_> = versions.map(|version| &version["attendance"]).collect();
    assert_eq!(attendance, [40, 40]);
    centre.verify();
}

/// An entry by telephone. The caller hears a mistake when it is read back.
fn walk_first(mut olga: Terminal) {
    olga.answer("Precinct?", "adams");
    olga.answer("Which?", "1");
    olga.sees("not entered yet");
    olga.answer("How did it come?", "phone");
    olga.sees("Ann Ames, 515-555-0142");
    olga.answer("Who is calling?", "back");
    types(&mut olga, &worksheet("24", "16"));
    olga.answer("number to correct", "sign");
    olga.sees("Read this to the caller");
    olga.sees("First alignment: Alder 24; Birch 16; no others; together 40.");
    // The caller hears a mistake. The line is corrected, and read again.
    olga.answer("agree to all of it?", "no");
    correct(&mut olga, "4", "Alder");
    correct(&mut olga, "5", "Birch");
    olga.answer("number to correct", "sign");
    olga.sees("First alignment: Alder 20; Birch 20; no others; together 40.");
    olga.answer("agree to all of it?", "yes");
    olga.sees("entry RECEIVED");
    olga.sees("Short words:");
    olga.sees("another operator makes a second entry");
    // Her own precinct is refused before she types.
    olga.answer("Precinct?", "a1");
    olga.sees("You may not enter it");
    olga.sees("[same-person]");
    olga.answer("Precinct?", "quit");
    let (code, said) = olga.end();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("REHEARSAL"), "{said}");
    assert_eq!(wide(&said), Vec::<String>::new());
}

/// A second entry from a photo, with other figures.
fn walk_second(centre: &Centre) {
    let mut omar =
        Terminal::run(&centre.command("omar", &["enter", "--county", "Adams", "--precinct", "Adams 1"])).unwrap();
    omar.sees("by Olga (phone");
    omar.sees("This is the second entry");
    omar.answer("How did it come?", "photo");
    types(&mut omar, &worksheet("22", "18"));
    omar.answer("number to correct", "sign");
    omar.sees("Read this against the photo");
    omar.answer("exactly this?", "yes");
    omar.sees("IT DIFFERS");
    let (code, said) = omar.end();
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(wide(&said), Vec::<String>::new());
    assert!(
        !shows(&said, "20") && !shows(&said, "24"),
        "a figure of the first entry is shown:\n{said}"
    );
}

#[test]
fn what_was_typed_survives_a_kill_of_desk_and_server_and_goes_to_another_operator_with_its_hands() {
    let mut centre = desk();
    let Some(mut olga) = Terminal::run(&centre.command("olga", &["enter"])) else {
        return;
    };
    olga.answer("Precinct?", "adams 1");
    olga.answer("How did it come?", "paper");
    let answers = worksheet("22", "18");
    types(&mut olga, &answers[..6]);
    olga.sees("Cedar");
    // Whoever pulls the plug has typed all of that.
    drop(olga);
    centre.kill();
    centre.start();
    let mut olga = Terminal::run(&centre.command("olga", &["enter", "--resume"])).unwrap();
    olga.answer("How did it come?", "paper");
    olga.sees("What was typed before is taken up again.");
    olga.sees("Delegates to elect, on the worksheet [4]");
    olga.answer("", "quit");
    olga.answer("Enter, - or a name", "Nobody");
    olga.sees("[no-such-person]");
    olga.answer("Enter, - or a name", "Omar");
    olga.sees("Done.");
    let (code, said) = olga.end();
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(fs::read_dir(centre.device("olga").join("drafts")).unwrap().count(), 0);

    let known = found(&centre, "olga", "adams 1");
    assert_eq!(
        (&known["on_it"], &known["refusal_code"]),
        (&"Omar".into(), &"claimed".into())
    );
    let mut omar = Terminal::run(&centre.command("omar", &["enter", "--resume"])).unwrap();
    omar.answer("How did it come?", "paper");
    omar.sees("Olga typed before you.");
    for (at, (question, answer)) in answers.iter().enumerate() {
        omar.answer(question, if at < 6 { "" } else { answer });
    }
    omar.answer("number to correct", "sign");
    omar.answer("exactly this?", "yes");
    omar.sees("entry RECEIVED");
    let (code, said) = omar.end();
    assert_eq!(code, Some(0), "{said}");
    // Whoever typed has a hand in it.
    let file = centre.path("sheet.json");
    centre.refused(
        "olga",
        &entering(&file, [22, 18], &["--channel", "paper"]),
        "same-person",
    );
}

#[test]
fn a_precinct_that_somebody_left_is_given_back_or_freed_by_a_reviewer() {
    let centre = desk();
    let place = ["--county", "Adams", "--precinct", "Adams 1"];
    let Some(mut olga) = Terminal::run(&centre.command("olga", &[&["enter"], &place[..]].concat())) else {
        return;
    };
    olga.sees("How did it come?");
    drop(olga);
    let file = centre.path("sheet.json");
    let paper = ["--channel", "paper"];
    let said = centre.refused("omar", &entering(&file, [22, 18], &paper), "claimed");
    assert!(said.contains("Olga is entering this precinct already"), "{said}");
    centre.refused("omar", &[&["enter", "--leave"], &place[..]].concat(), "claimed");
    centre.done("vera", &[&["enter", "--leave"], &place[..]].concat());
    centre.done("omar", &entering(&file, [22, 18], &paper));
    centre.refused(
        "olga",
        &[&["enter", "--hand-over", "Omar"], &place[..]].concat(),
        "no-draft",
    );
}
