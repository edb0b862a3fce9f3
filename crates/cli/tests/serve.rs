//! A server process that is asked to stop while reports come in loses nothing that it has acknowledged, and one that is
//! started with a clock that may be wrong takes nothing.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tallylog_event::{Envelope, UnixMillis, chain};
use tallylog_server::{Log, Settings};
use tallylog_simulate::{Night, Options, night, reports};
use tallylog_store::Store;
use tallylog_wire::v1;
use tallylog_wire::v1::intake_client::IntakeClient;
use tonic_types::StatusExt;

const REPORTS: usize = 400;

/// Starts a server on a port of its own, and returns its address.
fn serve(dir: &Path, told: &[&str]) -> (Child, String) {
    let (child, address, _) = started(&mut Command::new(env!("CARGO_BIN_EXE_tallylog")), dir, told);
    (child, address)
}

/// The same, that may open so many files.
fn serve_with_files(files: u32, dir: &Path, flags: &[&str]) -> (Child, String, Talk) {
    let mut command = Command::new("sh");
    let script = format!("ulimit -n {files}; exec \"$0\" \"$@\"");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_tallylog")]);
    started(&mut command, dir, flags)
}

/// What a server says once it serves, when it has ended.
type Talk = std::thread::JoinHandle<String>;

fn started(command: &mut Command, dir: &Path, flags: &[&str]) -> (Child, String, Talk) {
    let mut child = command
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(dir)
        .args(flags)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut talk = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("http://") {
        let read = talk.read_line(&mut said).unwrap();
        assert!(read > 0, "it ended: {said}");
    }
    let address = said[said.find("http://").unwrap()..].trim().to_owned();
    // Whatever it says later is read, so that it never waits for a reader.
    let later = std::thread::spawn(move || std::io::read_to_string(talk).unwrap());
    (child, address, later)
}

async fn open(dir: &Path, night: &Night, settings: Settings) {
    std::fs::create_dir(dir).unwrap();
    let (log, writer) = Log::open_or_create(&dir.join("log"), settings).unwrap();
    for envelope in &night.setup {
        log.submit(envelope.clone()).await.unwrap();
    }
    writer.join().unwrap();
    keep_keys(dir, night);
}

/// Writes the keys with which a server goes on, as they lie beside a log.
fn keep_keys(dir: &Path, night: &Night) {
    let folder = dir.join("keys");
    std::fs::create_dir(&folder).unwrap();
    for (name, key) in [("log", &night.keys.log), ("service", &night.keys.service)] {
        let text = format!("tallylog-secret-key-v1 {}\n", hex::encode(key.to_bytes()));
        std::fs::write(folder.join(format!("{name}.key")), text).unwrap();
    }
}

fn request(envelope: &Envelope) -> v1::SubmitRequest {
    v1::SubmitRequest {
        author: envelope.author.0.to_vec(),
        body: envelope.body.clone(),
        signature: envelope.signature.0.to_vec(),
        wait_for_proof: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_terminated_loses_nothing() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("night");
    let night = night(&Options::small(11, 2, 12));
    open(&dir, &night, Settings::default()).await;
    let (mut child, address) = serve(&dir, &[]);
    let intake = IntakeClient::connect(address).await.unwrap();
    let (first, mut acknowledged) = tokio::sync::mpsc::channel(REPORTS);
    let devices: Vec<_> = reports(1, &night, REPORTS)
        .map(|envelope| {
            let (mut intake, first) = (intake.clone(), first.clone());
            tokio::spawn(async move {
                let receipt = intake.submit(request(&envelope)).await.ok()?.into_inner().receipt?;
                first.send(()).await.unwrap();
                Some(receipt)
            })
        })
        .collect();
    acknowledged.recv().await.unwrap();
    let told = Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(told.success());
    let mut taken = Vec::new();
    for device in devices {
        taken.extend(device.await.unwrap());
    }
    let status = tokio::task::spawn_blocking(move || child.wait())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(status.code(), Some(0));
    assert!(!taken.is_empty());
    assert!(dir.join("log/seal").exists(), "the store was not closed");
    let reader = Store::open(&dir.join("log")).unwrap().reader();
    for receipt in taken {
        let bytes = reader.entry(receipt.entry).unwrap().unwrap();
        assert_eq!(chain(&bytes).0.to_vec(), receipt.entry_hash);
    }
}

/// Why a log that was last written to so many minutes ago does not take a report, if it does not.
async fn refusal(ago: i64, told: &[&str]) -> Option<String> {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("night");
    let night = night(&Options::small(11, 2, 12));
    let last = tallylog_server::now().0.saturating_add_signed(-ago * 60_000);
    let clock = Settings {
        clock: Arc::new(move || UnixMillis(last)),
        ..Settings::default()
    };
    open(&dir, &night, clock).await;
    let (mut child, address) = serve(&dir, told);
    let mut intake = IntakeClient::connect(address).await.unwrap();
    let report = reports(1, &night, 1).next().unwrap();
    let answer = intake.submit(request(&report)).await;
    child.kill().unwrap();
    child.wait().unwrap();
    let details = answer.err()?.get_details_error_info();
    Some(details.unwrap().reason)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_whose_last_entry_is_an_hour_old_or_still_to_come_takes_nothing_before_the_clock_is_confirmed() {
    let unconfirmed = Some("clock-unconfirmed".to_owned());
    for (ago, told, expected) in [
        (1, &[][..], None),
        (55, &[], None),
        (65, &[], unconfirmed.clone()),
        (-3, &[], None),
        (-7, &[], unconfirmed.clone()),
        (-14_400, &[], unconfirmed),
        (14_400, &["--trust-clock"], None),
        (-14_400, &["--trust-clock"], None),
    ] {
        assert_eq!(refusal(ago, told).await, expected, "{ago} minutes, {told:?}");
    }
}

/// A folder with a small night.
async fn a_night() -> tempfile::TempDir {
    let parent = tempfile::tempdir().unwrap();
    let night = night(&Options::small(11, 2, 12));
    open(&parent.path().join("night"), &night, Settings::default()).await;
    parent
}

/// Connections that say nothing.
fn silent(address: &str, count: usize) -> Vec<TcpStream> {
    let address = address.trim_start_matches("http://");
    (0..count).map(|_| TcpStream::connect(address).unwrap()).collect()
}

fn totals(address: &str) -> bool {
    let asked = Command::new(env!("CARGO_BIN_EXE_tallylog"))
        .args(["totals", "--server", address])
        .output()
        .unwrap();
    asked.status.success()
}

#[tokio::test(flavor = "multi_thread")]
async fn more_silent_connections_than_files_lock_nobody_out_and_are_closed() {
    let night = a_night().await;
    let (mut child, address, _) = serve_with_files(256, &night.path().join("night"), &[]);
    let streams = silent(&address, 300);
    assert!(totals(&address));
    for mut stream in streams {
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        let read = stream.read(&mut [0]);
        let is_closed = match &read {
            Ok(read) => *read == 0,
            Err(error) => error.kind() == ErrorKind::ConnectionReset,
        };
        assert!(is_closed, "{read:?}");
    }
    child.kill().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_files_says_so_once_and_goes_on() {
    let night = a_night().await;
    let flags = ["--connections", "1000"];
    let (mut child, address, said) = serve_with_files(64, &night.path().join("night"), &flags);
    let streams = silent(&address, 200);
    assert!(totals(&address));
    drop(streams);
    assert!(totals(&address));
    child.kill().unwrap();
    let said = said.join().unwrap();
    assert_eq!(said.matches("no connection can be taken").count(), 1, "{said}");
}
