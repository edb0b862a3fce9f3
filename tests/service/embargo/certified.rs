//! Certification ends the embargo for everybody, in every call.

use tallylog_event::{Certification, CourseEvent, EntryIndex, Event};
use tallylog_wire::v1;
use tallylog_wire::v1::cases_client::CasesClient;
use tallylog_wire::v1::log_client::LogClient;
use tallylog_wire::v1::results_client::ResultsClient;

use super::night::{Hidden, Kept};
use super::reader::Reading;
use super::readers;
use crate::support::{document, text};

async fn certified() -> Hidden {
    let night = Hidden::with(Kept::default()).await;
    certify(&night).await;
    night
}

/// How an answer over HTTP begins, where something stands at its path.
const FOUND: &str = "[\"http/1.1 200";

/// A registrar certifies the latest release.
async fn certify(night: &Hidden) {
    let served = &night.served;
    let reading = Reading::by(night, None).await;
    let asked = v1::ReleasesRequest { moment: None };
    let made = CasesClient::new(reading.service()).releases(asked).await.unwrap();
    let second = made.into_inner().releases.pop().unwrap().signed.unwrap();
    let certification = Certification {
        release: EntryIndex(second.entry),
        statement: text("these are the results"),
        evidence: vec![document()],
    };
    let event = Event::Course(CourseEvent::Certified(Box::new(certification)));
    served.take(served.pen.sign(served.registrar(), event)).await;
}

/// Whoever reads a log page by page must not get one half from before and one from after.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_shown_of_a_size_stays_so_whatever_becomes_public_meanwhile() {
    let night = Hidden::with(Kept::default()).await;
    let end = night.served.client.size().await;
    let mut reading = Reading::by(&night, None).await;
    let mut shown = async |size: u64| {
        reading.get(format!("/shown/{size}/0"), |_, _| {}).await;
        reading.answers.pop().unwrap().shown
    };
    let before = shown(end).await;
    assert!(before.starts_with(FOUND) && !shown(end + 1).await.starts_with(FOUND));
    certify(&night).await;
    assert_eq!(shown(end).await, before);
    let everything = shown(end + 1).await;
    assert!(everything.starts_with(FOUND) && everything.len() > before.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn certification_opens_every_answer_to_the_public_and_to_an_observer() {
    let night = certified().await;
    let (county, precinct) = night.served.name(night.precinct);
    let recorded = i32::from(v1::Basis::Recorded);
    for key in readers(&night) {
        let reading = Reading::by(&night, key).await;
        let mut results = ResultsClient::new(reading.service());
        let totals = v1::TotalsRequest {
            basis: recorded,
            ..v1::TotalsRequest::default()
        };
        let totals = results.totals(totals).await.unwrap().into_inner();
        let counts = totals.precincts.unwrap();
        assert_eq!((counts.reported, counts.withheld), (Some(4), None));
        assert!(!totals.position.unwrap().state_hash.is_empty());
        let figures = v1::FiguresRequest {
            basis: recorded,
            ..v1::FiguresRequest::default()
        };
        let figures = results.figures(figures).await.unwrap().into_inner();
        assert!(figures.places.iter().any(|place| place.precinct == precinct));
        let page = v1::PrecinctRequest {
            county: county.clone(),
            precinct: precinct.clone(),
            ..v1::PrecinctRequest::default()
        };
        let page = results.precinct(page).await.unwrap().into_inner();
        assert!(!page.versions.is_empty() && page.status() != v1::PrecinctState::Withheld);
        let listed = v1::PrecinctsRequest {
            state: v1::PrecinctState::Awaiting.into(),
            ..v1::PrecinctsRequest::default()
        };
        assert!(
            !results
                .precincts(listed)
                .await
                .unwrap()
                .into_inner()
                .precincts
                .is_empty()
        );
        results
            .discrepancies(v1::DiscrepanciesRequest::default())
            .await
            .unwrap();
        let roster = results.roster(v1::RosterRequest::default()).await.unwrap().into_inner();
        assert!(!roster.embargo);
        let mut log = LogClient::new(reading.service());
        let head = log.head(v1::HeadRequest {}).await.unwrap().into_inner();
        assert_eq!((head.public_size, head.withholds), (head.size, false));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_precinct_that_no_release_lists_is_withheld_whether_or_not_it_reported() {
    let night = Hidden::with(Kept::default()).await;
    let reading = Reading::by(&night, None).await;
    let mut results = ResultsClient::new(reading.service());
    let answer = results
        .precincts(v1::PrecinctsRequest::default())
        .await
        .unwrap()
        .into_inner();
    let (released, rest): (Vec<_>, Vec<_>) = answer.precincts.iter().partition(|precinct| precinct.released);
    assert_eq!(released.len(), 2);
    for precinct in rest {
        assert_eq!(precinct.status(), v1::PrecinctState::Withheld);
        assert_eq!((precinct.record, precinct.confirmed, precinct.held), (None, None, None));
    }
    let totals = results.totals(v1::TotalsRequest::default()).await.unwrap().into_inner();
    let counts = totals.precincts.unwrap();
    assert_eq!((counts.reported, counts.held, counts.confirmed), (None, None, None));
    assert_eq!(counts.withheld, Some(counts.total - 2));
    // Counties of which nothing is released have no figures.
    let figures = results
        .figures(v1::FiguresRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert!(figures.places.iter().any(|place| place.withheld));
    for place in figures.places {
        assert_eq!(place.withheld, place.candidates.is_empty(), "{}", place.county);
    }
    for state in [
        v1::PrecinctState::Awaiting,
        v1::PrecinctState::Reported,
        v1::PrecinctState::Held,
        v1::PrecinctState::Confirmed,
    ] {
        let asked = v1::PrecinctsRequest {
            state: state.into(),
            ..v1::PrecinctsRequest::default()
        };
        let refused = results.precincts(asked).await.unwrap_err();
        assert!(refused.message().contains("withheld until released"), "{refused}");
    }
}
