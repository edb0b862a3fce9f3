//! Names of things: each its own type, so that none is passed for another.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Milliseconds since the Unix epoch, in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixMillis(pub u64);

/// The place of an entry in the log, from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryIndex(pub u64);

impl fmt::Display for EntryIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {}", self.0)
    }
}

/// A county or a pool of satellite sites, by its number in the roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CountyId(pub u16);

/// A precinct or a satellite site: its county and its place there, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PrecinctId {
    /// The county or pool.
    pub county: CountyId,
    /// The place in the county's list, from 0.
    pub number: u16,
}

/// Declares a string of bytes that people read as lower-case hexadecimal.
macro_rules! byte_id {
    ($(#[$doc:meta])* $name:ident, $length:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub [u8; $length]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

byte_id! {
    /// The random name of a contest; no event of one contest can be taken for another's.
    ContestId, 16
}
byte_id! {
    /// The author's own name for a submission: the idempotency key.
    SubmissionId, 16
}
byte_id! {
    /// The BLAKE3 hash of an entry's bytes.
    EntryHash, 32
}
byte_id! {
    /// The BLAKE3 hash of a file: a photo, a scan, a letter.
    FileHash, 32
}
byte_id! {
    /// The root of a results tree.
    ResultsRoot, 32
}
byte_id! {
    /// The SHA-256 hash of a state's canonical form.
    StateHash, 32
}
byte_id! {
    /// The root of the log's tree, as a checkpoint has it.
    TreeRoot, 32
}
