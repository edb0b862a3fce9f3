//! The last word of a run: what was not checked, since this machine lacks something. And that no test skips in silence.
//!
//! Cargo runs the tests of the root package last, and of these the one with the last name. nextest is told so in
//! `.config/nextest.toml`.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod means;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use means::{MUST, Means, lacked, required};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The files of a folder and the folders in it that end so, but for what was installed.
fn files(folder: &Path, ends: &[&str]) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let found = entries.flat_map(|entry| {
        let path = entry.unwrap().path();
        let is_ours = !path.ends_with("node_modules") && !path.ends_with("target");
        match path.is_dir() {
            true if is_ours => files(&path, ends),
            true => Vec::new(),
            false => vec![path],
        }
    });
    let wanted = |path: &PathBuf| ends.iter().any(|end| path.to_str().unwrap().ends_with(end));
    found.filter(wanted).collect()
}

/// What a run says at its end of what its tests wrote down.
fn summary(folder: &Path) -> String {
    let mut text = String::new();
    for (means, tests) in lacked(folder) {
        // What a source lacked that is gone since is nobody's concern.
        let tests: Vec<_> = tests.into_iter().filter(|test| root().join(test).exists()).collect();
        if !tests.is_empty() {
            writeln!(text, "    without {means}: {}", tests.join(", ")).unwrap();
        }
    }
    if text.is_empty() {
        return text;
    }
    format!("\nNOT CHECKED, since this machine lacks what these tests need (docs/CONTRIBUTING.md):\n{text}")
}

/// Not a check: it only speaks, past whoever keeps what passing tests print.
#[test]
fn what_was_not_checked_is_said_at_the_end() {
    required(&std::env::var(MUST).unwrap_or_default()).unwrap();
    io::stderr().write_all(summary(&means::folder()).as_bytes()).unwrap();
}

#[test]
fn a_summary_names_each_means_with_the_tests_that_lacked_it() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(summary(&folder.path().join("nowhere")), "");
    assert_eq!(summary(folder.path()), "");
    for note in [
        "mount crates+store+tests+full.rs",
        "strace tests+store_strace.rs",
        "strace crates+cli+tests+witness+traced.rs",
        "strace tests+gone.rs",
    ] {
        fs::write(folder.path().join(note), "").unwrap();
    }
    let text = summary(folder.path());
    let lines: Vec<&str> = text.lines().skip(2).map(str::trim).collect();
    let expected = [
        "without mount: crates/store/tests/full.rs",
        "without strace: crates/cli/tests/witness/traced.rs, tests/store_strace.rs",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn a_test_that_lacks_what_must_be_there_fails_and_without_the_word_it_passes() {
    for means in Means::ALL {
        let name = means.name();
        for must in ["", "  ,", name, &format!("mount, {name}")] {
            assert_eq!(means.allowed(true, must), Ok(()));
            let failed = means.allowed(false, must).is_err_and(|why| why.contains(name));
            assert_eq!(failed, must.contains(name), "{must:?}");
        }
    }
    let mistyped = Means::Strace.allowed(true, "strase").unwrap_err();
    assert!(mistyped.contains("strase") && mistyped.contains("strace"), "{mistyped}");
}

/// The names in backticks that begin the rows of the table.
fn on_the_page() -> Vec<String> {
    let page = read("docs/CONTRIBUTING.md");
    let table = page.split("| means | ").nth(1).unwrap().split("\n\n").next().unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| row.split('`').next().unwrap().to_owned()).collect()
}

#[test]
fn all_means_are_on_the_page_and_the_gate_asks_for_each() {
    let all = Means::ALL.map(|means| means.name().to_owned());
    assert_eq!(on_the_page(), all);
    let gate = read(".ci/run");
    let asked = gate.lines().filter_map(|line| line.trim().strip_prefix("must "));
    let asked: BTreeSet<String> = asked.flat_map(|names| names.split(' ')).map(str::to_owned).collect();
    assert_eq!(asked, BTreeSet::from(all));
}

/// Whoever skips writes it down: in Rust with `Means`, in TypeScript with `lacks`, or with what calls it.
#[test]
fn no_test_skips_without_a_word() {
    let ways = [
        "SKIP",
        "skipIf(",
        "runIf(",
        "{ skip }",
        "test.skip(",
        "it.skip(",
        "describe.skip(",
    ];
    let [own, helper] = [file!(), "tests/means/mod.rs"].map(|path| root().join(path));
    let all = ["tests", "crates", "benches"].map(|folder| files(&root().join(folder), &[".rs", ".ts"]));
    let (mut looked, mut found) = (0, Vec::new());
    for path in all.concat().into_iter().filter(|path| *path != own && *path != helper) {
        let text = fs::read_to_string(&path).unwrap();
        looked += 1;
        for line in text.lines().filter(|line| ways.iter().any(|way| line.contains(way))) {
            if !text.contains("lacks(") && !text.contains("publishedResults(") {
                found.push(format!("{}: {}", path.display(), line.trim()));
            }
        }
    }
    assert!(looked > 500, "{looked}");
    assert_eq!(found, Vec::<String>::new());
}
