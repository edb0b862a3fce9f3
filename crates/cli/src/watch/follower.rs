//! Reads a log entry by entry, with every check, and tells what each entry says.

use std::fmt;

use tallylog_event::UnixMillis;
use tallylog_projection::{Fault, News, Reading, Review, State, Words};
use tallylog_tlog::{Hash, LogKey, SignedCheckpoint, Tree};

use crate::failure::Failure;
use crate::show::feed::Told;
use crate::{signed, time};

/// A log as far as it has been read. It keeps the root of every size, to compare checkpoints with.
#[derive(Default)]
pub(crate) struct Follower {
    reading: Reading,
    tree: Tree,
    roots: Vec<Hash>,
    /// What the checks found after the last entry, if that was looked at.
    review: Option<Review>,
}

impl Follower {
    pub(crate) fn state(&self) -> &State {
        self.reading.state()
    }

    pub(crate) fn size(&self) -> u64 {
        self.state().size()
    }

    /// The root of the tree over the first `size` entries, if so many were read.
    pub(crate) fn root(&self, size: u64) -> Option<Hash> {
        let Some(before) = size.checked_sub(1) else {
            return Some(Tree::new().root());
        };
        self.roots.get(usize::try_from(before).ok()?).copied()
    }

    /// Takes the next entry and says nothing of it.
    pub(crate) fn skip(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.reading.take(bytes)?;
        self.tree.append(Hash::leaf(bytes));
        self.roots.push(self.tree.root());
        self.review = None;
        Ok(())
    }

    /// Takes the next entry and tells what it says.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Result<Told, Fault> {
        let before = self.review.take().unwrap_or_else(|| Review::of(self.state()));
        let replayed = self.reading.take(bytes)?;
        self.tree.append(Hash::leaf(bytes));
        self.roots.push(self.tree.root());
        let after = Review::of(self.state());
        let time = |UnixMillis(millis)| time::central(millis);
        let told = Told {
            happening: Words::new(self.state(), &time).of(&replayed),
            news: News::between(&before, &after),
        };
        self.review = Some(after);
        Ok(told)
    }

    /// The key that entry 0 says is the log's.
    pub(crate) fn log_key(&self) -> Result<Option<LogKey>, Failure> {
        Ok(signed::log_key(self.state())?)
    }

    /// Compares a checkpoint with what was read: its signature, and its root once so much has been read.
    pub(crate) fn compare(&self, note: &SignedCheckpoint, key: &LogKey) -> Result<Compared, Distrust> {
        let trusted = note
            .verify(std::slice::from_ref(key), &[])
            .map_err(Distrust::Checkpoint)?;
        let signed = trusted.checkpoint();
        match self.root(signed.size.0) {
            None => Ok(Compared::Ahead),
            Some(root) if root == signed.root => Ok(Compared::Agrees),
            Some(_) => Err(Distrust::Root(signed.size.0)),
        }
    }
}

/// How a checkpoint lies to what was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compared {
    Agrees,
    /// It covers more than was read yet.
    Ahead,
}

/// Why a log is not followed any further.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Distrust {
    #[error("entry {entry} is not what it must be: {fault}")]
    Entry { entry: u64, fault: Fault },
    #[error("the checkpoint does not hold: {0}")]
    Checkpoint(tallylog_tlog::CheckpointError),
    #[error(
        "the log signed another root over its first {0} entries than they have: it shows two histories; keep what you have, it is evidence"
    )]
    Root(u64),
    #[error("this is the log {named}, and not {wanted}")]
    OtherLog { named: Box<LogKey>, wanted: Box<LogKey> },
    #[error(
        "the log had {had} entries when it was followed last, and shows {has}: an old copy is served, or entries were taken back"
    )]
    Shrunk { had: u64, has: u64 },
    #[error(
        "the first {0} entries are not those that were followed before: the log shows two histories; keep the state file, it is evidence"
    )]
    Rewritten(u64),
}

impl Distrust {
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Entry { fault, .. } => fault.code(),
            Self::Checkpoint(error) => error.code(),
            Self::Root(_) => "watch-two-histories",
            Self::OtherLog { .. } => "watch-other-log",
            Self::Shrunk { .. } => "watch-log-shrunk",
            Self::Rewritten(_) => "watch-rewritten",
        }
    }
}

impl fmt::Debug for Follower {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Follower")
            .field("size", &self.size())
            .finish_non_exhaustive()
    }
}
