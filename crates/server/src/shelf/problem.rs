//! Why a photo or a document is not taken, or not given out.

use tallylog_store::StoreError;
use thiserror::Error;

use super::LARGEST_FILE;

/// Why a photo or a document is not taken, or not given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FileProblem {
    /// The server keeps no files.
    #[error("this server keeps no photos and documents; serve the log from its data folder")]
    NotKept,
    /// Photos and documents are for insiders.
    #[error(
        "photos and documents may show signatures and addresses, and this server gives them to staff and campaigns, and to whoever named them; sign the request, with `--device`"
    )]
    KeptBack,
    /// No event names such a file, as far as the reader may know.
    #[error(
        "no event that is open to you names a file with this hash and size; send the event that names it first, or compare the hash"
    )]
    Unknown,
    /// The log names the file, and its bytes are not here.
    #[error("nobody has sent this file yet; `tallylog photo missing` says who has it")]
    NotHere,
    /// A file beside the log has changed.
    #[error(
        "the bytes of this file have changed on the server's disk, and are given to nobody; have it sent again, or restore it from a backup"
    )]
    Damaged,
    /// The file is larger than the server takes.
    #[error("the file has {0} bytes, and {LARGEST_FILE} are the most that are taken; take the photo again with fewer")]
    TooLarge(u64),
    /// Somebody else's file.
    #[error("a file is sent by the person who named it in the log, or by staff; sign with that person's key")]
    NotTheirs,
    /// The headers of an upload are none.
    #[error(
        "an upload says where it goes on, in Upload-Offset, and how long the file is, in Upload-Length, both in decimal; the client that sent this is broken"
    )]
    MalformedUpload,
    /// An upload is at another place. It carries that place.
    #[error("{0} bytes of the file have come; go on from there")]
    OtherOffset(u64),
    /// Other bytes than announced.
    #[error(
        "the bytes that were sent are not those of the hash that was announced, and nothing of them was kept; send the file again from its first byte"
    )]
    Differs,
    /// More bytes than announced.
    #[error("the file has {0} bytes by the log, and more came; send the file that the log names")]
    TooLong(u64),
    /// The sender has as many bytes of files here as may be.
    #[error(
        "the file has {size} bytes; of the {allowed} that files of this person may have on this server, {used} are used; send what matters most with fewer bytes, or give it to staff to send"
    )]
    Quota {
        /// How many bytes the file has.
        size: u64,
        /// How many this person's other files have.
        used: u64,
        /// How many they may have.
        allowed: u64,
    },
    /// The sender has as many files here as may be.
    #[error(
        "this person has {0} files on this server, and may have no more; put several into one, or give them to staff to send"
    )]
    TooMany(usize),
    /// The sender has begun as many files as may be.
    #[error(
        "this person has begun to send {0} files and finished none of them, which are as many as may be; finish one of these first"
    )]
    TooManyInPart(usize),
    /// What room is left is kept for precincts.
    #[error(
        "the room for files on this server is used up, but for what is kept for precincts that have sent little; whoever runs the server must make room, then this can be sent again"
    )]
    Full,
    /// The same key is sending the same file.
    #[error("this file is being sent with this key right now; ask in a moment how far it has come")]
    InUse,
}

impl FileProblem {
    /// The stable code. `docs/PROBLEMS.md` lists them.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotKept => "files-not-kept",
            Self::KeptBack => "files-kept-back",
            Self::Unknown => "no-such-file",
            Self::NotHere => "file-not-here",
            Self::Damaged => "file-damaged",
            Self::TooLarge(_) => "file-too-large",
            Self::NotTheirs => "not-yours-to-send",
            Self::MalformedUpload => "malformed-upload",
            Self::OtherOffset(_) => "other-offset",
            Self::Differs => "file-differs",
            Self::TooLong(_) => "file-too-long",
            Self::Quota { .. } => "file-quota",
            Self::TooMany(_) | Self::TooManyInPart(_) => "too-many-uploads",
            Self::Full => "files-full",
            Self::InUse => "upload-in-use",
        }
    }

    /// What the store says of a file, without the place where it lies; `None` for everything else that it says.
    pub(crate) fn of(error: &StoreError) -> Option<Self> {
        if let StoreError::OtherOffset { offset } = error {
            return Some(Self::OtherOffset(*offset));
        }
        if let StoreError::FileTooLong { size } = error {
            return Some(Self::TooLong(*size));
        }
        let said = [
            (matches!(error, StoreError::FileMissing { .. }), Self::NotHere),
            (matches!(error, StoreError::FileDamaged { .. }), Self::Damaged),
            (matches!(error, StoreError::FileDiffers), Self::Differs),
            (matches!(error, StoreError::UploadInUse), Self::InUse),
        ];
        said.into_iter().find(|(is_it, _)| *is_it).map(|(_, problem)| problem)
    }
}
