//! Checks on precincts beside each other: duplicates, sums of counties and pools, outliers.

use std::collections::BTreeMap;

use tallylog_event::{County, EntryIndex, PrecinctId, SiteKind};
use tallylog_rules::{
    Attendees, ByGroup, Elsewhere, FiguresKey, GroupId, Round, Severity, Sheet, check_outliers, check_sum, electing,
    figures_key,
};

use super::{Cause, Discrepancy, Given, Life, record};
use crate::admit::CEILINGS;
use crate::state::sheet;
use crate::{Counted, State};

/// V21 and V28, county by county.
pub(super) fn of_counties(counted: &Counted<'_>) -> Vec<Discrepancy> {
    let counties = counted.state().roster().counties();
    counties
        .flat_map(|county| duplicates(counted, county).into_iter().chain(sum(counted, county)))
        .collect()
}

/// Lets reviewers' decisions have their say where precincts stand beside each other.
///
/// A decision speaks of what stood in the log when it was made: of twins and of a county's sum it says nothing any more
/// once one of the others counts another version. Where it is asked who gave figures first, a twin ends no decision: the
/// others would have it in their hands. But what was accepted as a warning is not accepted as a block.
pub(super) fn settle(counted: &Counted<'_>, found: &mut [Discrepancy]) {
    for discrepancy in found {
        let before = discrepancy.clone();
        record::settle(counted.state(), discrepancy);
        let Some(decision) = discrepancy.decision else {
            continue;
        };
        let newer = |id: PrecinctId| counted.state().counts_anew(id, decision);
        let is_over = match &discrepancy.cause {
            Cause::SameFigures {
                others,
                given: Given::Unasked,
            } => others.iter().copied().any(newer),
            Cause::SameFigures { .. } => discrepancy.life == Life::Accepted && discrepancy.severity >= Severity::Block,
            Cause::Finding(_) if discrepancy.precinct.is_none() => {
                let county = counted.state().roster().county(discrepancy.county);
                county.is_some_and(|county| precincts(county).any(newer))
            }
            Cause::Finding(_) | Cause::StaleClaim { .. } | Cause::SourcesDiffer { .. } | Cause::Unexplained { .. } => {
                false
            }
        };
        if is_over {
            *discrepancy = before;
        }
    }
}

fn precincts(county: &County) -> impl Iterator<Item = PrecinctId> {
    (0_u16..).zip(&county.precincts).map(|(number, _)| PrecinctId {
        county: county.id,
        number,
    })
}

/// Whether it is asked who gave the same figures first (V21).
pub(crate) fn asks_who_was_first(state: &State) -> bool {
    state.contest().is_some_and(|contest| contest.fold >= CEILINGS)
}

/// The first entry that gave these figures for a precinct, in whatever version: one that was set aside or corrected gave
/// them too.
pub(crate) fn first_given(state: &State, precinct: PrecinctId, figures: &FiguresKey) -> Option<EntryIndex> {
    let gives = |sheet: &Sheet| figures_key(sheet).as_ref() == Some(figures);
    let mut versions = state.versions(precinct).iter();
    let first = versions.find(|version| gives(sheet(&version.filing())));
    first.map(|version| version.entry)
}

/// V21: on every precinct of a county whose figures are another's, too.
fn duplicates(counted: &Counted<'_>, county: &County) -> Vec<Discrepancy> {
    let mut same = BTreeMap::<_, Vec<PrecinctId>>::new();
    for id in precincts(county) {
        if let Some(key) = counted.sheet(id).and_then(figures_key) {
            same.entry(key).or_default().push(id);
        }
    }
    let shared = same.into_iter().filter(|(_, ids)| ids.len() > 1);
    shared
        .flat_map(|(figures, ids)| {
            let first = first_of(counted.state(), &figures, &ids);
            let others = |id| ids.iter().copied().filter(|other| *other != id).collect();
            let found = |id: PrecinctId| {
                let (others, given) = (others(id), given(first, id));
                on(counted, id, Cause::SameFigures { others, given })
            };
            ids.iter().copied().map(found).collect::<Vec<_>>()
        })
        .collect()
}

/// Which of these precincts gave their figures first, where that is asked.
fn first_of(state: &State, figures: &FiguresKey, ids: &[PrecinctId]) -> Option<(EntryIndex, PrecinctId)> {
    let given = |id: &PrecinctId| Some((first_given(state, *id, figures)?, *id));
    asks_who_was_first(state)
        .then(|| ids.iter().filter_map(given).min())
        .flatten()
}

fn given(first: Option<(EntryIndex, PrecinctId)>, id: PrecinctId) -> Given {
    match first {
        None => Given::Unasked,
        Some((_, first)) if first == id => Given::First,
        Some((entry, first)) => Given::Later { first, entry },
    }
}

fn on(counted: &Counted<'_>, precinct: PrecinctId, cause: Cause) -> Discrepancy {
    Discrepancy::open(precinct, counted.version(precinct).map(|version| version.entry), cause)
}

/// V28, once every precinct has reported: before that the awards cannot add up.
fn sum(counted: &Counted<'_>, county: &County) -> Option<Discrepancy> {
    let sheets: Vec<&Sheet> = precincts(county).map(|id| counted.sheet(id)).collect::<Option<_>>()?;
    let ruleset = &counted.state().contest()?.ruleset;
    let awarded = sheets
        .iter()
        .filter_map(|sheet| sheet.awards.as_ref())
        .map(ByGroup::total)
        .sum();
    let expected = match county.kind {
        SiteKind::Precincts { county_delegates } => u64::from(county_delegates.0),
        SiteKind::Satellites => {
            let place = tallylog_rules::Place::Satellite;
            sheets
                .iter()
                .map(|sheet| u64::from(electing(ruleset, place, sheet).0))
                .sum()
        }
    };
    let finding = check_sum(awarded, expected)?;
    Some(Discrepancy {
        code: finding.code,
        severity: finding.severity,
        county: county.id,
        precinct: None,
        entry: None,
        life: Life::Open,
        decision: None,
        cause: Cause::Finding(finding),
    })
}

/// V31, against all other rooms so far, at first alignment.
///
/// At final alignment a small group may lawfully hold most of a room: others joined it because theirs were not viable.
/// In 2020 that was so in 57 rooms, nearly all of them rooms of one group, against 7 at first alignment.
pub(super) fn outliers(counted: &Counted<'_>) -> Vec<Discrepancy> {
    let state = counted.state();
    let reported: Vec<_> = state
        .roster()
        .ids()
        .filter_map(|id| Some((id, counted.sheet(id)?)))
        .collect();
    let mut sums = vec![0_u64; state.contest().map_or(0, |contest| contest.candidates.len())];
    for (group, people) in reported
        .iter()
        .filter_map(|(_, sheet)| sheet.first_alignment.as_ref())
        .flatten()
    {
        if let Some(sum) = sums.get_mut(usize::from(group.number()) - 1) {
            *sum += u64::from(people.0);
        }
    }
    let rooms = u64::try_from(reported.len()).unwrap_or(u64::MAX).saturating_sub(1);
    let mut found = Vec::new();
    for (id, sheet) in &reported {
        let elsewhere = Elsewhere {
            groups: without(&sums, sheet.first_alignment.as_ref()),
            rooms,
        };
        for finding in check_outliers(Round::First, sheet, &elsewhere) {
            found.push(on(counted, *id, Cause::Finding(finding)));
        }
    }
    found
}

/// The sums over all rooms, less those of one.
fn without(sums: &[u64], own: Option<&ByGroup<Attendees>>) -> ByGroup<u64> {
    let own = |group| own.map_or(0, |figures| u64::from(figures.of(group).0));
    let rest = (1_u16..).zip(sums).filter_map(|(number, sum)| {
        let group = GroupId::new(number).ok()?;
        Some((group, sum.saturating_sub(own(group))))
    });
    ByGroup::new(rest.collect()).unwrap_or_default()
}
