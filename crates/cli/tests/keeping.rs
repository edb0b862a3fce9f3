//! Backups of a running log with a drill, the night replayed, and an audit of the paper, by whole commands.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::centre::{Centre, Rules, sheet};
use crate::support::{json, refused, run, text};

/// A centre in which a precinct was reported.
fn reported() -> Centre {
    let centre = Centre::new(Rules::default());
    centre.chair("cher", "Adams", "Adams 1");
    let file = centre.path("sheet.json");
    fs::write(&file, sheet("Adams", "Adams 1", 20, 20, [2, 2]).to_string()).unwrap();
    centre.done("cher", &["report", "--file", text(&file)]);
    centre
}

#[test]
fn a_log_that_was_lost_goes_on_from_its_backup() {
    let mut centre = reported();
    let (backup, lost) = (centre.path("backup"), centre.data());
    let made = run(&["backup", "--data-dir", text(&lost), "--to", text(&backup)]);
    assert_eq!(made.code, Some(0), "{}", made.err);
    refused(&["backup", "--data-dir", text(&lost), "--to", text(&backup)], 2);
    let before = centre.public(&["totals"]);
    centre.kill();
    fs::remove_dir_all(&lost).unwrap();
    let restored = run(&["restore", "--from", text(&backup), "--data-dir", text(&lost)]);
    assert_eq!(restored.code, Some(0), "{}", restored.err);
    centre.start();
    assert_eq!(centre.public(&["totals"])["state_hash"], before["state_hash"]);
    // It goes on as the same log, whose keys and checkpoints it has.
    centre.done("vera", &["review", "hold", "Adams", "Adams 1", "--reason", "a drill"]);
    centre.verify();
}

/// Files beside the log, whole ones.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join("files")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.is_file()).collect()
}

#[test]
fn photos_come_back_from_a_backup_and_a_damaged_one_is_left_out_and_named() {
    let mut centre = reported();
    let photo = |name: &str| {
        let path = centre.path(name);
        fs::write(&path, [b"\xff\xd8\xff", name.as_bytes()].concat()).unwrap();
        path
    };
    let (one, two) = (photo("one.jpg"), photo("two.jpg"));
    centre.done("cher", &["outbox", "photo", text(&one), text(&two)]);
    let (backup, data) = (centre.path("backup"), centre.data());
    let saved = run(&["backup", "--data-dir", text(&data), "--to", text(&backup)]);
    assert_eq!(saved.code, Some(0), "{}", saved.err);
    assert!(saved.err.contains("2 photos and documents"), "{}", saved.err);
    centre.kill();
    fs::remove_dir_all(&data).unwrap();
    let restored = run(&["restore", "--from", text(&backup), "--data-dir", text(&data)]);
    assert_eq!(restored.code, Some(0), "{}", restored.err);
    centre.start();
    for path in [&one, &two] {
        let hash = blake3::hash(&fs::read(path).unwrap()).to_hex().to_string();
        let copy = centre.path("copy");
        centre.done("vera", &["photo", "fetch", &hash, "--output", text(&copy)]);
        assert_eq!(fs::read(&copy).unwrap(), fs::read(path).unwrap());
    }

    let damaged = files(&data).into_iter().next().unwrap();
    fs::write(&damaged, b"\xff\xd8\xff another").unwrap();
    let second = centre.path("second");
    let said = refused(&["backup", "--data-dir", text(&data), "--to", text(&second)], 1);
    assert!(
        said.contains("[file-damaged]") && said.contains(text(&damaged)),
        "{said}"
    );
    assert!(damaged.exists(), "a backup changes nothing");
    assert_eq!(files(&second).len(), 1);
    let checked = run(&["check", "--data-dir", text(&second)]);
    assert_eq!(checked.code, Some(0), "{}{}", checked.out, checked.err);
}

#[test]
fn what_was_signed_after_a_backup_keeps_it_from_a_second_history() {
    let mut centre = reported();
    let (backup, data) = (centre.path("backup"), centre.data());
    assert_eq!(
        run(&["backup", "--data-dir", text(&data), "--to", text(&backup)]).code,
        Some(0)
    );
    centre.done(
        "vera",
        &[
            "review",
            "hold",
            "Adams",
            "Adams 1",
            "--reason",
            "later than the backup",
        ],
    );
    centre.kill();
    fs::copy(data.join("checkpoints"), backup.join("checkpoints")).unwrap();
    let said = refused(&["serve", "--data-dir", text(&backup), "--listen", "127.0.0.1:0"], 2);
    assert!(said.contains("[behind-checkpoint]"), "{said}");
}

#[test]
fn a_night_is_replayed_from_a_server_a_folder_and_a_bundle_alike() {
    let centre = reported();
    let bundle = centre.path("night.tallylog");
    let made = run(&["bundle", "--server", centre.url(), "--output", text(&bundle)]);
    assert_eq!(made.code, Some(0), "{}", made.err);
    let data = centre.data();
    let sources = [
        vec!["--server", centre.url()],
        vec!["--data-dir", text(&data)],
        vec![text(&bundle)],
    ];
    let replayed = sources.map(|source| {
        let ended = run(&[&["replay", "--speed", "0", "--format", "json"], &source[..]].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        ended.out
    });
    assert_eq!(replayed[0], replayed[1]);
    assert_eq!(replayed[0], replayed[2]);
    let entries: Vec<Value> = replayed[0]
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let size = json(&["totals", "--server", centre.url()])["size"].as_u64().unwrap();
    assert_eq!(u64::try_from(entries.len()).unwrap(), size);
    let last = entries.last().unwrap();
    assert_eq!(
        (&last["precinct"], &last["person"]),
        (&Value::from("Adams 1"), &Value::from("Chair of Adams 1"))
    );
    let from = (size - 1).to_string();
    let ended = run(&["replay", "--speed", "0", "--from", &from, "--data-dir", text(&data)]);
    assert_eq!(ended.out.lines().count(), 1, "{}", ended.out);
}

#[test]
fn an_audit_draws_by_dice_reads_the_paper_and_reports_what_differs() {
    let centre = reported();
    let dice = "1 2 3 4 5 6 1 2 3 4 5 6 1 2 3 4 5 6 1 2";
    centre.refused(
        "vera",
        &["audit", "sample", "--dice", "1 2 3", "--precincts", "7"],
        "bad-dice",
    );
    let sample = centre.json("vera", &["audit", "sample", "--dice", dice, "--precincts", "7"])["receipt"].to_string();
    let file = centre.path("paper.json");
    fs::write(&file, sheet("Adams", "Adams 1", 19, 21, [2, 2]).to_string()).unwrap();
    centre.done(
        "vera",
        &["audit", "read", &sample, "Adams", "Adams 1", "--file", text(&file)],
    );
    let ended = centre.run("vera", &["audit", "report", "--format", "json"]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let rows: Vec<Value> = serde_json::from_str(&ended.out).unwrap();
    let read: Vec<&Value> = rows.iter().filter(|row| row["read"] == true).collect();
    assert_eq!((rows.len(), read.len()), (7, 1));
    assert_eq!(read[0]["agrees"], false);
    assert!(
        read[0]["differences"].as_str().unwrap().contains("log 20, paper 19"),
        "{}",
        read[0]
    );
}
