use ed25519_dalek::{Signer, SigningKey};
use tallylog_event::{Channel, CountyId, Envelope, PrecinctId, PublicKey, Role, Signature};
use tallylog_rules::{Attendance, Attendees, ByGroup, Delegates, Game, GameMeans, GroupId, Sheet};
use tallylog_simulate::{Options, night};
use tonic::Code;

use crate::support::{Pen, Served, by_channel, key, report, with_more_people};

/// Signs bytes that need not be an event.
fn sign_bytes(signer: &SigningKey, body: Vec<u8>) -> Envelope {
    let message = [b"tallylog/event/v1\0".as_slice(), &body].concat();
    Envelope {
        author: PublicKey::of(signer),
        signature: Signature(signer.sign(&message).to_bytes()),
        body,
    }
}

fn codes(found: &[(String, String)]) -> Vec<&str> {
    found.iter().map(|(code, _)| code.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_devices_with_different_figures_are_both_kept_and_block() {
    let served = Served::small().await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let deputy = key(41);
    let role = Role::Chair(vec![precinct]);
    served
        .take(served.pen.enrol(served.registrar(), &deputy, "Una Ueda", role))
        .await;
    let first = served.take(served.pen.sign(chair, report(precinct, sheet))).await;
    assert!(!codes(&served.open_on(precinct).await).contains(&"V29"));
    let other = with_more_people(sheet, 1);
    let second = served.take(served.pen.sign(&deputy, report(precinct, &other))).await;

    let found = served.open_on(precinct).await;
    let disagreement = found.iter().find(|(code, _)| code == "V29").unwrap();
    assert!(disagreement.1.contains("first alignment"), "{disagreement:?}");
    let page = served.precinct(precinct).await;
    let entries: Vec<u64> = page.versions.iter().map(|version| version.entry).collect();
    assert_eq!(entries, [first, second]);
    assert_eq!(page.status(), tallylog_wire::v1::PrecinctState::Held);
    let people = |version: usize| page.versions[version].groups[0].first_alignment.unwrap_or_default();
    assert_eq!(people(0) + 1, people(1), "neither took the other's place");
    let release = served.pen.release(served.reviewer(), "too early", &[second]);
    served.refuse(release, Code::FailedPrecondition, "unreleasable").await;
}

/// One person confirms nothing twice. Another figure from the second device contradicts the first device, and is a revision
/// of the second's own report that nobody explained.
#[tokio::test(flavor = "multi_thread")]
async fn one_person_with_two_devices_cannot_change_the_figures_unseen() {
    let served = Served::small().await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let person = served.night.keys.chair(precinct).unwrap().person.clone();
    let second = key(42);
    let role = Role::Chair(vec![precinct]);
    served
        .take(served.pen.enrol(served.registrar(), &second, person.as_str(), role))
        .await;
    served.take(served.pen.sign(chair, report(precinct, sheet))).await;
    served.take(served.pen.sign(&second, report(precinct, sheet))).await;
    let page = served.precinct(precinct).await;
    assert_eq!(
        page.status(),
        tallylog_wire::v1::PrecinctState::Reported,
        "not confirmed"
    );
    let other = with_more_people(sheet, 1);
    served.take(served.pen.sign(&second, report(precinct, &other))).await;
    let found = served.open_on(precinct).await;
    assert!(codes(&found).contains(&"V29"), "{found:?}");
    assert!(codes(&found).contains(&"V30"), "{found:?}");
    assert_eq!(served.precinct(precinct).await.versions.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_for_somebody_elses_precinct_is_refused() {
    let served = Served::small().await;
    let rooms = served.rooms();
    let envelope = served.pen.sign(rooms[0].1, report(rooms[1].0, rooms[1].2));
    served.refuse(envelope, Code::PermissionDenied, "out-of-scope").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_for_an_unknown_precinct_is_refused() {
    let served = Served::small().await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let beyond = |county, number| PrecinctId {
        county: CountyId(county),
        number,
    };
    for unknown in [beyond(precinct.county.0, u16::MAX), beyond(u16::MAX, 0), beyond(3, 0)] {
        let envelope = served
            .pen
            .sign(served.operator(), by_channel(unknown, sheet, Channel::Phone));
        served.refuse(envelope, Code::InvalidArgument, "unknown-precinct").await;
        let envelope = served.pen.sign(chair, report(unknown, sheet));
        served.refuse(envelope, Code::PermissionDenied, "out-of-scope").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_from_another_contest_is_refused() {
    let served = Served::small().await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let other = night(&Options::small(12, 2, 12));
    // By a key that both contests know, and by one of the other's.
    let here = Pen::new(other.contest.id).sign(chair, report(precinct, sheet));
    served.refuse(here, Code::PermissionDenied, "other-contest").await;
    let (_, arrival) = other.arrivals().next().unwrap();
    served
        .refuse(arrival.envelope.clone(), Code::PermissionDenied, "other-contest")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_spelling_of_the_same_event_is_refused() {
    let served = Served::small().await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let body = served.pen.body(report(precinct, sheet)).encode();
    // The time follows contest and submission, 16 bytes each; its last byte gets a continuation that says nothing.
    let end = 32 + body[32..].iter().position(|byte| byte & 0x80 == 0).unwrap();
    let mut long = body.clone();
    long[end] |= 0x80;
    long.insert(end + 1, 0);
    let trailing = [body.as_slice(), &[0]].concat();
    let short = body[..body.len() - 1].to_vec();
    for bytes in [long, trailing, short, Vec::new(), vec![0xFF; 300]] {
        served
            .refuse(sign_bytes(chair, bytes), Code::InvalidArgument, "malformed-event")
            .await;
    }
    served.take(sign_bytes(chair, body)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn any_changed_bit_breaks_the_signature() {
    let served = Served::small().await;
    let rooms = served.rooms();
    let (precinct, chair, sheet) = rooms[0];
    let good = served.pen.sign(chair, report(precinct, sheet));
    let mut body = good.clone();
    body.body[40] ^= 1;
    let mut signature = good.clone();
    signature.signature.0[63] ^= 1;
    let author = Envelope {
        author: PublicKey::of(rooms[1].1),
        ..good.clone()
    };
    for bad in [body, signature, author] {
        served.refuse(bad, Code::Unauthenticated, "bad-signature").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_of_4_billion_people_is_refused() {
    let served = Served::small().await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let many = Attendees(u32::MAX);
    let column = || Some(ByGroup::numbered([many]).unwrap());
    let mut everywhere = [(); 5].map(|()| sheet.clone());
    everywhere[0].attendance = Some(Attendance {
        people: many,
        counted: true,
    });
    everywhere[1].first_alignment = column();
    everywhere[2].final_alignment = column();
    everywhere[3].worksheet_threshold = Some(many);
    everywhere[4].claimed = Some(ByGroup::numbered([tallylog_rules::Equivalents(u64::MAX)]).unwrap());
    for sheet in everywhere {
        let envelope = served.pen.sign(chair, report(precinct, &sheet));
        served.refuse(envelope, Code::InvalidArgument, "figure-too-large").await;
    }
}

/// No figure limits delegates: what a room cannot have awarded is a discrepancy.
#[tokio::test(flavor = "multi_thread")]
async fn the_largest_figures_that_are_taken_add_up() {
    let served = Served::small().await;
    let (precinct, chair, _) = served.rooms()[0];
    let largest = served.night.contest.ruleset.largest_room;
    let groups = served.night.contest.candidates.len();
    let people = || Some(ByGroup::numbered(vec![largest; groups]).unwrap());
    let sheet = Sheet {
        attendance: Some(Attendance {
            people: largest,
            counted: true,
        }),
        first_alignment: people(),
        final_alignment: people(),
        awards: Some(ByGroup::numbered(vec![Delegates(u16::MAX); groups]).unwrap()),
        worksheet_delegates: Some(Delegates(u16::MAX)),
        worksheet_threshold: Some(largest),
        games: Vec::new(),
        claimed: Some(ByGroup::numbered(vec![tallylog_rules::Equivalents(1_000_000_000); groups]).unwrap()),
    };
    served.take(served.pen.sign(chair, report(precinct, &sheet))).await;
    let found = served.open_on(precinct).await;
    assert!(codes(&found).contains(&"V09"), "{found:?}");
    let totals = served.client.totals(None).await.unwrap();
    assert_eq!(totals.candidates[0].first_alignment, u64::from(largest.0));
    assert_eq!(totals.candidates[0].delegates, u64::from(u16::MAX));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_of_200_groups_is_refused() {
    let served = Served::small().await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let people = ByGroup::numbered([Attendees(1); 200]).unwrap();
    let mut crowded = sheet.clone();
    crowded.first_alignment = Some(people);
    let envelope = served.pen.sign(chair, report(precinct, &crowded));
    served.refuse(envelope, Code::InvalidArgument, "unknown-group").await;

    let game = |among: &[u16], winners: &[u16]| {
        let groups = |numbers: &[u16]| numbers.iter().map(|n| GroupId::new(*n).unwrap()).collect();
        let mut sheet = sheet.clone();
        sheet.games = vec![Game {
            among: groups(among),
            delegates: Delegates(1),
            winners: groups(winners),
            means: GameMeans::Coin,
            witnesses: vec!["Ada\u{1b}[2J".to_owned()],
        }];
        served.pen.sign(chair, report(precinct, &sheet))
    };
    served
        .refuse(game(&[1, 200], &[1]), Code::InvalidArgument, "unknown-group")
        .await;
    served
        .refuse(game(&[1, 2], &[3]), Code::InvalidArgument, "bad-game")
        .await;
    served
        .refuse(game(&[1, 2], &[1]), Code::InvalidArgument, "bad-name")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_report_is_kept_and_held() {
    let served = Served::small().await;
    let rooms = served.rooms();
    let zeros = Sheet {
        first_alignment: Some(ByGroup::numbered([Attendees(0); 14]).unwrap()),
        final_alignment: Some(ByGroup::numbered([Attendees(0); 14]).unwrap()),
        awards: Some(ByGroup::numbered([Delegates(0); 14]).unwrap()),
        ..Sheet::default()
    };
    for ((precinct, chair, _), empty) in rooms.into_iter().zip([Sheet::default(), zeros]) {
        served.take(served.pen.sign(chair, report(precinct, &empty))).await;
        let found = served.open_on(precinct).await;
        assert_eq!(codes(&found), ["V17"], "{empty:?}");
        let page = served.precinct(precinct).await;
        assert_eq!(page.status(), tallylog_wire::v1::PrecinctState::Held);
    }
}
