//! Why a log is not written out.

use tallylog_tlog::{CheckpointError, TileId};
use tallylog_verify::{BundleError, KeysError};
use thiserror::Error;

/// Why a log is not written out as plain files.
#[derive(Debug, Error)]
pub(crate) enum ExportFault {
    #[error("the folder holds the files of a log with another key; choose another folder, or look who changed the key")]
    OtherLog,
    #[error("the checkpoint cannot be trusted: {0}")]
    Checkpoint(CheckpointError),
    #[error(
        "the folder holds {had} entries of this log, and the log shows {has}; an old copy of it may be serving, nothing was changed"
    )]
    Shrunk { had: u64, has: u64 },
    #[error("{0} does not fit the entries and tiles below it; nothing was published, ask whoever serves the log")]
    Tile(TileId),
    #[error("a tile that is needed is missing from the folder; export into an empty one")]
    Missing,
    #[error("the tiles do not make the root of the checkpoint over {0} entries; ask whoever serves the log")]
    Root(u64),
    #[error(
        "the checkpoint over {has} entries is not a continuation of the one over {had} that lies in the folder: the log has two histories; keep both files, they are evidence"
    )]
    Forked { had: u64, has: u64 },
}

impl ExportFault {
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::OtherLog => "export-other-log",
            Self::Checkpoint(error) => error.code(),
            Self::Shrunk { .. } => "export-shrunk",
            Self::Tile(_) => "export-tile",
            Self::Missing => "export-missing",
            Self::Root(_) => "export-root",
            Self::Forked { .. } => "export-forked",
        }
    }
}

/// Why a log is not written into one file.
#[derive(Debug, Error)]
pub(crate) enum BundleFault {
    #[error("the first entry opens no contest, so that nobody can say whose log this is; ask whoever serves it")]
    NoContest,
    #[error("the keys that the first entry names are no keys: {0}")]
    Keys(KeysError),
    #[error(transparent)]
    Layout(#[from] BundleError),
}

impl BundleFault {
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::NoContest => "bundle-no-contest",
            Self::Keys(error) => error.code(),
            Self::Layout(error) => error.code(),
        }
    }
}
