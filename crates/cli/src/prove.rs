//! Writes proofs.

use std::path::Path;

use tallylog_event::EntryIndex;
use tallylog_projection::ResultsProof;
use tallylog_server::{PrecinctParts, ProvenEntry, Which};
use tallylog_tlog::{Hash, SignedCheckpoint};
use tallylog_verify::{Included, PrecinctProof};
use tallylog_wire::v1;
use tallylog_wire::v1::log_client::LogClient;
use tallylog_wire::v1::receipt_request::Of;
use tallylog_wire::v1::results_client::ResultsClient;

use crate::args::{ProveEntryArgs, ProvePrecinctArgs};
use crate::failure::{Failure, Outcome};
use crate::mirror::Mirror;
use crate::show::talk;
use crate::source::Asked;

pub(crate) async fn entry(args: &ProveEntryArgs) -> Result<Outcome, Failure> {
    let receipt = if let Some(asked) = Asked::of(&args.source)? {
        let request = v1::ReceiptRequest {
            of: Some(Of::Entry(args.entry)),
            wait: true,
        };
        let ask = async |service| LogClient::new(service).receipt(request.clone()).await;
        asked.connect().await?.ask(ask).await?.proof
    } else {
        let mirror = Mirror::open(&args.source)?;
        let made = receipt(&mirror, args.entry).await;
        mirror.close()?;
        made?
    };
    keep(&args.output, &receipt)
}

async fn receipt(mirror: &Mirror, entry: u64) -> Result<Vec<u8>, Failure> {
    let receipt = mirror.log()?.receipt(EntryIndex(entry), false).await?;
    Ok(receipt.to_string().into_bytes())
}

pub(crate) async fn precinct(args: &ProvePrecinctArgs) -> Result<Outcome, Failure> {
    let proof = if let Some(asked) = Asked::of(&args.source)? {
        proved_by(&asked, args).await?
    } else {
        let mirror = Mirror::open(&args.source)?;
        let made = made_here(&mirror, args).await;
        mirror.close()?;
        made?
    };
    keep(&args.output, proof.to_string().as_bytes())
}

async fn proved_by(asked: &Asked, args: &ProvePrecinctArgs) -> Result<PrecinctProof, Failure> {
    let request = v1::PrecinctProofRequest {
        county: args.county.clone(),
        precinct: args.precinct.clone(),
        release: args.release.clone().unwrap_or_default(),
        fresh: args.fresh,
    };
    let ask = async |service| ResultsClient::new(service).precinct_proof(request.clone()).await;
    let answer = asked.connect().await?.ask(ask).await?;
    assemble(answer).ok_or_else(|| Failure::MalformedAnswer {
        url: asked.url.clone(),
        code: "malformed-proof",
    })
}

fn assemble(answer: v1::PrecinctProofResponse) -> Option<PrecinctProof> {
    let counted = match answer.counted {
        Some(counted) => Some(included(counted)?),
        None => None,
    };
    Some(PrecinctProof::new(
        ResultsProof::decode(&answer.results_proof).ok()?,
        included(answer.commitment?)?,
        counted,
        SignedCheckpoint::parse(&answer.note).ok()?,
    ))
}

fn included(proven: v1::ProvenEntry) -> Option<Included> {
    let hash = |bytes: Vec<u8>| bytes.try_into().map(Hash).ok();
    Some(Included {
        entry: proven.bytes,
        path: proven.path.into_iter().map(hash).collect::<Option<_>>()?,
    })
}

async fn made_here(mirror: &Mirror, args: &ProvePrecinctArgs) -> Result<PrecinctProof, Failure> {
    let log = mirror.log()?;
    let which = match &args.release {
        Some(name) => Which::Release(name.clone()),
        None => Which::Latest,
    };
    if args.fresh {
        log.commit().await?;
        log.sign()?;
    }
    let PrecinctParts {
        results,
        commitment,
        counted,
        note,
    } = log.prove_precinct(&args.county, &args.precinct, which).await?;
    let included = |proven: ProvenEntry| Included {
        entry: proven.bytes,
        path: proven.path,
    };
    Ok(PrecinctProof::new(
        results,
        included(commitment),
        counted.map(included),
        note,
    ))
}

fn keep(path: &Path, proof: &[u8]) -> Result<Outcome, Failure> {
    tallylog_store::replace(path, proof)?;
    talk(&format!("{} holds the proof, {} bytes", path.display(), proof.len()));
    Ok(Outcome::Yes)
}
