//! Acts that take two persons: one proposes, another seconds.

use serde::{Deserialize, Serialize};

use crate::body::{decode, encode};
use crate::{DecodeError, Enrolment, EntryIndex, Revocation, Text};

/// What happens to acts that take two persons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuthorityEvent {
    /// A registrar proposes an act.
    Proposed(Box<Act>),
    /// Another person seconds it, and with that it is so.
    Seconded(Box<Seconding>),
    /// A registrar turns a proposal down, or takes it back.
    Withdrawn(ActWithdrawal),
}

/// What takes two persons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Act {
    /// Enrols a key.
    Enrol(Enrolment),
    /// Withdraws a key.
    Revoke(Revocation),
    /// Gives the log another key for its own events.
    Succeed(Succession),
}

/// Seconds a proposal. It repeats the act, so that its signer signs all of it too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seconding {
    /// The entry of the proposal.
    pub proposal: EntryIndex,
    /// The same as the proposal has.
    pub act: Act,
}

/// Gives the log another key for its own events. The key before it signs nothing from then on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Succession {
    /// The new key: its person is the log's origin, its role the service.
    pub enrolment: Enrolment,
    /// Why.
    pub reason: Text,
}

/// Turns a proposal down, or takes it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActWithdrawal {
    /// The entry of the proposal.
    pub proposal: EntryIndex,
    /// Why.
    pub reason: Text,
}

impl AuthorityEvent {
    /// The act that it proposes or seconds.
    #[must_use]
    pub fn act(&self) -> Option<&Act> {
        match self {
            Self::Proposed(act) => Some(act),
            Self::Seconded(seconding) => Some(&seconding.act),
            Self::Withdrawn(_) => None,
        }
    }
}

impl Act {
    /// Its bytes in an event.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        encode(self, 256)
    }

    /// Decodes them.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] if the bytes are not the one encoding of an act.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        decode(bytes)
    }

    /// The enrolment that it carries, if it enrols a key.
    #[must_use]
    pub const fn enrolment(&self) -> Option<&Enrolment> {
        match self {
            Self::Enrol(enrolment) => Some(enrolment),
            Self::Succeed(succession) => Some(&succession.enrolment),
            Self::Revoke(_) => None,
        }
    }
}
