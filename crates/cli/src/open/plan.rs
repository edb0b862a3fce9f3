//! The file that says what a contest is. `docs/OPERATIONS.md` has its fields.

use serde::Deserialize;
use tallylog_event::{
    Candidate, Contest, ContestId, ContestKind, Embargo, LogIdentity, PublicKey, Registrar, ReleasePolicy, Text,
    WitnessPolicy,
};
use tallylog_projection::FOLD_VERSION;
use tallylog_rules::Ruleset;

use super::OpenFault;

/// The file, field by field. A field that it does not know is refused: a slip in a name would lose a rule.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    pub(super) kind: Kind,
    pub(super) name: Text,
    pub(super) ruleset: String,
    pub(super) origin: String,
    pub(super) candidates: Vec<Text>,
    pub(super) release: Release,
    pub(super) embargo: Public,
    #[serde(default)]
    pub(super) registrars: Vec<Further>,
    #[serde(default)]
    pub(super) witnesses: Witnesses,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Election,
    Rehearsal,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Release {
    Clear,
    Confirmed,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Public {
    Open,
    OnRelease,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Further {
    pub(super) person: Text,
    pub(super) key: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Witnesses {
    pub(super) quorum: u8,
    pub(super) keys: Vec<Text>,
}

/// The keys of a contest that is about to be opened.
pub(super) struct OwnKeys {
    pub(super) log: PublicKey,
    pub(super) service: PublicKey,
    pub(super) registrar: Registrar,
}

impl Plan {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, OpenFault> {
        let mut reader = serde_json::Deserializer::from_slice(bytes);
        let plan = serde_path_to_error::deserialize(&mut reader).map_err(|error| OpenFault::Field {
            field: error.path().to_string(),
            message: error.inner().to_string(),
        })?;
        reader.end().map_err(|error| OpenFault::Field {
            field: "the end".to_owned(),
            message: error.to_string(),
        })?;
        Ok(plan)
    }

    /// The contest that the file describes.
    pub(super) fn contest(self, id: ContestId, keys: OwnKeys) -> Result<Contest, OpenFault> {
        let ruleset = Ruleset::iowa_2020();
        if self.ruleset != ruleset.name {
            return Err(OpenFault::Ruleset(self.ruleset));
        }
        let origin = Text::new(self.origin.as_str()).map_err(|error| OpenFault::Field {
            field: "origin".to_owned(),
            message: error.to_string(),
        })?;
        let further = self.registrars.into_iter().map(Further::registrar);
        Ok(Contest {
            id,
            kind: match self.kind {
                Kind::Election => ContestKind::Election,
                Kind::Rehearsal => ContestKind::Rehearsal,
            },
            name: self.name,
            ruleset,
            candidates: self.candidates.into_iter().map(|name| Candidate { name }).collect(),
            log: LogIdentity { origin, key: keys.log },
            service: keys.service,
            registrars: std::iter::once(Ok(keys.registrar))
                .chain(further)
                .collect::<Result<_, _>>()?,
            fold: FOLD_VERSION,
            release: match self.release {
                Release::Clear => ReleasePolicy::ReportedClear,
                Release::Confirmed => ReleasePolicy::Confirmed,
            },
            embargo: match self.embargo {
                Public::Open => Embargo::Open,
                Public::OnRelease => Embargo::OnRelease,
            },
            witnesses: WitnessPolicy {
                quorum: self.witnesses.quorum,
                witnesses: self.witnesses.keys,
            },
        })
    }
}

impl Further {
    fn registrar(self) -> Result<Registrar, OpenFault> {
        let mut key = [0; 32];
        hex::decode_to_slice(&self.key, &mut key).map_err(|_| OpenFault::RegistrarKey(self.person.to_string()))?;
        Ok(Registrar {
            person: self.person,
            key: PublicKey(key),
        })
    }
}
