//! Every code of the verifiable log and of witnesses is on the page of problems, once, and nothing more.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
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

fn listed(heading: &str) -> Vec<String> {
    let page = fs::read_to_string(root().join("docs/PROBLEMS.md")).unwrap();
    let lines = page.lines().skip_while(|line| *line != heading).skip(1);
    let rows = lines.take_while(|line| !line.starts_with("## "));
    let first_cells = rows.filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    first_cells.map(|(code, _)| code.to_owned()).collect()
}

#[track_caller]
fn check(heading: &str, folders: &[&str]) {
    let sources = folders.iter().flat_map(|folder| sources(&root().join(folder)));
    let given: Vec<_> = sources.flat_map(|source| codes(&source)).collect();
    let listed = listed(heading);
    let (given_once, listed_once) = (BTreeSet::from_iter(given.clone()), BTreeSet::from_iter(listed.clone()));
    assert_eq!(listed_once, given_once);
    assert_eq!(listed.len(), listed_once.len(), "a code stands twice on the page");
    assert_eq!(given.len(), given_once.len(), "two errors have one code");
}

#[test]
fn every_code_of_the_verifiable_log_is_on_the_page() {
    check("## The verifiable log", &["crates/tlog/src"]);
}

#[test]
fn every_code_of_witnesses_is_on_the_page() {
    check(
        "## Witnesses",
        &["crates/server/src/cosign", "crates/server/src/witness"],
    );
}
