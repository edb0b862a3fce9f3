//! What stands on a page of the notebook.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tallylog_event::{CountyId, PrecinctId, Text};

use crate::problem::Problem;

/// How many precincts an operator may be on at a time.
pub(crate) const MOST_CLAIMS: usize = 10;

/// For how long a claim stands after the last key press, in milliseconds.
const SILENCE: u64 = 15 * 60_000;

/// How many bytes a draft's form may have.
const LONGEST_FORM: usize = 32_768;

/// How many bytes a name, a telephone number or a note may have.
const LONGEST_NOTE: usize = 500;

/// How many calls are kept of a precinct: the latest.
const CALLS: usize = 20;

/// How many persons may have typed into a draft.
const HANDS: usize = 16;

/// Which page: a precinct's, or a county's as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Place {
    county: u16,
    number: Option<u16>,
}

impl From<PrecinctId> for Place {
    fn from(id: PrecinctId) -> Self {
        Self {
            county: id.county.0,
            number: Some(id.number),
        }
    }
}

impl From<CountyId> for Place {
    fn from(id: CountyId) -> Self {
        Self {
            county: id.0,
            number: None,
        }
    }
}

impl Place {
    /// The precinct whose page it is.
    pub(crate) fn precinct(self) -> Option<PrecinctId> {
        Some(PrecinctId {
            county: CountyId(self.county),
            number: self.number?,
        })
    }
}

/// What is noted of a precinct, or of a county as a whole. Nothing of it is in the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Page {
    /// Who is entering the precinct.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) claim: Option<Claim>,
    /// What was typed and not sent, by the person who may go on with it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) drafts: BTreeMap<String, Draft>,
    /// Everybody who ever typed into a draft, also where the draft is gone.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) hands: BTreeSet<String>,
    /// Whom to call.
    #[serde(default, skip_serializing_if = "Contact::is_blank")]
    pub(crate) contact: Contact,
    /// The reviewer who looks after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reviewer: Option<String>,
}

/// That a person is on a precinct.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claim {
    pub(crate) person: String,
    pub(crate) since_ms: u64,
    /// When the person last typed.
    #[serde(default)]
    pub(crate) typed_ms: u64,
    /// Whether another handed it over, and the person has typed nothing since: it does not count as one of theirs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_given: bool,
}

/// Who takes a precinct, when, and how many others they are on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claiming<'a> {
    pub(crate) person: &'a str,
    pub(crate) now_ms: u64,
    pub(crate) others: usize,
}

/// What was typed and not sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Draft {
    /// In a form of the client's own.
    pub(crate) form: String,
    /// How much is done, of 100.
    pub(crate) progress: u8,
    /// Everybody who typed into it, whoever goes on with it among them.
    pub(crate) typed_by: Vec<String>,
    pub(crate) saved_ms: u64,
}

/// Whom to call about a precinct.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Contact {
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) phone: String,
    /// The latest calls, in order.
    #[serde(default)]
    pub(crate) calls: Vec<Call>,
    #[serde(default)]
    pub(crate) next_ms: Option<u64>,
    /// Who calls.
    #[serde(default)]
    pub(crate) owner: Option<String>,
}

/// A call that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Call {
    pub(crate) at_ms: u64,
    pub(crate) person: String,
    pub(crate) note: String,
}

impl Claim {
    /// Whether its person has typed nothing for so long that it is over.
    pub(crate) fn is_over(&self, now_ms: u64) -> bool {
        now_ms.saturating_sub(self.since_ms.max(self.typed_ms)) >= SILENCE
    }
}

impl Contact {
    fn is_blank(&self) -> bool {
        *self == Self::default()
    }

    /// Notes a call; the oldest goes where there are too many.
    pub(crate) fn note(&mut self, call: Call) {
        self.calls.push(call);
        let extra = self.calls.len().saturating_sub(CALLS);
        self.calls.drain(..extra);
    }
}

impl Draft {
    /// Nothing typed yet, by nobody.
    pub(crate) const fn blank() -> Self {
        Self {
            form: String::new(),
            progress: 0,
            typed_by: Vec::new(),
            saved_ms: 0,
        }
    }

    /// Adds a person to those who typed.
    pub(crate) fn typed(&mut self, person: &str) {
        if !self.typed_by.iter().any(|known| known == person) {
            self.typed_by.push(person.to_owned());
        }
    }

    /// Everybody who typed but a person.
    pub(crate) fn others(&self, person: &str) -> Vec<String> {
        let others = self.typed_by.iter().filter(|known| *known != person);
        others.cloned().collect()
    }
}

impl Page {
    /// Takes the precinct for a person, or notes that the one who has it is still at it.
    pub(crate) fn claim(&mut self, claiming: Claiming<'_>) -> Result<&Claim, Problem> {
        let Claiming { person, now_ms, others } = claiming;
        let before = self.claim.take_if(|claim| claim.person == person);
        if let Some(other) = &self.claim {
            return Err(Problem::Claimed(other.person.clone()));
        }
        let is_theirs = before.as_ref().is_some_and(|claim| !claim.is_given);
        if !is_theirs && others >= MOST_CLAIMS {
            self.claim = before;
            return Err(Problem::TooManyClaims {
                person: person.to_owned(),
                most: MOST_CLAIMS,
            });
        }
        Ok(self.claim.insert(Claim {
            person: person.to_owned(),
            since_ms: before.map_or(now_ms, |claim| claim.since_ms),
            typed_ms: now_ms,
            is_given: false,
        }))
    }

    /// Those of some names who were not seen to type.
    pub(crate) fn unseen<'a>(&'a self, typed_by: &'a [Text]) -> impl Iterator<Item = &'a Text> {
        let in_a_draft = |name: &str| {
            let mut hands = self.drafts.values().flat_map(|draft| &draft.typed_by);
            hands.any(|hand| hand == name)
        };
        typed_by
            .iter()
            .filter(move |name| !self.hands.contains(name.as_str()) && !in_a_draft(name.as_str()))
    }

    /// Says that nothing on it is longer than it may be: whoever fills a disk stops everybody's work.
    pub(crate) fn fits(&self) -> Result<(), Problem> {
        for draft in self.drafts.values() {
            within("draft", draft.form.len(), LONGEST_FORM)?;
            within("list of typists", draft.typed_by.len(), HANDS)?;
        }
        let Contact { name, phone, calls, .. } = &self.contact;
        within("name", name.len(), LONGEST_NOTE)?;
        within("telephone number", phone.len(), LONGEST_NOTE)?;
        calls
            .iter()
            .try_for_each(|call| within("note", call.note.len(), LONGEST_NOTE))
    }
}

fn within(what: &'static str, length: usize, limit: usize) -> Result<(), Problem> {
    if length > limit {
        return Err(Problem::NoteTooLong { what, limit });
    }
    Ok(())
}
