//! What is wrong with an outbox, or with what waits in it.

use std::path::PathBuf;

use thiserror::Error;

/// Why what was signed is not received, or cannot be kept.
#[derive(Debug, Error)]
pub(crate) enum OutboxFault {
    #[error(
        "not everything is received: {waiting} signed here and waiting, last trouble: {trouble}; nothing is lost, send again with `tallylog outbox send`"
    )]
    NotReceived { waiting: usize, trouble: String },
    #[error("{0} is not as this program signed it; keep the folder as it is and tell the party")]
    Damaged(PathBuf),
    #[error("{0} is no photo that this program knows; give a JPEG, PNG, WebP, HEIC or PDF file")]
    NotAPhoto(PathBuf),
    #[error("{path} has {bytes} bytes, and a photo may have {most}; take it again with fewer")]
    PhotoTooLarge { path: PathBuf, bytes: u64, most: u64 },
    #[error("{path}: {error}")]
    Locked { path: PathBuf, error: std::io::Error },
}

impl OutboxFault {
    /// The stable code.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::NotReceived { .. } => "not-received",
            Self::Damaged(_) => "outbox-damaged",
            Self::NotAPhoto(_) => "not-a-photo",
            Self::PhotoTooLarge { .. } => "photo-too-large",
            Self::Locked { .. } => "outbox-locked",
        }
    }
}
