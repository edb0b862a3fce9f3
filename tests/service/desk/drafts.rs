//! What an operator has typed and not signed: kept, private, and handed over with the names of whoever typed.

use tallylog_wire::v1;
use tonic::Code;

use super::Room;
use crate::support::check_refusal;

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_there_again_after_a_restart_and_for_its_owner_alone() {
    let room = Room::new().await;
    room.saves(room.operator(0), "{\"attendance\": 40}").await.unwrap();
    room.saves(room.operator(0), "{\"attendance\": 41}").await.unwrap();
    let room = Box::pin(room.restarted()).await;
    let draft = room.loads(room.operator(0)).await.unwrap();
    assert_eq!((draft.form.as_str(), draft.progress), ("{\"attendance\": 41}", 40));
    assert!(draft.typed_by.is_empty());
    assert!(room.found(room.operator(0)).await.draft);
    let found = room.found(room.operator(1)).await;
    assert!(!found.draft);
    assert_eq!(
        found.claim.unwrap().person,
        room.operators_name(0),
        "a draft is a claim"
    );
    // Also where the precinct was freed, the draft stays its owner's.
    room.gives_back(room.reviewer(), true).await.unwrap();
    room.claims(room.operator(1)).await.unwrap();
    let refused = room.loads(room.operator(1)).await.unwrap_err();
    check_refusal(&refused, Code::NotFound, "no-draft");
    assert_eq!(room.loads(room.operator(0)).await.unwrap().form, "{\"attendance\": 41}");
    // Its owner throws it away, and the other keeps the precinct.
    room.gives_back(room.operator(0), true).await.unwrap();
    let refused = room.loads(room.operator(0)).await.unwrap_err();
    check_refusal(&refused, Code::NotFound, "no-draft");
    let claim = room.found(room.operator(2)).await.claim.unwrap();
    assert_eq!(claim.person, room.operators_name(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hand_over_keeps_who_typed_and_none_of_them_makes_the_second_entry() {
    let room = Room::new().await;
    let names: Vec<String> = (0..4).map(|number| room.operators_name(number)).collect();
    room.saves(room.operator(0), "half").await.unwrap();
    let typed_by = room.hands_over(room.operator(0), &names[1]).await.unwrap();
    assert_eq!(typed_by, names[..1]);
    let refused = room.loads(room.operator(0)).await.unwrap_err();
    check_refusal(&refused, Code::NotFound, "no-draft");
    let refused = room.claims(room.operator(0)).await.unwrap_err();
    check_refusal(&refused, Code::FailedPrecondition, "claimed");
    let draft = room.loads(room.operator(1)).await.unwrap();
    assert_eq!((draft.form.as_str(), draft.typed_by), ("half", names[..1].to_vec()));
    room.saves(room.operator(1), "more").await.unwrap();
    assert_eq!(room.loads(room.operator(1)).await.unwrap().typed_by, names[..1]);
    let typed_by = room.hands_over(room.operator(1), &names[2]).await.unwrap();
    assert_eq!(typed_by, names[..2]);
    let draft = room.loads(room.operator(2)).await.unwrap();
    assert_eq!((draft.form.as_str(), &draft.typed_by), ("more", &typed_by));
    // Whoever had it and typed nothing has seen it all the same.
    let typed_by = room.hands_over(room.operator(2), &names[3]).await.unwrap();
    assert_eq!(typed_by, names[..3]);
    let typed_by = room.hands_over(room.operator(3), &names[2]).await.unwrap();
    assert_eq!(typed_by, names);
    room.gives_back(room.operator(2), true).await.unwrap();
    room.claims(room.operator(2)).await.unwrap();

    room.enters(2, &room.sheet, &draft.typed_by).await;
    for hand in 0..3 {
        let refused = room.claims(room.operator(hand)).await.unwrap_err();
        check_refusal(&refused, Code::PermissionDenied, "same-person");
    }
    assert!(room.claims(room.operator(3)).await.unwrap().second);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_goes_to_an_operator_who_may_enter_it_and_writes_over_nothing() {
    let room = Room::new().await;
    room.saves(room.operator(0), "of the first").await.unwrap();
    let reviewer = room.served.night.keys.reviewers[0].person.to_string();
    for to in [reviewer, "Nobody".to_owned(), room.operators_name(0)] {
        let refused = room.hands_over(room.operator(0), &to).await.unwrap_err();
        check_refusal(&refused, Code::NotFound, "no-such-person");
    }
    // Freed by a reviewer, the precinct was begun by another; the first begins again after that.
    room.gives_back(room.reviewer(), false).await.unwrap();
    room.saves(room.operator(1), "of the second").await.unwrap();
    room.gives_back(room.operator(1), false).await.unwrap();
    let refused = room
        .hands_over(room.operator(0), &room.operators_name(1))
        .await
        .unwrap_err();
    check_refusal(&refused, Code::FailedPrecondition, "draft-there");
    assert_eq!(room.loads(room.operator(0)).await.unwrap().form, "of the first");
    assert_eq!(room.loads(room.operator(1)).await.unwrap().form, "of the second");

    room.enters(2, &room.sheet, &[]).await;
    let refused = room
        .hands_over(room.operator(0), &room.operators_name(2))
        .await
        .unwrap_err();
    check_refusal(&refused, Code::PermissionDenied, "same-person");
    room.gives_back(room.operator(0), true).await.unwrap();
    let refused = room
        .hands_over(room.operator(0), &room.operators_name(3))
        .await
        .unwrap_err();
    check_refusal(&refused, Code::NotFound, "no-draft");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_operator_is_at_work_on_is_found_among_all_and_is_over_when_the_entry_came() {
    let room = Room::new().await;
    let mine = async |number| {
        let request = v1::FindRequest {
            mine: true,
            ..v1::FindRequest::default()
        };
        room.operator(number)
            .find(request)
            .await
            .unwrap()
            .into_inner()
            .precincts
    };
    assert!(mine(0).await.is_empty());
    room.saves(room.operator(0), "{}").await.unwrap();
    let [found] = mine(0).await.try_into().unwrap();
    assert_eq!(
        (found.county.as_str(), found.precinct.as_str()),
        (&*room.county, &*room.name)
    );
    assert!(mine(1).await.is_empty());
    // Without a claim it is still theirs to go on with.
    room.gives_back(room.reviewer(), false).await.unwrap();
    assert_eq!(mine(0).await.len(), 1);
    room.enters(0, &room.sheet, &[]).await;
    assert!(mine(0).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_is_too_long_is_refused_and_the_one_before_stays() {
    let room = Room::new().await;
    room.saves(room.operator(0), "short").await.unwrap();
    let refused = room.saves(room.operator(0), &"x".repeat(32_769)).await.unwrap_err();
    check_refusal(&refused, Code::InvalidArgument, "note-too-long");
    assert_eq!(room.loads(room.operator(0)).await.unwrap().form, "short");
}
