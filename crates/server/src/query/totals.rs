//! Totals of the state, a district, a county or a pool.

use tallylog_projection::{Basis, Counted, Line, Scope, State, Totals, national};
use tallylog_rules::{GroupId, National};
use tallylog_wire::v1;
use tallylog_wire::v1::moment::At;
use tallylog_wire::v1::totals_request;

use super::moment;
use crate::problem::Problem;

/// Answers for the figures of every group.
///
/// # Errors
///
/// [`Problem`] if the moment, the district or the county does not exist.
pub fn totals(state: &State, request: &v1::TotalsRequest) -> Result<v1::TotalsResponse, Problem> {
    let state = moment::at(state, request.moment.as_ref())?;
    let scope = scope(&state, request.scope.as_ref())?;
    let basis = basis(known(request.basis)?, request.moment.as_ref());
    let figures = figures(&state, scope, basis);
    Ok(v1::TotalsResponse {
        position: Some(moment::position(&state)?),
        basis: wire_basis(basis).into(),
        release: state
            .releases()
            .last()
            .map(|release| release.name.to_string())
            .unwrap_or_default(),
        as_of_ms: state.last_received_at().unwrap_or_default().0,
        precincts: Some(counts(&state, scope)),
        candidates: figures.candidates,
        national_settled: figures.national_settled,
    })
}

/// What a basis counts over a scope.
pub(super) struct Figures {
    pub(super) candidates: Vec<v1::CandidateTotals>,
    pub(super) national_settled: bool,
}

pub(super) fn figures(state: &State, scope: Scope, basis: Basis) -> Figures {
    let counted = Counted::new(state, basis);
    let national = (scope == Scope::State).then(|| national(&counted)).flatten();
    let lines = Totals::of(&counted, scope).lines;
    Figures {
        candidates: candidates(state, &lines, national.as_ref()),
        national_settled: national.as_ref().is_none_or(National::is_settled),
    }
}

pub(super) fn scope(state: &State, scope: Option<&totals_request::Scope>) -> Result<Scope, Problem> {
    match scope {
        None => Ok(Scope::State),
        Some(totals_request::Scope::County(name)) => Ok(Scope::County(moment::county(state, name)?.id)),
        Some(totals_request::Scope::District(number)) => {
            let districts = state
                .contest()
                .map_or(0, |contest| contest.ruleset.national.districts.len());
            let known = u8::try_from(*number)
                .ok()
                .filter(|number| (1..=districts).contains(&usize::from(*number)));
            known.map(Scope::District).ok_or(Problem::NoDistrict(*number))
        }
    }
}

/// A basis by its number. One that nobody knows is no other.
pub(super) fn known(basis: i32) -> Result<v1::Basis, Problem> {
    v1::Basis::try_from(basis).map_err(|_| Problem::MalformedRequest)
}

/// The basis that was asked for; that of a release is what it lists.
pub(super) fn basis(basis: v1::Basis, moment: Option<&v1::Moment>) -> Basis {
    let of_release = moment.is_some_and(|moment| matches!(moment.at, Some(At::Release(_))));
    match basis {
        v1::Basis::Released => Basis::Released,
        v1::Basis::Unspecified if of_release => Basis::Released,
        v1::Basis::Recorded | v1::Basis::Unspecified => Basis::Recorded,
    }
}

pub(super) fn wire_basis(basis: Basis) -> v1::Basis {
    match basis {
        Basis::Recorded => v1::Basis::Recorded,
        Basis::Released => v1::Basis::Released,
    }
}

/// A line a group, in roster order.
pub(super) fn candidates(state: &State, lines: &[Line], national: Option<&National>) -> Vec<v1::CandidateTotals> {
    let candidates = (1_u16..).zip(lines).filter_map(|(number, line)| {
        let group = GroupId::new(number).ok()?;
        let national = national.map(|national| national.total(group));
        Some(candidate(state.group_name(group), line, national))
    });
    candidates.collect()
}

fn candidate(name: &str, line: &Line, national: Option<u64>) -> v1::CandidateTotals {
    v1::CandidateTotals {
        name: name.to_owned(),
        first_alignment: line.first_alignment,
        final_alignment: line.final_alignment,
        delegates: line.delegates,
        sde_ten_thousandths: line.equivalents.0,
        sde_exact: format!("{}/{}", line.exact.numer(), line.exact.denom()),
        sde_claimed_ten_thousandths: line.claimed.map(|claimed| claimed.0),
        national_delegates: national.and_then(|delegates| u32::try_from(delegates).ok()),
    }
}

fn counts(state: &State, scope: Scope) -> v1::PrecinctCounts {
    let review = state.review();
    let mut counts = v1::PrecinctCounts::default();
    let [mut reported, mut held, mut confirmed] = [0; 3];
    for (position, id) in state.roster().ids().enumerate() {
        if !state
            .roster()
            .county(id.county)
            .is_some_and(|county| scope.covers(county))
        {
            continue;
        }
        let status = review.status(position);
        counts.total += 1;
        reported += u32::from(status.record.is_some());
        counts.released += u32::from(status.released);
        held += u32::from(status.held);
        confirmed += u32::from(status.confirmed);
        counts.corrected += u32::from(status.corrected);
    }
    v1::PrecinctCounts {
        reported: Some(reported),
        held: Some(held),
        confirmed: Some(confirmed),
        ..counts
    }
}
