//! Backups of a running log with a drill, the night replayed, and an audit of the paper, by whole commands.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::centre::{Centre, Rules, sheet};
use crate::support::{json, refused, run, text};

/// A centre in which a precinct was reported.
fn reported() -> Centre {
    let centre = Centre::new(Rules::default());
    centre.chair("cher", "Adams", "Adams 1");
    let file = centre.path("sheet.json");
    fs::write(&file, sheet("Adams", "Adams 1", 20, 20, [2, 2]).to_string()).unwrap();
    centre.done("cher", &["report", "--file", text(&file)]);
    centre
}

#[test]
fn a_log_that_was_lost_goes_on_from_its_backup() {
    let mut centre = reported();
    let (backup, lost) = (centre.path("backup"), centre.data());
    let made = run(&["backup", "--data-dir", text(&lost), "--to", text(&backup)]);
    assert_eq!(made.code, Some(0), "{}", made.err);
    refused(&["backup", "--data-dir", text(&lost), "--to", text(&backup)], 2);
    let before = centre.public(&["totals"]);
    centre.kill();
    fs::remove_dir_all(&lost).unwrap();
    let restored = run(&["restore", "--from", text(&backup), "--data-dir", text(&lost)]);
    assert_eq!(restored.code, Some(0), "{}", restored.err);
    centre.start();
    assert_eq!(centre.public(&["totals"])["state_hash"], before["state_hash"]);
    // It goes on as the same log, whose keys and checkpoints it has.
    centre.done("vera", &["review", "hold", "Adams", "Adams 1", "--reason", "a drill"]);
    centre.verify();
}

/// Files beside the log, whole ones.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join("files")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.is_file()).collect()
}

#[test]
fn photos_come_back_from_a_backup_and_a_damaged_one_is_left_out_and_named() {
    let mut centre = reported();
    let photo = |name: &str| {
        let path = centre.path(name);
        fs::write(&path, [b"\xff\xd8\xff", name.as_bytes()].concat()).unwrap();
        path
    };
    let (one, two) = (photo("one.jpg"), photo("two.jpg"));
    centre.done("cher", &["outbox", "photo", text(&one), text(&two)]);
    let (backup, data) = (centre.path("backup"), centre.data());
    let saved = run(&["backup", "--data-dir", text(&data), "--to", text(&backup)]);
    assert_eq!(saved.code, Some(0), "{}", saved.err);
    assert!(saved.err.contains("2 photos and documents"), "{}", saved.err);
    centre.kill();
    fs::remove_dir_all(&data).unwrap();
    let restored = run(&["restore", "--from", text(&backup), "--data-dir", text(&data)]);
    assert_eq!(restored.code, Some(0), "{}", restored.err);
    centre.start();
    for path in [&one, &two] {
        let hash = blake3::hash(&fs::read(path).unwrap()).to_hex().to_string();
        let copy = centre.path("copy");
        centre.done("vera", &["photo", "fetch", &hash, "--output", text(&copy)]);
        assert_eq!(fs::read(&copy).unwrap(), fs::read(path).unwrap());
    }

    let damaged = files(&data).into_iter().next().unwrap();
    fs::write(&damaged, b"\xff\xd8\xff another").unwrap();
    let second = centre.path("second");
    let said = refused(&["backup", "--data-dir", text(&data), "--to", text(&second)], 1);
    assert!(
        said.contains("[file-damaged]") && said.contains(text(&damaged)),
        "{said}"
    );
    assert!(damaged.exists(), "a backup changes nothing");
    assert_eq!(files(&second).len(), 1);
    let checked = run(&["check", "--data-dir", text(&second)]);
    assert_eq!(checked.code, Some(0), "{}{}", checked.out, checked.err);
}

#[test]
fn what_was_signed_after_a_backup_keeps_it_from_a_second_history() {
    let mut centre = reported();
    let (backup, data) = (centre.path("backup"), centre.data());
    assert_eq!(
        run(&["backup", "--data-dir", text(&data), "--to", text(&backup)]).code,
        Some(0)
    );
    centre.done(
        "vera",
        &[
            "review",
            "hold",
            "Adams",
            "Adams 1",
            "--reason",
            "later than the backup",
        ],
    );
    centre.kill();
    fs::copy(data.join("checkpoints"), backup.join("checkpoints")).unwrap();
    let said = refused(&["serve", "--data-dir", text(&backup), "--listen", "127.0.0.1:0"], 2);
    assert!(said.contains("[behind-checkpoint]"), "{said}");
}

#[test]
fn a_night_is_replayed_from_a_server_a_folder_and_a_bundle_alike() {
    let centre = reported();
    let bundle = centre.path("night.tallylog");
    let made = run(&["bundle", "--server", centre.url(), "--output", text(&bundle)]);
    assert_eq!(made.code, Some(0), "{}", made.err);
    let data = centre.data();
    let sources = [
        vec!["--server", centre.url()],
        vec!["--data-dir", text(&data)],
        vec![text(&bundle)],
    ];
    let replayed = sources.map(|source| {
        let ended = run(&[&["replay", "--speed", "0", "--format", "json"], &source[..]].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        ended.out
    });
    assert_eq!(replayed[0], replayed[1]);
    assert_eq!(replayed[0], replayed[2]);
    let entries: Vec<Value> = replayed[0]
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let size = json(&["totals", "--server", centre.url()])["size"].as_u64().unwrap();
    assert_eq!(u64::try_from(entries.len()).unwrap(), size);
    let last = entries.last().unwrap();
    assert_eq!(
        (&last["precinct"], &last["person"]),
        (&Value::from("Adams 1"), &Value::from("Chair of Adams 1"))
    );
    let from = (size - 1).to_string();
    let ended = run(&["replay", "--speed", "0", "--from", &from, "--data-dir", text(&data)]);
    assert_eq!(ended.out.lines().count(), 1, "{}", ended.out);
}

const DICE: &str = "1 2 3 4 5 6 1 2 3 4 5 6 1 2 3 4 5 6 1 2";

/// Announces a sample of seven precincts, and gives its entry.
fn announce(centre: &Centre, device: &str) -> String {
    centre.json(device, &["audit", "announce", "--precincts", "7"])["receipt"].to_string()
}

fn sample<'a>(announcement: &'a str, dice: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [
        &["audit", "sample", "--announcement", announcement, "--dice", dice],
        more,
    ]
    .concat()
}

#[test]
fn an_audit_announces_draws_by_dice_reads_the_paper_and_reports_what_differs() {
    let centre = reported();
    let announcement = announce(&centre, "vera");
    // Whatever comes between announcement and dice changes nothing.
    centre.done(
        "vera",
        &["review", "hold", "Adams", "Adams 1", "--reason", "to be read"],
    );
    let dry = centre.run("vera", &sample(&announcement, DICE, &["--dry-run"]));
    assert_eq!((dry.code, dry.out.as_str()), (Some(0), ""), "{}", dry.err);
    let drawn = centre.json("rhea", &sample(&announcement, DICE, &[]))["receipt"].to_string();
    let file = centre.path("paper.json");
    fs::write(&file, sheet("Adams", "Adams 1", 19, 21, [2, 2]).to_string()).unwrap();
    centre.done(
        "vera",
        &["audit", "read", &drawn, "Adams", "Adams 1", "--file", text(&file)],
    );
    let page = centre.path("audit.html");
    let ended = centre.run(
        "vera",
        &["audit", "report", "--format", "json", "--output", text(&page)],
    );
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let report: Value = serde_json::from_str(&ended.out).unwrap();
    let [sampled] = report["samples"].as_array().unwrap().as_slice() else {
        panic!("{report}");
    };
    assert_eq!(sampled["announcement"].to_string(), announcement);
    assert_eq!(
        (
            &sampled["root_is_the_logs"],
            &report["announcements"][0]["root_is_the_logs"]
        ),
        (&Value::from(true), &Value::from(true))
    );
    let rows = sampled["precincts"].as_array().unwrap();
    let read: Vec<&Value> = rows.iter().filter(|row| row["read"] == true).collect();
    assert_eq!((rows.len(), read.len()), (7, 1));
    assert_eq!(read[0]["agrees"], false);
    assert!(
        read[0]["differences"].as_str().unwrap().contains("log 20, paper 19"),
        "{}",
        read[0]
    );
    let page = fs::read_to_string(page).unwrap();
    for said in [
        "What was announced",
        "What was drawn",
        "What was read",
        "Who held the paper",
        "12345612345612345612",
        "Chair of Adams 1",
        "log 20, paper 19",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    centre.verify();
}

#[test]
fn a_dry_run_refuses_what_signing_refuses() {
    let centre = reported();
    let nineteen = "1 2 3 4 5 6 1 2 3 4 5 6 1 2 3 4 5 6 1";
    let with_seven = "1 2 3 4 5 6 7 2 3 4 5 6 1 2 3 4 5 6 1 2";
    let announcement = announce(&centre, "vera");
    let cases = [
        (announcement.as_str(), nineteen, "bad-dice"),
        (announcement.as_str(), with_seven, "bad-dice"),
        ("0", DICE, "no-such-announcement"),
        ("999", DICE, "no-such-announcement"),
    ];
    for (entry, dice, code) in cases {
        for more in [&["--dry-run"][..], &[]] {
            centre.refused("vera", &sample(entry, dice, more), code);
        }
    }
    for more in [&["--dry-run"][..], &[]] {
        let unannounced = [&["audit", "sample", "--dice", DICE, "--precincts", "2"], more].concat();
        centre.refused("vera", &unannounced, "not-announced");
    }
    centre.refused(
        "vera",
        &["audit", "announce", "--precincts", "999"],
        "announcement-open",
    );
    centre.done("vera", &sample(&announcement, DICE, &[]));
    centre.refused(
        "vera",
        &sample(&announcement, DICE, &["--dry-run"]),
        "no-such-announcement",
    );
    centre.refused("vera", &["audit", "announce", "--precincts", "999"], "bad-announcement");
    let next = announce(&centre, "vera");
    for more in [&["--dry-run"][..], &[]] {
        centre.refused("vera", &sample(&next, DICE, more), "dice-used");
    }
}

#[test]
fn an_announced_sample_is_abandoned_by_two_persons_and_every_verdict_lists_it() {
    let centre = reported();
    let announcement = announce(&centre, "vera");
    let abandon = |reason: &'static str| {
        let announcement = announcement.clone();
        move |centre: &Centre, device: &str| {
            centre.run(
                device,
                &["audit", "abandon", "--announcement", &announcement, "--reason", reason],
            )
        }
    };
    let first = abandon("a die rolled off <the> table")(&centre, "vera");
    assert_eq!(first.code, Some(0), "{}", first.err);
    let again = abandon("once more")(&centre, "vera");
    assert!(again.err.contains("[same-person]"), "{}", again.err);
    let second = abandon("I saw it")(&centre, "rhea");
    assert!(second.out.contains("it is abandoned"), "{}{}", second.out, second.err);
    centre.refused("vera", &sample(&announcement, DICE, &[]), "no-such-announcement");

    let line = format!(
        "a paper sample was abandoned: entry {announcement} announced it, and Vera (a die rolled off <the> table) and Rhea (I saw it)"
    );
    let verified = run(&["verify", "--server", centre.url(), "--log-key", &centre.log_key]);
    assert_eq!(verified.code, Some(0), "{}", verified.err);
    assert!(verified.out.contains(&line), "{}", verified.out);

    let page = centre.path("audit.html");
    let report = centre.run("vera", &["audit", "report", "--output", text(&page)]);
    assert_eq!(report.code, Some(1), "nothing was read: {}", report.out);
    assert!(report.out.contains("abandoned by entry"), "{}", report.out);
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("a die rolled off &lt;the&gt; table"), "{page}");
    let next = announce(&centre, "rhea");
    centre.done("vera", &sample(&next, DICE, &[]));
    centre.verify();
}
