//! Photos and documents of every desk, by whole commands: named, sent, listed, fetched, and shown to whom they may be shown.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::centre::{Centre, Rules, sheet};
use crate::support::{json, refused, run, text};

fn photo(centre: &Centre, name: &str) -> PathBuf {
    let path = centre.path(name);
    fs::write(&path, [b"\xff\xd8\xff", name.as_bytes()].concat()).unwrap();
    path
}

fn hash(path: &Path) -> String {
    blake3::hash(&fs::read(path).unwrap()).to_hex().to_string()
}

/// A centre in which a precinct was reported with a photo of its worksheet.
fn reported() -> (Centre, PathBuf) {
    let centre = Centre::new(Rules::default());
    centre.chair("cher", "Adams", "Adams 1");
    let worksheet = photo(&centre, "worksheet.jpg");
    let file = centre.path("sheet.json");
    fs::write(&file, sheet("Adams", "Adams 1", 20, 20, [2, 2]).to_string()).unwrap();
    centre.done("cher", &["report", "--file", text(&file), "--photo", text(&worksheet)]);
    (centre, worksheet)
}

/// Opens a correction case over that precinct, with evidence.
fn opening(evidence: &Path) -> [&str; 12] {
    [
        "correct",
        "open",
        "--precinct",
        "Adams/Adams 1",
        "--kind",
        "transcription",
        "--requested-by",
        "Ada",
        "--reason",
        "as the worksheet says",
        "--evidence",
        text(evidence),
    ]
}

fn listed<'a>(rows: &'a Value, photo: &Path) -> &'a Value {
    let rows = rows.as_array().unwrap();
    rows.iter().find(|row| row["hash"] == hash(photo).as_str()).unwrap()
}

#[test]
fn photos_and_evidence_of_every_desk_are_sent_after_their_events_and_fetched_by_staff_and_campaigns() {
    let (centre, worksheet) = reported();
    let captains = photo(&centre, "captain.jpg");
    let letter = centre.path("letter.txt");
    fs::write(&letter, "by order of the committee").unwrap();
    let asking = ["inquiry", "file", "Adams", "Adams 1", "--question", "is it 21?"];
    centre.done("ada", &[&asking[..], &["--photo", text(&captains)]].concat());
    centre.done("cleo", &opening(&letter));
    let rows = centre.json("vera", &["photo", "list"]);
    assert_eq!(rows.as_array().unwrap().len(), 3);
    for (path, person, kind) in [
        (&worksheet, "Chair of Adams 1", "report"),
        (&captains, "Ada of Alder", "inquiry"),
        (&letter, "Cleo", "opening of a correction case"),
    ] {
        let row = listed(&rows, path);
        assert_eq!(row["held"], true, "{row}");
        assert_eq!((&row["person"], &row["kind"]), (&person.into(), &kind.into()));
        assert_eq!(row["precincts"][0], "Adams, Adams 1");
        let copy = centre.path("copy");
        for reader in ["vera", "bo"] {
            centre.done(reader, &["photo", "fetch", &hash(path)[..10], "--output", text(&copy)]);
            assert_eq!(fs::read(&copy).unwrap(), fs::read(path).unwrap());
        }
    }
    assert_eq!(listed(&rows, &letter)["media_type"], "application/octet-stream");
    let of_another = ["photo", "list", "--county", "Adams", "--precinct", "Adams 2"];
    assert_eq!(centre.json("vera", &of_another).as_array().unwrap().len(), 0);
    centre.done("vera", &["photo", "missing"]);
    let (name, copy) = (hash(&worksheet), centre.path("none"));
    let fetching = ["photo", "fetch", &name, "--output", text(&copy)];
    centre.refused("nora", &fetching, "files-kept-back");
    let said = refused(&[&fetching[..], &["--server", centre.url()]].concat(), 2);
    assert!(said.contains("[files-kept-back]"), "{said}");
    assert!(!copy.exists());
    centre.refused("vera", &["photo", "fetch", "00", "--output", "none"], "no-such-photo");
    centre.verify();
}

#[test]
fn what_nobody_has_sent_is_listed_with_whose_device_has_it_and_anybody_at_the_desks_may_send_it() {
    let (centre, worksheet) = reported();
    let name = hash(&worksheet);
    fs::remove_file(centre.data().join("files").join(&name)).unwrap();
    let missing = centre.run("olga", &["photo", "missing", "--format", "json"]);
    assert_eq!(missing.code, Some(1), "{}", missing.err);
    let rows: Value = serde_json::from_str(&missing.out).unwrap();
    assert_eq!(
        (&rows[0]["hash"], &rows[0]["held"]),
        (&name.as_str().into(), &false.into())
    );
    let shown = centre.run("olga", &["photo", "missing"]).out;
    assert!(shown.contains("the device of Chair of Adams 1"), "{shown}");
    let copy = centre.path("copy");
    centre.refused(
        "vera",
        &["photo", "fetch", &name, "--output", text(&copy)],
        "file-not-here",
    );
    centre.refused("ada", &["photo", "send", text(&worksheet)], "not-yours-to-send");
    let unnamed = photo(&centre, "unnamed.jpg");
    centre.refused("olga", &["photo", "send", text(&unnamed)], "no-such-file");
    // The chair's device keeps what it signed for.
    let kept = centre.device("cher").join("outbox/photos").join(&name);
    centre.done("cher", &["photo", "send", text(&kept)]);
    centre.done("olga", &["photo", "missing"]);
    centre.done("vera", &["photo", "fetch", &name, "--output", text(&copy)]);
    assert_eq!(fs::read(&copy).unwrap(), fs::read(&worksheet).unwrap());
}

#[test]
fn documents_of_what_was_not_signed_or_was_refused_are_sent_nowhere() {
    let (centre, _) = reported();
    let letter = photo(&centre, "letter.jpg");
    centre.refused("vera", &opening(&letter), "wrong-role");
    centre.done("vera", &["outbox", "send"]);
    let photos = centre.json("vera", &["outbox", "send"])["photos"].clone();
    assert_eq!(photos.as_array().unwrap().len(), 0, "{photos}");
    let rows = centre.json("vera", &["photo", "list"]);
    assert_eq!(rows.as_array().unwrap().len(), 1);
}

#[test]
fn a_server_that_was_told_to_shows_everybody_what_public_entries_name() {
    let (mut centre, worksheet) = reported();
    centre.start_with(&["--public-files"]);
    let rows = json(&["photo", "list", "--server", centre.url()]);
    assert_eq!(listed(&rows, &worksheet)["held"], true);
    let copy = centre.path("copy");
    let fetching = [
        "photo",
        "fetch",
        &hash(&worksheet),
        "--output",
        text(&copy),
        "--server",
        centre.url(),
    ];
    let fetched = run(&fetching);
    assert_eq!(fetched.code, Some(0), "{}", fetched.err);
    assert_eq!(fs::read(&copy).unwrap(), fs::read(&worksheet).unwrap());
}
