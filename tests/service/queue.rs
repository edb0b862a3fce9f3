use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tallylog_event::{Event, UnixMillis};
use tallylog_server::{Log, Problem, Settings};
use tallylog_simulate::{Options, night};

use crate::support::{Pen, document, key, report};

/// The log's own clock sends an event that is refused whenever it is read, so that the queue is never empty.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_refusals_keeps_nobody_from_a_receipt() {
    let night = night(&Options::small(11, 1, 1));
    let (precinct, sheet) = night.sheets.first_key_value().unwrap();
    let stranger = Pen::new(night.contest.id).sign(&key(1), report(*precinct, sheet));
    let flooded = Arc::new(Mutex::new(None::<Log>));
    let flood = Arc::clone(&flooded);
    let clock = move || {
        if let Some(log) = &*flood.lock().unwrap() {
            // Nobody waits for the answer.
            drop(log.enqueue(stranger.clone()));
        }
        UnixMillis(1_833_584_400_000)
    };
    let settings = Settings {
        clock: Arc::new(clock),
        ..Settings::default()
    };
    let dir = tempfile::tempdir().unwrap();
    let (log, writer) = Log::open_or_create(&dir.path().join("log"), settings).unwrap();
    *flooded.lock().unwrap() = Some(log.clone());
    let receipt = tokio::time::timeout(Duration::from_secs(40), log.submit(night.setup[0].clone())).await;
    *flooded.lock().unwrap() = None;
    writer.join().unwrap();
    assert_eq!(receipt.unwrap().unwrap().entry.0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_that_has_ended_says_that_it_did() {
    let night = night(&Options::small(11, 1, 1));
    let dir = tempfile::tempdir().unwrap();
    let (log, writer) = Log::open_or_create(&dir.path().join("log"), Settings::default()).unwrap();
    log.submit(night.setup[0].clone()).await.unwrap();
    writer.join().unwrap();
    assert_eq!(log.submit(night.setup[1].clone()).await, Err(Problem::Stopping));
    let (log, writer) = Log::open_or_create(&dir.path().join("log"), Settings::default()).unwrap();
    assert!(log.submit(night.setup[0].clone()).await.unwrap().known);
    writer.join().unwrap();
}

/// Names the folder that a child process is to work in, and so makes it one.
const CHILD: &str = "TALLYLOG_FULL_DISK_CHILD";

/// The child: its files may not grow beyond a limit, and large reports come until one does not fit.
#[tokio::test(flavor = "multi_thread")]
async fn reports_until_the_disk_is_full() {
    let Some(dir) = std::env::var_os(CHILD) else {
        return;
    };
    let night = night(&Options::small(11, 1, 1));
    let (log, writer) = Log::open_or_create(Path::new(&dir), Settings::default()).unwrap();
    for envelope in &night.setup {
        log.submit(envelope.clone()).await.unwrap();
    }
    let (precinct, sheet) = night.sheets.first_key_value().unwrap();
    let pen = Pen::new(night.contest.id);
    let chair = &night.keys.chair(*precinct).unwrap().key;
    let large = || {
        let Event::Reported(mut large) = report(*precinct, sheet) else {
            unreachable!("a report");
        };
        large.files = vec![document(); 1_000];
        pen.sign(chair, Event::Reported(large))
    };
    let problem = loop {
        match log.submit(large()).await {
            Ok(receipt) => println!("acknowledged {}", receipt.entry.0 + 1),
            Err(problem) => break problem,
        }
    };
    assert_eq!(problem, Problem::LogFailed);
    let size = log.reader().head().size;
    assert_eq!(log.state().unwrap().size(), size, "nobody sees what is not durable");
    let late = pen.sign(chair, report(*precinct, sheet));
    assert_eq!(log.submit(late).await, Err(Problem::LogFailed));
    assert_eq!(writer.join(), Err(Problem::LogFailed));
    println!("failed as it must");
}

#[test]
fn after_a_failed_write_nothing_is_acknowledged_and_nothing_is_lost() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("log");
    // An ignored signal stays ignored: without it the first write beyond the limit would kill the child.
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 4096; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", "queue::reports_until_the_disk_is_full"])
        .env(CHILD, &dir)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.contains("failed as it must"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut acknowledged = said.lines().filter_map(|line| line.strip_prefix("acknowledged "));
    let size: u64 = acknowledged.next_back().unwrap().parse().unwrap();
    let (log, writer) = Log::open_or_create(&dir, Settings::default()).unwrap();
    assert!(log.state().unwrap().size() >= size);
    writer.join().unwrap();
}
