//! Acts that take two persons: proposing them, seconding them, turning them down, and what waits.

use std::collections::BTreeSet;

use serde::Serialize;
use tallylog_event::{
    Act, ActWithdrawal, AuthorityEvent, Enrolment, EntryIndex, Event, PublicKey, Revocation, Role, Seconding,
    Succession,
};
use tallylog_projection::role_name;
use tallylog_wire::v1;

use super::people::{people, public_key};
use super::{Done, KeysFault, done};
use crate::args::Format;
use crate::args::keys::{DeclineArgs, PendingArgs, SecondArgs, SucceedArgs};
use crate::desk::confirm;
use crate::device::{Device, send};
use crate::enrol::{key_words, name, requested_successor};
use crate::failure::{Failure, Outcome};
use crate::show::{self, talk};

/// Proposes an enrolment that one registrar may not make alone; `None` where one may.
pub(crate) async fn propose_enrolment(
    device: &Device,
    enrolment: &Enrolment,
    format: Format,
) -> Result<Option<Outcome>, Failure> {
    let people = people(device).await?;
    let act = Act::Enrol(enrolment.clone());
    if !takes_two(&people, &act) {
        return Ok(None);
    }
    let deed = propose(device, &people, act).await?;
    done(format, &[deed]).map(Some)
}

/// Withdraws a key, or proposes to where that takes two.
pub(super) async fn revoke_or_propose(
    device: &Device,
    people: &v1::PeopleResponse,
    revocation: Revocation,
) -> Result<Done, Failure> {
    let act = Act::Revoke(revocation.clone());
    if takes_two(people, &act) {
        return propose(device, people, act).await;
    }
    let did = format!("revoked {}", holder(people, &revocation.key));
    let received = send(device, Event::KeyRevoked(revocation)).await?;
    Ok(Done::new(did, &received))
}

/// Proposes an act. Nothing is so until somebody else signs it too.
pub(super) async fn propose(device: &Device, people: &v1::PeopleResponse, act: Act) -> Result<Done, Failure> {
    let sentence = sentence(people, &act);
    let bytes = act.encode();
    if let Some(waiting) = people.waiting.iter().find(|waiting| waiting.act == bytes) {
        let (entry, person) = (waiting.entry, waiting.person.clone());
        return Err(KeysFault::Waits { entry, person }.into());
    }
    let received = send(device, Event::Authority(AuthorityEvent::Proposed(Box::new(act)))).await?;
    let entry = received.entry;
    let who = if registrars(people).len() > 1 {
        "another registrar"
    } else {
        "a corrections officer, since there is a single registrar,"
    };
    talk(&format!(
        "nothing is so yet: {who} looks at it with `tallylog key pending`, and types\n    tallylog key second {entry} --device THEIR_DEVICE"
    ));
    Ok(Done::new(format!("proposed to {sentence}"), &received))
}

/// Whether an act takes two persons. The log has the last word.
pub(super) fn takes_two(people: &v1::PeopleResponse, act: &Act) -> bool {
    let several = registrars(people).len() > 1;
    let role_of = |key: &PublicKey| {
        let mut keys = people.keys.iter();
        let found = keys.find(|known| public_key(known).as_ref() == Some(key));
        found.map(|known| known.role.as_str())
    };
    let two = match act {
        Act::Enrol(enrolment) => several && enrolment.role.is_staff(),
        Act::Revoke(revocation) => {
            let role = role_of(&revocation.key);
            let registrar = role == Some(role_name(&Role::Registrar));
            (several && registrar) || role == Some(role_name(&Role::Service))
        }
        Act::Succeed(_) => true,
    };
    people.has_acts && two
}

/// The persons who are registrars. Two keys of one name are one person.
fn registrars(people: &v1::PeopleResponse) -> BTreeSet<&str> {
    let role = role_name(&Role::Registrar);
    let stand = people
        .keys
        .iter()
        .filter(|key| key.revoked.is_none() && key.role == role);
    stand.map(|key| key.person.as_str()).collect()
}

fn holder(people: &v1::PeopleResponse, key: &PublicKey) -> String {
    let mut keys = people.keys.iter();
    let known = keys.find(|known| public_key(known).as_ref() == Some(key));
    let words = key_words(key);
    known.map_or_else(
        || format!("the key {words}"),
        |known| format!("{} ({}), key {words}", known.person, known.role),
    )
}

/// What an act does, for whoever is to sign it.
fn sentence(people: &v1::PeopleResponse, act: &Act) -> String {
    match act {
        Act::Enrol(enrolment) => format!(
            "enrol {} ({}), key {}",
            enrolment.person,
            role_name(&enrolment.role),
            key_words(&enrolment.key)
        ),
        Act::Revoke(revocation) => format!("revoke {}: {}", holder(people, &revocation.key), revocation.reason),
        Act::Succeed(succession) => format!(
            "let the key {} sign the log's own events from now on, and nobody else's: {}",
            key_words(&succession.enrolment.key),
            succession.reason
        ),
    }
}

/// Seconds what somebody else proposed, once it was shown and agreed to.
pub(crate) async fn second(args: &SecondArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    talk(&device.about().heading());
    let people = people(&device).await?;
    let waiting = waiting(&people, args.proposal)?;
    let act = Act::decode(&waiting.act).map_err(|_| KeysFault::OtherAct(args.proposal))?;
    let sentence = sentence(&people, &act);
    talk(&format!("{} proposes to {sentence}", waiting.person));
    confirm(args.yes, "Sign this too? With that it is so.")?;
    let seconded = AuthorityEvent::Seconded(Box::new(Seconding {
        proposal: EntryIndex(args.proposal),
        act,
    }));
    let received = send(&device, Event::Authority(seconded)).await?;
    let did = format!("seconded, and with that it is so: {sentence}");
    done(args.format, &[Done::new(did, &received)])
}

/// Turns a proposal down, or takes it back.
pub(crate) async fn decline(args: &DeclineArgs) -> Result<Outcome, Failure> {
    let reason = name(&args.reason)?;
    let device = Device::open(&args.device)?;
    talk(&device.about().heading());
    let withdrawal = ActWithdrawal {
        proposal: EntryIndex(args.proposal),
        reason,
    };
    let received = send(&device, Event::Authority(AuthorityEvent::Withdrawn(withdrawal))).await?;
    let did = format!("turned the proposal of entry {} down", args.proposal);
    done(args.format, &[Done::new(did, &received)])
}

/// Proposes another key for the log's own events.
pub(crate) async fn succeed(args: &SucceedArgs) -> Result<Outcome, Failure> {
    let reason = name(&args.reason)?;
    let device = Device::open(&args.device)?;
    talk(&device.about().heading());
    let enrolment = requested_successor(&args.request, &device)?;
    let people = people(&device).await?;
    let act = Act::Succeed(Succession { enrolment, reason });
    let deed = propose(&device, &people, act).await?;
    done(args.format, &[deed])
}

/// An act that waits.
#[derive(Serialize)]
struct Row {
    entry: u64,
    proposed_by: String,
    act: String,
}

/// Shows what waits for a second person.
pub(crate) async fn pending(args: &PendingArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let people = people(&device).await?;
    let rows = people.waiting.iter().map(|waiting| Row {
        entry: waiting.entry,
        proposed_by: waiting.person.clone(),
        act: Act::decode(&waiting.act).map_or_else(
            |_| "something that this program does not know".to_owned(),
            |act| sentence(&people, &act),
        ),
    });
    let rows: Vec<Row> = rows.collect();
    match args.format {
        Format::Table => {
            talk(&device.about().heading());
            let mut table = show::new_table(&["Entry", "Proposed by", "To"], 0);
            for row in &rows {
                table.add_row([row.entry.to_string(), row.proposed_by.clone(), row.act.clone()]);
            }
            show::data(&format!("{table}\n"))?;
        }
        Format::Json => show::json(&rows)?,
        Format::Csv => show::csv(&rows)?,
    }
    Ok(Outcome::Yes)
}

fn waiting(people: &v1::PeopleResponse, entry: u64) -> Result<&v1::WaitingAct, KeysFault> {
    let mut all = people.waiting.iter();
    all.find(|waiting| waiting.entry == entry)
        .ok_or(KeysFault::NothingWaits(entry))
}
