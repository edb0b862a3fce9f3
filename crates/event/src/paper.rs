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
    /// A sample is announced: from which checkpoint, and of how many precincts, before any dice are rolled.
    Announced(Box<Announcement>),
    /// The dice draw the sample that was announced.
    DrawnFrom(Box<AnnouncedSample>),
    /// Somebody gives an announced sample up; it is given up once another person does so too.
    Abandoned(Box<Abandonment>),
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

/// What a sample will be drawn from. It stands in the log before the dice are rolled, so nobody can look for a
/// checkpoint that suits the dice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// The size of the checkpoint.
    pub size: u64,
    /// Its root, which is that of the log's first `size` entries.
    pub root: TreeRoot,
    /// How many precincts will be drawn.
    pub precincts: u32,
}

/// The sample that dice draw from the checkpoint of an announcement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnouncedSample {
    /// The entry of the announcement.
    pub announcement: EntryIndex,
    /// The dice as they fell: digits from 1 to 6.
    pub dice: Text,
    /// The precincts drawn, in the order of the draw: exactly as many as were announced.
    pub precincts: Vec<PrecinctId>,
}

/// Gives up an announced sample. It takes two persons, each of whom signs one of these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abandonment {
    /// The entry of the announcement.
    pub announcement: EntryIndex,
    /// The entry by which another person gave it up first; absent in that one.
    pub seconds: Option<EntryIndex>,
    /// Why.
    pub reason: Text,
}

impl PaperEvent {
    /// The size of the checkpoint that it announces. Whoever takes the event looks up the root of so many entries.
    #[must_use]
    pub const fn announced_size(&self) -> Option<u64> {
        match self {
            Self::Announced(announcement) => Some(announcement.size),
            Self::Drawn(_) | Self::Read(_) | Self::DrawnFrom(_) | Self::Abandoned(_) => None,
        }
    }
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
