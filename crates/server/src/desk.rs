//! Writes into the notebook: claims, drafts, telephone numbers, calls.
//!
//! What the log says is looked up first and let go of, since the log's writer waits for whoever reads the state, and the
//! notebook waits for the disk. Between the two an entry may come: then the log refuses what is made of the claim.

use tallylog_event::{CountyId, PrecinctId, Role, Text};
use tallylog_projection::State;
use tallylog_wire::v1;

use crate::notebook::{Call, Claim, Claiming, Draft, Page, Pages, Place, claims};
use crate::problem::Problem;
use crate::query::desk::{Ended, Present, named, needs};
use crate::{Known, Log, clock};

/// Takes a precinct for an operator who may enter it.
pub(crate) fn claim(log: &Log, reader: &Known, request: &v1::ClaimRequest) -> Result<v1::ClaimResponse, Problem> {
    let task = Task::of(log, reader, &request.county, &request.precinct)?;
    let claim = task.change(log, |pages, page| task.claim(pages, page).map(claimed))?;
    Ok(v1::ClaimResponse {
        claim: Some(claim),
        second: task.second,
    })
}

/// Gives a precinct back.
pub(crate) fn unclaim(log: &Log, reader: &Known, request: &v1::UnclaimRequest) -> Result<v1::UnclaimResponse, Problem> {
    needs(reader, "an operator, a reviewer or a registrar", |role| {
        matches!(role, Role::Operator | Role::Reviewer | Role::Registrar)
    })?;
    let (id, ended, present) = {
        let state = log.state()?;
        let id = named(&state, &request.county, &request.precinct)?;
        (id, Ended::of(&state, id), Present::of(&state, clock::now().0))
    };
    let person = reader.person.as_str();
    log.notebook()?.change(id, |page| {
        page.settle(&ended, &present);
        let thrown_away = request.done && page.drafts.remove(person).is_some();
        let of_another = page.claim.as_ref().filter(|claim| claim.person != person);
        match of_another {
            Some(_) if reader.role == Role::Operator && thrown_away => {}
            Some(claim) if reader.role == Role::Operator => return Err(Problem::Claimed(claim.person.clone())),
            Some(_) | None => page.claim = None,
        }
        Ok(v1::UnclaimResponse {})
    })
}

/// Keeps what an operator has typed so far.
pub(crate) fn save_draft(
    log: &Log,
    reader: &Known,
    request: v1::SaveDraftRequest,
) -> Result<v1::SaveDraftResponse, Problem> {
    let task = Task::of(log, reader, &request.county, &request.precinct)?;
    let form = request.form;
    let progress = u8::try_from(request.progress.min(100)).unwrap_or(100);
    task.change(log, |pages, page| {
        task.claim(pages, page)?;
        page.hands.insert(task.person.to_string());
        let draft = page.drafts.entry(task.person.to_string()).or_insert_with(Draft::blank);
        draft.typed(task.person.as_str());
        draft.form = form;
        draft.progress = progress;
        draft.saved_ms = task.now;
        Ok(v1::SaveDraftResponse { saved_at_ms: task.now })
    })
}

/// Gives an operator the draft that is theirs to go on with.
pub(crate) fn load_draft(
    log: &Log,
    reader: &Known,
    request: &v1::LoadDraftRequest,
) -> Result<v1::LoadDraftResponse, Problem> {
    let task = Task::of(log, reader, &request.county, &request.precinct)?;
    let mut page = log.notebook()?.page(task.id)?;
    page.settle(&task.ended, &task.present);
    let draft = page.drafts.remove(task.person.as_str()).ok_or(Problem::NoDraft)?;
    let typed_by = draft.others(task.person.as_str());
    log.state()?.may_enter(task.person, &texts(&typed_by), task.id)?;
    Ok(v1::LoadDraftResponse {
        typed_by,
        form: draft.form,
        progress: draft.progress.into(),
        saved_at_ms: draft.saved_ms,
    })
}

/// Gives an operator's draft to another, who goes on with it. Both have typed into it from then on.
pub(crate) fn hand_over(
    log: &Log,
    reader: &Known,
    request: &v1::HandOverRequest,
) -> Result<v1::HandOverResponse, Problem> {
    let task = Task::of(log, reader, &request.county, &request.precinct)?;
    let to = enrolled(&*log.state()?, &request.to, "operator", &Role::Operator)?;
    if to == *task.person {
        return Err(no_such("operator other than yourself", &request.to));
    }
    let page = log.notebook()?.page(task.id)?;
    let draft = page.drafts.get(task.person.as_str()).ok_or(Problem::NoDraft)?;
    log.state()?.may_enter(&to, &texts(&draft.typed_by), task.id)?;
    task.change(log, |pages, page| {
        task.claim(pages, page)?;
        let mut draft = page.drafts.remove(task.person.as_str()).ok_or(Problem::NoDraft)?;
        // What somebody has typed is never written over.
        if page.drafts.contains_key(to.as_str()) {
            return Err(Problem::DraftThere(to.to_string()));
        }
        draft.typed(task.person.as_str());
        draft.saved_ms = task.now;
        let typed_by = draft.typed_by.clone();
        page.hands.extend(typed_by.iter().cloned());
        page.drafts.insert(to.to_string(), draft);
        page.claim = Some(Claim {
            person: to.to_string(),
            since_ms: task.now,
            typed_ms: task.now,
            is_given: true,
        });
        Ok(v1::HandOverResponse { typed_by })
    })
}

/// Says who looks after a precinct, or a county as a whole, in the reviewers' queue.
pub(crate) fn own(log: &Log, reader: &Known, request: &v1::OwnRequest) -> Result<v1::OwnResponse, Problem> {
    needs(reader, "a reviewer", |role| *role == Role::Reviewer)?;
    let (place, person) = {
        let state = log.state()?;
        let place = match request.precinct.as_str() {
            "" => Place::from(county(&state, &request.county)?),
            precinct => Place::from(named(&state, &request.county, precinct)?),
        };
        let person = match request.person.as_str() {
            "" => None,
            name => Some(enrolled(&state, name, "reviewer", &Role::Reviewer)?.to_string()),
        };
        (place, person)
    };
    let before = log
        .notebook()?
        .change(place, |page| Ok(std::mem::replace(&mut page.reviewer, person)))?;
    Ok(v1::OwnResponse {
        before: before.unwrap_or_default(),
    })
}

/// Notes a call, when to call again, or who calls.
pub(crate) fn note_call(
    log: &Log,
    reader: &Known,
    request: &v1::NoteCallRequest,
) -> Result<v1::NoteCallResponse, Problem> {
    let (id, owner) = {
        let state = log.state()?;
        let id = named(&state, &request.county, &request.precinct)?;
        let owner = match request.owner.as_str() {
            "" => None,
            name => Some(known(&state, name)?.to_string()),
        };
        (id, owner)
    };
    let note = shown(&request.note)?;
    if note.is_blank() && request.next_call_ms.is_none() && owner.is_none() {
        return Err(Problem::NothingNoted);
    }
    // Who says only when to call again has not called.
    let call = (!note.is_blank()).then(|| Call {
        at_ms: clock::now().0,
        person: reader.person.to_string(),
        note: note.to_string(),
    });
    let noted = call.clone();
    log.notebook()?.change(id, |page| {
        if call.is_some() || request.next_call_ms.is_some() {
            page.contact.next_ms = request.next_call_ms;
        }
        if let Some(call) = call {
            page.contact.note(call);
        }
        if owner.is_some() {
            page.contact.owner = owner;
        }
        Ok(())
    })?;
    Ok(v1::NoteCallResponse {
        call: noted.map(|call| v1::PhoneCall {
            at_ms: call.at_ms,
            person: call.person,
            note: call.note,
        }),
    })
}

/// Writes the chairs' names and telephone numbers, all of a list or none.
pub(crate) fn write_phones(
    log: &Log,
    reader: &Known,
    request: &v1::WritePhonesRequest,
) -> Result<v1::WritePhonesResponse, Problem> {
    needs(reader, "a registrar", |role| *role == Role::Registrar)?;
    let places = {
        let state = log.state()?;
        let places = request.chairs.iter();
        let places = places.map(|chair| named(&state, &chair.county, &chair.precinct).map(Place::from));
        places.collect::<Result<Vec<_>, _>>()?
    };
    let changed = log.notebook()?.change_all(&places, |number, page| {
        if let Some(chair) = request.chairs.get(number) {
            page.contact.name = shown(&chair.name)?.to_string();
            page.contact.phone = shown(&chair.phone)?.to_string();
        }
        Ok(())
    })?;
    Ok(v1::WritePhonesResponse {
        changed: u32::try_from(changed).unwrap_or(u32::MAX),
    })
}

/// An operator at work on a precinct that they may enter.
struct Task<'a> {
    person: &'a Text,
    id: PrecinctId,
    /// Whether somebody entered it before.
    second: bool,
    ended: Ended,
    present: Present,
    /// The person's claims of which the log says that they are over, with their beginnings.
    over: Vec<(Place, u64)>,
    now: u64,
}

impl<'a> Task<'a> {
    fn of(log: &Log, reader: &'a Known, county: &str, precinct: &str) -> Result<Self, Problem> {
        needs(reader, "an operator", |role| *role == Role::Operator)?;
        let claims = log.notebook()?.claimed_by(reader.person.as_str())?;
        let now = clock::now().0;
        let state = log.state()?;
        let id = named(&state, county, precinct)?;
        state.may_enter(&reader.person, &[], id)?;
        Ok(Self {
            person: &reader.person,
            id,
            second: !state.entered(id).is_empty(),
            ended: Ended::of(&state, id),
            present: Present::of(&state, now),
            over: over(&state, claims),
            now,
        })
    }

    /// Changes the precinct's page, on which nothing stands any more that is over.
    fn change<T>(&self, log: &Log, change: impl FnOnce(&Pages, &mut Page) -> Result<T, Problem>) -> Result<T, Problem> {
        log.notebook()?.change_seeing(self.id, |pages, page| {
            page.settle(&self.ended, &self.present);
            change(pages, page)
        })
    }

    /// Takes the precinct; whoever has it keeps it.
    fn claim<'p>(&self, pages: &Pages, page: &'p mut Page) -> Result<&'p Claim, Problem> {
        let here = Place::from(self.id);
        let others = claims(pages, self.person.as_str()).filter(|(at, claim)| {
            let is_over = self.over.contains(&(*at, claim.since_ms)) || !self.present.has(claim);
            *at != here && !claim.is_given && !is_over
        });
        page.claim(Claiming {
            person: self.person.as_str(),
            now_ms: self.now,
            others: others.count(),
        })
    }
}

/// The claims of which the log says that they are over.
fn over(state: &State, claims: Vec<(Place, Claim)>) -> Vec<(Place, u64)> {
    let is_over = |at: &Place, claim: &Claim| {
        let precinct = at.precinct();
        precinct.is_some_and(|id| Ended::of(state, id).covers(&claim.person, claim.since_ms))
    };
    let over = claims.into_iter().filter(|(at, claim)| is_over(at, claim));
    over.map(|(at, claim)| (at, claim.since_ms)).collect()
}

fn claimed(claim: &Claim) -> v1::Claimed {
    v1::Claimed {
        person: claim.person.clone(),
        since_ms: claim.since_ms,
    }
}

fn county(state: &State, name: &str) -> Result<CountyId, Problem> {
    let county = state.roster().county_named(name);
    county
        .map(|county| county.id)
        .ok_or_else(|| Problem::NoCounty(name.to_owned()))
}

/// A person of a name who has a key for a role.
fn enrolled(state: &State, name: &str, called: &'static str, role: &Role) -> Result<Text, Problem> {
    let mut keys = state.authors().filter(|author| author.revoked.is_none());
    keys.find(|author| author.person.as_str() == name && author.role == *role)
        .map(|author| author.person.clone())
        .ok_or_else(|| no_such(called, name))
}

/// A person of a name who works at the tabulation centre.
fn known(state: &State, name: &str) -> Result<Text, Problem> {
    let roles = [
        Role::Operator,
        Role::Reviewer,
        Role::CorrectionsOfficer,
        Role::Registrar,
    ];
    let mut found = roles
        .iter()
        .filter_map(|role| enrolled(state, name, "staff", role).ok());
    found.next().ok_or_else(|| no_such("member of the staff", name))
}

fn no_such(role: &'static str, name: &str) -> Problem {
    Problem::NoSuchPerson {
        person: name.to_owned(),
        role,
    }
}

/// A text that can be shown in a terminal: what is typed here is read by others.
fn shown(text: &str) -> Result<Text, Problem> {
    Text::new(text.trim()).map_err(Problem::BadNote)
}

/// Names that came from the log.
fn texts(names: &[String]) -> Vec<Text> {
    names.iter().filter_map(|name| Text::new(name.as_str()).ok()).collect()
}
