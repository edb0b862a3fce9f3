use tallylog_server::Terms;

use super::raw::{Raw, after, is_open, soon, until_closed};
use crate::support::{Client, Served, report};

fn few(connections: usize) -> Terms {
    Terms {
        connections,
        ..Terms::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn however_many_say_nothing_whoever_asks_is_answered_and_the_first_of_the_silent_are_closed() {
    let served = Served::small().await.on(few(8)).await;
    let size = served.client.size().await;
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(after(served.address, &[]).await);
    }
    let new = Client::connect(served.address).await;
    assert_eq!(new.size().await, size);
    assert_eq!(served.client.size().await, size, "and who was there before");
    for stream in &mut silent[..42] {
        until_closed(stream).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_answered_and_who_signed_something_stay_when_others_come() {
    let served = Served::small().await.on(few(6)).await;
    let chair = Raw::connect(served.address).await;
    let signs = Client::connect(served.address).await;
    let (precinct, key, sheet) = served.rooms()[0];
    signs
        .submit(&served.pen.sign(key, report(precinct, sheet)))
        .await
        .unwrap();
    let question = b"GET /nothing HTTP/1.1\r\nHost: log\r\n\r\n";
    let mut first = after(served.address, question).await;
    assert_eq!(chair.get("/nothing").await.status(), 404);
    let from = tallylog_wire::v1::SubscribeRequest { from: 0 };
    let reads = Client::connect(served.address).await;
    let mut news = reads.log.clone().subscribe(from).await.unwrap().into_inner();
    soon(news.message()).await.unwrap().unwrap();
    let mut later = Vec::new();
    for _ in 0..20 {
        let stream = after(served.address, question).await;
        soon(stream.readable()).await.unwrap();
        later.push(stream);
    }
    until_closed(&mut first).await;
    assert!(is_open(later.last().unwrap()));
    // What is taken over the connection that signed is news on the one that reads: both are there still.
    let (precinct, key, sheet) = served.rooms()[1];
    let entry = signs
        .submit(&served.pen.sign(key, report(precinct, sheet)))
        .await
        .unwrap()
        .entry;
    while soon(news.message()).await.unwrap().unwrap().entry < entry {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_has_so_many_requests_at_a_time_and_may_not_take_back_more_and_more() {
    let served = Served::small().await;
    let raw = Raw::connect(served.address).await;
    assert_eq!(raw.get("/nothing").await.status(), 404);
    assert_eq!(raw.send.current_max_send_streams(), 128);
    for _ in 0..5_000 {
        let Ok(mut send) = raw.send.clone().ready().await else {
            break;
        };
        let request = tonic::codegen::http::Request::post("http://log/tallylog.v1.Intake/Submit")
            .header("content-type", "application/grpc")
            .body(())
            .unwrap();
        let Ok((_, mut stream)) = send.send_request(request, false) else {
            break;
        };
        stream.send_reset(h2::Reason::CANCEL);
        tokio::task::yield_now().await;
    }
    let _closed = soon(raw.connection).await.unwrap();
    served.client.size().await;
}
