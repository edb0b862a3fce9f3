//! A store that is open for reading alone.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::head::{self, Head};
use crate::lock::Locked;
use crate::raw::Raw;
use crate::reader::{Reader, Shared, Source};
use crate::store::{Store, headless};
use crate::{StoreError, folder, seal};

/// The log on disk, open for reading: nothing is written, so it opens on a full disk and in a folder that only its owner
/// may change.
///
/// Entries are found in the raw files, without the engine. As long as this is there nobody can write to the store.
#[derive(Debug)]
pub struct ReadOnly {
    dir: PathBuf,
    shared: Arc<Shared>,
    sealed: bool,
    /// Shared with others who only read. Absent after [`Self::into_store`] failed, where nobody knows who writes.
    lock: Option<Locked>,
}

impl ReadOnly {
    /// Opens the store in `dir` after every byte of it has been checked, as [`Store::open`] does, and changes nothing.
    ///
    /// A store that was closed is compared with its seal. Of one that was not every entry that was acknowledged is
    /// looked for; what was written beyond is not shown, for it was never acknowledged.
    ///
    /// # Errors
    ///
    /// Those of [`Store::open`], but for want of room.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let Some((lock, reading)) = head::look(dir)? else {
            return Err(headless(dir)?);
        };
        let newest = reading.newest;
        let folder = folder::path(dir, newest.generation, newest.marker);
        if let Some(hash) = newest.seal {
            seal::verify(dir, &folder, hash)?;
        }
        let (raw, crown) = Raw::open(&folder, reading)?;
        Ok(Self {
            dir: dir.to_owned(),
            shared: Arc::new(Shared::new(Source::Raw(raw), newest.head, crown)),
            sealed: newest.seal.is_some(),
            lock: Some(lock),
        })
    }

    /// Whether the last process closed the store, so that every byte of it could be compared.
    #[must_use]
    pub const fn was_sealed(&self) -> bool {
        self.sealed
    }

    /// The folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Returns how much of the log is durable.
    #[must_use]
    pub fn head(&self) -> Head {
        self.shared.head()
    }

    /// Returns a reader, which may be cloned and sent to other threads.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader::new(Arc::clone(&self.shared))
    }

    /// Opens the store for writing. Every reader that was given out goes on, and reads from then on what is written.
    ///
    /// # Errors
    ///
    /// Those of [`Store::open`], and this, which reads on. Where another process took the store meanwhile it is
    /// [`StoreError::InUse`], and what the readers find may change under them.
    pub fn into_store(mut self) -> Result<Store, Box<(Self, StoreError)>> {
        // The lock is on the file that the writer locks for itself alone.
        self.lock = None;
        match Store::open_as(&self.dir, &self.shared) {
            Ok(store) => Ok(store),
            Err(error) => {
                if let Ok(Some((lock, _))) = head::look(&self.dir) {
                    self.lock = Some(lock);
                }
                Err(Box::new((self, error)))
            }
        }
    }
}
