use std::time::Duration;

use tallylog_event::{Envelope, EventBody, Role};
use tonic::Code;

use crate::support::{Client, Served, key, report, request, with_more_people};

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_after_a_lost_reply_gets_the_first_receipt() {
    let served = Served::small().await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let envelope = served.pen.sign(chair, report(precinct, sheet));
    let first = served.client.submit(&envelope).await.unwrap();
    assert!(!first.known);
    let before = served.client.position().await;
    for _ in 0..3 {
        let again = served.client.submit(&envelope).await.unwrap();
        assert!(again.known);
        assert_eq!((again.entry, again.received_at_ms), (first.entry, first.received_at_ms));
        assert_eq!(again.entry_hash, first.entry_hash);
    }
    assert_eq!(served.client.position().await, before);
}

/// The connection goes away at some moment between sending and the answer.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_off_costs_neither_the_report_nor_a_second_one() {
    let served = Served::small().await;
    let size = served.client.size().await;
    let rooms = served.rooms();
    for round in 0_u32..30 {
        let (precinct, chair, sheet) = rooms[usize::try_from(round).unwrap() % rooms.len()];
        let envelope = served.pen.sign(chair, report(precinct, sheet));
        let device = Client::connect(served.address).await;
        let patience = Duration::from_micros(u64::from(round) * 400);
        let _lost = tokio::time::timeout(patience, device.submit(&envelope)).await;
        drop(device);
        let receipt = served.client.submit(&envelope).await.unwrap();
        assert_eq!(receipt.entry, size + u64::from(round));
    }
    assert_eq!(served.client.size().await, size + 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_copies_at_once_make_one_entry() {
    let served = Served::small().await;
    let size = served.client.size().await;
    let rooms = served.rooms();
    for round in 0..50 {
        let (precinct, chair, sheet) = rooms[round % rooms.len()];
        let envelope = served.pen.sign(chair, report(precinct, sheet));
        let (one, other) = tokio::join!(served.client.submit(&envelope), served.client.submit(&envelope));
        let (one, other) = (one.unwrap(), other.unwrap());
        assert!(one.known != other.known, "one of them is the first");
        assert_eq!(
            (one.entry, one.received_at_ms, &one.entry_hash),
            (other.entry, other.received_at_ms, &other.entry_hash)
        );
    }
    assert_eq!(served.client.size().await, size + 50);
}

/// One stream, so that the copies meet in one group.
#[tokio::test(flavor = "multi_thread")]
async fn copies_and_forgeries_of_a_copy_in_one_group_are_told_apart() {
    let served = Served::small().await;
    let size = served.client.size().await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let body = served.pen.body(report(precinct, sheet));
    let first = Envelope::seal(&body, chair);
    let other = EventBody {
        event: report(precinct, &with_more_people(sheet, 1)),
        ..body
    };
    let other = Envelope::seal(&other, chair);
    let sent = [&first, &first, &other, &first].map(request).to_vec();
    let answers = served.client.submit_many(sent).await;
    let known = answers
        .iter()
        .map(|answer| answer.as_ref().map(|receipt| (receipt.entry, receipt.known)));
    let outcomes: Vec<_> = known
        .map(|known| known.map_err(|refusal| refusal.code.clone()))
        .collect();
    assert_eq!(
        outcomes,
        [
            Ok((size, false)),
            Ok((size, true)),
            Err("submission-reused".to_owned()),
            Ok((size, true))
        ]
    );
    assert_eq!(served.client.size().await, size + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_after_a_restart_gets_the_first_receipt() {
    let served = Served::small().await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let envelope = served.pen.sign(chair, report(precinct, sheet));
    let first = served.client.submit(&envelope).await.unwrap();
    let before = served.client.position().await;
    let served = served.restart().await;
    assert_eq!(served.client.position().await, before);
    let again = served.client.submit(&envelope).await.unwrap();
    assert!(again.known);
    assert_eq!((again.entry, again.entry_hash), (first.entry, first.entry_hash));
    assert_eq!(served.client.position().await, before);
}

/// In 2020 a retry could overwrite saved first-alignment figures with zeros.
#[tokio::test(flavor = "multi_thread")]
async fn other_bytes_under_the_same_submission_id_are_refused() {
    let served = Served::small().await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let body = served.pen.body(report(precinct, sheet));
    served.take(Envelope::seal(&body, chair)).await;
    let zeroed = tallylog_rules::Sheet {
        first_alignment: None,
        ..sheet.clone()
    };
    let other = EventBody {
        event: report(precinct, &zeroed),
        ..body.clone()
    };
    let other = Envelope::seal(&other, chair);
    served
        .refuse(other.clone(), Code::AlreadyExists, "submission-reused")
        .await;
    let served = served.restart().await;
    served.refuse(other, Code::AlreadyExists, "submission-reused").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_authors_may_use_one_submission_id() {
    let served = Served::small().await;
    let rooms = served.rooms();
    let body = served.pen.body(report(rooms[0].0, rooms[0].2));
    let first = served.take(Envelope::seal(&body, rooms[0].1)).await;
    let other = EventBody {
        event: report(rooms[1].0, rooms[1].2),
        ..body
    };
    assert_eq!(served.take(Envelope::seal(&other, rooms[1].1)).await, first + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_not_remembered() {
    let served = Served::small().await;
    let (precinct, _, sheet) = served.rooms()[0];
    let device = key(40);
    let envelope = served.pen.sign(&device, report(precinct, sheet));
    served
        .refuse(envelope.clone(), Code::Unauthenticated, "unknown-key")
        .await;
    let enrolment = served
        .pen
        .enrol(served.registrar(), &device, "Una Ueda", Role::Chair(vec![precinct]));
    served.take(enrolment).await;
    assert!(!served.client.submit(&envelope).await.unwrap().known);
}
