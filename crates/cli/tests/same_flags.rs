//! `tallylog verify` and `tallylog-verify` take the same flags.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a helper that fails fails its test"
)]

mod support;

use std::collections::BTreeSet;
use std::fs;

use support::small::{FIRST, folder, import};
use support::{Ended, run, tallylog, text};

/// Every word of a help text that begins with two hyphens, letter by letter.
fn flags(help: &str) -> BTreeSet<String> {
    let words = help.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
    let flags = words.filter(|word| word.len() > 2 && word.starts_with("--"));
    flags.map(str::to_owned).collect()
}

#[test]
fn both_verifiers_name_the_same_flags_in_their_help() {
    let ours = flags(&run(&["verify", "--help"]).out);
    let source = include_str!("../../verify/src/args.rs");
    let help = source
        .split("HELP: &str = \"")
        .nth(1)
        .unwrap()
        .split("\";")
        .next()
        .unwrap();
    assert!(ours.len() > 12, "{ours:?}");
    assert_eq!(ours, flags(help));
}

/// Variables that are exported for a whole night, none of which says anything about a file, a receipt or a proof.
const OF_A_SERVER: [(&str, &str); 3] = [
    ("TALLYLOG_DEVICE", "device"),
    ("TALLYLOG_PASSPHRASE_FILE", "passphrase"),
    ("TALLYLOG_STATE", "state"),
];

fn with(variables: &[(&str, &str)], args: &[&str]) -> Ended {
    let mut command = tallylog();
    command.envs(variables.iter().copied());
    command.args(args).output().unwrap().into()
}

/// A night of its own, a receipt of it, and its log's key.
struct Kept {
    folder: tempfile::TempDir,
    log_key: String,
}

impl Kept {
    fn new() -> Self {
        let (from, kept) = (folder(&[("first", FIRST)]), tempfile::tempdir().unwrap());
        let (data, night) = (kept.path().join("data"), kept.path().join("night"));
        let receipt = kept.path().join("receipt");
        import(from.path(), &data);
        let data = ["--data-dir", text(&data)];
        let made = run(&[&["bundle", "-o", text(&night)], &data[..]].concat());
        assert_eq!(made.code, Some(0), "{}", made.err);
        let proved = run(&[&["prove", "entry", "0", "-o", text(&receipt)], &data[..]].concat());
        assert_eq!(proved.code, Some(0), "{}", proved.err);
        let log_key = run(&[&["key", "log"], &data[..]].concat()).out.trim().to_owned();
        Self { folder: kept, log_key }
    }

    fn at(&self, name: &str) -> String {
        text(&self.folder.path().join(name)).to_owned()
    }
}

#[test]
fn a_variable_that_says_nothing_about_what_is_verified_is_passed_over() {
    let kept = Kept::new();
    let (night, receipt) = (kept.at("night"), kept.at("receipt"));
    let server = [("TALLYLOG_SERVER", "http://127.0.0.1:9"), ("TALLYLOG_FORMAT", "csv")];
    let around = [&OF_A_SERVER[..], &server].concat();
    let ended = with(&around, &["verify", &night]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    let of_nights = [
        ("TALLYLOG_RELEASE", "first"),
        ("TALLYLOG_CONTEST", "no hash"),
        ("TALLYLOG_ROSTER", "nowhere"),
        ("TALLYLOG_RULESET", "iowa-1846"),
        ("TALLYLOG_MAX_AGE", "1"),
        ("TALLYLOG_SKEW", "1"),
        ("TALLYLOG_EVIDENCE", "nowhere"),
        ("TALLYLOG_SERVICE_KEY", "no key"),
    ];
    let around = [&around[..], &of_nights].concat();
    let ended = with(&around, &["verify", "--receipt", &receipt, "--log-key", &kept.log_key]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    assert!(!fs::exists(kept.at("state")).unwrap());
}

#[test]
fn a_variable_that_says_something_is_obeyed() {
    let (kept, night) = (Kept::new(), ["verify"]);
    let obeyed = |variable: (&str, &str), code: i32, says: &str| {
        let ended = with(&[variable], &[&night[..], &[&kept.at("night")]].concat());
        let said = format!("{}{}", ended.out, ended.err);
        assert!(ended.code == Some(code) && said.contains(says), "{variable:?}: {said}");
    };
    obeyed(("TALLYLOG_LOG_KEY", &Kept::new().log_key), 1, "[other-log]");
    obeyed(("TALLYLOG_SERVICE_KEY", &"ab".repeat(32)), 1, "[other-service-key]");
    obeyed(("TALLYLOG_CONTEST", &"ab".repeat(32)), 1, "[contest-differs]");
    obeyed(("TALLYLOG_RULESET", "iowa-1846"), 2, "[no-ruleset]");
    obeyed(("TALLYLOG_FORMAT", "json"), 0, "\"verified\": true");
    let ended = with(
        &[("TALLYLOG_RECEIPT", &kept.at("receipt"))],
        &["verify", "--log-key", &kept.log_key],
    );
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
}

#[test]
fn a_flag_that_was_typed_and_says_nothing_is_refused() {
    let kept = Kept::new();
    let (night, receipt) = (kept.at("night"), kept.at("receipt"));
    let refused = |args: &[&str], code: &str| {
        let ended = run(&[&["verify"], args].concat());
        assert_eq!(ended.code, Some(2), "{args:?}: {}", ended.out);
        assert!(ended.err.contains(code), "{args:?}: {}", ended.err);
    };
    for flag in ["--device", "--passphrase-file", "--state"] {
        refused(&[&night, flag, "there"], "[idle-flag]");
    }
    let key = ["--receipt", &receipt, "--log-key", &kept.log_key];
    for (flag, value) in [("--release", "first"), ("--skew", "1"), ("--ruleset", "iowa-2020")] {
        refused(&[&key[..], &[flag, value]].concat(), "[idle-flag]");
    }
    refused(&[&night, "--format", "csv"], "[bad-arguments]");
    refused(&[&night, "--receipt", &receipt], "[bad-arguments]");
    refused(&[&night, "--server", "http://127.0.0.1:9"], "[bad-arguments]");
}
