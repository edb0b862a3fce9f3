//! What is decided before the queue, and whose turn it is in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tallylog_event::{
    CallerCheck, Certification, Channel, CodeBatch, CodeEvent, CourseEvent, Enrolment, EntryIndex, Envelope, Event,
    EventBody, ManualEntry, PrecinctId, Resolution, ResolutionOutcome, ReviewEvent, Role, SigningKey, UnixMillis,
};
use tallylog_rules::{Attendees, Sheet};
use tallylog_server::{Allowance, Allowances, CodeSecret, Settings};
use tallylog_simulate::{Options, night};
use tallylog_wire::v1;
use tallylog_wire::v1::keys_client::KeysClient;
use tokio::task::JoinSet;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::support::otherwise::signed_otherwise;
use crate::support::{
    Client, Gate, Pen, Served, by_channel, check_refusal, document, key, report, request, signing, text,
    with_more_people,
};

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

    /// What became of it is not part of the receipt.
    fn receipt_of(answer: v1::Receipt) -> v1::Receipt {
        v1::Receipt { since: None, ..answer }
    }

    /// Whoever sends the same gets the same, under either signature, and nobody with a signature that does not hold.
    async fn comes_again(&self, served: &Served) {
        let first = v1::Receipt {
            known: true,
            ..self.receipt.clone()
        };
        let otherwise = signed_otherwise(&self.envelope, self.chair);
        for again in [&self.envelope, &otherwise] {
            let answer = served.client.submit(again).await.unwrap();
            assert!(answer.since.is_some());
            assert_eq!(Self::receipt_of(answer), first);
        }
        let streamed = [&self.envelope, &otherwise].map(request).to_vec();
        let answers = served.client.submit_many(streamed).await.into_iter();
        let answers: Vec<_> = answers.map(|answer| answer.map(Self::receipt_of)).collect();
        assert_eq!(answers, [Ok(first.clone()), Ok(first)]);
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

/// What another wrote down by hand of the same room.
fn typed(precinct: PrecinctId, sheet: &Sheet) -> Event {
    Event::Entered(Box::new(ManualEntry {
        report: by_channel(precinct, sheet, Channel::Paper).report().unwrap().clone(),
        caller: CallerCheck::NoCaller,
        read_back: false,
        typed_by: Vec::new(),
    }))
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_repeats_what_was_set_aside_gets_the_old_receipt_and_hears_that_the_precinct_awaits_a_report() {
    let served = with_desks(|_, _| Settings::default()).await;
    let taken = Taken::of(&served).await;
    assert_eq!(taken.receipt.since, None, "nothing became of what is new");
    let (precinct, _, sheet) = served.rooms()[0];
    let stands = served.client.submit(&taken.envelope).await.unwrap().since.unwrap();
    assert_eq!(
        (stands.fate(), stands.by, stands.awaits),
        (v1::Fate::Stands, None, false)
    );
    let other = served
        .pen
        .sign(served.operator(), typed(precinct, &with_more_people(sheet, 1)));
    let second = served.take(other.clone()).await;
    let replaced = served.client.submit(&taken.envelope).await.unwrap().since.unwrap();
    assert_eq!((replaced.fate(), replaced.by), (v1::Fate::Replaced, Some(second)));
    let resolution = Resolution {
        precinct,
        first: EntryIndex(taken.receipt.entry),
        second: EntryIndex(second),
        outcome: ResolutionOutcome::DiscardBoth,
        reason: text("both were of another room"),
    };
    let resolution = Event::Review(ReviewEvent::Resolved(Box::new(resolution)));
    let by = served.take(served.pen.sign(served.reviewer(), resolution)).await;
    let size = served.client.size().await;
    let otherwise = signed_otherwise(&taken.envelope, taken.chair);
    let (county, name) = served.name(precinct);
    for again in [&taken.envelope, &otherwise, &other] {
        let answers = [
            served.client.submit(again).await.unwrap(),
            served.client.submit_many(vec![request(again)]).await.remove(0).unwrap(),
        ];
        for answer in answers {
            let since = answer.since.unwrap();
            assert_eq!((since.fate(), since.by), (v1::Fate::SetAside, Some(by)));
            assert_eq!((since.awaits, since.record, since.size), (true, None, size));
            assert_eq!((&since.county, &since.precinct), (&county, &name));
            let expected = format!("{county}, {name} awaits a report: report it again.");
            assert!(since.message.ends_with(&expected), "{}", since.message);
        }
    }
    assert_eq!(served.client.size().await, size, "nothing is appended");
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
