//! One-time enrolment codes: how a chair's device comes to its key days before the night.
//!
//! No code is ever in the log, and no hash of one: the log counts codes, and says which precinct each was for.

use serde::{Deserialize, Serialize};

use crate::{Enrolment, EntryIndex, PrecinctId, Text, UnixMillis};

/// What happens to enrolment codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CodeEvent {
    /// A registrar issues a batch.
    Issued(Box<CodeBatch>),
    /// The log's own key enrols the key of a device that showed a code.
    Redeemed(Box<Redemption>),
    /// A registrar withdraws what is left of a batch.
    Withdrawn(Box<CodeWithdrawal>),
}

/// One-time codes for chairs, numbered from 0: first all codes of the first precinct, then those of the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeBatch {
    /// The precincts, each once.
    pub precincts: Vec<PrecinctId>,
    /// How many codes each precinct gets.
    pub each: u8,
    /// The last moment at which one is good.
    pub expires_at: UnixMillis,
}

/// Enrols a chair's key against a code. The service key signs it, and it is no more than the batch allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redemption {
    /// The entry of the batch.
    pub batch: EntryIndex,
    /// The number of the code within it.
    pub number: u32,
    /// The key, of a chair of the code's precinct alone.
    pub enrolment: Enrolment,
}

/// Makes the unused codes of a batch worthless.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeWithdrawal {
    /// The entry of the batch.
    pub batch: EntryIndex,
    /// The precincts whose codes are withdrawn; none for all.
    pub precincts: Vec<PrecinctId>,
    /// Why.
    pub reason: Text,
}
