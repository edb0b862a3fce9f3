//! What can be wrong with a witness, and with a list of them.

use tallylog_tlog::{KeyName, NoteError, PolicyFault, RequestError, Size};
use thiserror::Error;

use super::MAX_WITNESSES;
use super::client::{MAX_ANSWER, TIMEOUT};

/// Why a witness did not cosign when it was last asked. None of it stops the log.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WitnessFault {
    /// No connection, or it broke.
    #[error("it cannot be reached, or the connection broke")]
    Unreachable,
    /// No whole answer in time.
    #[error("it did not answer within {} seconds", TIMEOUT.as_secs())]
    Timeout,
    /// Too much of an answer.
    #[error("its answer is longer than {MAX_ANSWER} bytes")]
    TooLong,
    /// It does not know the log (404).
    #[error("it does not know this log; give the log's key to who runs it, and check the URL")]
    UnknownLog,
    /// It does not take the log's signature (403).
    #[error("it does not take this log's signature; check which key it has for the log")]
    Untrusted,
    /// Any other status, a redirection among them.
    #[error("it answers with the HTTP status {0}")]
    Status(u16),
    /// A conflict without a size.
    #[error(transparent)]
    Size(#[from] RequestError),
    /// The answer holds something else than signature lines.
    #[error("its answer is not signatures: {0}")]
    Lines(NoteError),
    /// The answer has no cosignature by its key.
    #[error("its answer holds no cosignature by the key that is known for it")]
    NoCosignature,
    /// The cosignature does not hold. It is ignored.
    #[error("its cosignature does not hold for this checkpoint, and was ignored")]
    BadCosignature,
    /// It named a size, was sent a proof from there, and named another.
    #[error("it says that it stands at size {0}, and does not stay there")]
    Wavers(Size),
    /// The log could not build the proof.
    #[error("the proof from size {0} could not be built: a node of the tree cannot be read")]
    NoProof(Size),
    /// It says that it cosigned more than the log has signed, and shows nothing for it.
    #[error("it says that it has cosigned size {theirs} of this log, which has signed {ours}, and shows no proof")]
    ClaimsMore {
        /// What it says.
        theirs: Size,
        /// The newest checkpoint.
        ours: Size,
    },
    /// It says that the log forked, and shows nothing for it.
    #[error(
        "it says that size {new} of this log did not grow from the size {old} that it cosigned, and shows no proof"
    )]
    ClaimsFork {
        /// From where the proof was.
        old: Size,
        /// What was to be cosigned.
        new: Size,
    },
}

/// Why witnesses cannot be asked at all.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CosignError {
    /// Two of one key, or a quorum larger than their number.
    #[error("the witnesses: {0}")]
    Policy(#[from] PolicyFault),
    /// A witness under a key of those whom it should watch.
    #[error("the witness {0} has a key of the log's service or of a registrar; take a witness that others run")]
    NotIndependent(KeyName),
    /// Too many.
    #[error("there are {0} witnesses, and a log may have {MAX_WITNESSES}")]
    TooMany(usize),
    /// The system starts no thread.
    #[error("the system starts no thread for the witness {0}")]
    Thread(KeyName),
}

impl WitnessFault {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreachable => "witness-unreachable",
            Self::Timeout => "witness-timeout",
            Self::TooLong => "witness-answer-too-long",
            Self::UnknownLog => "witness-log-unknown",
            Self::Untrusted => "witness-log-untrusted",
            Self::Status(_) => "witness-status",
            Self::Size(error) => error.code(),
            Self::Lines(error) => error.code(),
            Self::NoCosignature => "witness-no-cosignature",
            Self::BadCosignature => "witness-bad-cosignature",
            Self::Wavers(_) => "witness-wavers",
            Self::NoProof(_) => "witness-no-proof",
            Self::ClaimsMore { .. } => "witness-claims-more",
            Self::ClaimsFork { .. } => "witness-claims-fork",
        }
    }

    /// Whether it says that the log broke its promise to grow only.
    #[must_use]
    pub const fn is_claim(&self) -> bool {
        matches!(self, Self::ClaimsMore { .. } | Self::ClaimsFork { .. })
    }
}

impl CosignError {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Policy(fault) => fault.code(),
            Self::NotIndependent(_) => "witness-not-independent",
            Self::TooMany(_) => "too-many-witnesses",
            Self::Thread(_) => "witness-thread",
        }
    }
}
