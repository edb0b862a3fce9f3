//! One process at a time: the operating system lets a lock go when a process ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::OutboxFault;
use crate::failure::Failure;

/// A lock that is held until this is dropped.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "the open file is the lock")] File);

impl Lock {
    /// Waits for the lock: it is held for moments only.
    pub(super) fn wait(path: &Path) -> Result<Self, Failure> {
        let file = open(path)?;
        file.lock().map_err(|error| failed(path.to_owned(), error))?;
        Ok(Self(file))
    }

    /// Takes the lock, unless another process has it.
    pub(super) fn attempt(path: &Path) -> Result<Option<Self>, Failure> {
        let file = open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(failed(path.to_owned(), error)),
        }
    }
}

fn open(path: &Path) -> Result<File, Failure> {
    let mut options = OpenOptions::new();
    let opened = options.create(true).append(true).mode(0o600).open(path);
    opened.map_err(|error| failed(path.to_owned(), error))
}

fn failed(path: PathBuf, error: std::io::Error) -> Failure {
    OutboxFault::Locked { path, error }.into()
}
