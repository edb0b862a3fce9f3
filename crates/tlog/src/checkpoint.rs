//! Checkpoints: a log's size and root.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::{Hash, HashError, KeyName, NameError, NoteError, Size};

/// What a log says of itself. By itself it is a claim; a [`TrustedCheckpoint`](crate::TrustedCheckpoint) is signed.
///
/// Written as three lines (C2SP tlog-checkpoint, "Note text"):
///
/// ```
/// # use tallylog_tlog::{Checkpoint, Hash, KeyName, Size};
/// let origin = KeyName::new("caucus.example/2028-ia-dem").unwrap();
/// let checkpoint = Checkpoint { origin, size: Size(0), root: Hash::EMPTY };
/// let text = "caucus.example/2028-ia-dem\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
/// assert_eq!(checkpoint.to_string(), text);
/// assert_eq!(text.parse(), Ok(checkpoint));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: the name of its key.
    pub origin: KeyName,
    /// How many entries it has.
    pub size: Size,
    /// The root over all of them.
    pub root: Hash,
}

/// Why a checkpoint is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CheckpointError {
    /// It is no note, or its signatures do not hold.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Not three lines in their one spelling.
    #[error("a checkpoint is three lines: origin, size in decimal, root; extension lines are not taken")]
    Layout,
    /// The origin cannot be the name of a log's key.
    #[error("the origin is no name of a log: {0}")]
    Origin(#[source] NameError),
    /// The root is no hash.
    #[error("the root: {0}")]
    Root(#[source] HashError),
    /// None of the known logs has this origin.
    #[error("the log {0} is unknown here")]
    UnknownOrigin(KeyName),
    /// Only others than the log signed.
    #[error("the checkpoint is not signed by its log")]
    NotByLog,
}

impl CheckpointError {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Note(error) => error.code(),
            Self::Layout => "checkpoint-malformed",
            Self::Origin(_) => "checkpoint-origin",
            Self::Root(_) => "checkpoint-root",
            Self::UnknownOrigin(_) => "checkpoint-unknown-origin",
            Self::NotByLog => "checkpoint-not-by-log",
        }
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.lines();
        let (Some(origin), Some(size), Some(root), None) = (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointError::Layout);
        };
        let checkpoint = Self {
            origin: KeyName::new(origin).map_err(CheckpointError::Origin)?,
            size: size.parse().map(Size).map_err(|_| CheckpointError::Layout)?,
            root: root.parse().map_err(CheckpointError::Root)?,
        };
        if checkpoint.to_string() != text {
            return Err(CheckpointError::Layout);
        }
        Ok(checkpoint)
    }
}

/// The one encoding.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n", self.origin, self.size, self.root)
    }
}
