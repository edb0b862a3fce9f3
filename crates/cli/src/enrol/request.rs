//! What a new device asks of a registrar: a file that anybody may read.

use serde::{Deserialize, Serialize};
use tallylog_event::{ContestId, CountyId, Enrolment, PrecinctId, PublicKey, Role, Signature, Text};
use tallylog_projection::role_name;

use super::EnrolFault;

/// The version of the file's layout.
const VERSION: u8 = 1;

/// The file's layout.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    version: u8,
    contest: String,
    person: String,
    role: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    campaign: Option<String>,
    /// The precincts of a chair: number of the county and number in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    precincts: Vec<(u16, u16)>,
    key: String,
    possession: String,
}

impl Request {
    pub(super) fn of(contest: ContestId, enrolment: &Enrolment) -> Self {
        let (campaign, precincts) = match &enrolment.role {
            Role::Campaign(name) => (Some(name.to_string()), Vec::new()),
            Role::Chair(ids) => (None, ids.iter().map(|id| (id.county.0, id.number)).collect()),
            Role::Registrar
            | Role::Operator
            | Role::Reviewer
            | Role::CorrectionsOfficer
            | Role::Observer
            | Role::Witness
            | Role::Importer
            | Role::Service => (None, Vec::new()),
        };
        Self {
            version: VERSION,
            contest: contest.to_string(),
            person: enrolment.person.to_string(),
            role: role_name(&enrolment.role).to_owned(),
            campaign,
            precincts,
            key: hex::encode(enrolment.key.0),
            possession: hex::encode(enrolment.possession.0),
        }
    }

    /// The enrolment that it asks for, in the contest of the registrar.
    pub(super) fn enrolment(self, contest: ContestId) -> Result<Enrolment, EnrolFault> {
        if self.version != VERSION {
            return Err(EnrolFault::Request);
        }
        if self.contest != contest.to_string() {
            return Err(EnrolFault::OtherContest(self.contest));
        }
        self.parse().ok_or(EnrolFault::Request)
    }

    fn parse(self) -> Option<Enrolment> {
        let ids = self.precincts.iter().map(|(county, number)| PrecinctId {
            county: CountyId(*county),
            number: *number,
        });
        let roles = [
            Role::Registrar,
            Role::Chair(ids.collect()),
            Role::Operator,
            Role::Reviewer,
            Role::CorrectionsOfficer,
            Role::Observer,
            Role::Service,
            Role::Campaign(Text::new(self.campaign.unwrap_or_default()).ok()?),
        ];
        let mut key = [0; 32];
        hex::decode_to_slice(&self.key, &mut key).ok()?;
        let mut possession = [0; 64];
        hex::decode_to_slice(&self.possession, &mut possession).ok()?;
        Some(Enrolment {
            key: PublicKey(key),
            person: Text::new(self.person).ok()?,
            role: roles.into_iter().find(|role| role_name(role) == self.role)?,
            possession: Signature(possession),
        })
    }
}
