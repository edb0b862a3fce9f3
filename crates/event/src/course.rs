//! The course of the night: pauses, certification, and what is amended in the roster.

use serde::{Deserialize, Serialize};
use tallylog_rules::{Delegates, GroupId};

use crate::{CountyId, EntryIndex, FileRef, Text};

/// What a registrar does with the night as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CourseEvent {
    /// Reports are taken no longer for now, with a notice to the public.
    Paused(Text),
    /// Reports are taken again, with a notice to the public.
    Resumed(Text),
    /// The results are certified, and no more reports are taken.
    Certified(Box<Certification>),
    /// The roster is amended.
    RosterAmended(Box<RosterAmendment>),
}

/// Certifies a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certification {
    /// The entry of the release.
    pub release: EntryIndex,
    /// What is certified, in words.
    pub statement: Text,
    /// The signed certificate.
    pub evidence: Vec<FileRef>,
}

/// Amends the roster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterAmendment {
    /// What changes.
    pub change: RosterChange,
    /// The document that gives the authority.
    pub authority: Text,
    /// Why.
    pub reason: Text,
    /// The document itself.
    pub evidence: Vec<FileRef>,
}

/// What changes in the roster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RosterChange {
    /// Precincts of a county elect other numbers of delegates.
    Apportionment(Apportionment),
    /// A candidate has withdrawn. The group keeps its number and its figures.
    Withdrawn(GroupId),
}

/// Other numbers of delegates for precincts of a county.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Apportionment {
    /// The county.
    pub county: CountyId,
    /// The delegates of the whole county from now on.
    pub county_delegates: Delegates,
    /// The precincts that change, in rising order.
    pub precincts: Vec<Apportioned>,
}

/// The number of delegates that a precinct elects from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Apportioned {
    /// The precinct's number in its county.
    pub number: u16,
    /// Its delegates.
    pub delegates: Delegates,
}
