//! The contest's first event: everything that the rest of the log rests on.

use serde::{Deserialize, Serialize};
use tallylog_rules::Ruleset;

use crate::{ContestId, PublicKey, Text};

/// Opens a contest. It is entry 0, stands alone there, and is never amended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contest {
    /// A random name; every later event repeats it.
    pub id: ContestId,
    /// Whether this is a real night.
    pub kind: ContestKind,
    /// What people call it.
    pub name: Text,
    /// The delegate plan's numbers.
    pub ruleset: Ruleset,
    /// The preference groups in roster order; group 1 is the first.
    pub candidates: Vec<Candidate>,
    /// The log's name and key.
    pub log: LogIdentity,
    /// The key that signs the log's own events.
    pub service: PublicKey,
    /// Who may enrol keys and load the roster, from the start. The first of them signs this event.
    pub registrars: Vec<Registrar>,
    /// The version of admission and fold by which the log is read.
    pub fold: u16,
    /// What a release may hold.
    pub release: ReleasePolicy,
    /// When contents become public.
    pub embargo: Embargo,
    /// Whose cosignatures a checkpoint needs.
    pub witnesses: WitnessPolicy,
}

/// Whether a contest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ContestKind {
    /// A real night.
    Election,
    /// A practice night: everything shown of it says so.
    Rehearsal,
    /// Published results of a past night, recorded by an importer.
    Archive,
}

/// A preference group as voters see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The name on the worksheet.
    pub name: Text,
}

/// The log's name and key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogIdentity {
    /// A schema-less URL, the first line of every checkpoint.
    pub origin: Text,
    /// The key that signs checkpoints.
    pub key: PublicKey,
}

/// A person who may enrol keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registrar {
    /// The person's name.
    pub person: Text,
    /// The person's key.
    pub key: PublicKey,
}

/// What a release may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReleasePolicy {
    /// Whatever the release lists: the record of a past night.
    AsListed,
    /// Reports without a blocking or an unreviewed holding discrepancy.
    ReportedClear,
    /// The same, and confirmed by a second source.
    Confirmed,
}

/// When the contents of entries become public.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Embargo {
    /// At once.
    Open,
    /// With the release that lists them. Hashes and proofs are public at once.
    OnRelease,
}

/// Whose cosignatures a checkpoint needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WitnessPolicy {
    /// How many of the witnesses must cosign.
    pub quorum: u8,
    /// The witnesses' verifier keys, in signed-note form.
    pub witnesses: Vec<Text>,
}
