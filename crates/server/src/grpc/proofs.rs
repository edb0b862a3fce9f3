//! Proofs as messages.

use tallylog_event::{EntryIndex, PublicKey, SubmissionId};
use tallylog_tlog::{Hash, SignedCheckpoint, Size, UnixSeconds};
use tallylog_wire::v1;
use tallylog_wire::v1::receipt_request::Of;

use crate::Log;
use crate::access::Reader;
use crate::apart::apart;
use crate::cosign::{Cosigners, WitnessStatus};
use crate::problem::Problem;
use crate::proofs::ProvenEntry;

pub(super) fn checkpoint(log: &Log) -> Result<v1::CheckpointResponse, Problem> {
    let published = log.checkpoint()?;
    let signer = log.signer()?;
    let asked = signer.cosigners().map(Cosigners::status).unwrap_or_default();
    let witnesses: Vec<_> = asked.iter().map(|status| witness(status, &published.note)).collect();
    let cosigned = witnesses.iter().filter(|witness| witness.cosigned).count();
    Ok(v1::CheckpointResponse {
        note: published.note.to_string().into_bytes(),
        size: published.size.0,
        root: published.root.0.to_vec(),
        log_key: log.log_key()?.to_string(),
        quorum: u32::try_from(signer.quorum()).unwrap_or(u32::MAX),
        quorum_met: cosigned >= signer.quorum(),
        witnesses,
    })
}

fn witness(status: &WitnessStatus, note: &SignedCheckpoint) -> v1::Witness {
    let fault = status.fault.as_ref();
    v1::Witness {
        key: status.key.to_string(),
        url: status.url.to_string(),
        // Whoever gathers cosignatures has checked every one of a witness that is asked.
        cosigned: note
            .note()
            .signatures()
            .iter()
            .any(|line| line.claims(status.key.verifier())),
        last_size: status.size.map_or(0, |size| size.0),
        last_time: status.at.map_or(0, UnixSeconds::seconds),
        cosigned_count: status.cosigned,
        missed_count: status.missed,
        fault: fault.map(|fault| fault.code().to_owned()).unwrap_or_default(),
        fault_message: fault.map(ToString::to_string).unwrap_or_default(),
    }
}

pub(super) fn inclusion(log: &Log, request: v1::InclusionRequest) -> Result<v1::InclusionResponse, Problem> {
    let size = size_or_latest(log, request.size)?;
    let proven = log.inclusion(EntryIndex(request.entry), size)?;
    Ok(v1::InclusionResponse {
        entry: request.entry,
        size: size.0,
        root: log.reader().root(size)?.0.to_vec(),
        leaf_hash: Hash::leaf(&proven.bytes).0.to_vec(),
        path: path(&proven.path),
    })
}

pub(super) fn consistency(log: &Log, request: v1::ConsistencyRequest) -> Result<v1::ConsistencyResponse, Problem> {
    let new = size_or_latest(log, request.new)?;
    let prefix = log.consistency(Size(request.old), new)?;
    Ok(v1::ConsistencyResponse {
        old: prefix.old.0.0,
        old_root: prefix.old.1.0.to_vec(),
        new: prefix.new.0.0,
        new_root: prefix.new.1.0.to_vec(),
        path: path(&prefix.path),
    })
}

/// The receipt holds the entry. Whoever names the submission has it from the author: nobody else knows its id before.
pub(super) async fn receipt(
    log: &Log,
    reader: Reader,
    request: v1::ReceiptRequest,
) -> Result<v1::ReceiptResponse, Problem> {
    let entry = match request.of.ok_or(Problem::MalformedRequest)? {
        Of::Entry(entry) => {
            let entry = known(log, entry)?;
            let log = log.clone();
            apart(move || reader.reads(&*log.state()?, entry)).await?;
            entry
        }
        Of::Submission(submission) => {
            let author = PublicKey(submission.author.try_into().map_err(|_| Problem::MalformedRequest)?);
            let id = SubmissionId(submission.id.try_into().map_err(|_| Problem::MalformedRequest)?);
            log.find(author, id).await?
        }
    };
    let receipt = log.receipt(entry, request.wait).await?;
    Ok(v1::ReceiptResponse {
        entry: entry.0,
        proof: receipt.to_string().into_bytes(),
    })
}

pub(super) fn proven(proven: ProvenEntry) -> v1::ProvenEntry {
    v1::ProvenEntry {
        entry: proven.entry.0,
        path: path(&proven.path),
        bytes: proven.bytes,
    }
}

/// An entry that the log has: nobody waits for one that may never come.
fn known(log: &Log, entry: u64) -> Result<EntryIndex, Problem> {
    let size = log.reader().head().size;
    if entry < size {
        return Ok(EntryIndex(entry));
    }
    Err(Problem::BeyondLog {
        asked: entry.saturating_add(1),
        size,
    })
}

fn size_or_latest(log: &Log, asked: u64) -> Result<Size, Problem> {
    if asked == 0 {
        return Ok(log.checkpoint()?.size);
    }
    Ok(Size(asked))
}

fn path(hashes: &[Hash]) -> Vec<Vec<u8>> {
    hashes.iter().map(|hash| hash.0.to_vec()).collect()
}
