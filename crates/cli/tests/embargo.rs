//! A contest that makes contents public with a release, through the binary alone.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::centre::{Centre, Rules, sheet};
use crate::support::site::{FIRST, Host, SECOND, export, import};
use crate::support::{Ended, run, text};
/// A contest under an embargo, in which one precinct has reported. Returns the report's entry.
fn one_report() -> (Centre, u64) {
    let centre = Centre::new(Rules {
        embargo: "on-release",
        ..Rules::default()
    });
    centre.chair("adam", "Adams", "Adams 1");
    let file = centre.path("adams-1.json");
    let worksheet = sheet("Adams", "Adams 1", 30, 20, [2, 2]);
    fs::write(&file, worksheet.to_string()).unwrap();
    let reported = centre.json("adam", &["report", "--file", text(&file)]);
    (centre, number(&reported["entry"]))
}

#[track_caller]
fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| unreachable!("{value} is no number"))
}

fn public(centre: &Centre, args: &[&str]) -> Ended {
    run(&[args, &["--server", centre.url()]].concat())
}

/// Says that what was shown is not all.
#[track_caller]
fn says_what_is_kept_back(ended: &Ended) {
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    assert!(
        ended.err.contains("everything else is withheld until released"),
        "{}",
        ended.err
    );
}

/// Whoever sends the bytes of a released report is told nothing. Its chair, by a key, is.
#[test]
fn a_chair_hears_that_a_released_report_was_set_aside_afterwards() {
    let (centre, entry) = one_report();
    centre.done("vera", &["release", "--name", "first", "--yes"]);
    let file = centre.path("other.json");
    fs::write(&file, sheet("Adams", "Adams 1", 31, 20, [2, 2]).to_string()).unwrap();
    centre.done("olga", &["enter", "--file", text(&file), "--channel", "paper"]);
    let resolve = [
        "review",
        "resolve",
        "Adams",
        "Adams 1",
        "discard-both",
        "--reason",
        "another room",
    ];
    let by = number(&centre.json("vera", &resolve)["receipt"]);
    let mine = centre.path("adams-1.json");
    let ended = centre.run("adam", &["report", "--file", text(&mine), "--format", "json"]);
    assert_eq!(ended.code, Some(1), "{}{}", ended.out, ended.err);
    let said: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((number(&said["entry"]), &said["state"]), (entry, &"set aside".into()));
    assert_eq!(number(&said["since_entry"]), by);
    centre.done("adam", &["report", "--again", "--file", text(&mine)]);
}

#[test]
fn everybody_is_shown_what_is_released_and_told_so_and_a_campaign_everything() {
    let (centre, entry) = one_report();
    let totals = public(&centre, &["totals", "--format", "json"]);
    says_what_is_kept_back(&totals);
    let shown: Value = serde_json::from_str(&totals.out).unwrap();
    assert_eq!(
        (
            &shown["basis"],
            &shown["precincts"]["reported"],
            &shown["precincts"]["held"]
        ),
        (&"released".into(), &Value::Null, &Value::Null)
    );
    assert_eq!(
        (&shown["status"], shown["candidates"].as_array().unwrap().len()),
        (&"withheld until released".into(), 0)
    );
    let precinct = ["precinct", "Adams", "Adams 1"];
    let page = public(&centre, &[precinct.as_slice(), &["--format", "json"]].concat());
    says_what_is_kept_back(&page);
    let page: Value = serde_json::from_str(&page.out).unwrap();
    assert_eq!(
        (&page["status"], page["versions"].as_array().unwrap().len()),
        (&"withheld until released".into(), 0)
    );
    for format in ["table", "csv"] {
        for asked in [&["totals"][..], &precinct] {
            says_what_is_kept_back(&public(&centre, &[asked, &["--format", format]].concat()));
        }
    }

    for device in ["ada", "olga", "vera"] {
        let totals = centre.run(device, &["totals", "--format", "json"]);
        assert_eq!((totals.code, totals.err.as_str()), (Some(0), ""), "{device}");
        let shown: Value = serde_json::from_str(&totals.out).unwrap();
        assert_eq!(
            (&shown["basis"], number(&shown["precincts"]["reported"])),
            (&"recorded".into(), 1)
        );
        assert_eq!(number(&shown["candidates"][0]["first_alignment"]), 30);
        let page = centre.json(device, &precinct);
        assert_eq!(number(&page["versions"][0]["entry"]), entry);
        assert!(
            centre
                .done(device, &[precinct.as_slice(), &["--format", "csv"]].concat())
                .contains(",30,")
        );
    }
    // An observer has a key, and no right to more than everybody.
    says_what_is_kept_back(&centre.run("nora", &["totals"]));
}

#[test]
fn what_the_checks_find_and_a_receipt_are_for_whoever_may_read_them() {
    let (centre, entry) = one_report();
    let proof = centre.path("entry.tlog-proof");
    let number = entry.to_string();
    let prove = ["prove", "entry", &number, "--output", text(&proof)];
    for asked in [&["discrepancies"][..], &["totals", "--basis", "recorded"], &prove] {
        let ended = public(&centre, asked);
        assert_eq!(ended.code, Some(2), "{asked:?}: {}", ended.out);
        assert!(ended.err.contains("[embargoed]"), "{asked:?}: {}", ended.err);
        centre.refused("nora", asked, "embargoed");
        centre.done("bo", asked);
    }
    let held = run(&["verify", "--receipt", text(&proof), "--log-key", &centre.log_key]);
    assert_eq!(held.code, Some(0), "{}{}", held.out, held.err);
}

#[test]
fn a_device_knows_its_server() {
    let (centre, _) = one_report();
    let (device, passphrase) = (centre.device("ada"), centre.passphrase());
    let args = [
        "totals",
        "--format",
        "json",
        "--device",
        text(&device),
        "--passphrase-file",
        text(&passphrase),
    ];
    let ended = run(&args);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.contains("\"recorded\""), "{}", ended.out);
    // A folder is read as it is, whosever device there is.
    let folder = run(&[
        "totals",
        "--data-dir",
        text(&centre.path("none")),
        "--device",
        text(&device),
    ]);
    assert!(folder.err.contains("[no-log]"), "{}", folder.err);
}

#[test]
fn everybody_verifies_what_is_shown_and_the_rest_is_said_to_be_withheld() {
    let (centre, entry) = one_report();
    let verify = |format| ["verify", "--log-key", &centre.log_key, "--format", format];
    let ended = public(&centre, &verify("table"));
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("withheld until released"), "{}", ended.out);
    let ended = public(&centre, &verify("json"));
    let told: Value = serde_json::from_str(&ended.out).unwrap();
    assert!(number(&told["withheld"]) >= 1, "{told}");
    assert_eq!(told["verified"], true, "{told}");
    let all: Value = centre.json("ada", &["verify", "--log-key", &centre.log_key]);
    assert_eq!(
        (&all["verified"], &all["withheld"]),
        (&true.into(), &Value::Null),
        "{all}"
    );

    // What it remembers is the latest, and it is wanted again.
    let state = centre.path("remembered");
    for _ in 0..2 {
        let ended = public(
            &centre,
            &["verify", "--log-key", &centre.log_key, "--state", text(&state)],
        );
        assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    }
    let bundles = [centre.path("public.bundle"), centre.path("all.bundle")];
    let ended = public(&centre, &["bundle", "--output", text(&bundles[0])]);
    says_what_is_kept_back(&ended);
    centre.done("ada", &["bundle", "--output", text(&bundles[1])]);
    let sizes = bundles.map(|bundle| {
        let ended = run(&["verify", text(&bundle), "--log-key", &centre.log_key]);
        assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
        fs::metadata(bundle).unwrap().len()
    });
    assert!(sizes[0] < sizes[1], "{sizes:?} with the report in {entry}");
}

#[test]
fn an_export_and_a_feed_have_what_their_reader_may_read() {
    let (centre, entry) = one_report();
    let [mine, theirs] = ["mine.json", "theirs.json"].map(|name| centre.path(name));
    says_what_is_kept_back(&public(&centre, &["export", "json", "--output", text(&theirs)]));
    centre.done("ada", &["export", "json", "--output", text(&mine)]);
    let [mine, theirs] = [mine, theirs].map(|file| fs::read_to_string(file).unwrap());
    assert!(mine.contains("Adams 1") && mine != theirs);
    let until = (entry + 1).to_string();
    let feed = centre.done("ada", &["watch", "--from", "0", "--until", &until]);
    assert!(
        feed.lines().any(|line| line.contains("Adams 1: report by app")),
        "{feed}"
    );
    let until = entry.to_string();
    let feed = public(&centre, &["watch", "--from", "0", "--until", &until]);
    says_what_is_kept_back(&feed);
}

#[test]
fn a_release_shows_everybody_what_it_lists_and_what_stands_before_it() {
    let (centre, entry) = one_report();
    let made = centre.json("vera", &["release", "--name", "first", "--yes"]);
    assert!(made.is_object(), "{made}");
    let totals = centre.public(&["totals"]);
    assert_eq!(number(&totals["candidates"][0]["first_alignment"]), 30, "{totals}");
    let page = centre.public(&["precinct", "Adams", "Adams 1"]);
    assert_eq!(number(&page["versions"][0]["entry"]), entry);
    let ended = public(&centre, &["verify", "--log-key", &centre.log_key]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    assert!(!ended.out.contains("withheld"), "{}", ended.out);
    let ended = public(&centre, &["watch", "--from", "0", "--until", &(entry + 2).to_string()]);
    assert!(ended.out.contains("release \"first\""), "{}{}", ended.out, ended.err);

    // What comes later is kept back again; what was shown stays.
    centre.chair("bea", "Boone", "Boone 1");
    let file = centre.path("boone-1.json");
    fs::write(&file, sheet("Boone", "Boone 1", 10, 40, [1, 4]).to_string()).unwrap();
    centre.done("bea", &["report", "--file", text(&file)]);
    let totals = public(&centre, &["totals", "--format", "json"]);
    says_what_is_kept_back(&totals);
    let totals: Value = serde_json::from_str(&totals.out).unwrap();
    assert_eq!(number(&totals["candidates"][0]["first_alignment"]), 30, "{totals}");
    let proof = centre.path("adams-1.proof");
    let prove = ["prove", "precinct", "Adams", "Adams 1", "--output", text(&proof)];
    assert_eq!(public(&centre, &prove).code, Some(0));
    let held = run(&["verify", "--proof", text(&proof), "--log-key", &centre.log_key]);
    assert_eq!(held.code, Some(0), "{}{}", held.out, held.err);
}

/// The entry bundles of a folder of plain files.
fn bundles(site: &Path) -> BTreeSet<String> {
    let files = fs::read_dir(site.join("tile/entries/000.p")).unwrap();
    files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// Adds every narrower bundle, as a server has them.
fn narrower(site: &Path) {
    let widest = fs::read_dir(site.join("tile/entries/000.p"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let bytes = fs::read(&widest).unwrap();
    let (mut end, mut width) = (0, 0);
    while end < bytes.len() {
        end += 2 + usize::from(u16::from_be_bytes([bytes[end], bytes[end + 1]]));
        width += 1;
        fs::write(widest.with_file_name(width.to_string()), &bytes[..end]).unwrap();
    }
}

/// Says of the bundles that came since that they are under embargo.
fn withhold(site: &Path, before: &BTreeSet<String>) {
    let new: Vec<_> = bundles(site).difference(before).cloned().collect();
    assert!(!new.is_empty());
    for bundle in new {
        fs::remove_file(site.join("tile/entries/000.p").join(bundle)).unwrap();
    }
    fs::write(site.join("embargoed"), "").unwrap();
}

#[test]
fn what_is_withheld_must_be_what_the_log_signed() {
    let centre = Centre::new(Rules {
        embargo: "on-release",
        ..Rules::default()
    });
    centre.chair("adam", "Adams", "Adams 1");
    let site = centre.path("site");
    centre.done("ada", &["export", "tiles", text(&site)]);
    narrower(&site);
    let before = bundles(&site);
    let file = centre.path("adams-1.json");
    fs::write(&file, sheet("Adams", "Adams 1", 30, 20, [2, 2]).to_string()).unwrap();
    centre.done("adam", &["report", "--file", text(&file)]);
    assert!(
        public(&centre, &["export", "tiles", text(&site)])
            .err
            .contains("[embargoed]")
    );
    centre.done("ada", &["export", "tiles", text(&site)]);
    withhold(&site, &before);

    let host = Host::of(&site);
    let verify = || run(&["verify", "--server", &host.url, "--log-key", &centre.log_key]);
    let ended = verify();
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("withheld: 1 further"), "{}", ended.out);
    // Another hash of the report that nobody can read.
    let mut tiles: Vec<_> = fs::read_dir(site.join("tile/0/000.p"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    tiles.sort_by_key(|tile| fs::metadata(tile).unwrap().len());
    let tile = tiles.last().unwrap();
    let mut hashes = fs::read(tile).unwrap();
    *hashes.last_mut().unwrap() ^= 1;
    fs::write(tile, hashes).unwrap();
    let ended = verify();
    assert_eq!(ended.code, Some(1), "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("[not-continued]"), "{}", ended.out);
}

#[test]
fn a_contest_that_keeps_nothing_back_has_nothing_withheld() {
    let folder = tempfile::tempdir().unwrap();
    let (data, site) = (folder.path().join("data"), folder.path().join("site"));
    import(&data, &[("first", FIRST)]);
    export(&data, &site);
    let before = bundles(&site);
    import(&data, &[("first", FIRST), ("second", SECOND)]);
    export(&data, &site);
    withhold(&site, &before);
    let host = Host::of(&site);
    let ended = run(&["verify", "--server", &host.url]);
    assert_eq!(ended.code, Some(1), "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("[kept-back]"), "{}", ended.out);
}

#[test]
fn a_release_behind_what_is_withheld_is_exported_bundled_verified_and_watched() {
    let (centre, entry) = one_report();
    centre.done(
        "vera",
        &["review", "hold", "Adams", "Adams 1", "--reason", "the chair calls back"],
    );
    centre.chair("bea", "Boone", "Boone 1");
    let file = centre.path("boone-1.json");
    fs::write(&file, sheet("Boone", "Boone 1", 10, 40, [1, 4]).to_string()).unwrap();
    centre.done("bea", &["report", "--file", text(&file)]);
    let made = centre.json("vera", &["release", "--name", "first", "--yes"]);
    assert_eq!(number(&made["listed"]), 1, "{made}");

    let [export, bundle] = ["first.json", "public.bundle"].map(|name| centre.path(name));
    let ended = public(
        &centre,
        &["export", "json", "--release", "first", "--output", text(&export)],
    );
    says_what_is_kept_back(&ended);
    let exported: Value = serde_json::from_str(&fs::read_to_string(&export).unwrap()).unwrap();
    let precinct = |county: usize, at: usize| &exported["counties"][county]["precincts"][at];
    let status = |county, at| precinct(county, at)["status"].as_str().unwrap();
    assert_eq!(
        [status(0, 0), status(0, 1), status(1, 0), status(1, 1)],
        [
            "withheld until released",
            "withheld until released",
            "released",
            "withheld until released"
        ]
    );
    assert_eq!(
        (number(&exported["counted"]), &exported["counties"][0]["withheld"]),
        (1, &"withheld until released".into())
    );
    assert_eq!(exported["counties"][0]["totals"][0]["first_alignment"], Value::Null);
    assert_eq!(public(&centre, &["export", "check", text(&export)]).code, Some(0));

    says_what_is_kept_back(&public(&centre, &["bundle", "--output", text(&bundle)]));
    for args in [vec![text(&bundle)], vec!["--server", centre.url()]] {
        let verify = [
            &["verify"],
            args.as_slice(),
            &["--release", "first", "--log-key", &centre.log_key],
        ]
        .concat();
        let ended = run(&verify);
        assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
        assert!(
            ended.out.contains("\nverified: everything that is public so far"),
            "{}",
            ended.out
        );
        assert!(ended.out.contains("release first"), "{}", ended.out);
        let ended = run(&[&["verify"], args.as_slice(), &["--release", "none"]].concat());
        assert_eq!(ended.code, Some(1), "{}{}", ended.out, ended.err);
    }
    // It is held together by the checkpoint: one bit that is another, and nothing of it verifies.
    let mut bytes = fs::read(&bundle).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&bundle, &bytes).unwrap();
    assert_eq!(run(&["verify", text(&bundle)]).code, Some(1));

    let until = (entry + 4).to_string();
    let ended = public(&centre, &["watch", "--from", "0", "--until", &until]);
    assert!(ended.out.contains("release \"first\""), "{}{}", ended.out, ended.err);
    assert!(!ended.out.contains("Adams 1: report"), "{}", ended.out);
}
