use tonic::Code;
use tonic::codegen::Bytes;

use super::impatient;
use super::raw::{Raw, after, message, refusal, soon, until_closed};
use crate::support::{Served, check_refusal};

#[tokio::test(flavor = "multi_thread")]
async fn half_a_message_is_refused_and_the_connection_stays() {
    let served = Served::small().await.on(impatient()).await;
    let raw = Raw::connect(served.address).await;
    for (path, begun) in [
        ("/tallylog.v1.Intake/Submit", message(1_000, &[7; 999])),
        ("/tallylog.v1.Intake/Submit", message(0, &[])),
        ("/tallylog.v1.Intake/Submit", Bytes::new()),
        ("/tallylog.v1.Intake/SubmitMany", message(1_000, &[7; 999])),
        ("/tallylog.v1.Results/Totals", Bytes::from_static(&[0])),
    ] {
        let (response, mut stream) = raw.call(path).await;
        stream.send_data(begun, false).unwrap();
        check_refusal(&refusal(response).await, Code::DeadlineExceeded, "too-slow");
    }
    assert!(!raw.connection.is_finished());
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_message_of_a_page_is_refused() {
    let served = Served::small().await.on(impatient()).await;
    let head = "POST /tallylog.v1.Results/Totals HTTP/1.1\r\nHost: log\r\n";
    for kind in ["application/grpc-web+proto", "application/grpc-web-text"] {
        let lines = format!("{head}Content-Type: {kind}\r\nContent-Length: 100\r\n\r\nAAAA");
        let mut stream = after(served.address, lines.as_bytes()).await;
        let said = String::from_utf8_lossy(&until_closed(&mut stream).await).to_lowercase();
        assert!(said.starts_with("http/1.1 200"), "{said}");
        assert!(said.contains("grpc-status: 4") && said.contains(kind), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_nobody_reads_is_not_kept() {
    let served = Served::small().await.on(impatient()).await;
    let size = served.client.size().await;
    for window in [0, 1] {
        let raw = Raw::with_window(served.address, window).await;
        let (_, mut asked) = raw.call("/tallylog.v1.Results/Figures").await;
        asked.send_data(message(0, &[]), true).unwrap();
        let (response, mut stream) = raw.call("/tallylog.v1.Log/Entries").await;
        stream.send_data(message(0, &[]), true).unwrap();
        let mut body = soon(response).await.unwrap().into_body();
        let broken = loop {
            match soon(body.data()).await {
                Some(Ok(_)) => {}
                Some(Err(error)) => break error,
                None => unreachable!("the answer of {size} entries came as a whole"),
            }
        };
        assert!(broken.is_reset(), "{broken}");
        assert!(!raw.connection.is_finished(), "others on the connection are answered");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_and_asks_and_reads_nothing_is_let_go() {
    let served = Served::small().await.on(impatient()).await;
    let largest = tallylog_web::names().max_by_key(|name| tallylog_web::file(name).unwrap().bytes.len());
    let largest = largest.unwrap();
    let question = format!("GET /{largest} HTTP/1.1\r\nHost: log\r\n\r\n");
    // Far more than sockets hold.
    let mut stream = after(served.address, question.repeat(600).as_bytes()).await;
    let peer = stream.peer_addr().unwrap();
    tokio::time::sleep(4 * super::SOON).await;
    let said = until_closed(&mut stream).await;
    let one = tallylog_web::file(&largest).unwrap().bytes.len();
    assert!(said.len() < 600 * one, "{peer}: everything came");
}
