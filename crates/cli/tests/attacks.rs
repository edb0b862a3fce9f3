//! Hosts that lie with all the keys of their log, and the commands that find it. Each row of the table in
//! docs/PROOFS.md that a whole command answers for is named.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::fs;
use std::path::PathBuf;

use support::site::{FIRST, Host, OTHER, SECOND, copy, export, import};
use support::{refused, run, text};
use tallylog_verify::Evidence;
use tempfile::TempDir;

/// Two histories of one log under the same keys, as long as each other, and the beginning that they share.
struct Forked {
    folder: TempDir,
}

impl Forked {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let forked = Self { folder };
        import(&forked.data("old"), &[("first", FIRST)]);
        // What is shared was signed before the two part.
        export(&forked.data("old"), &forked.site("old"));
        for (name, rows) in [("one", SECOND), ("other", OTHER)] {
            copy(&forked.data("old"), &forked.data(name));
            import(&forked.data(name), &[("first", FIRST), ("second", rows)]);
            export(&forked.data(name), &forked.site(name));
        }
        forked
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn data(&self, name: &str) -> PathBuf {
        self.at(&format!("{name}.data"))
    }

    fn site(&self, name: &str) -> PathBuf {
        self.at(&format!("{name}.site"))
    }

    fn key(&self) -> String {
        let ended = run(&["key", "log", "--data-dir", text(&self.data("one"))]);
        assert_eq!((ended.code, ended.out.lines().count()), (Some(0), 1), "{}", ended.err);
        ended.out.trim().to_owned()
    }

    /// What a reader's machine does every day: fetch, verify, and want what it saw continued.
    fn looks(&self, host: &Host) -> support::Ended {
        let (state, evidence) = (self.at("state"), self.at("evidence"));
        let args = ["--state", text(&state), "--evidence", text(&evidence)];
        run(&[&["verify", "--server", &host.url], &args[..]].concat())
    }

    #[track_caller]
    fn passes(&self, host: &Host) {
        let ended = self.looks(host);
        assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    }

    #[track_caller]
    fn fails(&self, host: &Host, says: &str) {
        let before = fs::read(self.at("state")).unwrap();
        let ended = self.looks(host);
        let said = format!("{}{}", ended.out, ended.err);
        assert!(ended.code == Some(1) && said.contains(says), "{said}");
        assert_eq!(
            fs::read(self.at("state")).unwrap(),
            before,
            "what was seen is remembered"
        );
    }
}

/// Row: the server shows two histories. Both verify by themselves; whoever looks at one after the other has evidence.
#[test]
fn a_host_of_two_histories_convicts_itself() {
    let forked = Forked::new();
    let host = Host::of(&forked.site("one"));
    forked.passes(&host);
    forked.passes(&host);
    let alone = Host::of(&forked.site("other"));
    assert_eq!(run(&["verify", "--server", &alone.url]).code, Some(0));
    host.shows(&forked.site("other"));
    forked.fails(&host, "checkpoint-two-roots");
    let evidence = Evidence::parse(&fs::read(forked.at("evidence")).unwrap()).unwrap();
    assert_eq!(evidence.log().to_string(), forked.key());
}

/// Row: the server shows an old history. `--state` remembers that there was more.
#[test]
fn a_host_of_an_old_history_is_found_by_whoever_saw_more() {
    let forked = Forked::new();
    let host = Host::of(&forked.site("old"));
    forked.passes(&host);
    host.shows(&forked.site("one"));
    forked.passes(&host);
    host.shows(&forked.site("old"));
    forked.fails(&host, "[log-shrunk]");
}

/// Row: the server alters, drops, adds or reorders an entry. The checkpoint under a receipt is what the device saw of
/// the log, and the other history does not continue it.
#[test]
fn a_receipt_outlives_the_history_that_it_is_of() {
    let forked = Forked::new();
    let (receipt, key) = (forked.at("receipt"), forked.key());
    let entry = |name: &str| {
        let data = forked.data(name);
        run(&["prove", "entry", "--data-dir", text(&data), "5", "-o", text(&receipt)])
    };
    let made = entry("one");
    assert_eq!(made.code, Some(0), "{}", made.err);
    let verified = run(&["verify", "--receipt", text(&receipt), "--log-key", &key]);
    assert_eq!(verified.code, Some(0), "{}{}", verified.out, verified.err);
    let file = fs::read_to_string(&receipt).unwrap();
    fs::write(forked.at("state"), file.split_once("\n\n").unwrap().1).unwrap();
    forked.passes(&Host::of(&forked.site("one")));
    forked.fails(&Host::of(&forked.site("other")), "checkpoint-two-roots");
}

/// Row: an export or a page differs from the store. A changed byte of any file that verification reads is found.
#[test]
fn a_changed_byte_of_an_exported_file_is_found() {
    let forked = Forked::new();
    let site = forked.at("changed");
    copy(&forked.site("one"), &site);
    let entries = fs::read_dir(site.join("tile/entries/000.p")).unwrap();
    let widest = entries.map(|file| file.unwrap().path()).max_by_key(|path| {
        let width: u16 = path.file_name().unwrap().to_str().unwrap().parse().unwrap();
        width
    });
    let host = Host::of(&site);
    for path in [widest.unwrap(), site.join("checkpoint"), site.join("checkpoints")] {
        let whole = fs::read(&path).unwrap();
        for place in (0..whole.len()).step_by(whole.len() / 6 + 1) {
            let mut changed = whole.clone();
            changed[place] ^= 1;
            fs::write(&path, changed).unwrap();
            let ended = run(&["verify", "--server", &host.url]);
            assert!(matches!(ended.code, Some(1 | 2)), "{} byte {place}", path.display());
        }
        fs::write(&path, whole).unwrap();
    }
    let ended = run(&["verify", "--server", &host.url]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
}

/// The same row, the other way: nothing of another history gets into a folder of files.
#[test]
fn an_export_is_not_continued_by_another_history() {
    let forked = Forked::new();
    let site = forked.at("mirror");
    let follow = |name: &str| {
        let host = Host::of(&forked.site(name));
        run(&["export", "tiles", text(&site), "--server", &host.url])
    };
    assert_eq!(follow("one").code, Some(0));
    let shown = fs::read(site.join("checkpoint")).unwrap();
    for (name, code) in [("other", "[export-root]"), ("old", "[export-shrunk]")] {
        let ended = follow(name);
        assert_eq!(ended.code, Some(2));
        assert!(ended.err.contains(code), "{name}: {}", ended.err);
        assert_eq!(fs::read(site.join("checkpoint")).unwrap(), shown);
    }
    import(
        &forked.data("other"),
        &[("first", FIRST), ("second", OTHER), ("third", SECOND)],
    );
    export(&forked.data("other"), &forked.site("other"));
    let ended = follow("other");
    assert!(ended.code == Some(2) && ended.err.contains("[export-"), "{}", ended.err);
    assert_eq!(fs::read(site.join("checkpoint")).unwrap(), shown);
}

/// Row: another roster or ruleset than was agreed; and the log of another key.
#[test]
fn another_log_contest_or_roster_than_was_meant_is_found() {
    let forked = Forked::new();
    let bundle = forked.at("night.tallylog");
    let made = run(&["bundle", "--data-dir", text(&forked.data("one")), "-o", text(&bundle)]);
    assert_eq!(made.code, Some(0), "{}", made.err);
    let elsewhere = Forked::new();
    let ask = |args: &[&str], says: &str| {
        let ended = run(&[&["verify", text(&bundle)], args].concat());
        let said = format!("{}{}", ended.out, ended.err);
        assert!(ended.code == Some(1) && said.contains(says), "{args:?}: {said}");
    };
    ask(&["--log-key", &elsewhere.key()], "[other-log]");
    ask(&["--contest", &"ab".repeat(32)], "contest-differs");
    let roster = forked.at("roster");
    fs::create_dir(&roster).unwrap();
    let counties = "county,kind,fips,congressional_district,county_delegates,state_delegates\n\
        Alder,county,19001,1,10,5\nPool,satellite,,1,,2\n";
    fs::write(roster.join("counties.csv"), counties).unwrap();
    let precincts = "county,precinct,code,county_delegates\nAlder,North,01,6\nAlder,South,02,4\nPool,Library,,\n";
    fs::write(roster.join("precincts.csv"), precincts).unwrap();
    ask(&["--roster", text(&roster)], "roster-differs");
    fs::write(roster.join("counties.csv"), counties.replace("10,5", "10,4")).unwrap();
    let agreed = run(&[
        "verify",
        text(&bundle),
        "--roster",
        text(&roster),
        "--log-key",
        &forked.key(),
    ]);
    assert_eq!(agreed.code, Some(0), "{}{}", agreed.out, agreed.err);
    let json = support::json(&["verify", text(&bundle)]);
    assert_eq!(json["verified"], true);
    refused(&["verify", text(&forked.at("nothing"))], 2);
}

/// Row: totals are not the fold of the log. A precinct's proof is of its own log and holds by its key alone.
#[test]
fn a_precincts_proof_holds_by_the_key_of_its_log_and_no_other() {
    let forked = Forked::new();
    let (proof, data) = (forked.at("proof"), forked.data("one"));
    for precinct in ["North", "South"] {
        let args = [
            "prove",
            "precinct",
            "--data-dir",
            text(&data),
            "Alder",
            precinct,
            "-o",
            text(&proof),
        ];
        let made = run(&args);
        assert_eq!(made.code, Some(0), "{}", made.err);
        assert!(fs::metadata(&proof).unwrap().len() < 6 * 1_024);
        let check = |key: &str| run(&["verify", "--proof", text(&proof), "--log-key", key]).code;
        assert_eq!(check(&forked.key()), Some(0));
        assert_eq!(check(&Forked::new().key()), Some(1));
    }
}
