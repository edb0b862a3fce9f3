//! Makes devices, and enrols their keys.

mod agree;
mod fault;
mod known;
mod request;

use std::fs;
use std::path::Path;

use serde::Serialize;
use tallylog_event::{Contest, Enrolment, EntryHash, Event, PublicKey, Role, Text};
use tallylog_projection::role_name;

pub(crate) use self::agree::agree;
pub(crate) use self::fault::EnrolFault;
pub(crate) use self::known::Known;
use self::request::Request;
use crate::args::Format;
use crate::args::device::DeviceArgs;
use crate::args::enrol::{AddKeyArgs, NewKeyArgs, RoleName};
use crate::device::{About, Device, Received, Seat, log_words, send, short_words};
use crate::failure::{Failure, Outcome};
use crate::keys;
use crate::show::{self, talk};

/// Makes a device, and writes the request that a registrar enrols.
pub(crate) async fn new(args: &NewKeyArgs) -> Result<Outcome, Failure> {
    let known = Known::of_server(&args.server, args.log_key.as_ref()).await?;
    let contest = known.contest()?;
    let person = name(&args.person)?;
    let (role, seats) = role(args, &known)?;
    let key = Device::new_key(&DeviceArgs {
        device: args.device.clone(),
        passphrase_file: args.passphrase_file.clone(),
        server: Some(args.server.clone()),
    })?;
    let enrolment = Enrolment::new(contest.id, person.clone(), role.clone(), &key);
    let about = About {
        contest: contest.id,
        contest_name: contest.name.to_string(),
        kind: contest.kind,
        log_key: known.log_key.clone(),
        server: args.server.clone(),
        person,
        role,
        seats,
        key: enrolment.key,
    };
    known.finish(&args.device, &about)?;
    told(&about, args.log_key.is_some());
    write(args.output.as_deref(), contest, &enrolment)?;
    Ok(Outcome::Yes)
}

/// Enrols the key of a request.
pub(crate) async fn add(args: &AddKeyArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let enrolment = requested(&args.request, &device)?;
    talk(&device.about().heading());
    agree(&device, &enrolment, args.role, args.yes)?;
    if let Some(proposed) = keys::propose_enrolment(&device, &enrolment, args.format).await? {
        return Ok(proposed);
    }
    let received = send(&device, Event::KeyEnrolled(enrolment.clone().into())).await?;
    received.news().into_iter().for_each(show::talk);
    added(args, &enrolment, &received)
}

/// What the file of a request asks of a registrar.
pub(crate) fn requested(path: &Path, registrar: &Device) -> Result<Enrolment, Failure> {
    let enrolment = asked_for(path, registrar)?;
    if enrolment.role == Role::Service {
        return Err(EnrolFault::OfService.into());
    }
    Ok(enrolment)
}

/// The same of a request for another key of the log's own.
pub(crate) fn requested_successor(path: &Path, registrar: &Device) -> Result<Enrolment, Failure> {
    let enrolment = asked_for(path, registrar)?;
    if enrolment.role != Role::Service {
        return Err(EnrolFault::NotOfService.into());
    }
    Ok(enrolment)
}

fn asked_for(path: &Path, registrar: &Device) -> Result<Enrolment, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::File {
        path: path.to_owned(),
        error,
    })?;
    let request: Request = serde_json::from_slice(&bytes).map_err(|_| EnrolFault::Request)?;
    Ok(request.enrolment(registrar.about().contest)?)
}

/// A name or a reason as it can be recorded.
pub(crate) fn name(text: &str) -> Result<Text, EnrolFault> {
    let name = Text::new(text.trim()).ok().filter(|name| !name.is_blank());
    name.ok_or_else(|| EnrolFault::Name(text.to_owned()))
}

/// What the key is to sign, and for a chair where.
fn role(args: &NewKeyArgs, known: &Known) -> Result<(Role, Vec<Seat>), Failure> {
    Ok(match args.role {
        RoleName::Registrar => (Role::Registrar, Vec::new()),
        RoleName::Operator => (Role::Operator, Vec::new()),
        RoleName::Reviewer => (Role::Reviewer, Vec::new()),
        RoleName::CorrectionsOfficer => (Role::CorrectionsOfficer, Vec::new()),
        RoleName::Observer => (Role::Observer, Vec::new()),
        RoleName::Campaign => {
            let campaign = name(args.campaign.as_deref().unwrap_or_default())?;
            (Role::Campaign(campaign), Vec::new())
        }
        RoleName::Chair => {
            let seats = seats(args, known)?;
            (Role::Chair(seats.iter().map(|seat| seat.id).collect()), seats)
        }
    })
}

fn seats(args: &NewKeyArgs, known: &Known) -> Result<Vec<Seat>, EnrolFault> {
    let county = args.county.as_deref().unwrap_or_default();
    args.precinct
        .iter()
        .map(|precinct| seat(known, county, precinct))
        .collect()
}

/// A precinct of a chair, by its name.
pub(crate) fn seat(known: &Known, county: &str, precinct: &str) -> Result<Seat, EnrolFault> {
    let missing = || EnrolFault::NoPlace {
        county: county.to_owned(),
        precinct: precinct.to_owned(),
    };
    let roster = known.state.roster();
    let place = roster.county_named(county).ok_or_else(missing)?;
    let id = roster.precinct_named(place, precinct).ok_or_else(missing)?;
    let (_, named) = roster.precinct(id).ok_or_else(missing)?;
    Ok(Seat {
        id,
        county: place.name.to_string(),
        precinct: named.name.to_string(),
    })
}

/// A key in short words, for two people who compare it.
pub(crate) fn key_words(key: &PublicKey) -> String {
    short_words(&EntryHash(*blake3::hash(&key.0).as_bytes()))
}

fn told(about: &About, pinned: bool) {
    talk(&about.heading());
    talk(&format!(
        "a device of {} ({}), who is not enrolled yet; give the request to a registrar, and compare the key: {}",
        about.person,
        role_name(&about.role),
        key_words(&about.key),
    ));
    let how = if pinned {
        "as you said"
    } else {
        "as the server says: compare it with what the party gives out"
    };
    talk(&format!(
        "it trusts the log of the key {}, in words {} ({how})",
        about.log_key,
        log_words(&about.log_key)
    ));
}

/// Writes what is asked of a registrar into a file, or to stdout.
pub(crate) fn write(output: Option<&Path>, contest: &Contest, enrolment: &Enrolment) -> Result<(), Failure> {
    let request = Request::of(contest.id, enrolment);
    let text = serde_json::to_string_pretty(&request).map_err(|error| Failure::Output(error.into()))? + "\n";
    match output {
        None => show::data(&text),
        Some(path) => fs::write(path, text).map_err(|error| Failure::File {
            path: path.to_owned(),
            error,
        }),
    }
}

/// What came of an enrolment.
#[derive(Serialize)]
struct Added<'a> {
    person: &'a str,
    role: &'static str,
    key: String,
    key_words: String,
    receipt: u64,
    words: &'a str,
}

fn added(args: &AddKeyArgs, enrolment: &Enrolment, received: &Received) -> Result<Outcome, Failure> {
    let row = Added {
        person: enrolment.person.as_str(),
        role: role_name(&enrolment.role),
        key: hex::encode(enrolment.key.0),
        key_words: key_words(&enrolment.key),
        receipt: received.entry,
        words: &received.words,
    };
    match args.format {
        Format::Table => show::data(&format!(
            "enrolled {} ({}), key {}\nreceipt {}, {}\n",
            row.person, row.role, row.key_words, row.receipt, row.words
        ))?,
        Format::Json => show::json(&row)?,
        Format::Csv => show::csv(&[row])?,
    }
    Ok(Outcome::Yes)
}
