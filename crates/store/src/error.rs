//! What the store can refuse, each with a stable code.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::checkpoints::{CheckpointFault, SecondHistory};
use crate::room::is_full;

/// Why the store refused, or could not go on.
///
/// People read the sentence, programs the [`code`](Self::code).
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no store in the folder.
    #[error("{} holds no store; create one, or name the folder that holds it", dir.display())]
    Missing {
        /// The folder that was named.
        dir: PathBuf,
    },
    /// The folder is taken.
    #[error("{} already holds a store or other files; name a new or empty folder", dir.display())]
    Exists {
        /// The folder that was named.
        dir: PathBuf,
    },
    /// Another process holds the lock.
    #[error("{} is in use by another process; stop it first", dir.display())]
    InUse {
        /// The folder that was named.
        dir: PathBuf,
    },
    /// A file is not what the store wrote.
    #[error(
        "{place} is damaged: {damage}; nothing was changed: copy the folder aside; \
         `tallylog restore` takes what can still be read"
    )]
    Damaged {
        /// Where.
        place: Place,
        /// What.
        damage: Damage,
    },
    /// Entries that were acknowledged are not there, or cannot be read.
    #[error(
        "the log has {size} entries and entry {missing} cannot be read{}; nothing was changed: \
         copy the folder aside; `tallylog restore` takes what can still be read",
        place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default()
    )]
    BehindHead {
        /// How many entries were acknowledged.
        size: u64,
        /// The first of them that is missing.
        missing: u64,
        /// Where its damaged remains lie, if any were found.
        place: Option<Place>,
    },
    /// The last acknowledged entry is intact, but not the one that was acknowledged.
    #[error("entry {index} is not the one that was acknowledged; copy the folder aside; restore a backup")]
    Differs {
        /// The index of the entry.
        index: u64,
    },
    /// The engine gave back something else than was put into it.
    #[error("entry {index} came back damaged; stop the process: the next start checks the whole store")]
    EntryDamaged {
        /// The index of the entry.
        index: u64,
    },
    /// The engine gave back other leaf hashes than were put into it, or none.
    #[error("the hash of entry {index} came back damaged; stop the process: the next start hashes all entries again")]
    TreeDamaged {
        /// The index of the first entry whose hash may be another.
        index: u64,
    },
    /// A part of the tree was asked for that is not durable yet.
    #[error("the log has {size} entries, and a tree of {asked} was asked for")]
    BeyondEnd {
        /// The size of the smallest tree that has what was asked for.
        asked: u64,
        /// The number of entries that are durable.
        size: u64,
    },
    /// An entry has more bytes than the log takes.
    #[error("an entry of {bytes} bytes is too large; at most {max} are taken", max = crate::MAX_ENTRY)]
    EntryTooLarge {
        /// Its length in bytes.
        bytes: usize,
    },
    /// An entry without bytes.
    #[error("an entry must have at least one byte")]
    EntryEmpty,
    /// A sync failed, so nobody knows what is on the disk.
    #[error(
        "{} could not be synced: {source}; end the process and look at the disk: what was not acknowledged \
         may or may not be kept", path.display()
    )]
    SyncFailed {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// An earlier append failed.
    #[error("an earlier append failed, so nothing more is written; end the process and start anew")]
    Poisoned,
    /// The store was closed while a reader was still there.
    #[error("the store is closed")]
    Closed,
    /// The engine still used its files after it was dropped.
    #[error(
        "the entries are safe, but the engine did not let go of its files, so the store was not \
         sealed; the next start checks it as after a crash"
    )]
    NotSealed,
    /// The disk, or what its owner may use of it, is full.
    #[error(
        "{} could not be {action}, for the disk is full ({source}); nothing that was acknowledged is lost: make room on \
         that disk, then start again", path.display()
    )]
    Full {
        /// What was being done, as a past participle.
        action: Action,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The engine ran out of room.
    #[error(
        "the engine could not {step}, for the disk is full ({reason}); nothing that was acknowledged is lost: make room \
         on that disk, then start again"
    )]
    EngineFull {
        /// What it was asked to do.
        step: Step,
        /// What it said.
        reason: String,
    },
    /// There is too little room to open the store for writing.
    #[error(
        "the disk of {} is full: {free} bytes are left, and {needed} are needed to write there; nothing was changed and \
         nothing is lost: make room on that disk, then start again", path.display()
    )]
    NoRoom {
        /// The folder of the store.
        path: PathBuf,
        /// How many bytes are left.
        free: u64,
        /// How many are needed.
        needed: u64,
    },
    /// The operating system refused.
    #[error("{} could not be {action}: {source}{}", path.display(), advice(source))]
    Io {
        /// What was being done, as a past participle.
        action: Action,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The engine refused.
    #[error("the engine could not {step}: {source}; end the process: the next start checks the whole store")]
    Engine {
        /// What it was asked to do.
        step: Step,
        /// What it said.
        source: EngineError,
    },
    /// The engine panicked.
    #[error(
        "the engine panicked while it was to {step}: {reason}; end the process: the next start checks the \
         whole store"
    )]
    EnginePanicked {
        /// What it was asked to do.
        step: Step,
        /// What it said.
        reason: String,
    },
    /// A file of checkpoints holds something else than checkpoints in order.
    #[error("{place}: {fault}; nothing was changed: copy the file aside, and compare it with what was published")]
    CheckpointsDamaged {
        /// Where the record begins.
        place: Place,
        /// What is wrong with it.
        fault: CheckpointFault,
    },
    /// A checkpoint does not follow the one that was kept last.
    #[error("{0}; it must not be published: the log would have two histories")]
    SecondHistory(SecondHistory),
    /// No such file stands beside the log.
    #[error("{} is not there; whoever has the file may send it", path.display())]
    FileMissing {
        /// Where it would be.
        path: PathBuf,
    },
    /// The bytes of a file beside the log have changed.
    #[error(
        "{} is a file beside the log, and its bytes have changed; whoever has it may send it again, or restore it from a \
         backup", path.display()
    )]
    FileDamaged {
        /// Where it lies now.
        path: PathBuf,
    },
    /// What was sent is another file.
    #[error(
        "the bytes that were sent are not those of the hash that was announced, and nothing of them was kept; send the \
         file again from its first byte"
    )]
    FileDiffers,
    /// More bytes came than were announced.
    #[error("the file has {size} bytes, and more came; send the file that was announced")]
    FileTooLong {
        /// How many bytes were announced.
        size: u64,
    },
    /// An upload is not at that place.
    #[error("{offset} bytes of the file have come; go on from there")]
    OtherOffset {
        /// How many bytes have come.
        offset: u64,
    },
    /// The same sender is at the same file.
    #[error("the same file is being sent with the same key right now; wait a moment, and ask how far it has come")]
    UploadInUse,
    /// The system has no randomness to give.
    #[error("the system gave no random bytes to mark the new store with")]
    NoRandomness,
}

impl StoreError {
    /// The stable name of this error, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "store-missing",
            Self::Exists { .. } => "store-exists",
            Self::InUse { .. } => "store-in-use",
            Self::Damaged { .. } => "store-damaged",
            Self::BehindHead { .. } => "store-behind-head",
            Self::Differs { .. } => "store-differs",
            Self::EntryDamaged { .. } => "entry-damaged",
            Self::TreeDamaged { .. } => "tree-damaged",
            Self::BeyondEnd { .. } => "store-beyond-end",
            Self::EntryTooLarge { .. } => "entry-too-large",
            Self::EntryEmpty => "entry-empty",
            Self::SyncFailed { .. } => "store-sync-failed",
            Self::Poisoned => "store-poisoned",
            Self::Closed => "store-closed",
            Self::NotSealed => "store-not-sealed",
            Self::Full { .. } | Self::EngineFull { .. } | Self::NoRoom { .. } => "disk-full",
            Self::Io { .. } => "store-io",
            Self::Engine { .. } => "store-engine-failed",
            Self::EnginePanicked { .. } => "store-engine-panicked",
            Self::CheckpointsDamaged { .. } => "checkpoints-damaged",
            Self::SecondHistory(SecondHistory::OtherLog { .. }) => "checkpoint-of-other-log",
            Self::SecondHistory(SecondHistory::WentBack { .. }) => "checkpoint-went-back",
            Self::SecondHistory(SecondHistory::OtherRoot { .. }) => "checkpoint-other-root",
            Self::FileMissing { .. } => "file-missing",
            Self::FileDamaged { .. } => "file-damaged",
            Self::FileDiffers => "file-differs",
            Self::FileTooLong { .. } => "file-too-long",
            Self::OtherOffset { .. } => "other-offset",
            Self::UploadInUse => "upload-in-use",
            Self::NoRandomness => "store-no-randomness",
        }
    }

    /// Whether there was no room on the disk: what is there is sound, and goes on when there is.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        matches!(self, Self::Full { .. } | Self::EngineFull { .. } | Self::NoRoom { .. })
    }

    /// Whether what lies on the disk is not what was written, rather than something in the way of whoever looks.
    #[must_use]
    pub const fn is_damage(&self) -> bool {
        matches!(
            self,
            Self::Damaged { .. }
                | Self::BehindHead { .. }
                | Self::Differs { .. }
                | Self::EntryDamaged { .. }
                | Self::TreeDamaged { .. }
                | Self::CheckpointsDamaged { .. }
                | Self::SecondHistory(_)
        )
    }

    /// What the system said of a file that could not be `action`.
    #[must_use]
    pub fn of_io(action: Action, path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        if is_full(&source) {
            Self::Full { action, path, source }
        } else {
            Self::Io { action, path, source }
        }
    }

    /// Names the file that could not be `action`, for `map_err`.
    pub(crate) fn io(action: Action, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::of_io(action, &path, source)
    }

    /// Names the file that could not be synced, for `map_err`.
    pub(crate) fn sync(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| {
            if is_full(&source) {
                let action = Action::Synced;
                Self::Full { action, path, source }
            } else {
                Self::SyncFailed { path, source }
            }
        }
    }

    pub(crate) fn damaged(path: &Path, offset: u64, damage: Damage) -> Self {
        let path = path.to_owned();
        Self::Damaged {
            place: Place { path, offset },
            damage,
        }
    }
}

/// What to do about what the system said.
fn advice(source: &io::Error) -> &'static str {
    if source.kind() == io::ErrorKind::PermissionDenied {
        "; run this as the owner of the folder, or have its permissions set right"
    } else {
        ""
    }
}

/// A place in a file of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub path: PathBuf,
    /// The offset in it, in bytes; for a hashed block, where the block begins.
    pub offset: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.path.display(), self.offset)
    }
}

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Damage {
    /// It is not there.
    #[error("it is missing")]
    Missing,
    /// It was not there when the store was closed.
    #[error("it does not belong to the store")]
    Unexpected,
    /// It is shorter or longer than when it was written.
    #[error("it has {found} bytes instead of {expected}")]
    Length {
        /// The length when it was written, in bytes.
        expected: u64,
        /// The length now, in bytes.
        found: u64,
    },
    /// Its bytes differ from those that were written.
    #[error("its bytes have changed since they were written")]
    Changed,
}

/// What was being done to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Action {
    /// Made.
    #[error("created")]
    Created,
    /// Opened.
    #[error("opened")]
    Opened,
    /// Locked.
    #[error("locked")]
    Locked,
    /// Listed.
    #[error("listed")]
    Listed,
    /// Read.
    #[error("read")]
    Read,
    /// Written.
    #[error("written")]
    Written,
    /// Removed.
    #[error("removed")]
    Removed,
    /// Synced.
    #[error("synced")]
    Synced,
}

/// What the engine was asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Step {
    /// Open its files.
    #[error("open its files")]
    Open,
    /// Take entries.
    #[error("take entries")]
    Insert,
    /// Write out what it holds.
    #[error("write out what it holds")]
    Flush,
    /// Give entries back.
    #[error("give entries back")]
    Read,
    /// Let go of its files.
    #[error("let go of its files")]
    Close,
}

/// What the engine said. Opaque, so that only this crate knows which engine it is.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct EngineError(#[from] sled::Error);

impl EngineError {
    /// Whether it found no room on the disk.
    pub(crate) fn is_full(&self) -> bool {
        if let Self(sled::Error::Io(error)) = self {
            is_full(error)
        } else {
            false
        }
    }
}
