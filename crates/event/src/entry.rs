//! An envelope with its place in the log.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::body::{decode, encode};
use crate::{DecodeError, EntryHash, EntryIndex, Envelope, PublicKey, Signature, UnixMillis};

/// The most bytes of an entry: what an entry bundle can frame.
pub const MAX_ENTRY_BYTES: usize = 65_535;

/// The version of the entry's layout.
const VERSION: u8 = 1;

/// A leaf of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place.
    pub index: EntryIndex,
    /// When the log took it; never decreases.
    pub received_at: UnixMillis,
    /// The hash of the entry before; zeros for the first.
    pub previous: EntryHash,
    /// What was signed, by whom.
    pub envelope: Envelope,
}

/// The entry's layout on the wire.
#[derive(Serialize, Deserialize)]
struct Layout {
    version: u8,
    index: EntryIndex,
    received_at: UnixMillis,
    previous: EntryHash,
    author: PublicKey,
    #[serde(with = "crate::bytes")]
    body: Vec<u8>,
    signature: Signature,
}

/// Why bytes are not an entry.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EntryError {
    /// A layout of the future.
    #[error("the entry has layout version {0}, and this program reads version {VERSION}")]
    Version(u8),
    /// Too long for a leaf.
    #[error("the entry has {0} bytes and may have {MAX_ENTRY_BYTES}")]
    Long(usize),
    /// Not the one encoding of an entry.
    #[error(transparent)]
    Decode(#[from] DecodeError),
}

impl Entry {
    /// The one encoding: the bytes of the leaf.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let layout = Layout {
            version: VERSION,
            index: self.index,
            received_at: self.received_at,
            previous: self.previous,
            author: self.envelope.author,
            body: self.envelope.body.clone(),
            signature: self.envelope.signature,
        };
        encode(&layout, layout.body.len() + 160)
    }

    /// Decodes, and refuses bytes that are not what encoding the result gives. The signature is not looked at.
    ///
    /// # Errors
    ///
    /// [`EntryError`] if the bytes are not the one encoding of an entry.
    pub fn decode(bytes: &[u8]) -> Result<Self, EntryError> {
        // The version is looked at alone: nothing after it need be laid out as this program knows it.
        if let Some(version) = bytes.first().copied().filter(|version| *version != VERSION) {
            return Err(EntryError::Version(version));
        }
        if bytes.len() > MAX_ENTRY_BYTES {
            return Err(EntryError::Long(bytes.len()));
        }
        let layout: Layout = decode(bytes)?;
        Ok(Self {
            index: layout.index,
            received_at: layout.received_at,
            previous: layout.previous,
            envelope: Envelope {
                author: layout.author,
                body: layout.body,
                signature: layout.signature,
            },
        })
    }
}

impl EntryHash {
    /// What stands before the first entry.
    pub const NONE: Self = Self([0; 32]);
}

/// The hash that the next entry names as `previous`: BLAKE3 of this entry's bytes.
#[must_use]
pub fn chain(entry: &[u8]) -> EntryHash {
    EntryHash(*blake3::hash(entry).as_bytes())
}
