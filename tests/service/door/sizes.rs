use tonic::Code;
use tonic::codegen::Bytes;

use super::raw::{Raw, after, message, refusal, soon, until_closed};
use crate::support::{Served, check_refusal};

/// The calls, each with the largest message that it takes.
const CALLS: [(&str, usize); 7] = [
    ("/tallylog.v1.Intake/Submit", 128 << 10),
    ("/tallylog.v1.Intake/SubmitMany", 128 << 10),
    ("/tallylog.v1.Cases/Effect", 128 << 10),
    ("/tallylog.v1.Desk/SaveDraft", 40 << 10),
    ("/tallylog.v1.Desk/WritePhones", 1 << 20),
    ("/tallylog.v1.Results/Totals", 8 << 10),
    ("/grpc.health.v1.Health/Check", 8 << 10),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_too_large_is_refused_before_it_comes() {
    let served = Served::small().await;
    let raw = Raw::connect(served.address).await;
    for (path, most) in CALLS {
        let (response, mut stream) = raw.call(path).await;
        // Its length, and nothing of it.
        stream.send_data(message(most + 1, &[]), false).unwrap();
        check_refusal(&refusal(response).await, Code::ResourceExhausted, "message-too-large");
    }
    assert!(!raw.connection.is_finished());
}

/// A message of zeros decodes as nothing: whoever reads it says something else about it.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_as_large_as_it_may_be_is_read() {
    let served = Served::small().await;
    for (path, most) in CALLS {
        let raw = Raw::connect(served.address).await;
        let (response, mut stream) = raw.call(path).await;
        let mut sent = message(most, &vec![0; most]);
        while !sent.is_empty() {
            stream.reserve_capacity(sent.len());
            let room = soon(std::future::poll_fn(|context| stream.poll_capacity(context))).await;
            let piece = sent.split_to(room.unwrap().unwrap().min(sent.len()));
            stream.send_data(piece, false).unwrap();
        }
        stream.send_data(Bytes::new(), true).unwrap();
        let status = refusal(response).await;
        assert_ne!(status.code(), Code::ResourceExhausted, "{path}: {status:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_too_large_is_refused_over_http_and_to_pages() {
    let served = Served::small().await;
    for (path, kind, status, said_so) in [
        ("/checkpoint", "text/plain", "413", "message-too-large"),
        (
            "/tallylog.v1.Results/Totals",
            "application/grpc-web+proto",
            "200",
            "grpc-status: 8",
        ),
        (
            "/tallylog.v1.Results/Totals",
            "application/grpc-web-text+proto",
            "200",
            "grpc-status: 8",
        ),
    ] {
        let lines = format!(
            "POST {path} HTTP/1.1\r\nHost: log\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: 1000000\r\n\r\n"
        );
        let mut stream = after(served.address, lines.as_bytes()).await;
        let said = String::from_utf8(until_closed(&mut stream).await).unwrap();
        assert!(said.starts_with(&format!("HTTP/1.1 {status}")), "{said}");
        assert!(said.contains(said_so), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_is_too_large_is_refused() {
    let served = Served::small().await;
    let lines = format!("GET / HTTP/1.1\r\nHost: log\r\nX: {}\r\n\r\n", "x".repeat(20_000));
    let mut stream = after(served.address, lines.as_bytes()).await;
    let said = until_closed(&mut stream).await;
    assert!(said.is_empty() || said.starts_with(b"HTTP/1.1 431"));
}
