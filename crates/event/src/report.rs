//! Reports, corrections and releases.

use serde::{Deserialize, Serialize};
use tallylog_rules::Sheet;
use thiserror::Error;

use crate::{EntryIndex, FileHash, PrecinctId, Text};

/// A precinct's three result sets from one source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The precinct.
    pub precinct: PrecinctId,
    /// How the report came.
    pub channel: Channel,
    /// What the worksheet says.
    pub sheet: Sheet,
    /// Photos and scans; the report never waits for them.
    pub files: Vec<FileRef>,
}

/// How a report came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Channel {
    /// From the chair's own device.
    App,
    /// Read out over the telephone.
    Phone,
    /// Read from a photo of the worksheet.
    Photo,
    /// Read from the paper worksheet.
    Paper,
    /// From published results.
    Import,
}

/// A file that stands beside the log, by its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// BLAKE3 of its bytes.
    pub hash: FileHash,
    /// Its size in bytes.
    pub size: u64,
    /// Its media type, such as `image/jpeg`.
    pub media_type: Text,
}

/// Replaces a precinct's record by another. Both stay in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// The entry whose record it replaces.
    pub replaces: EntryIndex,
    /// The record from now on.
    pub report: Report,
    /// By what right; absent where nobody said.
    pub kind: Option<CorrectionKind>,
    /// Why; may be blank where nobody said.
    pub reason: Text,
    /// Who asked for it; may be blank.
    pub requested_by: Text,
    /// The document that gives the authority; may be blank for a transcription.
    pub authority: Text,
    /// The documents on which it rests.
    pub evidence: Vec<FileRef>,
}

/// The three kinds of correction of 2020, each with an authority of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum CorrectionKind {
    /// The system differs from the signed worksheet.
    Transcription,
    /// The worksheet's own arithmetic breaks the rules.
    Rule,
    /// The preference cards were counted again.
    HeadCount,
}

/// Publishes results: exactly the entries that it lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ReleaseParts")]
pub struct Release {
    name: Text,
    entries: Vec<EntryIndex>,
}

/// The entries of a release are not in rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a release lists its entries in rising order, each once")]
pub struct UnsortedEntries;

impl Release {
    /// Lists `entries`, in rising order, under `name`.
    ///
    /// # Errors
    ///
    /// [`UnsortedEntries`] if an entry comes twice or out of order.
    pub fn new(name: Text, entries: Vec<EntryIndex>) -> Result<Self, UnsortedEntries> {
        if entries.is_sorted_by(|a, b| a < b) {
            Ok(Self { name, entries })
        } else {
            Err(UnsortedEntries)
        }
    }

    /// What people call the release.
    #[must_use]
    pub fn name(&self) -> &Text {
        &self.name
    }

    /// The entries that it publishes, in rising order.
    #[must_use]
    pub fn entries(&self) -> &[EntryIndex] {
        &self.entries
    }
}

/// What a release is read from, before its order is checked: the same fields in the same order.
#[derive(Deserialize)]
struct ReleaseParts {
    name: Text,
    entries: Vec<EntryIndex>,
}

impl TryFrom<ReleaseParts> for Release {
    type Error = UnsortedEntries;

    fn try_from(parts: ReleaseParts) -> Result<Self, UnsortedEntries> {
        Self::new(parts.name, parts.entries)
    }
}
