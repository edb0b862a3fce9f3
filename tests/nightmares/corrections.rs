use tallylog_event::{Correction, CorrectionKind, EntryIndex, Role};
use tonic::Code;

use crate::support::{Served, corrected, correction, key, report, text, with_more_people};

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_of_a_stale_record_is_refused() {
    let served = Served::small().await;
    let rooms = served.rooms();
    let (precinct, chair, sheet) = rooms[0];
    let unreported = served
        .pen
        .sign(served.officer(), corrected(correction(0, precinct, sheet)));
    served
        .refuse(unreported, Code::FailedPrecondition, "not-the-record")
        .await;
    let first = served.take(served.pen.sign(chair, report(precinct, sheet))).await;
    let other = served
        .take(served.pen.sign(rooms[1].1, report(rooms[1].0, rooms[1].2)))
        .await;
    let mended = with_more_people(sheet, 1);
    let correct = |replaces| {
        let correction = correction(replaces, precinct, &mended);
        served.pen.sign(served.officer(), corrected(correction))
    };
    let second = served.take(correct(first)).await;
    for stale in [first, other, second + 1, u64::MAX] {
        served
            .refuse(correct(stale), Code::FailedPrecondition, "not-the-record")
            .await;
    }
    served.take(correct(second)).await;
    let versions = served.precinct(precinct).await.versions;
    assert_eq!(versions.len(), 3);
    assert_eq!(versions[1].correction.as_ref().unwrap().replaces, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officers_correction_needs_kind_reason_evidence_and_authority() {
    let served = Served::small().await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let record = served.take(served.pen.sign(chair, report(precinct, sheet))).await;
    let good = correction(record, precinct, &with_more_people(sheet, 1));
    let lacking = |change: fn(&mut Correction)| {
        let mut correction = good.clone();
        change(&mut correction);
        served.pen.sign(served.officer(), corrected(correction))
    };
    let changes: [fn(&mut Correction); 5] = [
        |correction| correction.kind = None,
        |correction| correction.reason = text("  "),
        |correction| correction.evidence.clear(),
        |correction| correction.kind = Some(CorrectionKind::Rule),
        |correction| correction.kind = Some(CorrectionKind::HeadCount),
    ];
    for change in changes {
        served
            .refuse(lacking(change), Code::InvalidArgument, "unexplained-correction")
            .await;
    }
    served.take(lacking(|_| {})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_lets_the_other_kinds_through() {
    let served = Served::small().await;
    let rooms = served.rooms();
    for ((precinct, chair, sheet), kind) in rooms.into_iter().zip([CorrectionKind::Rule, CorrectionKind::HeadCount]) {
        let record = served.take(served.pen.sign(chair, report(precinct, sheet))).await;
        let correction = Correction {
            kind: Some(kind),
            authority: text("resolution of 15 February"),
            ..correction(record, precinct, sheet)
        };
        served
            .take(served.pen.sign(served.officer(), corrected(correction)))
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chair_corrects_slips_of_its_own_precinct_only() {
    let served = Served::small().await;
    let rooms = served.rooms();
    let (precinct, chair, sheet) = rooms[0];
    let record = served.take(served.pen.sign(chair, report(precinct, sheet))).await;
    let good = correction(record, precinct, &with_more_people(sheet, 1));
    let neighbour = served.pen.sign(rooms[1].1, corrected(good.clone()));
    served.refuse(neighbour, Code::PermissionDenied, "out-of-scope").await;
    let changes: [fn(&mut Correction); 4] = [
        |correction| correction.kind = None,
        |correction| correction.kind = Some(CorrectionKind::Rule),
        |correction| correction.kind = Some(CorrectionKind::HeadCount),
        |correction| correction.reason = text(""),
    ];
    for change in changes {
        let mut correction = good.clone();
        change(&mut correction);
        let envelope = served.pen.sign(chair, corrected(correction));
        served
            .refuse(envelope, Code::InvalidArgument, "unexplained-correction")
            .await;
    }
    served.take(served.pen.sign(chair, corrected(good))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_importer_has_no_say_outside_an_archive() {
    let served = Served::small().await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let record = served.take(served.pen.sign(chair, report(precinct, sheet))).await;
    let importer = key(80);
    served
        .take(
            served
                .pen
                .enrol(served.registrar(), &importer, "Una Ueda", Role::Importer),
        )
        .await;
    let published = crate::support::by_channel(precinct, sheet, tallylog_event::Channel::Import);
    let bare = Correction {
        kind: None,
        evidence: Vec::new(),
        ..correction(record, precinct, sheet)
    };
    for envelope in [
        served.pen.sign(&importer, published),
        served.pen.sign(&importer, corrected(bare)),
        served.pen.release(&importer, "85%", &[record]),
    ] {
        served.refuse(envelope, Code::PermissionDenied, "wrong-role").await;
    }
}

/// The list of a correction's precinct may not be another's entry under the right number.
#[tokio::test(flavor = "multi_thread")]
async fn a_correction_stays_within_its_precinct() {
    let served = Served::small().await;
    let rooms = served.rooms();
    let mut entries = Vec::new();
    for (precinct, chair, sheet) in &rooms[..2] {
        entries.push(served.take(served.pen.sign(chair, report(*precinct, sheet))).await);
    }
    let mut crossed = correction(entries[1], rooms[0].0, rooms[0].2);
    let envelope = served.pen.sign(served.officer(), corrected(crossed.clone()));
    served
        .refuse(envelope, Code::FailedPrecondition, "not-the-record")
        .await;
    crossed.replaces = EntryIndex(entries[0]);
    served.take(served.pen.sign(served.officer(), corrected(crossed))).await;
}
