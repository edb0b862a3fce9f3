use std::collections::BTreeSet;

use tallylog_event::{
    Channel, Contest, Enrolment, Event, LogIdentity, PublicKey, Revocation, Role, Signature, SigningKey,
};
use tallylog_server::Settings;
use tallylog_simulate::{Options, night};
use tonic::Code;

use crate::support::{Pen, Served, by_channel, corrected, correction, key, report, request, text};

const GOLDEN: &str = include_str!("../../crates/event/golden/signatures.txt");

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_key_is_refused() {
    let served = Served::small().await;
    let (precinct, _, sheet) = served.rooms()[0];
    let envelope = served.pen.sign(&key(50), report(precinct, sheet));
    served.refuse(envelope, Code::Unauthenticated, "unknown-key").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_is_refused_and_what_it_reported_stays() {
    let served = Served::small().await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let taken = served.pen.sign(chair, report(precinct, sheet));
    served.take(taken.clone()).await;
    served.take(served.pen.revoke(served.registrar(), chair)).await;
    let late = served.pen.sign(chair, report(precinct, sheet));
    served.refuse(late, Code::PermissionDenied, "revoked-key").await;
    assert_eq!(served.precinct(precinct).await.versions.len(), 1);
    // A receipt is no new event: the device may still ask for the one that it lost.
    assert!(served.client.submit(&taken).await.unwrap().known);
    let again = served.pen.revoke(served.registrar(), chair);
    served.refuse(again, Code::PermissionDenied, "revoked-key").await;
    let back = served
        .pen
        .enrol(served.registrar(), chair, "Una Ueda", Role::Chair(vec![precinct]));
    served.refuse(back, Code::AlreadyExists, "key-enrolled").await;
}

/// In one stream, so that the revocation and what comes after it meet in one group.
#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_holds_for_what_comes_after_it_in_the_same_group() {
    let served = Served::small().await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let sent = [
        served.pen.sign(chair, report(precinct, sheet)),
        served.pen.revoke(served.registrar(), chair),
        served.pen.sign(chair, report(precinct, sheet)),
    ];
    let answers = served.client.submit_many(sent.iter().map(request).collect()).await;
    assert!(answers[0].is_ok() && answers[1].is_ok());
    assert_eq!(answers[2].as_ref().unwrap_err().code, "revoked-key");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_signatures_of_the_wrong_length_are_refused() {
    let served = Served::small().await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let good = request(&served.pen.sign(chair, report(precinct, sheet)));
    for length in [0, 31, 33, 64] {
        let mut bad = good.clone();
        bad.author.resize(length, 0);
        served
            .refuse_request(bad, Code::InvalidArgument, "malformed-request")
            .await;
    }
    for length in [0, 32, 63, 65] {
        let mut bad = good.clone();
        bad.signature.resize(length, 0);
        served
            .refuse_request(bad, Code::InvalidArgument, "malformed-request")
            .await;
    }
    served
        .refuse_request(
            tallylog_wire::v1::SubmitRequest::default(),
            Code::InvalidArgument,
            "malformed-request",
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weak_key_is_not_enrolled() {
    let served = Served::small().await;
    let field = |name: &'static str| {
        GOLDEN
            .lines()
            .filter_map(move |line| line.strip_prefix(name)?.strip_prefix(": "))
    };
    let weak: BTreeSet<_> = field("key")
        .zip(field("key-check"))
        .filter(|(_, verdict)| *verdict != "good")
        .map(|(key, _)| key)
        .collect();
    assert!(weak.len() > 5, "{weak:?}");
    for hexadecimal in weak {
        let key = PublicKey(hex::decode(hexadecimal).unwrap().try_into().unwrap());
        // R and S of zero: a key of small order lets this through wherever a check is not strict.
        let enrolment = Enrolment {
            key,
            person: text("Una Ueda"),
            role: Role::Operator,
            possession: Signature([0; 64]),
        };
        let envelope = served
            .pen
            .sign(served.registrar(), Event::KeyEnrolled(Box::new(enrolment)));
        served.refuse(envelope, Code::InvalidArgument, "bad-key").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_enrolled_by_whoever_holds_it_and_once() {
    let served = Served::small().await;
    let stolen = Enrolment {
        person: text("Una Ueda"),
        ..Enrolment::new(served.night.contest.id, text("Ada Marsh"), Role::Operator, &key(51))
    };
    let stolen = served
        .pen
        .sign(served.registrar(), Event::KeyEnrolled(Box::new(stolen)));
    served.refuse(stolen, Code::InvalidArgument, "no-possession").await;
    let elsewhere = Enrolment::new(
        tallylog_event::ContestId([9; 16]),
        text("Ada Marsh"),
        Role::Operator,
        &key(51),
    );
    let elsewhere = served
        .pen
        .sign(served.registrar(), Event::KeyEnrolled(Box::new(elsewhere)));
    served.refuse(elsewhere, Code::InvalidArgument, "no-possession").await;
    let enrol = || {
        served
            .pen
            .enrol(served.registrar(), &key(51), "Ada Marsh", Role::Operator)
    };
    served.take(enrol()).await;
    served.refuse(enrol(), Code::AlreadyExists, "key-enrolled").await;
}

/// Every role, and what it may not sign.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_signs_what_another_role_does() {
    let served = Served::small().await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let record = served.take(served.pen.sign(chair, report(precinct, sheet))).await;
    let more = [
        (key(60), Role::Observer),
        (key(61), Role::Witness),
        (key(62), Role::Service),
        (key(63), Role::Importer),
        (key(64), Role::Campaign(text("Dunmere"))),
    ];
    for (key, role) in &more {
        let enrolment = served.pen.enrol(served.registrar(), key, "Una Ueda", role.clone());
        served.take(enrolment).await;
    }
    let silent: Vec<&SigningKey> = more.iter().map(|(key, _)| key).collect();
    let keys = &served.night.keys;
    let staff = [
        &keys.operators[0].key,
        &keys.reviewers[0].key,
        &keys.officers[0].key,
        chair,
    ];
    let enrolment = |signer| served.pen.enrol(signer, &key(70), "Una Ueda", Role::Operator);
    let county = |signer| {
        let county = Event::CountyListed(Box::new(served.night.counties[0].clone()));
        served.pen.sign(signer, county)
    };
    let may_not = |signer, channel| served.pen.sign(signer, by_channel(precinct, sheet, channel));
    let correct = |signer| served.pen.sign(signer, corrected(correction(record, precinct, sheet)));
    let release = |signer| served.pen.release(signer, "mine", &[record]);
    let refused = silent
        .iter()
        .chain(&staff)
        .flat_map(|signer| [enrolment(signer), county(signer)]);
    let registrar = served.registrar();
    let others = silent.iter().copied().chain([registrar]);
    let channels = [
        Channel::App,
        Channel::Phone,
        Channel::Photo,
        Channel::Paper,
        Channel::Import,
    ];
    let reports = others
        .clone()
        .chain([served.reviewer(), served.officer()])
        .flat_map(|signer| channels.map(|channel| may_not(signer, channel)));
    let wrong_channel = [
        may_not(chair, Channel::Phone),
        may_not(chair, Channel::Import),
        may_not(served.operator(), Channel::App),
        may_not(served.operator(), Channel::Import),
    ];
    let corrections = others
        .clone()
        .chain([served.reviewer(), served.operator()])
        .map(correct);
    let releases = others.chain([served.officer(), served.operator(), chair]).map(release);
    let all: Vec<_> = refused
        .chain(reports)
        .chain(wrong_channel)
        .chain(corrections)
        .chain(releases)
        .collect();
    assert_eq!(all.len(), 18 + 40 + 4 + 8 + 9);
    for envelope in all {
        served.refuse(envelope, Code::PermissionDenied, "wrong-role").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_registrar_is_not_revoked() {
    let served = Served::small().await;
    let [first, second] = [0, 1].map(|at| &served.night.keys.registrars[at].key);
    served.take(served.pen.revoke(first, second)).await;
    let last = served.pen.revoke(first, first);
    served.refuse(last, Code::FailedPrecondition, "last-registrar").await;
    let unknown = Revocation {
        key: PublicKey::of(&key(71)),
        reason: text(""),
    };
    let unknown = served.pen.sign(first, Event::KeyRevoked(unknown));
    served.refuse(unknown, Code::Unauthenticated, "unknown-key").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn entry_0_comes_once_and_first() {
    let served = Served::empty(Settings::default()).await;
    let early = served.client.submit(&served.night.setup[1]).await.unwrap_err();
    crate::support::check_refusal(&early, Code::FailedPrecondition, "no-contest");
    let nothing = served.client.totals(None).await.unwrap_err();
    crate::support::check_refusal(&nothing, Code::FailedPrecondition, "empty-log");
    assert_eq!(served.take(served.night.setup[0].clone()).await, 0);
    assert_eq!(served.client.submit(&early_again(&served)).await.unwrap().entry, 1);

    let again = Event::ContestOpened(Box::new(served.night.contest.clone()));
    let again = served.pen.sign(served.registrar(), again);
    served.refuse(again, Code::FailedPrecondition, "contest-open").await;
    let known = served.client.submit(&served.night.setup[0]).await.unwrap();
    assert!(known.known && known.entry == 0);
    let other = night(&Options::small(12, 2, 12)).setup[0].clone();
    served.refuse(other, Code::PermissionDenied, "other-contest").await;
}

fn early_again(served: &Served) -> tallylog_event::Envelope {
    served.night.setup[1].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contest_that_contradicts_itself_does_not_open() {
    let served = Served::empty(Settings::default()).await;
    let good = served.night.contest.clone();
    let mut bad = [(); 6].map(|()| good.clone());
    bad[0].fold = 0;
    bad[1].registrars.reverse();
    bad[2].candidates[1] = bad[2].candidates[0].clone();
    bad[3].service = bad[3].log.key;
    bad[4].log = LogIdentity {
        origin: text("two words"),
        ..good.log.clone()
    };
    bad[5].registrars.clear();
    for contest in bad {
        let opened = Event::ContestOpened(Box::new(contest));
        let envelope = served.pen.sign(served.registrar(), opened);
        let status = served.client.submit(&envelope).await.unwrap_err();
        crate::support::check_refusal(&status, Code::InvalidArgument, "bad-contest");
    }
    let newer = Contest {
        fold: tallylog_projection::FOLD_VERSION + 1,
        ..good.clone()
    };
    let envelope = served
        .pen
        .sign(served.registrar(), Event::ContestOpened(Box::new(newer)));
    let status = served.client.submit(&envelope).await.unwrap_err();
    crate::support::check_refusal(&status, Code::InvalidArgument, "unknown-fold");
    let foreign = Pen::new(tallylog_event::ContestId([8; 16]));
    let envelope = foreign.sign(served.registrar(), Event::ContestOpened(Box::new(good)));
    let status = served.client.submit(&envelope).await.unwrap_err();
    crate::support::check_refusal(&status, Code::PermissionDenied, "other-contest");
    assert_eq!(served.client.size().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn counties_come_in_turn_and_add_up() {
    let served = Served::small().await;
    let next = u16::try_from(served.night.counties.len()).unwrap();
    let list = |change: fn(&mut tallylog_event::County), id: u16| {
        let mut county = served.night.counties[0].clone();
        county.id = tallylog_event::CountyId(id);
        county.name = text("Lyme");
        change(&mut county);
        served
            .pen
            .sign(served.registrar(), Event::CountyListed(Box::new(county)))
    };
    let out_of_turn = list(|_| {}, next + 1);
    served
        .refuse(out_of_turn, Code::FailedPrecondition, "county-out-of-turn")
        .await;
    let changes: [fn(&mut tallylog_event::County); 4] = [
        |county| county.name = text("aDAIR"),
        |county| county.precincts[0].delegates.0 += 1,
        |county| county.district = tallylog_event::District::Congressional(9),
        |county| county.kind = tallylog_event::SiteKind::Satellites,
    ];
    for change in changes {
        served
            .refuse(list(change, next), Code::InvalidArgument, "bad-county")
            .await;
    }
    served.take(list(|_| {}, next)).await;
}
