//! What the desks ask: of the log and of the notebook, for staff alone.

mod decisions;
mod differences;
mod find;
mod outstanding;
mod queue;

use std::collections::{BTreeMap, BTreeSet};

use tallylog_event::{PrecinctId, Role, Text};
use tallylog_projection::{Refusal, State, Version, role_name};
use tallylog_wire::v1;

pub(crate) use self::decisions::decisions;
pub(crate) use self::differences::differences;
pub(crate) use self::find::find;
pub(crate) use self::outstanding::outstanding;
pub(crate) use self::queue::queue;
use super::{moment, precinct};
use crate::Known;
use crate::notebook::{Claim, Notebook, Page};
use crate::problem::Problem;

/// Who asks of what.
#[derive(Clone, Copy)]
pub(crate) struct Desk<'a> {
    pub(crate) state: &'a State,
    pub(crate) notebook: &'a Notebook,
    pub(crate) reader: &'a Known,
    pub(crate) present: &'a Present,
}

/// Who may be at a desk now.
#[derive(Clone, Debug)]
pub(crate) struct Present {
    /// The persons with an operator's key that may be used.
    operators: BTreeSet<String>,
    now_ms: u64,
}

impl Present {
    pub(crate) fn of(state: &State, now_ms: u64) -> Self {
        let keys = state.authors().filter(|author| author.revoked.is_none());
        let operators = keys.filter(|author| author.role == Role::Operator);
        Self {
            operators: operators.map(|author| author.person.to_string()).collect(),
            now_ms,
        }
    }

    /// Whether whoever claimed a precinct is still at it.
    pub(crate) fn has(&self, claim: &Claim) -> bool {
        !claim.is_over(self.now_ms) && self.operators.contains(&claim.person)
    }
}

/// When the persons who entered a precinct did so: it ends their claims and drafts of that time.
pub(crate) struct Ended(BTreeMap<Text, u64>);

impl Ended {
    pub(crate) fn of(state: &State, precinct: PrecinctId) -> Self {
        let mut latest = BTreeMap::<&Text, u64>::new();
        for version in state.versions(precinct) {
            for person in state.typists(version) {
                latest.insert(person, version.received_at.0);
            }
        }
        let latest = latest.into_iter();
        Self(latest.map(|(person, at)| (person.clone(), at)).collect())
    }

    /// Whether what a person began at a time is over.
    pub(crate) fn covers(&self, person: &str, since_ms: u64) -> bool {
        let mut latest = self.0.iter();
        latest.any(|(known, at)| known.as_str() == person && *at >= since_ms)
    }
}

impl Page {
    /// Takes away what is over. A draft outlives its claim.
    pub(crate) fn settle(&mut self, ended: &Ended, present: &Present) {
        self.claim
            .take_if(|claim| ended.covers(&claim.person, claim.since_ms) || !present.has(claim));
        self.drafts
            .retain(|person, draft| !ended.covers(person, draft.saved_ms));
    }
}

/// The precinct of a name.
pub(crate) fn named(state: &State, county: &str, precinct: &str) -> Result<PrecinctId, Problem> {
    let county = moment::county(state, county)?;
    let id = state.roster().precinct_named(county, precinct);
    id.ok_or_else(|| Problem::NoPrecinct {
        county: county.name.to_string(),
        precinct: precinct.to_owned(),
    })
}

/// Says that a reader has a role.
pub(crate) fn needs(reader: &Known, needed: &'static str, may: impl Fn(&Role) -> bool) -> Result<(), Problem> {
    if may(&reader.role) {
        return Ok(());
    }
    let role = role_name(&reader.role);
    Err(Refusal::WrongRole { role, needed }.into())
}

/// Says that a reader may see figures that an operator who makes a second entry must not see.
pub(crate) fn sees_figures(reader: &Known) -> Result<(), Problem> {
    needs(reader, "a reviewer, a corrections officer or a registrar", |role| {
        matches!(role, Role::Reviewer | Role::CorrectionsOfficer | Role::Registrar)
    })
}

/// That somebody reported, without figures.
fn entry(state: &State, version: &Version) -> v1::DeskEntry {
    let author = state.author(version.author);
    v1::DeskEntry {
        entry: version.entry.0,
        received_at_ms: version.received_at.0,
        person: author.person.to_string(),
        role: role_name(&author.role).to_owned(),
        channel: precinct::channel(version.filing().report().channel).to_owned(),
        correction: version.corrects,
    }
}

/// The versions of a precinct that count, in the order of the log.
fn standing(state: &State, precinct: PrecinctId) -> impl DoubleEndedIterator<Item = &Version> {
    let versions = state.versions(precinct).iter();
    versions.filter(move |version| state.set_aside_by(precinct, version.entry).is_none())
}

/// Whether an operator entered a precinct, another has yet to, and nobody else has confirmed it.
fn waits_for_second(state: &State, precinct: PrecinctId, confirmed: bool) -> bool {
    !confirmed && state.entered(precinct).len() == 1
}

fn claimed(page: &Page) -> Option<v1::Claimed> {
    page.claim.as_ref().map(|claim| v1::Claimed {
        person: claim.person.clone(),
        since_ms: claim.since_ms,
    })
}

/// How often each name comes, the names in order.
fn counts(names: impl Iterator<Item = String>) -> Vec<v1::QueueCount> {
    let mut counts = BTreeMap::<String, u32>::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    let counts = counts.into_iter();
    counts.map(|(name, count)| v1::QueueCount { name, count }).collect()
}

/// A precinct's state, as a word.
const fn word(state: v1::PrecinctState) -> &'static str {
    match state {
        v1::PrecinctState::Unspecified => "unknown",
        v1::PrecinctState::Awaiting => "awaiting",
        v1::PrecinctState::Reported => "reported",
        v1::PrecinctState::Confirmed => "confirmed",
        v1::PrecinctState::Held => "held",
        v1::PrecinctState::Released => "released",
        v1::PrecinctState::Corrected => "corrected",
        v1::PrecinctState::Withheld => "withheld until released",
    }
}
