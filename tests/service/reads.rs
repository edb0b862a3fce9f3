use tallylog_event::{Channel, Role};
use tallylog_wire::v1;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::support::{Served, by_channel, check_refusal, key, report, request, with_more_people};

const SERVICES: [&str; 3] = ["tallylog.v1.Intake", "tallylog.v1.Results", "tallylog.v1.Log"];

#[tokio::test(flavor = "multi_thread")]
async fn every_service_says_that_it_is_well() {
    let served = Served::small().await;
    let mut health = HealthClient::new(served.client.channel.clone());
    for service in SERVICES.iter().copied().chain([""]) {
        let request = HealthCheckRequest {
            service: service.to_owned(),
        };
        let status = health.check(request).await.unwrap().into_inner().status();
        assert_eq!(status.as_str_name(), "SERVING", "{service:?}");
    }
}

/// Lists the services by one version of the reflection service.
macro_rules! listed {
    ($version:ident, $served:expr) => {{
        use tonic_reflection::pb::$version::ServerReflectionRequest;
        use tonic_reflection::pb::$version::server_reflection_client::ServerReflectionClient;
        use tonic_reflection::pb::$version::server_reflection_request::MessageRequest;
        use tonic_reflection::pb::$version::server_reflection_response::MessageResponse;
        let asked = |message_request| ServerReflectionRequest {
            host: String::new(),
            message_request: Some(message_request),
        };
        let requests = [
            asked(MessageRequest::ListServices(String::new())),
            asked(MessageRequest::FileContainingSymbol("tallylog.v1.Results".to_owned())),
        ];
        let mut client = ServerReflectionClient::new($served.client.channel.clone());
        let answers = client.server_reflection_info(tokio_stream::iter(requests)).await;
        let mut answers = answers.unwrap().into_inner();
        let first = answers.message().await.unwrap().unwrap().message_response;
        let second = answers.message().await.unwrap().unwrap().message_response;
        assert!(
            matches!(second, Some(MessageResponse::FileDescriptorResponse(_))),
            "{second:?}"
        );
        let Some(MessageResponse::ListServicesResponse(list)) = first else {
            unreachable!("{first:?}");
        };
        list.service.into_iter().map(|service| service.name).collect::<Vec<_>>()
    }};
}

#[tokio::test(flavor = "multi_thread")]
async fn reflection_lists_every_service_under_both_its_names() {
    let served = Served::small().await;
    for listed in [listed!(v1, served), listed!(v1alpha, served)] {
        for service in SERVICES.iter().copied().chain(["grpc.health.v1.Health"]) {
            assert!(listed.iter().any(|name| name == service), "{service} in {listed:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_answered_in_order_each_on_its_own() {
    let served = Served::small().await;
    let size = served.client.size().await;
    let (precinct, _, sheet) = served.rooms()[0];
    let device = key(90);
    let stranger = served.pen.sign(&key(91), report(precinct, sheet));
    let enrolment = served
        .pen
        .enrol(served.registrar(), &device, "Una Ueda", Role::Chair(vec![precinct]));
    // The report is taken only because the enrolment stands before it in the same stream.
    let filed = served.pen.sign(&device, report(precinct, sheet));
    let mut broken = request(&filed);
    broken.author.pop();
    let sent = vec![
        request(&filed),
        request(&enrolment),
        request(&stranger),
        request(&filed),
        broken,
        request(&filed),
    ];
    let answers = served.client.submit_many(sent).await;
    let outcomes: Vec<_> = answers
        .iter()
        .map(|answer| match answer {
            Ok(receipt) => Ok((receipt.entry, receipt.known)),
            Err(refusal) => Err((refusal.code.as_str(), refusal.retry, refusal.message.is_empty())),
        })
        .collect();
    assert_eq!(
        outcomes,
        [
            Err(("unknown-key", false, false)),
            Ok((size, false)),
            Err(("unknown-key", false, false)),
            Ok((size + 1, false)),
            Err(("malformed-request", false, false)),
            Ok((size + 1, true)),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_tells_the_truth_about_its_entry() {
    let served = Served::small().await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let envelope = served.pen.sign(chair, report(precinct, sheet));
    let receipt = served.client.submit(&envelope).await.unwrap();
    let entries = served.client.entries(receipt.entry, receipt.entry + 1).await.unwrap();
    let [(number, bytes)] = entries.as_slice() else {
        unreachable!("{entries:?}");
    };
    let entry = tallylog_event::Entry::decode(bytes).unwrap();
    assert_eq!((*number, entry.index.0), (receipt.entry, receipt.entry));
    assert_eq!(entry.received_at.0, receipt.received_at_ms);
    assert_eq!(entry.envelope, envelope);
    assert_eq!(tallylog_event::chain(bytes).0.to_vec(), receipt.entry_hash);
    let head = served
        .client
        .log
        .clone()
        .head(v1::HeadRequest {})
        .await
        .unwrap()
        .into_inner();
    assert_eq!((head.size, head.last_hash), (receipt.entry + 1, receipt.entry_hash));
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_come_whole_in_order_and_within_the_log() {
    let served = Served::small().await;
    let size = served.client.size().await;
    let all = served.client.entries(0, 0).await.unwrap();
    assert_eq!(u64::try_from(all.len()), Ok(size));
    let mut previous = tallylog_event::EntryHash::NONE;
    for (place, (number, bytes)) in (0..).zip(&all) {
        let entry = tallylog_event::Entry::decode(bytes).unwrap();
        assert_eq!((*number, entry.index.0, entry.previous), (place, place, previous));
        previous = tallylog_event::chain(bytes);
    }
    let head = served
        .client
        .log
        .clone()
        .head(v1::HeadRequest {})
        .await
        .unwrap()
        .into_inner();
    assert_eq!(head.last_hash, previous.0);
    assert_eq!(served.client.entries(3, 5).await.unwrap(), all[3..5]);
    assert_eq!(served.client.entries(5, 3).await.unwrap(), []);
    assert_eq!(served.client.entries(size, 0).await.unwrap(), []);
    for (from, until) in [(0, size + 1), (size + 1, 0), (u64::MAX, u64::MAX)] {
        let status = served.client.entries(from, until).await.unwrap_err();
        check_refusal(&status, Code::OutOfRange, "beyond-log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_precincts_figures_are_in_every_answer() {
    let served = Served::small().await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let entry = served.take(served.pen.sign(chair, report(precinct, sheet))).await;
    let page = served.precinct(precinct).await;
    assert_eq!(page.versions.len(), 1);
    assert_eq!(
        (page.versions[0].entry, page.versions[0].channel.as_str()),
        (entry, "app")
    );
    let totals = served.client.totals(None).await.unwrap();
    assert_eq!(totals.precincts.unwrap().reported, Some(1));
    for ((group, figures), line) in (1..).zip(&page.versions[0].groups).zip(&totals.candidates) {
        let group = tallylog_rules::GroupId::new(group).unwrap();
        let people = sheet.first_alignment.as_ref().unwrap().of(group);
        assert_eq!(figures.first_alignment, Some(people.0));
        assert_eq!((&line.name, line.first_alignment), (&figures.name, u64::from(people.0)));
        assert_eq!(line.delegates, u64::from(figures.awarded.unwrap()));
        assert_eq!(line.sde_ten_thousandths, figures.sde_ten_thousandths);
    }
    assert!(totals.candidates.iter().any(|line| line.sde_ten_thousandths > 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn precincts_are_listed_by_state_and_county() {
    let served = Served::small().await;
    let rooms = served.rooms();
    let (precinct, chair, sheet) = rooms[0];
    served.take(served.pen.sign(chair, report(precinct, sheet))).await;
    let other = by_channel(precinct, &with_more_people(sheet, 3), Channel::Phone);
    let record = served.take(served.pen.sign(served.operator(), other)).await;
    let list = |state: v1::PrecinctState, county: &str| {
        let request = v1::PrecinctsRequest {
            state: state.into(),
            county: county.to_owned(),
            moment: None,
        };
        let mut results = served.client.results.clone();
        async move { results.precincts(request).await.unwrap().into_inner().precincts }
    };
    let all = list(v1::PrecinctState::Unspecified, "").await;
    assert_eq!(all.len(), served.night.sheets.len());
    let awaiting = list(v1::PrecinctState::Awaiting, "").await;
    let held = list(v1::PrecinctState::Held, "").await;
    assert_eq!((awaiting.len(), held.len()), (all.len() - 1, 1));
    assert_eq!(
        (held[0].record, held[0].held, held[0].confirmed),
        (Some(record), Some(true), Some(false))
    );
    let county = served.night.counties[0].name.as_str();
    let there = list(v1::PrecinctState::Unspecified, &county.to_lowercase()).await;
    assert_eq!(there.len(), served.night.counties[0].precincts.len());
    assert!(there.iter().all(|precinct| precinct.county == county));
}

#[tokio::test(flavor = "multi_thread")]
async fn discrepancies_about_a_range_of_entries_are_those_of_all_that_are_about_one_of_them() {
    let served = Served::small().await;
    for (precinct, chair, sheet) in served.rooms() {
        for more in [1, 2] {
            let changed = with_more_people(sheet, more);
            served.take(served.pen.sign(chair, report(precinct, &changed))).await;
        }
    }
    let asked = async |from, until| {
        let request = v1::DiscrepanciesRequest {
            from,
            until,
            ..v1::DiscrepanciesRequest::default()
        };
        let answered = served.client.results.clone().discrepancies(request).await;
        answered.unwrap().into_inner().discrepancies
    };
    let all = asked(0, 0).await;
    let entries: Vec<u64> = all.iter().filter_map(|found| found.entry).collect();
    let (first, last) = (*entries.iter().min().unwrap(), *entries.iter().max().unwrap());
    assert!(first < last);
    for (from, until) in [
        (0, last),
        (first, first + 1),
        (first + 1, 0),
        (last, last + 1),
        (last + 1, 0),
    ] {
        let within = |entry: u64| entry >= from && (until == 0 || entry < until);
        let expected = all.iter().filter(|found| found.entry.is_some_and(within));
        assert_eq!(asked(from, until).await, expected.cloned().collect::<Vec<_>>());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_nobody_has_are_not_found() {
    let served = Served::small().await;
    let mut results = served.client.results.clone();
    let county = v1::DiscrepanciesRequest {
        county: "Atlantis".to_owned(),
        ..v1::DiscrepanciesRequest::default()
    };
    let status = results.discrepancies(county).await.unwrap_err();
    check_refusal(&status, Code::NotFound, "no-county");
    let precinct = v1::PrecinctRequest {
        county: served.night.counties[0].name.to_string(),
        precinct: "Atlantis".to_owned(),
        moment: None,
        before: 0,
    };
    let status = results.precinct(precinct).await.unwrap_err();
    check_refusal(&status, Code::NotFound, "no-precinct");
    for district in [0, 5, u32::MAX] {
        let request = v1::TotalsRequest {
            scope: Some(v1::totals_request::Scope::District(district)),
            ..v1::TotalsRequest::default()
        };
        let status = results.totals(request).await.unwrap_err();
        check_refusal(&status, Code::NotFound, "no-district");
    }
}
