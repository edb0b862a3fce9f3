//! A small tabulation centre, through the binary alone: a contest that is open and served, and people with devices.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Ended, run, tallylog, text};

/// Adams with three precincts, Boone with two, and a pool with two sites.
const COUNTIES: &str = "county,kind,fips,congressional_district,county_delegates,state_delegates
Adams,county,19003,3,15,3
Boone,county,19015,4,10,4
CD3 Satellite,satellite,,3,,2
";
const PRECINCTS: &str = "county,precinct,code,county_delegates
Adams,Adams 1,A1,4
Adams,Adams 2,A2,4
Adams,Adams 3,A3,7
Boone,Boone 1,B1,5
Boone,Boone 2,B2,5
CD3 Satellite,Site 1,S1,
CD3 Satellite,Site 2,S2,
";

/// The staff, the campaigns and the observer: the folder of the device, the person's name, the role.
pub(crate) const PEOPLE: [(&str, &str, &str); 10] = [
    ("olga", "Olga", "operator"),
    ("omar", "Omar", "operator"),
    ("vera", "Vera", "reviewer"),
    ("viktor", "Viktor", "reviewer"),
    ("cleo", "Cleo", "corrections-officer"),
    ("carl", "Carl", "corrections-officer"),
    ("ada", "Ada of Alder", "campaign"),
    ("bo", "Bo of Birch", "campaign"),
    ("nora", "Nora", "observer"),
    ("rolf", "Rolf", "registrar"),
];

/// What differs between contests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// `election` or `rehearsal`.
    pub(crate) kind: &'static str,
    /// `clear` or `confirmed`.
    pub(crate) release: &'static str,
    /// `open` or `on-release`.
    pub(crate) embargo: &'static str,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            kind: "election",
            release: "clear",
            embargo: "open",
        }
    }
}

/// The centre. Its server is killed when this is dropped.
pub(crate) struct Centre {
    folder: TempDir,
    server: Option<Server>,
    /// The log's verifier key.
    pub(crate) log_key: String,
}

struct Server {
    child: Child,
    url: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

impl Centre {
    /// Opens the small roster, serves it, and enrols [`PEOPLE`].
    pub(crate) fn new(rules: Rules) -> Self {
        let centre = Self::bare(rules);
        for (device, person, role) in PEOPLE {
            centre.enrol(device, person, role, &[]);
        }
        centre
    }

    /// The same with nobody but the first registrar, Rhea, whose device is `rhea`.
    pub(crate) fn bare(rules: Rules) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let roster = folder.path().join("roster");
        fs::create_dir(&roster).unwrap();
        fs::write(roster.join("counties.csv"), COUNTIES).unwrap();
        fs::write(roster.join("precincts.csv"), PRECINCTS).unwrap();
        let candidates = ["Alder", "Birch", "Cedar", "Uncommitted"].map(str::to_owned);
        Self::open(folder, &roster, &candidates, rules)
    }

    /// Opens another roster with other candidates.
    pub(crate) fn open(folder: TempDir, roster: &Path, candidates: &[String], rules: Rules) -> Self {
        let contest = json!({
            "kind": rules.kind,
            "name": "Caucus of the tests",
            "ruleset": "iowa-2020",
            "origin": "caucus.example/tests",
            "candidates": candidates,
            "release": rules.release,
            "embargo": rules.embargo,
        });
        let file = folder.path().join("contest.json");
        fs::write(&file, contest.to_string()).unwrap();
        fs::write(folder.path().join("passphrase"), "correct horse\n").unwrap();
        let mut centre = Self {
            folder,
            server: None,
            log_key: String::new(),
        };
        let ended = run(&[
            "open",
            text(&file),
            "--roster",
            text(roster),
            "--data-dir",
            text(&centre.data()),
            "--device",
            text(&centre.device("rhea")),
            "--person",
            "Rhea",
            "--passphrase-file",
            text(&centre.passphrase()),
        ]);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        ended.out.trim().clone_into(&mut centre.log_key);
        centre.start();
        centre
    }

    /// The folder of the log.
    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// Somewhere in the centre's folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folder of somebody's device.
    pub(crate) fn device(&self, name: &str) -> PathBuf {
        self.path(name)
    }

    /// The file with everybody's passphrase.
    pub(crate) fn passphrase(&self) -> PathBuf {
        self.path("passphrase")
    }

    /// Where the log is served.
    pub(crate) fn url(&self) -> &str {
        &self.server.as_ref().unwrap().url
    }

    /// Serves the log, at another port each time.
    pub(crate) fn start(&mut self) {
        self.start_with(&[]);
    }

    /// The same, told something more.
    pub(crate) fn start_with(&mut self, told: &[&str]) {
        self.kill();
        let mut child = tallylog()
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir", text(&self.data())])
            .args(told)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
        let url = loop {
            let line = said.next().unwrap().unwrap();
            if let Some((_, url)) = line.split_once("http://") {
                break format!("http://{}", url.trim());
            }
        };
        // Whatever else it says is read, so that it never waits for a reader.
        std::thread::spawn(move || said.for_each(drop));
        self.server = Some(Server { child, url });
    }

    /// Kills the server, as a power cut would.
    pub(crate) fn kill(&mut self) {
        self.server = None;
    }

    /// Makes a device and has the first registrar enrol it.
    pub(crate) fn enrol(&self, device: &str, person: &str, role: &str, further: &[&str]) {
        let request = self.path(&format!("{device}.json"));
        let campaign = person.rsplit(' ').next().unwrap();
        let mut new = vec![
            "key",
            "new",
            "--server",
            self.url(),
            "--log-key",
            &self.log_key,
            "--person",
            person,
            "--role",
            role,
        ];
        let (folder, passphrase) = (self.device(device), self.passphrase());
        new.extend(["--device", text(&folder), "--passphrase-file", text(&passphrase)]);
        new.extend(["--output", text(&request)]);
        if role == "campaign" {
            new.extend(["--campaign", campaign]);
        }
        new.extend(further);
        let ended = run(&new);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        let said = self.done("rhea", &["key", "add", text(&request)]);
        self.second(&said);
    }

    /// Has Rolf sign what Rhea's command has only proposed, if it has.
    pub(crate) fn second(&self, said: &str) {
        if !said.starts_with("proposed to ") {
            return;
        }
        let receipt = said.split("receipt ").nth(1).unwrap();
        let entry = receipt.split(',').next().unwrap();
        self.done("rolf", &["key", "second", entry, "--yes"]);
    }

    /// Enrols the chair of a precinct, whose device has the name that is given.
    pub(crate) fn chair(&self, device: &str, county: &str, precinct: &str) {
        let person = format!("Chair of {precinct}");
        self.enrol(device, &person, "chair", &["--county", county, "--precinct", precinct]);
    }

    /// A command of the person with a device.
    pub(crate) fn command(&self, device: &str, args: &[&str]) -> Command {
        let mut command = tallylog();
        command
            .args(args)
            .arg("--device")
            .arg(self.device(device))
            .arg("--passphrase-file")
            .arg(self.passphrase())
            .args(["--server", self.url()]);
        command
    }

    /// Runs a command as the person with a device, without a terminal.
    pub(crate) fn run(&self, device: &str, args: &[&str]) -> Ended {
        let mut command = self.command(device, args);
        command.stdin(Stdio::null()).output().unwrap().into()
    }

    /// Runs what must succeed, and gives back what it wrote.
    #[track_caller]
    pub(crate) fn done(&self, device: &str, args: &[&str]) -> String {
        let ended = self.run(device, args);
        assert_eq!(ended.code, Some(0), "{args:?}: {}{}", ended.out, ended.err);
        ended.out
    }

    /// Runs what must succeed, and reads its JSON.
    #[track_caller]
    pub(crate) fn json(&self, device: &str, args: &[&str]) -> Value {
        let out = self.done(device, &[args, &["--format", "json"]].concat());
        serde_json::from_str(&out).unwrap()
    }

    /// Runs what must fail with a code, and gives back what it said.
    #[track_caller]
    pub(crate) fn refused(&self, device: &str, args: &[&str], code: &str) -> String {
        let ended = self.run(device, args);
        assert_ne!(ended.code, Some(0), "{args:?}: {}{}", ended.out, ended.err);
        assert!(ended.err.contains(&format!("[{code}]")), "{args:?}: {}", ended.err);
        ended.err
    }

    /// Asks as anybody may, and reads the JSON of the answer.
    #[track_caller]
    pub(crate) fn public(&self, args: &[&str]) -> Value {
        super::json(&[args, &["--server", self.url()]].concat())
    }

    /// Verifies everything from outside, by the log's key alone.
    #[track_caller]
    pub(crate) fn verify(&self) {
        let ended = run(&["verify", "--server", self.url(), "--log-key", &self.log_key]);
        assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    }
}

/// A lawful worksheet of a precinct with four delegates or five or seven, in JSON: twenty people in each of two groups.
pub(crate) fn sheet(county: &str, precinct: &str, alder: u32, birch: u32, awards: [u32; 2]) -> Value {
    let figures = |numbers: [u32; 2]| json!({"Alder": numbers[0], "Birch": numbers[1]});
    json!({
        "county": county,
        "precinct": precinct,
        "attendance": alder + birch,
        "attendance_counted": true,
        "first_alignment": figures([alder, birch]),
        "final_alignment": figures([alder, birch]),
        "delegates": figures(awards),
    })
}
