use std::time::Duration;

use tallylog_event::{Entry, EntryHash, chain};
use tallylog_simulate::reports;
use tallylog_wire::v1;
use tonic::{Code, Streaming};

use crate::support::{Client, Served, check_refusal, request};

const EVENTS: u64 = 2_000;

async fn subscribe(client: &Client, from: u64) -> Streaming<v1::SubscribeResponse> {
    let request = v1::SubscribeRequest { from };
    client.clone().log.subscribe(request).await.unwrap().into_inner()
}

/// Reads the entries `from..until`, and looks whether each follows the one before.
async fn read(client: &Client, from: u64, until: u64, mut previous: Option<EntryHash>) -> EntryHash {
    let mut messages = subscribe(client, from).await;
    for expected in from..until {
        let message = messages.message().await.unwrap().unwrap();
        assert_eq!(message.entry, expected);
        let entry = Entry::decode(&message.bytes).unwrap();
        assert!(previous.is_none_or(|hash| hash == entry.previous), "{expected}");
        previous = Some(chain(&message.bytes));
    }
    previous.unwrap()
}

async fn send(served: &Served, seed: u64, count: u64) {
    let count = usize::try_from(count).unwrap();
    let sent: Vec<_> = reports(seed, &served.night, count)
        .map(|envelope| request(&envelope))
        .collect();
    let answers = served.client.submit_many(sent).await;
    assert!(answers.iter().all(Result::is_ok));
}

#[tokio::test(flavor = "multi_thread")]
async fn subscribers_get_every_entry_once_while_events_come() {
    let served = Served::small().await;
    let size = served.client.size().await;
    let end = size + EVENTS;
    let reader = |from, until| {
        let address = served.address;
        tokio::spawn(async move { read(&Client::connect(address).await, from, until, None).await })
    };
    let from_the_start = reader(0, end);
    let from_now = reader(size, end);
    let breaks = {
        let address = served.address;
        // Comes back after every break with what it has seen.
        tokio::spawn(async move {
            let (mut seen, mut last) = (0, None);
            while seen < end {
                let until = end.min(seen + 307);
                last = Some(read(&Client::connect(address).await, seen, until, last).await);
                seen = until;
            }
            last.unwrap()
        })
    };
    send(&served, 1, EVENTS).await;
    let head = served
        .client
        .log
        .clone()
        .head(v1::HeadRequest {})
        .await
        .unwrap()
        .into_inner();
    assert_eq!(head.size, end);
    for reader in [from_the_start, from_now, breaks] {
        let last = tokio::time::timeout(Duration::from_secs(30), reader).await;
        assert_eq!(last.unwrap().unwrap().0.to_vec(), head.last_hash);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_gets_everything_and_is_told_how_late_it_is() {
    let served = Served::small().await;
    let size = served.client.size().await;
    let mut messages = subscribe(&served.client, size).await;
    send(&served, 2, EVENTS).await;
    let end = size + EVENTS;
    let mut late = Vec::new();
    for expected in size..end {
        let message = messages.message().await.unwrap().unwrap();
        assert_eq!(message.entry, expected);
        assert!(message.behind < end - expected);
        late.push(message.behind);
        if expected % 100 == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    assert!(late.iter().any(|behind| *behind > 500), "{:?}", late.iter().max());
    assert_eq!(late.last(), Some(&0));
    // And then it waits.
    assert!(
        tokio::time::timeout(Duration::from_millis(50), messages.message())
            .await
            .is_err()
    );
    send(&served, 3, 1).await;
    let next = messages.message().await.unwrap().unwrap();
    assert_eq!((next.entry, next.behind), (end, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_subscribes_from_beyond_the_log() {
    let served = Served::small().await;
    let from = served.client.size().await + 1;
    let request = v1::SubscribeRequest { from };
    let status = served.client.log.clone().subscribe(request).await.unwrap_err();
    check_refusal(&status, Code::OutOfRange, "beyond-log");
}
