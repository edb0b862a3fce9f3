//! The page of proofs has an example that a reader repeats with a shell, openssl and Python. So does this test.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a helper that fails fails its test"
)]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use support::{run, text};

/// The blocks of code of a kind, in order.
fn blocks(kind: &str) -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/PROOFS.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, example) = page.split_once("## A worked example").unwrap();
    let fence = format!("```{kind}\n");
    let begun = example.split(&fence).skip(1);
    begun
        .map(|block| block.split("```").next().unwrap().to_owned())
        .collect()
}

fn can_run(program: &str) -> bool {
    let there = Command::new(program).arg("version").output().is_ok();
    if !there {
        println!("SKIPPED: {program} is not installed");
    }
    there
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
    if !can_run("openssl") || !can_run("python3") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    export(dir.path());
    let site = dir.path().join("site");
    let [signature, contest] = <[String; 2]>::try_from(blocks("sh")).unwrap();
    let [python] = <[String; 1]>::try_from(blocks("python")).unwrap();

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
