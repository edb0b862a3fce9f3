//! Why a photo could not be sent or fetched.

use std::path::PathBuf;

use thiserror::Error;

/// Why a photo could not be sent or fetched.
#[derive(Debug, Error)]
pub(crate) enum PhotoFault {
    /// A server's answer, with its own code.
    #[error("{message}")]
    Refused { status: u16, code: String, message: String },
    #[error(
        "{waiting} photos wait on this device, last trouble: {trouble}; everything else is sent and nothing is lost, send again with `tallylog outbox send`"
    )]
    NotSent { waiting: usize, trouble: String },
    #[error(
        "{waiting} photos wait on this device, and sending them is signed with its key; give --passphrase-file, or run it at a terminal"
    )]
    KeyNeeded { waiting: usize },
    #[error("the photo has not come in full by now; what has come is kept by the server, and it goes on from there")]
    InPart,
    #[error("{0} is not the file any more that was signed; keep it as it is, and bind a new photo")]
    Changed(PathBuf),
    #[error("what the server gave is not the file that the log names; nothing was kept, tell whoever runs the server")]
    OtherBytes,
    #[error("no file that is open to you has a hash that begins with {0:?}; `tallylog photo list` shows them")]
    NoneSuch(String),
    #[error("several files have a hash that begins with {0:?}; give more of it")]
    Several(String),
}

impl PhotoFault {
    /// The stable code, where it is this program's own.
    pub(crate) const fn code(&self) -> Option<&'static str> {
        Some(match self {
            Self::Refused { .. } => return None,
            Self::NotSent { .. } => "photos-not-sent",
            Self::KeyNeeded { .. } => "photos-need-key",
            Self::InPart => "photo-in-part",
            Self::Changed(_) => "photo-changed",
            Self::OtherBytes => "photo-differs",
            Self::NoneSuch(_) => "no-such-photo",
            Self::Several(_) => "several-photos",
        })
    }

    /// Whether the same may go well in a while.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            // Whoever answers for a server that is gone gives no code of ours. Bytes that differ were lost on the way or on
            // the server's disk: this device has compared its own.
            Self::Refused { status, code, .. } => {
                *status >= 500
                    || code.is_empty()
                    || ["other-offset", "slow-down", "file-differs"].contains(&code.as_str())
            }
            Self::InPart => true,
            Self::NotSent { .. }
            | Self::KeyNeeded { .. }
            | Self::Changed(_)
            | Self::OtherBytes
            | Self::NoneSuch(_)
            | Self::Several(_) => false,
        }
    }
}
