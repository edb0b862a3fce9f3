//! What waits for a reviewer.

use std::cmp::Reverse;

use tallylog_event::{EntryIndex, PrecinctId, Subject, Verdict};
use tallylog_projection::{Basis, Cause, Discrepancy, Life, Review, State};
use tallylog_rules::{Code, Desk as Role, Severity};
use tallylog_wire::v1;

use super::{Desk, counts, named, standing, word};
use crate::notebook::Place;
use crate::problem::Problem;
use crate::query::{discrepancies, moment};

/// Answers with the discrepancies that are open and that somebody must look at, and with the holds that stand.
pub(crate) fn queue(desk: Desk<'_>, request: &v1::QueueRequest, now_ms: u64) -> Result<v1::QueueResponse, Problem> {
    let state = desk.state;
    let position = moment::position(state)?;
    let wanted = Wanted::of(state, request)?;
    let review = Review::of(state);
    let open = review
        .discrepancies()
        .iter()
        .filter(|found| found.life == Life::Open && found.severity > Severity::Inform && wanted.covers(found));
    let mut items = Vec::new();
    for found in open {
        let item = desk.item(&review, found)?;
        if !request.mine || item.owner == desk.reader.person.as_str() {
            items.push((Reverse(found.severity), item.since_ms, item));
        }
    }
    items.sort_by_key(|(severity, since_ms, _)| (*severity, *since_ms));
    let items: Vec<v1::QueueItem> = items.into_iter().map(|(.., item)| item).collect();
    let found = || items.iter().filter_map(|item| Some((item, item.discrepancy.as_ref()?)));
    Ok(v1::QueueResponse {
        position: Some(position),
        now_ms,
        by_code: counts(found().map(|(_, found)| found.code.clone())),
        by_county: counts(found().map(|(_, found)| found.county.clone())),
        by_state: counts(found().map(|(item, _)| word(item.state()).to_owned())),
        holds: desk.holds(&wanted, request)?,
        unseen_hands: desk.unseen_hands(&wanted)?,
        items,
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
    fn item(self, review: &Review, found: &Discrepancy) -> Result<v1::QueueItem, Problem> {
        let state = self.state;
        let at = found.precinct.map_or_else(|| Place::from(found.county), Place::from);
        let position = found.precinct.and_then(|id| state.roster().position(id));
        let status = position.map(|position| moment::word(review.status(position)));
        Ok(v1::QueueItem {
            discrepancy: Some(discrepancies::message(state, found)),
            since_ms: since(state, found),
            owner: self.notebook.page(at)?.reviewer.unwrap_or_default(),
            operator_advice: found.code.advice_for(Role::Operator).to_owned(),
            chair_advice: found.code.advice_for(Role::Chair).to_owned(),
            own_entry: self.is_own(found),
            state: status.unwrap_or_default().into(),
        })
    }

    fn is_own(self, found: &Discrepancy) -> bool {
        let version = found.precinct.zip(found.entry).and_then(|(id, entry)| {
            let mut versions = self.state.versions(id).iter();
            versions.find(|version| version.entry == entry)
        });
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
        (Cause::SameFigures(others), Some(entry)) => {
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
