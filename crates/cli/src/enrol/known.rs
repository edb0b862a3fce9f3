//! The log that a new device is to trust, and what it begins with.

use std::path::Path;

use tallylog_event::{Contest, Entry, Event};
use tallylog_projection::{Signatures, State};
use tallylog_server::Replay;
use tallylog_tlog::{LogKey, Policy};
use tallylog_verify::verify_receipt;
use tallylog_wire::v1;
use tallylog_wire::v1::log_client::LogClient;
use tonic::transport::Channel;

use super::EnrolFault;
use crate::device::About;
use crate::failure::Failure;
use crate::signed;
use crate::source::connect;

/// Contest and roster as a log's key has signed for them.
pub(crate) struct Known {
    entries: Vec<Vec<u8>>,
    pub(crate) state: State,
    pub(crate) log_key: LogKey,
}

impl Known {
    /// Reads contest and roster from a server, and has every entry of them proved by the log's key.
    ///
    /// Without a key from elsewhere it is the one that the contest names, which its people have to compare.
    pub(crate) async fn of_server(url: &str, pinned: Option<&LogKey>) -> Result<Self, Failure> {
        let mut log = LogClient::new(connect(url).await?);
        let entries = opening(&mut log).await?;
        let state = Replay::of_bytes(&entries, Signatures::Check)?.into_state();
        let named = signed::log_key(&state)?.ok_or(EnrolFault::Unproven)?;
        if pinned.is_some_and(|pinned| *pinned != named) {
            return Err(EnrolFault::OtherLog.into());
        }
        // The last one's place under a checkpoint binds those before it, since each names the hash of the one before.
        let last = u64::try_from(entries.len()).unwrap_or(u64::MAX) - 1;
        prove(&mut log, last, entries.last().map_or(&[], Vec::as_slice), &named).await?;
        Ok(Self {
            entries,
            state,
            log_key: named,
        })
    }

    pub(crate) fn contest(&self) -> Result<&Contest, Failure> {
        Ok(self.state.contest().ok_or(EnrolFault::Unproven)?)
    }

    /// Finishes a device that trusts this log.
    pub(crate) fn finish(&self, dir: &Path, about: &About) -> Result<(), Failure> {
        crate::device::Device::finish(dir, about, &self.entries)
    }
}

/// The entries from the first one on that open the contest and list its roster.
async fn opening(log: &mut LogClient<Channel>) -> Result<Vec<Vec<u8>>, Failure> {
    let mut stream = log.entries(v1::EntriesRequest::default()).await?.into_inner();
    let mut entries = Vec::new();
    while let Some(answer) = stream.message().await? {
        let entry = Entry::decode(&answer.bytes).map_err(|_| EnrolFault::Unproven)?;
        let body = entry.envelope.decode().map_err(|_| EnrolFault::Unproven)?;
        if !matches!(body.event, Event::ContestOpened(_) | Event::CountyListed(_)) {
            break;
        }
        entries.push(answer.bytes);
    }
    if entries.is_empty() {
        return Err(EnrolFault::Unproven.into());
    }
    Ok(entries)
}

/// Has an entry proved by its receipt.
async fn prove(log: &mut LogClient<Channel>, index: u64, entry: &[u8], key: &LogKey) -> Result<(), Failure> {
    let request = v1::ReceiptRequest {
        of: Some(v1::receipt_request::Of::Entry(index)),
        wait: true,
    };
    let receipt = log.receipt(request).await?.into_inner();
    let proven = verify_receipt(&receipt.proof, &Policy::of_log(key.clone())).map_err(|_| EnrolFault::Unproven)?;
    if proven.entry().encode() != entry {
        return Err(EnrolFault::Unproven.into());
    }
    Ok(())
}
