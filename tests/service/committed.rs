//! What the log commits to, and proofs that a precinct's figures are inside it.

use std::sync::atomic::{AtomicU64, Ordering};

use tallylog_event::{Basis, Entry, Event, PublicKey, ReadRequest};
use tallylog_projection::ResultsProof;
use tallylog_tlog::{Hash, SignedCheckpoint};
use tallylog_verify::{Included, PrecinctProof, ProvenFigures};
use tallylog_wire::v1;
use tonic::{Code, Request, Status};

use crate::support::{Served, check_refusal, report};

/// The most bytes of a proof.
const MOST: usize = 6 * 1_024;

/// By which commitment.
#[derive(Clone, Copy)]
enum By<'a> {
    Latest,
    Release(&'a str),
    /// By somebody with an enrolled key.
    Fresh,
    FreshForNobody,
}

/// The request, signed by somebody whose key is enrolled.
fn signed(served: &Served, asked: v1::PrecinctProofRequest) -> Request<v1::PrecinctProofRequest> {
    static NONCE: AtomicU64 = AtomicU64::new(1);
    let mut nonce = [0x7A; 16];
    nonce[..8].copy_from_slice(&NONCE.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    let read = ReadRequest {
        contest: served.night.contest.id,
        origin: served.night.contest.log.origin.as_str(),
        path: "/tallylog.v1.Results/PrecinctProof",
        time: tallylog_server::now(),
        nonce,
    };
    let mut request = Request::new(asked);
    for (name, value) in read.sign(served.operator()).headers() {
        request.metadata_mut().insert(name, value.parse().unwrap());
    }
    request
}

async fn ask(served: &Served, (county, precinct): (&str, &str), by: By<'_>) -> Result<PrecinctProof, Status> {
    let request = v1::PrecinctProofRequest {
        county: county.to_owned(),
        precinct: precinct.to_owned(),
        release: if let By::Release(name) = by {
            name.to_owned()
        } else {
            String::new()
        },
        fresh: matches!(by, By::Fresh | By::FreshForNobody),
    };
    let request = if matches!(by, By::Fresh) {
        signed(served, request)
    } else {
        Request::new(request)
    };
    let answer = served
        .client
        .results
        .clone()
        .precinct_proof(request)
        .await?
        .into_inner();
    Ok(PrecinctProof::new(
        ResultsProof::decode(&answer.results_proof).unwrap(),
        included(answer.commitment.unwrap()),
        answer.counted.map(included),
        SignedCheckpoint::parse(&answer.note).unwrap(),
    ))
}

fn included(proven: v1::ProvenEntry) -> Included {
    let path = proven.path.into_iter().map(|hash| Hash(hash.try_into().unwrap()));
    Included {
        entry: proven.bytes,
        path: path.collect(),
    }
}

/// The proof holds by the keys that the contest names, read from its file as a stranger reads it.
#[track_caller]
fn holds(served: &Served, proof: &PrecinctProof) -> ProvenFigures {
    let file = proof.to_string();
    assert!(file.len() < MOST, "{}", file.len());
    let service = PublicKey::of(&served.night.keys.service);
    let proof = PrecinctProof::parse(file.as_bytes()).unwrap();
    proof.verify(&served.policy(), Some(&service)).unwrap()
}

fn names(served: &Served) -> Vec<(String, String)> {
    let counties = served.night.counties.iter();
    let of = |county: &tallylog_event::County| {
        let name = county.name.to_string();
        let precincts = county.precincts.iter();
        precincts
            .map(move |precinct| (name.clone(), precinct.name.to_string()))
            .collect::<Vec<_>>()
    };
    counties.flat_map(of).collect()
}

async fn entry(served: &Served, number: u64) -> Entry {
    let read = served.client.entries(number, number + 1).await.unwrap();
    Entry::decode(&read[0].1).unwrap()
}

/// Everybody but the last two rooms has reported.
async fn reported() -> (Served, Vec<u64>) {
    let served = Served::signed().await;
    let mut entries = Vec::new();
    let rooms = served.rooms();
    for (precinct, chair, sheet) in &rooms[..rooms.len() - 2] {
        entries.push(served.take(served.pen.sign(chair, report(*precinct, sheet))).await);
    }
    drop(rooms);
    (served, entries)
}

/// Releases what no discrepancy holds, and returns the release's entry.
async fn release(served: &Served, name: &str, entries: &[u64]) -> u64 {
    let mut clear = Vec::new();
    let request = v1::PrecinctsRequest::default();
    let listed = served
        .client
        .results
        .clone()
        .precincts(request)
        .await
        .unwrap()
        .into_inner();
    for precinct in listed.precincts.iter().filter(|precinct| precinct.held != Some(true)) {
        clear.extend(precinct.record.filter(|record| entries.contains(record)));
    }
    clear.sort_unstable();
    assert!(!clear.is_empty());
    served.take(served.pen.release(served.reviewer(), name, &clear)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_is_followed_by_the_logs_own_commitment_to_its_totals() {
    let (served, entries) = reported().await;
    let released = release(&served, "first", &entries).await;
    assert_eq!(served.client.size().await, released + 2);
    let committed = entry(&served, released + 1).await;
    assert_eq!(committed.envelope.author, PublicKey::of(&served.night.keys.service));
    let body = committed.envelope.verify().unwrap().into_parts().1;
    let Event::ResultsCommitted(commitment) = body.event else {
        unreachable!("{body:?}");
    };
    assert_eq!((commitment.size, commitment.basis), (released + 1, Basis::Released));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_precinct_is_proved_reported_or_not_by_any_commitment() {
    let (served, entries) = reported().await;
    release(&served, "first", &entries).await;
    for by in [By::Release("first"), By::Latest, By::Fresh] {
        let mut silent = 0;
        let mut totals = None;
        for (county, precinct) in names(&served) {
            // The second to ask for what is fresh gets what the first was given.
            let proof = ask(&served, (&county, &precinct), by).await.unwrap();
            let figures = holds(&served, &proof);
            silent += usize::from(figures.report().is_none());
            let these = figures.totals().clone();
            assert_eq!(*totals.get_or_insert(these.clone()), these, "{county} {precinct}");
        }
        assert!(silent >= 2, "{silent}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_makes_the_log_commit_more_often_than_every_ten_seconds() {
    let (served, _) = reported().await;
    let (county, precinct) = names(&served).remove(0);
    let place = (county.as_str(), precinct.as_str());
    let early = ask(&served, place, By::Latest).await.unwrap_err();
    check_refusal(&early, Code::FailedPrecondition, "not-committed");
    let size = served.client.size().await;
    holds(&served, &ask(&served, place, By::Fresh).await.unwrap());
    assert_eq!(served.client.size().await, size + 1);
    // Nothing is new, so there is nothing to commit to.
    holds(&served, &ask(&served, place, By::Fresh).await.unwrap());
    assert_eq!(served.client.size().await, size + 1);
    let (room, chair, sheet) = *served.rooms().last().unwrap();
    served.take(served.pen.sign(chair, report(room, sheet))).await;
    let soon = ask(&served, place, By::Fresh).await.unwrap_err();
    check_refusal(&soon, Code::Unavailable, "committed-recently");
    assert_eq!(served.client.size().await, size + 2);
    holds(&served, &ask(&served, place, By::Latest).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_without_a_key_makes_the_log_grow() {
    let (served, _) = reported().await;
    let (county, precinct) = names(&served).remove(0);
    let size = served.client.size().await;
    let place = (county.as_str(), precinct.as_str());
    let refused = ask(&served, place, By::FreshForNobody).await.unwrap_err();
    check_refusal(&refused, Code::Unauthenticated, "key-needed");
    assert_eq!(served.client.size().await, size);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_not_proved() {
    let (served, entries) = reported().await;
    release(&served, "first", &entries).await;
    let (county, precinct) = names(&served).remove(0);
    for (place, by, code) in [
        (("Atlantis", precinct.as_str()), By::Latest, "no-county"),
        ((county.as_str(), "Atlantis"), By::Latest, "no-precinct"),
        (
            (county.as_str(), precinct.as_str()),
            By::Release("second"),
            "no-release",
        ),
    ] {
        check_refusal(&ask(&served, place, by).await.unwrap_err(), Code::NotFound, code);
    }
}
