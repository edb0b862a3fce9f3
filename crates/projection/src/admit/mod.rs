//! Which events the log takes: who may say what, about what, and when.
//!
//! Version 1. The contest names the version by which its log is read; a change of any rule here is a new version beside
//! this one.

mod commitment;
mod contest;
mod release;
mod report;

pub use report::LARGEST_CLAIM;
use tallylog_event::{Enrolment, Event, PublicKey, Revocation, Role};

use crate::accepted::Accepted;
use crate::people::role_name;
use crate::{Author, Refusal, State};

/// The version of admission and fold that this program has.
pub const FOLD_VERSION: u16 = 1;

/// Says whether the log may take an event next. `author` is the enrolment of its key, if there is one.
pub(crate) fn admit(state: &State, author: Option<&Author>, accepted: &Accepted<'_>) -> Result<(), Refusal> {
    clock(state, accepted)?;
    let Some(open) = state.contest() else {
        return match &accepted.body.event {
            Event::ContestOpened(contest) => contest::opens(contest, accepted),
            Event::CountyListed(_)
            | Event::KeyEnrolled(_)
            | Event::KeyRevoked(_)
            | Event::Reported(_)
            | Event::Corrected(_)
            | Event::Released(_)
            | Event::ResultsCommitted(_) => Err(Refusal::NoContest),
        };
    };
    if accepted.body.contest != open.id {
        return Err(Refusal::OtherContest);
    }
    let author = may_sign(author, &accepted.author)?;
    match &accepted.body.event {
        Event::ContestOpened(_) => Err(Refusal::ContestOpen),
        Event::CountyListed(county) => {
            needs(author, "a registrar", |role| matches!(role, Role::Registrar))?;
            contest::lists(state, open, county)
        }
        Event::KeyEnrolled(enrolment) => {
            needs(author, "a registrar", |role| matches!(role, Role::Registrar))?;
            enrols(state, enrolment)
        }
        Event::KeyRevoked(revocation) => {
            needs(author, "a registrar", |role| matches!(role, Role::Registrar))?;
            revokes(state, revocation)
        }
        Event::Reported(filed) => report::reports(state, open, author, filed),
        Event::Corrected(correction) => report::corrects(state, open, author, correction),
        Event::Released(release) => release::releases(state, open, author, release),
        Event::ResultsCommitted(commitment) => commitment::commits(state, open, author, accepted, commitment),
    }
}

fn clock(state: &State, accepted: &Accepted<'_>) -> Result<(), Refusal> {
    match state.last_received_at() {
        Some(previous) if accepted.received_at < previous => Err(Refusal::ClockBack {
            received: accepted.received_at,
            previous,
        }),
        Some(_) | None => Ok(()),
    }
}

/// The enrolment of a key that may sign now.
fn may_sign<'a>(author: Option<&'a Author>, key: &PublicKey) -> Result<&'a Author, Refusal> {
    let author = author.ok_or(Refusal::UnknownKey(*key))?;
    match author.revoked {
        Some(by) => Err(Refusal::RevokedKey { key: *key, by }),
        None => Ok(author),
    }
}

fn needs(author: &Author, needed: &'static str, may: impl Fn(&Role) -> bool) -> Result<(), Refusal> {
    if may(&author.role) {
        return Ok(());
    }
    Err(Refusal::WrongRole {
        role: role_name(&author.role),
        needed,
    })
}

/// The key and the proof that somebody holds it were checked with the signature.
fn enrols(state: &State, enrolment: &Enrolment) -> Result<(), Refusal> {
    if enrolment.person.is_blank() {
        return Err(Refusal::BadName);
    }
    if let Some(known) = state.key(&enrolment.key) {
        return Err(Refusal::KeyEnrolled(known.enrolled));
    }
    if let Role::Chair(precincts) = &enrolment.role
        && let Some(unknown) = precincts.iter().find(|id| state.roster().precinct(**id).is_none())
    {
        return Err(Refusal::UnknownPrecinct(*unknown));
    }
    Ok(())
}

fn revokes(state: &State, revocation: &Revocation) -> Result<(), Refusal> {
    let author = may_sign(state.key(&revocation.key), &revocation.key)?;
    let registrars = state
        .authors()
        .filter(|author| author.revoked.is_none() && matches!(author.role, Role::Registrar));
    if matches!(author.role, Role::Registrar) && registrars.count() == 1 {
        return Err(Refusal::LastRegistrar);
    }
    Ok(())
}
