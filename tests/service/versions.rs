//! A precinct of which a device said very much.

use tallylog_event::Envelope;
use tallylog_rules::Sheet;
use tallylog_wire::v1;
use tonic::Code;

use crate::support::{Served, check_refusal, report, request, with_more_people};

const VERSIONS: u32 = 600;

/// A log in which one chair has reported very often, each time other figures than before.
async fn repeated() -> (Served, (String, String)) {
    let served = Served::small().await;
    let (id, chair, sheet) = served.rooms()[0];
    let envelopes: Vec<Envelope> = (0..VERSIONS)
        .map(|number| served.pen.sign(chair, report(id, &with_more_people(sheet, number % 2))))
        .collect();
    let named = served.name(id);
    let answers = served.client.submit_many(envelopes.iter().map(request).collect()).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    (served, named)
}

async fn ask(served: &Served, (county, precinct): &(String, String), before: u64) -> v1::PrecinctResponse {
    let request = v1::PrecinctRequest {
        county: county.clone(),
        precinct: precinct.clone(),
        moment: None,
        before,
    };
    served
        .client
        .results
        .clone()
        .precinct(request)
        .await
        .unwrap()
        .into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_attendance_of_the_worksheet_and_the_room_of_the_rules_are_two_figures() {
    let served = Served::small().await;
    let rooms = served.rooms();
    let [(silent, chair, sheet), (said, other, full)] = [rooms[0], rooms[1]];
    let lacking = Sheet {
        attendance: None,
        ..sheet.clone()
    };
    served.take(served.pen.sign(chair, report(silent, &lacking))).await;
    served.take(served.pen.sign(other, report(said, full))).await;
    let version = async |id| served.precinct(id).await.versions.remove(0);
    let first = lacking.first_alignment.unwrap().total();
    let silent = version(silent).await;
    assert_eq!((silent.attendance, silent.attendance_counted), (None, None));
    assert_eq!(u64::from(silent.room), first);
    let attendance = full.attendance.unwrap();
    let said = version(said).await;
    assert_eq!(said.attendance, Some(attendance.people.0));
    assert_eq!(said.attendance_counted, Some(attendance.counted));
    assert_eq!(said.room, attendance.people.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_has_the_latest_versions_and_says_where_the_earlier_ones_are() {
    let (served, named) = repeated().await;
    let mut seen: Vec<u64> = Vec::new();
    let mut before = 0;
    loop {
        let page = ask(&served, &named, before).await;
        assert_eq!(page.version_count, VERSIONS);
        assert!(page.versions.len() <= 256, "{}", page.versions.len());
        let entries: Vec<u64> = page.versions.iter().map(|version| version.entry).collect();
        assert!(entries.is_sorted());
        seen = [entries, seen].concat();
        match page.earlier {
            Some(earlier) => before = earlier,
            None => break,
        }
    }
    assert_eq!(u32::try_from(seen.len()), Ok(VERSIONS));
    assert!(
        seen.is_sorted_by(|one, other| one < other),
        "each once, in the order of the log"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_version_is_shown_with_what_was_found_in_it() {
    let (served, named) = repeated().await;
    let page = ask(&served, &named, 0).await;
    for version in &page.versions {
        let unexplained = version.discrepancies.iter().filter(|found| found.code == "V30");
        assert_eq!(unexplained.count(), 1, "entry {}", version.entry);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_basis_that_nobody_knows_is_no_other() {
    let served = Served::small().await;
    let request = v1::TotalsRequest {
        basis: 77,
        ..v1::TotalsRequest::default()
    };
    let refused = served.client.results.clone().totals(request).await.unwrap_err();
    check_refusal(&refused, Code::InvalidArgument, "malformed-request");
}
