//! Keys, the persons behind them, and what they may sign.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tallylog_event::{EntryIndex, PublicKey, Role, Text};

use crate::State;
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
    /// Those of registrars.
    registrars: Vec<AuthorId>,
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

    /// Every key that a registrar ever had.
    pub(crate) fn registrars(&self) -> impl Iterator<Item = &Author> {
        self.registrars.iter().map(|id| self.get(*id))
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
            if author.role == Role::Registrar {
                self.registrars.push(AuthorId(number));
            }
            self.list.push(author);
        }
    }

    pub(crate) fn revoke(&mut self, key: &PublicKey, by: EntryIndex) {
        if let Some(author) = self.by_key.get(key).and_then(|id| self.list.get_mut(id.place())) {
            author.revoked.get_or_insert(by);
        }
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
            registrars: self.registrars.iter().copied().filter(was_there).collect(),
            by_likeness: self
                .by_likeness
                .iter()
                .filter(|(_, id)| was_there(id))
                .map(|(alike, id)| (Arc::clone(alike), *id))
                .collect(),
        }
    }
}

/// A spell of the log in which one person alone was registrar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoleRegistrar {
    /// Who.
    pub person: Text,
    /// The entry that began it.
    pub from: EntryIndex,
    /// The entry that ended it; absent where it lasts.
    pub until: Option<EntryIndex>,
}

impl State {
    /// The persons who are registrars now. Two keys of one name are one person.
    #[must_use]
    pub fn registrars(&self) -> BTreeSet<&Text> {
        let stand = self.authors.registrars().filter(|author| author.revoked.is_none());
        stand.map(|author| &author.person).collect()
    }

    /// Whether the log's version knows acts that take two persons.
    #[must_use]
    pub fn has_acts(&self) -> bool {
        self.contest()
            .is_some_and(|contest| contest.fold >= crate::admit::CEILINGS)
    }

    /// The spells in which one person alone was registrar, and could do alone what takes two.
    #[must_use]
    pub fn sole_registrars(&self) -> Vec<SoleRegistrar> {
        let mut turns: BTreeMap<EntryIndex, Vec<(&Text, bool)>> = BTreeMap::new();
        for author in self.authors.registrars() {
            turns.entry(author.enrolled).or_default().push((&author.person, true));
            if let Some(by) = author.revoked {
                turns.entry(by).or_default().push((&author.person, false));
            }
        }
        let mut keys: BTreeMap<&Text, usize> = BTreeMap::new();
        let mut spells: Vec<SoleRegistrar> = Vec::new();
        for (entry, turns) in turns {
            for (person, is_more) in turns {
                let of_person = keys.entry(person).or_default();
                *of_person = if is_more {
                    *of_person + 1
                } else {
                    of_person.saturating_sub(1)
                };
            }
            keys.retain(|_, keys| *keys > 0);
            let sole = match keys.first_key_value() {
                Some((person, _)) if keys.len() == 1 => Some(*person),
                Some(_) | None => None,
            };
            let last = spells.last_mut().filter(|spell| spell.until.is_none());
            match (last, sole) {
                (Some(last), Some(person)) if last.person == *person => {}
                (last, sole) => {
                    if let Some(last) = last {
                        last.until = Some(entry);
                    }
                    spells.extend(sole.map(|person| SoleRegistrar {
                        person: person.clone(),
                        from: entry,
                        until: None,
                    }));
                }
            }
        }
        spells
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
