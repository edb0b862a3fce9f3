//! A policy while it is put together, line by line.

use std::collections::{BTreeMap, BTreeSet};

use super::{Kind, Listed, Member, NONE, Policy, PolicyError, PolicyFault};
use crate::{KeyError, LogKey, WitnessKey};

/// The most bytes of a policy: far more than the 32 logs, witnesses and groups that the format asks for.
pub const MAX_POLICY_BYTES: usize = 1_000_000;

/// What must have cosigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quorum {
    /// Nothing: the log's signature is enough.
    None,
    /// A witness or group, by its place in the policy's list.
    Member(usize),
}

#[derive(Default)]
pub(super) struct Draft {
    logs: Vec<Listed<LogKey>>,
    members: Vec<Member>,
    quorum: Option<Quorum>,
    log_keys: BTreeSet<[u8; 32]>,
    witness_keys: BTreeSet<[u8; 32]>,
    /// The places of members by name.
    places: BTreeMap<Vec<u8>, usize>,
    /// Those that are in a group already.
    grouped: BTreeSet<usize>,
}

impl Draft {
    pub(super) fn add_log(&mut self, key: LogKey, url: Option<String>) -> Result<(), PolicyFault> {
        let url = checked_url(url)?;
        if !self.log_keys.insert(*key.public_key()) {
            return Err(PolicyFault::LogTwice);
        }
        if self.witness_keys.contains(key.public_key()) {
            return Err(PolicyFault::WitnessIsLog);
        }
        self.logs.push(Listed { key, url });
        Ok(())
    }

    pub(super) fn add_witness(&mut self, name: &[u8], key: WitnessKey, url: Option<String>) -> Result<(), PolicyFault> {
        let url = checked_url(url)?;
        if !self.witness_keys.insert(*key.public_key()) {
            return Err(PolicyFault::WitnessTwice);
        }
        if self.log_keys.contains(key.public_key()) {
            return Err(PolicyFault::WitnessIsLog);
        }
        self.add(name, Kind::Witness(Box::new(Listed { key, url })))
    }

    pub(super) fn add_group(&mut self, name: &[u8], needed: usize, members: &[&[u8]]) -> Result<(), PolicyFault> {
        if needed == 0 || needed > members.len() {
            return Err(PolicyFault::Threshold);
        }
        let places: Vec<usize> = members.iter().map(|name| self.place(name)).collect::<Result<_, _>>()?;
        if !places.iter().all(|place| self.grouped.insert(*place)) {
            return Err(PolicyFault::MemberTwice);
        }
        let members = places;
        self.add(name, Kind::Group { needed, members })
    }

    pub(super) fn set_quorum(&mut self, name: &[u8]) -> Result<(), PolicyFault> {
        let quorum = if name == NONE {
            Quorum::None
        } else {
            Quorum::Member(self.place(name)?)
        };
        match self.quorum.replace(quorum) {
            None => Ok(()),
            Some(_) => Err(PolicyFault::QuorumTwice),
        }
    }

    pub(super) fn finish(self) -> Result<Policy, PolicyFault> {
        Ok(Policy {
            logs: self.logs,
            members: self.members,
            quorum: self.quorum.ok_or(PolicyFault::NoQuorum)?,
        })
    }

    fn add(&mut self, name: &[u8], kind: Kind) -> Result<(), PolicyFault> {
        let name = name.to_vec();
        if name == NONE || self.places.insert(name.clone(), self.members.len()).is_some() {
            return Err(PolicyFault::NameTaken);
        }
        self.members.push(Member { name, kind });
        Ok(())
    }

    fn place(&self, name: &[u8]) -> Result<usize, PolicyFault> {
        self.places.get(name).copied().ok_or(PolicyFault::UnknownName)
    }

    /// Takes a line; empty ones and comments say nothing.
    fn take(&mut self, line: &[u8]) -> Result<(), PolicyFault> {
        if let Some(byte) = line.iter().find(|byte| is_barred(**byte)) {
            return Err(PolicyFault::Character(*byte));
        }
        let words = line.split(|byte| matches!(byte, b' ' | b'\t'));
        let words: Vec<&[u8]> = words.filter(|word| !word.is_empty()).collect();
        match words.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with(b"#") => Ok(()),
            [b"log", key] => self.add_log(parse_key(key)?, None),
            [b"log", key, url] => self.add_log(parse_key(key)?, Some(parse_url(url)?)),
            [b"witness", name, key] => self.add_witness(name, parse_key(key)?, None),
            [b"witness", name, key, url] => self.add_witness(name, parse_key(key)?, Some(parse_url(url)?)),
            [b"group", name, needed, members @ ..] if !members.is_empty() => {
                self.add_group(name, parse_needed(needed, members.len())?, members)
            }
            [b"quorum", name] => self.set_quorum(name),
            [b"log" | b"witness" | b"group" | b"quorum", ..] => Err(PolicyFault::Words),
            [_, ..] => Err(PolicyFault::Keyword),
        }
    }
}

pub(super) fn parse(bytes: &[u8]) -> Result<Policy, PolicyError> {
    let at = |line| move |fault| PolicyError { line, fault };
    if bytes.len() > MAX_POLICY_BYTES {
        return Err(at(1)(PolicyFault::Long(bytes.len())));
    }
    let mut draft = Draft::default();
    let mut lines = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        lines += 1;
        let line = line.strip_suffix(b"\n").ok_or(PolicyFault::Cut).map_err(at(lines))?;
        draft.take(line).map_err(at(lines))?;
    }
    draft.finish().map_err(at(lines.max(1)))
}

/// Control characters but tab and newline (C2SP tlog-policy, "Character set").
const fn is_barred(byte: u8) -> bool {
    byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n')
}

fn parse_key<K: std::str::FromStr<Err = KeyError>>(word: &[u8]) -> Result<K, PolicyFault> {
    let text = str::from_utf8(word).map_err(|_| KeyError::Layout)?;
    Ok(text.parse()?)
}

fn parse_url(word: &[u8]) -> Result<String, PolicyFault> {
    str::from_utf8(word).map(str::to_owned).map_err(|_| PolicyFault::Url)
}

fn checked_url(url: Option<String>) -> Result<Option<String>, PolicyFault> {
    let breaks_a_line =
        |url: &String| url.is_empty() || url.bytes().any(|byte| byte == b' ' || byte.is_ascii_control());
    match url {
        Some(url) if breaks_a_line(&url) => Err(PolicyFault::Url),
        url => Ok(url),
    }
}

fn parse_needed(word: &[u8], members: usize) -> Result<usize, PolicyFault> {
    match word {
        b"any" => Ok(1),
        b"all" => Ok(members),
        digits => {
            let text = str::from_utf8(digits).map_err(|_| PolicyFault::Threshold)?;
            let needed: usize = text.parse().map_err(|_| PolicyFault::Threshold)?;
            if needed.to_string() != text {
                return Err(PolicyFault::Threshold);
            }
            Ok(needed)
        }
    }
}
