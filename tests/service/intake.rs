//! What is decided before the queue, and whose turn it is in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use num_bigint::BigUint;
use sha2::{Digest, Sha512};
use tallylog_event::{
    Certification, CodeBatch, CodeEvent, CourseEvent, Enrolment, EntryIndex, Envelope, Event, EventBody, PublicKey,
    Role, Signature, SigningKey, UnixMillis,
};
use tallylog_rules::Attendees;
use tallylog_server::{Allowance, Allowances, CodeSecret, Settings};
use tallylog_simulate::{Options, night};
use tallylog_wire::v1;
use tallylog_wire::v1::keys_client::KeysClient;
use tokio::task::JoinSet;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::support::{Client, Gate, Pen, Served, check_refusal, document, key, report, request, signing, text};

/// A night with desks, whose log is served.
async fn with_desks(settings: impl FnOnce(&tallylog_simulate::Night, &std::path::Path) -> Settings) -> Served {
    let night = night(&Options {
        errors: false,
        version: 2,
        ..Options::small(11, 2, 12)
    });
    let dir = tempfile::tempdir().unwrap();
    let settings = settings(&night, dir.path());
    let pen = Pen::new(night.contest.id);
    let served = Served::open(dir, night, pen, settings).await;
    let setup = served.night.setup.iter().map(request).collect();
    let answers = served.client.submit_many(setup).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    served
}

/// Another signature of the same bytes by the same key, as of a device that signs with randomness.
fn signed_otherwise(envelope: &Envelope, key: &SigningKey) -> Envelope {
    let message = [b"tallylog/event/v1\0".as_slice(), &envelope.body].concat();
    let scalar = |key: &SigningKey| {
        let mut bytes = key.to_scalar_bytes();
        bytes[0] &= 0xf8;
        bytes[31] = bytes[31] & 0x7f | 0x40;
        BigUint::from_bytes_le(&bytes)
    };
    // The scalar of another key is the number used once, and its public key that number's point.
    let nonce = SigningKey::from_bytes(&[201; 32]);
    let point = PublicKey::of(&nonce).0;
    let hash = Sha512::new()
        .chain_update(point)
        .chain_update(envelope.author.0)
        .chain_update(&message)
        .finalize();
    let order = (BigUint::from(1_u8) << 252) + "27742317777372353535851937790883648493".parse::<BigUint>().unwrap();
    let hash = BigUint::from_bytes_le(hash.as_slice());
    let answer: BigUint = (scalar(&nonce) + hash * scalar(key)) % order;
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&point);
    let answer = answer.to_bytes_le();
    signature[32..32 + answer.len()].copy_from_slice(&answer);
    let other = Envelope {
        signature: Signature(signature),
        ..envelope.clone()
    };
    assert_ne!(other.signature, envelope.signature);
    other.clone().verify().unwrap();
    other
}

/// A report that is in the log, with its first receipt.
struct Taken<'a> {
    chair: &'a SigningKey,
    envelope: Envelope,
    receipt: v1::Receipt,
}

impl<'a> Taken<'a> {
    async fn of(served: &'a Served) -> Self {
        let (precinct, chair, sheet) = served.rooms()[0];
        let envelope = served.pen.sign(chair, report(precinct, sheet));
        let receipt = served.client.submit(&envelope).await.unwrap();
        Self {
            chair,
            envelope,
            receipt,
        }
    }

    /// Whoever sends the same gets the same, under either signature, and nobody with a signature that does not hold.
    async fn comes_again(&self, served: &Served) {
        let first = v1::Receipt {
            known: true,
            ..self.receipt.clone()
        };
        let otherwise = signed_otherwise(&self.envelope, self.chair);
        for again in [&self.envelope, &otherwise] {
            assert_eq!(served.client.submit(again).await.unwrap(), first);
        }
        let streamed = [&self.envelope, &otherwise].map(request).to_vec();
        assert_eq!(
            served.client.submit_many(streamed).await,
            [Ok(first.clone()), Ok(first)]
        );
        let mut forged = self.envelope.clone();
        forged.signature.0[3] ^= 1;
        served.refuse(forged, Code::Unauthenticated, "bad-signature").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_log_gets_its_first_receipt_when_its_key_is_revoked_and_nothing_else_of_it_does() {
    let served = Served::small().await;
    let taken = Taken::of(&served).await;
    taken.comes_again(&served).await;
    served.take(served.pen.revoke(served.registrar(), taken.chair)).await;
    taken.comes_again(&served).await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let late = served.pen.sign(chair, report(precinct, sheet));
    served.refuse(late, Code::PermissionDenied, "revoked-key").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_log_gets_its_first_receipt_while_entry_is_paused_and_after_it_was_certified() {
    let served = with_desks(|_, _| Settings::default()).await;
    let taken = Taken::of(&served).await;
    let course = |event| served.pen.sign(served.registrar(), Event::Course(event));
    served.take(course(CourseEvent::Paused(text("a fire alarm")))).await;
    let (precinct, _, sheet) = served.rooms()[0];
    let other = served.pen.sign(taken.chair, report(precinct, sheet));
    served.refuse(other.clone(), Code::Unavailable, "entry-paused").await;
    taken.comes_again(&served).await;
    served.take(course(CourseEvent::Resumed(text("burnt toast")))).await;
    let release = served.pen.release(served.reviewer(), "all", &[taken.receipt.entry]);
    let certified = Certification {
        release: EntryIndex(served.take(release).await),
        statement: text("these are the results"),
        evidence: vec![document()],
    };
    served.take(course(CourseEvent::Certified(Box::new(certified)))).await;
    served.refuse(other, Code::FailedPrecondition, "certified").await;
    taken.comes_again(&served).await;
}

const FEW: Allowances = Allowances {
    person: Allowance {
        events: 3,
        bytes: 4 << 20,
    },
    ..Allowances::DEFAULT
};

fn too_fast(status: &Status, seconds: u64) {
    let info = status.get_details_error_info().unwrap();
    assert_eq!(
        (status.code(), info.reason.as_str()),
        (Code::ResourceExhausted, "too-fast")
    );
    let retry = status.get_details_retry_info().unwrap();
    assert_eq!(retry.retry_delay, Some(Duration::from_secs(seconds)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_has_said_its_share_waits_and_neither_repeats_nor_strangers_use_it_up() {
    let now = Arc::new(AtomicU64::new(0));
    let uptime = Arc::clone(&now);
    let settings = Settings {
        allowances: FEW,
        uptime: Arc::new(move || Duration::from_secs(uptime.load(Ordering::SeqCst))),
        ..Settings::default()
    };
    let served = Served::with(settings).await;
    let (precinct, chair, sheet) = served.rooms()[0];
    for _ in 0..10 {
        let mut forged = served.pen.sign(chair, report(precinct, sheet));
        forged.signature.0[3] ^= 1;
        served.refuse(forged, Code::Unauthenticated, "bad-signature").await;
    }
    let taken = Taken::of(&served).await;
    for _ in 0..3 {
        taken.comes_again(&served).await;
    }
    for _ in 0..2 {
        served.take(served.pen.sign(chair, report(precinct, sheet))).await;
    }
    let late = served.pen.sign(chair, report(precinct, sheet));
    let before = served.client.size().await;
    too_fast(&served.client.submit(&late).await.unwrap_err(), 1_200);
    let streamed = served.client.submit_many(vec![request(&late)]).await;
    let refusal = streamed[0].as_ref().unwrap_err();
    assert_eq!((refusal.code.as_str(), refusal.retry), ("too-fast", true));
    assert_eq!(served.client.size().await, before);
    taken.comes_again(&served).await;
    // Others wait for nothing.
    let (other, chair, sheet) = served.rooms()[1];
    served.take(served.pen.sign(chair, report(other, sheet))).await;
    now.store(1_200, Ordering::SeqCst);
    served.take(late).await;
}

/// Copies of one event come at once, before any of them is in the log: one of them counts.
#[tokio::test(flavor = "multi_thread")]
async fn a_chair_who_reports_again_twenty_times_is_refused_nothing() {
    let served = Served::with(Settings::default()).await;
    let (precinct, chair, sheet) = served.rooms()[0];
    for threshold in 0..=20 {
        let mut amended = sheet.clone();
        amended.worksheet_threshold = Some(Attendees(threshold));
        served.take(served.pen.sign(chair, report(precinct, &amended))).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_on_their_way_count_once() {
    let settings = Settings {
        allowances: FEW,
        ..Settings::default()
    };
    let served = Served::with(settings).await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let envelope = served.pen.sign(chair, report(precinct, sheet));
    let answers = served.client.submit_many(vec![request(&envelope); 50]).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    for _ in 0..2 {
        served.take(served.pen.sign(chair, report(precinct, sheet))).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_right_behind_the_enrolment_of_its_key_is_taken() {
    let served = Served::small().await;
    let (precinct, _, sheet) = served.rooms()[0];
    let pairs = (70..90).flat_map(|number| {
        let device = key(number);
        let person = format!("Una Ueda {number}");
        let role = Role::Chair(vec![precinct]);
        [
            served.pen.enrol(served.registrar(), &device, &person, role),
            served.pen.sign(&device, report(precinct, sheet)),
        ]
    });
    let answers = served
        .client
        .submit_many(pairs.map(|sent| request(&sent)).collect())
        .await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
}

/// The writer stands at the enrolment, and the event comes over another connection.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_whose_enrolment_is_in_the_queue_is_not_unknown() {
    let gate = Gate::default();
    let served = Served::with(gate.settings(64)).await;
    let (precinct, _, sheet) = served.rooms()[0];
    let device = key(70);
    let event = served.pen.sign(&device, report(precinct, sheet));
    served.refuse(event.clone(), Code::Unauthenticated, "unknown-key").await;
    let enrolment = served
        .pen
        .enrol(served.registrar(), &device, "Una Ueda", Role::Chair(vec![precinct]));
    gate.shut(true);
    let mut sent = JoinSet::new();
    let client = served.client.clone();
    sent.spawn(async move { client.submit(&enrolment).await });
    gate.reached().await;
    let other = Client::connect(served.address).await;
    sent.spawn(async move { other.submit(&event).await });
    // The refusal of another key, asked for later over the same connection, would come after that of this one.
    let unknown = served.pen.sign(&key(71), report(precinct, sheet));
    let refused = served.client.submit(&unknown).await.unwrap_err();
    check_refusal(&refused, Code::Unauthenticated, "unknown-key");
    gate.shut(false);
    for answer in sent.join_all().await {
        assert!(!answer.unwrap().known);
    }
}

/// Nothing of this asks for a place in the queue, which is full, and nothing waits for the writer, which is held.
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_taken_is_refused_and_what_was_taken_is_known_while_the_queue_is_full() {
    let gate = Gate::default();
    let served = Served::with(gate.settings(1)).await;
    let taken = Taken::of(&served).await;
    let (precinct, chair, sheet) = served.rooms()[1];
    let revoked = served.rooms()[2].1;
    served.take(served.pen.revoke(served.registrar(), revoked)).await;
    gate.shut(true);
    let (client, first) = (served.client.clone(), served.pen.sign(chair, report(precinct, sheet)));
    let waiting = tokio::spawn(async move { client.submit(&first).await });
    gate.reached().await;
    let refused = async |envelope: Envelope, code, reason| {
        check_refusal(&served.client.submit(&envelope).await.unwrap_err(), code, reason);
    };
    let unknown = served.pen.sign(&key(50), report(precinct, sheet));
    refused(unknown, Code::Unauthenticated, "unknown-key").await;
    let late = served.pen.sign(revoked, report(precinct, sheet));
    refused(late, Code::PermissionDenied, "revoked-key").await;
    let good = served.pen.sign(chair, report(precinct, sheet));
    let large = Envelope {
        body: vec![0; 65_500],
        ..good.clone()
    };
    refused(large, Code::InvalidArgument, "entry-too-large").await;
    let nothing = Envelope {
        body: vec![255; 100],
        ..good.clone()
    };
    refused(nothing, Code::InvalidArgument, "malformed-event").await;
    refused(good, Code::Unavailable, "busy").await;
    let again = served.client.submit(&taken.envelope).await.unwrap();
    assert_eq!((again.entry, again.known), (taken.receipt.entry, true));
    gate.shut(false);
    waiting.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_floods_is_sent_away_and_another_is_not() {
    const SENT: usize = 200;
    const PLACES: usize = 16;
    let gate = Gate::default();
    let served = Served::with(gate.settings(64)).await;
    let rooms = served.rooms();
    let flooding = Client::connect(served.address).await;
    gate.shut(true);
    let mut sent = JoinSet::new();
    for _ in 0..SENT {
        let (precinct, chair, sheet) = rooms[0];
        let (client, envelope) = (flooding.clone(), served.pen.sign(chair, report(precinct, sheet)));
        sent.spawn(async move { client.submit(&envelope).await });
    }
    // A third of three quarters of the places is taken; there are as many refusals as it sent more than that.
    for _ in PLACES..SENT {
        let answer = tokio::time::timeout(Duration::from_mins(1), sent.join_next()).await;
        let status = answer.unwrap().unwrap().unwrap().unwrap_err();
        check_refusal(&status, Code::Unavailable, "busy");
    }
    let honest: Vec<_> = rooms[1..8]
        .iter()
        .map(|(precinct, chair, sheet)| {
            let envelope = served.pen.sign(chair, report(*precinct, sheet));
            let address = served.address;
            tokio::spawn(async move { Client::connect(address).await.submit(&envelope).await })
        })
        .collect();
    gate.shut(false);
    for answer in honest {
        assert!(!answer.await.unwrap().unwrap().known);
    }
    assert!(sent.join_all().await.iter().all(Result::is_ok));
}

/// A stream is never sent away: it waits, and everything of it is answered in its order.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_floods_waits_for_its_places() {
    let served = Served::with(Gate::default().settings(8)).await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let size = served.client.size().await;
    let sent = (0..300).map(|_| request(&served.pen.sign(chair, report(precinct, sheet))));
    let answers = served.client.submit_many(sent.collect()).await;
    let entries: Vec<u64> = answers.into_iter().map(|answer| answer.unwrap().entry).collect();
    assert_eq!(entries, (size..size + 300).collect::<Vec<_>>());
}

fn body_of(served: &Served, precinct: tallylog_event::PrecinctId, device: &SigningKey) -> v1::RedeemRequest {
    let (county, name) = served.name(precinct);
    let person = text("Una Ueda");
    let enrolment = Enrolment::new(served.night.contest.id, person, Role::Chair(vec![precinct]), device);
    v1::RedeemRequest {
        county,
        precinct: name,
        code: String::new(),
        person: enrolment.person.to_string(),
        key: enrolment.key.0.to_vec(),
        possession: enrolment.possession.0.to_vec(),
    }
}

/// Those who lose are refused before the winner's entry is on disk.
#[tokio::test(flavor = "multi_thread")]
async fn of_several_keys_that_race_for_one_code_one_is_enrolled_and_the_others_hear_that_it_was_used() {
    let gate = Gate::default();
    let secret = CodeSecret::new([9; 32]);
    let served = with_desks(|night, dir| Settings {
        signing: Some(signing(night, dir)),
        codes: Some(secret.clone()),
        ..gate.settings(64)
    })
    .await;
    let (precinct, ..) = served.rooms()[0];
    let batch = CodeEvent::Issued(Box::new(CodeBatch {
        precincts: vec![precinct],
        each: 1,
        expires_at: UnixMillis(4_000_000_000_000),
    }));
    let issued = served
        .take(served.pen.sign(served.registrar(), Event::Code(batch)))
        .await;
    let code = secret.code(served.night.contest.id, EntryIndex(issued), 0).to_string();
    gate.shut(true);
    let mut racing = JoinSet::new();
    for number in 0..16 {
        let request = v1::RedeemRequest {
            code: code.clone(),
            ..body_of(&served, precinct, &key(100 + number))
        };
        let mut keys = KeysClient::new(served.client.channel.clone());
        racing.spawn(async move { keys.redeem(request).await });
    }
    gate.reached().await;
    // Time for the others to come to the queue; those who come later lose as well.
    for _ in 0..20 {
        served.client.size().await;
    }
    gate.shut(false);
    let mut enrolled = 0;
    for answer in racing.join_all().await {
        match answer {
            Ok(_) => enrolled += 1,
            Err(status) => check_refusal(&status, Code::AlreadyExists, "code-used"),
        }
    }
    assert_eq!(enrolled, 1);
}

/// What is decided of one body is not decided of another under its id.
#[tokio::test(flavor = "multi_thread")]
async fn other_bytes_under_an_id_that_is_in_the_log_are_no_repeat() {
    let served = Served::small().await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let body = served.pen.body(report(precinct, sheet));
    served.take(Envelope::seal(&body, chair)).await;
    let other = EventBody {
        recorded_at: UnixMillis(1),
        ..body
    };
    let other = Envelope::seal(&other, chair);
    served
        .refuse(other.clone(), Code::AlreadyExists, "submission-reused")
        .await;
    served.take(served.pen.revoke(served.registrar(), chair)).await;
    served.refuse(other, Code::PermissionDenied, "revoked-key").await;
}
