//! Who may say what: keys, persons and roles.

use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::body::encode;
use crate::{ContestId, KeyError, PrecinctId, PublicKey, Signature, SignatureError, Text};

const POSSESSION: &[u8] = b"tallylog/possession/v1\0";

/// What a key may sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// Loads the roster, enrols and revokes keys.
    Registrar,
    /// Reports for its own precincts.
    Chair(Vec<PrecinctId>),
    /// Enters reports taken by phone, from a photo or from paper.
    Operator,
    /// Compares, holds and releases.
    Reviewer,
    /// Corrects.
    CorrectionsOfficer,
    /// A campaign, by name: reads, verifies, inquires.
    Campaign(Text),
    /// Reads and verifies.
    Observer,
    /// Cosigns checkpoints.
    Witness,
    /// Records published results in an archive.
    Importer,
    /// The log itself.
    Service,
}

impl Role {
    /// Whether it works at a desk of the tabulation centre.
    #[must_use]
    pub const fn is_staff(&self) -> bool {
        match self {
            Self::Registrar | Self::Operator | Self::Reviewer | Self::CorrectionsOfficer => true,
            Self::Chair(_) | Self::Campaign(_) | Self::Observer | Self::Witness | Self::Importer | Self::Service => {
                false
            }
        }
    }
}

/// Why a key cannot be enrolled as its enrolment says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EnrolmentError {
    /// The key is unfit.
    #[error("{0}; make a new key")]
    Key(#[from] KeyError),
    /// Nobody proved to hold the key.
    #[error("the proof that the enrolled person holds the key does not hold; enrol from the device that has the key")]
    Possession,
}

/// Enrols a key for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The key.
    pub key: PublicKey,
    /// The person, who keeps the name across replacement keys.
    pub person: Text,
    /// What the key may sign.
    pub role: Role,
    /// The key's own signature over contest, person and role: whoever enrols it holds it.
    pub possession: Signature,
}

impl Enrolment {
    /// Makes the enrolment of `key`.
    #[must_use]
    pub fn new(contest: ContestId, person: Text, role: Role, key: &SigningKey) -> Self {
        let possession = Signature::make(key, POSSESSION, &possession_bytes(contest, &person, &role));
        Self {
            key: PublicKey::of(key),
            person,
            role,
            possession,
        }
    }

    /// Checks that every verifier agrees about the key, and that its owner agreed to this enrolment in this contest.
    ///
    /// # Errors
    ///
    /// [`EnrolmentError`] if not.
    pub fn check(&self, contest: ContestId) -> Result<(), EnrolmentError> {
        self.key.check()?;
        self.check_possession(contest).map_err(|_| EnrolmentError::Possession)
    }

    /// Checks that the key's owner agreed to this enrolment in this contest.
    ///
    /// # Errors
    ///
    /// [`SignatureError`] if the proof of possession does not hold.
    pub fn check_possession(&self, contest: ContestId) -> Result<(), SignatureError> {
        let bytes = possession_bytes(contest, &self.person, &self.role);
        self.key.verify(POSSESSION, &bytes, &self.possession)
    }
}

fn possession_bytes(contest: ContestId, person: &Text, role: &Role) -> Vec<u8> {
    encode(&(contest, person, role), 128)
}

/// Withdraws a key: what is sequenced after this is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// The key.
    pub key: PublicKey,
    /// Why.
    pub reason: Text,
}
