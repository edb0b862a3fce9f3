//! What intake must know of keys, apart from the state: a look at it waits for no query, and no query for it.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use tallylog_event::{ContestId, EntryIndex, PublicKey, Role};
use tallylog_projection::{Author, State};

use super::rates::Class;

/// Every key that is enrolled by what is on disk.
#[derive(Debug, Default)]
pub(crate) struct Keys(RwLock<Known>);

#[derive(Debug, Default)]
struct Known {
    contest: Option<ContestId>,
    keys: BTreeMap<PublicKey, Standing>,
}

/// Where a key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Its place by the order of enrolment.
    pub(crate) place: usize,
    pub(crate) class: Class,
    pub(crate) revoked: Option<EntryIndex>,
}

/// What is known of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Looked {
    /// No contest is open: no key is enrolled, and the first event enrols its own.
    NotOpen,
    /// It is none of this contest's.
    Unknown(ContestId),
    Known(Standing),
}

impl Keys {
    pub(crate) fn of(state: &State) -> Self {
        let keys = Self::default();
        keys.follow(state);
        keys
    }

    /// Takes up what is new in a state, all of which is on disk.
    pub(crate) fn follow(&self, state: &State) {
        let known = &mut *self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.contest = state.contest().map(|contest| contest.id);
        for (place, author) in state.authors().enumerate().skip(known.keys.len()) {
            known.keys.insert(author.key, Standing::of(place, author));
        }
        for author in state.authors().filter(|author| author.revoked.is_some()) {
            if let Some(standing) = known.keys.get_mut(&author.key) {
                standing.revoked = author.revoked;
            }
        }
    }

    pub(crate) fn look(&self, key: &PublicKey) -> Looked {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        match (known.keys.get(key), known.contest) {
            (Some(standing), _) => Looked::Known(*standing),
            (None, Some(contest)) => Looked::Unknown(contest),
            (None, None) => Looked::NotOpen,
        }
    }
}

impl Standing {
    fn of(place: usize, author: &Author) -> Self {
        Self {
            place,
            class: Class::of(&author.role),
            revoked: author.revoked,
        }
    }
}

impl Class {
    /// The allowance of a role. An importer brings whole nights, and the service speaks for the log itself.
    pub(crate) const fn of(role: &Role) -> Self {
        match role {
            Role::Chair(_) | Role::Campaign(_) | Role::Observer | Role::Witness => Self::Person,
            Role::Registrar | Role::Operator | Role::Reviewer | Role::CorrectionsOfficer => Self::Staff,
            Role::Importer | Role::Service => Self::Unlimited,
        }
    }
}
