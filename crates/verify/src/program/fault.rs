//! Why nothing could be checked.

use std::path::PathBuf;

use tallylog_tlog::{LogKey, PolicyError, PolicyFault};
use thiserror::Error;

use crate::{BundleError, RosterError};

/// Why nothing could be checked. Either program exits with 2.
#[derive(Debug, Error)]
pub enum Fault {
    /// Nothing to believe.
    #[error("name the log's key with --log-key, or a policy with --policy: without a key nothing can be believed")]
    NoLogKey,
    /// A flag that would be passed over.
    #[error("{flag} says nothing about {what}; leave it out, so that nobody takes the verdict for more than it is")]
    Idle {
        /// The flag.
        flag: &'static str,
        /// What is verified.
        what: &'static str,
    },
    /// A policy that does not believe the log that is meant.
    #[error("{path} believes other logs than {key}, the one of --log-key; give the policy of that log", path = .path.display())]
    OtherLogs {
        /// The policy.
        path: PathBuf,
        /// The key of `--log-key`.
        key: Box<LogKey>,
    },
    /// A policy that has the log's key for a witness.
    #[error("{path}: with --log-key, {fault}", path = .path.display())]
    WithLog {
        /// The policy.
        path: PathBuf,
        /// Why not.
        fault: PolicyFault,
    },
    /// No hash and no key.
    #[error("a hash or key is given in 64 lower-case hexadecimal digits, and not as {0:?}")]
    Hexadecimal(String),
    /// No such ruleset.
    #[error("there is no ruleset {0:?}; there is iowa-2020")]
    NoRuleset(String),
    /// A file that cannot be read or written.
    #[error("{}: {error}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// No policy.
    #[error("{}: {error}", .path.display())]
    Policy {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: PolicyError,
    },
    /// No roster.
    #[error("{}: {error}", .path.display())]
    Roster {
        /// The folder.
        path: PathBuf,
        /// Why not.
        error: RosterError,
    },
    /// No bundle of this version.
    #[error("{}: {error}", .path.display())]
    Bundle {
        /// The file or server.
        path: PathBuf,
        /// Why not.
        error: BundleError,
    },
    /// No time.
    #[error("the system's clock stands before 1970")]
    Clock,
    /// An answer that cannot be written as JSON.
    #[error("the answer could not be written: {0}")]
    Json(#[from] serde_json::Error),
}

impl Fault {
    /// The code, which never changes its meaning. `docs/PROBLEMS.md` lists them.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoLogKey => "no-log-key",
            Self::Idle { .. } => "idle-flag",
            Self::OtherLogs { .. } => "policy-other-log",
            Self::WithLog { fault, .. } => fault.code(),
            Self::Hexadecimal(_) => "bad-hash",
            Self::NoRuleset(_) => "no-ruleset",
            Self::File { .. } => "file-unreadable",
            Self::Policy { error, .. } => error.code(),
            Self::Roster { error, .. } => error.code(),
            Self::Bundle { error, .. } => error.code(),
            Self::Clock => "no-clock",
            Self::Json(_) => "cannot-write",
        }
    }
}
