//! Pauses, certification and amendments of the roster.

use tallylog_event::{
    Apportionment, Certification, Contest, CourseEvent, PrecinctId, Role, RosterAmendment, RosterChange, SiteKind, Text,
};
use tallylog_rules::Delegates;

use super::release::by_policy;
use super::review::given;
use super::{Signer, needs, shown};
use crate::desks::Course;
use crate::roster::apportioned;
use crate::{DeskRefusal, Refusal, State};

pub(super) fn admit(state: &State, open: &Contest, signer: &Signer<'_>, event: &CourseEvent) -> Result<(), Refusal> {
    needs(signer.author, "a registrar", |role| matches!(role, Role::Registrar))?;
    let course = &state.desks().course;
    match event {
        CourseEvent::Paused(notice) => pauses(course, notice),
        CourseEvent::Resumed(notice) => resumes(course, notice),
        CourseEvent::Certified(certification) => certifies(state, open, certification),
        CourseEvent::RosterAmended(amendment) => amends(state, open, amendment),
    }
}

pub(super) fn not_certified(course: &Course) -> Result<(), Refusal> {
    match course.certified() {
        Some(by) => Err(DeskRefusal::Certified(by).into()),
        None => Ok(()),
    }
}

fn pauses(course: &Course, notice: &Text) -> Result<(), Refusal> {
    not_certified(course)?;
    if let Some(by) = course.paused() {
        return Err(DeskRefusal::AlreadyPaused(by).into());
    }
    given(notice, "a notice to the public")
}

fn resumes(course: &Course, notice: &Text) -> Result<(), Refusal> {
    not_certified(course)?;
    if course.paused().is_none() {
        return Err(DeskRefusal::NotPaused.into());
    }
    given(notice, "a notice to the public")
}

/// Everything in the release must still stand: a registrar certifies what could be released now.
///
/// Cases and inquiries may still be open: they go on after certification.
fn certifies(state: &State, open: &Contest, certification: &Certification) -> Result<(), Refusal> {
    not_certified(&state.desks().course)?;
    let latest = state.releases().last();
    let latest = latest
        .filter(|latest| latest.entry == certification.release)
        .ok_or(DeskRefusal::NoSuchRelease(certification.release))?;
    by_policy(state, open, &latest.listed().copied().collect())?;
    given(&certification.statement, "a statement of what is certified")?;
    shown(&certification.evidence, "the signed certificate, as evidence")
}

fn amends(state: &State, open: &Contest, amendment: &RosterAmendment) -> Result<(), Refusal> {
    match &amendment.change {
        RosterChange::Apportionment(apportionment) => {
            not_certified(&state.desks().course)?;
            apportions(state, apportionment)?;
        }
        RosterChange::Withdrawn(group) => {
            if usize::from(group.number()) > open.candidates.len() {
                return Err(Refusal::UnknownGroup(*group, open.candidates.len()));
            }
            if state.desks().course.withdrawn(*group).is_some() {
                return Err(DeskRefusal::BadAmendment("the candidate has withdrawn already").into());
            }
        }
    }
    given(&amendment.authority, "the document that gives the authority")?;
    given(&amendment.reason, "a reason")?;
    shown(&amendment.evidence, "the document itself, as evidence")
}

fn apportions(state: &State, apportionment: &Apportionment) -> Result<(), Refusal> {
    let refuse = |why| Err(DeskRefusal::BadAmendment(why).into());
    let Some(county) = state.roster().county(apportionment.county) else {
        return refuse("no county of that number is listed");
    };
    if county.kind == SiteKind::Satellites {
        return refuse("the delegates of a satellite site follow from its attendance");
    }
    if !apportionment.precincts.is_sorted_by(|a, b| a.number < b.number) {
        return refuse("its precincts are not in rising order, each once");
    }
    for change in &apportionment.precincts {
        let precinct = PrecinctId {
            county: county.id,
            number: change.number,
        };
        if state.roster().precinct(precinct).is_none() {
            return Err(Refusal::UnknownPrecinct(precinct));
        }
    }
    let amended = apportioned(county, apportionment);
    let sum: u32 = amended.precincts.iter().map(|p| u32::from(p.delegates.0)).sum();
    if sum != u32::from(apportionment.county_delegates.0) {
        return refuse("the county's precincts do not sum to its delegates");
    }
    if amended
        .precincts
        .iter()
        .any(|precinct| precinct.delegates == Delegates(0))
    {
        return refuse("every precinct elects one delegate at least");
    }
    if amended == *county {
        return refuse("it changes nothing");
    }
    Ok(())
}
