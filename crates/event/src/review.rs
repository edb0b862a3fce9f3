//! What reviewers decide.

use std::num::NonZeroU8;

use serde::{Deserialize, Serialize};

use crate::{CountyId, EntryIndex, FileRef, PrecinctId, Text};

/// What a reviewer does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReviewEvent {
    /// Settles two entries of a precinct that differ.
    Resolved(Box<Resolution>),
    /// Decides about a discrepancy.
    Decided(Box<Decision>),
    /// Holds a precinct.
    Held(Box<Hold>),
    /// Lifts a hold.
    Lifted(Box<Lift>),
}

/// Settles two entries of a precinct that differ. What is set aside stays in the log and counts no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// The precinct.
    pub precinct: PrecinctId,
    /// The earlier of both entries.
    pub first: EntryIndex,
    /// The later.
    pub second: EntryIndex,
    /// What becomes of them.
    pub outcome: ResolutionOutcome,
    /// Why.
    pub reason: Text,
}

/// What becomes of two entries that differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ResolutionOutcome {
    /// The first stands, the second is set aside; anybody else may make a second entry.
    KeepFirst,
    /// The second stands, the first is set aside; anybody else may make a second entry.
    KeepSecond,
    /// The first is set aside, and the person who made it makes it again.
    RedoFirst,
    /// The second is set aside, and the person who made it makes it again.
    RedoSecond,
    /// Both are set aside, and the precinct is entered anew.
    DiscardBoth,
}

/// Decides about a discrepancy. It speaks of what stood in the log by then and of nothing later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What the discrepancy is on.
    pub subject: Subject,
    /// The number of its code: 1 for V01.
    pub code: NonZeroU8,
    /// What is decided.
    pub verdict: Verdict,
    /// Why.
    pub reason: Text,
}

/// What a discrepancy is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Subject {
    /// The version of a precinct that an entry holds.
    Entry(EntryIndex),
    /// A county or pool as a whole.
    County(CountyId),
}

/// What is decided about a discrepancy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// It is as it should be. Never of one that blocks.
    Accepted,
    /// The committee ruled that it stands as it is.
    Ruled(Ruling),
    /// It is open again.
    Reopened,
}

/// A ruling of the committee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// The document that gives the authority.
    pub authority: Text,
    /// The document itself.
    pub evidence: Vec<FileRef>,
}

/// Holds a precinct: it is in no release until the hold is lifted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The precinct.
    pub precinct: PrecinctId,
    /// Why, for everybody to read.
    pub reason: Text,
}

/// Lifts a hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lift {
    /// The entry of the hold.
    pub hold: EntryIndex,
    /// Why.
    pub reason: Text,
}
