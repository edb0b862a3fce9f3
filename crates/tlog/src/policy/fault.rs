//! How a policy is refused, and how a policy refuses.

use thiserror::Error;

use super::MAX_POLICY_BYTES;
use crate::{CheckpointError, KeyError};

/// A line of a policy is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("line {line} of the policy: {fault}")]
pub struct PolicyError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    #[source]
    pub fault: PolicyFault,
}

/// What can be wrong with a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PolicyFault {
    /// Too long.
    #[error("the policy has {0} bytes and may have {MAX_POLICY_BYTES}")]
    Long(usize),
    /// A control character other than tab and newline.
    #[error("it holds the byte {0:#04x}; of control characters only tab and newline are allowed")]
    Character(u8),
    /// The last line is cut: what would follow may be what makes the quorum strong.
    #[error("the last line does not end with a newline, so the end may be missing")]
    Cut,
    /// Neither a log, a witness, a group nor the quorum.
    #[error("a line begins with log, witness, group or quorum")]
    Keyword,
    /// Too few words, or too many.
    #[error("the line has too few words, or too many")]
    Words,
    /// A key that is none.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A URL that cannot stand in a policy.
    #[error("the URL is not UTF-8, is empty or holds a space")]
    Url,
    /// The key of a log a second time.
    #[error("another log has this key")]
    LogTwice,
    /// The key of a witness a second time: it would count twice.
    #[error("another witness has this key")]
    WitnessTwice,
    /// A witness under a log's key: it would vouch for itself.
    #[error("a witness has the key of the log that it should watch; take a witness that others run")]
    WitnessIsLog,
    /// A name a second time, or the word for no witnesses.
    #[error("the name is taken: another witness or group has it, or it is \"none\"")]
    NameTaken,
    /// A name that no line before gives.
    #[error("no line before this one defines a witness or group of that name")]
    UnknownName,
    /// A member of two groups, or twice of one: it would count twice.
    #[error("a witness or group can be a member once, and this one is a second time")]
    MemberTwice,
    /// More members needed than there are, or none.
    #[error("a group needs any, all, or a decimal number from 1 to that of its members")]
    Threshold,
    /// A second quorum.
    #[error("there is a quorum line before")]
    QuorumTwice,
    /// No quorum at all.
    #[error("the policy has no quorum line; \"quorum none\" asks for no witnesses")]
    NoQuorum,
}

/// Why a policy does not take a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PolicyRefusal {
    /// The log is unknown or did not sign, or a signature does not hold.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Too few witnesses.
    #[error("the witnesses that cosigned are not enough for the policy: {cosigned} of the {known} that it knows")]
    NoQuorum {
        /// How many of the known witnesses cosigned.
        cosigned: usize,
        /// How many the policy knows.
        known: usize,
    },
}

impl PolicyError {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.fault.code()
    }
}

impl PolicyFault {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Long(_) => "policy-too-long",
            Self::Character(_) => "policy-character",
            Self::Cut => "policy-cut",
            Self::Keyword => "policy-keyword",
            Self::Words => "policy-words",
            Self::Key(error) => error.code(),
            Self::Url => "policy-url",
            Self::LogTwice => "policy-log-twice",
            Self::WitnessTwice => "policy-witness-twice",
            Self::WitnessIsLog => "policy-witness-is-log",
            Self::NameTaken => "policy-name-taken",
            Self::UnknownName => "policy-unknown-name",
            Self::MemberTwice => "policy-member-twice",
            Self::Threshold => "policy-threshold",
            Self::QuorumTwice => "policy-quorum-twice",
            Self::NoQuorum => "policy-no-quorum",
        }
    }
}

impl PolicyRefusal {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Checkpoint(error) => error.code(),
            Self::NoQuorum { .. } => "quorum-not-met",
        }
    }
}
