//! Who has a key; taking keys away, and replacing them.

use std::path::Path;

use serde::Serialize;
use tallylog_event::{Act, Event, PublicKey, Revocation};
use tallylog_projection::role_name;
use tallylog_wire::v1;
use tallylog_wire::v1::keys_client::KeysClient;

use super::acts::{propose, revoke_or_propose, takes_two};
use super::{Done, KeysFault, done};
use crate::args::Format;
use crate::args::device::DeviceArgs;
use crate::args::keys::{ListKeysArgs, ReplaceArgs, RevokeArgs, ShowKeyArgs};
use crate::device::{Device, log_words, send};
use crate::enrol::{key_words, name, requested};
use crate::failure::{Failure, Outcome};
use crate::show::{self, talk};

/// A key, as it is shown.
#[derive(Serialize)]
struct Row {
    person: String,
    role: String,
    /// The campaign, or the precincts of a chair.
    of: String,
    key_words: String,
    key: String,
    enrolled: u64,
    revoked: Option<u64>,
}

pub(super) async fn people(device: &Device) -> Result<v1::PeopleResponse, Failure> {
    let asking = device.asking().await?;
    asking
        .ask(async |service| {
            let mut keys = KeysClient::new(service).max_decoding_message_size(64 << 20);
            keys.people(v1::PeopleRequest {}).await
        })
        .await
}

/// Shows every key that was ever enrolled.
pub(crate) async fn list(args: &ListKeysArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let answer = people(&device).await?;
    let rows: Vec<Row> = answer.keys.iter().map(row).collect();
    match args.format {
        Format::Table => {
            talk(&device.about().heading());
            show::data(&format!("{}\n", table(&rows)))?;
        }
        Format::Json => show::json(&rows)?,
        Format::Csv => show::csv(&rows)?,
    }
    Ok(Outcome::Yes)
}

fn table(rows: &[Row]) -> comfy_table::Table {
    let mut table = show::new_table(&["Person", "Role", "Of", "Key", "Enrolled", "Revoked"], 4);
    for row in rows {
        table.add_row([
            row.person.clone(),
            row.role.clone(),
            row.of.clone(),
            row.key_words.clone(),
            row.enrolled.to_string(),
            row.revoked.map_or_else(String::new, |by| by.to_string()),
        ]);
    }
    table
}

fn row(key: &v1::EnrolledKey) -> Row {
    let places = key.precincts.iter();
    let places: Vec<String> = places
        .map(|place| format!("{}, {}", place.county, place.precinct))
        .collect();
    let of = if key.campaign.is_empty() {
        places.join("; ")
    } else {
        key.campaign.clone()
    };
    Row {
        person: key.person.clone(),
        role: key.role.clone(),
        of,
        key_words: public_key(key).map(|key| key_words(&key)).unwrap_or_default(),
        key: hex::encode(&key.key),
        enrolled: key.enrolled,
        revoked: key.revoked,
    }
}

pub(super) fn public_key(key: &v1::EnrolledKey) -> Option<PublicKey> {
    key.key.clone().try_into().ok().map(PublicKey)
}

/// Withdraws a key.
pub(crate) async fn revoke(args: &RevokeArgs) -> Result<Outcome, Failure> {
    let reason = name(&args.reason)?;
    let device = Device::open(&args.device)?;
    talk(&device.about().heading());
    let people = people(&device).await?;
    let key = match (&args.key, &args.person) {
        (Some(digits), _) => parse(digits)?,
        (None, person) => the_key_of(&people, person.as_deref().unwrap_or_default())?,
    };
    let deed = revoke_or_propose(&device, &people, Revocation { key, reason }).await?;
    done(args.format, &[deed])
}

fn parse(digits: &str) -> Result<PublicKey, KeysFault> {
    let mut key = [0; 32];
    hex::decode_to_slice(digits, &mut key).map_err(|_| KeysFault::BadKey(digits.to_owned()))?;
    Ok(PublicKey(key))
}

/// The one key of a person that stands.
fn the_key_of(people: &v1::PeopleResponse, person: &str) -> Result<PublicKey, KeysFault> {
    let stands = |key: &&v1::EnrolledKey| key.revoked.is_none() && key.person == person;
    let keys: Vec<PublicKey> = people.keys.iter().filter(stands).filter_map(public_key).collect();
    match keys.as_slice() {
        [] => Err(KeysFault::NobodyOfThatName(person.to_owned())),
        [key] => Ok(*key),
        several => Err(KeysFault::SeveralKeys {
            person: person.to_owned(),
            keys: several.len(),
        }),
    }
}

/// Enrols a person's new key, and withdraws those of the same role that the person had.
///
/// The new one first, so that a registrar who is the only one can do it too; whoever is interrupted between the two says
/// it again, and what was done is not done twice.
pub(crate) async fn replace(args: &ReplaceArgs) -> Result<Outcome, Failure> {
    let reason = name(&args.reason)?;
    let device = Device::open(&args.device)?;
    talk(&device.about().heading());
    let enrolment = requested(&args.request, &device)?;
    let people = people(&device).await?;
    let stands = |key: &&v1::EnrolledKey| {
        key.revoked.is_none()
            && key.person == enrolment.person.as_str()
            && key.role == role_name(&enrolment.role)
            && public_key(key) != Some(enrolment.key)
    };
    let old: Vec<PublicKey> = people.keys.iter().filter(stands).filter_map(public_key).collect();
    if old.is_empty() {
        return Err(KeysFault::NothingToReplace(enrolment.person.to_string()).into());
    }
    let mut deeds = Vec::new();
    if !people.keys.iter().any(|key| public_key(key) == Some(enrolment.key)) {
        let act = Act::Enrol(enrolment.clone());
        if takes_two(&people, &act) {
            let deed = propose(&device, &people, act).await?;
            talk("once it is seconded, say this again: the old key is revoked then");
            return done(args.format, &[deed]);
        }
        let received = send(&device, Event::KeyEnrolled(enrolment.clone().into())).await?;
        let did = format!("enrolled {}, key {}", enrolment.person, key_words(&enrolment.key));
        deeds.push(Done::new(did, &received));
    }
    for key in old {
        let reason = reason.clone();
        deeds.push(revoke_or_propose(&device, &people, Revocation { key, reason }).await?);
    }
    done(args.format, &deeds)
}

/// What a device is.
#[derive(Serialize)]
struct Shown {
    contest: String,
    person: String,
    role: &'static str,
    of: String,
    key_words: String,
    key: String,
    log_key: String,
    log_words: String,
    server: String,
}

/// Shows a device's key, for the worksheet; neither its passphrase nor a server is needed.
pub(crate) fn show_device(args: &ShowKeyArgs) -> Result<Outcome, Failure> {
    let shown = shown(&args.device)?;
    match args.format {
        Format::Table => show::data(&format!(
            "{}\n{} ({}{})\nkey  {}\n     {}\nlog  {}\n     {}\nat   {}\n",
            shown.contest,
            shown.person,
            shown.role,
            shown.of,
            shown.key_words,
            shown.key,
            shown.log_words,
            shown.log_key,
            shown.server,
        ))?,
        Format::Json => show::json(&shown)?,
        Format::Csv => show::csv(&[shown])?,
    }
    Ok(Outcome::Yes)
}

fn shown(dir: &Path) -> Result<Shown, Failure> {
    let about = Device::look(&DeviceArgs {
        device: dir.to_owned(),
        passphrase_file: None,
        server: None,
    })?;
    let seats = about.seats.iter();
    let seats: Vec<String> = seats
        .map(|seat| format!(" of {}, {}", seat.precinct, seat.county))
        .collect();
    Ok(Shown {
        contest: about.heading(),
        person: about.person.to_string(),
        role: role_name(&about.role),
        of: seats.join(";"),
        key_words: key_words(&about.key),
        key: hex::encode(about.key.0),
        log_key: about.log_key.to_string(),
        log_words: log_words(&about.log_key),
        server: about.server,
    })
}
