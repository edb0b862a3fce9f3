//! Keys, the persons behind them, and what they may sign.

use std::collections::BTreeMap;
use std::sync::Arc;

use tallylog_event::{EntryIndex, PublicKey, Role, Text};

use crate::likeness::likeness;

/// A key, by the order of enrolment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AuthorId(pub(crate) u32);

impl AuthorId {
    /// Where it stands in a list by the order of enrolment.
    pub(crate) fn place(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// A key with its person and role.
#[derive(Clone, Debug)]
pub struct Author {
    /// The key.
    pub key: PublicKey,
    /// Whose it is. Two keys of one name are one person.
    pub person: Text,
    /// What it may sign.
    pub role: Role,
    /// The entry that enrolled it.
    pub enrolled: EntryIndex,
    /// The entry that withdrew it.
    pub revoked: Option<EntryIndex>,
}

/// Every key that was ever enrolled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Authors {
    list: Vec<Author>,
    by_key: BTreeMap<PublicKey, AuthorId>,
    /// The first of those whose names look alike.
    by_likeness: BTreeMap<Arc<str>, AuthorId>,
}

impl Authors {
    pub(crate) fn find(&self, key: &PublicKey) -> Option<(AuthorId, &Author)> {
        let id = *self.by_key.get(key)?;
        Some((id, self.list.get(id.place())?))
    }

    pub(crate) fn get(&self, id: AuthorId) -> &Author {
        &self.list[id.place()]
    }

    /// The first who was enrolled under a name that looks like this one.
    pub(crate) fn alike(&self, person: &Text) -> Option<&Author> {
        let id = self.by_likeness.get(likeness(person.as_str()).as_str())?;
        self.list.get(id.place())
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Author> {
        self.list.iter()
    }

    /// Invariant: the key is new. The log holds fewer than 2^32 enrolments because it holds fewer keys than entries
    /// that a disk can hold; beyond that the key stays unknown rather than taking another's place.
    pub(crate) fn enrol(&mut self, author: Author) {
        if let Ok(number) = u32::try_from(self.list.len()) {
            self.by_key.insert(author.key, AuthorId(number));
            let alike = likeness(author.person.as_str());
            self.by_likeness.entry(alike.into()).or_insert(AuthorId(number));
            self.list.push(author);
        }
    }

    pub(crate) fn revoke(&mut self, key: &PublicKey, by: EntryIndex) {
        if let Some(author) = self.by_key.get(key).and_then(|id| self.list.get_mut(id.place())) {
            author.revoked.get_or_insert(by);
        }
    }

    /// Whether no key was enrolled or withdrawn after the log had `size` entries.
    pub(crate) fn stood_at(&self, size: u64) -> bool {
        let before = |author: &Author| author.enrolled.0 < size && author.revoked.is_none_or(|by| by.0 < size);
        self.list.iter().all(before)
    }

    /// The keys as they stood when the log had `size` entries: the first ones, since the list is in the order of the log.
    pub(crate) fn at(&self, size: u64) -> Self {
        let enrolled = self.list.partition_point(|author| author.enrolled.0 < size);
        let was_there = |id: &AuthorId| id.place() < enrolled;
        let list = self.list.iter().take(enrolled).map(|author| Author {
            revoked: author.revoked.filter(|by| by.0 < size),
            ..author.clone()
        });
        Self {
            list: list.collect(),
            by_key: self
                .by_key
                .iter()
                .filter(|(_, id)| was_there(id))
                .map(|(key, id)| (*key, *id))
                .collect(),
            by_likeness: self
                .by_likeness
                .iter()
                .filter(|(_, id)| was_there(id))
                .map(|(alike, id)| (Arc::clone(alike), *id))
                .collect(),
        }
    }
}

/// What a role is called, in refusals and lists.
#[must_use]
pub const fn role_name(role: &Role) -> &'static str {
    match role {
        Role::Registrar => "registrar",
        Role::Chair(_) => "chair",
        Role::Operator => "operator",
        Role::Reviewer => "reviewer",
        Role::CorrectionsOfficer => "corrections officer",
        Role::Campaign(_) => "campaign",
        Role::Observer => "observer",
        Role::Witness => "witness",
        Role::Importer => "importer",
        Role::Service => "service",
    }
}
