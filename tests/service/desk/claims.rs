//! How many precincts one operator is on, and when that ends.

use tallylog_wire::v1;
use tonic::{Code, Status};

use super::{Client, Room};
use crate::support::check_refusal;

impl Room {
    /// All places, the room's own first.
    fn places(&self) -> Vec<(String, String)> {
        let others = self.served.night.sheets.keys().filter(|id| **id != self.precinct);
        let all = std::iter::once(&self.precinct).chain(others);
        all.map(|id| self.served.name(*id)).collect()
    }
}

async fn claim(mut seat: Client, (county, precinct): &(String, String)) -> Result<v1::ClaimResponse, Status> {
    let request = v1::ClaimRequest {
        county: county.clone(),
        precinct: precinct.clone(),
    };
    Ok(seat.claim(request).await?.into_inner())
}

async fn mine(mut seat: Client) -> usize {
    let request = v1::FindRequest {
        mine: true,
        limit: 200,
        ..v1::FindRequest::default()
    };
    seat.find(request).await.unwrap().into_inner().precincts.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_is_on_ten_precincts_at_once_however_fast_they_are_asked_for() {
    let room = Room::of_precincts(40).await;
    let places = room.places();
    let asked: Vec<_> = places
        .iter()
        .map(|place| {
            let (seat, place) = (room.operator(0), place.clone());
            tokio::spawn(async move { claim(seat, &place).await })
        })
        .collect();
    let mut taken = 0;
    for answer in asked {
        match answer.await.unwrap() {
            Ok(_) => taken += 1,
            Err(refused) => check_refusal(&refused, Code::FailedPrecondition, "too-many-claims"),
        }
    }
    assert_eq!((taken, mine(room.operator(0)).await), (10, 10));
    for place in &places {
        taken += usize::from(claim(room.operator(1), place).await.is_ok());
    }
    assert_eq!(taken, 20.min(places.len()), "the rest is for others");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_entered_given_back_or_handed_over_makes_room_for_another() {
    let room = Room::of_precincts(40).await;
    let places = room.places();
    for place in &places[..10] {
        claim(room.operator(0), place).await.unwrap();
    }
    let refused = claim(room.operator(0), &places[10]).await.unwrap_err();
    check_refusal(&refused, Code::FailedPrecondition, "too-many-claims");
    room.saves(room.operator(0), "on one that is theirs").await.unwrap();
    claim(room.operator(0), &places[1]).await.unwrap();

    room.enters(0, &room.sheet, &[]).await;
    claim(room.operator(0), &places[10]).await.unwrap();
    let refused = claim(room.operator(0), &places[11]).await.unwrap_err();
    check_refusal(&refused, Code::FailedPrecondition, "too-many-claims");
    let (county, precinct) = places[1].clone();
    let request = v1::UnclaimRequest {
        county,
        precinct,
        done: false,
    };
    room.operator(0).unclaim(request).await.unwrap();
    claim(room.operator(0), &places[11]).await.unwrap();
}

/// Otherwise one operator could fill another's hands.
#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_is_handed_over_counts_when_its_new_owner_types() {
    let room = Room::of_precincts(40).await;
    let places = room.places();
    let mut giver = room.operator(0);
    for (county, precinct) in &places[..10] {
        let draft = v1::SaveDraftRequest {
            county: county.clone(),
            precinct: precinct.clone(),
            form: "{}".to_owned(),
            progress: 1,
        };
        giver.save_draft(draft).await.unwrap();
        let over = v1::HandOverRequest {
            county: county.clone(),
            precinct: precinct.clone(),
            to: room.operators_name(1),
        };
        giver.hand_over(over).await.unwrap();
    }
    for place in &places[10..20] {
        claim(room.operator(1), place).await.unwrap();
    }
    let refused = claim(room.operator(1), &places[0]).await.unwrap_err();
    check_refusal(&refused, Code::FailedPrecondition, "too-many-claims");
    assert_eq!(mine(room.operator(1)).await, 20, "it is theirs all the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_ends_with_its_persons_last_key_and_not_before() {
    let room = Room::new().await;
    let keys = &room.served.night.keys;
    let (operator, spare) = (&keys.operators[0], crate::support::key(61));
    let pen = &room.served.pen;
    let role = tallylog_event::Role::Operator;
    let enrol = pen.enrol(room.served.registrar(), &spare, operator.person.as_str(), role);
    room.served.take(enrol).await;
    room.saves(room.operator(0), "half of it").await.unwrap();
    room.served
        .take(pen.revoke(room.served.registrar(), &operator.key))
        .await;
    let found = room.found(room.operator(1)).await;
    assert_eq!(
        found.claim.unwrap().person,
        room.operators_name(0),
        "the spare key is left"
    );

    room.served.take(pen.revoke(room.served.registrar(), &spare)).await;
    let found = room.found(room.operator(1)).await;
    assert_eq!((found.claim, found.refusal_code.as_str()), (None, ""));
    let listed = room.operator(1).outstanding(v1::OutstandingRequest::default()).await;
    let listed = listed.unwrap().into_inner().precincts;
    assert!(listed.iter().all(|line| line.claim.is_none()));
    room.claims(room.operator(1)).await.unwrap();
}
