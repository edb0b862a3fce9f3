//! Who is said to have typed into an entry: only persons whom the server saw type, unless it cannot know.

use std::fs;

use tallylog_wire::v1;
use tonic::Code;

use super::{Room, entered};
use crate::support::check_refusal;

impl Room {
    /// What the server says to an entry of the precinct into which others had typed.
    async fn tries(&self, operator: usize, typed_by: &[String]) -> Result<v1::Receipt, tonic::Status> {
        let entry = entered(self.precinct, &self.sheet, typed_by);
        let key = &self.served.night.keys.operators[operator].key;
        self.served.client.submit(&self.served.pen.sign(key, entry)).await
    }

    async fn unseen_hands(&self) -> Vec<v1::QueueHand> {
        let queue = self.reviewer().queue(v1::QueueRequest::default()).await;
        queue.unwrap().into_inner().unseen_hands
    }

    /// Stops the server, does something to its files, and starts it again.
    async fn after(self, change: impl FnOnce(&std::path::Path)) -> Self {
        let Self { served, folder, .. } = self;
        let settings = served.settings();
        let (dir, night, pen) = served.stop().await;
        change(folder.path());
        let served = crate::support::Served::open(dir, night, pen, settings).await;
        served.client.position().await;
        Self::of(served, folder)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_named_who_typed_nothing_and_the_precinct_stays_open_to_them() {
    let room = Room::new().await;
    let reviewer = room.served.night.keys.reviewers[0].person.to_string();
    for named in [room.operators_name(3), reviewer] {
        let refused = room.tries(0, &[named]).await.unwrap_err();
        check_refusal(&refused, Code::FailedPrecondition, "hand-unseen");
    }
    room.saves(room.operator(1), "half of it").await.unwrap();
    let typed_by = room
        .hands_over(room.operator(1), &room.operators_name(0))
        .await
        .unwrap();
    let more = [typed_by.clone(), vec![room.operators_name(3)]].concat();
    let refused = room.tries(0, &more).await.unwrap_err();
    check_refusal(&refused, Code::FailedPrecondition, "hand-unseen");
    assert_eq!(room.found(room.operator(3)).await.refusal_code, "claimed");
    room.tries(0, &typed_by).await.unwrap();
    assert!(room.claims(room.operator(3)).await.unwrap().second);
    assert_eq!(room.unseen_hands().await, []);
}

/// Whoever sends a name with a signature that does not hold learns nothing of the notebook.
#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_cannot_ask_who_typed() {
    let room = Room::new().await;
    let entry = entered(room.precinct, &room.sheet, &[room.operators_name(3)]);
    let key = &room.served.night.keys.operators[0].key;
    let mut forged = room.served.pen.sign(key, entry);
    forged.signature.0[40] ^= 1;
    room.served.refuse(forged, Code::Unauthenticated, "bad-signature").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_notebook_was_lost_names_are_taken_and_shown_to_reviewers() {
    let room = Room::new().await;
    room.saves(room.operator(1), "half of it").await.unwrap();
    let typed_by = room
        .hands_over(room.operator(1), &room.operators_name(0))
        .await
        .unwrap();
    let room = Box::pin(room.after(|folder| fs::remove_file(folder.join("notebook")).unwrap())).await;
    let entry = room.tries(0, &typed_by).await.unwrap().entry;
    let shown = v1::QueueHand {
        entry,
        county: room.county.clone(),
        precinct: room.name.clone(),
        person: room.operators_name(0),
        typed_by,
    };
    assert_eq!(room.unseen_hands().await, [shown]);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_older_notebook_was_put_back_names_are_taken_and_shown_to_reviewers() {
    let room = Room::new().await;
    room.saves(room.operator(1), "half of it").await.unwrap();
    let older = fs::read(room.folder.path().join("notebook")).unwrap();
    room.hands_over(room.operator(1), &room.operators_name(2))
        .await
        .unwrap();
    room.hands_over(room.operator(2), &room.operators_name(0))
        .await
        .unwrap();
    let typed_by = room.loads(room.operator(0)).await.unwrap().typed_by;
    let room = Box::pin(room.after(|folder| fs::write(folder.join("notebook"), older).unwrap())).await;
    room.tries(0, &typed_by).await.unwrap();
    let [shown] = room.unseen_hands().await.try_into().unwrap();
    assert_eq!(
        shown.typed_by,
        [room.operators_name(2)],
        "the other one's draft it has seen"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_the_server_still_knows_who_typed() {
    let room = Room::new().await;
    room.saves(room.operator(1), "half of it").await.unwrap();
    let typed_by = room
        .hands_over(room.operator(1), &room.operators_name(0))
        .await
        .unwrap();
    let room = Box::pin(room.after(|_| {})).await;
    let refused = room.tries(0, &[room.operators_name(3)]).await.unwrap_err();
    check_refusal(&refused, Code::FailedPrecondition, "hand-unseen");
    room.tries(0, &typed_by).await.unwrap();
}
