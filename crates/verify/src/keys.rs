//! Whose signatures a bundle rests on: what entry 0 says, in the spelling of a policy.

use std::fmt::Write as _;

use tallylog_event::{Contest, Entry, Event, Text};
use tallylog_tlog::{KeyError, KeyName, LogKey, NameError, Policy, PolicyError, WitnessKey};
use thiserror::Error;

/// The keys that a contest names, with witnesses that it does not ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    log: LogKey,
    /// The contest's own, then the others.
    witnesses: Vec<WitnessKey>,
    text: String,
    policy: Policy,
}

/// Why a contest's keys make no policy.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeysError {
    /// The log's origin is no name of a key.
    #[error("entry 0 names the log's origin, which cannot be the name of a key: {0}")]
    Origin(NameError),
    /// The log's key is none.
    #[error("entry 0 names the log's key, which is none: {0}")]
    Log(KeyError),
    /// A witness's key is none.
    #[error("entry 0 names witness {number}, whose key is none: {error}")]
    Witness {
        /// Its place in the contest's list, from 1.
        number: usize,
        /// What is wrong with it.
        error: KeyError,
    },
    /// They contradict each other: two are one, or more must cosign than there are.
    #[error("the witnesses that entry 0 names make no policy: {0}")]
    Policy(PolicyError),
    /// A witness has a key of those whom it should watch.
    #[error("the witness {witness} has {owner}; a witness must be somebody else's, so take another")]
    NotIndependent {
        /// The witness.
        witness: KeyName,
        /// Whose key it is.
        owner: Owner,
    },
}

/// Whose key a witness has that must not be one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Owner {
    /// The log's, with which it signs checkpoints.
    #[error("the log's own key")]
    Log,
    /// The log's, with which it signs its own events.
    #[error("the key for the log's own events")]
    Service,
    /// A registrar's.
    #[error("the key of the registrar {0}")]
    Registrar(Text),
}

impl KeysError {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Origin(error) => error.code(),
            Self::Log(error) | Self::Witness { error, .. } => error.code(),
            Self::Policy(error) => error.code(),
            Self::NotIndependent { .. } => "witness-not-independent",
        }
    }
}

impl Keys {
    /// Takes the keys that `contest` names, and those of `further` witnesses whose cosignatures are to be shown. The
    /// quorum is the contest's, and `further` witnesses do not count for it.
    ///
    /// The policy has one spelling: the line of the log; a line `witness w1`, `w2` and so on for each of the contest's
    /// witnesses in its order; a line `witness x1` and so on for each further one, in order of their keys as text; then
    /// `group witnesses K w1 w2` and so on, and `quorum witnesses`; or `quorum none` alone if nobody must cosign.
    ///
    /// # Errors
    ///
    /// [`KeysError`] if one of the keys is none, two are one, more must cosign than there are, or a witness is the log, its
    /// service or a registrar.
    pub fn new(contest: &Contest, further: &[WitnessKey]) -> Result<Self, KeysError> {
        let origin = KeyName::new(contest.log.origin.as_str()).map_err(KeysError::Origin)?;
        let log = LogKey::new(origin, &contest.log.key.0).map_err(KeysError::Log)?;
        let asked = witnesses(&contest.witnesses.witnesses)?;
        let mut further = further.to_vec();
        further.retain(|witness| !asked.contains(witness));
        further.sort_by_cached_key(ToString::to_string);
        further.dedup();
        let text = spell(&log, &asked, &further, contest.witnesses.quorum);
        let policy = Policy::parse(text.as_bytes()).map_err(KeysError::Policy)?;
        independent(contest, &policy)?;
        Ok(Self {
            log,
            witnesses: [asked, further].concat(),
            text,
            policy,
        })
    }

    /// The log's key.
    #[must_use]
    pub const fn log(&self) -> &LogKey {
        &self.log
    }

    /// The witnesses: those that the contest names, then the others.
    #[must_use]
    pub fn witnesses(&self) -> &[WitnessKey] {
        &self.witnesses
    }

    /// The policy of a bundle, in its one spelling.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The same, to check checkpoints with.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }
}

/// Wants every witness of a policy to be somebody else than those whom it watches: whoever holds a key of the contest could
/// cosign whatever that key allows.
///
/// # Errors
///
/// [`KeysError::NotIndependent`] for the first witness under the key of the log, its service or a registrar of entry 0.
pub fn independent(contest: &Contest, policy: &Policy) -> Result<(), KeysError> {
    policy
        .witnesses()
        .try_for_each(|(witness, _)| match owner(contest, witness) {
            None => Ok(()),
            Some(owner) => Err(KeysError::NotIndependent {
                witness: witness.name().clone(),
                owner,
            }),
        })
}

fn owner(contest: &Contest, witness: &WitnessKey) -> Option<Owner> {
    let key = witness.public_key();
    if contest.log.key.0 == *key {
        return Some(Owner::Log);
    }
    if contest.service.0 == *key {
        return Some(Owner::Service);
    }
    let registrar = contest.registrars.iter().find(|registrar| registrar.key.0 == *key)?;
    Some(Owner::Registrar(registrar.person.clone()))
}

/// The contest that `entry`, the bytes of a log's entry 0, opens. Whether anybody signed it is not looked at.
#[must_use]
pub fn opening(entry: &[u8]) -> Option<Contest> {
    let body = Entry::decode(entry).ok()?.envelope.decode().ok()?;
    let Event::ContestOpened(contest) = body.event else {
        return None;
    };
    Some(*contest)
}

fn witnesses(texts: &[Text]) -> Result<Vec<WitnessKey>, KeysError> {
    let parsed = (1..).zip(texts).map(|(number, text)| {
        let key = text.as_str().parse();
        key.map_err(|error| KeysError::Witness { number, error })
    });
    parsed.collect()
}

fn spell(log: &LogKey, asked: &[WitnessKey], further: &[WitnessKey], quorum: u8) -> String {
    let mut text = format!("log {log}\n");
    for (letter, witnesses) in [('w', asked), ('x', further)] {
        for (number, witness) in (1_usize..).zip(witnesses) {
            let _infallible = writeln!(text, "witness {letter}{number} {witness}");
        }
    }
    if quorum == 0 {
        text.push_str("quorum none\n");
        return text;
    }
    let members: Vec<String> = (1..=asked.len()).map(|number| format!("w{number}")).collect();
    let _infallible = writeln!(text, "group witnesses {quorum} {}\nquorum witnesses", members.join(" "));
    text
}
