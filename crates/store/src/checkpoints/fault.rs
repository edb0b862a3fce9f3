//! What a file of checkpoints refuses.

use tallylog_tlog::{CheckpointError, KeyName, SignedCheckpoint, Size};
use thiserror::Error;

/// What is wrong with a record.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CheckpointFault {
    /// It is no signed checkpoint in its one spelling.
    #[error(transparent)]
    Malformed(#[from] CheckpointError),
    /// It does not follow the one before.
    #[error(transparent)]
    Order(#[from] SecondHistory),
}

/// Why a checkpoint does not follow another.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SecondHistory {
    /// It is of another log.
    #[error("the checkpoint is of {origin}, and those before it are of {before}")]
    OtherLog {
        /// Of which log it is.
        origin: KeyName,
        /// Of which log those before it are.
        before: KeyName,
    },
    /// The log went back.
    #[error("the checkpoint has size {size}, and size {before} was signed already")]
    WentBack {
        /// Its size.
        size: Size,
        /// The size before.
        before: Size,
    },
    /// Two trees of one size.
    #[error("another root was signed already for size {size}")]
    OtherRoot {
        /// The size.
        size: Size,
    },
}

/// Refuses a checkpoint that the log cannot have signed after `before` unless it has two histories.
///
/// Whether a larger tree has grown from the smaller one is not looked at: nothing here knows the trees.
pub(super) fn check_order(before: Option<&SignedCheckpoint>, next: &SignedCheckpoint) -> Result<(), SecondHistory> {
    let Some(before) = before.map(SignedCheckpoint::unverified) else {
        return Ok(());
    };
    let next = next.unverified();
    if next.origin != before.origin {
        return Err(SecondHistory::OtherLog {
            origin: next.origin.clone(),
            before: before.origin.clone(),
        });
    }
    if next.size < before.size {
        return Err(SecondHistory::WentBack {
            size: next.size,
            before: before.size,
        });
    }
    if next.size == before.size && next.root != before.root {
        return Err(SecondHistory::OtherRoot { size: next.size });
    }
    Ok(())
}
