//! The page of proofs has an example that a reader repeats with a shell, openssl and Python. So does this test.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a helper that fails fails its test"
)]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use support::means::{Means, has_program};
use support::{run, text};

/// The blocks of code of a kind under a heading of a page, or on all of it where the heading is its title, in order.
fn blocks(page: &str, heading: &str, kind: &str) -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(page);
    let page = fs::read_to_string(page).unwrap();
    let (_, below) = page.split_once(&format!("{heading}\n")).unwrap();
    let section = if heading.starts_with("## ") {
        below.split("\n## ").next().unwrap()
    } else {
        below
    };
    let fence = format!("```{kind}\n");
    let begun = section.split(&fence).skip(1);
    begun
        .map(|block| block.split("```").next().unwrap().to_owned())
        .collect()
}

/// Both are looked for, so that both are noted.
#[track_caller]
fn has_tools() -> bool {
    has_program(Means::Openssl) & has_program(Means::Python)
}

fn within(dir: &Path, program: &str, code: &str) -> Output {
    let mut command = Command::new(program);
    command.current_dir(dir).arg("-c").arg(code).output().unwrap()
}

/// A rehearsal's log as plain files, with a receipt.
fn export(dir: &Path) {
    let (data, site) = (dir.join("data"), dir.join("site"));
    let receipt = site.join("receipt.tlog-proof");
    for args in [
        &[
            "demo",
            "--seconds",
            "0",
            "--exit",
            "--listen",
            "127.0.0.1:0",
            "--data-dir",
            text(&data),
        ][..],
        &["export", "tiles", text(&site), "--data-dir", text(&data)],
        &[
            "prove",
            "entry",
            "2000",
            "--data-dir",
            text(&data),
            "-o",
            text(&receipt),
        ],
    ] {
        let ended = run(args);
        assert_eq!(ended.code, Some(0), "{args:?}: {}", ended.err);
    }
}

#[test]
fn a_reader_verifies_a_log_with_a_shell_openssl_and_python() {
    if !has_tools() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    export(dir.path());
    let site = dir.path().join("site");
    let [signature, contest] = <[String; 2]>::try_from(blocks("PROOFS.md", "## A worked example", "sh")).unwrap();
    let [python] = <[String; 1]>::try_from(blocks("PROOFS.md", "## A worked example", "python")).unwrap();

    let checked = within(&site, "sh", &signature);
    assert!(checked.status.success(), "{checked:?}");
    let checked = within(&site, "python3", &python);
    assert!(
        String::from_utf8_lossy(&checked.stdout).starts_with("verified"),
        "{checked:?}"
    );

    let named = within(&site, "sh", &contest);
    let hash = String::from_utf8(named.stdout)
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .to_owned();
    let bundle = dir.path().join("night.tallylog");
    let made = run(&[
        "bundle",
        "--data-dir",
        text(&dir.path().join("data")),
        "-o",
        text(&bundle),
    ]);
    assert_eq!(made.code, Some(0), "{}", made.err);
    let verified = run(&["verify", text(&bundle), "--contest", &hash]);
    assert_eq!(verified.code, Some(0), "{}", verified.out);

    // One byte is another, and the reader sees it.
    let tampered = site.join("tile/entries/000");
    let mut bytes = fs::read(&tampered).unwrap();
    bytes[1_000] ^= 1;
    fs::write(&tampered, bytes).unwrap();
    assert!(!within(&site, "python3", &python).status.success());
    let text = fs::read_to_string(site.join("checkpoint")).unwrap();
    let entries = text.lines().nth(1).unwrap();
    fs::write(site.join("checkpoint"), text.replacen(entries, "4000", 1)).unwrap();
    assert!(!within(&site, "sh", &signature).status.success());
}

/// Saves what the page says how to save, and returns the command.
fn save(site: &Path, heading: &str, name: &str) -> String {
    let [program] = <[String; 1]>::try_from(blocks("PROOFS.md", heading, "python")).unwrap();
    fs::write(site.join(name), program).unwrap();
    let [command] = <[String; 1]>::try_from(blocks("PROOFS.md", heading, "sh")).unwrap();
    command
}

#[track_caller]
fn check(site: &Path, command: &str, holds: bool) {
    let checked = within(site, "sh", command);
    let said = String::from_utf8_lossy(&checked.stdout);
    assert_eq!(checked.status.success(), holds, "{checked:?}");
    assert_eq!(said.starts_with("verified"), holds, "{checked:?}");
}

#[test]
fn a_reader_verifies_a_precinct_and_two_checkpoints_by_hand() {
    if !has_tools() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    export(dir.path());
    let (data, site) = (dir.path().join("data"), dir.path().join("site"));
    fs::write(
        site.join("events.py"),
        blocks("EVENTS.md", "# Events: the bytes", "python").concat(),
    )
    .unwrap();

    let command = save(&site, "## A precinct by hand", "precinct.py");
    let proof = site.join("precinct.proof");
    let wanted = [
        "Jasper",
        "Fox Run Township",
        "--data-dir",
        text(&data),
        "-o",
        text(&proof),
    ];
    let ended = run(&[&["prove", "precinct"][..], &wanted].concat());
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    check(&site, &command, true);
    // One letter of each part of the proof is another.
    let good = fs::read_to_string(&proof).unwrap();
    let parts: Vec<&str> = good.lines().collect();
    for (at, line) in parts.iter().enumerate().filter(|(_, line)| line.len() > 20) {
        let place = line.len() / 2;
        let letter = if line[place..].starts_with('A') { 'B' } else { 'A' };
        let bad = format!("{}{letter}{}", &line[..place], &line[place + 1..]);
        let mut lines = parts.clone();
        lines[at] = &bad;
        fs::write(&proof, lines.join("\n") + "\n").unwrap();
        check(&site, &command, false);
    }

    let command = save(&site, "## Two checkpoints by hand", "grown.py");
    let signed = fs::read_to_string(site.join("checkpoints")).unwrap();
    let first: Vec<&str> = signed.split_inclusive('\n').take(5).collect();
    fs::write(site.join("checkpoint.old"), first.concat()).unwrap();
    check(&site, &command, true);
    let mut hashes = fs::read(site.join("tile/0/000")).unwrap();
    hashes[40] ^= 1;
    fs::write(site.join("tile/0/000"), hashes).unwrap();
    check(&site, &command, false);
}
