//! Devices of the night's people, for whoever wants to work at the desks.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use tallylog_event::{PublicKey, Role};
use tallylog_server::Log;
use tallylog_simulate::{Night, Participant};

use crate::device::{About, Device, Seat, private_folder, write_private};
use crate::failure::Failure;
use crate::signed;

/// What opens every device. It guards nothing: the keys follow from the night's seed.
const PASSPHRASE: &str = "rehearsal only";

/// The passphrase's file, beside the devices.
const PASSPHRASE_FILE: &str = "passphrase";

/// Writes a device for some people of each role, and the passphrase of all of them. Returns their folders.
pub(super) fn write(dir: &Path, night: &Night, log: &Log, address: SocketAddr) -> Result<Vec<PathBuf>, Failure> {
    private_folder(dir)?;
    write_private(&dir.join(PASSPHRASE_FILE), format!("{PASSPHRASE}\n").as_bytes())?;
    let roster = 1 + night.counties.len();
    let entries = log.reader().entries(0..u64::try_from(roster).unwrap_or(u64::MAX));
    let entries = entries
        .map(|entry| entry.map(|(_, bytes)| bytes))
        .collect::<Result<Vec<_>, _>>()?;
    let Some(log_key) = signed::log_key(&*log.state()?)? else {
        return Ok(Vec::new());
    };
    people(night)
        .map(|(name, person, role, seats)| {
            let about = About {
                contest: night.contest.id,
                contest_name: night.contest.name.to_string(),
                kind: night.contest.kind,
                log_key: log_key.clone(),
                server: format!("http://{address}"),
                person: person.person.clone(),
                role,
                seats,
                key: PublicKey::of(&person.key),
            };
            let folder = dir.join(name);
            Device::make(&folder, &about, &person.key, PASSPHRASE, &entries)?;
            Ok(folder)
        })
        .collect()
}

/// Two people of each role where two different ones are needed, and a chair; each with the name of the folder.
fn people(night: &Night) -> impl Iterator<Item = (String, &Participant, Role, Vec<Seat>)> {
    let keys = &night.keys;
    let teams = [
        ("registrar", &keys.registrars, Role::Registrar),
        ("operator", &keys.operators, Role::Operator),
        ("reviewer", &keys.reviewers, Role::Reviewer),
        ("officer", &keys.officers, Role::CorrectionsOfficer),
    ];
    let staff = teams.into_iter().flat_map(|(name, team, role)| {
        let two = (1..).zip(team.iter().take(2));
        two.map(move |(number, person)| (format!("{name}-{number}"), person, role.clone(), Vec::new()))
    });
    staff.chain(chair(night))
}

fn chair(night: &Night) -> Option<(String, &Participant, Role, Vec<Seat>)> {
    let id = *night.sheets.keys().next()?;
    let county = night.counties.iter().find(|county| county.id == id.county)?;
    let precinct = county.precincts.get(usize::from(id.number))?;
    let seat = Seat {
        id,
        county: county.name.to_string(),
        precinct: precinct.name.to_string(),
    };
    let person = night.keys.chair(id)?;
    Some(("chair".to_owned(), person, Role::Chair(vec![id]), vec![seat]))
}
