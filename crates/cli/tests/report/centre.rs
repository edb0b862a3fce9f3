//! A night that is served, and the devices of its chairs.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use serde_json::{Value, json};
use tallylog_event::{
    ContestId, Entry, Envelope, Event, EventBody, PrecinctId, PublicKey, SigningKey, SubmissionId, UnixMillis,
};
use tallylog_rules::{ByGroup, Sheet};
use tallylog_server::{Log, Settings};
use tallylog_simulate::{Night, Options, night};
use tallylog_store::Store;
use tallylog_tlog::{KeyName, LogKey};
use tallylog_wire::v1;
use tallylog_wire::v1::intake_client::IntakeClient;
use tempfile::TempDir;

use crate::support::{Ended, tallylog, text};

const PASSPHRASE: &str = "four words that differ";

/// A night in which everybody is enrolled and nobody has reported.
pub(crate) struct Centre {
    pub(crate) night: Night,
    pub(crate) dir: TempDir,
    roster: Vec<u8>,
    server: Mutex<Option<Server>>,
}

struct Server {
    child: Child,
    url: String,
}

/// A chair's device.
pub(crate) struct Chair {
    pub(crate) dir: PathBuf,
    pub(crate) id: PrecinctId,
    pub(crate) county: String,
    pub(crate) precinct: String,
    pub(crate) sheet: PathBuf,
}

impl Centre {
    /// A night of so many counties with so many precincts each, not served yet.
    pub(crate) fn new(counties: u16, precincts: u16) -> Self {
        let night = night(&Options {
            version: tallylog_projection::FOLD_VERSION,
            errors: false,
            ..Options::small(7, counties, precincts)
        });
        let dir = tempfile::tempdir().unwrap();
        let roster = open(&data(&dir), &night);
        fs::write(dir.path().join("passphrase"), PASSPHRASE).unwrap();
        Self {
            night,
            dir,
            roster,
            server: Mutex::new(None),
        }
    }

    pub(crate) fn served(counties: u16, precincts: u16) -> Self {
        let centre = Self::new(counties, precincts);
        centre.start();
        centre
    }

    /// Starts the server on a port of its own, and returns its URL.
    pub(crate) fn start(&self) -> String {
        let (child, url) = serve(&data(&self.dir));
        let server = Server {
            child,
            url: url.clone(),
        };
        assert!(self.server.lock().unwrap().replace(server).is_none());
        url
    }

    pub(crate) fn url(&self) -> String {
        self.server.lock().unwrap().as_ref().unwrap().url.clone()
    }

    /// Kills the server as a power cut would.
    pub(crate) fn kill(&self) {
        if let Some(mut server) = self.server.lock().unwrap().take() {
            server.child.kill().unwrap();
            server.child.wait().unwrap();
        }
    }

    /// Kills the server, and gives back every entry of the log.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.kill();
        let store = Store::open(&data(&self.dir).join("log")).unwrap();
        let reader = store.reader();
        let entries = (0..).map_while(|at| reader.entry(at).unwrap());
        let entries = entries.map(|bytes| Entry::decode(&bytes).unwrap());
        let entries = entries.collect();
        store.close().unwrap();
        entries
    }

    /// What the log has of one precinct, in order.
    pub(crate) fn events(&self, precinct: PrecinctId) -> Vec<(Entry, EventBody)> {
        let entries = self.entries().into_iter();
        let events = entries.map(|entry| {
            let body = entry.envelope.decode().unwrap();
            (entry, body)
        });
        events
            .filter(|(_, body)| {
                let files = matches!(&body.event, Event::FilesAdded(added) if added.precinct == precinct);
                files || body.event.report().is_some_and(|report| report.precinct == precinct)
            })
            .collect()
    }

    /// Has somebody sign an event, and the log take it; returns its entry.
    pub(crate) fn signs(&self, key: &SigningKey, event: Event) -> u64 {
        let body = EventBody {
            contest: self.night.contest.id,
            submission: SubmissionId(rand()),
            recorded_at: UnixMillis(1),
            event,
        };
        let envelope = Envelope::seal(&body, key);
        let request = v1::SubmitRequest {
            author: envelope.author.0.to_vec(),
            body: envelope.body,
            signature: envelope.signature.0.to_vec(),
            wait_for_proof: true,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let answer = runtime.unwrap().block_on(async {
            let mut intake = IntakeClient::connect(self.url()).await.unwrap();
            intake.submit(request).await.unwrap().into_inner()
        });
        answer.receipt.unwrap().entry
    }

    /// The precincts whose worksheets nothing blocks, in roster order, satellite sites left out.
    pub(crate) fn rooms(&self) -> Vec<PrecinctId> {
        let rooms = self.night.sheets.keys().copied();
        rooms
            .filter(|id| self.night.counties[usize::from(id.county.0)].fips.is_some())
            .collect()
    }

    /// Makes the device of a room's chair, with the room's worksheet as a file.
    pub(crate) fn chair(&self, at: usize, server: &str) -> Chair {
        let id = self.rooms()[at];
        let county = &self.night.counties[usize::from(id.county.0)];
        let chair = Chair {
            dir: self.dir.path().join(format!("chair-{at}")),
            id,
            county: county.name.to_string(),
            precinct: county.precincts[usize::from(id.number)].name.to_string(),
            sheet: self.dir.path().join(format!("sheet-{at}.json")),
        };
        let participant = self.night.keys.chair(id).unwrap();
        fs::create_dir(&chair.dir).unwrap();
        fs::write(chair.dir.join("key.age"), seal(&participant.key)).unwrap();
        fs::write(chair.dir.join("roster.entries"), &self.roster).unwrap();
        let device = json!({
            "version": 1,
            "contest": self.night.contest.id.to_string(),
            "contest_name": self.night.contest.name.to_string(),
            "contest_kind": "rehearsal",
            "log_key": log_key(&self.night).to_string(),
            "server": server,
            "person": participant.person.to_string(),
            "role": "chair",
            "precincts": [{
                "county": chair.county,
                "precinct": chair.precinct,
                "county_number": id.county.0,
                "precinct_number": id.number,
            }],
            "key": hex::encode(PublicKey::of(&participant.key).0),
        });
        chair.write_device(&device);
        let sheet = worksheet(&self.night, &chair, &self.night.sheets[&id]);
        fs::write(&chair.sheet, sheet.to_string()).unwrap();
        chair
    }

    pub(crate) fn passphrase(&self) -> PathBuf {
        self.dir.path().join("passphrase")
    }

    /// The command by which a chair does something that needs the key.
    pub(crate) fn signing(&self, chair: &Chair, args: &[&str]) -> Command {
        let mut command = chair.command(args);
        command.arg("--passphrase-file").arg(self.passphrase());
        command
    }

    /// The command by which a chair reports from its file.
    pub(crate) fn reporting(&self, chair: &Chair, args: &[&str]) -> Command {
        let mut command = self.signing(chair, &["report"]);
        command.arg("--file").arg(&chair.sheet).args(args);
        command
    }
}

impl Drop for Centre {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Chair {
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = tallylog();
        command.args(args).arg("--device").arg(&self.dir).stdin(Stdio::null());
        command
    }

    pub(crate) fn device(&self) -> Value {
        serde_json::from_slice(&fs::read(self.dir.join("device.json")).unwrap()).unwrap()
    }

    pub(crate) fn write_device(&self, device: &Value) {
        fs::write(self.dir.join("device.json"), device.to_string()).unwrap();
    }

    /// Everything in the outbox.
    pub(crate) fn outbox(&self) -> Vec<Value> {
        let ended = ended(self.command(&["outbox", "list", "--format", "json"]));
        assert!(matches!(ended.code, Some(0 | 1)), "{}", ended.err);
        let all: Value = serde_json::from_str(&ended.out).unwrap();
        all["items"].as_array().unwrap().clone()
    }

    /// Where the one item of the outbox stands.
    #[track_caller]
    pub(crate) fn state(&self) -> String {
        let items = self.outbox();
        assert_eq!(items.len(), 1, "{items:?}");
        items[0]["state"].as_str().unwrap().to_owned()
    }

    pub(crate) fn edit(&self, change: impl FnOnce(&mut Value)) {
        let mut sheet = serde_json::from_slice(&fs::read(&self.sheet).unwrap()).unwrap();
        change(&mut sheet);
        fs::write(&self.sheet, sheet.to_string()).unwrap();
    }
}

pub(crate) fn ended(mut command: Command) -> Ended {
    command.output().unwrap().into()
}

/// Runs a command that must end so.
#[track_caller]
pub(crate) fn ends(command: Command, code: i32) -> Ended {
    let said = format!("{command:?}");
    let ended = ended(command);
    assert_eq!(ended.code, Some(code), "{said}\n{}\n{}", ended.out, ended.err);
    ended
}

pub(crate) fn rand() -> [u8; 16] {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

fn data(dir: &TempDir) -> PathBuf {
    dir.path().join("data")
}

/// Writes the log of a night before anybody reports; gives back the roster as a device keeps it.
fn open(dir: &Path, night: &Night) -> Vec<u8> {
    fs::create_dir(dir).unwrap();
    let (log, writer) = Log::open_or_create(&dir.join("log"), Settings::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        for envelope in &night.setup {
            log.submit(envelope.clone()).await.unwrap();
        }
    });
    let mut roster = Vec::new();
    let length = u64::try_from(1 + night.counties.len()).unwrap();
    for entry in log.reader().entries(0..length) {
        let (_, bytes) = entry.unwrap();
        roster.extend(u32::try_from(bytes.len()).unwrap().to_be_bytes());
        roster.extend(bytes);
    }
    drop(log);
    writer.join().unwrap();
    let folder = dir.join("keys");
    fs::create_dir(&folder).unwrap();
    for (name, key) in [("log", &night.keys.log), ("service", &night.keys.service)] {
        let text = format!("tallylog-secret-key-v1 {}\n", hex::encode(key.to_bytes()));
        fs::write(folder.join(format!("{name}.key")), text).unwrap();
    }
    roster
}

fn serve(dir: &Path) -> (Child, String) {
    let mut child = tallylog()
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir", text(dir)])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut talk = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("http://") {
        let read = talk.read_line(&mut said).unwrap();
        assert!(read > 0, "it ended: {said}");
    }
    // Whatever it says later is read, so that it never waits for a reader.
    std::thread::spawn(move || std::io::copy(&mut talk, &mut std::io::sink()));
    let url = said[said.find("http://").unwrap()..].trim().to_owned();
    (child, url)
}

pub(crate) fn log_key(night: &Night) -> LogKey {
    let log = &night.contest.log;
    LogKey::new(KeyName::new(log.origin.as_str()).unwrap(), &log.key.0).unwrap()
}

/// A key file that opens quickly, because a test opens many.
fn seal(key: &SigningKey) -> Vec<u8> {
    let mut recipient = age::scrypt::Recipient::new(PASSPHRASE.to_owned().into());
    recipient.set_work_factor(4);
    let text = format!("tallylog-secret-key-v1 {}\n", hex::encode(key.to_bytes()));
    age::encrypt(&recipient, text.as_bytes()).unwrap()
}

/// What happened in a room as a worksheet's file.
fn worksheet(night: &Night, chair: &Chair, sheet: &Sheet) -> Value {
    let name = |group: tallylog_rules::GroupId| {
        let candidate = &night.contest.candidates[usize::from(group.number()) - 1];
        candidate.name.to_string()
    };
    let games = sheet.games.iter().map(|game| {
        let names = |groups: &[tallylog_rules::GroupId]| groups.iter().map(|group| name(*group)).collect::<Vec<_>>();
        json!({
            "among": names(&game.among),
            "delegates": game.delegates.0,
            "winners": names(&game.winners),
            "means": "coin",
            "witnesses": game.witnesses,
        })
    });
    json!({
        "county": chair.county,
        "precinct": chair.precinct,
        "worksheet_delegates": sheet.worksheet_delegates.map(|delegates| delegates.0),
        "attendance": sheet.attendance.map(|attendance| attendance.people.0),
        "attendance_counted": sheet.attendance.map(|attendance| attendance.counted),
        "worksheet_threshold": sheet.worksheet_threshold.map(|people| people.0),
        "first_alignment": column(sheet.first_alignment.as_ref(), |people| people.0, name),
        "final_alignment": column(sheet.final_alignment.as_ref(), |people| people.0, name),
        "delegates": column(sheet.awards.as_ref(), |delegates| delegates.0.into(), name),
        "games": games.collect::<Vec<_>>(),
    })
}

fn column<T>(
    figures: Option<&ByGroup<T>>,
    of: impl Fn(&T) -> u32,
    name: impl Fn(tallylog_rules::GroupId) -> String,
) -> Value {
    let figures = figures.unwrap().iter();
    figures
        .map(|(group, figure)| (name(*group), of(figure).into()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// For a contest that no device of the night is for.
pub(crate) const ELSEWHERE: ContestId = ContestId([0xee; 16]);
