//! The contest as its log opened it, and the roster.

use tallylog_event::{County, District, SiteKind};
use tallylog_projection::State;
use tallylog_wire::v1;

use super::{moment, releases};
use crate::problem::Problem;

/// Answers for the contest and its roster.
///
/// # Errors
///
/// [`Problem`] if the moment does not exist.
pub fn roster(state: &State, request: &v1::RosterRequest) -> Result<v1::RosterResponse, Problem> {
    let withholds = state.withholds();
    let state = moment::at(state, request.moment.as_ref())?;
    let contest = state.contest().ok_or(Problem::Empty)?;
    let plan = &contest.ruleset.national;
    let candidates = contest.candidates.iter();
    Ok(v1::RosterResponse {
        position: Some(moment::position(&state)?),
        candidates: candidates.map(|candidate| candidate.name.to_string()).collect(),
        district_delegates: plan.districts.iter().copied().map(u32::from).collect(),
        at_large_delegates: plan.at_large.into(),
        pleo_delegates: plan.pleo.into(),
        embargo: withholds,
        release_policy: releases::policy(contest.release).to_owned(),
        counties: state.roster().counties().map(county).collect(),
    })
}

fn county(county: &County) -> v1::RosterCounty {
    let elects = matches!(county.kind, SiteKind::Precincts { .. });
    let precincts = county.precincts.iter().map(|precinct| v1::RosterPrecinct {
        name: precinct.name.to_string(),
        code: precinct.code.to_string(),
        delegates: elects.then(|| precinct.delegates.0.into()),
    });
    v1::RosterCounty {
        name: county.name.to_string(),
        pool: !elects,
        fips: county.fips,
        district: match county.district {
            District::Congressional(number) => Some(number.into()),
            District::StateOnly => None,
        },
        state_delegates: county.state_delegates.0.into(),
        precincts: precincts.collect(),
    }
}
