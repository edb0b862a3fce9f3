//! Enrolment codes, and what becomes of keys, by whole commands.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::centre::{Centre, Rules, sheet};
use crate::support::{Ended, refused, rows, run, tallylog, text};

/// Issues codes for places, and gives them back with the batch's entry.
fn issued(centre: &Centre, places: &[&str]) -> Vec<Value> {
    let codes = centre.json("rhea", &[&["key", "codes"], places].concat());
    codes.as_array().unwrap().clone()
}

fn code(row: &Value) -> &str {
    row["code"].as_str().unwrap()
}

/// Another code that no typing error makes of the first: as good as a guess can be.
fn guess(number: u32) -> String {
    // Two symbols apart, so that the check holds for some last symbol; the one that holds is found by trying.
    let body = format!("{:0>19}", format!("A{number}"));
    let last = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".chars();
    let typed = last.map(|last| format!("{body}{last}"));
    typed
        .into_iter()
        .find(|typed| typed.parse::<tallylog_server::EnrolmentCode>().is_ok())
        .unwrap()
}

/// Redeems a code with a device of its own.
fn redeem(centre: &Centre, device: &str, place: [&str; 2], code: &str) -> Ended {
    let (folder, passphrase) = (centre.device(device), centre.passphrase());
    let [county, precinct] = place;
    run(&[
        "key",
        "enrol",
        "--server",
        centre.url(),
        "--device",
        text(&folder),
        "--passphrase-file",
        text(&passphrase),
        "--county",
        county,
        "--precinct",
        precinct,
        "--person",
        &format!("Chair {device}"),
        "--code",
        code,
    ])
}

#[track_caller]
fn enrolled(ended: &Ended) {
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
}

#[track_caller]
fn says(ended: &Ended, code: &str) {
    assert_eq!(ended.code, Some(2), "{}{}", ended.out, ended.err);
    assert!(ended.err.contains(&format!("[{code}]")), "{}", ended.err);
}

const ADAMS_1: [&str; 2] = ["Adams", "Adams 1"];
const ADAMS_2: [&str; 2] = ["Adams", "Adams 2"];

#[test]
fn a_chair_redeems_a_code_and_reports_without_it_and_the_log_verifies() {
    let mut centre = Centre::bare(Rules::default());
    let codes = issued(&centre, &["--county", "Adams"]);
    assert_eq!(codes.len(), 3);
    // A server that was started again makes the same codes.
    centre.kill();
    centre.start();
    let batch = codes[0]["batch"].to_string();
    let again = issued(&centre, &["--batch", &batch]);
    assert_eq!(
        again.iter().map(code).collect::<Vec<_>>(),
        codes.iter().map(code).collect::<Vec<_>>()
    );

    let typed = code(&codes[0]).to_lowercase().replace('-', " ");
    let ended = redeem(&centre, "cher", ADAMS_1, &typed);
    enrolled(&ended);
    let words = codes[0]["log_words"].as_str().unwrap();
    assert!(ended.err.contains(words), "{}", ended.err);
    let file = centre.path("sheet.json");
    fs::write(&file, sheet("Adams", "Adams 1", 20, 20, [2, 2]).to_string()).unwrap();
    centre.done("cher", &["report", "--file", text(&file)]);
    fs::write(&file, sheet("Adams", "Adams 2", 20, 20, [2, 2]).to_string()).unwrap();
    centre.refused("cher", &["report", "--file", text(&file)], "not-this-devices");

    let again = issued(&centre, &["--batch", &batch]);
    assert_eq!(code(&again[0]), "", "a code that was used is not shown again");
    assert!(again[0]["state"].as_str().unwrap().starts_with("used by"));
    centre.verify();
}

#[test]
fn every_refusal_of_a_code_has_its_own_word() {
    let mut centre = Centre::bare(Rules::default());
    let codes = issued(&centre, &["--county", "Adams"]);
    let good = code(&codes[0]).to_owned();
    let mut wrong: Vec<char> = good.chars().collect();
    wrong[0] = if wrong[0] == '7' { '8' } else { '7' };
    let wrong: String = wrong.into_iter().collect();
    says(&redeem(&centre, "cher", ADAMS_1, &wrong), "code-mistyped");
    assert!(
        !centre.device("cher").exists(),
        "nothing is made for a code that can be none"
    );
    says(&redeem(&centre, "cher", ["Adams", "Adams 9"], &good), "no-such-place");
    says(&redeem(&centre, "cher", ADAMS_2, &good), "code-wrong");
    enrolled(&redeem(&centre, "cher", ADAMS_1, &good));
    says(&redeem(&centre, "thief", ADAMS_1, &good), "code-used");

    let batch = codes[0]["batch"].to_string();
    let place = ["--county", "Adams", "--precinct", "Adams 2"];
    let withdraw = [&["key", "withdraw", "--batch", &batch, "--reason", "lost"], &place[..]].concat();
    centre.done("rhea", &withdraw);
    says(&redeem(&centre, "chad", ADAMS_2, code(&codes[1])), "code-withdrawn");

    let soon = (jiff::Timestamp::now() + jiff::SignedDuration::from_secs(2)).to_string();
    let short = issued(&centre, &["--county", "Boone", "--expires", &soon]);
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    says(
        &redeem(&centre, "bob", ["Boone", "Boone 1"], code(&short[0])),
        "code-expired",
    );
    assert_eq!(code(&short[0]).len(), 24);

    let url = centre.url().to_owned();
    centre.kill();
    let folder = centre.device("late");
    let said = refused(
        &[
            "key",
            "enrol",
            "--server",
            &url,
            "--device",
            text(&folder),
            "--county",
            "Adams",
            "--precinct",
            "Adams 3",
            "--person",
            "Late",
            "--code",
            code(&codes[2]),
        ],
        2,
    );
    assert!(said.contains("[server-unreachable]"), "{said}");
}

/// Guesses until the address has to wait, and returns what was said then. Where a guess takes longer than the wait before
/// it, another makes the next twice as long.
fn guess_until_told_to_wait(centre: &Centre) -> Ended {
    for number in 0..40 {
        let told = redeem(centre, "guesser", ADAMS_1, &guess(number));
        if told.err.contains("[slow-down]") {
            assert!(number >= 5, "some are free");
            return told;
        }
        says(&told, "code-wrong");
    }
    unreachable!("nobody was told to wait")
}

#[test]
fn whoever_guesses_is_told_to_wait_and_how_long() {
    let centre = Centre::bare(Rules::default());
    issued(&centre, &["--county", "Adams"]);
    let told = guess_until_told_to_wait(&centre);
    says(&told, "slow-down");
    assert!(told.err.contains("compare it with the sheet, wait "), "{}", told.err);
}

#[test]
fn a_right_code_is_taken_at_once_from_an_address_that_has_to_wait() {
    let centre = Centre::bare(Rules::default());
    let codes = issued(&centre, &["--county", "Adams"]);
    guess_until_told_to_wait(&centre);
    // Behind a proxy or in a hall all devices have one address, and the guesser is among them.
    enrolled(&redeem(&centre, "guesser", ADAMS_1, code(&codes[0])));
}

#[test]
fn the_same_device_with_the_same_code_gets_the_first_receipt_again() {
    let centre = Centre::bare(Rules::default());
    let codes = issued(&centre, &["--county", "Adams"]);
    let first = redeem(&centre, "cher", ADAMS_1, code(&codes[0]));
    enrolled(&first);
    // As if the device had lost the answer: its key is there, and it was not finished.
    fs::remove_file(centre.device("cher").join("device.json")).unwrap();
    let again = redeem(&centre, "cher", ADAMS_1, code(&codes[0]));
    enrolled(&again);
    assert_eq!(first.out, again.out);
    let keys = centre.json("rhea", &["key", "list"]);
    let chairs = keys.as_array().unwrap().iter().filter(|key| key["role"] == "chair");
    assert_eq!(chairs.count(), 1);
}

/// Every file under a folder.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

#[test]
fn no_code_and_no_hash_of_one_is_written_anywhere_by_the_server() {
    let mut centre = Centre::bare(Rules::default());
    let codes = issued(&centre, &["--county", "Adams"]);
    let good = code(&codes[0]).to_owned();
    enrolled(&redeem(&centre, "cher", ADAMS_1, &good));
    let bare = good.replace('-', "");
    let forms = [good.as_bytes(), bare.as_bytes()];
    let mut traces: Vec<Vec<u8>> = forms.iter().map(|form| form.to_vec()).collect();
    traces.extend(forms.iter().map(|form| blake3::hash(form).as_bytes()[..8].to_vec()));
    traces.extend(
        forms
            .iter()
            .map(|form| hex::encode(&blake3::hash(form).as_bytes()[..8]).into_bytes()),
    );
    // The server's own file is searched when it has let go of it, and what it holds meanwhile too.
    for _ in 0..2 {
        let places = [centre.data(), centre.device("cher")];
        for file in places.iter().flat_map(|place| files(place)) {
            let bytes = fs::read(&file).unwrap();
            for trace in &traces {
                let found = bytes.windows(trace.len()).any(|window| window == trace);
                assert!(!found, "{} holds a trace of the code", file.display());
            }
        }
        centre.kill();
    }
    let secret = fs::metadata(centre.data().join("keys").join("codes.key")).unwrap();
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&secret.permissions()) & 0o777,
        0o600
    );
}

#[test]
fn a_lost_secret_of_codes_is_not_made_again_unless_somebody_says_so() {
    let mut centre = Centre::new(Rules::default());
    let before = issued(&centre, &["--county", "Adams"]);
    centre.kill();
    let secret = centre.data().join("keys/codes.key");
    let kept = fs::read(&secret).unwrap();
    fs::remove_file(&secret).unwrap();
    let data = centre.data();
    let said = run(&["serve", "--listen", "127.0.0.1:0", "--data-dir", text(&data)]);
    says(&said, "codes-lost");
    assert!(!secret.exists(), "nothing is made by an attempt");
    // With the file of a backup the printed codes are good as before.
    fs::write(&secret, kept).unwrap();
    centre.start();
    fs::remove_file(&secret).unwrap();
    centre.start_with(&["--new-codes"]);
    says(&redeem(&centre, "old", ADAMS_1, code(&before[0])), "code-wrong");
    assert!(secret.exists());
    centre.start();
}

#[test]
fn codes_are_for_registrars_and_come_as_tables_and_as_sheets_to_print() {
    let centre = Centre::bare(Rules::default());
    centre.enrol("olga", "Olga", "operator", &[]);
    centre.refused("olga", &["key", "codes", "--county", "Adams"], "wrong-role");
    centre.refused("rhea", &["key", "codes"], "no-places");
    centre.refused("rhea", &["key", "codes", "--county", "Nowhere"], "no-such-place");
    centre.refused(
        "rhea",
        &["key", "codes", "--county", "Adams", "--format", "pdf"],
        "no-sheet-file",
    );
    let expiry = ["key", "codes", "--county", "Adams", "--expires", "tomorrow"];
    centre.refused("rhea", &expiry, "bad-expiry");
    let two = ["key", "codes", "--county", "Adams;Boone", "--precinct", "Adams 1"];
    centre.refused("rhea", &two, "several-counties");

    let codes = issued(&centre, &["--county", "Adams", "--each", "2"]);
    assert_eq!(codes.len(), 6);
    let batch = codes[0]["batch"].to_string();
    centre.refused("olga", &["key", "codes", "--batch", &batch], "wrong-role");
    centre.refused("rhea", &["key", "codes", "--batch", "0"], "no-such-batch");
    let (csv, pdf) = (centre.path("codes.csv"), centre.path("codes.pdf"));
    centre.done(
        "rhea",
        &[
            "key",
            "codes",
            "--batch",
            &batch,
            "--format",
            "csv",
            "--output",
            text(&csv),
        ],
    );
    assert_eq!(rows(&csv).len(), 6);
    assert_eq!(rows(&csv)[0][3], code(&codes[0]));
    centre.done(
        "rhea",
        &[
            "key",
            "codes",
            "--batch",
            &batch,
            "--format",
            "pdf",
            "--output",
            text(&pdf),
        ],
    );
    let bytes = fs::read(&pdf).unwrap();
    assert!(bytes.starts_with(b"%PDF-"));
    let printed = String::from_utf8_lossy(&bytes);
    assert!(codes.iter().all(|row| printed.contains(code(row))));
    assert_eq!(printed.matches("/Type /Page\n").count(), 2, "three strips a page");
}

#[test]
fn a_key_is_revoked_or_replaced_and_everything_before_stands() {
    let centre = Centre::bare(Rules::default());
    centre.enrol("olga", "Olga", "operator", &[]);
    let why = ["--reason", "the telephone was lost"];
    let revoke = |person| [&["key", "revoke", "--person", person], &why[..]].concat();
    centre.refused("rhea", &revoke("Nobody"), "nobody-of-that-name");
    centre.refused("rhea", &revoke("Rhea"), "last-registrar");

    let request = centre.path("new-olga.json");
    let (folder, passphrase) = (centre.device("new-olga"), centre.passphrase());
    enrolled(&run(&[
        "key",
        "new",
        "--server",
        centre.url(),
        "--log-key",
        &centre.log_key,
        "--device",
        text(&folder),
        "--passphrase-file",
        text(&passphrase),
        "--person",
        "Olga",
        "--role",
        "operator",
        "--output",
        text(&request),
    ]));
    let replace = ["key", "replace", text(&request), "--role", "operator", "--yes"];
    let replace = [&replace[..], &why[..]].concat();
    let deeds = centre.json("rhea", &replace);
    assert_eq!(deeds.as_array().unwrap().len(), 2, "{deeds}");
    centre.refused("rhea", &replace, "nothing-to-replace");
    centre.refused("olga", &["key", "list"], "revoked-key");
    centre.done("new-olga", &["key", "list"]);
    centre.done("rhea", &revoke("Olga"));
    centre.refused("new-olga", &["key", "list"], "revoked-key");
    let keys = centre.json("rhea", &["key", "list"]);
    let revoked = keys.as_array().unwrap().iter().filter(|key| !key["revoked"].is_null());
    assert_eq!(revoked.count(), 2);
    centre.verify();
}

#[test]
fn a_registrar_sees_who_is_missing() {
    let centre = Centre::bare(Rules::default());
    let codes = issued(&centre, &["--county", "Adams"]);
    enrolled(&redeem(&centre, "cher", ADAMS_1, code(&codes[0])));
    let counties = centre.json("rhea", &["key", "progress"]);
    assert_eq!(counties[0]["ready"], 1);
    assert_eq!(counties[0]["codes_waiting"], 2);
    assert_eq!(counties.as_array().unwrap().len(), 3);
    let missing = centre.json("rhea", &["key", "progress", "--county", "Adams", "--missing"]);
    let names: Vec<_> = missing.as_array().unwrap().iter().map(|row| &row["precinct"]).collect();
    assert_eq!(names, ["Adams 2", "Adams 3"]);
    centre.refused("cher", &["key", "progress"], "staff-only");

    let shown = tallylog()
        .args(["key", "show", "--device", text(&centre.device("cher"))])
        .output()
        .unwrap();
    let shown: Ended = shown.into();
    enrolled(&shown);
    let keys = centre.json("rhea", &["key", "list"]);
    let words = keys.as_array().unwrap().last().unwrap()["key_words"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(shown.out.contains(&words), "{}", shown.out);
}

#[test]
fn a_device_of_a_rehearsal_signs_nothing_in_a_real_night() {
    let rehearsal = Centre::bare(Rules {
        kind: "rehearsal",
        ..Rules::default()
    });
    let real = Centre::bare(Rules::default());
    rehearsal.chair("cher", "Adams", "Adams 1");
    real.chair("cher", "Adams", "Adams 1");
    let file = rehearsal.path("sheet.json");
    fs::write(&file, sheet("Adams", "Adams 1", 20, 20, [2, 2]).to_string()).unwrap();
    let there = |device: &str, args: &[&str]| {
        let mut command = tallylog();
        let (folder, passphrase) = (rehearsal.device(device), rehearsal.passphrase());
        command
            .args(args)
            .args(["--device", text(&folder), "--passphrase-file", text(&passphrase)]);
        let ended: Ended = command.args(["--server", real.url()]).output().unwrap().into();
        ended
    };
    let report = there("cher", &["report", "--file", text(&file)]);
    assert_ne!(report.code, Some(0));
    assert!(report.out.contains("[other-contest]"), "{}{}", report.out, report.err);
    assert!(report.err.contains("REHEARSAL"), "{}", report.err);
    says(&there("rhea", &["key", "list"]), "unknown-key");
    says(&there("rhea", &["key", "codes", "--county", "Adams"]), "other-contest");
    assert_eq!(real.public(&["totals"])["precincts"]["reported"], 0);
    // A code of the rehearsal is worth nothing in the real night.
    let codes = issued(&rehearsal, &["--county", "Adams"]);
    assert!(codes[0]["contest"].as_str().unwrap().contains("REHEARSAL"));
    issued(&real, &["--county", "Adams"]);
    says(&redeem(&real, "late", ADAMS_1, code(&codes[0])), "code-wrong");
    // Nor is a request that was made for it.
    let request = rehearsal.path("cher.json");
    let add = ["key", "add", text(&request), "--role", "chair", "--yes"];
    real.refused("rhea", &add, "request-of-another-contest");
}
