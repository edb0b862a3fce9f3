//! Why nothing could be checked.

use tallylog_tlog::KeyError;
use tallylog_verify::program::Fault;
use thiserror::Error;

/// Why nothing could be checked. The process exits with 2.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    #[error("{0}; see --help")]
    Arguments(#[from] lexopt::Error),
    #[error("name a bundle, a receipt with --receipt or a proof with --proof; see --help")]
    NoFile,
    #[error("{0} is given twice; give it once")]
    Twice(&'static str),
    #[error("{0} needs a network, and this program has none; use `tallylog verify {0}`")]
    NeedsNetwork(&'static str),
    #[error("--format is table or json, and not {0:?}")]
    Format(String),
    #[error("--log-key: {0}")]
    VerifierKey(KeyError),
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error("the answer could not be written: {0}")]
    Output(std::io::Error),
}

impl Failure {
    /// The code, which never changes its meaning. `docs/PROBLEMS.md` lists them.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Arguments(_) | Self::NoFile | Self::Twice(_) | Self::Format(_) => "bad-arguments",
            Self::NeedsNetwork(_) => "needs-network",
            Self::VerifierKey(error) => error.code(),
            Self::Fault(fault) => fault.code(),
            Self::Output(_) => "cannot-write",
        }
    }
}
