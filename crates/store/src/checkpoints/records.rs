//! Reads a file of checkpoints, record by record.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use tallylog_tlog::{MAX_NOTE_BYTES, SignedCheckpoint};

use super::fault::{CheckpointFault, check_order};
use crate::StoreError;
use crate::error::{Action, Place};

/// The records of a file of checkpoints, in order.
///
/// A record that ends with the file and lacks its own end is left out: it was not yet published. The first error is the
/// last item.
#[derive(Debug)]
pub struct Records {
    file: BufReader<File>,
    path: PathBuf,
    /// The end of the last whole record, in bytes.
    end: u64,
    before: Option<SignedCheckpoint>,
    failed: bool,
}

/// A record's bytes, without its end.
enum Raw {
    Whole(Vec<u8>),
    Torn,
}

/// The bytes of a record.
pub(super) fn encode(checkpoint: &SignedCheckpoint) -> Vec<u8> {
    format!("{checkpoint}\n").into_bytes()
}

impl Records {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let file = File::open(path).map_err(StoreError::io(Action::Opened, path))?;
        Ok(Self {
            file: BufReader::new(file),
            path: path.to_owned(),
            end: 0,
            before: None,
            failed: false,
        })
    }

    /// Where the last record that was returned ends, in bytes.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    fn advance(&mut self) -> Result<Option<SignedCheckpoint>, StoreError> {
        let raw = read_record(&mut self.file).map_err(StoreError::io(Action::Read, &self.path))?;
        let Raw::Whole(bytes) = raw else {
            return Ok(None);
        };
        let checkpoint = judge(&bytes, self.before.as_ref()).map_err(|fault| StoreError::CheckpointsDamaged {
            place: Place {
                path: self.path.clone(),
                offset: self.end,
            },
            fault,
        })?;
        self.end += u64::try_from(bytes.len() + 1).unwrap_or(u64::MAX);
        self.before = Some(checkpoint.clone());
        Ok(Some(checkpoint))
    }
}

impl Iterator for Records {
    type Item = Result<SignedCheckpoint, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let next = self.advance().transpose();
        // What comes after a damaged record, or after a torn one that is being written, is not looked at.
        self.failed = !matches!(next, Some(Ok(_)));
        next
    }
}

fn judge(bytes: &[u8], before: Option<&SignedCheckpoint>) -> Result<SignedCheckpoint, CheckpointFault> {
    let checkpoint = SignedCheckpoint::parse(bytes)?;
    check_order(before, &checkpoint)?;
    Ok(checkpoint)
}

/// Reads up to the second empty line, or more bytes than any note has.
fn read_record(file: &mut impl BufRead) -> io::Result<Raw> {
    let mut record = Vec::new();
    let mut empty_lines = 0;
    while empty_lines < 2 && record.len() <= MAX_NOTE_BYTES {
        let begin = record.len();
        let room = u64::try_from(MAX_NOTE_BYTES + 1 - begin).unwrap_or(u64::MAX);
        file.take(room).read_until(b'\n', &mut record)?;
        match &record[begin..] {
            [] => return Ok(Raw::Torn),
            b"\n" => empty_lines += 1,
            _ => {}
        }
    }
    if empty_lines == 2 {
        record.pop();
    }
    Ok(Raw::Whole(record))
}
