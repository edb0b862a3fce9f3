//! Opening a contest, and enrolling its people, by whole commands.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a helper that fails fails its test, and says what it skips"
)]

mod support;

use std::fs;

use serde_json::json;

use crate::support::centre::{Centre, Rules, sheet};
use crate::support::{refused, run, text};

#[test]
fn a_contest_is_opened_served_and_reported_in_by_people_who_were_enrolled() {
    let centre = Centre::new(Rules::default());
    centre.chair("cher", "Adams", "Adams 1");
    let file = centre.path("sheet.json");
    fs::write(&file, sheet("Adams", "Adams 1", 20, 20, [2, 2]).to_string()).unwrap();
    centre.done("cher", &["report", "--file", text(&file)]);
    let totals = centre.public(&["totals"]);
    assert_eq!(totals["precincts"]["reported"], 1, "{totals}");
    centre.verify();
}

#[test]
fn a_key_that_is_not_enrolled_signs_nothing_and_nobody_but_a_registrar_enrols_it() {
    let centre = Centre::bare(Rules::default());
    centre.enrol("olga", "Olga", "operator", &[]);
    let request = centre.path("late.json");
    let (folder, passphrase) = (centre.device("late"), centre.passphrase());
    let new = [
        "key",
        "new",
        "--server",
        centre.url(),
        "--device",
        text(&folder),
        "--passphrase-file",
        text(&passphrase),
        "--person",
        "Lata",
        "--role",
        "operator",
        "--output",
        text(&request),
    ];
    assert_eq!(run(&new).code, Some(0));
    let add = ["key", "add", text(&request), "--role", "operator", "--yes"];
    centre.refused("late", &add, "unknown-key");
    centre.refused("olga", &add, "wrong-role");
    assert!(refused(&new, 2).contains("[device-taken]"));
    centre.done("rhea", &add);
    centre.refused("rhea", &add, "key-enrolled");
}

#[test]
fn a_device_goes_by_the_log_key_that_it_was_told() {
    let (one, other) = (Centre::bare(Rules::default()), Centre::bare(Rules::default()));
    let folder = one.device("wary");
    let said = refused(
        &[
            "key",
            "new",
            "--server",
            one.url(),
            "--log-key",
            &other.log_key,
            "--device",
            text(&folder),
            "--passphrase-file",
            text(&one.passphrase()),
            "--person",
            "Wary",
            "--role",
            "observer",
        ],
        2,
    );
    assert!(said.contains("[another-log-key]"), "{said}");
    assert!(!folder.exists());
}

#[test]
fn a_device_of_a_rehearsal_signs_nothing_in_a_real_contest() {
    let real = Centre::bare(Rules::default());
    let rehearsal = Centre::bare(Rules {
        kind: "rehearsal",
        ..Rules::default()
    });
    rehearsal.chair("cher", "Adams", "Adams 1");
    let request = rehearsal.path("cher.json");
    let add = ["key", "add", text(&request), "--role", "chair", "--yes"];
    real.refused("rhea", &add, "request-of-another-contest");
    let file = rehearsal.path("sheet.json");
    fs::write(&file, sheet("Adams", "Adams 1", 20, 20, [2, 2]).to_string()).unwrap();
    let (device, passphrase) = (rehearsal.device("cher"), rehearsal.passphrase());
    let ended = run(&[
        "report",
        "--file",
        text(&file),
        "--device",
        text(&device),
        "--passphrase-file",
        text(&passphrase),
        "--server",
        real.url(),
    ]);
    assert_ne!(ended.code, Some(0));
    assert!(ended.err.contains("REHEARSAL"), "{}", ended.err);
    assert_eq!(real.public(&["totals"])["precincts"]["reported"], 0);
}

#[test]
fn what_is_wrong_with_a_contest_is_said_and_nothing_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let good = json!({
        "kind": "election", "name": "Caucus", "ruleset": "iowa-2020", "origin": "caucus.example/tests",
        "candidates": ["Alder", "Birch"], "release": "clear", "embargo": "open",
    });
    for (field, value, code) in [
        ("kind", json!("archive"), "bad-contest-file"),
        ("extra", json!(1), "bad-contest-file"),
        ("ruleset", json!("iowa-2016"), "unknown-ruleset"),
        ("candidates", json!(["Alder", "Alder"]), "bad-contest"),
        ("origin", json!("two words"), "key-name-character"),
        (
            "registrars",
            json!([{"person": "Rolf", "key": "00"}]),
            "bad-registrar-key",
        ),
    ] {
        let mut contest = good.clone();
        contest[field] = value;
        let said = refused_opening(dir.path(), &contest);
        assert!(said.contains(&format!("[{code}]")), "{field}: {said}");
    }
}

/// Entry 0 is never amended.
#[test]
fn witnesses_that_nobody_could_verify_by_are_refused_before_anything_is_opened() {
    let dir = tempfile::tempdir().unwrap();
    let key = tallylog_tlog::SigningKey::from_bytes(&[7; 32]);
    let rolfs = hex::encode(key.verifying_key().to_bytes());
    let name = tallylog_tlog::KeyName::new("rolf.example/witness").unwrap();
    let own = tallylog_tlog::WitnessSigner::new(name, key).key().to_string();
    for (quorum, witness, registrars, code) in [
        (
            1,
            own.as_str(),
            json!([{"person": "Rolf", "key": rolfs}]),
            "witness-not-independent",
        ),
        (
            0,
            own.as_str(),
            json!([{"person": "Rolf", "key": rolfs}]),
            "witness-not-independent",
        ),
        (1, "garbage", json!([]), "vkey-malformed"),
        (2, own.as_str(), json!([]), "policy-threshold"),
    ] {
        let contest = json!({
            "kind": "election", "name": "Caucus", "ruleset": "iowa-2020", "origin": "caucus.example/tests",
            "candidates": ["Alder", "Birch"], "release": "clear", "embargo": "open",
            "registrars": registrars, "witnesses": {"quorum": quorum, "keys": [witness]},
        });
        let said = refused_opening(dir.path(), &contest);
        assert!(said.contains(&format!("[{code}]")), "{said}");
        assert!(said.contains("nothing was opened"), "{said}");
    }
}

/// What `open` says of a contest that it must refuse, with nothing left behind.
#[track_caller]
fn refused_opening(dir: &std::path::Path, contest: &serde_json::Value) -> String {
    let roster = dir.join("roster");
    fs::create_dir_all(&roster).unwrap();
    let counties =
        "county,kind,fips,congressional_district,county_delegates,state_delegates\nAdams,county,19003,3,4,3\n";
    fs::write(roster.join("counties.csv"), counties).unwrap();
    let precincts = "county,precinct,code,county_delegates\nAdams,A,1,4\n";
    fs::write(roster.join("precincts.csv"), precincts).unwrap();
    let (passphrase, file) = (dir.join("passphrase"), dir.join("contest.json"));
    fs::write(&passphrase, "correct horse\n").unwrap();
    fs::write(&file, contest.to_string()).unwrap();
    let (data, device) = (dir.join("data"), dir.join("rhea"));
    let words = ["open", text(&file), "--yes", "--roster", text(&roster)];
    let places = ["--data-dir", text(&data), "--device", text(&device)];
    let who = ["--person", "Rhea", "--passphrase-file", text(&passphrase)];
    let said = refused(&[&words[..], &places, &who].concat(), 2);
    assert!(!data.exists() && !device.exists(), "{said}");
    said
}

#[test]
fn nobody_is_enrolled_without_the_role_being_said_and_the_key_being_confirmed() {
    let centre = Centre::bare(Rules::default());
    let request = centre.path("cher.json");
    centre.make(
        "cher",
        "Cher",
        "chair",
        &["--county", "Boone", "--precinct", "Boone 2"],
        &request,
    );
    let add = |role: &'static str| ["key", "add", text(&request), "--role", role];
    let shown = centre.refused("rhea", &add("chair"), "not-agreed");
    let words = run(&["key", "show", "--device", text(&centre.device("cher"))]).out;
    let words = words.lines().find_map(|line| line.strip_prefix("key  ")).unwrap();
    for part in ["Cher", "chair", "Boone, Boone 2", words] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    for role in ["registrar", "operator"] {
        let refused = centre.refused("rhea", &[&add(role)[..], &["--yes"]].concat(), "another-role");
        assert!(refused.contains("role chair") && refused.contains(role), "{refused}");
    }
    let keys = |centre: &Centre| centre.json("rhea", &["key", "list"]).as_array().unwrap().len();
    let before = keys(&centre);
    centre.done("rhea", &[&add("chair")[..], &["--yes"]].concat());
    assert_eq!(keys(&centre), before + 1);
}

#[test]
fn a_contest_is_shown_before_it_is_opened_and_without_a_word_nothing_is() {
    let dir = tempfile::tempdir().unwrap();
    let roster = dir.path().join("roster");
    fs::create_dir(&roster).unwrap();
    let counties = "county,kind,fips,congressional_district,county_delegates,state_delegates\nAdams,county,19003,3,4,3\nPool,satellite,,3,,2\n";
    fs::write(roster.join("counties.csv"), counties).unwrap();
    let precincts = "county,precinct,code,county_delegates\nAdams,A,1,4\nPool,Library,,\n";
    fs::write(roster.join("precincts.csv"), precincts).unwrap();
    let passphrase = dir.path().join("passphrase");
    fs::write(&passphrase, "correct horse\n").unwrap();
    let file = dir.path().join("contest.json");
    let contest = json!({
        "kind": "rehearsal", "name": "Caucus", "ruleset": "iowa-2020", "origin": "caucus.example/tests",
        "candidates": ["Alder", "Birch"], "release": "confirmed", "embargo": "on-release",
        "registrars": [{"person": "Rolf", "key": "11".repeat(32)}],
    });
    fs::write(&file, contest.to_string()).unwrap();
    let (data, device) = (dir.path().join("data"), dir.path().join("rhea"));
    let open = [
        "open",
        text(&file),
        "--roster",
        text(&roster),
        "--data-dir",
        text(&data),
    ];
    let who = [
        "--device",
        text(&device),
        "--person",
        "Rhea",
        "--passphrase-file",
        text(&passphrase),
    ];
    let mut command = support::tallylog();
    let ended = command
        .args(open)
        .args(who)
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let ended = support::Ended::from(ended);
    assert_eq!(ended.code, Some(2), "{}", ended.err);
    assert!(ended.err.contains("[not-agreed]"), "{}", ended.err);
    assert!(!data.exists() && !device.exists());
    let year = ended.err.lines().find(|line| line.starts_with("time")).unwrap();
    assert!(year.contains("20") && year.contains(':'), "{year}");
    for part in [
        "Caucus",
        "rehearsal",
        "iowa-2020",
        "caucus.example/tests",
        "Alder, Birch",
        "counties 1, pools 1, precincts and sites 2, delegates of precincts 4",
        "Rhea, Rolf",
        "confirmed",
        "on-release",
        "none",
    ] {
        assert!(ended.err.contains(part), "{part}: {}", ended.err);
    }
}
