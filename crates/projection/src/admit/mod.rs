//! Which events the log takes: who may say what, about what, and when.
//!
//! Versions 1 to 3. The contest names the version by which its log is read; a change of any rule here is a new version
//! beside these. Version 1 knows chairs, operators who report, and corrections by one officer; version 2 has the desks; version 3 has
//! ceilings that one person cannot pass, acts that take two registrars, and samples that are announced before the dice
//! are rolled.

mod authority;
mod cases;
mod ceilings;
mod codes;
mod commitment;
mod contest;
mod course;
mod entered;
mod inquiries;
mod paper;
mod release;
mod report;
mod review;

pub use ceilings::{MOST_FILES, MOST_HANDS, MOST_VERSIONS};
pub use paper::{FEWEST_DICE, check_dice};
pub(crate) use release::Excused;
pub use report::LARGEST_CLAIM;
use tallylog_event::{CaseEvent, Enrolment, Event, FileRef, PublicKey, Revocation, Role};

use crate::accepted::Accepted;
use crate::people::role_name;
use crate::{Author, DeskRefusal, Refusal, State};

/// The version of admission and fold by which this program opens contests. It reads those before it as well.
pub const FOLD_VERSION: u16 = 3;

/// The first version that has desks.
const DESKS: u16 = 2;

/// The first version that has ceilings, asks who gave figures first, and takes a second registrar for what one must not
/// do alone.
pub(crate) const CEILINGS: u16 = 3;

/// Who signs an event, where and when it is to stand in the log.
pub(crate) struct Signer<'a> {
    /// The version by which the log is read.
    pub(crate) version: u16,
    /// The enrolment of the key.
    pub(crate) author: &'a Author,
    /// The event in its place.
    pub(crate) accepted: &'a Accepted<'a>,
}

impl Signer<'_> {
    /// Whether the log has desks.
    pub(crate) fn has_desks(&self) -> bool {
        self.version >= DESKS
    }

    /// Whether the log has ceilings, and acts that take two registrars.
    pub(crate) fn has_ceilings(&self) -> bool {
        self.version >= CEILINGS
    }
}

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
            | Event::ResultsCommitted(_)
            | Event::Code(_)
            | Event::Entered(_)
            | Event::FilesAdded(_)
            | Event::Review(_)
            | Event::Case(_)
            | Event::Inquiry(_)
            | Event::Course(_)
            | Event::Paper(_)
            | Event::Authority(_) => Err(Refusal::NoContest),
        };
    };
    if accepted.body.contest != open.id {
        return Err(Refusal::OtherContest);
    }
    let author = may_sign(author, &accepted.author)?;
    let signer = Signer {
        version: open.fold,
        author,
        accepted,
    };
    ceilings::names_few_files(&signer, &accepted.body.event)?;
    match &accepted.body.event {
        Event::ContestOpened(_) => Err(Refusal::ContestOpen),
        Event::CountyListed(county) => {
            needs(author, "a registrar", |role| matches!(role, Role::Registrar))?;
            contest::lists(state, open, county)
        }
        Event::KeyEnrolled(enrolment) => authority::enrols_alone(state, &signer, enrolment),
        Event::KeyRevoked(revocation) => authority::revokes_alone(state, &signer, revocation),
        Event::Reported(filed) => report::reports(state, open, &signer, filed),
        Event::Corrected(correction) => report::corrects(state, open, &signer, correction),
        Event::Released(release) => release::releases(state, open, &signer, release),
        Event::ResultsCommitted(commitment) => commitment::commits(state, open, author, accepted, commitment),
        Event::Code(_)
        | Event::Entered(_)
        | Event::FilesAdded(_)
        | Event::Review(_)
        | Event::Case(_)
        | Event::Inquiry(_)
        | Event::Course(_)
        | Event::Paper(_)
            if !signer.has_desks() =>
        {
            Err(DeskRefusal::NotInVersion(signer.version).into())
        }
        Event::Code(code) => codes::admit(state, &signer, code),
        Event::Entered(entry) => entered::enters(state, open, &signer, entry),
        Event::FilesAdded(added) => entered::adds_files(state, open, &signer, added),
        Event::Review(review) => review::admit(state, open, &signer, review),
        Event::Case(case) => cases::admit(state, open, &signer, case),
        Event::Inquiry(inquiry) => inquiries::admit(state, open, &signer, inquiry),
        Event::Course(course) => course::admit(state, open, &signer, course),
        Event::Paper(paper) => paper::admit(state, open, &signer, paper),
        Event::Authority(event) => authority::admit(state, open, &signer, event),
    }
}

/// Whether an event that was admitted is taken in part on the word of entries that whoever reads the log is not shown. There are
/// two kinds: a proposal in a case of several precincts, and a release of what a check of several precincts holds until
/// somebody decides about it. Of a release this gives what was let out so.
pub(crate) fn rests_on_the_withheld(state: &State, event: &Event) -> Option<Vec<Excused>> {
    let open = state.contest().filter(|_| state.withheld.is_some())?;
    if let Event::Case(CaseEvent::Proposed(proposal)) = event {
        return state.is_withheld(proposal.case).then(Vec::new);
    }
    if let Event::Released(release) = event {
        return Some(release::rests_on_the_withheld(state, open, release)).filter(|excused| !excused.is_empty());
    }
    None
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

/// Refuses where no document is given.
fn shown(evidence: &[FileRef], what: &'static str) -> Result<(), Refusal> {
    if evidence.is_empty() {
        return Err(DeskRefusal::Unjustified(what).into());
    }
    Ok(())
}

/// The key and the proof that somebody holds it were checked with the signature.
fn enrols(state: &State, signer: &Signer<'_>, enrolment: &Enrolment) -> Result<(), Refusal> {
    if enrolment.person.is_blank() {
        return Err(Refusal::BadName);
    }
    if signer.has_desks() {
        named(state, enrolment)?;
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

/// A name is written as it was the first time: whoever could have two could do alone what takes two persons.
fn named(state: &State, enrolment: &Enrolment) -> Result<(), Refusal> {
    if matches!(&enrolment.role, Role::Campaign(name) if name.is_blank()) {
        return Err(Refusal::BadName);
    }
    let alike = state.authors.alike(&enrolment.person);
    match alike.filter(|known| known.person != enrolment.person) {
        Some(known) => Err(DeskRefusal::AlikeName {
            given: enrolment.person.clone(),
            known: known.person.clone(),
            by: known.enrolled,
        }
        .into()),
        None => Ok(()),
    }
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
