//! Finds a precinct by its number or a few letters, and says who did what about it.

use tallylog_event::{PrecinctId, Role, SiteKind};
use tallylog_projection::{Review, State};
use tallylog_wire::v1;

use super::{Desk, Ended, claimed, entry, standing, waits_for_second};
use crate::notebook::Page;
use crate::problem::Problem;
use crate::query::moment;

/// How many precincts are shown unless somebody asks for more.
const SHOWN: u32 = 20;

/// How many precincts are shown at most.
const MOST: u32 = 200;

/// How many entries of a precinct are shown at most. One device can send tens of thousands.
const ENTRIES: usize = 64;

/// Answers with the precincts that match, the best first.
pub(crate) fn find(desk: Desk<'_>, request: &v1::FindRequest) -> Result<v1::FindResponse, Problem> {
    let state = desk.state;
    let position = moment::position(state)?;
    let county = match request.county.as_str() {
        "" => None,
        name => Some(moment::county(state, name)?),
    };
    let asked = words(&request.words);
    let mut found: Vec<(u32, usize, PrecinctId)> = moment::precincts(state, county)
        .filter_map(|(position, id)| Some((rank(state, id, &asked)?, position, id)))
        .collect();
    if request.mine {
        found = desk.own(found)?;
    }
    found.sort_unstable();
    let limit = match request.limit {
        0 => SHOWN,
        limit => limit.min(MOST),
    };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let review = state.review();
    let shown = found.iter().take(limit);
    let precincts: Result<Vec<_>, Problem> = shown
        .map(|(_, position, id)| desk.precinct(review, *position, *id))
        .collect();
    let course = &state.desks().course;
    Ok(v1::FindResponse {
        position: Some(position),
        precincts: precincts?,
        more: u32::try_from(found.len().saturating_sub(limit)).unwrap_or(u32::MAX),
        paused: course.paused().map(|entry| entry.0),
        certified: course.certified().map(|entry| entry.0),
    })
}

impl Desk<'_> {
    /// Those that the reader is at work on.
    fn own(self, found: Vec<(u32, usize, PrecinctId)>) -> Result<Vec<(u32, usize, PrecinctId)>, Problem> {
        let person = self.reader.person.as_str();
        let mut own = Vec::new();
        for one in found {
            let page = self.page(one.2)?;
            let has_claim = page.claim.is_some_and(|claim| claim.person == person);
            if has_claim || page.drafts.contains_key(person) {
                own.push(one);
            }
        }
        Ok(own)
    }

    fn precinct(self, review: &Review, position: usize, id: PrecinctId) -> Result<v1::DeskPrecinct, Problem> {
        let state = self.state;
        let (county, precinct) = state.roster().precinct(id).ok_or(Problem::Empty)?;
        let status = review.status(position);
        let page = self.page(id)?;
        let refusal = self.refusal(id, &page);
        let reserved = state.desks().entry.assigned(id);
        Ok(v1::DeskPrecinct {
            county: county.name.to_string(),
            precinct: precinct.name.to_string(),
            code: precinct.code.to_string(),
            county_delegates: matches!(county.kind, SiteKind::Precincts { .. }).then(|| precinct.delegates.0.into()),
            status: moment::word(status).into(),
            entries: latest(state, id),
            claim: claimed(&page),
            waits_for_second: waits_for_second(state, id, status.confirmed),
            reserved_for: reserved.map(|(person, _)| person.to_string()).unwrap_or_default(),
            held: status.held,
            confirmed: status.confirmed,
            refusal_code: refusal
                .as_ref()
                .map(|refusal| refusal.code().to_owned())
                .unwrap_or_default(),
            refusal: refusal.map(|refusal| refusal.to_string()).unwrap_or_default(),
            draft: page.drafts.contains_key(self.reader.person.as_str()),
            chair: page.contact.name,
            phone: page.contact.phone,
        })
    }

    /// The page of a precinct, without what is over.
    pub(super) fn page(self, id: PrecinctId) -> Result<Page, Problem> {
        let mut page = self.notebook.page(id)?;
        page.settle(&Ended::of(self.state, id), self.present);
        Ok(page)
    }

    /// Why the reader may not enter a precinct; nobody but an operator is told.
    fn refusal(self, id: PrecinctId, page: &Page) -> Option<Problem> {
        if self.reader.role != Role::Operator {
            return None;
        }
        if let Err(refusal) = self.state.may_enter(&self.reader.person, &[], id) {
            return Some(refusal.into());
        }
        let claim = page.claim.as_ref();
        claim
            .filter(|claim| claim.person != self.reader.person.as_str())
            .map(|claim| Problem::Claimed(claim.person.clone()))
    }
}

/// The latest of what stands.
fn latest(state: &State, id: PrecinctId) -> Vec<v1::DeskEntry> {
    let latest = standing(state, id).rev().take(ENTRIES);
    let mut entries: Vec<_> = latest.map(|version| entry(state, version)).collect();
    entries.reverse();
    entries
}

/// How well a precinct matches: 0 is best. Every word that was asked for must begin a word of its own.
fn rank(state: &State, id: PrecinctId, asked: &[String]) -> Option<u32> {
    let (county, precinct) = state.roster().precinct(id)?;
    let of_precinct = [words(precinct.code.as_str()), words(precinct.name.as_str())].concat();
    let of_county = words(county.name.as_str());
    if !asked.is_empty() && (asked == words(precinct.code.as_str()) || asked == words(precinct.name.as_str())) {
        return Some(0);
    }
    asked.iter().try_fold(1, |rank, word| {
        let best = match () {
            () if of_precinct.iter().any(|known| is(word, known)) => 0,
            () if of_precinct.iter().any(|known| known.starts_with(word)) => 1,
            () if of_county.iter().any(|known| known.starts_with(word)) => 2,
            () => return None,
        };
        Some(rank + best)
    })
}

/// Whether two words are one: numbers are, with or without zeros before them.
fn is(word: &str, known: &str) -> bool {
    let number = |text: &str| text.parse::<u64>().ok();
    word == known || number(word).is_some_and(|word| number(known) == Some(word))
}

/// The words of a text, in small letters.
fn words(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !c.is_alphanumeric());
    parts.filter(|part| !part.is_empty()).map(str::to_lowercase).collect()
}
