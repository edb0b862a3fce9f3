//! The contest's first event, and its roster.

use std::collections::{BTreeMap, BTreeSet};

use tallylog_event::{Contest, County, CountyId, District, Registrar, SiteKind, Text};

use super::{DESKS, FOLD_VERSION};
use crate::accepted::Accepted;
use crate::likeness::likeness;
use crate::refusal::{ContestFault, CountyFault};
use crate::{Refusal, State};

/// The most candidates of a contest.
const MOST_CANDIDATES: usize = 200;

/// The most congressional districts of a plan: each needs a number that fits into a byte.
const MOST_DISTRICTS: usize = 200;

pub(super) fn opens(contest: &Contest, accepted: &Accepted<'_>) -> Result<(), Refusal> {
    if contest.id != accepted.body.contest {
        return Err(Refusal::OtherContest);
    }
    if contest.fold > FOLD_VERSION {
        return Err(Refusal::UnknownFold(contest.fold));
    }
    fault(contest, accepted).map_or(Ok(()), |fault| Err(Refusal::BadContest(fault)))
}

fn fault(contest: &Contest, accepted: &Accepted<'_>) -> Option<ContestFault> {
    if contest.fold == 0 {
        return Some(ContestFault::Fold);
    }
    if contest
        .registrars
        .first()
        .is_none_or(|first| first.key != accepted.author)
    {
        return Some(ContestFault::Signer);
    }
    let names: BTreeSet<&str> = contest
        .candidates
        .iter()
        .map(|candidate| candidate.name.as_str())
        .collect();
    if !(1..=MOST_CANDIDATES).contains(&names.len())
        || names.len() != contest.candidates.len()
        || names.iter().any(|name| name.trim().is_empty())
    {
        return Some(ContestFault::Candidates);
    }
    let keys: Vec<_> = contest
        .registrars
        .iter()
        .map(|registrar| registrar.key)
        .chain([contest.log.key, contest.service])
        .collect();
    let distinct: BTreeSet<_> = keys.iter().collect();
    if distinct.len() != keys.len() || keys.iter().any(|key| key.check().is_err()) {
        return Some(ContestFault::Keys);
    }
    if contest.fold >= DESKS && !told_apart(&contest.registrars) {
        return Some(ContestFault::Persons);
    }
    let origin = contest.log.origin.as_str();
    if origin.is_empty() || origin.contains(|c: char| c == '+' || c.is_whitespace()) {
        return Some(ContestFault::Origin);
    }
    let sound = contest.ruleset.validate().is_ok()
        && contest.ruleset.national.districts.len() <= MOST_DISTRICTS
        && Text::new(contest.ruleset.name.as_str()).is_ok();
    (!sound).then_some(ContestFault::Ruleset)
}

/// Whether every registrar has a name, and those whose names look alike have the same.
fn told_apart(registrars: &[Registrar]) -> bool {
    let mut known = BTreeMap::new();
    registrars.iter().all(|registrar| {
        let person = &registrar.person;
        let first = *known.entry(likeness(person.as_str())).or_insert(person);
        !person.is_blank() && first == person
    })
}

pub(super) fn lists(state: &State, open: &Contest, county: &County) -> Result<(), Refusal> {
    let next = CountyId(u16::try_from(state.roster().len()).unwrap_or(u16::MAX));
    if county.id != next {
        return Err(Refusal::CountyOutOfTurn { given: county.id, next });
    }
    county_fault(state, open, county).map_or(Ok(()), |fault| Err(Refusal::BadCounty(fault)))
}

fn county_fault(state: &State, open: &Contest, county: &County) -> Option<CountyFault> {
    let names: BTreeSet<String> = county
        .precincts
        .iter()
        .map(|precinct| precinct.name.as_str().to_ascii_uppercase())
        .collect();
    if names.len() != county.precincts.len() || state.roster().county_named(county.name.as_str()).is_some() {
        return Some(CountyFault::NameTwice);
    }
    if let District::Congressional(number) = county.district {
        let districts = open.ruleset.national.districts.len();
        if !(1..=districts).contains(&usize::from(number)) {
            return Some(CountyFault::District);
        }
    }
    let mut each = county.precincts.iter().map(|precinct| precinct.delegates.0);
    match county.kind {
        SiteKind::Satellites => each
            .any(|delegates| delegates > 0)
            .then_some(CountyFault::SiteDelegates),
        SiteKind::Precincts { county_delegates } => {
            let sum: u32 = each.clone().map(u32::from).sum();
            let adds_up = sum == u32::from(county_delegates.0) && each.all(|delegates| delegates > 0);
            (!adds_up).then_some(CountyFault::Delegates)
        }
    }
}
