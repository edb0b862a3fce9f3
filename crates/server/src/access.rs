//! Who asks. A reader who signs a request with an enrolled key is known; everybody else is the public.
//!
//! Every request is looked at once, before anything answers it. A request that claims to be signed and is not as it must
//! be is refused, also where the public may ask: nobody is shown less than they asked for without being told.

mod door;

use tallylog_event::{EntryIndex, PublicKey, Role, Text};
use tallylog_projection::{Refusal, State};
use tonic::Request;

pub(crate) use self::door::{Door, recognise};
use crate::limits::Limit;
use crate::problem::Problem;

/// The limits of signed reads.
pub(crate) fn limits() -> Vec<Limit> {
    vec![door::limit()]
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Nobody in particular.
    Public,
    /// A person whose key is enrolled and not withdrawn, and who signed this very request.
    Known(Known),
}

/// A person with an enrolled key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Who it is. Two keys of one name are one person.
    pub person: Text,
    /// What the key may sign.
    pub role: Role,
    /// The key.
    pub key: PublicKey,
}

impl Reader {
    /// Who sent a request. Whatever did not come through the door is the public's.
    pub fn of<T>(request: &Request<T>) -> Self {
        request.extensions().get().cloned().unwrap_or(Self::Public)
    }

    /// The person, where the request is for anybody with an enrolled key.
    ///
    /// # Errors
    ///
    /// [`Problem::KeyNeeded`] for the public.
    pub fn known(&self) -> Result<&Known, Problem> {
        match self {
            Self::Known(known) => Ok(known),
            Self::Public => Err(Problem::KeyNeeded),
        }
    }

    /// The person, where the request is for the staff of the tabulation centre alone.
    ///
    /// # Errors
    ///
    /// [`Problem::StaffOnly`] for everybody else.
    pub fn staff(&self) -> Result<&Known, Problem> {
        match self {
            Self::Known(known) if known.is_staff() => Ok(known),
            Self::Known(_) | Self::Public => Err(Problem::StaffOnly),
        }
    }

    /// Whether everything of a contest is for them: what is released, and what is withheld until it is.
    #[must_use]
    pub fn reads_everything(&self, state: &State) -> bool {
        !state.withholds() || self.is_trusted()
    }

    /// Says that everything of a contest is for them.
    ///
    /// # Errors
    ///
    /// [`Problem::Embargoed`] if not.
    pub fn reads_all_of(&self, state: &State) -> Result<(), Problem> {
        if self.reads_everything(state) {
            return Ok(());
        }
        Err(Problem::Embargoed)
    }

    /// How many of the first entries are for them, however many there are by now.
    #[must_use]
    pub fn reach(&self, state: &State) -> u64 {
        if self.reads_everything(state) {
            return u64::MAX;
        }
        state.public_size()
    }

    /// Says that the contents of an entry are for them.
    ///
    /// # Errors
    ///
    /// [`Problem::Embargoed`] if not.
    pub fn reads(&self, state: &State, entry: EntryIndex) -> Result<(), Problem> {
        if self.reads_everything(state) || state.is_public(entry) {
            return Ok(());
        }
        Err(Problem::Embargoed)
    }

    /// Says that the key was not withdrawn since: whoever is followed for long is asked again.
    ///
    /// # Errors
    ///
    /// [`Refusal::RevokedKey`] if it was.
    pub fn still_known(&self, state: &State) -> Result<(), Problem> {
        match self {
            Self::Public => Ok(()),
            Self::Known(known) => enrolled(state, &known.key).map(|_| ()),
        }
    }

    /// Whether what is under embargo is for them: staff, chairs and campaigns.
    fn is_trusted(&self) -> bool {
        match self {
            Self::Public => false,
            Self::Known(known) => match known.role {
                Role::Registrar
                | Role::Chair(_)
                | Role::Operator
                | Role::Reviewer
                | Role::CorrectionsOfficer
                | Role::Campaign(_)
                | Role::Importer
                | Role::Service => true,
                Role::Observer | Role::Witness => false,
            },
        }
    }
}

impl Known {
    /// Whether it is somebody who works at the tabulation centre.
    #[must_use]
    pub const fn is_staff(&self) -> bool {
        match self.role {
            Role::Registrar | Role::Operator | Role::Reviewer | Role::CorrectionsOfficer => true,
            Role::Chair(_) | Role::Campaign(_) | Role::Observer | Role::Witness | Role::Importer | Role::Service => {
                false
            }
        }
    }
}

/// The person behind a key that may be used now.
fn enrolled(state: &State, key: &PublicKey) -> Result<Known, Problem> {
    let author = state.key(key).ok_or(Refusal::UnknownKey(*key))?;
    if let Some(by) = author.revoked {
        return Err(Refusal::RevokedKey { key: *key, by }.into());
    }
    Ok(Known {
        person: author.person.clone(),
        role: author.role.clone(),
        key: *key,
    })
}
