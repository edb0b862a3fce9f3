//! Why nothing could be checked.

use std::path::PathBuf;

use tallylog_tlog::{KeyError, PolicyError, PolicyFault};
use tallylog_verify::{BundleError, RosterError};
use thiserror::Error;

/// Why nothing could be checked. The process exits with 2.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    #[error("{0}; see --help")]
    Arguments(#[from] lexopt::Error),
    #[error("name a bundle, a receipt with --receipt or a proof with --proof; see --help")]
    NoFile,
    #[error("name the log's key with --log-key, or a policy with --policy: without a key nothing can be believed")]
    NoLogKey,
    #[error("--format is table or json, and not {0:?}")]
    Format(String),
    #[error("a hash or key is given in 64 lower-case hexadecimal digits, and not as {0:?}")]
    Hexadecimal(String),
    #[error("--log-key: {0}")]
    VerifierKey(KeyError),
    #[error("--log-key beside --policy: {0}")]
    LogKey(PolicyFault),
    #[error("there is no ruleset {0:?}; there is iowa-2020")]
    NoRuleset(String),
    #[error("{path}: {error}")]
    File { path: PathBuf, error: std::io::Error },
    #[error(transparent)]
    Policy(PolicyError),
    #[error(transparent)]
    Roster(RosterError),
    #[error(transparent)]
    Bundle(BundleError),
    #[error("the system's clock stands before 1970")]
    Clock,
    #[error("the answer could not be written: {0}")]
    Output(std::io::Error),
}

impl Failure {
    /// The code, which never changes its meaning. `docs/PROBLEMS.md` lists them.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Arguments(_) | Self::NoFile | Self::NoLogKey | Self::Format(_) | Self::Hexadecimal(_) => {
                "bad-arguments"
            }
            Self::VerifierKey(error) => error.code(),
            Self::LogKey(fault) => fault.code(),
            Self::NoRuleset(_) => "no-ruleset",
            Self::File { .. } => "file-unreadable",
            Self::Policy(error) => error.code(),
            Self::Roster(error) => error.code(),
            Self::Bundle(error) => error.code(),
            Self::Clock => "no-clock",
            Self::Output(_) => "cannot-write",
        }
    }
}
