use tallylog_server::Terms;

use super::raw::{Raw, message, refusal, soon};
use crate::support::{Served, check_refusal, report};

#[tokio::test(flavor = "multi_thread")]
async fn who_holds_most_gives_way_and_an_honest_event_is_taken() {
    let served = Served::small().await.on(Terms {
        under_way: 1 << 20,
        ..Terms::default()
    });
    let served = served.await;
    let mut begun = Vec::new();
    for _ in 0..3 {
        let raw = Raw::connect(served.address).await;
        for _ in 0..100 {
            let (response, mut stream) = raw.call("/tallylog.v1.Intake/Submit").await;
            stream.send_data(message(60_000, &[7]), false).unwrap();
            begun.push((response, stream));
        }
        // Everything that was sent has come.
        assert_eq!(raw.get("/nothing").await.status(), 404);
        let (precinct, key, sheet) = served.rooms()[0];
        served
            .client
            .submit(&served.pen.sign(key, report(precinct, sheet)))
            .await
            .unwrap();
        std::mem::forget(raw);
    }
    let (first, _stream) = begun.swap_remove(0);
    check_refusal(&refusal(first).await, tonic::Code::Unavailable, "busy");
    let mut refused = 0;
    for (response, _stream) in begun {
        let answered = tokio::time::timeout(std::time::Duration::from_millis(20), soon(response)).await;
        refused += usize::from(answered.is_ok());
    }
    assert!(refused > 250, "{refused}: no more than a megabyte is held");
}
