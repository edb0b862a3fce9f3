use tallylog_event::{Event, Release};
use tallylog_rules::Sheet;
use tonic::Code;

use crate::support::{Served, report, text, with_more_people};

/// Two precincts that nothing holds, with their entries.
async fn clear(served: &Served) -> Vec<u64> {
    let mut entries = Vec::new();
    for (precinct, chair, sheet) in served.rooms() {
        let entry = served.take(served.pen.sign(chair, report(precinct, sheet))).await;
        let page = served.precinct(precinct).await;
        if page.status() == tallylog_wire::v1::PrecinctState::Reported {
            entries.push(entry);
        }
        if entries.len() == 2 {
            break;
        }
    }
    assert_eq!(entries.len(), 2);
    entries
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_with_one_held_precinct_is_refused_as_a_whole() {
    let served = Served::small().await;
    let clear = clear(&served).await;
    let (precinct, chair, _) = *served.rooms().last().unwrap();
    let held = served
        .take(served.pen.sign(chair, report(precinct, &Sheet::default())))
        .await;
    let release = |entries: &[u64]| served.pen.release(served.reviewer(), "first figures", entries);
    for entries in [vec![held], vec![clear[0], held], vec![clear[0], clear[1], held]] {
        served
            .refuse(release(&entries), Code::FailedPrecondition, "unreleasable")
            .await;
    }
    served.take(release(&clear)).await;
    let totals = served.client.totals(None).await.unwrap();
    assert_eq!(totals.release, "first figures");
    assert_eq!(totals.precincts.unwrap().released, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_lists_records_once_each_and_reports_only() {
    let served = Served::small().await;
    let clear = clear(&served).await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let newer = served
        .take(served.pen.sign(chair, report(precinct, &with_more_people(sheet, 0))))
        .await;
    let release = |entries: &[u64]| served.pen.release(served.reviewer(), "first figures", entries);
    let first = served.precinct(precinct).await.versions[0].entry;
    served
        .refuse(release(&[first]), Code::FailedPrecondition, "unreleasable")
        .await;
    served
        .refuse(release(&[first, newer]), Code::InvalidArgument, "precinct-twice")
        .await;
    for other in [0, 1, newer + 1, u64::MAX] {
        served
            .refuse(release(&[other]), Code::InvalidArgument, "not-a-report")
            .await;
    }
    served.take(release(&clear[1..])).await;
    served
        .refuse(release(&[]), Code::AlreadyExists, "release-name-taken")
        .await;
    let empty = Event::Released(Release::new(text("nothing yet"), Vec::new()).unwrap());
    served.take(served.pen.sign(served.reviewer(), empty)).await;
    assert_eq!(served.client.totals(None).await.unwrap().precincts.unwrap().released, 0);
}
