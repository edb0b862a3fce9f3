//! The verifier's pages say what it does: every code, check, flag.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tallylog_verify::Check;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The text of every source of a folder and the folders in it.
fn sources(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let found = entries.flat_map(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path)
        } else {
            vec![fs::read_to_string(path).unwrap()]
        }
    });
    found.collect()
}

/// The codes that the errors of a source give, each in quotes within a `code` function.
fn codes(source: &str) -> Vec<String> {
    let functions = source.split("fn code(&self)").skip(1);
    let bodies = functions.map(|rest| rest.split("\n    }\n").next().unwrap());
    let quoted = bodies.flat_map(|body| body.split('"').skip(1).step_by(2));
    quoted.map(str::to_owned).collect()
}

/// The rows of the table under a heading, cell by cell.
fn rows(page: &str, heading: &str) -> Vec<Vec<String>> {
    let text = read(page);
    let lines = text.lines().skip_while(|line| *line != heading).skip(1);
    let section = lines.take_while(|line| !line.starts_with("## "));
    let rows = section.filter(|line| line.starts_with("| ")).skip(2);
    let cells = |line: &str| {
        line.trim_matches('|')
            .split('|')
            .map(|cell| cell.trim().replace('`', ""))
            .collect()
    };
    rows.map(cells).collect()
}

#[test]
fn every_code_of_the_verifier_is_on_the_page() {
    let mut all = sources(&root().join("crates/verify/src"));
    all.push(read("crates/projection/src/replay.rs"));
    let given: BTreeSet<String> = all.iter().flat_map(|source| codes(source)).collect();
    let listed: Vec<String> = rows("docs/PROBLEMS.md", "## The verifier")
        .into_iter()
        .map(|row| row[0].clone())
        .collect();
    assert_eq!(BTreeSet::from_iter(listed.clone()), given);
    assert_eq!(listed.len(), given.len(), "a code stands twice on the page");
}

#[test]
fn every_check_is_on_the_page_with_its_number_and_claim() {
    let listed = rows("docs/PROOFS.md", "## The checks");
    let checks = Check::ALL.map(|check| {
        let words = [
            check.number().to_string(),
            check.name().to_owned(),
            check.claim().to_owned(),
        ];
        words.to_vec()
    });
    assert_eq!(listed, checks);
}

#[test]
fn every_flag_is_on_the_page_and_in_the_help() {
    let source = read("crates/verify/src/args.rs");
    let arms = source
        .split("Long(\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap());
    let taken: BTreeSet<String> = arms
        .filter(|flag| *flag != "help")
        .map(|flag| format!("--{flag}"))
        .collect();
    let listed = rows("docs/PROOFS.md", "## What to ask for").into_iter();
    let listed: BTreeSet<String> = listed.map(|row| row[0].split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(listed, taken);
    let help = source
        .split("HELP: &str = \"")
        .nth(1)
        .unwrap()
        .split("\";")
        .next()
        .unwrap();
    for flag in &taken {
        assert!(help.contains(flag), "{flag}");
    }
}

/// The sources that a row of the page names as its tests.
fn tests_of(row: &[String]) -> Vec<&str> {
    row[2].split_whitespace().collect()
}

#[test]
fn every_cheat_on_the_page_has_tests_that_are_there() {
    let cheats = rows("docs/PROOFS.md", "## Who is caught by what");
    assert!(cheats.len() > 12, "{}", cheats.len());
    for row in &cheats {
        for test in tests_of(row) {
            assert!(root().join(test).is_file(), "{test}");
        }
        assert!(!tests_of(row).is_empty(), "{}", row[0]);
    }
    // A test that names a row names one that is there, and is named by it.
    let attacks = "crates/cli/tests/attacks.rs";
    let text = read(attacks);
    let named = text.split("/// Row: ").skip(1);
    let named: Vec<_> = named.map(|rest| rest.split(['.', ';']).next().unwrap()).collect();
    assert!(named.len() >= 6, "{named:?}");
    for name in named {
        let row = cheats.iter().find(|row| row[0] == name);
        assert!(row.is_some_and(|row| tests_of(row).contains(&attacks)), "{name}");
    }
}
