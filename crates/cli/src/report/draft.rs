//! Unfinished typing, kept on the device after every answer.

use std::path::PathBuf;

use tallylog_rules::Sheet;

use crate::device;
use crate::failure::Failure;
use crate::worksheet::{self, Caucus};

/// Where the unfinished worksheet of a precinct is kept: a report and an amendment apart.
pub(super) struct Draft {
    path: PathBuf,
}

impl Draft {
    pub(super) fn of(device: &std::path::Path, caucus: &Caucus, amends: bool) -> Self {
        let what = if amends { "amendment" } else { "report" };
        let name = format!("{}-{}-{what}.json", caucus.id.county.0, caucus.id.number);
        Self {
            path: device.join("drafts").join(name),
        }
    }

    /// What was typed before. A file that is no worksheet of this precinct is none, and stays until the next answer.
    pub(super) fn read(&self, caucus: &Caucus) -> Option<Sheet> {
        let bytes = std::fs::read(&self.path).ok()?;
        worksheet::read(&bytes, caucus).ok()
    }

    pub(super) fn keep(&self, sheet: &Sheet, caucus: &Caucus) -> Result<(), Failure> {
        if let Some(folder) = self.path.parent() {
            device::private_folder(folder)?;
        }
        device::write_private(&self.path, worksheet::write(sheet, caucus).as_bytes())
    }

    /// Takes it away, once what it said is signed.
    pub(super) fn remove(&self) -> Result<(), Failure> {
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure::File {
                path: self.path.clone(),
                error,
            }),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}
