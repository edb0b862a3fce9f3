//! A log and its witnesses as processes: what is cosigned is published, and a witness that is missing delays nothing.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use support::small::{FIRST, folder, import};
use support::{json, run, tallylog, text};

/// A process that serves, and its address.
struct Serving(Child, String);

impl Serving {
    fn start(args: &[&str]) -> Self {
        let mut child = tallylog().args(args).stderr(Stdio::piped()).spawn().unwrap();
        let mut talk = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("http://") {
            assert!(talk.read_line(&mut said).unwrap() > 0, "it ended: {said}");
        }
        std::thread::spawn(move || std::io::copy(&mut talk, &mut std::io::sink()));
        let address = said[said.find("http://").unwrap()..].split_whitespace().next().unwrap();
        Self(child, address.to_owned())
    }

    fn ask(&self, path: &str) -> String {
        let mut answer = ureq::get(format!("{}/{path}", self.1)).call().unwrap();
        answer.body_mut().read_to_string().unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let asked = std::process::Command::new("kill").arg(self.0.id().to_string()).status();
        asked.unwrap();
        self.0.wait().unwrap();
    }
}

fn said(args: &[&str]) -> String {
    let ended = run(args);
    assert_eq!(ended.code, Some(0), "{args:?}: {}", ended.err);
    ended.out.trim().to_owned()
}

#[test]
fn a_witness_cosigns_what_was_signed_before_it_was_asked_and_a_missing_one_delays_nothing() {
    let (from, dir) = (folder(&[("first", FIRST)]), tempfile::tempdir().unwrap());
    let (data, witness) = (dir.path().join("data"), dir.path().join("witness"));
    import(from.path(), &data);
    let log_key = said(&["key", "log", "--data-dir", text(&data)]);
    let witness_key = said(&["witness", "key", "--data-dir", text(&witness)]);
    let missing = said(&["witness", "key", "--data-dir", text(&dir.path().join("missing"))]);
    let watching = Serving::start(&[
        "witness",
        "serve",
        "--data-dir",
        text(&witness),
        "--log",
        &log_key,
        "--listen",
        "127.0.0.1:0",
    ]);
    let (there, gone) = (
        format!("{witness_key}@{}", watching.1),
        format!("{missing}@http://127.0.0.1:9"),
    );
    let log = Serving::start(&[
        "serve",
        "--data-dir",
        text(&data),
        "--listen",
        "127.0.0.1:0",
        "--witness",
        &there,
        "--witness",
        &gone,
        "--witness-quorum",
        "1",
    ]);
    let begun = Instant::now();
    while !log.ask("checkpoint").contains("witness.invalid/") {
        assert!(begun.elapsed() < Duration::from_secs(10), "{}", log.ask("checkpoint"));
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(log.ask("policy").contains(&witness_key) && log.ask("policy").contains(&missing));
    drop(log);

    // The folder remembers both the cosignature and whose it is.
    let bundle = dir.path().join("night.tallylog");
    said(&["bundle", "--data-dir", text(&data), "-o", text(&bundle)]);
    let report = json(&["verify", text(&bundle)]);
    assert_eq!(
        report["night"]["cosigners"].as_array().map(Vec::len),
        Some(1),
        "{report}"
    );
}
