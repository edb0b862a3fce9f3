//! Every call with every role.

use std::pin::Pin;

use tallylog_event::{PublicKey, Role};
use tallylog_wire::v1;
use tonic::{Code, Status};

use super::{Client, Room};
use crate::interface::calls_of;
use crate::support::{check_refusal, key, text};

type Answered = Pin<Box<dyn Future<Output = Result<(), Status>> + Send>>;

/// Who may make a call, of staff.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    Staff,
    Operators,
    /// Operators for themselves, reviewers and registrars for everybody.
    Freeing,
    /// Whoever is no operator: the call shows figures.
    Figures,
    Reviewers,
    Registrars,
}

impl For {
    fn has(self, role: &Role) -> bool {
        let (operator, reviewer, registrar) = (
            *role == Role::Operator,
            *role == Role::Reviewer,
            *role == Role::Registrar,
        );
        match self {
            Self::Staff => true,
            Self::Operators => operator,
            Self::Freeing => operator || reviewer || registrar,
            Self::Figures => !operator,
            Self::Reviewers => reviewer,
            Self::Registrars => registrar,
        }
    }
}

/// Every call of the service, and whom it is for.
const CALLS: [(&str, For); 13] = [
    ("find", For::Staff),
    ("claim", For::Operators),
    ("unclaim", For::Freeing),
    ("save_draft", For::Operators),
    ("load_draft", For::Operators),
    ("hand_over", For::Operators),
    ("differences", For::Figures),
    ("decisions", For::Figures),
    ("queue", For::Figures),
    ("own", For::Reviewers),
    ("outstanding", For::Staff),
    ("note_call", For::Staff),
    ("write_phones", For::Registrars),
];

fn call(name: &str, mut seat: Client, room: &Room) -> Answered {
    /// Asks about the room, and forgets the answer.
    macro_rules! ask {
        ($call:ident, $request:ident { $($field:ident: $value:expr),* }) => {{
            let request = v1::$request {
                county: room.county.clone(),
                precinct: room.name.clone(),
                $($field: $value,)*
            };
            Box::pin(async move { seat.$call(request).await.map(|_| ()) })
        }};
    }
    let mut other = seat.clone();
    match name {
        "find" => Box::pin(async move { other.find(v1::FindRequest::default()).await.map(|_| ()) }),
        "outstanding" => {
            Box::pin(async move { other.outstanding(v1::OutstandingRequest::default()).await.map(|_| ()) })
        }
        "write_phones" => {
            Box::pin(async move { other.write_phones(v1::WritePhonesRequest::default()).await.map(|_| ()) })
        }
        "claim" => ask!(claim, ClaimRequest {}),
        "unclaim" => ask!(unclaim, UnclaimRequest { done: false }),
        "save_draft" => ask!(
            save_draft,
            SaveDraftRequest {
                form: "{}".to_owned(),
                progress: 0
            }
        ),
        "load_draft" => ask!(load_draft, LoadDraftRequest {}),
        "hand_over" => ask!(
            hand_over,
            HandOverRequest {
                to: "Nobody".to_owned()
            }
        ),
        "differences" => ask!(differences, DifferencesRequest {}),
        "decisions" => ask!(decisions, DecisionsRequest {}),
        "queue" => ask!(
            queue,
            QueueRequest {
                code: String::new(),
                mine: false
            }
        ),
        "own" => ask!(own, OwnRequest { person: String::new() }),
        _ => ask!(
            note_call,
            NoteCallRequest {
                note: "no answer".to_owned(),
                next_call_ms: None,
                owner: String::new()
            }
        ),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_is_for_the_staff_alone_and_of_those_for_its_roles() {
    let room = Room::new().await;
    let served = &room.served;
    let outsiders = [
        (key(101), Role::Observer),
        (key(102), Role::Campaign(text("Ash"))),
        (key(103), Role::Chair(vec![room.precinct])),
    ];
    for (key, role) in &outsiders {
        let name = format!("Outsider {}", PublicKey::of(key).0[0]);
        served
            .take(served.pen.enrol(served.registrar(), key, &name, role.clone()))
            .await;
    }
    let keys = &served.night.keys;
    let staff = [
        (&keys.registrars[0].key, Role::Registrar),
        (&keys.operators[0].key, Role::Operator),
        (&keys.reviewers[0].key, Role::Reviewer),
        (&keys.officers[0].key, Role::CorrectionsOfficer),
    ];
    let named = CALLS.map(|(name, _)| name.to_owned());
    assert_eq!(
        named.to_vec(),
        calls_of("tallylog.v1.Desk"),
        "whoever adds a call says here whom it is for"
    );
    for (name, whom) in CALLS {
        for (key, _) in &outsiders {
            let refused = call(name, room.seat(key), &room).await.unwrap_err();
            check_refusal(&refused, Code::PermissionDenied, "staff-only");
        }
        let refused = call(name, room.seat(&key(104)), &room).await.unwrap_err();
        check_refusal(&refused, Code::Unauthenticated, "unknown-key");
        for (key, role) in &staff {
            let answered = call(name, room.seat(key), &room).await;
            if whom.has(role) {
                // What else may be wrong is said by others; that it is theirs is not in doubt.
                let code = answered.err().map(|status| status.code());
                assert!(matches!(code, None | Some(Code::NotFound)), "{name}: {code:?}");
            } else {
                check_refusal(&answered.unwrap_err(), Code::PermissionDenied, "wrong-role");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_nobody_signed_is_told_to_sign_and_a_revoked_key_is_told_so() {
    let room = Room::new().await;
    let mut unsigned = v1::desk_client::DeskClient::new(room.served.client.channel.clone());
    let refused = unsigned.find(v1::FindRequest::default()).await.unwrap_err();
    check_refusal(&refused, Code::PermissionDenied, "staff-only");
    let refused = unsigned
        .outstanding(v1::OutstandingRequest::default())
        .await
        .unwrap_err();
    check_refusal(&refused, Code::PermissionDenied, "staff-only");

    let operator = &room.served.night.keys.operators[0].key;
    room.claims(room.operator(0)).await.unwrap();
    let revocation = room.served.pen.revoke(room.served.registrar(), operator);
    room.served.take(revocation).await;
    for (name, _) in CALLS {
        let refused = call(name, room.seat(operator), &room).await.unwrap_err();
        check_refusal(&refused, Code::PermissionDenied, "revoked-key");
    }
    // The precinct is not lost with the device: nobody has it any more.
    room.claims(room.operator(1)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_is_not_there_is_said_to_be_missing() {
    let mut room = Room::new().await;
    room.name = "Nowhere".to_owned();
    for (name, whom) in CALLS
        .into_iter()
        .filter(|(name, _)| !matches!(*name, "find" | "outstanding" | "write_phones"))
    {
        let seat = match whom {
            For::Staff | For::Operators | For::Freeing => room.operator(0),
            For::Figures | For::Reviewers | For::Registrars => room.reviewer(),
        };
        let refused = call(name, seat, &room).await.unwrap_err();
        check_refusal(&refused, Code::NotFound, "no-precinct");
    }
    room.county = "Erewhon".to_owned();
    let refused = room.claims(room.operator(0)).await.unwrap_err();
    check_refusal(&refused, Code::NotFound, "no-county");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_served_without_a_notebook_says_so() {
    let room = Room::with(None, tempfile::tempdir().unwrap(), 12).await;
    for refused in [
        room.claims(room.operator(0)).await.unwrap_err(),
        room.saves(room.operator(0), "{}").await.unwrap_err(),
        room.gives_back(room.reviewer(), false).await.unwrap_err(),
    ] {
        check_refusal(&refused, Code::FailedPrecondition, "no-notebook");
    }
}
