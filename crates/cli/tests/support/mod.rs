//! Runs the binary as a person does.

#![allow(dead_code, reason = "each test binary uses its own part")]

#[allow(clippy::panic, reason = "a helper that fails fails its test")]
pub(crate) mod centre;
#[path = "../../../../tests/means/mod.rs"]
pub(crate) mod means;
pub(crate) mod small;

pub(crate) mod site;
pub(crate) mod terminal;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// How a command ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

pub(crate) fn tallylog() -> Command {
    Command::new(env!("CARGO_BIN_EXE_tallylog"))
}

pub(crate) fn run(args: &[&str]) -> Ended {
    tallylog().args(args).output().unwrap().into()
}

/// Runs a command that must succeed, and reads its JSON.
#[track_caller]
pub(crate) fn json(args: &[&str]) -> Value {
    let ended = run(&[args, &["--format", "json"]].concat());
    assert_eq!(ended.code, Some(0), "{args:?}: {}", ended.err);
    serde_json::from_str(&ended.out).unwrap()
}

/// Runs a command that must end with `code`, and returns what it said.
#[track_caller]
pub(crate) fn refused(args: &[&str], code: i32) -> String {
    let ended = run(args);
    assert_eq!(ended.code, Some(code), "{args:?}: {}{}", ended.out, ended.err);
    ended.err
}

/// The published results of 2020, where they lie beside the project.
#[track_caller]
pub(crate) fn iowa() -> Option<PathBuf> {
    means::published_results()
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The rows of a CSV file without its header.
pub(crate) fn rows(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect()
}
