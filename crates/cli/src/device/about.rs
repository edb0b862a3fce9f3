//! What may be known of a device without its key.

use std::path::Path;

use serde::{Deserialize, Serialize};
use tallylog_event::{ContestId, ContestKind, CountyId, PrecinctId, PublicKey, Role, Text};
use tallylog_projection::role_name;
use tallylog_tlog::LogKey;

use super::{DeviceFault, private};
use crate::failure::Failure;

const FILE: &str = "device.json";

/// The version of the file's layout.
const VERSION: u8 = 1;

/// What a device is for, and whom it trusts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct About {
    pub(crate) contest: ContestId,
    pub(crate) contest_name: String,
    pub(crate) kind: ContestKind,
    /// Pinned when the device was made: no receipt counts that another key signed.
    pub(crate) log_key: LogKey,
    pub(crate) server: String,
    pub(crate) person: Text,
    pub(crate) role: Role,
    /// The precincts of a chair, by name.
    pub(crate) seats: Vec<Seat>,
    pub(crate) key: PublicKey,
}

/// A precinct of a chair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seat {
    pub(crate) id: PrecinctId,
    pub(crate) county: String,
    pub(crate) precinct: String,
}

/// The file's layout.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Layout {
    version: u8,
    contest: String,
    contest_name: String,
    contest_kind: Kind,
    log_key: String,
    server: String,
    person: String,
    role: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    campaign: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    precincts: Vec<Place>,
    key: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Election,
    Rehearsal,
    Archive,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    county: String,
    precinct: String,
    county_number: u16,
    precinct_number: u16,
}

impl About {
    pub(crate) fn exists(dir: &Path) -> bool {
        dir.join(FILE).exists()
    }

    pub(crate) fn read(dir: &Path) -> Result<Self, Failure> {
        let path = dir.join(FILE);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(DeviceFault::NoDevice(dir.to_owned()).into());
            }
            Err(error) => return Err(Failure::File { path, error }),
        };
        let layout: Option<Layout> = serde_json::from_slice(&bytes).ok();
        let about = layout.filter(|layout| layout.version == VERSION).and_then(parse);
        about.ok_or_else(|| DeviceFault::Malformed(path).into())
    }

    pub(super) fn write(&self, dir: &Path) -> Result<(), Failure> {
        let bytes = serde_json::to_vec_pretty(&self.layout()).map_err(|error| Failure::Output(error.into()))?;
        private::write(&dir.join(FILE), &bytes)
    }

    /// The log's name.
    pub(crate) fn origin(&self) -> &str {
        self.log_key.name().as_str()
    }

    /// What stands above everything shown: the contest, and that it is no real night where it is none.
    pub(crate) fn heading(&self) -> String {
        match self.kind {
            ContestKind::Rehearsal => format!("REHEARSAL, not a real night: {}", self.contest_name),
            ContestKind::Archive => format!("ARCHIVE of published results: {}", self.contest_name),
            ContestKind::Election => self.contest_name.clone(),
        }
    }

    fn layout(&self) -> Layout {
        let campaign = match &self.role {
            Role::Campaign(name) => Some(name.to_string()),
            Role::Registrar
            | Role::Chair(_)
            | Role::Operator
            | Role::Reviewer
            | Role::CorrectionsOfficer
            | Role::Observer
            | Role::Witness
            | Role::Importer
            | Role::Service => None,
        };
        let place = |seat: &Seat| Place {
            county: seat.county.clone(),
            precinct: seat.precinct.clone(),
            county_number: seat.id.county.0,
            precinct_number: seat.id.number,
        };
        Layout {
            version: VERSION,
            contest: self.contest.to_string(),
            contest_name: self.contest_name.clone(),
            contest_kind: match self.kind {
                ContestKind::Election => Kind::Election,
                ContestKind::Rehearsal => Kind::Rehearsal,
                ContestKind::Archive => Kind::Archive,
            },
            log_key: self.log_key.to_string(),
            server: self.server.clone(),
            person: self.person.to_string(),
            role: role_name(&self.role).to_owned(),
            campaign,
            precincts: self.seats.iter().map(place).collect(),
            key: hex::encode(self.key.0),
        }
    }
}

fn parse(layout: Layout) -> Option<About> {
    let seat = |place: Place| Seat {
        id: PrecinctId {
            county: CountyId(place.county_number),
            number: place.precinct_number,
        },
        county: place.county,
        precinct: place.precinct,
    };
    let seats: Vec<Seat> = layout.precincts.into_iter().map(seat).collect();
    let mut contest = [0; 16];
    hex::decode_to_slice(&layout.contest, &mut contest).ok()?;
    let mut key = [0; 32];
    hex::decode_to_slice(&layout.key, &mut key).ok()?;
    Some(About {
        contest: ContestId(contest),
        contest_name: layout.contest_name,
        kind: match layout.contest_kind {
            Kind::Election => ContestKind::Election,
            Kind::Rehearsal => ContestKind::Rehearsal,
            Kind::Archive => ContestKind::Archive,
        },
        log_key: layout.log_key.parse().ok()?,
        server: layout.server,
        person: Text::new(layout.person).ok()?,
        role: role(&layout.role, layout.campaign, &seats)?,
        seats,
        key: PublicKey(key),
    })
}

/// The role of a name, as [`role_name`] gives it.
fn role(name: &str, campaign: Option<String>, seats: &[Seat]) -> Option<Role> {
    let candidates = [
        Role::Registrar,
        Role::Chair(seats.iter().map(|seat| seat.id).collect()),
        Role::Operator,
        Role::Reviewer,
        Role::CorrectionsOfficer,
        Role::Observer,
        Role::Campaign(Text::new(campaign.unwrap_or_default()).ok()?),
    ];
    candidates.into_iter().find(|role| role_name(role) == name)
}

#[cfg(test)]
mod tests {
    use tallylog_event::SigningKey;
    use tallylog_tlog::{KeyName, LogSigner};

    use super::*;

    fn about(role: Role, seats: Vec<Seat>) -> About {
        let log = LogSigner::new(
            KeyName::new("caucus.example/2028").unwrap(),
            SigningKey::from_bytes(&[1; 32]),
        );
        About {
            contest: ContestId([7; 16]),
            contest_name: "Caucus".to_owned(),
            kind: ContestKind::Rehearsal,
            log_key: log.key().clone(),
            server: "http://127.0.0.1:7420".to_owned(),
            person: Text::new("Ada Ames").unwrap(),
            role,
            seats,
            key: PublicKey::of(&SigningKey::from_bytes(&[2; 32])),
        }
    }

    #[track_caller]
    fn check(about: &About) {
        let dir = tempfile::tempdir().unwrap();
        about.write(dir.path()).unwrap();
        assert_eq!(About::read(dir.path()).unwrap(), *about);
    }

    #[test]
    fn what_is_written_is_read_again_for_every_role_that_has_a_device() {
        let seat = Seat {
            id: PrecinctId {
                county: CountyId(3),
                number: 9,
            },
            county: "Polk".to_owned(),
            precinct: "DES MOINES-80".to_owned(),
        };
        check(&about(Role::Chair(vec![seat.id]), vec![seat]));
        check(&about(Role::Campaign(Text::new("Ash").unwrap()), Vec::new()));
        for role in [
            Role::Registrar,
            Role::Operator,
            Role::Reviewer,
            Role::CorrectionsOfficer,
            Role::Observer,
        ] {
            check(&about(role, Vec::new()));
        }
    }

    #[test]
    fn a_file_of_another_layout_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let refused = |dir: &Path| About::read(dir).unwrap_err().code();
        assert_eq!(refused(dir.path()), "no-device");
        about(Role::Operator, Vec::new()).write(dir.path()).unwrap();
        let path = dir.path().join(FILE);
        let text = std::fs::read_to_string(&path).unwrap();
        for (from, to) in [
            ("\"version\": 1", "\"version\": 2"),
            ("operator", "emperor"),
            ("0707", "07"),
        ] {
            std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
            assert_eq!(refused(dir.path()), "bad-device", "{from}");
        }
    }
}
