//! The documents of a simulated night: they are synthetic, so everybody may see them.

use std::collections::BTreeMap;
use std::path::Path;

use tallylog_event::FileHash;
use tallylog_projection::State;
use tallylog_server::Log;
use tallylog_store::{FileId, Files, StoreError};

use crate::failure::Failure;

/// What was photographed and scanned, and is not beside the log yet.
pub(super) struct Documents {
    shelf: Files,
    waiting: BTreeMap<FileHash, Vec<u8>>,
}

impl Documents {
    pub(super) fn new(dir: &Path, night: &BTreeMap<FileHash, Vec<u8>>) -> Result<Self, StoreError> {
        Ok(Self {
            shelf: Files::open(dir)?,
            waiting: night.clone(),
        })
    }

    /// Puts there what the log names by now. On a real night a file comes after the event that names it, too.
    pub(super) fn put(&mut self, log: &Log) -> Result<(), Failure> {
        let named = self.named(&*log.state()?);
        for (FileHash(hash), bytes) in named {
            let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            self.shelf.put(FileId { hash, size }, &mut bytes.as_slice())?;
        }
        Ok(())
    }

    /// Takes out what is named. The log's writer waits for whoever holds the state, and so the disk is for later.
    fn named(&mut self, state: &State) -> Vec<(FileHash, Vec<u8>)> {
        let is_named = |hash: &FileHash, _: &mut Vec<u8>| !state.file_named(hash).is_empty();
        self.waiting.extract_if(.., is_named).collect()
    }
}
