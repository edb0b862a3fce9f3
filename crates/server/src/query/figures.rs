//! Every figure at once, for whoever compares what is shown with what is there.

use tallylog_event::{County, PrecinctId};
use tallylog_projection::{Counted, Scope, State, Totals, national};
use tallylog_rules::National;
use tallylog_wire::v1;

use super::{moment, totals};
use crate::problem::Problem;

/// Answers for every figure of the state, of each county and pool, and of each precinct that is counted.
///
/// # Errors
///
/// [`Problem`] if the moment does not exist.
pub fn figures(state: &State, request: &v1::FiguresRequest) -> Result<v1::FiguresResponse, Problem> {
    let state = moment::at(state, request.moment.as_ref())?;
    let basis = totals::basis(totals::known(request.basis)?, request.moment.as_ref());
    let release = state.releases().last();
    Ok(v1::FiguresResponse {
        position: Some(moment::position(&state)?),
        basis: totals::wire_basis(basis).into(),
        release: release.map(|release| release.name.to_string()).unwrap_or_default(),
        places: asked(&state, &Counted::new(&state, basis), &request.county)?,
    })
}

/// Of a county or pool if one is named; otherwise of all.
pub(super) fn asked(state: &State, counted: &Counted<'_>, county: &str) -> Result<Vec<v1::PlaceFigures>, Problem> {
    match county {
        "" => Ok(places(state, counted)),
        name => Ok(of_county(state, counted, moment::county(state, name)?)),
    }
}

/// The state, then each county or pool followed by its precincts.
pub(super) fn places(state: &State, counted: &Counted<'_>) -> Vec<v1::PlaceFigures> {
    let national = national(counted);
    let whole = of_scope(state, counted, Scope::State, national.as_ref());
    let counties = state.roster().counties();
    let of_counties = counties.flat_map(|county| of_county(state, counted, county));
    std::iter::once(whole).chain(of_counties).collect()
}

fn of_county(state: &State, counted: &Counted<'_>, county: &County) -> Vec<v1::PlaceFigures> {
    let mut whole = of_scope(state, counted, Scope::County(county.id), None);
    whole.county = county.name.to_string();
    let precincts = (0_u16..).zip(&county.precincts).filter_map(|(number, precinct)| {
        let id = PrecinctId {
            county: county.id,
            number,
        };
        let version = counted.version(id)?;
        Some(v1::PlaceFigures {
            county: county.name.to_string(),
            precinct: precinct.name.to_string(),
            entry: Some(version.entry.0),
            candidates: totals::candidates(state, &Totals::of_precinct(counted, id).lines, None),
            withheld: false,
        })
    });
    std::iter::once(whole).chain(precincts).collect()
}

fn of_scope(state: &State, counted: &Counted<'_>, scope: Scope, national: Option<&National>) -> v1::PlaceFigures {
    v1::PlaceFigures {
        candidates: totals::candidates(state, &Totals::of(counted, scope).lines, national),
        ..v1::PlaceFigures::default()
    }
}
