//! Every checkpoint that the log has signed, in one file that only grows and that people can read.
//!
//! A record is the signed checkpoint as it is published, and an empty line. A checkpoint's text is three lines that are
//! not empty, so the first empty line ends the text and the second the record. What a crash leaves:
//!
//! - A record is written and synced before the checkpoint is published. So what a crash tore off was never published: a
//!   last record without its end is dropped, and the file cut, when it is opened.
//! - Nothing else is ever changed. So whatever else is not as it was written is damage, and is refused.

mod fault;
mod records;

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use tallylog_tlog::SignedCheckpoint;

use crate::StoreError;
use crate::error::Action;
use crate::head::{locked, sync_dir};
use crate::lock::Locked;
use crate::room::is_full;

pub use fault::{CheckpointFault, SecondHistory};
pub use records::Records;

/// The file of checkpoints, open for appending by this process alone.
///
/// The last line of defence against a second history: a checkpoint that does not follow the one before is refused,
/// whoever signed it. Signatures are not looked at.
#[derive(Debug)]
pub struct Checkpoints {
    file: Locked,
    path: PathBuf,
    /// The end of the last record, in bytes.
    end: u64,
    latest: Option<SignedCheckpoint>,
    poisoned: bool,
}

impl Checkpoints {
    /// Opens the file, or makes an empty one, and reads it through.
    ///
    /// # Errors
    ///
    /// [`StoreError::InUse`] if another process has it open, [`StoreError::CheckpointsDamaged`] if something in it is no
    /// checkpoint or does not follow the one before, and whatever the disk says.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(StoreError::io(Action::Opened, path))?;
        let file = locked(file, path)?;
        let mut records = Records::open(path)?;
        let mut latest = None;
        for record in &mut records {
            latest = Some(later(latest, record?));
        }
        let end = records.end();
        // A crash before the sync leaves the torn record for the next start.
        file.set_len(end).map_err(StoreError::io(Action::Written, path))?;
        file.sync_all().map_err(StoreError::sync(path))?;
        sync_folder(path)?;
        Ok(Self {
            file,
            path: path.to_owned(),
            end,
            latest,
            poisoned: false,
        })
    }

    /// Reads a file of checkpoints from its first, and changes nothing; a running server may have it open.
    ///
    /// # Errors
    ///
    /// [`StoreError::Io`] if it cannot be opened. What is damaged is an error of the iterator, and its last item.
    pub fn read(path: &Path) -> Result<Records, StoreError> {
        Records::open(path)
    }

    /// The text of a file that holds these checkpoints.
    #[must_use]
    pub fn text<'a>(checkpoints: impl IntoIterator<Item = &'a SignedCheckpoint>) -> String {
        let records = checkpoints.into_iter().flat_map(records::encode);
        // A note is text, and so is what stands after it.
        String::from_utf8(records.collect()).unwrap_or_default()
    }

    /// Returns every record, from the first.
    ///
    /// # Errors
    ///
    /// Those of [`Self::read`].
    pub fn all(&self) -> Result<Records, StoreError> {
        Records::open(&self.path)
    }

    /// Returns the checkpoint of the largest size; of several records of it the last that has no fewer signatures than
    /// those before.
    #[must_use]
    pub const fn latest(&self) -> Option<&SignedCheckpoint> {
        self.latest.as_ref()
    }

    /// Appends a checkpoint, and returns once it survives a power cut; then it may be published.
    ///
    /// The same size and root may come again, with other signatures: both records are kept. What is the latest already
    /// is not written a second time.
    ///
    /// # Errors
    ///
    /// [`StoreError::SecondHistory`] if it does not follow the latest, and [`StoreError::Full`] if the disk has no room
    /// for it: nothing has happened, and the next may be tried. After any other error nobody knows what is on the disk:
    /// everything further is refused with [`StoreError::Poisoned`].
    pub fn append(&mut self, checkpoint: &SignedCheckpoint) -> Result<(), StoreError> {
        if self.poisoned {
            return Err(StoreError::Poisoned);
        }
        fault::check_order(self.latest.as_ref(), checkpoint).map_err(StoreError::SecondHistory)?;
        if self.latest.as_ref() == Some(checkpoint) {
            return Ok(());
        }
        self.write(&records::encode(checkpoint))?;
        self.latest = Some(later(self.latest.take(), checkpoint.clone()));
        Ok(())
    }

    fn write(&mut self, record: &[u8]) -> Result<(), StoreError> {
        let written = self.file.write_all_at(record, self.end);
        if let Err(error) = written {
            // What was half written is cut off. A crash before that leaves a torn record, as any crash does.
            let cut = self.file.set_len(self.end).and_then(|()| self.file.sync_all());
            self.poisoned = !is_full(&error) || cut.is_err();
            return Err(StoreError::io(Action::Written, &self.path)(error));
        }
        let synced = self.file.sync_data();
        self.poisoned = synced.is_err();
        synced.map_err(StoreError::sync(&self.path))?;
        self.end += u64::try_from(record.len()).unwrap_or(u64::MAX);
        Ok(())
    }
}

/// Which of two records in order is the latest.
fn later(before: Option<SignedCheckpoint>, next: SignedCheckpoint) -> SignedCheckpoint {
    let signatures = |checkpoint: &SignedCheckpoint| checkpoint.note().signatures().len();
    let superseded = |before: &SignedCheckpoint| {
        before.unverified().size < next.unverified().size || signatures(before) <= signatures(&next)
    };
    match before {
        Some(before) if !superseded(&before) => before,
        Some(_) | None => next,
    }
}

fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let folder = path.canonicalize().map_err(StoreError::io(Action::Opened, path))?;
    folder.parent().map_or(Ok(()), sync_dir)
}

/// Replaces a small file by one of these bytes, and returns once that survives a power cut.
///
/// A crash leaves the old bytes or the new ones, and perhaps a draft beside the file, which the next call overwrites.
/// Two calls for one file must not overlap.
///
/// # Errors
///
/// Whatever the disk says. Unless the folder could not be synced, the old file is still there, and no draft is.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let draft = path.with_file_name(name);
    let written = write_draft(&draft, bytes)
        .and_then(|()| std::fs::rename(&draft, path).map_err(StoreError::io(Action::Written, path)));
    if written.is_err() {
        // On a full disk a half file takes room from whoever makes some.
        let _ = std::fs::remove_file(&draft);
    }
    written?;
    sync_folder(path)
}

fn write_draft(draft: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let file = File::create(draft).map_err(StoreError::io(Action::Created, draft))?;
    file.write_all_at(bytes, 0)
        .map_err(StoreError::io(Action::Written, draft))?;
    file.sync_all().map_err(StoreError::sync(draft))
}
