//! Policies: which logs to believe, and which witnesses are enough.

mod draft;
mod fault;

use crate::{LogKey, SignedCheckpoint, TrustedCheckpoint, WitnessKey};

pub use draft::MAX_POLICY_BYTES;
use draft::{Draft, Quorum};
pub use fault::{PolicyError, PolicyFault, PolicyRefusal};

/// The word for no witnesses at all.
const NONE: &[u8] = b"none";

/// Which logs are believed, and which of their checkpoints: those that a quorum of witnesses cosigned.
///
/// Invariant: a group or quorum names only members that stand before it, each member is in one group at most, and no
/// key is there twice, as a witness's and a log's least of all. So a witness counts once, whatever it signs, and no log
/// counts as its own witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<Listed<LogKey>>,
    members: Vec<Member>,
    quorum: Quorum,
}

/// A key, and where to reach who holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Listed<K> {
    key: K,
    url: Option<String>,
}

/// A witness or a group. The name means something inside the policy alone; it is any bytes without spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Member {
    name: Vec<u8>,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Witness(Box<Listed<WitnessKey>>),
    /// Members by their places in the policy's list.
    Group {
        needed: usize,
        members: Vec<usize>,
    },
}

impl Policy {
    /// Believes one log, without witnesses.
    #[must_use]
    pub fn of_log(log: LogKey) -> Self {
        Self {
            logs: vec![Listed { key: log, url: None }],
            members: Vec::new(),
            quorum: Quorum::None,
        }
    }

    /// Believes one log when `needed` of the witnesses cosigned; each witness may come with where to reach it.
    ///
    /// # Errors
    ///
    /// [`PolicyFault`] if two witnesses have one key, more are needed than there are, or a URL holds a space.
    pub fn of_witnesses(
        log: LogKey,
        witnesses: impl IntoIterator<Item = (WitnessKey, Option<String>)>,
        needed: usize,
    ) -> Result<Self, PolicyFault> {
        let mut draft = Draft::default();
        draft.add_log(log, None)?;
        let mut names = Vec::new();
        for (key, url) in witnesses {
            let name = format!("w{}", names.len() + 1).into_bytes();
            draft.add_witness(&name, key, url)?;
            names.push(name);
        }
        if needed == 0 {
            draft.set_quorum(NONE)?;
        } else {
            let members: Vec<_> = names.iter().map(Vec::as_slice).collect();
            draft.add_group(b"witnesses", needed, &members)?;
            draft.set_quorum(b"witnesses")?;
        }
        draft.finish()
    }

    /// Reads a policy as people write it (C2SP tlog-policy).
    ///
    /// ```
    /// # use tallylog_tlog::{Policy, PolicyFault};
    /// let policy = Policy::parse(b"\
    /// ## The press must have seen it.
    /// log caucus.example/2028-ia-dem+87cbb5c0+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c
    /// witness press witness.example/w1+df1c0a35+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU
    /// quorum press
    /// ");
    /// assert!(policy.is_ok());
    /// assert_eq!(Policy::parse(b"quorum press\n").unwrap_err().fault, PolicyFault::UnknownName);
    /// ```
    ///
    /// # Errors
    ///
    /// [`PolicyError`], which names the line and what is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<Self, PolicyError> {
        draft::parse(bytes)
    }

    /// Writes the policy, without the comments that it may have had.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut lines = Vec::new();
        for Listed { key, url } in &self.logs {
            lines.push(line(&[b"log", key.to_string().as_bytes(), bytes_of(url.as_ref())]));
        }
        for Member { name, kind } in &self.members {
            lines.push(match kind {
                Kind::Witness(witness) => {
                    let key = witness.key.to_string();
                    line(&[b"witness", name, key.as_bytes(), bytes_of(witness.url.as_ref())])
                }
                Kind::Group { needed, members } => {
                    let needed = needed.to_string();
                    let members: Vec<&[u8]> = members.iter().map(|at| self.members[*at].name.as_slice()).collect();
                    line(&[b"group", name, needed.as_bytes(), &members.join(&b' ')])
                }
            });
        }
        lines.push(match self.quorum {
            Quorum::None => line(&[b"quorum", NONE]),
            Quorum::Member(at) => line(&[b"quorum", &self.members[at].name]),
        });
        lines.concat()
    }

    /// Believes one log more: that of a key given beside the policy.
    ///
    /// # Errors
    ///
    /// [`PolicyFault::LogTwice`] if its key is there, [`PolicyFault::WitnessIsLog`] if it is a witness's.
    pub fn with_log(mut self, log: LogKey) -> Result<Self, PolicyFault> {
        if self.logs().any(|known| known.public_key() == log.public_key()) {
            return Err(PolicyFault::LogTwice);
        }
        if self
            .witnesses()
            .any(|(known, _)| known.public_key() == log.public_key())
        {
            return Err(PolicyFault::WitnessIsLog);
        }
        self.logs.push(Listed { key: log, url: None });
        Ok(self)
    }

    /// The logs that are believed.
    pub fn logs(&self) -> impl Iterator<Item = &LogKey> {
        self.logs.iter().map(|log| &log.key)
    }

    /// The known witnesses, and where to reach them; whether or not the quorum asks for them.
    pub fn witnesses(&self) -> impl Iterator<Item = (&WitnessKey, Option<&str>)> {
        self.members.iter().filter_map(|member| match &member.kind {
            Kind::Witness(witness) => Some((&witness.key, witness.url.as_deref())),
            Kind::Group { .. } => None,
        })
    }

    /// Whether these witnesses are enough.
    #[must_use]
    pub fn is_met_by(&self, cosigners: &[&WitnessKey]) -> bool {
        let mut met: Vec<bool> = Vec::new();
        for member in &self.members {
            met.push(match &member.kind {
                Kind::Witness(witness) => cosigners.contains(&&witness.key),
                // Members stand before their group, so all of them have been decided.
                Kind::Group { needed, members } => members.iter().filter(|at| met[**at]).count() >= *needed,
            });
        }
        match self.quorum {
            Quorum::None => true,
            Quorum::Member(at) => met[at],
        }
    }

    /// How many witnesses are enough at the least; 0 if the log's signature is.
    #[must_use]
    pub fn needs(&self) -> usize {
        let mut least: Vec<usize> = Vec::new();
        for member in &self.members {
            least.push(match &member.kind {
                Kind::Witness(_) => 1,
                // Members stand before their group, and none is in two groups: the cheapest add up.
                Kind::Group { needed, members } => {
                    let mut costs: Vec<usize> = members.iter().map(|at| least[*at]).collect();
                    costs.sort_unstable();
                    costs.iter().take(*needed).sum()
                }
            });
        }
        match self.quorum {
            Quorum::None => 0,
            Quorum::Member(at) => least[at],
        }
    }

    /// Checks every signature of the logs and witnesses that the policy knows, and the quorum.
    ///
    /// # Errors
    ///
    /// [`PolicyRefusal`] if the log is unknown or did not sign, a signature does not hold, or too few witnesses
    /// cosigned.
    pub fn verify(&self, signed: &SignedCheckpoint) -> Result<TrustedCheckpoint, PolicyRefusal> {
        let logs: Vec<_> = self.logs().cloned().collect();
        let witnesses: Vec<_> = self.witnesses().map(|(key, _)| key.clone()).collect();
        let trusted = signed.verify(&logs, &witnesses)?;
        let cosigners: Vec<_> = trusted.cosigners().iter().map(|(key, _)| key).collect();
        if !self.is_met_by(&cosigners) {
            return Err(PolicyRefusal::NoQuorum {
                cosigned: cosigners.len(),
                known: witnesses.len(),
            });
        }
        Ok(trusted)
    }
}

fn bytes_of(url: Option<&String>) -> &[u8] {
    url.map_or(b"", |url| url.as_bytes())
}

/// One line of its words; empty words are left out.
fn line(words: &[&[u8]]) -> Vec<u8> {
    let present: Vec<&[u8]> = words.iter().copied().filter(|word| !word.is_empty()).collect();
    let mut line = present.join(&b' ');
    line.push(b'\n');
    line
}
