//! The precincts of which something is missing, as a room of callers works through them.

use tallylog_event::PrecinctId;
use tallylog_projection::{Life, PrecinctStatus, Review, State};
use tallylog_rules::Code;
use tallylog_wire::v1;

use super::{Desk, claimed, counts, standing, waits_for_second};
use crate::problem::Problem;
use crate::query::moment;

/// What can be missing, in the order in which it is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lack {
    /// Nothing came.
    Awaiting,
    /// A round is missing.
    Partly,
    /// There is one source alone.
    Single,
    /// An operator entered it, and another has yet to.
    Second,
    /// No photo or scan is named.
    Photo,
    /// A discrepancy or a person holds it.
    Held,
}

impl Lack {
    const ALL: [Self; 6] = [
        Self::Awaiting,
        Self::Partly,
        Self::Single,
        Self::Second,
        Self::Photo,
        Self::Held,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Awaiting => "awaiting",
            Self::Partly => "partly",
            Self::Single => "single",
            Self::Second => "second",
            Self::Photo => "photo",
            Self::Held => "held",
        }
    }

    /// What is to be called about first: 0 before 1.
    const fn weight(self) -> u8 {
        match self {
            Self::Awaiting => 0,
            Self::Partly => 1,
            Self::Held => 2,
            Self::Second => 3,
            Self::Single => 4,
            Self::Photo => 5,
        }
    }

    fn parse(text: &str) -> Result<Self, Problem> {
        let mut all = Self::ALL.into_iter();
        all.find(|lack| lack.as_str() == text)
            .ok_or_else(|| Problem::NoSuchLack(text.to_owned()))
    }
}

/// Answers with the precincts of which something is missing, by the time of the next call.
pub(crate) fn outstanding(
    desk: Desk<'_>,
    request: &v1::OutstandingRequest,
    now_ms: u64,
) -> Result<v1::OutstandingResponse, Problem> {
    let state = desk.state;
    let position = moment::position(state)?;
    let county = match request.county.as_str() {
        "" => None,
        name => Some(moment::county(state, name)?),
    };
    let only = match request.missing.as_str() {
        "" => None,
        word => Some(Lack::parse(word)?),
    };
    let review = state.review();
    let mut listed = Vec::new();
    let mut all = Vec::new();
    for (position, id) in moment::precincts(state, county) {
        let status = review.status(position);
        let missing = lacks(state, review, status, id);
        all.extend(missing.iter().map(|lack| lack.as_str().to_owned()));
        if let Some(worst) = missing.iter().min_by_key(|lack| lack.weight())
            && only.is_none_or(|only| missing.contains(&only))
        {
            listed.push((*worst, desk.line(status, id, &missing)?));
        }
    }
    // Whoever has no time for the next call and was never called is to be called now; whoever was called and has none,
    // after those who have.
    // Of those whose turn it is, whoever lacks most comes first.
    listed.sort_by_key(|(first, line): &(Lack, v1::OutstandingPrecinct)| {
        let turn = match (line.next_call_ms, &line.last_call) {
            (Some(next_ms), _) => next_ms,
            (None, None) => 0,
            (None, Some(_)) => u64::MAX,
        };
        (turn, first.weight())
    });
    Ok(v1::OutstandingResponse {
        position: Some(position),
        now_ms,
        precincts: listed.into_iter().map(|(_, line)| line).collect(),
        by_missing: counts(all.into_iter()),
    })
}

impl Desk<'_> {
    fn line(
        self,
        status: PrecinctStatus,
        id: PrecinctId,
        missing: &[Lack],
    ) -> Result<v1::OutstandingPrecinct, Problem> {
        let (county, precinct) = self.state.roster().precinct(id).ok_or(Problem::Empty)?;
        let page = self.page(id)?;
        let claim = claimed(&page);
        let contact = page.contact;
        Ok(v1::OutstandingPrecinct {
            county: county.name.to_string(),
            precinct: precinct.name.to_string(),
            code: precinct.code.to_string(),
            status: moment::word(status).into(),
            missing: missing.iter().map(|lack| lack.as_str().to_owned()).collect(),
            chair: contact.name,
            phone: contact.phone,
            last_call: contact.calls.last().map(|call| v1::PhoneCall {
                at_ms: call.at_ms,
                person: call.person.clone(),
                note: call.note.clone(),
            }),
            next_call_ms: contact.next_ms,
            owner: contact.owner.unwrap_or_default(),
            claim,
        })
    }
}

fn lacks(state: &State, review: &Review, status: PrecinctStatus, id: PrecinctId) -> Vec<Lack> {
    if status.record.is_none() {
        return vec![Lack::Awaiting];
    }
    let second = waits_for_second(state, id, status.confirmed);
    let is_partly = || {
        let mut found = review.of_precinct(id);
        found.any(|found| found.code == Code::V16 && found.life == Life::Open)
    };
    let lacking = |lack: &Lack| match lack {
        Lack::Awaiting => false,
        Lack::Partly => is_partly(),
        Lack::Single => !status.confirmed && !second && persons(state, id) == 1,
        Lack::Second => second,
        Lack::Photo => !has_file(state, id),
        Lack::Held => status.held,
    };
    Lack::ALL.into_iter().filter(lacking).collect()
}

/// How many persons stand behind a precinct's figures, since the last correction.
fn persons(state: &State, id: PrecinctId) -> usize {
    let mut persons = Vec::new();
    for version in standing(state, id).rev() {
        let person = &state.author(version.author).person;
        if !persons.contains(&person) {
            persons.push(person);
        }
        if version.corrects {
            break;
        }
    }
    persons.len()
}

fn has_file(state: &State, id: PrecinctId) -> bool {
    !state.desks().entry.files(id).is_empty()
        || standing(state, id).any(|version| !version.filing().report().files.is_empty())
}
