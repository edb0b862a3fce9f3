//! Entry bundles: the entries whose hashes are in a tile of the lowest level.

use thiserror::Error;

use crate::{BundleId, TILE_WIDTH};

/// The most bytes of an entry that a bundle can frame.
pub const MAX_ENTRY_BYTES: usize = 65_535;

/// Up to 256 neighbouring entries. Their hashes are in the tree; nothing else is said of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryBundle<'a> {
    entries: Vec<&'a [u8]>,
}

/// Why entries are no bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BundleError {
    /// None, or more than a bundle holds.
    #[error("a bundle has from 1 to {TILE_WIDTH} entries, and this has {0}")]
    Count(usize),
    /// Not the width that was asked for.
    #[error("the bundle has {found} entries, and {expected} were asked for")]
    Width {
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: u16,
    },
    /// Longer than can be framed.
    #[error("an entry has {0} bytes, and a bundle can frame {MAX_ENTRY_BYTES}")]
    Long(usize),
    /// The bytes end within an entry.
    #[error("the bundle ends within its entry {0}, counted from 0")]
    Cut(usize),
}

impl BundleError {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Count(_) => "bundle-count",
            Self::Width { .. } => "bundle-width",
            Self::Long(_) => "bundle-entry-too-long",
            Self::Cut(_) => "bundle-cut",
        }
    }
}

impl<'a> EntryBundle<'a> {
    /// Puts entries together.
    ///
    /// # Errors
    ///
    /// [`BundleError`] if there are none or over 256, or one is over 65,535 bytes long.
    pub fn new(entries: Vec<&'a [u8]>) -> Result<Self, BundleError> {
        if entries.is_empty() || entries.len() > usize::from(TILE_WIDTH) {
            return Err(BundleError::Count(entries.len()));
        }
        if let Some(long) = entries.iter().find(|entry| entry.len() > MAX_ENTRY_BYTES) {
            return Err(BundleError::Long(long.len()));
        }
        Ok(Self { entries })
    }

    /// Reads a bundle as it was served.
    ///
    /// # Errors
    ///
    /// [`BundleError`] if the bytes end within an entry, or there are not as many entries as the place says.
    pub fn parse(id: BundleId, bytes: &'a [u8]) -> Result<Self, BundleError> {
        let mut entries = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            let (entry, after) = take_entry(rest).ok_or(BundleError::Cut(entries.len()))?;
            entries.push(entry);
            rest = after;
        }
        if entries.len() != usize::from(id.width()) {
            return Err(BundleError::Width {
                found: entries.len(),
                expected: id.width(),
            });
        }
        Ok(Self { entries })
    }

    /// The bytes to serve: each entry after its length in two big-endian bytes (C2SP tlog-tiles, "Log entries").
    ///
    /// ```
    /// # use tallylog_tlog::EntryBundle;
    /// let bundle = EntryBundle::new(vec![b"abc", b""]).unwrap();
    /// assert_eq!(bundle.encode(), b"\x00\x03abc\x00\x00");
    /// ```
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for entry in &self.entries {
            // The length was looked at when the bundle was made: the two bytes that are dropped are 0.
            let [.., high, low] = entry.len().to_be_bytes();
            bytes.extend([high, low]);
            bytes.extend(*entry);
        }
        bytes
    }

    /// The entries, in the order of the log.
    #[must_use]
    pub fn entries(&self) -> &[&'a [u8]] {
        &self.entries
    }
}

fn take_entry(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}
