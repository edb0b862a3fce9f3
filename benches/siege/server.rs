//! The server under siege: a log with a night that has begun.

use std::io::Write;
use std::path::Path;

use tallylog_server::{INTERVAL, Log, Settings, Signing, Terms};
use tokio::net::TcpListener;

/// How many precincts have reported when the siege begins.
pub(super) const REPORTED: usize = 600;

/// Opens the log of a folder, or makes one, says the address, and serves until it is killed. `extra` names what an attack
/// needs in the log: `checkpoints`, or nothing.
#[tokio::main]
pub(super) async fn run(folder: &str, version: u16, extra: &str) {
    let folder = Path::new(folder);
    let night = super::a_night(version);
    let settings = Settings {
        signing: Some(Signing {
            log: night.keys.log.clone(),
            service: night.keys.service.clone(),
            checkpoints: folder.join("checkpoints"),
            interval: INTERVAL,
            witnesses: Vec::new(),
            quorum: 0,
            successor: std::sync::Arc::new(|_| None),
        }),
        ..Settings::default()
    };
    let is_new = !folder.join("log").exists();
    let (log, _writer) = Log::open_or_create(&folder.join("log"), settings).unwrap();
    if is_new {
        fill(&log, night, extra).await;
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    std::io::stdout().flush().unwrap();
    tallylog_server::serve(log, listener, Terms::default(), std::future::pending()).await;
}

async fn fill(log: &Log, night: tallylog_simulate::Night, extra: &str) {
    let mut answers = Vec::new();
    for envelope in night.setup.clone() {
        answers.push(log.enqueue_in_turn(envelope).await.unwrap());
    }
    for id in night.sheets.keys().take(REPORTED) {
        let report = super::honest::report(&night, *id, 0);
        answers.push(log.enqueue_in_turn(report).await.unwrap());
        if extra == "checkpoints" {
            answers.pop().unwrap().await.unwrap().unwrap();
            log.sign().unwrap();
        }
    }
    for answer in answers {
        answer.await.unwrap().unwrap();
    }
    if extra == "versions" {
        super::versions::fill(log, &night).await;
    }
    log.sign().unwrap();
}
