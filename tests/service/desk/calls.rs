//! The precincts of which something is missing, whom to call about them, and where the numbers never are.

use tallylog_event::{Channel, Event, Hold, ReviewEvent};
use tallylog_rules::Sheet;
use tallylog_wire::v1;
use tonic::{Code, Status};

use super::{Room, notice};
use crate::support::{by_channel, check_refusal};

const PHONE: &str = "515-555-0142";
const CHAIR: &str = "Wilhelmina Oosterhuis";

impl Room {
    async fn outstanding(&self, missing: &str) -> Result<v1::OutstandingResponse, Status> {
        let request = v1::OutstandingRequest {
            county: String::new(),
            missing: missing.to_owned(),
        };
        Ok(self.operator(0).outstanding(request).await?.into_inner())
    }

    /// The line of the room's precinct; `None` where nothing is missing.
    async fn line(&self) -> Option<v1::OutstandingPrecinct> {
        let mut lines = self.outstanding("").await.unwrap().precincts.into_iter();
        lines.find(|line| (&line.county, &line.precinct) == (&self.county, &self.name))
    }

    async fn missing(&self) -> Vec<String> {
        self.line().await.map(|line| line.missing).unwrap_or_default()
    }

    async fn notes(&self, note: &str, next: Option<u64>, owner: &str) -> Result<Option<v1::PhoneCall>, Status> {
        let request = v1::NoteCallRequest {
            county: self.county.clone(),
            precinct: self.name.clone(),
            note: note.to_owned(),
            next_call_ms: next,
            owner: owner.to_owned(),
        };
        Ok(self.operator(0).note_call(request).await?.into_inner().call)
    }

    async fn writes(&self, chairs: &[(&str, &str)]) -> Result<u32, Status> {
        let chairs = chairs.iter().map(|(precinct, phone)| v1::ChairPhone {
            county: self.county.clone(),
            precinct: (*precinct).to_owned(),
            name: CHAIR.to_owned(),
            phone: (*phone).to_owned(),
        });
        let request = v1::WritePhonesRequest {
            chairs: chairs.collect(),
        };
        Ok(self.registrar().write_phones(request).await?.into_inner().changed)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_of_a_precinct_is_said_until_it_came() {
    let room = Room::new().await;
    let served = &room.served;
    let (_, chair, sheet) = served.rooms()[0];
    assert_eq!(room.missing().await, ["awaiting"]);
    let part = Sheet {
        final_alignment: None,
        awards: None,
        games: Vec::new(),
        ..sheet.clone()
    };
    served
        .take(served.pen.sign(chair, by_channel(room.precinct, &part, Channel::App)))
        .await;
    assert_eq!(room.missing().await, ["partly", "single", "photo", "held"]);
    let all = room.outstanding("").await.unwrap();
    let counted: Vec<_> = all
        .by_missing
        .iter()
        .map(|count| (count.name.as_str(), count.count))
        .collect();
    let awaiting = u32::try_from(all.precincts.len() - 1).unwrap();
    assert_eq!(
        counted,
        [
            ("awaiting", awaiting),
            ("held", 1),
            ("partly", 1),
            ("photo", 1),
            ("single", 1)
        ]
    );
    for missing in ["partly", "single", "photo", "held"] {
        let listed = room.outstanding(missing).await.unwrap().precincts;
        assert_eq!(listed.len(), 1, "{missing}");
    }
    assert!(room.outstanding("second").await.unwrap().precincts.is_empty());
    let refused = room.outstanding("patience").await.unwrap_err();
    check_refusal(&refused, Code::InvalidArgument, "no-such-lack");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_waits_for_another_operator_and_a_hold_is_missing_whatever_came() {
    let room = Room::new().await;
    room.enters(0, &room.sheet, &[]).await;
    assert_eq!(room.missing().await, ["second", "photo"]);
    room.enters(1, &room.sheet, &[]).await;
    assert_eq!(room.missing().await, ["photo"]);
    let hold = ReviewEvent::Held(Box::new(Hold {
        precinct: room.precinct,
        reason: notice("the photo shows another sheet"),
    }));
    let served = &room.served;
    served
        .take(served.pen.sign(served.reviewer(), Event::Review(hold)))
        .await;
    assert_eq!(room.missing().await, ["photo", "held"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_in_the_order_in_which_to_call() {
    let room = Room::new().await;
    let served = &room.served;
    let places: Vec<(String, String)> = served.rooms().iter().map(|(id, ..)| served.name(*id)).collect();
    let now = room.outstanding("").await.unwrap().now_ms;
    let note = async |place: usize, note: &str, next: Option<u64>| {
        let request = v1::NoteCallRequest {
            county: places[place].0.clone(),
            precinct: places[place].1.clone(),
            note: note.to_owned(),
            next_call_ms: next,
            owner: String::new(),
        };
        room.operator(0).note_call(request).await.unwrap();
    };
    note(0, "no answer", None).await;
    note(1, "no answer", Some(now + 900_000)).await;
    note(2, "busy", Some(now + 300_000)).await;
    let listed = room.outstanding("").await.unwrap().precincts;
    let at = |place: &(String, String)| {
        let mut lines = listed.iter();
        lines
            .position(|line| (&line.county, &line.precinct) == (&place.0, &place.1))
            .unwrap()
    };
    let last = listed.len() - 1;
    assert_eq!(
        [at(&places[2]), at(&places[1]), at(&places[0])],
        [last - 2, last - 1, last]
    );
    // Of those whom nobody called yet, whoever lacks everything comes before whoever lacks a photo.
    room.served
        .take(served.pen.sign(
            served.rooms()[3].1,
            by_channel(served.rooms()[3].0, served.rooms()[3].2, Channel::App),
        ))
        .await;
    let listed = room.outstanding("").await.unwrap().precincts;
    let mut called = listed.iter().filter(|line| line.last_call.is_none());
    assert!(called.clone().count() > 3);
    let last = called.next_back().unwrap();
    assert_eq!((&last.county, &last.precinct), (&places[3].0, &places[3].1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_noted_with_who_made_it_and_a_time_or_an_owner_alone_is_no_call() {
    let room = Room::new().await;
    let owner = room.operators_name(1);
    assert_eq!(room.notes("", Some(5), &owner).await.unwrap(), None);
    let line = room.line().await.unwrap();
    assert_eq!(
        (line.last_call, line.next_call_ms, line.owner),
        (None, Some(5), owner.clone())
    );
    let call = room.notes(" no answer ", Some(9), "").await.unwrap().unwrap();
    assert_eq!(
        (call.note.as_str(), &call.person),
        ("no answer", &room.operators_name(0))
    );
    let line = room.line().await.unwrap();
    assert_eq!(
        (line.last_call, line.next_call_ms, &line.owner),
        (Some(call.clone()), Some(9), &owner)
    );
    // Another owner: the call and its time stay.
    let reviewer = room.served.night.keys.reviewers[0].person.to_string();
    assert_eq!(room.notes("", None, &reviewer).await.unwrap(), None);
    let line = room.line().await.unwrap();
    assert_eq!(
        (line.last_call, line.next_call_ms, line.owner),
        (Some(call), Some(9), reviewer)
    );
    // A call without a next one: there is none.
    room.notes("it is on its way", None, "").await.unwrap();
    assert_eq!(room.line().await.unwrap().next_call_ms, None);

    let refused = room.notes(" ", None, "").await.unwrap_err();
    check_refusal(&refused, Code::InvalidArgument, "nothing-noted");
    let refused = room.notes("hidden \u{1b}[2J", None, "").await.unwrap_err();
    check_refusal(&refused, Code::InvalidArgument, "bad-note");
    let refused = room.notes(&"x".repeat(501), None, "").await.unwrap_err();
    check_refusal(&refused, Code::InvalidArgument, "note-too-long");
    let refused = room.notes("no answer", None, "Nobody").await.unwrap_err();
    check_refusal(&refused, Code::NotFound, "no-such-person");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_numbers_is_written_as_a_whole_or_not_at_all() {
    let room = Room::new().await;
    let refused = room
        .writes(&[(&room.name, PHONE), ("Nowhere", PHONE)])
        .await
        .unwrap_err();
    check_refusal(&refused, Code::NotFound, "no-precinct");
    let refused = room
        .writes(&[(&room.name, PHONE), (&room.name, "\u{7}")])
        .await
        .unwrap_err();
    check_refusal(&refused, Code::InvalidArgument, "bad-note");
    assert_eq!(room.line().await.unwrap().phone, "");
    assert_eq!(room.writes(&[(&room.name, PHONE)]).await.unwrap(), 1);
    assert_eq!(room.writes(&[(&room.name, PHONE)]).await.unwrap(), 0, "nothing is new");
    let room = Box::pin(room.restarted()).await;
    let line = room.line().await.unwrap();
    assert_eq!((line.chair.as_str(), line.phone.as_str()), (CHAIR, PHONE));
    let found = room.found(room.operator(0)).await;
    assert_eq!(
        (found.chair.as_str(), found.phone.as_str()),
        (CHAIR, PHONE),
        "to call back at"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_in_no_entry_of_the_log_and_in_no_answer_for_everybody() {
    let room = Room::new().await;
    room.writes(&[(&room.name, PHONE)]).await.unwrap();
    room.notes(PHONE, None, "").await.unwrap();
    room.enters(0, &room.sheet, &[]).await;
    let client = &room.served.client;
    let mut results = client.results.clone();
    let answers = [
        format!("{:?}", room.served.precinct(room.precinct).await),
        format!("{:?}", client.totals(None).await.unwrap()),
        format!("{:?}", results.figures(v1::FiguresRequest::default()).await.unwrap()),
        format!(
            "{:?}",
            results.precincts(v1::PrecinctsRequest::default()).await.unwrap()
        ),
        format!(
            "{:?}",
            results
                .discrepancies(v1::DiscrepanciesRequest::default())
                .await
                .unwrap()
        ),
    ];
    for answer in &answers {
        assert!(!answer.contains(PHONE) && !answer.contains(CHAIR), "{answer}");
    }
    for (entry, bytes) in client.entries(0, 0).await.unwrap() {
        for secret in [PHONE, CHAIR] {
            let is_there = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!is_there, "{secret} in {entry}");
        }
    }
}
