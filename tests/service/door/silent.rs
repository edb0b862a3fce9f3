use tallylog_wire::v1;
use tokio::io::AsyncWriteExt;

use super::impatient;
use super::raw::{HALF_A_FRAME, HALF_A_HEAD, PREFACE, Raw, SETTINGS, after, soon, until_closed};
use crate::support::Served;

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_asks_nothing_is_closed_however_much_of_a_question_it_begins() {
    let served = Served::small().await.on(impatient()).await;
    let begun: [(&str, Vec<u8>); 8] = [
        ("nothing", vec![]),
        ("half a preface", PREFACE[..10].to_vec()),
        ("a preface", PREFACE.to_vec()),
        ("a preface and settings", [PREFACE, &SETTINGS].concat()),
        ("half a frame", [PREFACE, &SETTINGS, &HALF_A_FRAME].concat()),
        ("half a head", [PREFACE, &SETTINGS, &HALF_A_HEAD].concat()),
        ("half a line", b"GET /check".to_vec()),
        (
            "half a head of HTTP/1",
            b"GET /log-key HTTP/1.1\r\nHost: log\r\n".to_vec(),
        ),
    ];
    let mut streams = Vec::new();
    for (what, bytes) in &begun {
        streams.push((what, after(served.address, bytes).await));
    }
    for (what, stream) in &mut streams {
        println!("{what}");
        until_closed(stream).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn half_of_a_second_question_is_not_waited_for() {
    let question = "GET /nothing HTTP/1.1\r\nHost: log\r\n\r\n";
    let served = Served::small().await.on(tallylog_server::Terms {
        idle: std::time::Duration::from_hours(1),
        ..impatient()
    });
    let served = served.await;
    let mut stream = after(served.address, question.as_bytes()).await;
    soon(stream.readable()).await.unwrap();
    stream.write_all(&question.as_bytes()[..20]).await.unwrap();
    let said = until_closed(&mut stream).await;
    assert!(said.starts_with(b"HTTP/1.1 404"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_asked_once_may_be_silent_for_a_while_and_is_then_let_go() {
    let served = Served::small().await.on(impatient()).await;
    let mut stream = after(served.address, b"GET /nothing HTTP/1.1\r\nHost: log\r\n\r\n").await;
    until_closed(&mut stream).await;
    let raw = Raw::connect(served.address).await;
    let answered = raw.get("/nothing").await;
    assert_eq!(answered.status(), 404);
    drop(answered);
    let ended = soon(raw.connection).await.unwrap();
    assert!(ended.is_ok(), "it was told to go: {ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_with_nothing_to_say_and_a_stream_with_nothing_to_send_stay() {
    let served = Served::small().await.on(impatient()).await;
    let from = v1::SubscribeRequest {
        from: served.client.size().await,
    };
    let mut news = served.client.log.clone().subscribe(from).await.unwrap().into_inner();
    let (requests, stream) = tokio::sync::mpsc::channel(8);
    let stream = tokio_stream::wrappers::ReceiverStream::new(stream);
    let submitting = served.client.clone().intake.submit_many(stream).await;
    let mut answers = submitting.unwrap().into_inner();
    tokio::time::sleep(4 * super::SOON).await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let report = served.pen.sign(chair, crate::support::report(precinct, sheet));
    requests.send(crate::support::request(&report)).await.unwrap();
    let receipt = soon(answers.message()).await.unwrap().unwrap();
    assert!(matches!(
        receipt.outcome,
        Some(v1::submit_many_response::Outcome::Receipt(_))
    ));
    assert_eq!(soon(news.message()).await.unwrap().unwrap().entry, from.from);
}
