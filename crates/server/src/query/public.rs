//! What everybody is shown of a contest under embargo: released figures, and nothing that was computed from others.
//!
//! Messages are spelled out field by field: whoever adds a field to one decides here what the public sees of it.

use std::collections::BTreeSet;

use tallylog_event::{Basis, County, PrecinctId, SiteKind};
use tallylog_projection::{Counted, State, Version};
use tallylog_wire::v1;

use super::book::Book;
use super::course::course as night;
use super::figures as every;
use super::precinct::{Page, is_in};
use super::releases::releases as made;
use super::roster::roster as listed;
use super::sheets::Sheets;
use super::{moment, totals as sums};
use crate::problem::Problem;

/// Answers for the released figures of every group.
///
/// # Errors
///
/// [`Problem::Embargoed`] for recorded figures; otherwise as for everybody else.
pub(crate) fn totals(state: &State, request: &v1::TotalsRequest) -> Result<v1::TotalsResponse, Problem> {
    if super::totals::known(request.basis)? == v1::Basis::Recorded {
        return Err(Problem::Embargoed);
    }
    let then = moment::at(state, request.moment.as_ref())?;
    let scope = sums::scope(&then, request.scope.as_ref())?;
    let mut precincts = v1::PrecinctCounts::default();
    for county in then.roster().counties().filter(|county| scope.covers(county)) {
        for (_, id) in moment::precincts(&then, Some(county)) {
            let summary = summary(&then, county, id);
            precincts.total += 1;
            precincts.released += u32::from(summary.released);
            precincts.corrected += u32::from(summary.corrected);
        }
    }
    precincts.withheld = Some(precincts.total - precincts.released);
    let position = position(state, &then)?;
    let release = then.releases().last();
    let mut figures = sums::figures(&then, scope, Basis::Released);
    if precincts.released == 0 {
        figures.candidates.clear();
    }
    Ok(v1::TotalsResponse {
        position: Some(position),
        basis: v1::Basis::Released.into(),
        release: release.map(|release| release.name.to_string()).unwrap_or_default(),
        as_of_ms: release.map(|release| release.received_at.0).unwrap_or_default(),
        precincts: Some(precincts),
        candidates: figures.candidates,
        national_settled: figures.national_settled,
    })
}

/// Answers for every released figure at once.
///
/// # Errors
///
/// [`Problem::Embargoed`] for recorded figures; otherwise as for everybody else.
pub(crate) fn figures(state: &State, request: &v1::FiguresRequest) -> Result<v1::FiguresResponse, Problem> {
    if super::totals::known(request.basis)? == v1::Basis::Recorded {
        return Err(Problem::Embargoed);
    }
    let then = moment::at(state, request.moment.as_ref())?;
    let release = then.releases().last();
    Ok(v1::FiguresResponse {
        position: Some(position(state, &then)?),
        basis: v1::Basis::Released.into(),
        release: release.map(|release| release.name.to_string()).unwrap_or_default(),
        places: places(every::asked(
            &then,
            &Counted::new(&then, Basis::Released),
            &request.county,
        )?),
    })
}

/// A place of which no precinct is released has no figures, rather than noughts.
fn places(mut places: Vec<v1::PlaceFigures>) -> Vec<v1::PlaceFigures> {
    let released: BTreeSet<String> = places
        .iter()
        .filter(|place| place.entry.is_some())
        .map(|place| place.county.clone())
        .collect();
    for place in places.iter_mut().filter(|place| place.entry.is_none()) {
        // The state has no county's name.
        place.withheld = match place.county.as_str() {
            "" => released.is_empty(),
            county => !released.contains(county),
        };
        if place.withheld {
            place.candidates.clear();
        }
    }
    places
}

/// Answers for every release: what one lists is public, and how many inquiries waited then.
///
/// # Errors
///
/// As for everybody else.
pub(crate) fn releases(book: Book<'_>, request: &v1::ReleasesRequest) -> Result<v1::ReleasesResponse, Problem> {
    let v1::ReleasesResponse { position, releases } = made(book, request)?;
    Ok(v1::ReleasesResponse {
        position: position.map(|there| keep_hash(book.state, there)),
        releases,
    })
}

/// Answers for the contest and its roster, none of which is about what somebody reported.
///
/// # Errors
///
/// As for everybody else.
pub(crate) fn roster(state: &State, request: &v1::RosterRequest) -> Result<v1::RosterResponse, Problem> {
    let v1::RosterResponse {
        position,
        candidates,
        district_delegates,
        at_large_delegates,
        pleo_delegates,
        embargo,
        release_policy,
        counties,
    } = listed(state, request)?;
    Ok(v1::RosterResponse {
        position: position.map(|there| keep_hash(state, there)),
        candidates,
        district_delegates,
        at_large_delegates,
        pleo_delegates,
        embargo,
        release_policy,
        counties,
    })
}

/// Answers for the course of the night, none of which is about what somebody reported.
///
/// # Errors
///
/// As for everybody else.
pub(crate) fn course(state: &State, request: &v1::CourseRequest) -> Result<v1::CourseResponse, Problem> {
    let v1::CourseResponse {
        position,
        paused,
        notices,
        certified,
        amendments,
    } = night(state, request)?;
    Ok(v1::CourseResponse {
        position: position.map(|there| keep_hash(state, there)),
        paused,
        notices,
        certified,
        amendments,
    })
}

/// Answers for a precinct with those versions of its record that are public.
///
/// # Errors
///
/// As for everybody else.
pub(crate) fn precinct(state: &State, request: &v1::PrecinctRequest) -> Result<v1::PrecinctResponse, Problem> {
    let then = moment::at(state, request.moment.as_ref())?;
    let named = moment::precinct(&then, &request.county, &request.precinct)?;
    let counted = Counted::new(&then, Basis::Released);
    let page = Page {
        sheets: Sheets::of(&then, &counted, &named),
        found: None,
        state: &then,
        id: named.id,
    };
    let summary = summary(&then, named.county, named.id);
    let versions = then.versions(named.id).iter();
    let public: Vec<&Version> = versions.filter(|version| then.is_public(version.entry)).collect();
    let record = then.counted(named.id, Basis::Released).map(|version| version.entry);
    let versions = page.latest(&public, record, request.before);
    Ok(v1::PrecinctResponse {
        position: Some(position(state, &then)?),
        county: summary.county,
        precinct: summary.precinct,
        code: named.precinct.code.to_string(),
        county_delegates: matches!(named.county.kind, SiteKind::Precincts { .. })
            .then(|| named.precinct.delegates.0.into()),
        status: summary.status,
        version_count: versions.count,
        earlier: versions.earlier,
        versions: versions.shown,
    })
}

/// Answers for the precincts, or those of a county or in a state, as the latest release has them.
///
/// # Errors
///
/// As for everybody else.
pub(crate) fn precincts(state: &State, request: &v1::PrecinctsRequest) -> Result<v1::PrecinctsResponse, Problem> {
    let then = moment::at(state, request.moment.as_ref())?;
    let county = match request.county.as_str() {
        "" => None,
        name => Some(moment::county(&then, name)?),
    };
    let wanted = v1::PrecinctState::try_from(request.state).map_err(|_| Problem::MalformedRequest)?;
    if tells_of_what_is_withheld(wanted) {
        return Err(Problem::Embargoed);
    }
    let listed = moment::precincts(&then, county).filter_map(|(_, id)| {
        let county = then.roster().county(id.county)?;
        Some(summary(&then, county, id))
    });
    Ok(v1::PrecinctsResponse {
        position: Some(position(state, &then)?),
        precincts: listed.filter(|summary| is_in(summary, wanted)).collect(),
    })
}

/// Whether a list of the precincts in a state would say what is withheld of them.
const fn tells_of_what_is_withheld(state: v1::PrecinctState) -> bool {
    match state {
        v1::PrecinctState::Awaiting
        | v1::PrecinctState::Reported
        | v1::PrecinctState::Confirmed
        | v1::PrecinctState::Held => true,
        v1::PrecinctState::Unspecified
        | v1::PrecinctState::Released
        | v1::PrecinctState::Corrected
        | v1::PrecinctState::Withheld => false,
    }
}

/// Where a precinct stands by the latest release: whether anything holds or confirms it is not for everybody.
fn summary(then: &State, county: &County, id: PrecinctId) -> v1::PrecinctSummary {
    let listed = then.counted(id, Basis::Released);
    let status = match listed {
        Some(_) => v1::PrecinctState::Released,
        None => v1::PrecinctState::Withheld,
    };
    v1::PrecinctSummary {
        county: county.name.to_string(),
        precinct: then
            .roster()
            .precinct(id)
            .map(|(_, precinct)| precinct.name.to_string())
            .unwrap_or_default(),
        status: status.into(),
        record: listed.map(|version| version.entry.0),
        confirmed: None,
        held: None,
        released: listed.is_some(),
        corrected: listed.is_some_and(|version| version.corrects),
    }
}

pub(super) fn position(now: &State, then: &State) -> Result<v1::Position, Problem> {
    Ok(keep_hash(now, moment::position(then)?))
}

/// The hash of a state says something of all that the state holds: it is left out where not all of that is public.
fn keep_hash(now: &State, mut position: v1::Position) -> v1::Position {
    if position.size > now.public_size() {
        position.state_hash = Vec::new();
    }
    position
}
