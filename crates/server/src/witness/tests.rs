//! A witness over HTTP, byte for byte, and what it keeps.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Barrier};

use tallylog_tlog::{
    LogSigner, MAX_SIGNATURES, Note, RequestError, SignatureLine, SignedCheckpoint, SigningKey, Size, WitnessRefusal,
    monitoring_path,
};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::samples::{Hands, History, ORIGIN, TIME, log, name, open, open_as, signer};
use super::{Refusal, Witness, WitnessError, serve};

/// The cosignature of the golden vectors.
const GOLDEN_LINE: &str = "— witness.example/w1 3xwKNQAAAABtRmCgoQKd90bFyfq+yw2gt8wuiE1/2MEO7Tl3SW3aPBrydZZM4i8h4KFPE/sk8dMMuD2E8ShwyTWmjX7rdy5VcdkUAA==\n";

const GOLDEN_NOTE: &str = "caucus.example/2028-ia-dem
7
gTvaOkIAD4KUtqlU6oN5LC3vrmUkbvdgr5/dU699Rjg=

— caucus.example/2028-ia-dem h8u1wGmP80kWCQZv7snvnBLOErAA2XvDe7CXj/tD6hybct+RvK8X3B3KlSpP7mLphf44eGN7FQtQ5BmnRWlj+tPvIgA=
";

/// A witness behind a port.
struct Served {
    address: std::net::SocketAddr,
    _stop: oneshot::Sender<()>,
}

impl Served {
    async fn start(witness: Witness) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(async move {
            let stop = async { drop(stopped.await) };
            serve(Arc::new(witness), listener, stop).await;
        });
        Self { address, _stop: stop }
    }

    /// Sends bytes on a connection of their own, and returns all that comes back but the date.
    async fn exchange(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        // The other side may answer, and close, before it has read everything.
        let _closed = stream.write_all(request).await;
        let mut answer = Vec::new();
        let _reset = stream.read_to_end(&mut answer).await;
        let text = String::from_utf8(answer).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let lines = head.lines().filter(|line| !line.starts_with("date: "));
        format!("{}\n\n{body}", lines.collect::<Vec<_>>().join("\n"))
    }

    async fn post(&self, body: &str) -> String {
        let head = format!(
            "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        self.exchange(format!("{head}{body}").as_bytes()).await
    }

    async fn get(&self, path: &str) -> String {
        let request = format!("GET {path} HTTP/1.1\r\nHost: w\r\nConnection: close\r\n\r\n");
        self.exchange(request.as_bytes()).await
    }
}

fn plain(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\ncontent-type: text/plain; charset=utf-8\ncontent-length: {}\nconnection: close\n\n{body}",
        body.len()
    )
}

fn size(size: &str) -> String {
    format!(
        "HTTP/1.1 409 Conflict\ncontent-type: text/x.tlog.size\ncontent-length: {}\nconnection: close\n\n{size}",
        size.len()
    )
}

fn shown(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\ncontent-type: text/plain; charset=utf-8\naccess-control-allow-origin: *\n\
         cache-control: no-cache\ncontent-length: {}\nconnection: close\n\n{body}",
        body.len()
    )
}

/// A witness that stands at size 7 of the golden log.
async fn at_seven(folder: &TempDir) -> Served {
    let served = Served::start(open(folder.path(), &Hands::at(TIME))).await;
    assert_eq!(
        served.post(&History::first(7).request(0, 7)).await,
        plain("200 OK", GOLDEN_LINE)
    );
    served
}

fn temporary() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[tokio::test]
async fn the_golden_checkpoint_is_cosigned_and_shown() {
    let folder = temporary();
    let served = Served::start(open(folder.path(), &Hands::at(TIME))).await;
    let path = format!("/{}", monitoring_path(&name(ORIGIN)));
    let nothing = "this witness has not cosigned a checkpoint of that log, or does not watch it [nothing-cosigned]\n";
    assert_eq!(served.get(&path).await, plain("404 Not Found", nothing));
    let body = format!("old 0\n\n{GOLDEN_NOTE}");
    assert_eq!(served.post(&body).await, plain("200 OK", GOLDEN_LINE));
    let note = format!("{GOLDEN_NOTE}{GOLDEN_LINE}");
    assert_eq!(served.get(&path).await, shown(&note));
    let on_disk = folder.path().join(monitoring_path(&name(ORIGIN)));
    assert_eq!(std::fs::read_to_string(on_disk).unwrap(), note);
    let about = format!(
        "A witness of logs, by https://c2sp.org/tlog-witness\n\n\
         witness.example/w1+df1c0a35+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU\n\n\
         {ORIGIN}: size 7 at {TIME}\n"
    );
    assert_eq!(served.get("/").await, shown(&about));
}

#[tokio::test]
async fn a_request_from_the_golden_size_2_carries_the_golden_proof() {
    let folder = temporary();
    let served = Served::start(open(folder.path(), &Hands::at(TIME))).await;
    let first = History::first(7);
    assert!(served.post(&first.request(0, 2)).await.starts_with("HTTP/1.1 200 OK\n"));
    let body = format!(
        "old 2\n9f6QqbKTVsuk32Y2PsiymbmPY5CMVXlhonwl2VULLv0=\nCdE923ZptzRMGk5/zSfZNnUk1MxvmDHjZ9hsED0563g=\n\n{GOLDEN_NOTE}"
    );
    assert_eq!(first.request(2, 7), body);
    assert_eq!(served.post(&body).await, plain("200 OK", GOLDEN_LINE));
}

#[tokio::test]
async fn a_request_from_elsewhere_is_answered_with_the_size_alone() {
    let folder = temporary();
    let served = at_seven(&folder).await;
    let first = History::first(9);
    for (old, new) in [(0, 0), (0, 9), (3, 3), (3, 9), (8, 9), (0, 7)] {
        assert_eq!(
            served.post(&first.request(old, new)).await,
            size("7\n"),
            "{old} to {new}"
        );
    }
}

#[tokio::test]
async fn what_is_no_request_is_told_why() {
    let folder = temporary();
    let served = at_seven(&folder).await;
    let good = History::first(9).request(7, 9);
    let layout =
        "a request is a line with the old size, base64 hashes, an empty line and a checkpoint [witness-malformed]\n";
    for bad in [
        "",
        "old 7\n",
        &good.replace("old 7", "old 07"),
        &good.replace('\n', "\r\n"),
    ] {
        assert_eq!(served.post(bad).await, plain("400 Bad Request", layout), "{bad:?}");
    }
    let extended = History::first(9).request(7, 9).replace("\n\n—", "\nextension\n\n—");
    assert!(served.post(&extended).await.starts_with("HTTP/1.1 400 Bad Request\n"));
    let backwards = History::first(9).request(0, 3).replace("old 0", "old 7");
    let beyond = "the old size 7 is over the checkpoint's, which is 3 [witness-old-size-beyond]\n";
    assert_eq!(served.post(&backwards).await, plain("400 Bad Request", beyond));
}

#[tokio::test]
async fn who_is_not_the_log_is_not_heard() {
    let folder = temporary();
    let served = at_seven(&folder).await;
    let good = History::first(9).request(7, 9);
    let forged = good.replace("\n9\n", "\n8\n");
    let bad = format!(
        "the signature of {ORIGIN} does not hold: the text was changed, or somebody else signed it [witness-unsigned]\n"
    );
    assert_eq!(served.post(&forged).await, plain("403 Forbidden", &bad));
    let other_key = good.replace("h8u1w", "i8u1w");
    let unsigned = "none of the known keys signed the note [witness-unsigned]\n";
    assert_eq!(served.post(&other_key).await, plain("403 Forbidden", unsigned));
    let other_log = good.replace(ORIGIN, "other.example");
    let unknown = "the log other.example is unknown to this witness [witness-unknown-origin]\n";
    assert_eq!(served.post(&other_log).await, plain("404 Not Found", unknown));
}

#[tokio::test]
async fn what_did_not_grow_from_what_was_cosigned_is_refused() {
    let folder = temporary();
    let served = at_seven(&folder).await;
    let (first, second) = (History::first(9), History::second(9));
    let start = "the checkpoint is not consistent with the one that was cosigned before: ";
    let refused = |answer: String| {
        let (head, body) = answer.split_once("\n\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 422 Unprocessable Entity\n"), "{answer}");
        assert!(
            body.starts_with(start) && body.ends_with(" [witness-inconsistent]\n"),
            "{answer}"
        );
    };
    refused(served.post(&second.request(7, 9)).await);
    refused(served.post(&second.request(7, 7)).await);
    let without_proof = first.request(0, 9).replace("old 0", "old 7");
    refused(served.post(&without_proof).await);
    let too_much = first
        .request(7, 7)
        .replace("old 7\n", "old 7\ngTvaOkIAD4KUtqlU6oN5LC3vrmUkbvdgr5/dU699Rjg=\n");
    refused(served.post(&too_much).await);
    // It stands where it stood.
    assert!(served.post(&first.request(7, 9)).await.starts_with("HTTP/1.1 200 OK\n"));
}

#[tokio::test]
async fn an_empty_log_has_one_root() {
    let folder = temporary();
    let served = Served::start(open(folder.path(), &Hands::at(TIME))).await;
    let lie = History::first(1).checkpoint(1).unverified().root;
    let lie = log().sign_checkpoint(Size(0), lie);
    let answer = served.post(&format!("old 0\n\n{lie}")).await;
    assert!(answer.starts_with("HTTP/1.1 422 "), "{answer}");
    assert!(
        served
            .post(&History::first(0).request(0, 0))
            .await
            .starts_with("HTTP/1.1 200 OK\n")
    );
    let path = format!("/{}", monitoring_path(&name(ORIGIN)));
    assert!(served.get(&path).await.contains(&format!("\n\n{ORIGIN}\n0\n")));
}

#[tokio::test]
async fn other_methods_and_paths_are_told_what_there_is() {
    let folder = temporary();
    let served = at_seven(&folder).await;
    let body = "only POST to /add-checkpoint, and only GET of everything else [method-not-allowed]\n";
    let answer = served.get("/add-checkpoint").await;
    assert!(answer.starts_with("HTTP/1.1 405 Method Not Allowed\n"), "{answer}");
    assert!(answer.contains("\nallow: POST\n") && answer.ends_with(body), "{answer}");
    let delete = b"DELETE / HTTP/1.1\r\nHost: w\r\nConnection: close\r\n\r\n";
    let answer = served.exchange(delete).await;
    assert!(
        answer.starts_with("HTTP/1.1 405 ") && answer.contains("\nallow: GET,HEAD\n"),
        "{answer}"
    );
    let nowhere = "there is nothing here; a witness answers at /, /add-checkpoint and /<hash of an origin>/checkpoint [no-such-path]\n";
    assert_eq!(served.get("/add-checkpoint/").await, plain("404 Not Found", nowhere));
    let upper = monitoring_path(&name(ORIGIN))
        .to_uppercase()
        .replace("CHECKPOINT", "checkpoint");
    for path in [
        format!("/{}/checkpoint", "0".repeat(64)),
        format!("/{upper}"),
        "/../checkpoint".to_owned(),
    ] {
        assert!(served.get(&path).await.ends_with("[nothing-cosigned]\n"), "{path}");
    }
}

#[tokio::test]
async fn a_request_has_at_most_131072_bytes() {
    let folder = temporary();
    let served = at_seven(&folder).await;
    let body = "a request has at most 131072 bytes [request-too-large]\n";
    let answer = served.post(&"x".repeat(131_073)).await;
    assert_eq!(answer, plain("413 Payload Too Large", body));
    let chunked = "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunked = format!("{chunked}20001\r\n{}\r\n0\r\n\r\n", "x".repeat(131_073));
    assert_eq!(
        served.exchange(chunked.as_bytes()).await,
        plain("413 Payload Too Large", body)
    );
    assert!(served.post(&"x".repeat(131_072)).await.contains("[witness-malformed]"));
}

#[tokio::test]
async fn many_requests_go_over_one_connection() {
    let folder = temporary();
    let served = at_seven(&folder).await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    let mut read = vec![0; 4_096];
    for _ in 0..3 {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: w\r\n\r\n").await.unwrap();
        let length = stream.read(&mut read).await.unwrap();
        assert!(read[..length].starts_with(b"HTTP/1.1 200 OK\r\n"));
    }
}

fn place(dir: &Path) -> PathBuf {
    dir.join(monitoring_path(&name(ORIGIN))).parent().unwrap().to_owned()
}

#[track_caller]
fn add(witness: &Witness, request: &str) -> SignatureLine {
    witness.add_checkpoint(request.as_bytes()).unwrap()
}

#[track_caller]
fn code(witness: &Witness, request: &str) -> &'static str {
    witness.add_checkpoint(request.as_bytes()).unwrap_err().code()
}

#[test]
fn a_witness_remembers() {
    let (folder, hands) = (temporary(), Hands::at(TIME));
    let (first, second) = (History::first(9), History::second(9));
    add(&open(folder.path(), &hands), &first.request(0, 7));
    let witness = open(folder.path(), &hands);
    assert_eq!(code(&witness, &second.request(0, 8)), "witness-conflict");
    assert_eq!(code(&witness, &second.request(7, 8)), "witness-inconsistent");
    add(&witness, &first.request(7, 8));
    drop(witness);
    let witness = open(folder.path(), &hands);
    let Err(Refusal::Judged(WitnessRefusal::Conflict { latest, .. })) =
        witness.add_checkpoint(first.request(0, 9).as_bytes())
    else {
        panic!("it has forgotten");
    };
    assert_eq!(latest.size, Size(8));
}

#[test]
fn the_time_never_goes_back() {
    let (folder, hands) = (temporary(), Hands::at(TIME));
    let first = History::first(9);
    let at = |witness: &Witness| witness.logs().next().unwrap().1.unwrap().at.seconds();
    let witness = open(folder.path(), &hands);
    add(&witness, &first.request(0, 3));
    hands.set(TIME - 100);
    add(&witness, &first.request(3, 4));
    assert_eq!(at(&witness), TIME);
    drop(witness);
    let witness = open(folder.path(), &hands);
    add(&witness, &first.request(4, 4));
    assert_eq!(at(&witness), TIME);
    hands.set(TIME + 1);
    add(&witness, &first.request(4, 4));
    assert_eq!(at(&witness), TIME + 1);
}

#[test]
fn without_a_time_nothing_is_cosigned() {
    let folder = temporary();
    let hands = Hands::at(0);
    let witness = open(folder.path(), &hands);
    assert_eq!(code(&witness, &History::first(1).request(0, 1)), "cosignature-time");
    assert!(!place(folder.path()).join("checkpoint").exists());
    hands.set(TIME);
    add(&witness, &History::first(1).request(0, 1));
}

#[test]
fn the_same_request_within_a_second_writes_nothing() {
    use std::os::unix::fs::MetadataExt;
    let (folder, hands) = (temporary(), Hands::at(TIME));
    let witness = open(folder.path(), &hands);
    let first = History::first(7);
    let line = add(&witness, &first.request(0, 7));
    let file = || {
        std::fs::metadata(place(folder.path()).join("checkpoint"))
            .unwrap()
            .ino()
    };
    let before = file();
    // What replaces it could be given its number, were it gone.
    let _kept = std::fs::File::open(place(folder.path()).join("checkpoint")).unwrap();
    assert_eq!(add(&witness, &first.request(7, 7)), line);
    assert_eq!(file(), before);
    hands.set(TIME + 1);
    assert_ne!(add(&witness, &first.request(7, 7)), line);
    assert_ne!(file(), before);
}

#[test]
fn two_histories_of_one_size_are_kept_as_evidence() {
    let (folder, hands) = (temporary(), Hands::at(TIME));
    let (first, second) = (History::first(9), History::second(9));
    // Whether or not the log guesses where the witness stands.
    for old in [7, 0] {
        let witness = open(folder.path(), &hands);
        let stands = witness.logs().next().unwrap().1.map_or(0, |shown| shown.latest.size.0);
        add(&witness, &first.request(stands, 7));
        let file = place(folder.path()).join("fork-7");
        assert!(!file.exists());
        witness.add_checkpoint(second.request(old, 7).as_bytes()).unwrap_err();
        let evidence = std::fs::read_to_string(&file).unwrap();
        let notes = format!("{GOLDEN_NOTE}{GOLDEN_LINE}\n{}", second.checkpoint(7));
        assert_eq!(evidence, notes);
        std::fs::remove_file(file).unwrap();
    }
}

#[test]
fn what_the_log_did_not_sign_is_no_evidence() {
    let (folder, hands) = (temporary(), Hands::at(TIME));
    let witness = open(folder.path(), &hands);
    add(&witness, &History::first(7).request(0, 7));
    let impostor = LogSigner::new(name(ORIGIN), SigningKey::from_bytes(&[9; 32]));
    let forged = impostor.sign_checkpoint(Size(7), History::second(7).checkpoint(7).unverified().root);
    assert_eq!(code(&witness, &format!("old 7\n\n{forged}")), "witness-unsigned");
    // A proof that does not hold shows nothing about the log: anybody can send it.
    assert_eq!(code(&witness, &History::first(9).request(0, 7)), "witness-conflict");
    let unproven = History::first(9).request(0, 9).replace("old 0", "old 7");
    assert_eq!(code(&witness, &unproven), "witness-inconsistent");
    assert_eq!(std::fs::read_dir(place(folder.path())).unwrap().count(), 1);
}

#[test]
fn after_a_write_that_failed_nothing_is_cosigned_until_a_new_start() {
    let (folder, hands) = (temporary(), Hands::at(TIME));
    let other = LogSigner::new(name("other.example"), SigningKey::from_bytes(&[5; 32]));
    let logs = vec![log().key().clone(), other.key().clone()];
    let witness = open_as(folder.path(), 2, logs.clone(), &hands).unwrap();
    let first = History::first(9);
    let line = add(&witness, &first.request(0, 7));
    // A folder where the draft belongs: it cannot be written.
    let in_the_way = place(folder.path()).join("checkpoint.new");
    std::fs::create_dir(&in_the_way).unwrap();
    assert_eq!(code(&witness, &first.request(7, 9)), "witness-failed");
    std::fs::remove_dir(&in_the_way).unwrap();
    assert_eq!(code(&witness, &first.request(7, 9)), "witness-failed");
    let of_other = other.sign_checkpoint(Size(0), tallylog_tlog::Hash::EMPTY);
    assert_eq!(code(&witness, &format!("old 0\n\n{of_other}")), "witness-failed");
    assert!(witness.has_failed());
    let shown = witness.monitored(&monitoring_path(&name(ORIGIN))).unwrap();
    assert!(shown.note.ends_with(&format!("{line}\n")));
    drop(witness);
    let witness = open_as(folder.path(), 2, logs, &hands).unwrap();
    add(&witness, &first.request(7, 9));
    add(&witness, &format!("old 0\n\n{of_other}"));
}

#[test]
fn a_witness_without_room_cosigns_nothing_and_goes_on_when_there_is_some() {
    let (folder, hands) = (temporary(), Hands::at(TIME));
    let witness = open(folder.path(), &hands);
    let first = History::first(9);
    let line = add(&witness, &first.request(0, 7));
    // The draft leads to a device that takes no byte.
    let draft = place(folder.path()).join("checkpoint.new");
    std::os::unix::fs::symlink("/dev/full", &draft).unwrap();
    assert_eq!(code(&witness, &first.request(7, 9)), "disk-full");
    assert!(!witness.has_failed());
    assert!(!draft.is_symlink(), "nothing half-written is left");
    let shown = witness.monitored(&monitoring_path(&name(ORIGIN))).unwrap();
    assert!(shown.note.ends_with(&format!("{line}\n")));
    add(&witness, &first.request(7, 9));
}

#[test]
fn who_waited_while_a_write_failed_is_refused() {
    let (folder, hands) = (temporary(), Hands::at(TIME));
    let witness = Arc::new(open(folder.path(), &hands));
    let held = witness.watched[&name(ORIGIN)].record.lock().unwrap();
    let waiting = Arc::clone(&witness);
    let waiting = std::thread::spawn(move || waiting.add_checkpoint(History::first(7).request(0, 7).as_bytes()));
    std::thread::sleep(std::time::Duration::from_millis(200));
    witness.failed.store(true, std::sync::atomic::Ordering::SeqCst);
    drop(held);
    assert_eq!(waiting.join().unwrap(), Err(Refusal::Failed));
}

#[test]
fn a_record_that_is_not_its_own_stops_the_start() {
    let (folder, hands) = (temporary(), Hands::at(TIME));
    add(&open(folder.path(), &hands), &History::first(7).request(0, 7));
    let path = place(folder.path()).join("checkpoint");
    let good = std::fs::read_to_string(&path).unwrap();
    let of_witness_3 = temporary();
    let logs = || vec![log().key().clone()];
    let other = open_as(of_witness_3.path(), 3, logs(), &hands).unwrap();
    add(&other, &History::first(7).request(0, 7));
    let of_other_log = temporary();
    let other_log = LogSigner::new(name("other.example"), SigningKey::from_bytes(&[5; 32]));
    let other = open_as(of_other_log.path(), 2, vec![other_log.key().clone()], &hands).unwrap();
    let note = other_log.sign_checkpoint(Size(0), tallylog_tlog::Hash::EMPTY);
    add(&other, &format!("old 0\n\n{note}"));
    let bad = [
        String::new(),
        GOLDEN_NOTE.to_owned(),
        good.replace("\n7\n", "\n6\n"),
        good.replace("bUY", "bUZ").replace("AABtRmCg", "AABtRmCh"),
        std::fs::read_to_string(of_other_log.path().join(monitoring_path(other_log.key().name()))).unwrap(),
        std::fs::read_to_string(place(of_witness_3.path()).join("checkpoint")).unwrap(),
    ];
    for bad in bad {
        std::fs::write(&path, &bad).unwrap();
        let opened = open_as(folder.path(), 2, logs(), &hands);
        assert!(matches!(opened, Err(WitnessError::Record { .. })), "{bad}");
    }
    std::fs::write(&path, good).unwrap();
    open(folder.path(), &hands);
}

#[test]
fn a_draft_that_a_crash_left_means_nothing() {
    let (folder, hands) = (temporary(), Hands::at(TIME));
    let first = History::first(9);
    add(&open(folder.path(), &hands), &first.request(0, 7));
    std::fs::write(place(folder.path()).join("checkpoint.new"), "half a no").unwrap();
    add(&open(folder.path(), &hands), &first.request(7, 9));
}

#[test]
fn one_process_has_the_folder() {
    let (folder, hands) = (temporary(), Hands::at(TIME));
    let witness = open(folder.path(), &hands);
    let second = open_as(folder.path(), 2, Vec::new(), &hands);
    assert!(matches!(second, Err(WitnessError::InUse { .. })));
    drop(witness);
    open(folder.path(), &hands);
}

#[test]
fn signatures_of_others_are_not_shown() {
    let (folder, hands) = (temporary(), Hands::at(TIME));
    let witness = open(folder.path(), &hands);
    let checkpoint = History::first(7).checkpoint(7);
    let text = checkpoint.note().unverified_text();
    let stranger = |number: u8| {
        let stranger = LogSigner::new(name("stranger.example"), SigningKey::from_bytes(&[number; 32]));
        stranger.sign_note(text).unwrap().signatures()[0].clone()
    };
    let strangers = (100..).map(stranger).take(MAX_SIGNATURES - 2);
    let of_log = checkpoint.note().signatures()[0].clone();
    let lines = [of_log.clone(), of_log].into_iter().chain(strangers).collect();
    let crowded = Note::new(text, lines).unwrap();
    add(&witness, &format!("old 0\n\n{crowded}"));
    let shown = witness.monitored(&monitoring_path(&name(ORIGIN))).unwrap();
    assert_eq!(shown.note, format!("{GOLDEN_NOTE}{GOLDEN_LINE}"));
}

#[test]
fn a_log_may_have_two_keys_and_the_one_that_signed_is_shown() {
    let (folder, hands) = (temporary(), Hands::at(TIME));
    let second_key = LogSigner::new(name(ORIGIN), SigningKey::from_bytes(&[9; 32]));
    let logs = vec![second_key.key().clone(), log().key().clone()];
    let witness = open_as(folder.path(), 2, logs, &hands).unwrap();
    add(&witness, &History::first(7).request(0, 3));
    let by_second = second_key.sign_checkpoint(Size(7), History::first(7).checkpoint(7).unverified().root);
    let request = History::first(7).request(3, 7);
    let (head, _) = request.split_once("\n\n").unwrap();
    add(&witness, &format!("{head}\n\n{by_second}"));
    let shown = witness.monitored(&monitoring_path(&name(ORIGIN))).unwrap();
    let signed = SignedCheckpoint::parse(shown.note.as_bytes()).unwrap();
    let trusted = signed.verify(&[second_key.key().clone()], &[signer(2).key().clone()]);
    assert_eq!(trusted.unwrap().cosigners().len(), 1);
}

#[test]
fn of_two_histories_at_once_one_is_cosigned() {
    for _ in 0..8 {
        let (folder, hands) = (temporary(), Hands::at(TIME));
        let witness = Arc::new(open(folder.path(), &hands));
        let start = Arc::new(Barrier::new(8));
        let threads: Vec<_> = (0..8)
            .map(|number| {
                let (witness, start) = (Arc::clone(&witness), Arc::clone(&start));
                std::thread::spawn(move || follow(&witness, &start, number))
            })
            .collect();
        let mut roots = BTreeMap::new();
        for line in threads.into_iter().flat_map(|thread| thread.join().unwrap()) {
            let (size, root) = line;
            assert_eq!(*roots.entry(size).or_insert(root), root, "two roots of size {size}");
        }
        assert!(!roots.is_empty());
    }
}

/// Takes the log's first or second history through its sizes, from wherever the witness stands.
fn follow(witness: &Witness, start: &Barrier, number: u64) -> Vec<(u64, tallylog_tlog::Hash)> {
    let history = if number.is_multiple_of(2) {
        History::first(12)
    } else {
        History::second(12)
    };
    start.wait();
    let mut cosigned = Vec::new();
    for new in 4..=12 {
        for old in 0..=new {
            if witness.add_checkpoint(history.request(old, new).as_bytes()).is_ok() {
                cosigned.push((new, history.checkpoint(new).unverified().root));
            }
        }
    }
    cosigned
}

#[test]
fn a_request_that_is_none_is_refused_before_anything_is_looked_up() {
    let (folder, hands) = (temporary(), Hands::at(TIME));
    let refused = open(folder.path(), &hands).add_checkpoint(b"\xff");
    assert_eq!(refused, Err(Refusal::Request(RequestError::Layout)));
}

#[tokio::test]
async fn a_stop_lets_what_is_under_way_finish() {
    let folder = temporary();
    let witness = Arc::new(open(folder.path(), &Hands::at(TIME)));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let ended = tokio::spawn(ended(witness, listener, stopped));
    let mut stream = TcpStream::connect(address).await.unwrap();
    let body = History::first(7).request(0, 7);
    let head = format!(
        "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    stop.send(()).unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with(GOLDEN_LINE), "{answer}");
    ended.await.unwrap();
}

async fn ended(witness: Arc<Witness>, listener: TcpListener, stopped: oneshot::Receiver<()>) {
    serve(witness, listener, async { drop(stopped.await) }).await;
}
