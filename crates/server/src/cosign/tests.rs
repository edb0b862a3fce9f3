//! A log with witnesses of every kind.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tallylog_tlog::{AddCheckpoint, Latest, SignatureLine, SignedCheckpoint, Size, UnixSeconds, WitnessSigner};
use tempfile::TempDir;

use super::{Alarm, CAP, CosignError, Cosigned, Cosigners, Heard, MAX_WITNESSES, Prove, Witness, WitnessUrl};
use crate::witness::samples::{Hands, History, TIME, log, open_as, signer};
use crate::witness::{Witness as Server, serve};

/// Within this everything that is to happen soon has happened, also on a machine that is busy.
const SOON: Duration = Duration::from_secs(20);

/// What a server does with a request: its first line, its body, and how many came before it.
type Behaviour = dyn Fn(&str, &str, usize) -> String + Send + Sync;

/// A server that answers whatever it likes.
struct Fake {
    url: WitnessUrl,
    asked: Arc<AtomicUsize>,
}

impl Fake {
    fn start(behaviour: impl Fn(&str, &str, usize) -> String + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let (asked, behaviour): (_, Arc<Behaviour>) = (Arc::new(AtomicUsize::new(0)), Arc::new(behaviour));
        let count = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (count, behaviour) = (Arc::clone(&count), Arc::clone(&behaviour));
                std::thread::spawn(move || attend(stream.unwrap(), &count, &*behaviour));
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn attend(mut stream: TcpStream, count: &AtomicUsize, behaviour: &Behaviour) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).ok()?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.to_lowercase();
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).unwrap();
    let answer = behaviour(first.trim(), &body, count.fetch_add(1, Ordering::SeqCst));
    stream.write_all(answer.as_bytes()).ok()
}

fn answer(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The cosignature of a witness, whatever it stands at.
fn cosign(body: &str, by: &WitnessSigner) -> SignatureLine {
    let (_, checkpoint) = body.split_once("\n\n").unwrap();
    let checkpoint = SignedCheckpoint::parse(checkpoint.as_bytes()).unwrap();
    let request = AddCheckpoint::new(Size(0), Vec::new(), checkpoint).unwrap();
    let consistent = request.judge(&[log().key().clone()], Latest::NOTHING).unwrap();
    by.cosign(&consistent, UnixSeconds::new(TIME).unwrap())
}

fn cosigned(body: &str, by: &WitnessSigner) -> String {
    answer("200 OK", &SignatureLine::encode_all(&[cosign(body, by)]))
}

/// One of our own witnesses, over HTTP.
struct Real {
    url: WitnessUrl,
    server: Arc<Server>,
    _folder: TempDir,
}

impl Real {
    async fn start(number: u8) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let server = Arc::new(open(folder.path(), number));
        tokio::spawn(serve(Arc::clone(&server), listener, std::future::pending()));
        Self {
            url,
            server,
            _folder: folder,
        }
    }

    /// Lets the witness cosign behind the log's back.
    fn stands_at(&self, request: &str) {
        self.server.add_checkpoint(request.as_bytes()).unwrap();
    }
}

fn open(folder: &Path, number: u8) -> Server {
    open_as(folder, number, vec![log().key().clone()], &Hands::at(TIME)).unwrap()
}

/// Nobody listens there.
fn nowhere() -> WitnessUrl {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap()).parse().unwrap()
}

fn proofs(size: u64) -> Prove {
    let history = History::first(size);
    Arc::new(move |old, new| history.prove(old, new))
}

fn heard() -> Heard {
    Arc::new(|_, _| {})
}

fn start(urls: &[&WitnessUrl], quorum: usize) -> Cosigners {
    let numbered = (2..).zip(urls);
    let witnesses = numbered.map(|(number, url)| Witness::new(signer(number).key().clone(), (*url).clone()));
    Cosigners::start(log().key().clone(), witnesses.collect(), quorum, proofs(40), heard()).unwrap()
}

async fn gather(cosigners: &Cosigners, size: u64) -> Cosigned {
    cosigners.gather(History::first(40).checkpoint(size)).await.unwrap()
}

/// Waits for an update that is as it should be.
async fn update(cosigners: &Cosigners, is_it: impl Fn(&Cosigned) -> bool) -> Cosigned {
    let mut updates = cosigners.updates();
    let found = updates.wait_for(|update| update.as_ref().is_some_and(&is_it));
    let found = tokio::time::timeout(SOON, found)
        .await
        .expect("no such update")
        .unwrap();
    found.clone().unwrap()
}

async fn alarm(cosigners: &Cosigners) -> Alarm {
    let mut alarms = cosigners.alarms();
    let raised = tokio::time::timeout(SOON, alarms.wait_for(Option::is_some));
    raised.await.expect("no alarm").unwrap().clone().unwrap()
}

async fn until(done: impl Fn() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < SOON, "it did not happen");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn fault(cosigners: &Cosigners, seat: usize) -> Option<&'static str> {
    cosigners.status()[seat].fault.as_ref().map(super::WitnessFault::code)
}

#[tokio::test]
async fn prompt_witnesses_cosign_what_goes_out() {
    let (first, second) = (Real::start(2).await, Real::start(3).await);
    let cosigners = start(&[&first.url, &second.url], 2);
    let alone = gather(&cosigners, 1).await;
    // Nobody waits for witnesses that have not answered before.
    assert!(alone.cosigners <= 2);
    update(&cosigners, |update| update.quorum_met).await;
    for size in 2..=20 {
        let out = gather(&cosigners, size).await;
        if cosigners.status().iter().all(|status| status.missed <= 1) {
            assert!(out.quorum_met, "size {size}");
        }
        update(&cosigners, |update| {
            update.quorum_met && update.checkpoint.unverified().size == Size(size)
        })
        .await;
        assert_eq!(cosigners.quorate().unwrap().checkpoint.unverified().size, Size(size));
    }
    let keys = [signer(2).key().clone(), signer(3).key().clone()];
    let newest = gather(&cosigners, 20).await;
    assert_eq!(
        newest
            .checkpoint
            .verify(&[log().key().clone()], &keys)
            .unwrap()
            .cosigners()
            .len(),
        2
    );
    assert!(cosigners.policy().verify(&newest.checkpoint).is_ok());
    for status in cosigners.status() {
        assert_eq!((status.size, status.cosigned, status.fault), (Some(Size(20)), 20, None));
    }
}

#[tokio::test]
async fn a_missing_witness_delays_nothing_and_is_counted() {
    let (real, missing) = (Real::start(2).await, nowhere());
    let cosigners = start(&[&real.url, &missing], 1);
    gather(&cosigners, 1).await;
    update(&cosigners, |update| update.quorum_met).await;
    let began = Instant::now();
    for size in 2..=20 {
        gather(&cosigners, size).await;
    }
    assert!(began.elapsed() < 19 * CAP / 2, "{:?}", began.elapsed());
    until(|| fault(&cosigners, 1).is_some()).await;
    let status = &cosigners.status()[1];
    assert_eq!(
        (fault(&cosigners, 1), status.cosigned, status.missed),
        (Some("witness-unreachable"), 0, 20)
    );
    assert!(!status.waited_for);
    assert_eq!(cosigners.updates().borrow().as_ref().unwrap().cosigners, 1);
}

#[tokio::test]
async fn a_witness_that_begins_to_hang_delays_one_checkpoint() {
    let by = signer(2);
    let fake = Fake::start(move |_, body, before| {
        if before > 0 {
            std::thread::sleep(Duration::from_secs(30));
        }
        cosigned(body, &by)
    });
    let cosigners = start(&[&fake.url], 1);
    gather(&cosigners, 1).await;
    update(&cosigners, |update| update.quorum_met).await;
    if !cosigners.status()[0].waited_for {
        return; // This machine was too busy for it to be prompt.
    }
    let began = Instant::now();
    assert!(!gather(&cosigners, 2).await.quorum_met);
    assert!(began.elapsed() >= CAP);
    let began = Instant::now();
    gather(&cosigners, 3).await;
    gather(&cosigners, 4).await;
    assert!(began.elapsed() < CAP, "{:?}", began.elapsed());
    until(|| fault(&cosigners, 0) == Some("witness-timeout")).await;
}

#[tokio::test]
async fn a_late_cosignature_is_added_when_it_comes() {
    let by = signer(2);
    let fake = Fake::start(move |_, body, _| {
        std::thread::sleep(CAP + Duration::from_millis(50));
        cosigned(body, &by)
    });
    let cosigners = start(&[&fake.url], 1);
    for size in [1, 2] {
        let out = gather(&cosigners, size).await;
        assert_eq!((out.cosigners, out.quorum_met), (0, false));
        let later = update(&cosigners, |update| update.quorum_met).await;
        assert_eq!(later.checkpoint.unverified().size, Size(size));
        assert!(!cosigners.status()[0].waited_for, "it is too slow to wait for");
    }
}

#[tokio::test]
async fn a_log_that_starts_again_learns_where_its_witness_stands() {
    let real = Real::start(2).await;
    let history = History::first(9);
    real.stands_at(&history.request(0, 5));
    let cosigners = start(&[&real.url], 1);
    gather(&cosigners, 9).await;
    update(&cosigners, |update| update.quorum_met).await;
    assert_eq!(cosigners.status()[0].size, Some(Size(9)));
}

/// A witness that answers so is at fault, and stops nothing.
async fn faulty(expected: &str, behaviour: impl Fn(&str, &str, usize) -> String + Send + Sync + 'static) {
    let (fake, real) = (Fake::start(behaviour), Real::start(3).await);
    let cosigners = start(&[&fake.url, &real.url], 1);
    gather(&cosigners, 5).await;
    until(|| fault(&cosigners, 0).is_some()).await;
    assert_eq!(fault(&cosigners, 0), Some(expected));
    let met = update(&cosigners, |update| update.quorum_met).await;
    assert_eq!(met.cosigners, 1, "{expected}");
    let status = &cosigners.status()[0];
    assert_eq!(
        (status.cosigned, status.size, status.waited_for),
        (0, None, false),
        "{expected}"
    );
    assert!(cosigners.alarms().borrow().is_none(), "{expected}");
}

#[tokio::test]
async fn a_witness_that_answers_nonsense_is_at_fault() {
    faulty("witness-unreachable", |_, _, _| "garbage\r\n\r\n".to_owned()).await;
    faulty("witness-unreachable", |_, _, _| String::new()).await;
    faulty("note-signature-line", |_, _, _| answer("200 OK", "garbage\n")).await;
    faulty("note-signature-line", |_, _, _| answer("200 OK", "")).await;
    faulty("witness-status", |_, _, _| answer("500 Internal Server Error", "")).await;
    faulty("witness-status", |_, _, _| answer("201 Created", "")).await;
    faulty("witness-status", |_, _, _| answer("400 Bad Request", "")).await;
    faulty("witness-log-untrusted", |_, _, _| answer("403 Forbidden", "")).await;
    faulty("witness-log-unknown", |_, _, _| answer("404 Not Found", "")).await;
    faulty("witness-answer", |_, _, _| answer("409 Conflict", "three\n")).await;
}

#[tokio::test]
async fn a_cosignature_of_another_key_or_checkpoint_is_ignored() {
    faulty("witness-no-cosignature", |_, body, _| cosigned(body, &signer(4))).await;
    let by_name_only = WitnessSigner::new(
        signer(2).key().name().clone(),
        tallylog_tlog::SigningKey::from_bytes(&[8; 32]),
    );
    faulty("witness-no-cosignature", move |_, body, _| {
        cosigned(body, &by_name_only)
    })
    .await;
    faulty("witness-bad-cosignature", |_, _, _| {
        cosigned(&History::second(9).request(0, 5), &signer(2))
    })
    .await;
    faulty("witness-bad-cosignature", |_, body, _| {
        // One that holds, and one that does not.
        let lines = [
            cosign(body, &signer(2)),
            cosign(&History::first(9).request(0, 4), &signer(2)),
        ];
        answer("200 OK", &SignatureLine::encode_all(&lines))
    })
    .await;
}

#[tokio::test]
async fn cosignatures_of_others_beside_its_own_do_no_harm() {
    let fake = Fake::start(|_, body, _| {
        let lines = [
            cosign(body, &signer(4)),
            cosign(body, &signer(2)),
            cosign(body, &signer(5)),
        ];
        answer("200 OK", &SignatureLine::encode_all(&lines))
    });
    let cosigners = start(&[&fake.url], 1);
    gather(&cosigners, 5).await;
    let met = update(&cosigners, |update| update.quorum_met).await;
    assert_eq!(met.checkpoint.note().signatures().len(), 2);
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_cut_off() {
    faulty("witness-answer-too-long", |_, _, _| {
        answer("200 OK", &"x".repeat(1_000_000))
    })
    .await;
    // Without a length, and without an end.
    faulty("witness-answer-too-long", |_, _, _| {
        format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}", "x".repeat(1_000_000))
    })
    .await;
}

#[tokio::test]
async fn nobody_sends_the_log_elsewhere() {
    let elsewhere = Arc::new(Fake::start(|_, body, _| cosigned(body, &signer(2))));
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        let location = elsewhere.url.to_string();
        faulty("witness-status", move |_, _, _| {
            format!("HTTP/1.1 {status}\r\nConnection: close\r\nLocation: {location}/add-checkpoint\r\nContent-Length: 0\r\n\r\n")
        })
        .await;
    }
    assert_eq!(elsewhere.asked(), 0);
}

#[tokio::test]
async fn a_witness_that_contradicts_itself_is_at_fault() {
    // It names the very size from which it was asked, or another one each time.
    faulty("witness-wavers", |_, _, _| answer("409 Conflict", "0\n")).await;
    faulty("witness-wavers", |_, _, before| {
        answer("409 Conflict", &format!("{}\n", 1 + before % 4))
    })
    .await;
}

/// Says one thing when asked to cosign, and shows another.
fn says(
    to_the_log: &'static str,
    shows: Option<String>,
) -> impl Fn(&str, &str, usize) -> String + Send + Sync + 'static {
    move |first, _, _| match (first.starts_with("POST"), &shows) {
        (true, _) if to_the_log.is_empty() => answer("422 Unprocessable Entity", ""),
        (true, _) => answer("409 Conflict", to_the_log),
        (false, Some(note)) => answer("200 OK", note),
        (false, None) => answer("404 Not Found", ""),
    }
}

#[tokio::test]
async fn a_claim_without_proof_stops_nothing_while_the_quorum_can_be_met() {
    faulty("witness-claims-more", says("999\n", None)).await;
    faulty("witness-claims-fork", says("", None)).await;
    // What it shows is not signed by the log, or says nothing against it.
    let forged = log().sign_checkpoint(Size(999), tallylog_tlog::Hash::EMPTY).to_string();
    let forged = forged.replace("\n999\n", "\n998\n");
    faulty("witness-claims-more", says("998\n", Some(forged))).await;
    let honest = History::first(9).checkpoint(4).to_string();
    faulty("witness-claims-fork", says("", Some(honest))).await;
}

#[tokio::test]
async fn a_log_that_is_behind_its_witness_is_alarmed() {
    let real = Real::start(2).await;
    real.stands_at(&History::first(9).request(0, 9));
    let cosigners = start(&[&real.url, &nowhere(), &nowhere()], 2);
    gather(&cosigners, 7).await;
    let raised = alarm(&cosigners).await;
    assert_eq!(raised.code(), "log-behind-witness");
    assert_eq!(raised.evidence()[0].unverified().size, Size(9));
    assert_eq!(cosigners.gather(History::first(9).checkpoint(8)).await, Err(raised));
}

#[tokio::test]
async fn a_second_history_is_an_alarm() {
    for (stands, signs) in [(7, 7), (5, 7), (4, 9)] {
        let real = Real::start(2).await;
        real.stands_at(&History::second(9).request(0, stands));
        let cosigners = start(&[&real.url], 0);
        gather(&cosigners, signs).await;
        let raised = alarm(&cosigners).await;
        assert_eq!(raised.code(), "log-forked");
        let sizes: Vec<_> = raised.evidence().iter().map(|note| note.unverified().size).collect();
        assert_eq!(sizes, [Size(signs), Size(stands)]);
        for note in raised.evidence() {
            assert!(note.verify(&[log().key().clone()], &[]).is_ok());
        }
    }
}

#[tokio::test]
async fn what_the_log_signs_while_it_is_asked_is_no_alarm() {
    // The witness learns of size 9 from somebody else, after the log has posted it, while it is asked for size 5.
    let real = Arc::new(Real::start(2).await);
    let (server, held) = (Arc::clone(&real.server), Arc::new(AtomicUsize::new(0)));
    let waits = Arc::clone(&held);
    let fake = Fake::start(move |_, body, before| {
        if before == 0 {
            while waits.load(Ordering::SeqCst) == 0 {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        match server.add_checkpoint(body.as_bytes()) {
            Ok(line) => answer("200 OK", &SignatureLine::encode_all(&[line])),
            Err(_) => answer("409 Conflict", "9\n"),
        }
    });
    let cosigners = start(&[&fake.url], 1);
    gather(&cosigners, 5).await;
    until(|| fake.asked() == 1).await;
    gather(&cosigners, 9).await;
    real.stands_at(&History::first(9).request(0, 9));
    held.store(1, Ordering::SeqCst);
    update(&cosigners, |update| update.quorum_met).await;
    assert!(cosigners.alarms().borrow().is_none());
    assert_eq!(cosigners.status()[0].size, Some(Size(9)));
}

#[tokio::test]
async fn witnesses_that_are_dropped_are_asked_no_more() {
    let fake = Fake::start(|_, _, _| answer("500 Internal Server Error", ""));
    let cosigners = start(&[&fake.url], 1);
    gather(&cosigners, 1).await;
    until(|| fault(&cosigners, 0).is_some()).await;
    drop(cosigners);
    let asked = fake.asked();
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert!(fake.asked() <= asked + 1);
}

#[tokio::test]
async fn a_log_without_witnesses_goes_alone() {
    let cosigners = start(&[], 0);
    let out = gather(&cosigners, 3).await;
    assert_eq!((out.cosigners, out.quorum_met), (0, true));
    assert_eq!(out.checkpoint, History::first(3).checkpoint(3));
}

#[test]
fn a_list_of_witnesses_is_checked() {
    let witness = |number| Witness::new(signer(number).key().clone(), "http://127.0.0.1:1".parse().unwrap());
    let refused = |witnesses: Vec<Witness>, quorum| {
        let started = Cosigners::start(log().key().clone(), witnesses, quorum, proofs(0), heard());
        started.err().as_ref().map(CosignError::code)
    };
    assert_eq!(refused(vec![witness(2), witness(2)], 1), Some("policy-witness-twice"));
    assert_eq!(refused(vec![witness(2)], 2), Some("policy-threshold"));
    let number = u8::try_from(MAX_WITNESSES).unwrap();
    assert_eq!(
        refused((2..3 + number).map(witness).collect(), 1),
        Some("too-many-witnesses")
    );
    assert_eq!(refused((2..2 + number).map(witness).collect(), 1), None);
}
