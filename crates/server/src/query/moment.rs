//! Which moment of the log a question is about.

use std::borrow::Cow;

use tallylog_event::{ContestKind, County, Precinct, PrecinctId, UnixMillis};
use tallylog_projection::{PrecinctStatus, State};
use tallylog_rules::Place;
use tallylog_store::Reader;
use tallylog_tlog::Size;
use tallylog_wire::v1;
use tallylog_wire::v1::moment::At;

use crate::problem::Problem;

/// The state at a moment.
pub(super) fn at<'a>(state: &'a State, moment: Option<&v1::Moment>) -> Result<Cow<'a, State>, Problem> {
    let then = cut(state, moment)?;
    if then.contest().is_none() {
        return Err(Problem::Empty);
    }
    Ok(then)
}

/// The size that a log has at a moment, if it comes so far.
pub(crate) fn size(state: &State, moment: Option<&v1::Moment>) -> Result<u64, Problem> {
    Ok(match moment.and_then(|moment| moment.at.as_ref()) {
        None => state.size(),
        Some(At::Size(size)) => *size,
        Some(At::TimeMs(time)) => state.size_at(UnixMillis(*time)),
        Some(At::Release(name)) => {
            let release = state.release(name).ok_or_else(|| Problem::NoRelease(name.clone()))?;
            release.entry.0 + 1
        }
    })
}

fn cut<'a>(state: &'a State, moment: Option<&v1::Moment>) -> Result<Cow<'a, State>, Problem> {
    let size = size(state, moment)?;
    if size == state.size() {
        return Ok(Cow::Borrowed(state));
    }
    let beyond = Problem::BeyondLog {
        asked: size,
        size: state.size(),
    };
    state.at(size).map(Cow::Owned).ok_or(beyond)
}

/// The log as it was answered for, but for the root of its tree: that is in the store, and not in the state.
pub(super) fn position(state: &State) -> Result<v1::Position, Problem> {
    let contest = state.contest().ok_or(Problem::Empty)?;
    let kind = match contest.kind {
        ContestKind::Election => v1::ContestKind::Election,
        ContestKind::Rehearsal => v1::ContestKind::Rehearsal,
        ContestKind::Archive => v1::ContestKind::Archive,
    };
    Ok(v1::Position {
        size: state.size(),
        root: Vec::new(),
        state_hash: state.hash().to_vec(),
        contest: contest.name.to_string(),
        kind: kind.into(),
    })
}

/// Adds the root of the tree over the entries that were answered for.
///
/// # Errors
///
/// What the store says.
pub fn add_root(position: &mut Option<v1::Position>, reader: &Reader) -> Result<(), Problem> {
    if let Some(position) = position {
        position.root = reader.root(Size(position.size))?.0.to_vec();
    }
    Ok(())
}

/// The county or pool of a name.
pub(super) fn county<'a>(state: &'a State, name: &str) -> Result<&'a County, Problem> {
    state
        .roster()
        .county_named(name)
        .ok_or_else(|| Problem::NoCounty(name.to_owned()))
}

/// A precinct that was asked for by name.
pub(super) struct Named<'a> {
    pub(super) id: PrecinctId,
    /// In roster order.
    pub(super) position: usize,
    pub(super) county: &'a County,
    pub(super) precinct: &'a Precinct,
    pub(super) place: Place,
}

/// The precinct of a name in a county of a name.
pub(super) fn precinct<'a>(state: &'a State, of: &str, name: &str) -> Result<Named<'a>, Problem> {
    let county = county(state, of)?;
    let found = || {
        let id = state.roster().precinct_named(county, name)?;
        Some(Named {
            id,
            position: state.roster().position(id)?,
            county,
            precinct: state.roster().precinct(id)?.1,
            place: state.place(id)?,
        })
    };
    found().ok_or_else(|| Problem::NoPrecinct {
        county: county.name.to_string(),
        precinct: name.to_owned(),
    })
}

/// The precincts of a county, or all, each with its position in roster order.
pub(super) fn precincts<'a>(state: &'a State, of: Option<&'a County>) -> impl Iterator<Item = (usize, PrecinctId)> {
    let all = state.roster().ids().enumerate();
    all.filter(move |(_, id)| of.is_none_or(|county| county.id == id.county))
}

/// Where a precinct stands, in one word. What holds it comes first, then what was last done with it.
pub(super) fn word(status: PrecinctStatus) -> v1::PrecinctState {
    match status {
        PrecinctStatus { record: None, .. } => v1::PrecinctState::Awaiting,
        PrecinctStatus { held: true, .. } => v1::PrecinctState::Held,
        PrecinctStatus { current: true, .. } => v1::PrecinctState::Released,
        PrecinctStatus { corrected: true, .. } => v1::PrecinctState::Corrected,
        PrecinctStatus { confirmed: true, .. } => v1::PrecinctState::Confirmed,
        PrecinctStatus { .. } => v1::PrecinctState::Reported,
    }
}
