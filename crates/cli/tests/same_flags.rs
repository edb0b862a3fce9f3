//! `tallylog verify` and `tallylog-verify` take the same flags.

use std::collections::BTreeSet;
use std::process::Command;

/// Every word of a help text that begins with two hyphens, letter by letter.
fn flags(help: &str) -> BTreeSet<String> {
    let words = help.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
    let flags = words.filter(|word| word.len() > 2 && word.starts_with("--"));
    flags.map(str::to_owned).collect()
}

#[test]
fn both_verifiers_name_the_same_flags_in_their_help() {
    let ended = Command::new(env!("CARGO_BIN_EXE_tallylog"))
        .args(["verify", "--help"])
        .output()
        .unwrap();
    let ours = flags(&String::from_utf8(ended.stdout).unwrap());
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
