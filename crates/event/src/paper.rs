//! The paper audit: a random sample of precincts whose worksheets are compared with the log.

use serde::{Deserialize, Serialize};
use tallylog_rules::Sheet;

use crate::{EntryIndex, FileRef, PrecinctId, Text, TreeRoot};

/// What happens in a paper audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaperEvent {
    /// A sample is drawn.
    Drawn(Box<Sample>),
    /// Somebody reads what the paper of a sampled precinct says.
    Read(Box<PaperReading>),
}

/// A sample, drawn by dice that were rolled in public after a checkpoint was published: neither alone fixes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// The dice as they fell: digits from 1 to 6.
    pub dice: Text,
    /// The size of the checkpoint.
    pub size: u64,
    /// Its root.
    pub root: TreeRoot,
    /// The precincts drawn, in the order of the draw.
    pub precincts: Vec<PrecinctId>,
}

/// What the paper says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperReading {
    /// The entry of the sample.
    pub sample: EntryIndex,
    /// The precinct.
    pub precinct: PrecinctId,
    /// The figures on the signed worksheet.
    pub sheet: Sheet,
    /// Scans of it.
    pub files: Vec<FileRef>,
}
