//! The real night: import, and every published figure again. Skips where the published results are not there.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use support::{iowa, json, refused, rows, run, tallylog, text};
use tempfile::TempDir;

const RELEASES: [&str; 4] = [
    "2020-02-05-86pct",
    "2020-02-05-92pct",
    "2020-02-06-100pct",
    "2020-02-29-certified",
];

fn imported(from: &Path) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let ended = run(&["import", text(from), "--data-dir", text(folder.path())]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.err.contains("unencrypted"), "{}", ended.err);
    folder
}

/// First alignment, final alignment and equivalents of every candidate.
fn figures(totals: &Value) -> BTreeMap<String, [String; 3]> {
    let candidates = totals["candidates"].as_array().unwrap();
    let of = |candidate: &Value| {
        let number = |key: &str| candidate[key].as_u64().unwrap().to_string();
        let figures = [
            number("first_alignment"),
            number("final_alignment"),
            text_of(candidate, "sde"),
        ];
        (text_of(candidate, "name"), figures)
    };
    candidates.iter().map(of).collect()
}

fn text_of(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap().to_owned()
}

fn published(from: &Path, release: &str) -> BTreeMap<String, [String; 3]> {
    let rows = rows(&from.join("published_totals.csv"))
        .into_iter()
        .filter(|row| row[0] == release);
    rows.map(|row| (row[2].clone(), [row[3].clone(), row[4].clone(), row[5].clone()]))
        .collect()
}

fn release(data: &Path, name: &str) -> Value {
    json(&["totals", "--data-dir", text(data), "--release", name])
}

fn open(data: &Path, code: &str, moment: &[&str]) -> Vec<Value> {
    let found = json(&[&["discrepancies", "--data-dir", text(data)], moment].concat());
    let all = found.as_array().unwrap().iter();
    all.filter(|found| found["code"] == code && found["status"] == "open")
        .cloned()
        .collect()
}

#[test]
fn every_release_gives_the_published_totals() {
    let Some(from) = iowa() else { return };
    let folder = imported(&from);
    for name in &RELEASES[..3] {
        let totals = release(folder.path(), name);
        assert_eq!(figures(&totals), published(&from, name), "{name}");
        assert_eq!(totals["basis"], "released");
        assert_eq!(totals["release"], *name);
    }
    for (name, precincts) in RELEASES.iter().zip([1_520, 1_624, 1_765, 1_765]) {
        let counts = &release(folder.path(), name)["precincts"];
        assert_eq!(counts["total"], 1_765);
        assert_eq!(counts["reported"], precincts);
        assert_eq!(counts["released"], precincts);
    }
}

#[test]
fn the_certified_release_differs_at_one_site_and_the_program_says_why() {
    let Some(from) = iowa() else { return };
    let folder = imported(&from);
    let certified = release(folder.path(), RELEASES[3]);
    let (ours, theirs) = (figures(&certified), published(&from, RELEASES[3]));
    let differing: Vec<&String> = ours.keys().filter(|name| ours[*name] != theirs[*name]).collect();
    assert_eq!(differing, ["Klobuchar", "Sanders", "Steyer"]);

    let found = open(folder.path(), "V22", &["--release", RELEASES[3]]);
    let sites: BTreeSet<String> = found.iter().map(|found| text_of(found, "precinct")).collect();
    assert_eq!(sites.into_iter().collect::<Vec<_>>(), ["Waterloo, IA - UAW Local 838"]);
    let named: Vec<String> = found.iter().map(|found| text_of(found, "message")).collect();
    assert_eq!(named.len(), 3);
    assert!(
        named.iter().any(|message| message.contains("Klobuchar")
            && message.contains("6/452")
            && message.contains("448 people before")),
        "{named:?}"
    );
    assert!(open(folder.path(), "V22", &["--release", RELEASES[2]]).is_empty());

    // Sources claim what was published, to the last ten-thousandth.
    for candidate in certified["candidates"].as_array().unwrap() {
        let claimed = text_of(candidate, "sde_claimed");
        assert_eq!(claimed, theirs[&text_of(candidate, "name")][2]);
    }
}

#[test]
fn the_certified_release_elects_the_national_delegates_that_it_elected() {
    let Some(from) = iowa() else { return };
    let folder = imported(&from);
    let certified = release(folder.path(), RELEASES[3]);
    let elected: Vec<(String, u64)> = certified["candidates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|candidate| {
            (
                text_of(candidate, "name"),
                candidate["national_delegates"].as_u64().unwrap(),
            )
        })
        .filter(|(_, delegates)| *delegates > 0)
        .collect();
    let expected = [
        ("Biden", 6),
        ("Buttigieg", 14),
        ("Klobuchar", 1),
        ("Sanders", 12),
        ("Warren", 8),
    ];
    assert_eq!(elected, expected.map(|(name, delegates)| (name.to_owned(), delegates)));
}

#[test]
fn every_change_of_2020_is_an_unexplained_correction() {
    let Some(from) = iowa() else { return };
    let folder = imported(&from);
    assert!(open(folder.path(), "V30", &["--release", RELEASES[2]]).is_empty());
    assert_eq!(open(folder.path(), "V30", &[]).len(), 101);
    let counts = &release(folder.path(), RELEASES[3])["precincts"];
    assert_eq!(counts["corrected"], 101);
}

#[test]
fn importing_again_changes_nothing() {
    let Some(from) = iowa() else { return };
    let folder = imported(&from);
    let before = json(&["totals", "--data-dir", text(folder.path())]);
    let again = run(&["import", text(&from), "--data-dir", text(folder.path())]);
    assert_eq!(again.code, Some(0), "{}", again.err);
    assert_eq!(json(&["totals", "--data-dir", text(folder.path())]), before);
}

#[test]
fn an_import_that_was_killed_is_completed_by_the_next() {
    let Some(from) = iowa() else { return };
    let whole = imported(&from);
    let expected: Vec<_> = RELEASES
        .iter()
        .map(|name| figures(&release(whole.path(), name)))
        .collect();
    for millis in [40, 120, 250, 400, 700, 1_100] {
        let folder = tempfile::tempdir().unwrap();
        let args = ["import", text(&from), "--data-dir", text(folder.path())];
        let mut child = tallylog()
            .args(args)
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(millis));
        child.kill().unwrap();
        child.wait().unwrap();
        let completed = run(&args);
        assert_eq!(completed.code, Some(0), "after {millis} ms: {}", completed.err);
        let completed: Vec<_> = RELEASES
            .iter()
            .map(|name| figures(&release(folder.path(), name)))
            .collect();
        assert_eq!(completed, expected, "after {millis} ms");
        let size = |data: &Path| json(&["totals", "--data-dir", text(data)])["size"].clone();
        assert_eq!(size(folder.path()), size(whole.path()), "after {millis} ms");
    }
}

#[test]
fn a_subset_of_the_releases_gives_the_same_figures() {
    let Some(from) = iowa() else { return };
    let subset = tempfile::tempdir().unwrap();
    for file in ["counties.csv", "precincts.csv", "satellite_attendance.csv"] {
        std::fs::copy(from.join(file), subset.path().join(file)).unwrap();
    }
    let releases = subset.path().join("releases");
    std::fs::create_dir(&releases).unwrap();
    for name in [RELEASES[1], RELEASES[3]] {
        let file = format!("{name}.csv");
        std::fs::copy(from.join("releases").join(&file), releases.join(&file)).unwrap();
    }
    let folder = imported(subset.path());
    assert_eq!(
        figures(&release(folder.path(), RELEASES[1])),
        published(&from, RELEASES[1])
    );
    let leader = &figures(&release(folder.path(), RELEASES[3]))["Buttigieg"];
    assert_eq!(leader[2], "562.9538");
}

#[test]
fn check_verifies_the_night_and_its_hash_is_that_of_the_totals() {
    let Some(from) = iowa() else { return };
    let folder = imported(&from);
    let checked = json(&["check", "--data-dir", text(folder.path())]);
    assert_eq!(checked["verified"], true);
    let totals = json(&["totals", "--data-dir", text(folder.path())]);
    assert_eq!(checked["state_hash"], totals["state_hash"]);
    assert_eq!(checked["size"], totals["size"]);
}

#[test]
fn a_precinct_shows_both_its_versions() {
    let Some(from) = iowa() else { return };
    let folder = imported(&from);
    let data = text(folder.path());
    let precinct = json(&["precinct", "--data-dir", data, "Polk", "DES MOINES-62"]);
    assert_eq!(precinct["county"], "Polk");
    assert_eq!(precinct["precinct"], "DES MOINES-62");
    let site = json(&[
        "precinct",
        "--data-dir",
        data,
        "CD1 Satellite",
        "Cedar Rapids, IA - Hoover Elementary School",
    ]);
    let versions = site["versions"].as_array().unwrap();
    let attendance: Vec<u64> = versions
        .iter()
        .map(|version| version["attendance"].as_u64().unwrap())
        .collect();
    assert_eq!(attendance, [112, 116]);
    assert_eq!(versions[1]["correction"]["replaces"], versions[0]["entry"]);
}

#[test]
fn as_of_a_size_answers_for_that_size() {
    let Some(from) = iowa() else { return };
    let folder = imported(&from);
    let data = text(folder.path());
    let totals = json(&["totals", "--data-dir", data, "--basis", "recorded", "--as-of", "1500"]);
    assert_eq!(totals["size"], 1_500);
    assert_eq!(totals["basis"], "recorded");
    assert_eq!(totals["precincts"]["released"], 0);
    let said = refused(&["totals", "--data-dir", data, "--as-of", "1000000"], 2);
    assert!(said.contains("[beyond-log]"), "{said}");
}

#[test]
fn keys_made_by_an_import_are_readable_by_their_owner_alone() {
    let Some(from) = iowa() else { return };
    let folder = imported(&from);
    let keys: Vec<_> = std::fs::read_dir(folder.path().join("keys"))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(keys.len(), 4);
    for key in keys {
        assert_eq!(
            key.metadata().unwrap().permissions().mode() & 0o777,
            0o600,
            "{:?}",
            key.path()
        );
    }
}
