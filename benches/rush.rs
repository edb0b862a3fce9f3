//! The rush: five hundred chairs report within ten seconds, each from a device of its own, while fifty operators enter
//! one report a second each. The server is a process of its own and is killed after the last receipt; then the log is
//! opened again, and every entry that was acknowledged must be there as it was.
//!
//! `cargo bench --bench rush` prints how long a sender waits: for the entry to be on disk, and for the receipt with its
//! proof, which waits for the next checkpoint. Then all of it again while a thousand observers have the results open, in a
//! third process, each asking what their page asks; and how long they wait.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and a bench that fails stops"
)]

#[path = "rush/crowd.rs"]
mod crowd;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tallylog_event::{
    CallerCheck, Channel, Envelope, Event, EventBody, ManualEntry, PrecinctId, Report, SigningKey, SubmissionId, chain,
};
use tallylog_server::{INTERVAL, Log, Settings, Signing};
use tallylog_simulate::{DOORS_CLOSE, Night, Options, night};
use tallylog_store::Store;
use tallylog_wire::v1::intake_client::IntakeClient;
use tallylog_wire::v1::{Receipt, SubmitRequest};
use tokio::net::TcpListener;
use tokio::time::{Instant as Moment, sleep_until};
use tonic::transport::Endpoint;

const FOLDER: &str = "TALLYLOG_RUSH_FOLDER";
const CROWD: &str = "TALLYLOG_RUSH_CROWD";
const CHAIRS: usize = 500;
const OPERATORS: usize = 50;
const SECONDS: u32 = 10;
const OBSERVERS: usize = 1_000;

fn main() {
    match (std::env::var(FOLDER), std::env::var(CROWD)) {
        (Ok(folder), _) => serve(Path::new(&folder)),
        (_, Ok(url)) => crowd::watch(&url, OBSERVERS),
        (Err(_), Err(_)) => {
            println!("{CHAIRS} chairs and {OPERATORS} operators in {SECONDS} s, milliseconds from send to answer");
            println!(
                "{:<24} {:>7} {:>7} {:>7} {:>7}",
                "answer", "sent", "median", "p99", "longest"
            );
            rush(false);
            println!("the same with {OBSERVERS} observers");
            rush(true);
        }
    }
}

fn a_night() -> Night {
    night(&Options {
        version: 2,
        errors: false,
        ..Options::full(1)
    })
}

/// The server: says its address, and serves until it is killed.
#[tokio::main]
async fn serve(folder: &Path) {
    let night = a_night();
    let settings = Settings {
        signing: Some(Signing {
            log: night.keys.log.clone(),
            service: night.keys.service.clone(),
            successor: std::sync::Arc::new(|_| None),
            checkpoints: folder.join("checkpoints"),
            interval: INTERVAL,
            witnesses: Vec::new(),
            quorum: 0,
        }),
        ..Settings::default()
    };
    let (log, _writer) = Log::open_or_create(&folder.join("log"), settings).unwrap();
    for envelope in night.setup {
        log.enqueue_in_turn(envelope).await.unwrap();
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    std::io::stdout().flush().unwrap();
    tallylog_server::serve(log, listener, std::future::pending())
        .await
        .unwrap();
}

fn rush(is_watched: bool) {
    let folder = tempfile::tempdir().unwrap();
    let (mut server, url) = start(FOLDER, folder.path().to_str().unwrap());
    let mut observers = is_watched.then(|| start(CROWD, &url).0);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut acknowledged = Vec::new();
    for (turn, answer) in ["on disk", "receipt with its proof"].into_iter().enumerate() {
        let sent = sent(&a_night(), turn);
        let answers = runtime.block_on(send_all(&url, sent, turn == 1));
        show(answer, answers.iter().map(|(took, _)| *took).collect());
        acknowledged.extend(answers.into_iter().map(|(_, receipt)| receipt));
    }
    if let Some(observers) = &mut observers {
        drop(observers.stdin.take());
        observers.wait().unwrap();
    }
    server.kill().unwrap();
    server.wait().unwrap();
    check(&folder.path().join("log"), &acknowledged);
}

/// An event on its way: when after the start of the rush, and on whose connection.
struct Sent {
    after: Duration,
    device: usize,
    envelope: Envelope,
}

/// What is sent in a turn: other chairs in each, and in the second the operators make the second entries.
fn sent(night: &Night, turn: usize) -> Vec<Sent> {
    let precincts: Vec<PrecinctId> = night.sheets.keys().copied().collect();
    let entered = CHAIRS..CHAIRS + OPERATORS * usize::try_from(SECONDS).unwrap();
    let first = turn * entered.end;
    let window = Duration::from_secs(SECONDS.into());
    let chairs = (0_u32..).zip(&precincts[first..first + CHAIRS]);
    let chairs = chairs.map(|(number, id)| Sent {
        after: window * number / u32::try_from(CHAIRS).unwrap(),
        device: usize::try_from(number).unwrap(),
        envelope: seal(
            night,
            &night.keys.chair(*id).unwrap().key,
            Event::Reported(Box::new(report(night, *id, Channel::App))),
            turn,
        ),
    });
    let entries = precincts[entered].iter().enumerate().map(|(number, id)| {
        let operator = (number + turn) % OPERATORS;
        let entry = ManualEntry {
            report: report(night, *id, Channel::Paper),
            caller: CallerCheck::NoCaller,
            read_back: false,
            typed_by: Vec::new(),
        };
        let second = u32::try_from(number / OPERATORS).unwrap();
        let within = u32::try_from(operator).unwrap();
        Sent {
            after: window / SECONDS * second + window / SECONDS * within / u32::try_from(OPERATORS).unwrap(),
            device: CHAIRS + operator,
            envelope: seal(
                night,
                &night.keys.operators[operator].key,
                Event::Entered(Box::new(entry)),
                turn,
            ),
        }
    });
    chairs.chain(entries).collect()
}

fn report(night: &Night, precinct: PrecinctId, channel: Channel) -> Report {
    Report {
        precinct,
        channel,
        sheet: night.sheets[&precinct].clone(),
        files: Vec::new(),
    }
}

fn seal(night: &Night, key: &SigningKey, event: Event, turn: usize) -> Envelope {
    let precinct = event.report().unwrap().precinct;
    let name = chain(format!("{turn} {precinct:?}").as_bytes()).0;
    let body = EventBody {
        contest: night.contest.id,
        submission: SubmissionId(name[..16].try_into().unwrap()),
        recorded_at: DOORS_CLOSE,
        event,
    };
    Envelope::seal(&body, key)
}

/// Connects every device, then sends everything in its moment.
async fn send_all(url: &str, sent: Vec<Sent>, wait_for_proof: bool) -> Vec<(Duration, Receipt)> {
    let mut devices = Vec::new();
    for _ in 0..CHAIRS + OPERATORS {
        let endpoint = Endpoint::from_shared(url.to_owned()).unwrap();
        devices.push(IntakeClient::new(endpoint.connect().await.unwrap()));
    }
    let start = Moment::now() + Duration::from_millis(100);
    let mut under_way = Vec::new();
    for Sent {
        after,
        device,
        envelope,
    } in sent
    {
        let mut device = devices[device].clone();
        let request = SubmitRequest {
            author: envelope.author.0.to_vec(),
            body: envelope.body,
            signature: envelope.signature.0.to_vec(),
            wait_for_proof,
        };
        under_way.push(tokio::spawn(async move {
            sleep_until(start + after).await;
            let began = Instant::now();
            let answer = device.submit(request).await.unwrap().into_inner();
            (began.elapsed(), answer.receipt.unwrap())
        }));
    }
    let mut answers = Vec::new();
    for answer in under_way {
        answers.push(answer.await.unwrap());
    }
    answers
}

fn show(answer: &str, mut took: Vec<Duration>) {
    took.sort();
    let at = |percent: usize| took[(took.len() - 1) * percent / 100].as_secs_f64() * 1_000.0;
    println!(
        "{answer:<24} {:>7} {:>7.1} {:>7.1} {:>7.1}",
        took.len(),
        at(50),
        at(99),
        at(100)
    );
}

/// Every entry that was acknowledged is there, byte for byte.
fn check(log: &Path, acknowledged: &[Receipt]) {
    let kept = Store::open(log).unwrap();
    for receipt in acknowledged {
        let bytes = kept.reader().entry(receipt.entry).unwrap().unwrap();
        assert_eq!(chain(&bytes).0.as_slice(), receipt.entry_hash);
    }
    println!(
        "killed and opened again: all {} acknowledged entries are there",
        acknowledged.len()
    );
    kept.close().unwrap();
}

/// Starts this program once more, as somebody else, and waits for its first line.
fn start(role: &str, about: &str) -> (Child, String) {
    let mut started = Command::new(std::env::current_exe().unwrap())
        .env_remove(FOLDER)
        .env(role, about)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(started.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    std::thread::spawn(move || lines.for_each(|line| println!("{}", line.unwrap())));
    (started, first)
}
