use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tallylog_event::UnixMillis;
use tallylog_server::Settings;
use tallylog_wire::v1::moment::At;
use tonic::Code;

use crate::support::{Served, check_refusal, report, with_more_people};

const START: u64 = 1_833_000_000_000;

/// A clock that goes on by 10 ms each time that it is read.
fn settings() -> Settings {
    let now = AtomicU64::new(START);
    Settings {
        clock: Arc::new(move || UnixMillis(now.fetch_add(10, Ordering::SeqCst))),
        ..Settings::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_answers_as_it_did_when_it_was_the_present() {
    let served = Served::with(settings()).await;
    let rooms = served.rooms();
    let mut seen = vec![served.client.totals(None).await.unwrap()];
    let mut clear = None;
    for (precinct, chair, sheet) in rooms.iter().chain(&rooms[..2]) {
        let changed = with_more_people(sheet, u32::try_from(seen.len()).unwrap() % 3);
        let entry = served.take(served.pen.sign(chair, report(*precinct, &changed))).await;
        let page = served.precinct(*precinct).await;
        if page.status() == tallylog_wire::v1::PrecinctState::Reported {
            clear = Some(entry);
        }
        seen.push(served.client.totals(None).await.unwrap());
    }
    let release = served
        .pen
        .release(served.reviewer(), "first figures", &[clear.unwrap()]);
    served.take(release).await;
    seen.push(served.client.totals(None).await.unwrap());
    for then in &seen {
        let size = then.position.as_ref().unwrap().size;
        assert_eq!(served.client.totals(Some(At::Size(size))).await.as_ref().unwrap(), then);
        for late in [0, 9] {
            let time = At::TimeMs(then.as_of_ms + late);
            assert_eq!(served.client.totals(Some(time)).await.as_ref().unwrap(), then);
        }
    }
    let last = seen.last().unwrap();
    assert_eq!(last.release, "first figures");
    let far = served.client.totals(Some(At::TimeMs(u64::MAX))).await.unwrap();
    assert_eq!(&far, last);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_is_a_moment_and_its_figures_stay() {
    let served = Served::with(settings()).await;
    let rooms = served.rooms();
    let mut clear = Vec::new();
    for (precinct, chair, sheet) in &rooms {
        let entry = served.take(served.pen.sign(chair, report(*precinct, sheet))).await;
        if served.precinct(*precinct).await.status() == tallylog_wire::v1::PrecinctState::Reported {
            clear.push((entry, *precinct, *chair, *sheet));
        }
    }
    let entries: Vec<u64> = clear.iter().map(|(entry, ..)| *entry).collect();
    served
        .take(served.pen.release(served.reviewer(), "first figures", &entries))
        .await;
    let at_release = || At::Release("first figures".to_owned());
    let then = served.client.totals(Some(at_release())).await.unwrap();
    assert_eq!(then.basis(), tallylog_wire::v1::Basis::Released);
    assert_eq!(then.precincts.unwrap().released, u32::try_from(entries.len()).unwrap());

    // What comes afterwards changes the record, and not what was released.
    let (_, precinct, chair, sheet) = clear[0];
    let more = report(precinct, &with_more_people(sheet, 50));
    served.take(served.pen.sign(chair, more)).await;
    let now = served.client.totals(None).await.unwrap();
    assert_eq!(now.candidates[0].first_alignment, all_of_group_1(&rooms) + 50);
    assert_eq!(served.client.totals(Some(at_release())).await.unwrap(), then);
    let released = tallylog_wire::v1::TotalsRequest {
        basis: tallylog_wire::v1::Basis::Released.into(),
        ..tallylog_wire::v1::TotalsRequest::default()
    };
    let released = served
        .client
        .results
        .clone()
        .totals(released)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(released.candidates, then.candidates);
    let status = served
        .client
        .totals(Some(At::Release("second figures".to_owned())))
        .await
        .unwrap_err();
    check_refusal(&status, Code::NotFound, "no-release");
}

fn all_of_group_1(
    rooms: &[(
        tallylog_event::PrecinctId,
        &tallylog_event::SigningKey,
        &tallylog_rules::Sheet,
    )],
) -> u64 {
    let first = tallylog_rules::GroupId::new(1).unwrap();
    let people = |sheet: &tallylog_rules::Sheet| u64::from(sheet.first_alignment.as_ref().unwrap().of(first).0);
    rooms.iter().map(|(_, _, sheet)| people(sheet)).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_log_has_not_reached_is_refused() {
    let served = Served::with(settings()).await;
    let size = served.client.size().await;
    for beyond in [size + 1, u64::MAX] {
        let status = served.client.totals(Some(At::Size(beyond))).await.unwrap_err();
        check_refusal(&status, Code::OutOfRange, "beyond-log");
    }
    for nothing in [At::Size(0), At::TimeMs(START - 1), At::TimeMs(0)] {
        let status = served.client.totals(Some(nothing)).await.unwrap_err();
        check_refusal(&status, Code::FailedPrecondition, "empty-log");
    }
    let first = served.client.totals(Some(At::TimeMs(START))).await.unwrap();
    assert_eq!(first.position.unwrap().size, 1);
}

/// Somebody sets the machine's clock back during the night.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_goes_back_does_not_take_the_log_with_it() {
    let now = AtomicU64::new(START);
    let served = Served::with(Settings {
        clock: Arc::new(move || UnixMillis(now.fetch_sub(1_000, Ordering::SeqCst))),
        ..Settings::default()
    })
    .await;
    for (precinct, chair, sheet) in served.rooms() {
        let receipt = served
            .client
            .submit(&served.pen.sign(chair, report(precinct, sheet)))
            .await;
        assert_eq!(receipt.unwrap().received_at_ms, START);
    }
    let before = served.client.position().await;
    let served = served.restart().await;
    assert_eq!(served.client.position().await, before);
}
