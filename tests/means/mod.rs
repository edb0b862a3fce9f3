//! What a test needs and a machine may lack: a program, a right, the published results.
//!
//! A test that lacks something checks nothing and passes. That is written down beside the build, and
//! `tests/what_was_not_checked.rs` and `.ci/run` say it at the end of a run. What `TALLYLOG_MUST` names has to be there:
//! a test that lacks it fails.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "each test uses a part of it, and a helper that fails fails its test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The names of the means that must be there, with commas between.
pub(crate) const MUST: &str = "TALLYLOG_MUST";

/// What a test may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Means {
    /// The published results of 3 February 2020, beside the project.
    PublishedResults,
    /// Reads system calls.
    Strace,
    /// `script` of util-linux, which gives a program a terminal.
    Script,
    Python,
    Openssl,
    /// The right to mount a small disk, and so to fill one.
    Mount,
    /// A system that says how much memory a process has.
    Proc,
    /// The verifier's program, which the tests of the pages ask for a second opinion.
    Verifier,
}

impl Means {
    pub(crate) const ALL: [Self; 8] = [
        Self::PublishedResults,
        Self::Strace,
        Self::Script,
        Self::Python,
        Self::Openssl,
        Self::Mount,
        Self::Proc,
        Self::Verifier,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::PublishedResults => "published-results",
            Self::Strace => "strace",
            Self::Script => "script",
            Self::Python => "python3",
            Self::Openssl => "openssl",
            Self::Mount => "mount",
            Self::Proc => "proc",
            Self::Verifier => "tallylog-verify",
        }
    }

    /// Says whether a test has what it needs, and writes it down where it has not.
    #[track_caller]
    pub(crate) fn noted(self, is_there: bool) -> bool {
        let test = Location::caller().file();
        let must = std::env::var(MUST).unwrap_or_default();
        if let Err(why) = self.allowed(is_there, &must) {
            panic!("{test}: {why}");
        }
        let note = folder().join(format!("{} {}", self.name(), test.replace('/', "+")));
        if is_there {
            fs::remove_file(note).ok();
        } else {
            fs::create_dir_all(folder()).unwrap();
            fs::write(note, "").unwrap();
        }
        is_there
    }

    /// Whether a test may go without.
    pub(crate) fn allowed(self, is_there: bool, must: &str) -> Result<(), String> {
        let must = required(must)?;
        if is_there || !must.contains(self.name()) {
            return Ok(());
        }
        let name = self.name();
        Err(format!(
            "{name} is not here, so nothing was checked; {MUST} says that it must be: provide it, or leave it out there"
        ))
    }
}

/// The means that must be there. One that nobody knows would require nothing, and is an error.
pub(crate) fn required(must: &str) -> Result<BTreeSet<&str>, String> {
    let named: BTreeSet<&str> = must.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let known = Means::ALL.map(Means::name);
    match named.iter().find(|name| !known.contains(name)) {
        Some(name) => Err(format!("{MUST} names {name:?}; there are {}", known.join(", "))),
        None => Ok(named),
    }
}

/// Where tests write down what they lacked: an empty file for each means and source, named after both. The tests of the pages
/// write there too.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("not-checked")
}

/// What was not checked when each test last ran: the sources by the means that they lacked.
pub(crate) fn lacked(folder: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut lacked: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let Ok(notes) = fs::read_dir(folder) else {
        return lacked;
    };
    for note in notes {
        let note = note.unwrap().file_name().into_string().unwrap();
        let (means, test) = note.split_once(' ').unwrap();
        lacked
            .entry(means.to_owned())
            .or_default()
            .insert(test.replace('+', "/"));
    }
    lacked
}

/// The published results of 2020, where they lie beside the project.
#[track_caller]
pub(crate) fn published_results() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.ancestors().find(|folder| folder.join("Cargo.lock").exists());
    let results = root.unwrap().join("../shared/iowa-2020");
    Means::PublishedResults.noted(results.is_dir()).then_some(results)
}

/// Whether a program is installed that has the name of its means.
#[track_caller]
pub(crate) fn has_program(means: Means) -> bool {
    let mut command = Command::new(means.name());
    command.arg("--version").stdin(Stdio::null());
    means.noted(command.output().is_ok())
}
