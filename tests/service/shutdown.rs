use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tallylog_event::chain;
use tallylog_simulate::reports;
use tallylog_store::Store;
use tallylog_wire::v1;
use tallylog_wire::v1::log_client::LogClient;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Code;
use tonic::transport::Channel;

use crate::support::{Served, request};

/// Far below what the server grants to connections that do not finish.
const QUICK: Duration = Duration::from_secs(3);

async fn check_quick(served: Served) {
    let started = Instant::now();
    let (dir, ..) = served.stop().await;
    assert!(started.elapsed() < QUICK, "{:?}", started.elapsed());
    check_sealed(&dir);
}

fn check_sealed(dir: &tempfile::TempDir) {
    assert!(dir.path().join("log/seal").exists(), "the store was not closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_server_stops_at_once() {
    let served = Served::small().await;
    let _idle = served.client.clone();
    check_quick(served).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_does_not_keep_the_server() {
    let served = Served::small().await;
    let from = v1::SubscribeRequest { from: 0 };
    let mut messages = served.client.log.clone().subscribe(from).await.unwrap().into_inner();
    messages.message().await.unwrap().unwrap();
    let reader = tokio::spawn(async move { while let Ok(Some(_)) = messages.message().await {} });
    check_quick(served).await;
    reader.await.unwrap();
}

/// Whoever has the stream open learns what was taken and that the rest was not looked at.
#[tokio::test(flavor = "multi_thread")]
async fn an_open_stream_of_submissions_does_not_keep_the_server() {
    let served = Served::small().await;
    let (requests, stream) = mpsc::channel(8);
    let mut intake = served.client.intake.clone();
    let envelope = reports(1, &served.night, 1).next().unwrap();
    requests.send(request(&envelope)).await.unwrap();
    let mut answers = intake
        .submit_many(ReceiverStream::new(stream))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answers.message().await.unwrap().unwrap().request, 0);
    check_quick(served).await;
    assert_eq!(answers.message().await.unwrap_err().code(), Code::Unavailable);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_that_does_not_read_keeps_the_server_for_a_moment_only() {
    let served = Served::small().await;
    let sent: Vec<_> = reports(2, &served.night, 1_500)
        .map(|envelope| request(&envelope))
        .collect();
    served.client.submit_many(sent).await;
    let from = v1::SubscribeRequest { from: 0 };
    // A window that the entries overflow: what does not fit stays with the server.
    let endpoint = Channel::from_shared(format!("http://{}", served.address)).unwrap();
    let channel = endpoint.initial_stream_window_size(65_535).connect().await.unwrap();
    let messages = LogClient::new(channel).subscribe(from).await.unwrap().into_inner();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let stopped = tokio::time::timeout(Duration::from_secs(20), served.stop()).await;
    let (dir, ..) = stopped.unwrap();
    check_sealed(&dir);
    drop(messages);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_acknowledged_is_there_after_a_stop_in_full_flight() {
    const SUBMITS: usize = 500;
    let served = Served::small().await;
    let size = served.client.size().await;
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let envelopes: Vec<_> = reports(3, &served.night, SUBMITS).collect();
    let devices: Vec<_> = envelopes
        .into_iter()
        .map(|envelope| {
            let (client, acknowledged) = (served.client.clone(), Arc::clone(&acknowledged));
            tokio::spawn(async move {
                let receipt = client.submit(&envelope).await;
                acknowledged.fetch_add(usize::from(receipt.is_ok()), Ordering::SeqCst);
                (envelope, receipt)
            })
        })
        .collect();
    while acknowledged.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Duration::from_micros(200)).await;
    }
    let (dir, ..) = served.stop().await;
    check_sealed(&dir);
    let store = Store::open(&dir.path().join("log")).unwrap();
    let reader = store.reader();
    let mut taken = 0;
    for device in devices {
        let (envelope, receipt) = device.await.unwrap();
        let Ok(receipt) = receipt else {
            continue;
        };
        taken += 1;
        let bytes = reader.entry(receipt.entry).unwrap().unwrap();
        assert_eq!(chain(&bytes).0.to_vec(), receipt.entry_hash);
        let entry = tallylog_event::Entry::decode(&bytes).unwrap();
        assert_eq!(entry.envelope, envelope);
    }
    println!("{taken} of {SUBMITS} were acknowledged before the end");
    assert!(taken > 0 && store.head().size >= size + taken);
}
