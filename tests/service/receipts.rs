//! What a device is given for its event, and what anybody is shown of the tree.

use std::time::{Duration, Instant};

use tallylog_event::Envelope;
use tallylog_simulate::reports;
use tallylog_tlog::{Consistency, Hash, Inclusion, Index, Policy, Size};
use tallylog_verify::verify_receipt;
use tallylog_wire::v1;
use tallylog_wire::v1::receipt_request::Of;
use tonic::{Code, Status};

use crate::support::{Served, check_refusal, report, request};

/// Longer than any test.
const NEVER: Duration = Duration::from_hours(1);

fn some_report(served: &Served, room: usize) -> Envelope {
    let (precinct, chair, sheet) = served.rooms()[room];
    served.pen.sign(chair, report(precinct, sheet))
}

fn waiting(envelope: &Envelope) -> v1::SubmitRequest {
    v1::SubmitRequest {
        wait_for_proof: true,
        ..request(envelope)
    }
}

/// The receipt holds by the log's key, and for this event.
#[track_caller]
fn holds(proof: &[u8], policy: &Policy, entry: u64, envelope: &Envelope) {
    let proven = verify_receipt(proof, policy).unwrap();
    assert_eq!((proven.entry().index.0, &proven.entry().envelope), (entry, envelope));
}

async fn receipt(served: &Served, of: Of, wait: bool) -> Result<v1::ReceiptResponse, Status> {
    let request = v1::ReceiptRequest { of: Some(of), wait };
    Ok(served.client.log.clone().receipt(request).await?.into_inner())
}

fn submission(envelope: &Envelope) -> Of {
    Of::Submission(v1::Submission {
        author: envelope.author.0.to_vec(),
        id: envelope.decode().unwrap().submission.0.to_vec(),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_gets_a_receipt_that_holds_by_the_logs_key_alone() {
    let served = Served::signed().await;
    let envelope = some_report(&served, 0);
    let answer = served.client.intake.clone().submit(waiting(&envelope)).await.unwrap();
    let taken = answer.into_inner().receipt.unwrap();
    holds(&taken.proof, &served.policy(), taken.entry, &envelope);
    // Again, and by a stream, and by its names: always a receipt for the same entry.
    let again = served
        .client
        .submit_many(vec![waiting(&envelope), request(&envelope)])
        .await;
    let again: Vec<_> = again.into_iter().map(Result::unwrap).collect();
    holds(&again[0].proof, &served.policy(), taken.entry, &envelope);
    assert!(again[1].proof.is_empty());
    for of in [Of::Entry(taken.entry), submission(&envelope)] {
        let asked = receipt(&served, of, false).await.unwrap();
        assert_eq!(asked.entry, taken.entry);
        holds(&asked.proof, &served.policy(), taken.entry, &envelope);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_holds_for_ever() {
    let served = Served::signed().await;
    let policy = served.policy();
    let envelope = some_report(&served, 0);
    let answer = served.client.intake.clone().submit(waiting(&envelope)).await.unwrap();
    let old = answer.into_inner().receipt.unwrap();
    let more = reports(1, &served.night, 300)
        .map(|envelope| waiting(&envelope))
        .collect();
    assert!(served.client.submit_many(more).await.iter().all(Result::is_ok));
    let served = served.restart().await;
    holds(&old.proof, &policy, old.entry, &envelope);
    let new = receipt(&served, submission(&envelope), false).await.unwrap();
    assert_ne!(new.proof, old.proof);
    holds(&new.proof, &policy, old.entry, &envelope);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_log_does_not_have_has_no_receipt() {
    let served = Served::signed().await;
    let taken = some_report(&served, 0);
    served.take(taken.clone()).await;
    let unknown = some_report(&served, 1);
    let status = receipt(&served, submission(&unknown), true).await.unwrap_err();
    check_refusal(&status, Code::NotFound, "no-submission");
    // Submission ids are each author's own.
    let Of::Submission(mut other) = submission(&taken) else {
        unreachable!();
    };
    other.author = unknown.author.0.to_vec();
    let status = receipt(&served, Of::Submission(other.clone()), true).await.unwrap_err();
    check_refusal(&status, Code::NotFound, "no-submission");
    other.id.pop();
    let status = receipt(&served, Of::Submission(other), true).await.unwrap_err();
    check_refusal(&status, Code::InvalidArgument, "malformed-request");
    let size = served.client.size().await;
    for entry in [size, u64::MAX] {
        let status = receipt(&served, Of::Entry(entry), true).await.unwrap_err();
        check_refusal(&status, Code::OutOfRange, "beyond-log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn before_a_checkpoint_covers_it_an_entry_has_no_receipt() {
    let served = Served::signing(|signing| signing.interval = Duration::from_millis(1_500)).await;
    let covered = served.covered(1).await.size;
    // The next checkpoint is some time away, whenever the last one was.
    let mut entry = served.take(some_report(&served, 0)).await;
    let began = served.covered(covered + 1).await.size;
    if began > entry {
        entry = served.take(some_report(&served, 1)).await;
    }
    let status = receipt(&served, Of::Entry(entry), false).await.unwrap_err();
    check_refusal(&status, Code::Unavailable, "not-covered");
    let waited = receipt(&served, Of::Entry(entry), true).await.unwrap();
    verify_receipt(&waited.proof, &served.policy()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_signs_nothing_says_so() {
    let served = Served::small().await;
    let status = receipt(&served, Of::Entry(0), true).await.unwrap_err();
    check_refusal(&status, Code::FailedPrecondition, "not-signed");
    let asked = served.client.log.clone().checkpoint(v1::CheckpointRequest {}).await;
    check_refusal(&asked.unwrap_err(), Code::FailedPrecondition, "not-signed");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_a_checkpoint_is_told_when_the_server_stops() {
    let served = Served::signing(|signing| signing.interval = NEVER).await;
    // A start signs what is there at once, and then nothing for an hour.
    let served = served.restart().await;
    served.covered(1).await;
    let entry = served.take(some_report(&served, 0)).await;
    let mut log = served.client.log.clone();
    let waiting = tokio::spawn(async move {
        let request = v1::ReceiptRequest {
            of: Some(Of::Entry(entry)),
            wait: true,
        };
        log.receipt(request).await
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let started = Instant::now();
    served.stop().await;
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    check_refusal(&waiting.await.unwrap().unwrap_err(), Code::Unavailable, "stopping");
}

async fn inclusion(served: &Served, entry: u64, size: u64) -> Result<v1::InclusionResponse, Status> {
    let request = v1::InclusionRequest { entry, size };
    Ok(served.client.log.clone().inclusion(request).await?.into_inner())
}

async fn consistency(served: &Served, old: u64, new: u64) -> Result<v1::ConsistencyResponse, Status> {
    let request = v1::ConsistencyRequest { old, new };
    Ok(served.client.log.clone().consistency(request).await?.into_inner())
}

fn hash(bytes: &[u8]) -> Hash {
    Hash(bytes.try_into().unwrap())
}

fn path(hashes: &[Vec<u8>]) -> Vec<Hash> {
    hashes.iter().map(|bytes| hash(bytes)).collect()
}

/// The root of every size, computed from the entries alone.
async fn roots(served: &Served) -> (Vec<Hash>, Vec<Hash>) {
    let entries = served.client.entries(0, 0).await.unwrap();
    let leaves: Vec<_> = entries.iter().map(|(_, bytes)| Hash::leaf(bytes)).collect();
    let roots = (0..=leaves.len()).map(|size| Hash::over(&leaves[..size])).collect();
    (leaves, roots)
}

fn at(number: u64) -> usize {
    usize::try_from(number).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_entry_is_shown_to_be_in_the_tree_of_any_size() {
    let served = Served::signed().await;
    let size = served.client.size().await;
    let (leaves, roots) = roots(&served).await;
    for of in [1, 2, 3, size / 2, size - 1, size] {
        for entry in (0..of).step_by(7).chain([of - 1]) {
            let shown = inclusion(&served, entry, of).await.unwrap();
            assert_eq!((shown.entry, shown.size), (entry, of));
            assert_eq!(
                (hash(&shown.leaf_hash), hash(&shown.root)),
                (leaves[at(entry)], roots[at(of)])
            );
            let claim = Inclusion {
                index: Index(entry),
                leaf: leaves[at(entry)],
                size: Size(of),
                root: roots[at(of)],
                path: &path(&shown.path),
            };
            claim.verify().unwrap();
        }
    }
    let latest = served.covered(size).await;
    let shown = inclusion(&served, 0, 0).await.unwrap();
    assert_eq!((shown.size, shown.root), (latest.size, latest.root));
    for (entry, of) in [(size, size), (1, 1), (0, size + 1), (u64::MAX, 0), (0, u64::MAX)] {
        let status = inclusion(&served, entry, of).await.unwrap_err();
        check_refusal(&status, Code::OutOfRange, "beyond-log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_size_is_shown_to_be_the_beginning_of_a_later_one() {
    let served = Served::signed().await;
    let size = served.client.size().await;
    let (_, roots) = roots(&served).await;
    for new in [1, 2, 7, 8, size / 2, size] {
        for old in (0..new).step_by(5).chain([new]) {
            let shown = consistency(&served, old, new).await.unwrap();
            assert_eq!(
                (hash(&shown.old_root), hash(&shown.new_root)),
                (roots[at(old)], roots[at(new)])
            );
            let claim = Consistency {
                old_size: Size(old),
                old_root: roots[at(old)],
                new_size: Size(new),
                new_root: roots[at(new)],
                path: &path(&shown.path),
            };
            claim.verify().unwrap();
        }
    }
    let latest = served.covered(size).await;
    let shown = consistency(&served, 1, 0).await.unwrap();
    assert_eq!((shown.new, shown.new_root), (latest.size, latest.root));
    for (old, new) in [(size, 1), (0, size + 1), (u64::MAX, 0)] {
        let status = consistency(&served, old, new).await.unwrap_err();
        check_refusal(&status, Code::OutOfRange, "beyond-log");
    }
}
