//! A file on its way in, piece by piece.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::{FileId, Files, hashed, remove};
use crate::StoreError;
use crate::error::Action;
use crate::head::sync_dir;
use crate::lock::Locked;

/// What one sender sends of one file. Whoever has it is the only one.
#[derive(Debug)]
pub struct Upload {
    dir: PathBuf,
    target: PathBuf,
    path: PathBuf,
    file: Locked,
    announced: FileId,
    /// How many bytes have come.
    offset: u64,
}

/// How far a file has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many bytes of it are on disk.
    Partial(u64),
    /// All of it is, and it is the file that was announced.
    Whole,
}

impl Upload {
    pub(super) fn resume(files: &Files, announced: FileId, path: PathBuf, offset: u64) -> Result<Self, StoreError> {
        let opened = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&path);
        let file = opened.map_err(StoreError::io(Action::Opened, &path))?;
        let file = Locked::alone(file, &path)?.ok_or(StoreError::UploadInUse)?;
        let found = file.metadata().map_err(StoreError::io(Action::Read, &path))?;
        // Whoever had the lock before may have finished, and what was opened here has another name by now.
        if !fs::metadata(&path).is_ok_and(|named| named.ino() == found.ino()) {
            return Err(StoreError::UploadInUse);
        }
        if found.len() > announced.size {
            // Longer than the file can be: whatever it is, it is not worth going on with.
            file.set_len(0).map_err(StoreError::io(Action::Written, &path))?;
            return Err(StoreError::OtherOffset { offset: 0 });
        }
        if found.len() != offset {
            return Err(StoreError::OtherOffset { offset: found.len() });
        }
        Ok(Self {
            dir: files.dir.clone(),
            target: files.path(announced),
            path,
            file,
            announced,
            offset,
        })
    }

    /// How many bytes have come.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// Takes the next bytes. A crash leaves some of them, or none.
    ///
    /// # Errors
    ///
    /// [`StoreError::FileTooLong`] if that is more than was announced: none of these bytes is taken. Otherwise whatever
    /// the disk says.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let more = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let offset = self.offset.saturating_add(more);
        if offset > self.announced.size {
            return Err(StoreError::FileTooLong {
                size: self.announced.size,
            });
        }
        self.file
            .write_all(bytes)
            .map_err(StoreError::io(Action::Written, &self.path))?;
        self.offset = offset;
        Ok(())
    }

    /// Ends a request: what has come is on disk when this returns. When everything has, the file gets its name.
    ///
    /// The order is the promise: bytes on disk, then their hash from the disk, then the name, then the name on disk. A
    /// crash before the last step leaves a partial file or a whole one, and nobody was told yet that it is there.
    ///
    /// # Errors
    ///
    /// [`StoreError::FileDiffers`] if the bytes are not those of the hash that was announced: nothing is left of them.
    /// Otherwise whatever the disk says.
    pub fn end(mut self) -> Result<Progress, StoreError> {
        self.file.sync_all().map_err(StoreError::sync(&self.path))?;
        if self.offset < self.announced.size {
            return Ok(Progress::Partial(self.offset));
        }
        if hashed(&mut self.file, &self.path)? != self.announced {
            remove(&self.path)?;
            return Err(StoreError::FileDiffers);
        }
        settle(&self.path, &self.target, &self.dir)?;
        Ok(Progress::Whole)
    }
}

/// Gives a file its name, and returns once that survives a power cut.
fn settle(path: &Path, target: &Path, dir: &Path) -> Result<(), StoreError> {
    fs::rename(path, target).map_err(StoreError::io(Action::Written, target))?;
    sync_dir(dir)
}
