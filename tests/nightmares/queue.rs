use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Barrier;
use tonic::Code;

use crate::support::{Gate, Served, check_refusal, report};

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_sends_away_whoever_comes_and_decides_nothing() {
    let gate = Gate::default();
    let served = Served::with(gate.settings(1)).await;
    let rooms = served.rooms();
    let sign = |room: usize| {
        let (precinct, chair, sheet) = rooms[room];
        served.pen.sign(chair, report(precinct, sheet))
    };
    let (first, second) = (sign(0), sign(1));
    gate.shut(true);
    let client = served.client.clone();
    let waiting = tokio::spawn(async move { client.submit(&first).await });
    gate.reached().await;
    let status = served.client.submit(&second).await.unwrap_err();
    check_refusal(&status, Code::Unavailable, "busy");
    gate.shut(false);
    let first = waiting.await.unwrap().unwrap();
    let again = served.client.submit(&second).await.unwrap();
    assert!(!first.known);
    assert_eq!((again.entry, again.known), (first.entry + 1, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_again_to_a_full_queue_is_taken_once() {
    const DEVICES: usize = 48;
    let served = Served::with(Gate::default().settings(1)).await;
    let size = served.client.size().await;
    let rooms = served.rooms();
    let start = Arc::new(Barrier::new(DEVICES));
    let devices: Vec<_> = (0..DEVICES)
        .map(|device| {
            let (precinct, chair, sheet) = rooms[device % rooms.len()];
            let envelope = served.pen.sign(chair, report(precinct, sheet));
            let (client, start) = (served.client.clone(), Arc::clone(&start));
            tokio::spawn(async move {
                start.wait().await;
                let mut turned_away = 0;
                loop {
                    match client.submit(&envelope).await {
                        Ok(receipt) => return (receipt, turned_away),
                        Err(status) => check_refusal(&status, Code::Unavailable, "busy"),
                    }
                    turned_away += 1;
                    tokio::time::sleep(Duration::from_millis(3)).await;
                }
            })
        })
        .collect();
    let mut entries = Vec::new();
    let mut turned_away = 0;
    for device in devices {
        let (receipt, times) = device.await.unwrap();
        assert!(!receipt.known, "what was turned away had not been looked at");
        entries.push(receipt.entry);
        turned_away += times;
    }
    entries.sort_unstable();
    let expected: Vec<u64> = (size..).take(DEVICES).collect();
    assert_eq!(entries, expected);
    assert_eq!(served.client.size().await, size + 48);
    assert!(turned_away > 0, "the queue was never full");
}
