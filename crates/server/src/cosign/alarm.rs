//! Why nothing more may be signed.

use tallylog_tlog::{KeyName, SignedCheckpoint, Size};
use thiserror::Error;

/// This log is behind what was signed with its key, or there are two histories.
///
/// To go on signing could only make it worse. A single witness raises it by proof alone: with a checkpoint that bears
/// this log's signature. Without proof it takes so many that the rest cannot meet the quorum, so that what would be
/// signed were worth nothing anyway.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Alarm {
    /// A witness shows a checkpoint of this log's key that is larger than what this log has signed.
    #[error(
        "the witness {witness} shows size {} under this log's signature, and this log has signed {ours}: its folder is an \
         old copy, or somebody else has its key; nothing more is signed", theirs.unverified().size
    )]
    Behind {
        /// Who shows it.
        witness: KeyName,
        /// The newest checkpoint here.
        ours: Size,
        /// What was shown.
        theirs: Box<SignedCheckpoint>,
    },
    /// A witness shows a checkpoint of this log's key that this log's tree did not grow from.
    #[error(
        "the witness {witness} shows size {} of another history under this log's signature; nothing more is signed",
        theirs.unverified().size
    )]
    Forked {
        /// Who shows it.
        witness: KeyName,
        /// The newest checkpoint here.
        ours: Box<SignedCheckpoint>,
        /// What was shown.
        theirs: Box<SignedCheckpoint>,
    },
    /// So many witnesses say so, without proof, that the others cannot meet the quorum.
    #[error(
        "{claims} of {witnesses} witnesses say that this log broke its history, the last of them {witness}, and the \
         others are too few for the quorum; nothing more is signed"
    )]
    Doubted {
        /// The last that said so.
        witness: KeyName,
        /// How many say so.
        claims: usize,
        /// How many there are.
        witnesses: usize,
    },
}

impl Alarm {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Behind { .. } => "log-behind-witness",
            Self::Forked { .. } => "log-forked",
            Self::Doubted { .. } => "log-doubted",
        }
    }

    /// The signed notes that prove it, to be kept: whoever has the log's key can check them.
    #[must_use]
    pub fn evidence(&self) -> Vec<&SignedCheckpoint> {
        match self {
            Self::Behind { theirs, .. } => vec![theirs],
            Self::Forked { ours, theirs, .. } => vec![ours, theirs],
            Self::Doubted { .. } => Vec::new(),
        }
    }
}
