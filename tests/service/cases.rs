//! What is shown before somebody signs is what comes of it.

use tallylog_event::{Event, PublicKey};
use tallylog_wire::v1;
use tallylog_wire::v1::cases_client::CasesClient;
use tallylog_wire::v1::moment::At;
use tonic::Code;

use crate::support::{Served, check_refusal, corrected, correction, report, with_more_people};

type Desk = CasesClient<tonic::transport::Channel>;

fn desk(served: &Served) -> Desk {
    CasesClient::new(served.client.channel.clone())
}

/// A night on which every room has reported.
async fn reported() -> (Served, Vec<u64>) {
    let served = Served::small().await;
    let mut entries = Vec::new();
    for (precinct, chair, sheet) in served.rooms() {
        entries.push(served.take(served.pen.sign(chair, report(precinct, sheet))).await);
    }
    (served, entries)
}

async fn figures(served: &Served, at: Option<At>) -> v1::FiguresResponse {
    let request = v1::FiguresRequest {
        moment: at.map(|at| v1::Moment { at: Some(at) }),
        ..v1::FiguresRequest::default()
    };
    let answer = served.client.clone().results.figures(request).await;
    answer.unwrap().into_inner()
}

/// The figures of a place: nothing for the state, a county, or a county and a precinct.
fn place<'a>(places: &'a [v1::PlaceFigures], county: &str, precinct: &str) -> &'a [v1::CandidateTotals] {
    let named = places
        .iter()
        .find(|place| (&*place.county, &*place.precinct) == (county, precinct));
    &named.unwrap().candidates
}

#[tokio::test(flavor = "multi_thread")]
async fn all_figures_at_once_are_those_that_are_served_one_by_one() {
    let (served, _) = reported().await;
    let all = figures(&served, None).await;
    assert_eq!(all.position, Some(served.client.position().await));
    let whole = served.client.totals(None).await.unwrap();
    assert_eq!(place(&all.places, "", ""), whole.candidates);
    for county in &served.night.counties {
        let request = v1::TotalsRequest {
            scope: Some(v1::totals_request::Scope::County(county.name.to_string())),
            ..v1::TotalsRequest::default()
        };
        let alone = served
            .client
            .clone()
            .results
            .totals(request)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(place(&all.places, county.name.as_str(), ""), alone.candidates);
    }
    for (precinct, ..) in served.rooms() {
        let page = served.precinct(precinct).await;
        let record = page.versions.last().unwrap();
        let shown = place(&all.places, &page.county, &page.precinct);
        for (group, at_once) in record.groups.iter().zip(shown) {
            let alone = (
                group.first_alignment.unwrap_or(0),
                group.final_alignment.unwrap_or(0),
                group.awarded.unwrap_or(0),
                group.sde_ten_thousandths,
            );
            let people = |figure: u64| u32::try_from(figure).unwrap();
            let together = (
                people(at_once.first_alignment),
                people(at_once.final_alignment),
                people(at_once.delegates),
                at_once.sde_ten_thousandths,
            );
            assert_eq!(together, alone, "{} {}", page.precinct, group.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_effect_that_is_shown_is_what_the_correction_then_has() {
    let (served, entries) = reported().await;
    let (precinct, _, sheet) = served.rooms()[0];
    let mut other = with_more_people(sheet, 3);
    other.awards = other.final_alignment.as_ref().map(|groups| {
        let all = sheet.awards.iter().flatten().map(|(_, awarded)| awarded.0).sum();
        let first = groups.iter().next().unwrap().0;
        tallylog_rules::ByGroup::new(vec![(first, tallylog_rules::Delegates(all))]).unwrap()
    });
    let event = || corrected(correction(entries[0], precinct, &other));
    let request = v1::EffectRequest {
        body: served.pen.body(event()).encode(),
    };
    let shown = desk(&served).effect(request).await.unwrap().into_inner();
    let before = figures(&served, None).await;
    served.take(served.pen.sign(served.officer(), event())).await;
    let after = figures(&served, None).await;

    let named = shown.precinct.unwrap();
    let effect = shown.effect.unwrap();
    let scopes: Vec<_> = effect.places.iter().map(|place| place.scope.as_str()).collect();
    assert_eq!(scopes, ["precinct", "county", "district", "state"]);
    for told in &effect.places {
        let key = match told.scope.as_str() {
            "precinct" => (named.county.as_str(), named.precinct.as_str()),
            "county" => (named.county.as_str(), ""),
            "state" => ("", ""),
            _ => continue,
        };
        let pairs = place(&before.places, key.0, key.1)
            .iter()
            .zip(place(&after.places, key.0, key.1));
        for (line, (old, new)) in told.lines.iter().zip(pairs) {
            assert_eq!(line.name, old.name);
            assert_eq!((line.delegates_old, line.delegates_new), (old.delegates, new.delegates));
            assert_eq!(
                (line.sde_old, line.sde_new),
                (old.sde_ten_thousandths, new.sde_ten_thousandths)
            );
            assert_eq!(
                (&line.sde_exact_old, &line.sde_exact_new),
                (&old.sde_exact, &new.sde_exact)
            );
            assert_eq!(
                (line.national_old, line.national_new),
                (old.national_delegates, new.national_delegates)
            );
            let difference =
                i64::try_from(new.sde_ten_thousandths).unwrap() - i64::try_from(old.sde_ten_thousandths).unwrap();
            assert_eq!(line.sde_difference, difference);
        }
        assert!(told.lines.iter().any(|line| line.sde_difference != 0), "{}", told.scope);
    }
    let first = |sheet: Option<v1::SheetFigures>| sheet.unwrap().groups[0].first_alignment.unwrap();
    assert_eq!(first(shown.old) + 3, first(shown.new));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_corrects_nothing_has_no_effect_to_show() {
    let (served, _) = reported().await;
    let (precinct, _, sheet) = served.rooms()[0];
    let nowhere = tallylog_event::PrecinctId {
        number: u16::MAX,
        ..precinct
    };
    let events: [Event; 2] = [report(precinct, sheet), corrected(correction(9, nowhere, sheet))];
    for event in events {
        let request = v1::EffectRequest {
            body: served.pen.body(event).encode(),
        };
        let refused = desk(&served).effect(request).await.unwrap_err();
        check_refusal(&refused, Code::InvalidArgument, "not-a-correction");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_of_what_the_preview_lists_is_taken_and_has_the_figures_shown() {
    let (served, entries) = reported().await;
    // Other figures by the same chair, and not a word why.
    let (precinct, chair, sheet) = served.rooms()[0];
    let other = report(precinct, &with_more_people(sheet, 1));
    served.take(served.pen.sign(chair, other)).await;
    let ask = || v1::ReleasePreviewRequest {
        key: PublicKey::of(served.reviewer()).0.to_vec(),
    };
    let preview = desk(&served).release_preview(ask()).await.unwrap().into_inner();
    let reported = preview.entries.len() + preview.held.len();
    assert_eq!(reported, entries.len());
    assert_eq!(usize::try_from(preview.precincts - preview.awaiting), Ok(reported));
    assert!(
        !preview.entries.is_empty() && !preview.held.is_empty(),
        "nothing to tell apart"
    );

    // Each that the preview keeps out is kept out by the log.
    for held in &preview.held {
        assert!(!held.codes.is_empty() && !held.unconfirmed && !held.own, "{held:?}");
        let release = served.pen.release(served.reviewer(), "too much", &[held.entry]);
        served.refuse(release, Code::FailedPrecondition, "unreleasable").await;
    }
    let release = served.pen.release(served.reviewer(), "first figures", &preview.entries);
    served.take(release).await;
    let then = figures(&served, Some(At::Release("first figures".to_owned()))).await;
    assert_eq!(then.places, preview.places);

    let again = desk(&served).release_preview(ask()).await.unwrap().into_inner();
    assert_eq!(
        (again.before.as_str(), again.entries),
        ("first figures", preview.entries)
    );
    let list = desk(&served)
        .releases(v1::ReleasesRequest::default())
        .await
        .unwrap()
        .into_inner();
    let person = list.releases[0].signed.as_ref().unwrap().person.clone();
    assert_eq!(person, served.night.keys.reviewers[0].person.as_str());
}
