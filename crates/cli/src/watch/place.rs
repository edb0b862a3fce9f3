//! How far a log was followed, in a file: the next run goes on from there, and wants the same log.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::follower::Follower;
use crate::failure::Failure;

/// What is remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// The log's verifier key.
    pub(super) log_key: String,
    /// How many of its entries were followed.
    pub(super) size: u64,
    /// The root over them, in hexadecimal.
    pub(super) root: String,
}

impl Place {
    /// What an earlier run left; `None` if there was none.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, Failure> {
        let failed = |error| Failure::File {
            path: path.to_owned(),
            error,
        };
        match fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map(Some)
                .map_err(|_| Failure::NoPlace(path.to_owned())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    pub(super) fn of(follower: &Follower) -> Result<Option<Self>, Failure> {
        let size = follower.size();
        let (Some(key), Some(root)) = (follower.log_key()?, follower.root(size)) else {
            return Ok(None);
        };
        Ok(Some(Self {
            log_key: key.to_string(),
            size,
            root: hex::encode(root.0),
        }))
    }

    /// Replaces the file in one step. It is not synced: after a power cut a run goes on from an older place, and shows
    /// again what was shown since, which is better than a sync for every line.
    pub(super) fn write(&self, path: &Path) -> Result<(), Failure> {
        let draft = PathBuf::from(format!("{}.new", path.display()));
        let failed = |error| Failure::File {
            path: path.to_owned(),
            error,
        };
        let text = serde_json::to_vec(self).map_err(|error| Failure::Output(error.into()))?;
        fs::write(&draft, text).map_err(failed)?;
        fs::rename(&draft, path).map_err(failed)
    }
}
