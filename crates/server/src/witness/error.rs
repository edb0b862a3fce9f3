//! Every way in which a witness says no.

use std::io;
use std::path::PathBuf;

use tallylog_store::StoreError;
use tallylog_tlog::{KeyError, KeyName, RequestError, TimeError, WitnessRefusal};
use thiserror::Error;

/// Why a witness does not cosign a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The request is none.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The log is unknown, did not sign, or did not grow from what was cosigned.
    #[error(transparent)]
    Judged(#[from] WitnessRefusal),
    /// The witness's clock gives no time that a cosignature can have.
    #[error("the witness's clock is wrong: {0}")]
    Clock(#[from] TimeError),
    /// The disk has no room for what would be cosigned.
    #[error("the disk of this witness is full, and it cosigns nothing until there is room; ask it again in a while")]
    Full,
    /// A write failed.
    #[error("this witness could not write to its disk, and cosigns nothing until it is started again")]
    Failed,
}

/// Why a witness cannot be opened, or not go on.
#[derive(Debug, Error)]
pub enum WitnessError {
    /// Another process has the folder.
    #[error("{} is in use by another process; a witness runs once", dir.display())]
    InUse {
        /// The folder.
        dir: PathBuf,
    },
    /// A file could not be put on disk.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The system refused to make, read, lock or sync a file.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What was cosigned last cannot be told.
    #[error(
        "{} is not a checkpoint of its log that this witness cosigned; a witness that has forgotten may cosign a second \
         history: give it up, and make a new one in an empty folder", path.display()
    )]
    Record {
        /// The file.
        path: PathBuf,
    },
    /// The file of the witness's verifier key holds something else.
    #[error("{}: {fault}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: KeyError,
    },
}

impl Refusal {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Request(error) => error.code(),
            Self::Judged(refusal) => refusal.code(),
            Self::Clock(error) => error.code(),
            Self::Full => "disk-full",
            Self::Failed => "witness-failed",
        }
    }

    pub(super) fn unknown(origin: &KeyName) -> Self {
        Self::Judged(WitnessRefusal::UnknownOrigin(origin.clone()))
    }
}

impl WitnessError {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InUse { .. } => "witness-in-use",
            Self::Store(error) => error.code(),
            Self::Io { .. } => "witness-io",
            Self::Record { .. } => "witness-record",
            Self::Key { fault, .. } => fault.code(),
        }
    }
}
