//! What waits for a reviewer.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use tallylog_event::{EntryIndex, PrecinctId, Subject, Verdict};
use tallylog_projection::{Basis, Cause, Discrepancy, Life, Review, State};
use tallylog_rules::{Code, Desk as Role, Severity};
use tallylog_wire::v1;

use super::{Desk, counts, named, standing, word};
use crate::notebook::Place;
use crate::problem::Problem;
use crate::query::{discrepancies, moment};

/// How many discrepancies of one code are shown of a precinct: one device can bring about tens of thousands.
const OF_A_KIND: usize = 64;

/// Answers with the discrepancies that are open and that somebody must look at, and with the holds that stand.
pub(crate) fn queue(desk: Desk<'_>, request: &v1::QueueRequest, now_ms: u64) -> Result<v1::QueueResponse, Problem> {
    let state = desk.state;
    let position = moment::position(state)?;
    let wanted = Wanted::of(state, request)?;
    let review = state.review();
    let open = review
        .discrepancies()
        .iter()
        .filter(|found| found.life == Life::Open && found.severity > Severity::Inform && wanted.covers(found));
    let mut waiting = Vec::new();
    for found in open {
        let owner = desk.owner(found)?;
        if !request.mine || owner == desk.reader.person.as_str() {
            waiting.push((Reverse(found.severity), since(state, found), owner, found));
        }
    }
    waiting.sort_by_key(|(severity, since_ms, ..)| (*severity, *since_ms));
    let all = || waiting.iter().map(|(.., found)| *found);
    let name = |county| state.roster().county(county).map(|county| county.name.to_string());
    let (by_code, by_county, by_state) = (
        counts(all().map(|found| found.code.as_str().to_owned())),
        counts(all().map(|found| name(found.county).unwrap_or_default())),
        counts(all().map(|found| word(desk.state_of(review, found)).to_owned())),
    );
    let mut shown = BTreeMap::<_, usize>::new();
    let items = waiting.into_iter().filter(|(.., found)| {
        let of_kind = shown.entry((found.county, found.precinct, found.code)).or_default();
        *of_kind += 1;
        *of_kind <= OF_A_KIND
    });
    Ok(v1::QueueResponse {
        position: Some(position),
        now_ms,
        by_code,
        by_county,
        by_state,
        holds: desk.holds(&wanted, request)?,
        items: items
            .map(|(_, since_ms, owner, found)| desk.item(review, found, since_ms, owner))
            .collect(),
        unseen_hands: desk.unseen_hands(&wanted)?,
    })
}

/// What was asked for.
struct Wanted {
    code: Option<Code>,
    county: Option<tallylog_event::CountyId>,
    precinct: Option<PrecinctId>,
}

impl Wanted {
    fn of(state: &State, request: &v1::QueueRequest) -> Result<Self, Problem> {
        let given = |text: &str| !text.is_empty();
        let code = |text: &String| {
            let code = Code::parse(&text.to_uppercase());
            code.ok_or_else(|| Problem::NoSuchCode(text.clone()))
        };
        let county = Some(&request.county).filter(|name| given(name));
        let county = county.map(|name| moment::county(state, name)).transpose()?;
        let precinct = Some(&request.precinct).filter(|name| given(name));
        Ok(Self {
            code: Some(&request.code).filter(|text| given(text)).map(code).transpose()?,
            county: county.map(|county| county.id),
            precinct: precinct.map(|name| named(state, &request.county, name)).transpose()?,
        })
    }

    fn covers(&self, found: &Discrepancy) -> bool {
        self.code.is_none_or(|code| code == found.code)
            && self.county.is_none_or(|county| county == found.county)
            && (self.precinct.is_none() || self.precinct == found.precinct)
    }

    /// Whether what has no code is asked for, of a precinct.
    fn covers_precinct(&self, id: PrecinctId) -> bool {
        self.code.is_none()
            && self.county.is_none_or(|county| county == id.county)
            && self.precinct.is_none_or(|precinct| precinct == id)
    }
}

impl Desk<'_> {
    fn item(self, review: &Review, found: &Discrepancy, since_ms: u64, owner: String) -> v1::QueueItem {
        v1::QueueItem {
            discrepancy: Some(discrepancies::message(self.state, found)),
            since_ms,
            owner,
            operator_advice: found.code.advice_for(Role::Operator).to_owned(),
            chair_advice: found.code.advice_for(Role::Chair).to_owned(),
            own_entry: self.is_own(found),
            state: self.state_of(review, found).into(),
        }
    }

    /// Who looks after it.
    fn owner(self, found: &Discrepancy) -> Result<String, Problem> {
        let at = found.precinct.map_or_else(|| Place::from(found.county), Place::from);
        Ok(self.notebook.page(at)?.reviewer.unwrap_or_default())
    }

    fn state_of(self, review: &Review, found: &Discrepancy) -> v1::PrecinctState {
        let position = found.precinct.and_then(|id| self.state.roster().position(id));
        let status = position.map(|position| moment::word(review.status(position)));
        status.unwrap_or_default()
    }

    fn is_own(self, found: &Discrepancy) -> bool {
        let version = found.precinct.zip(found.entry);
        let version = version.and_then(|(id, entry)| self.state.version(id, entry));
        version.is_some_and(|version| self.state.typists(version).contains(&&self.reader.person))
    }

    fn holds(self, wanted: &Wanted, request: &v1::QueueRequest) -> Result<Vec<v1::QueueHold>, Problem> {
        let state = self.state;
        let mut found = Vec::new();
        for id in state.roster().ids().filter(|id| wanted.covers_precinct(*id)) {
            let Some((county, precinct)) = state.roster().precinct(id) else {
                continue;
            };
            for hold in state
                .desks()
                .review
                .holds(id)
                .iter()
                .filter(|hold| hold.lifted.is_none())
            {
                let owner = self.notebook.page(id)?.reviewer;
                if request.mine && owner.as_deref() != Some(self.reader.person.as_str()) {
                    continue;
                }
                found.push(v1::QueueHold {
                    entry: hold.hold.entry.0,
                    county: county.name.to_string(),
                    precinct: precinct.name.to_string(),
                    person: state.author(hold.hold.author).person.to_string(),
                    reason: hold.hold.what.reason.to_string(),
                    since_ms: at(state, hold.hold.entry),
                });
            }
        }
        found.sort_by_key(|hold| hold.entry);
        Ok(found)
    }

    /// The entries that nobody but their signers says others typed into, since the notebook was begun in the middle of a log.
    fn unseen_hands(self, wanted: &Wanted) -> Result<Vec<v1::QueueHand>, Problem> {
        let begun = self.notebook.begun();
        let mut found = Vec::new();
        if begun.is_with_the_log() {
            return Ok(found);
        }
        let state = self.state;
        for id in state.roster().ids().filter(|id| wanted.covers_precinct(*id)) {
            let Some((county, precinct)) = state.roster().precinct(id) else {
                continue;
            };
            for version in standing(state, id).filter(|version| version.entry.0 >= begun.size) {
                let Some(note) = state.desks().entry.note(version.entry) else {
                    continue;
                };
                let page = self.notebook.page(id)?;
                let unseen: Vec<String> = page.unseen(&note.typed_by).map(ToString::to_string).collect();
                if !unseen.is_empty() {
                    found.push(v1::QueueHand {
                        entry: version.entry.0,
                        county: county.name.to_string(),
                        precinct: precinct.name.to_string(),
                        person: state.author(version.author).person.to_string(),
                        typed_by: unseen,
                    });
                }
            }
        }
        found.sort_by_key(|hand| hand.entry);
        Ok(found)
    }
}

/// When the log took an entry.
fn at(state: &State, entry: EntryIndex) -> u64 {
    state.received_at(entry).unwrap_or_default().0
}

/// Since when the cause of a discrepancy stands, or since when it is open again.
fn since(state: &State, found: &Discrepancy) -> u64 {
    let record = |id: PrecinctId| {
        let counted = state.counted(id, Basis::Recorded);
        counted.map(|version| version.received_at.0)
    };
    let cause = match (&found.cause, found.entry) {
        (Cause::SameFigures { others, .. }, Some(entry)) => {
            let others = others.iter().filter_map(|id| record(*id));
            others.chain([at(state, entry)]).max()
        }
        (_, Some(entry)) => Some(at(state, entry)),
        (_, None) => {
            let of_county = state.roster().ids().filter(|id| id.county == found.county);
            of_county.filter_map(record).max()
        }
    };
    cause
        .unwrap_or_default()
        .max(reopened(state, found).unwrap_or_default())
}

fn reopened(state: &State, found: &Discrepancy) -> Option<u64> {
    let subject: Subject = found.subject()?;
    let last = state.desks().review.decisions(subject, found.code.number()).last()?;
    matches!(last.what.verdict, Verdict::Reopened).then(|| at(state, last.entry))
}
