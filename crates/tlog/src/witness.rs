//! What a log asks of a witness, and what the witness decides.

use std::fmt;

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::proof::{encode_path, parse_path};
use crate::{
    Checkpoint, CheckpointError, Consistency, Hash, HashError, KeyName, LogKey, ProofError, SignedCheckpoint, Size,
    TrustedCheckpoint,
};

/// The most hashes of a request's proof (C2SP tlog-witness, "add-checkpoint").
pub const MAX_CONSISTENCY_PATH: usize = 63;

/// A request to cosign a checkpoint, from anywhere: the body of `add-checkpoint`.
///
/// It says nothing until [`AddCheckpoint::judge`] has looked at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    old: Size,
    path: Vec<Hash>,
    checkpoint: SignedCheckpoint,
}

/// What a witness has cosigned last for a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latest {
    /// The size of the tree.
    pub size: Size,
    /// Its root.
    pub root: Hash,
}

/// A checkpoint that a witness may cosign. Only [`AddCheckpoint::judge`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consistent(TrustedCheckpoint);

/// Why a body is no request, or no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RequestError {
    /// Not the lines of a request in their one spelling.
    #[error("a request is a line with the old size, base64 hashes, an empty line and a checkpoint")]
    Layout,
    /// A line of the proof is no hash.
    #[error("the proof of the request: {0}")]
    Path(#[from] HashError),
    /// Too many hashes.
    #[error("the proof of the request has {0} hashes and may have {MAX_CONSISTENCY_PATH}")]
    PathTooLong(usize),
    /// What follows is no checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The answer to a conflict is not one size.
    #[error("the witness's answer is not its size in decimal")]
    Conflict,
}

/// Why a witness does not cosign.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WitnessRefusal {
    /// No log of this origin is known.
    #[error("the log {0} is unknown to this witness")]
    UnknownOrigin(KeyName),
    /// The log did not sign it, or a signature of the log does not hold.
    #[error(transparent)]
    Unsigned(CheckpointError),
    /// The old size is over the checkpoint's.
    #[error("the old size {old} is over the checkpoint's, which is {new}")]
    OldSizeBeyond {
        /// The old size of the request.
        old: Size,
        /// The checkpoint's.
        new: Size,
    },
    /// The witness stands at another size.
    #[error("the request starts from size {old}, and the witness has cosigned size {}", latest.size)]
    Conflict {
        /// The old size of the request.
        old: Size,
        /// Where the witness stands.
        latest: Latest,
    },
    /// The checkpoint is not shown to be consistent with the one before.
    #[error("the checkpoint is not consistent with the one that was cosigned before: {0}")]
    Inconsistent(#[from] ProofError),
}

impl RequestError {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Layout => "witness-malformed",
            Self::Path(_) => "witness-path",
            Self::PathTooLong(_) => "witness-path-too-long",
            Self::Checkpoint(error) => error.code(),
            Self::Conflict => "witness-answer",
        }
    }
}

impl WitnessRefusal {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownOrigin(_) => "witness-unknown-origin",
            Self::Unsigned(_) => "witness-unsigned",
            Self::OldSizeBeyond { .. } => "witness-old-size-beyond",
            Self::Conflict { .. } => "witness-conflict",
            Self::Inconsistent(_) => "witness-inconsistent",
        }
    }
}

impl Latest {
    /// Where a witness stands with a log for which it never cosigned.
    pub const NOTHING: Self = Self {
        size: Size(0),
        root: Hash::EMPTY,
    };
}

impl AddCheckpoint {
    /// Asks for a cosignature of a checkpoint, with the proof from the size at which the witness stands.
    ///
    /// # Errors
    ///
    /// [`RequestError::PathTooLong`] if the proof has more than 63 hashes.
    pub fn new(old: Size, path: Vec<Hash>, checkpoint: SignedCheckpoint) -> Result<Self, RequestError> {
        check_length(path.len())?;
        Ok(Self { old, path, checkpoint })
    }

    /// Reads the body of a request. Nothing is checked but the spelling.
    ///
    /// # Errors
    ///
    /// [`RequestError`] if the bytes are not the one encoding of a request.
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        let text = str::from_utf8(body).map_err(|_| RequestError::Layout)?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(RequestError::Layout)?;
        let mut lines = head.lines();
        let old = lines.next().and_then(|line| line.strip_prefix("old "));
        let old = old.and_then(parse_size).ok_or(RequestError::Layout)?;
        check_length(lines.clone().count())?;
        let request = Self {
            old,
            path: parse_path(lines)?,
            checkpoint: SignedCheckpoint::parse(checkpoint.as_bytes())?,
        };
        if request.to_string() != text {
            return Err(RequestError::Layout);
        }
        Ok(request)
    }

    /// The log that the request claims to be about: where to look up how the witness stands with it.
    #[must_use]
    pub const fn unverified_origin(&self) -> &KeyName {
        &self.checkpoint.unverified().origin
    }

    /// The checkpoint that is to be cosigned: believe nothing of it.
    #[must_use]
    pub const fn unverified_checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// Decides as a witness that stands at `latest` with the log and knows `logs` (C2SP tlog-witness,
    /// "add-checkpoint").
    ///
    /// Between reading `latest` and having the checkpoint on disk nothing else may be decided for this log: otherwise
    /// an older checkpoint could overwrite a newer one.
    ///
    /// # Errors
    ///
    /// [`WitnessRefusal`] if the log is unknown or did not sign, the witness stands elsewhere, or the proof does not
    /// hold.
    pub fn judge(&self, logs: &[LogKey], latest: Latest) -> Result<Consistent, WitnessRefusal> {
        let trusted = self.checkpoint.verify(logs, &[]).map_err(refusal)?;
        let Checkpoint { size, root, .. } = *trusted.checkpoint();
        if self.old > size {
            return Err(WitnessRefusal::OldSizeBeyond {
                old: self.old,
                new: size,
            });
        }
        if self.old != latest.size {
            return Err(WitnessRefusal::Conflict { old: self.old, latest });
        }
        let claim = Consistency {
            old_size: latest.size,
            old_root: latest.root,
            new_size: size,
            new_root: root,
            path: &self.path,
        };
        claim.verify()?;
        Ok(Consistent(trusted))
    }
}

impl Consistent {
    /// What the witness is to remember, and then to cosign.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        self.0.checkpoint()
    }

    /// The checkpoint as the log signed it.
    #[must_use]
    pub const fn trusted(&self) -> &TrustedCheckpoint {
        &self.0
    }
}

/// The one encoding.
impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = encode_path(&self.path);
        write!(f, "old {}\n{path}\n{}", self.old, self.checkpoint)
    }
}

/// The body of the answer to a request that starts from another size than the witness's.
#[must_use]
pub fn encode_conflict(latest: Size) -> String {
    format!("{latest}\n")
}

/// Reads where a witness says that it stands.
///
/// # Errors
///
/// [`RequestError::Conflict`] if the body is not one size in its one spelling.
pub fn parse_conflict(body: &[u8]) -> Result<Size, RequestError> {
    let text = str::from_utf8(body).map_err(|_| RequestError::Conflict)?;
    let size = text.lines().next().and_then(parse_size);
    size.filter(|size| encode_conflict(*size) == text)
        .ok_or(RequestError::Conflict)
}

/// The path, after a witness's monitoring prefix, of the checkpoint that it cosigned last for a log.
///
/// ```
/// # use tallylog_tlog::{KeyName, monitoring_path};
/// let path = monitoring_path(&KeyName::new("log.example").unwrap());
/// assert_eq!(path, "d7612c54297eaa3e5a7756b17ce3adc5bed251af8059d72bbb8b0075c67b85e9/checkpoint");
/// ```
#[must_use]
pub fn monitoring_path(origin: &KeyName) -> String {
    let hash = Sha256::digest(origin.as_str());
    let digits = hash.iter().flat_map(|byte| [byte >> 4, byte & 0x0f]);
    let hex: String = digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect();
    format!("{hex}/checkpoint")
}

fn refusal(error: CheckpointError) -> WitnessRefusal {
    match error {
        CheckpointError::UnknownOrigin(origin) => WitnessRefusal::UnknownOrigin(origin),
        CheckpointError::Note(_)
        | CheckpointError::Layout
        | CheckpointError::Origin(_)
        | CheckpointError::Root(_)
        | CheckpointError::NotByLog => WitnessRefusal::Unsigned(error),
    }
}

fn parse_size(text: &str) -> Option<Size> {
    text.parse().ok().map(Size)
}

const fn check_length(hashes: usize) -> Result<(), RequestError> {
    if hashes > MAX_CONSISTENCY_PATH {
        return Err(RequestError::PathTooLong(hashes));
    }
    Ok(())
}
