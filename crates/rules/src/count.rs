//! What is counted, each in its own type.

use std::fmt;

use serde::{Deserialize, Serialize};

/// People counted in a room or in a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attendees(pub u32);

/// Delegates to a county convention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Delegates(pub u16);

/// State delegate equivalents, in ten-thousandths: the published precision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Equivalents(pub u64);

impl From<Attendees> for u64 {
    fn from(people: Attendees) -> Self {
        people.0.into()
    }
}

impl From<Delegates> for u64 {
    fn from(delegates: Delegates) -> Self {
        delegates.0.into()
    }
}

impl fmt::Display for Attendees {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Delegates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Equivalents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:04}", self.0 / 10_000, self.0 % 10_000)
    }
}
