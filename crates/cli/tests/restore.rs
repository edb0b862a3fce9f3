//! What was signed binds: a log that is behind it goes on with nothing but the same history.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::small::{FIRST, SECOND, folder, import};
use support::{json, refused, run, text};
use tallylog_projection::Shown;
use tallylog_verify::{Bundle, begin_in_part, frame, withheld};
use tempfile::TempDir;

/// An archive of two releases, a bundle of it, and a copy of it as it was after the first.
struct Night {
    dir: TempDir,
    from: TempDir,
}

impl Night {
    fn new() -> Self {
        let from = folder(&[("first", FIRST)]);
        let dir = tempfile::tempdir().unwrap();
        let night = Self { dir, from };
        import(night.from.path(), &night.path("data"));
        copy(&night.path("data"), &night.path("old"));
        support::small::write(night.from.path(), "second", SECOND);
        import(night.from.path(), &night.path("data"));
        let (data, bundle) = (night.path("data"), night.path("bundle"));
        let made = run(&["bundle", "--data-dir", text(&data), "-o", text(&bundle)]);
        assert_eq!(made.code, Some(0), "{}", made.err);
        night
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The log as it was, with what was signed since.
    fn set_back(&self) -> PathBuf {
        let set_back = self.path("old");
        fs::copy(self.path("data").join("checkpoints"), set_back.join("checkpoints")).unwrap();
        set_back
    }

    fn restore(&self, from: &Path, more: &[&str]) -> (PathBuf, support::Ended) {
        let new = self.path("new");
        let ended = run(&[&["restore", "--from", text(from), "--data-dir", text(&new)], more].concat());
        (new, ended)
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn head(data: &Path) -> (serde_json::Value, serde_json::Value) {
    let answer = json(&["totals", "--data-dir", text(data)]);
    (answer["size"].clone(), answer["root"].clone())
}

#[test]
fn a_log_that_is_behind_what_it_signed_is_not_served_and_not_written() {
    let night = Night::new();
    let data = night.set_back();
    let said = refused(&["serve", "--data-dir", text(&data), "--listen", "127.0.0.1:0"], 2);
    assert!(said.contains("[behind-checkpoint]"), "{said}");
    let said = refused(&["import", text(night.from.path()), "--data-dir", text(&data)], 2);
    assert!(said.contains("[behind-checkpoint]"), "{said}");
    let checked = run(&["check", "--data-dir", text(&data)]);
    assert_eq!(checked.code, Some(1));
    assert!(checked.out.contains("[behind-checkpoint]"), "{}", checked.out);
}

#[test]
fn a_bundle_gives_back_what_was_lost_and_the_log_goes_on_as_it_was() {
    let night = Night::new();
    let (new, ended) = night.restore(&night.set_back(), &["--bundle", text(&night.path("bundle"))]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(head(&new), head(&night.path("data")));
    assert_eq!(run(&["check", "--data-dir", text(&new)]).code, Some(0));
    import(night.from.path(), &new);
}

#[test]
fn a_log_of_which_only_the_keys_are_left_comes_back_from_a_bundle() {
    let night = Night::new();
    let data = night.set_back();
    fs::remove_dir_all(data.join("log")).unwrap();
    let (new, ended) = night.restore(&data, &["--bundle", text(&night.path("bundle"))]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(head(&new), head(&night.path("data")));
}

#[test]
fn without_what_was_lost_the_copy_is_for_reading_only() {
    let night = Night::new();
    let data = night.set_back();
    let (_, ended) = night.restore(&data, &[]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("[entries-missing]"), "{}", ended.err);
    let (new, ended) = night.restore(&data, &["--prefix"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.err.contains("second history"), "{}", ended.err);
    json(&["totals", "--data-dir", text(&new)]);
    let said = refused(&["serve", "--data-dir", text(&new), "--listen", "127.0.0.1:0"], 2);
    assert!(said.contains("[behind-checkpoint]"), "{said}");
}

#[test]
fn a_bundle_of_another_log_restores_nothing() {
    let (night, other) = (Night::new(), Night::new());
    let (new, ended) = night.restore(&night.set_back(), &["--bundle", text(&other.path("bundle"))]);
    assert_eq!(ended.code, Some(2), "{}", ended.err);
    assert!(!new.join("checkpoints").exists());
}

#[test]
fn a_log_with_another_history_than_was_signed_is_not_served() {
    let (night, other) = (Night::new(), Night::new());
    // The same size, and other entries: its keys are its own, too.
    let (data, foreign) = (night.path("data"), other.path("data"));
    fs::remove_dir_all(data.join("log")).unwrap();
    copy(&foreign.join("log"), &data.join("log"));
    let said = refused(&["serve", "--data-dir", text(&data), "--listen", "127.0.0.1:0"], 2);
    assert!(said.contains("[other-log-key]"), "{said}");
    fs::remove_dir_all(data.join("keys")).unwrap();
    copy(&foreign.join("keys"), &data.join("keys"));
    let said = refused(&["serve", "--data-dir", text(&data), "--listen", "127.0.0.1:0"], 2);
    // A checkpoint of another log is none of this one's.
    assert!(said.contains("[checkpoint-"), "{said}");
}

/// The bundle as somebody has it who is not shown its last entries.
fn in_part(bundle: &[u8]) -> Vec<u8> {
    let bundle = Bundle::parse(bundle).unwrap();
    let size = bundle.entries().count();
    let mut bytes = begin_in_part(bundle.policy(), bundle.checkpoints()).unwrap();
    for (index, entry) in (0..).zip(bundle.entries().shown(0..size)) {
        let leaf = entry.leaf();
        match entry {
            Shown::Entry(entry) if index + 3 < size => bytes.extend([&frame(entry).unwrap()[..], entry].concat()),
            Shown::Entry(_) | Shown::Withheld(_) => bytes.extend(withheld(&leaf)),
        }
    }
    bytes
}

#[test]
fn what_a_bundle_withholds_is_not_restored_from_it_and_is_from_another() {
    let night = Night::new();
    let (whole, part) = (night.path("bundle"), night.path("part"));
    fs::write(&part, in_part(&fs::read(&whole).unwrap())).unwrap();
    let data = night.set_back();
    let (_, ended) = night.restore(&data, &["--bundle", text(&part)]);
    assert_eq!(ended.code, Some(2), "{}", ended.err);
    assert!(ended.err.contains("[entries-missing]"), "{}", ended.err);
    let (new, ended) = night.restore(&data, &["--bundle", text(&part), "--bundle", text(&whole)]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(head(&new), head(&night.path("data")));
}
