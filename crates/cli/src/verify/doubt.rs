//! What a verification finds before it looks at a single entry.

use tallylog_tlog::Size;
use thiserror::Error;

/// Why what is there is not what was to be verified.
#[derive(Debug, Error)]
pub(crate) enum Doubt {
    #[error(
        "the log had {before} entries when it was looked at last, and now shows {now}: an old copy is served, or entries were taken back"
    )]
    Shrunk { before: Size, now: Size },
    #[error(
        "the log's latest checkpoint is not over the entries that it shows and the hashes of those that it keeps back: keep what you have, it is evidence"
    )]
    NotContinued,
    #[error("the log keeps {0} entries back, and its contest keeps nothing back: ask whoever serves it")]
    KeptBack(u64),
}

impl Doubt {
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Shrunk { .. } => "log-shrunk",
            Self::NotContinued => "not-continued",
            Self::KeptBack(_) => "kept-back",
        }
    }
}
