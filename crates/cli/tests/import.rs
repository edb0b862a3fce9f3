//! Import from a folder of two counties: what is refused, and that nothing of a refused file is recorded.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::fs;

use support::small::{FIRST, PRECINCTS, SECOND, folder, import, write};
use support::{json, refused, run, text};

#[test]
fn a_changed_record_is_a_correction_and_a_release_lists_what_its_file_holds() {
    let (from, data) = (
        folder(&[("first", FIRST), ("second", SECOND)]),
        tempfile::tempdir().unwrap(),
    );
    import(from.path(), data.path());
    let at = |release| json(&["totals", "--data-dir", text(data.path()), "--release", release]);
    assert_eq!(at("first")["precincts"]["released"], 2);
    assert_eq!(at("first")["candidates"][0]["sde"], "2.6000");
    assert_eq!(at("first")["candidates"][0]["sde_exact"], "13/5");
    assert_eq!(at("second")["precincts"]["corrected"], 1);
    assert_eq!(at("second")["candidates"][0]["first_alignment"], 90);
    let north = json(&["precinct", "--data-dir", text(data.path()), "Alder", "North"]);
    assert_eq!(north["versions"].as_array().unwrap().len(), 2);
    assert_eq!(north["versions"][0]["groups"][0]["awarded"], 4);
}

#[test]
fn a_site_without_a_head_count_in_a_release_keeps_the_one_it_had() {
    let (from, data) = (
        folder(&[("first", FIRST), ("second", SECOND)]),
        tempfile::tempdir().unwrap(),
    );
    import(from.path(), data.path());
    let site = json(&["precinct", "--data-dir", text(data.path()), "Pool", "Library"]);
    assert_eq!(site["versions"].as_array().unwrap().len(), 1);
    assert_eq!(site["versions"][0]["attendance"], 20);
    assert_eq!(site["versions"][0]["attendance_counted"], true);
}

/// Imports a good release, then one with `row` in place of its second row.
#[track_caller]
fn malformed(row: &str, fault: &str) {
    let (from, data) = (folder(&[("first", FIRST)]), tempfile::tempdir().unwrap());
    import(from.path(), data.path());
    let before = json(&["totals", "--data-dir", text(data.path())]);
    write(
        from.path(),
        "second",
        &SECOND.replace("Alder,North,Beech,50,50,1.2000", row),
    );
    let said = refused(&["import", text(from.path()), "--data-dir", text(data.path())], 2);
    assert!(
        said.contains("second.csv, line 3") && said.contains(fault),
        "{row}: {said}"
    );
    assert_eq!(json(&["totals", "--data-dir", text(data.path())]), before, "{row}");
}

#[test]
fn a_malformed_row_is_refused_with_its_line_and_nothing_of_its_file_is_recorded() {
    malformed("Alder,North,Beech,50,50", "fields");
    malformed("Alder,North,Beech,-5,50,1.2000", "whole number");
    malformed("Alder,North,Beech,+5,50,1.2000", "whole number");
    malformed("Alder,North,Beech,1e3,50,1.2000", "whole number");
    malformed("Alder,North,Beech,,50,1.2000", "whole number");
    malformed("Alder,North,Beech,99999999999,50,1.2000", "whole number");
    malformed("Alder,North,Beech,50,50,1.20001", "4 decimals");
    malformed("Alder,North,Beech,50,50,-1.2", "4 decimals");
    malformed("Alder,North,Beech,50,50,", "4 decimals");
    malformed("Alder,West,Beech,50,50,1.2000", "no precinct");
    malformed("Elder,North,Beech,50,50,1.2000", "no county");
    malformed("Alder,North,Cedar,50,50,1.2000", "no candidate");
    malformed("Alder,North,Ash,50,50,1.2000", "twice");
    malformed("Alder,North,Beech,5001,50,1.2000", "5000 at most");
    malformed("Alder,North,Beech,50,4000000000,1.2000", "5000 at most");
    malformed(
        "Alder,North,Beech,4999,50,1.2000",
        "the total of first_alignment is 5049",
    );
    malformed("Alder,North,Beech,50,50,99999999999", "at most");
}

#[test]
fn a_precinct_that_lacks_a_candidate_is_refused() {
    let cut = SECOND
        .replace("    Alder,South,Beech,10,10,0.4000\n", "")
        .replace("Alder,South,Beech,10,10,0.4000\n", "");
    let (from, data) = (folder(&[("second", &cut)]), tempfile::tempdir().unwrap());
    let said = refused(&["import", text(from.path()), "--data-dir", text(data.path())], 2);
    assert!(
        said.contains("Alder, South lacks rows") && said.contains("1 of 2"),
        "{said}"
    );
}

#[test]
fn a_file_that_lacks_a_candidate_throughout_is_refused() {
    let (from, data) = (folder(&[("first", FIRST)]), tempfile::tempdir().unwrap());
    import(from.path(), data.path());
    let kept: Vec<&str> = SECOND.lines().filter(|row| !row.contains("Beech")).collect();
    write(from.path(), "second", &format!("{}\n", kept.join("\n")));
    let said = refused(&["import", text(from.path()), "--data-dir", text(data.path())], 2);
    assert!(said.contains("lacks rows of some candidates"), "{said}");
}

#[test]
fn a_fault_in_a_later_file_leaves_the_earlier_ones_recorded() {
    let (from, data) = (
        folder(&[("first", FIRST), ("second", "")]),
        tempfile::tempdir().unwrap(),
    );
    let said = refused(&["import", text(from.path()), "--data-dir", text(data.path())], 2);
    assert!(said.contains("[malformed-table]"), "{said}");
    let totals = json(&["totals", "--data-dir", text(data.path())]);
    assert_eq!(totals["release"], "first");
}

#[test]
fn a_roster_that_does_not_add_up_is_refused_before_anything_is_recorded() {
    let (from, data) = (folder(&[("first", FIRST)]), tempfile::tempdir().unwrap());
    fs::write(
        from.path().join("precincts.csv"),
        PRECINCTS.replace("South,02,4", "South,02,5"),
    )
    .unwrap();
    let said = refused(&["import", text(from.path()), "--data-dir", text(data.path())], 2);
    assert!(said.contains("precincts.csv") && said.contains("Alder"), "{said}");
    assert!(!data.path().join("log").exists());
}

#[test]
fn a_missing_key_is_named_and_not_replaced() {
    let (from, data) = (folder(&[("first", FIRST)]), tempfile::tempdir().unwrap());
    import(from.path(), data.path());
    let key = data.path().join("keys/importer.key");
    fs::remove_file(&key).unwrap();
    let said = refused(&["import", text(from.path()), "--data-dir", text(data.path())], 2);
    assert!(said.contains("[no-key]") && said.contains("importer.key"), "{said}");
    assert!(!key.exists());
}

#[test]
fn an_import_that_was_killed_while_it_made_the_log_is_begun_again() {
    let (from, data) = (folder(&[("first", FIRST)]), tempfile::tempdir().unwrap());
    fs::create_dir(data.path().join("log")).unwrap();
    fs::write(data.path().join("log/head.new"), b"half").unwrap();
    import(from.path(), data.path());
    assert_eq!(json(&["totals", "--data-dir", text(data.path())])["release"], "first");
}

#[test]
fn an_encrypted_address_is_refused_rather_than_asked_in_the_clear() {
    let said = refused(&["totals", "--server", "https://127.0.0.1:7420"], 2);
    assert!(said.contains("[bad-url]"), "{said}");
}

#[test]
fn a_release_that_was_recorded_is_not_replaced_by_a_file_of_its_name() {
    let (from, data) = (folder(&[("first", FIRST)]), tempfile::tempdir().unwrap());
    import(from.path(), data.path());
    write(
        from.path(),
        "first",
        &FIRST.replace("North,Ash,60,60", "North,Ash,61,61"),
    );
    let said = refused(&["import", text(from.path()), "--data-dir", text(data.path())], 2);
    assert!(
        said.contains("[release-differs]") && said.contains("Alder, North"),
        "{said}"
    );
}

#[test]
fn a_damaged_log_does_not_verify_and_restore_takes_what_can_be_read() {
    let (from, data) = (folder(&[("first", FIRST)]), tempfile::tempdir().unwrap());
    import(from.path(), data.path());
    let before = json(&["totals", "--data-dir", text(data.path())]);
    let engine = fs::read_dir(data.path().join("log"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let folder = engine.into_iter().find(|path| path.is_dir()).unwrap();
    let db = folder.join("db");
    let mut bytes = fs::read(&db).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&db, bytes).unwrap();

    let checked = run(&["check", "--data-dir", text(data.path())]);
    assert_eq!(checked.code, Some(1));
    assert!(
        checked.out.contains("store-damaged") && checked.out.contains("all 8 entries can still be read"),
        "{}",
        checked.out
    );
    let said = refused(&["totals", "--data-dir", text(data.path())], 2);
    assert!(said.contains("[store-damaged]"), "{said}");

    let fresh = tempfile::tempdir().unwrap();
    let (old, new) = (text(data.path()), fresh.path().join("new"));
    let restored = run(&["restore", "--from", old, "--data-dir", text(&new)]);
    assert_eq!(restored.code, Some(0), "{}", restored.err);
    assert_eq!(json(&["totals", "--data-dir", text(&new)]), before);
}

#[test]
fn a_folder_without_a_log_is_named() {
    let nothing = tempfile::tempdir().unwrap();
    for command in ["totals", "check", "discrepancies"] {
        let said = refused(&[command, "--data-dir", text(nothing.path())], 2);
        assert!(said.contains("[no-log]"), "{said}");
    }
}
