//! What a verification finds before it looks at a single entry.

use tallylog_tlog::{LogKey, Size};
use thiserror::Error;

/// Why what is there is not what was to be verified.
#[derive(Debug, Error)]
pub(crate) enum Doubt {
    #[error("this is the log {named}, and not {wanted}")]
    OtherLog { named: Box<LogKey>, wanted: Box<LogKey> },
    #[error(
        "the log had {before} entries when it was looked at last, and now shows {now}: an old copy is served, or entries were taken back"
    )]
    Shrunk { before: Size, now: Size },
}

impl Doubt {
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::OtherLog { .. } => "other-log",
            Self::Shrunk { .. } => "log-shrunk",
        }
    }
}
