//! What takes two persons: enrolling staff, revoking registrars, and the key that signs the log's own events.
//!
//! Whoever could do one of these alone could stop the night, or be two persons. Where there are two registrars or more,
//! one proposes and another seconds. Where there is one, that one enrols staff alone, since there may be nobody yet, and
//! a corrections officer seconds what concerns the service's key.

use tallylog_event::{
    Act, ActWithdrawal, AuthorityEvent, Contest, Enrolment, EntryIndex, PublicKey, Revocation, Role, Seconding,
    Succession,
};

use super::entered::same_person;
use super::review::given;
use super::{Signer, enrols, needs, revokes};
use crate::desks::ProposedAct;
use crate::people::role_name;
use crate::{DeskRefusal, Refusal, State};

const STAFF: &str = "where there are two registrars, two of them enrol staff";
const REGISTRARS: &str = "where there are two registrars, two of them revoke a registrar's key";
const SERVICE: &str = "the key for the log's own events is revoked and replaced by two persons";

pub(super) fn admit(state: &State, open: &Contest, signer: &Signer<'_>, event: &AuthorityEvent) -> Result<(), Refusal> {
    if !signer.has_ceilings() {
        return Err(DeskRefusal::NotInVersion(signer.version).into());
    }
    match event {
        AuthorityEvent::Proposed(act) => {
            needs(signer.author, "a registrar", is_registrar)?;
            may_be(state, open, signer, act)
        }
        AuthorityEvent::Seconded(seconding) => seconds(state, open, signer, seconding),
        AuthorityEvent::Withdrawn(withdrawal) => {
            needs(signer.author, "a registrar", is_registrar)?;
            withdraws(state, withdrawal)
        }
    }
}

/// A registrar enrols a key alone.
pub(super) fn enrols_alone(state: &State, signer: &Signer<'_>, enrolment: &Enrolment) -> Result<(), Refusal> {
    needs(signer.author, "a registrar", is_registrar)?;
    let role = &enrolment.role;
    if signer.has_ceilings() && *role == Role::Service {
        return Err(DeskRefusal::NeedsSecond(SERVICE).into());
    }
    if signer.has_ceilings() && role.is_staff() && several(state) {
        return Err(DeskRefusal::NeedsSecond(STAFF).into());
    }
    enrols(state, signer, enrolment)
}

/// A registrar withdraws a key alone. Most keys are withdrawn at once: a lost device cannot wait.
pub(super) fn revokes_alone(state: &State, signer: &Signer<'_>, revocation: &Revocation) -> Result<(), Refusal> {
    needs(signer.author, "a registrar", is_registrar)?;
    let role = state.key(&revocation.key).map(|author| &author.role);
    if signer.has_ceilings() && role == Some(&Role::Service) {
        return Err(DeskRefusal::NeedsSecond(SERVICE).into());
    }
    if signer.has_ceilings() && role == Some(&Role::Registrar) && several(state) {
        return Err(DeskRefusal::NeedsSecond(REGISTRARS).into());
    }
    revokes(state, revocation)
}

fn several(state: &State) -> bool {
    state.registrars().len() > 1
}

fn is_registrar(role: &Role) -> bool {
    matches!(role, Role::Registrar)
}

/// Whether the state allows an act.
fn may_be(state: &State, open: &Contest, signer: &Signer<'_>, act: &Act) -> Result<(), Refusal> {
    match act {
        Act::Enrol(enrolment) if enrolment.role == Role::Service => {
            Err(DeskRefusal::BadAct("a key for the log's own events is enrolled by a succession alone").into())
        }
        Act::Enrol(enrolment) => enrols(state, signer, enrolment),
        Act::Revoke(revocation) => {
            revokes(state, revocation)?;
            given(&revocation.reason, "a reason")
        }
        Act::Succeed(succession) => succeeds(state, open, signer, succession),
    }
}

fn succeeds(state: &State, open: &Contest, signer: &Signer<'_>, succession: &Succession) -> Result<(), Refusal> {
    let enrolment = &succession.enrolment;
    if enrolment.role != Role::Service || enrolment.person != open.log.origin {
        return Err(DeskRefusal::BadAct(
            "a successor of the service's key is enrolled as the service, under the log's origin",
        )
        .into());
    }
    if enrolment.key == open.log.key {
        return Err(DeskRefusal::BadAct("the log's key signs checkpoints and nothing else").into());
    }
    enrols(state, signer, enrolment)?;
    given(&succession.reason, "a reason")
}

/// Two persons sign an act, and the state that allows it is that of the second signature.
fn seconds(state: &State, open: &Contest, signer: &Signer<'_>, seconding: &Seconding) -> Result<(), Refusal> {
    if several(state) {
        needs(signer.author, "another registrar", is_registrar)?;
    } else {
        needs(
            signer.author,
            "a corrections officer, since there is a single registrar",
            |role| matches!(role, Role::Registrar | Role::CorrectionsOfficer),
        )?;
    }
    let waiting = waiting(state, seconding.proposal)?;
    let proposer = state.author(waiting.proposal.author);
    if proposer.person == signer.author.person {
        return Err(same_person(&proposer.person, waiting.proposal.entry));
    }
    if let Some(by) = proposer.revoked {
        return Err(DeskRefusal::ProposerRevoked {
            proposal: waiting.proposal.entry,
            by,
        }
        .into());
    }
    if seconding.act != *waiting.proposal.what {
        return Err(DeskRefusal::NotAsProposed(waiting.proposal.entry).into());
    }
    may_be(state, open, signer, &seconding.act)
}

/// Any registrar may turn a proposal down, and whoever made it may take it back.
fn withdraws(state: &State, withdrawal: &ActWithdrawal) -> Result<(), Refusal> {
    waiting(state, withdrawal.proposal)?;
    given(&withdrawal.reason, "a reason")
}

fn waiting(state: &State, entry: EntryIndex) -> Result<&ProposedAct, Refusal> {
    let proposal = state.desks().authority.proposal(entry);
    proposal
        .filter(|proposed| proposed.decided.is_none())
        .ok_or(DeskRefusal::NoSuchAct(entry).into())
}

/// The log's own events are signed by the contest's service key or, once it has one, by its latest successor.
pub(super) fn is_service(state: &State, signer: &crate::Author) -> Result<(), Refusal> {
    let service: Option<PublicKey> = state.service();
    if service == Some(signer.key) {
        return Ok(());
    }
    Err(Refusal::WrongRole {
        role: role_name(&signer.role),
        needed: "the service key that the log names",
    })
}
