//! Enrolment codes, who has a key, and how far enrolment has come.

use tallylog_event::{EntryIndex, PrecinctId, Role, UnixMillis};
use tallylog_projection::{Author, Batch, CodeState, DeskRefusal, Enrolled, ProposedAct, Refusal, State, role_name};
use tallylog_wire::v1;
use tallylog_wire::v1::code::Ended;

use super::moment;
use crate::codes::CodeSecret;
use crate::problem::Problem;

/// The codes of a batch, those alone that are good.
pub(crate) fn codes(
    state: &State,
    secret: &CodeSecret,
    entry: EntryIndex,
    now: UnixMillis,
) -> Result<v1::CodesResponse, Problem> {
    let batch = state.desks().codes.batch(entry);
    let batch = batch.ok_or(Refusal::Desk(DeskRefusal::NoSuchBatch(entry)))?;
    let contest = state.contest().ok_or(Problem::Empty)?.id;
    let code = |number| {
        let (ended, code) = match batch.code(number, now)? {
            CodeState::Good => (None, secret.code(contest, entry, number).to_string()),
            CodeState::Used(by) => (Some(Ended::Used(by.0)), String::new()),
            CodeState::Withdrawn(by) => (Some(Ended::Withdrawn(by.0)), String::new()),
            CodeState::Expired => (Some(Ended::Expired(true)), String::new()),
        };
        let (county, precinct) = names(state, batch.precinct_of(number)?)?;
        Some(v1::Code {
            number,
            county,
            precinct,
            code,
            ended,
        })
    };
    Ok(v1::CodesResponse {
        position: Some(moment::position(state)?),
        batch: entry.0,
        expires_at_ms: batch.issued.what.expires_at.0,
        codes: (0..Batch::codes(batch)).filter_map(code).collect(),
    })
}

fn names(state: &State, id: PrecinctId) -> Option<(String, String)> {
    let (county, precinct) = state.roster().precinct(id)?;
    Some((county.name.to_string(), precinct.name.to_string()))
}

/// Every key that was ever enrolled.
pub(crate) fn people(state: &State) -> Result<v1::PeopleResponse, Problem> {
    Ok(v1::PeopleResponse {
        position: Some(moment::position(state)?),
        keys: state.authors().map(|author| key(state, author)).collect(),
        waiting: state
            .desks()
            .authority
            .waiting()
            .map(|proposed| waiting(state, proposed))
            .collect(),
        service: state.service().map(|key| key.0.to_vec()).unwrap_or_default(),
        has_acts: state.has_acts(),
    })
}

fn waiting(state: &State, proposed: &ProposedAct) -> v1::WaitingAct {
    let proposal = &proposed.proposal;
    v1::WaitingAct {
        entry: proposal.entry.0,
        person: state.author(proposal.author).person.to_string(),
        act: proposal.what.encode(),
    }
}

fn key(state: &State, author: &Author) -> v1::EnrolledKey {
    let campaign = if let Role::Campaign(name) = &author.role {
        name.to_string()
    } else {
        String::new()
    };
    let chair_of: &[PrecinctId] = if let Role::Chair(ids) = &author.role { ids } else { &[] };
    let places = chair_of.iter().filter_map(|id| names(state, *id));
    v1::EnrolledKey {
        person: author.person.to_string(),
        role: role_name(&author.role).to_owned(),
        campaign,
        precincts: places
            .map(|(county, precinct)| v1::ChairOf { county, precinct })
            .collect(),
        key: author.key.0.to_vec(),
        enrolled: author.enrolled.0,
        revoked: author.revoked.map(|by| by.0),
    }
}

/// How far the enrolment of chairs has come.
pub(crate) fn progress(
    state: &State,
    request: &v1::ProgressRequest,
    now: UnixMillis,
) -> Result<v1::ProgressResponse, Problem> {
    let all = state.enrolment(now);
    let roster = state.roster();
    let whole = |county: &tallylog_event::County| row(county.name.as_str(), "", state.enrolment_of(county.id, &all));
    let (counties, precincts) = if request.county.is_empty() {
        (roster.counties().map(whole).collect(), Vec::new())
    } else {
        let county = moment::county(state, &request.county)?;
        let of_county = all.get(roster.positions(county.id)).unwrap_or_default();
        let each = county.precincts.iter().zip(of_county);
        let each = each.map(|(precinct, enrolled)| row(county.name.as_str(), precinct.name.as_str(), *enrolled));
        (vec![whole(county)], each.collect())
    };
    Ok(v1::ProgressResponse {
        position: Some(moment::position(state)?),
        counties,
        precincts,
    })
}

fn row(county: &str, precinct: &str, enrolled: Enrolled) -> v1::EnrolmentProgress {
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    v1::EnrolmentProgress {
        county: county.to_owned(),
        precinct: precinct.to_owned(),
        precincts: count(enrolled.precincts),
        ready: count(enrolled.ready),
        keys: count(enrolled.keys),
        used: count(enrolled.used),
        waiting: count(enrolled.waiting),
        lapsed: count(enrolled.lapsed),
    }
}
