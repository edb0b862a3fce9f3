//! A log as plain files: brought up to date run by run, on any static host.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::fs;
use std::path::Path;

use support::site::{FIRST, Host, OTHER, SECOND, export, import};
use support::{iowa, run, text};

/// Every file of a fresh export is in the other, byte for byte; what else is there are narrower tiles of former runs.
fn is_up_to_date(fresh: &Path, site: &Path) {
    for file in fs::read_dir(fresh).unwrap().map(Result::unwrap) {
        let there = site.join(file.file_name());
        if file.file_type().unwrap().is_dir() {
            is_up_to_date(&file.path(), &there);
        } else {
            assert_eq!(
                fs::read(file.path()).unwrap(),
                fs::read(&there).unwrap(),
                "{}",
                there.display()
            );
        }
    }
}

#[track_caller]
fn verifies(site: &Path) {
    let ended = run(&["verify", "--server", &Host::of(site).url]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
}

#[test]
fn an_export_that_grows_with_the_log_is_the_one_that_a_fresh_run_makes() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let releases = [("first", FIRST), ("second", SECOND), ("third", OTHER)];
    for count in 1..=3 {
        import(&at("data"), &releases[..count]);
        export(&at("data"), &at("site"));
        let before = fs::read(at("site").join("checkpoint")).unwrap();
        export(&at("data"), &at("site"));
        assert_eq!(fs::read(at("site").join("checkpoint")).unwrap(), before);
        export(&at("data"), &at(&format!("fresh-{count}")));
        is_up_to_date(&at(&format!("fresh-{count}")), &at("site"));
        verifies(&at("site"));
    }
}

#[test]
fn the_real_night_is_exported_in_two_runs_as_in_one_and_verifies_from_a_static_host() {
    let Some(from) = iowa() else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let some = at("some");
    fs::create_dir_all(some.join("releases")).unwrap();
    let first = "releases/2020-02-05-86pct.csv";
    for file in ["counties.csv", "precincts.csv", "satellite_attendance.csv", first] {
        fs::copy(from.join(file), some.join(file)).unwrap();
    }
    for source in [&some, &from] {
        let ended = run(&["import", text(source), "--data-dir", text(&at("data"))]);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        export(&at("data"), &at("site"));
    }
    export(&at("data"), &at("fresh"));
    is_up_to_date(&at("fresh"), &at("site"));
    verifies(&at("site"));
}
