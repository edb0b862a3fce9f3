//! An answer that was worked out for somebody else says no more, and no less, than one of one's own.

use tallylog_wire::v1;
use tallylog_wire::v1::moment::At;
use tallylog_wire::v1::results_client::ResultsClient;

use super::night::{Hidden, Kept, embargoed};
use super::reader::Reading;
use crate::support::report;

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_from_before_a_release_is_given_to_nobody_after_it() {
    let served = embargoed().await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let entry = served.take(served.pen.sign(chair, report(precinct, sheet))).await;
    let asked = Some(At::Size(entry + 1));
    let hash = |answer: v1::TotalsResponse| answer.position.unwrap().state_hash;
    for _ in 0..2 {
        let before = served.client.totals(asked.clone()).await.unwrap();
        assert!(hash(before).is_empty());
    }
    let release = served.pen.release(served.reviewer(), "first", &[entry]);
    served.take(release).await;
    for _ in 0..2 {
        let after = served.client.totals(asked.clone()).await.unwrap();
        assert!(!hash(after).is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_with_more_rights_asked_is_answered_anew_for_everybody_else() {
    let night = Hidden::with(Kept::default()).await;
    let (county, precinct) = night.served.name(night.precinct);
    let asked = v1::PrecinctRequest {
        county,
        precinct,
        ..v1::PrecinctRequest::default()
    };
    let insider = Some(&night.campaign);
    for key in [insider, None, insider, None] {
        let reading = Reading::by(&night, key).await;
        let mut results = ResultsClient::new(reading.service());
        let answer = results.precinct(asked.clone()).await.unwrap().into_inner();
        assert_eq!(answer.versions.is_empty(), key.is_none());
    }
}
