//! Finding and claiming a precinct, and two entries of it by two operators, the second one blind.

use tallylog_event::{Certification, CourseEvent, EntryIndex, Event, Hold, ReviewEvent};
use tallylog_rules::{Attendance, Attendees, ByGroup, GroupId, Sheet};
use tallylog_wire::v1;
use tonic::Code;

use super::{Room, notice};
use crate::support::{check_refusal, document};

/// Figures that stand nowhere else: no entry, no count and no other sheet has them.
const TELLING: [u32; 3] = [4_503, 3_211, 1_292];

fn telling() -> Sheet {
    let [attendance, one, other] = TELLING.map(Attendees);
    let group = |number| GroupId::new(number).unwrap();
    let column = ByGroup::new(vec![(group(1), one), (group(2), other)]).unwrap();
    Sheet {
        attendance: Some(Attendance {
            people: attendance,
            counted: true,
        }),
        first_alignment: Some(column.clone()),
        final_alignment: Some(column),
        ..Sheet::default()
    }
}

/// The telling figures that stand in an answer as it is printed.
fn told(answer: &str) -> Vec<u32> {
    let words = answer.split(|c: char| !c.is_alphanumeric());
    words
        .filter_map(|word| word.parse().ok())
        .filter(|figure| TELLING.contains(figure))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_call_that_an_operator_may_make_shows_a_figure_of_an_entry_by_another() {
    let room = Room::new().await;
    room.saves(room.operator(0), &format!("{TELLING:?}")).await.unwrap();
    room.enters(0, &telling(), &[]).await;
    let mut operator = room.operator(1);
    let mut answers = vec![
        format!("{:?}", operator.find(v1::FindRequest::default()).await.unwrap()),
        format!(
            "{:?}",
            operator.outstanding(v1::OutstandingRequest::default()).await.unwrap()
        ),
        format!("{:?}", room.claims(operator.clone()).await.unwrap()),
        format!("{:?}", room.loads(operator.clone()).await.unwrap_err()),
    ];
    room.saves(operator.clone(), "mine").await.unwrap();
    answers.push(format!("{:?}", room.loads(operator.clone()).await.unwrap()));
    answers.push(format!(
        "{:?}",
        room.hands_over(operator.clone(), &room.operators_name(2))
            .await
            .unwrap()
    ));
    let note = v1::NoteCallRequest {
        county: room.county.clone(),
        precinct: room.name.clone(),
        note: "called back".to_owned(),
        ..v1::NoteCallRequest::default()
    };
    answers.push(format!("{:?}", operator.note_call(note).await.unwrap()));
    let place = || (room.county.clone(), room.name.clone());
    let (county, precinct) = place();
    let differences = v1::DifferencesRequest { county, precinct };
    let (county, precinct) = place();
    let decisions = v1::DecisionsRequest { county, precinct };
    for refused in [
        operator.differences(differences.clone()).await.unwrap_err(),
        operator.decisions(decisions).await.unwrap_err(),
        operator.queue(v1::QueueRequest::default()).await.unwrap_err(),
    ] {
        check_refusal(&refused, Code::PermissionDenied, "wrong-role");
        answers.push(format!("{refused:?}"));
    }
    for answer in &answers {
        assert_eq!(told(answer), Vec::<u32>::new(), "{answer}");
    }
    // The same look finds them where a reviewer is shown them.
    room.enters(2, &room.sheet, &[]).await;
    let shown = room.reviewer().differences(differences).await.unwrap();
    assert!(told(&format!("{shown:?}")).contains(&TELLING[0]), "{shown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_entered_a_precinct_and_how_is_seen_at_once() {
    let room = Room::new().await;
    let before = room.found(room.operator(1)).await;
    assert_eq!(before.status(), v1::PrecinctState::Awaiting);
    assert!(before.entries.is_empty() && before.claim.is_none() && !before.waits_for_second);
    let entry = room.enters(0, &room.sheet, &[]).await;
    let found = room.found(room.operator(1)).await;
    let [known] = found.entries.as_slice() else {
        unreachable!("{found:?}")
    };
    assert_eq!((known.entry, known.person.clone()), (entry, room.operators_name(0)));
    assert_eq!((known.role.as_str(), known.channel.as_str()), ("operator", "phone"));
    assert!(found.waits_for_second && found.refusal.is_empty() && !found.confirmed);
    room.enters(1, &room.sheet, &[]).await;
    let found = room.found(room.operator(2)).await;
    assert!(found.confirmed && !found.waits_for_second);
    assert_eq!(found.refusal_code, "already-entered");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_entered_a_precinct_is_refused_before_typing() {
    let room = Room::new().await;
    room.saves(room.operator(3), "half of it").await.unwrap();
    let typed_by = room
        .hands_over(room.operator(3), &room.operators_name(0))
        .await
        .unwrap();
    room.enters(0, &room.sheet, &typed_by).await;
    for hand in [0, 3] {
        let found = room.found(room.operator(hand)).await;
        assert_eq!(found.refusal_code, "same-person", "{hand}");
        for refused in [
            room.claims(room.operator(hand)).await.unwrap_err(),
            room.saves(room.operator(hand), "{}").await.unwrap_err(),
            room.loads(room.operator(hand)).await.unwrap_err(),
            room.hands_over(room.operator(hand), &room.operators_name(1))
                .await
                .unwrap_err(),
        ] {
            check_refusal(&refused, Code::PermissionDenied, "same-person");
        }
    }
    assert!(room.claims(room.operator(1)).await.unwrap().second);
    room.enters(1, &room.sheet, &[]).await;
    let refused = room.claims(room.operator(2)).await.unwrap_err();
    check_refusal(&refused, Code::FailedPrecondition, "already-entered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_precinct_is_one_operators_until_it_is_given_back_or_the_entry_came() {
    let room = Room::new().await;
    let first = room.claims(room.operator(0)).await.unwrap();
    assert!(!first.second);
    let again = room.claims(room.operator(0)).await.unwrap();
    assert_eq!(again, first, "the same person keeps it");
    let found = room.found(room.operator(1)).await;
    assert_eq!(found.claim.unwrap().person, room.operators_name(0));
    assert_eq!(found.refusal_code, "claimed");
    for refused in [
        room.claims(room.operator(1)).await.unwrap_err(),
        room.saves(room.operator(1), "{}").await.unwrap_err(),
        room.gives_back(room.operator(1), false).await.unwrap_err(),
        room.gives_back(room.operator(1), true).await.unwrap_err(),
    ] {
        check_refusal(&refused, Code::FailedPrecondition, "claimed");
    }
    room.gives_back(room.operator(0), false).await.unwrap();
    room.claims(room.operator(1)).await.unwrap();
    for mut frees in [room.reviewer(), room.registrar()] {
        let request = v1::UnclaimRequest {
            county: room.county.clone(),
            precinct: room.name.clone(),
            done: false,
        };
        frees.unclaim(request).await.unwrap();
        assert_eq!(room.found(room.operator(2)).await.claim, None);
        room.claims(room.operator(1)).await.unwrap();
    }
    room.enters(1, &room.sheet, &[]).await;
    assert_eq!(room.found(room.operator(2)).await.claim, None, "the entry came");
    assert!(room.claims(room.operator(2)).await.unwrap().second);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_begins_while_entry_is_paused_or_after_it_was_certified() {
    let room = Room::new().await;
    let served = &room.served;
    let course = |event| served.pen.sign(served.registrar(), Event::Course(event));
    served.take(course(CourseEvent::Paused(notice("a fire alarm")))).await;
    let found = served.client.position().await;
    let answer = room
        .operator(0)
        .find(v1::FindRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answer.position, Some(found));
    assert!(answer.paused.is_some());
    assert_eq!(room.found(room.operator(0)).await.refusal_code, "entry-paused");
    let refused = room.claims(room.operator(0)).await.unwrap_err();
    check_refusal(&refused, Code::Unavailable, "entry-paused");
    served
        .take(course(CourseEvent::Resumed(notice("it was burnt toast"))))
        .await;
    room.claims(room.operator(0)).await.unwrap();
    let entry = room.enters(0, &room.sheet, &[]).await;
    let release = served.pen.release(served.reviewer(), "all of it", &[entry]);
    let release = served.take(release).await;
    let certified = Certification {
        release: EntryIndex(release),
        statement: notice("these are the results"),
        evidence: vec![document()],
    };
    served.take(course(CourseEvent::Certified(Box::new(certified)))).await;
    let refused = room.claims(room.operator(1)).await.unwrap_err();
    check_refusal(&refused, Code::FailedPrecondition, "certified");
    assert_eq!(room.found(room.operator(1)).await.refusal_code, "certified");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_precinct_is_found_by_its_number_a_few_letters_or_its_county() {
    let room = Room::new().await;
    let find = async |words: &str, county: &str, limit| {
        let request = v1::FindRequest {
            words: words.to_owned(),
            county: county.to_owned(),
            limit,
            mine: false,
        };
        room.operator(0).find(request).await.unwrap().into_inner()
    };
    let all = find("", "", 200).await;
    assert_eq!(all.more, 0);
    for wanted in &all.precincts {
        for words in [wanted.precinct.to_lowercase(), wanted.precinct.to_uppercase()] {
            let found = find(&words, &wanted.county, 0).await;
            assert_eq!(found.precincts[0], *wanted, "{words}");
        }
        if !wanted.code.is_empty() {
            let found = find(&wanted.code, &wanted.county, 0).await;
            assert_eq!(found.precincts[0], *wanted, "{}", wanted.code);
        }
        let county: String = wanted.county.chars().take(3).collect();
        let found = find(&county, "", 200).await;
        assert!(found.precincts.contains(wanted), "{county}");
    }
    let few = find("", "", 3).await;
    assert_eq!(few.precincts, all.precincts[..3]);
    assert_eq!(usize::try_from(few.more), Ok(all.precincts.len() - 3));
    assert!(find("nowhere at all", "", 0).await.precincts.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_precinct_is_seen_to_be_held_and_may_be_entered() {
    let room = Room::new().await;
    let hold = ReviewEvent::Held(Box::new(Hold {
        precinct: room.precinct,
        reason: notice("two people say that they are its chair"),
    }));
    let served = &room.served;
    served
        .take(served.pen.sign(served.reviewer(), Event::Review(hold)))
        .await;
    let found = room.found(room.operator(0)).await;
    assert!(found.held && found.refusal.is_empty(), "{found:?}");
    room.claims(room.operator(0)).await.unwrap();
}
