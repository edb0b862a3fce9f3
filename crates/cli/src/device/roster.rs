//! The log's first entries, which a device keeps: contest and roster, to work without a network.

use std::path::Path;

use tallylog_projection::{Signatures, State};
use tallylog_server::Replay;

use super::{DeviceFault, private};
use crate::failure::Failure;

const FILE: &str = "roster.entries";

/// Each entry after its length, as four bytes, the highest first.
pub(super) fn write(dir: &Path, entries: &[Vec<u8>]) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    for entry in entries {
        let length = u32::try_from(entry.len()).unwrap_or(u32::MAX);
        bytes.extend(length.to_be_bytes());
        bytes.extend(entry);
    }
    private::write(&dir.join(FILE), &bytes)
}

/// Reads them as the verifier would, signatures too: nothing of the folder is believed for lying there.
pub(super) fn read(dir: &Path) -> Result<State, Failure> {
    let path = dir.join(FILE);
    let bytes = std::fs::read(&path).map_err(|error| Failure::File {
        path: path.clone(),
        error,
    })?;
    let entries = parse(&bytes).ok_or(DeviceFault::Malformed(path))?;
    Ok(Replay::of_bytes(&entries, Signatures::Check)?.into_state())
}

fn parse(mut bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut entries = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk() {
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (entry, rest) = rest.split_at_checked(length)?;
        entries.push(entry.to_vec());
        bytes = rest;
    }
    bytes.is_empty().then_some(entries)
}
