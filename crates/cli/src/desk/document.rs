//! Documents, bound by their hash.

use std::path::PathBuf;

use tallylog_event::{FileHash, FileRef, Text};

use crate::failure::Failure;

/// What an event says of some documents.
pub(crate) fn documents(paths: &[PathBuf]) -> Result<Vec<FileRef>, Failure> {
    paths.iter().map(document).collect()
}

fn document(path: &PathBuf) -> Result<FileRef, Failure> {
    let failed = |error| Failure::File {
        path: path.clone(),
        error,
    };
    let bytes = std::fs::read(path).map_err(failed)?;
    let kind = crate::outbox::media_type(&bytes).unwrap_or("application/octet-stream");
    Ok(FileRef {
        hash: FileHash(*blake3::hash(&bytes).as_bytes()),
        size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        media_type: Text::new(kind).map_err(|_| failed(std::io::ErrorKind::InvalidData.into()))?,
    })
}
