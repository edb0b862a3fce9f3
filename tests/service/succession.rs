//! The key for the log's own events: nobody ends it alone, and another takes its place while the night goes on.

use std::sync::{Arc, Mutex};

use tallylog_event::{
    Act, AuthorityEvent, CodeBatch, CodeEvent, Enrolment, EntryIndex, Event, PrecinctId, PublicKey, Revocation, Role,
    Seconding, SigningKey, Succession, UnixMillis,
};
use tallylog_projection::ResultsProof;
use tallylog_server::{CodeSecret, Settings};
use tallylog_simulate::{Options, night};
use tallylog_tlog::{Hash, KeyName, LogSigner, SignedCheckpoint, Tree};
use tallylog_verify::{Included, Keys, PrecinctProof, audit, begin, frame};
use tallylog_wire::v1;
use tallylog_wire::v1::keys_client::KeysClient;
use tonic::{Code, Status};

use crate::support::{Pen, Served, key, report, request, signing, text};

/// The successor's key, once somebody has laid it beside the log.
type Shelf = Arc<Mutex<Option<SigningKey>>>;

const SECRET: [u8; 32] = [0x5C; 32];

/// A night of version 3 with two registrars, whose server finds a successor where `shelf` has one.
async fn served(shelf: &Shelf) -> Served {
    let night = night(&Options {
        errors: false,
        version: 3,
        ..Options::small(11, 2, 12)
    });
    let pen = Pen::new(night.contest.id);
    let dir = tempfile::tempdir().unwrap();
    let mut signing = signing(&night, dir.path());
    let shelf = Arc::clone(shelf);
    signing.successor = Arc::new(move |named| {
        let key = shelf.lock().unwrap().clone();
        key.filter(|key| PublicKey::of(key) == *named)
    });
    let settings = Settings {
        signing: Some(signing),
        codes: Some(CodeSecret::new(SECRET)),
        ..Settings::default()
    };
    let served = Served::open(dir, night, pen, settings).await;
    let requests: Vec<_> = served.night.setup.iter().map(request).collect();
    let answers = served.client.submit_many(requests).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    served
}

/// Two registrars sign an act.
async fn signed_by_two(served: &Served, act: Act) {
    let [first, second] = [0, 1].map(|at| &served.night.keys.registrars[at].key);
    let proposed = Event::Authority(AuthorityEvent::Proposed(Box::new(act.clone())));
    let proposal = EntryIndex(served.take(served.pen.sign(first, proposed)).await);
    let seconded = Event::Authority(AuthorityEvent::Seconded(Box::new(Seconding { proposal, act })));
    served.take(served.pen.sign(second, seconded)).await;
}

fn revocation(of: &SigningKey) -> Revocation {
    Revocation {
        key: PublicKey::of(of),
        reason: text("the disk was copied"),
    }
}

fn succession(served: &Served, next: &SigningKey) -> Act {
    let contest = &served.night.contest;
    Act::Succeed(Succession {
        enrolment: Enrolment::new(contest.id, contest.log.origin.clone(), Role::Service, next),
        reason: text("the disk was copied"),
    })
}

/// The last entry, by whom, if it commits to results.
async fn committed_last(served: &Served) -> Option<PublicKey> {
    let size = served.client.size().await;
    let read = served.client.entries(size - 1, size).await.unwrap();
    let envelope = tallylog_event::Entry::decode(&read[0].1).unwrap().envelope;
    let body = envelope.decode().unwrap();
    matches!(body.event, Event::ResultsCommitted(_)).then_some(envelope.author)
}

async fn proof(served: &Served, precinct: PrecinctId) -> Result<PrecinctProof, Status> {
    let county = &served.night.counties[usize::from(precinct.county.0)];
    let request = v1::PrecinctProofRequest {
        county: county.name.to_string(),
        precinct: county.precincts[usize::from(precinct.number)].name.to_string(),
        release: "first".to_owned(),
        fresh: false,
    };
    let answer = served.client.results.clone().precinct_proof(request).await?;
    let answer = answer.into_inner();
    let included = |proven: v1::ProvenEntry| Included {
        entry: proven.bytes,
        path: proven
            .path
            .into_iter()
            .map(|hash| Hash(hash.try_into().unwrap()))
            .collect(),
    };
    Ok(PrecinctProof::new(
        ResultsProof::decode(&answer.results_proof).unwrap(),
        included(answer.commitment.unwrap()),
        answer.counted.map(included),
        SignedCheckpoint::parse(&answer.note).unwrap(),
    ))
}

async fn redeem(served: &Served, batch: u64, precinct: PrecinctId, device: &SigningKey) -> Result<u64, Status> {
    let county = &served.night.counties[usize::from(precinct.county.0)];
    let contest = served.night.contest.id;
    let role = Role::Chair(vec![precinct]);
    let enrolment = Enrolment::new(contest, text("Cher Chair"), role, device);
    let code = CodeSecret::new(SECRET).code(contest, EntryIndex(batch), 0);
    let request = v1::RedeemRequest {
        county: county.name.to_string(),
        precinct: county.precincts[usize::from(precinct.number)].name.to_string(),
        code: code.to_string(),
        person: "Cher Chair".to_owned(),
        key: enrolment.key.0.to_vec(),
        possession: enrolment.possession.0.to_vec(),
    };
    let answer = KeysClient::new(served.client.channel.clone()).redeem(request).await?;
    Ok(answer.into_inner().receipt.unwrap().entry)
}

/// The whole log as a stranger verifies it.
async fn verifies(served: &Served) {
    let entries = served.client.entries(0, served.client.size().await).await.unwrap();
    let contest = &served.night.contest;
    let mut tree = Tree::new();
    for (_, entry) in &entries {
        tree.append(Hash::leaf(entry));
    }
    let origin = KeyName::new(contest.log.origin.as_str()).unwrap();
    let checkpoint = LogSigner::new(origin, served.night.keys.log.clone()).sign_checkpoint(tree.size(), tree.root());
    let mut bytes = begin(Keys::new(contest, &[]).unwrap().text(), &[checkpoint]).unwrap();
    for (_, entry) in &entries {
        bytes.extend(frame(entry).unwrap());
        bytes.extend(entry);
    }
    let report = audit(&bytes, &tallylog_verify::Options::default()).unwrap();
    assert!(report.verified(), "{}", report.table());
    assert!(report.sole_registrars.is_empty());
}

#[tokio::test]
async fn a_registrar_alone_does_not_end_the_logs_own_key() {
    let served = served(&Shelf::default()).await;
    let alone = served.pen.revoke(served.registrar(), &served.night.keys.service);
    served.refuse(alone, Code::PermissionDenied, "needs-second").await;
    let reviewer = served
        .pen
        .enrol(served.registrar(), &key(70), "Una Ueda", Role::Reviewer);
    served.refuse(reviewer, Code::PermissionDenied, "needs-second").await;
    let second = &served.night.keys.registrars[1].key;
    let other = served.pen.revoke(served.registrar(), second);
    served.refuse(other, Code::PermissionDenied, "needs-second").await;
}

#[tokio::test]
async fn a_successor_commits_to_the_release_that_came_without_a_key_and_codes_and_proofs_go_on() {
    let shelf = Shelf::default();
    let served = served(&shelf).await;
    let (precinct, chair, sheet) = {
        let rooms = served.rooms();
        (rooms[0].0, rooms[0].1.clone(), rooms[0].2.clone())
    };
    let other = served.rooms()[1].0;
    let reported = served.take(served.pen.sign(&chair, report(precinct, &sheet))).await;
    let codes = Event::Code(CodeEvent::Issued(Box::new(CodeBatch {
        precincts: vec![other],
        each: 1,
        expires_at: UnixMillis(u64::MAX / 2),
    })));
    let batch = served.take(served.pen.sign(served.registrar(), codes)).await;

    // The key was copied: two registrars end it. The night goes on, and what the key did has to wait.
    signed_by_two(&served, Act::Revoke(revocation(&served.night.keys.service))).await;
    served
        .take(served.pen.release(served.reviewer(), "first", &[reported]))
        .await;
    assert_eq!(committed_last(&served).await, None);
    let refused = redeem(&served, batch, other, &key(71)).await.unwrap_err();
    crate::support::check_refusal(&refused, Code::FailedPrecondition, "no-service-key");
    assert!(proof(&served, precinct).await.is_err());

    // The successor is named before its key lies beside the log, and the server is started again.
    let next = key(72);
    let act = succession(&served, &next);
    signed_by_two(&served, act).await;
    assert_eq!(committed_last(&served).await, None);
    let served = served.restart().await;
    assert_eq!(committed_last(&served).await, None);
    *shelf.lock().unwrap() = Some(next.clone());
    let size = served.client.size().await;
    let served = served.restart().await;
    // The writer commits on its own, when it starts.
    served.covered(size + 1).await;
    assert_eq!(committed_last(&served).await, Some(PublicKey::of(&next)));
    served.covered(served.client.size().await).await;

    let proof = proof(&served, precinct).await.unwrap();
    let successor = PublicKey::of(&next);
    assert!(proof.verify(&served.policy(), Some(&successor)).is_ok());
    let contests = PublicKey::of(&served.night.keys.service);
    assert!(proof.verify(&served.policy(), Some(&contests)).is_err());
    redeem(&served, batch, other, &key(71)).await.unwrap();
    verifies(&served).await;
}

#[tokio::test]
async fn a_running_server_signs_with_the_successor_from_the_second_signature_on() {
    let shelf = Shelf::default();
    let served = served(&shelf).await;
    let (precinct, chair, sheet) = {
        let rooms = served.rooms();
        (rooms[0].0, rooms[0].1.clone(), rooms[0].2.clone())
    };
    let reported = served.take(served.pen.sign(&chair, report(precinct, &sheet))).await;
    served.take(served.pen.release(served.reviewer(), "zeroth", &[])).await;
    assert_eq!(
        committed_last(&served).await,
        Some(PublicKey::of(&served.night.keys.service))
    );
    // Twice: the successor of a successor is found too.
    for (number, name) in [(72, "first"), (73, "second")] {
        let next = key(number);
        *shelf.lock().unwrap() = Some(next.clone());
        let act = succession(&served, &next);
        signed_by_two(&served, act).await;
        served
            .take(served.pen.release(served.reviewer(), name, &[reported]))
            .await;
        assert_eq!(committed_last(&served).await, Some(PublicKey::of(&next)));
    }
    verifies(&served).await;
}

#[tokio::test]
async fn a_release_that_waits_for_a_key_is_committed_to_with_the_second_signature() {
    let shelf = Shelf::default();
    let served = served(&shelf).await;
    signed_by_two(&served, Act::Revoke(revocation(&served.night.keys.service))).await;
    served.take(served.pen.release(served.reviewer(), "first", &[])).await;
    let next = key(72);
    *shelf.lock().unwrap() = Some(next.clone());
    let act = succession(&served, &next);
    signed_by_two(&served, act).await;
    assert_eq!(committed_last(&served).await, Some(PublicKey::of(&next)));
    verifies(&served).await;
}
