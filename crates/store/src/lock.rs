//! Files that one process has to itself.

use std::fs::{File, TryLockError};
use std::ops::{Deref, DerefMut};
use std::path::Path;

use crate::StoreError;
use crate::error::Action;

/// An open file with a lock on it, which ends with this.
///
/// Closing the file would not be enough: a child that another thread is just starting has a copy of every open file
/// until it is another program, and with the copy it holds the lock.
#[derive(Debug)]
pub(crate) struct Locked(File);

impl Locked {
    /// Locks a file for this process alone; `None` where another holds a lock on it.
    pub(crate) fn alone(file: File, path: &Path) -> Result<Option<Self>, StoreError> {
        let outcome = file.try_lock();
        Self::or_nothing(file, outcome, path)
    }

    /// Locks a file for whoever only looks; `None` where somebody has it alone.
    pub(crate) fn shared(file: File, path: &Path) -> Result<Option<Self>, StoreError> {
        let outcome = file.try_lock_shared();
        Self::or_nothing(file, outcome, path)
    }

    fn or_nothing(file: File, outcome: Result<(), TryLockError>, path: &Path) -> Result<Option<Self>, StoreError> {
        match outcome {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(StoreError::io(Action::Locked, path)(source)),
        }
    }
}

impl Deref for Locked {
    type Target = File;

    fn deref(&self) -> &File {
        &self.0
    }
}

impl DerefMut for Locked {
    fn deref_mut(&mut self) -> &mut File {
        &mut self.0
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        // Where this fails, closing the file is what is left.
        drop(self.0.unlock());
    }
}
