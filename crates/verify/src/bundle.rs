//! The bundle: a whole night in one file, `night.tallylog`.
//!
//! ```text
//! tallylog/bundle/v1
//! policy P
//! checkpoints C
//! entries N
//!
//! ```
//!
//! Five lines, the last of them empty, each ended by a newline. P and C are lengths in bytes and N is a number of
//! entries, in decimal without leading zeros. Then follow, with nothing between:
//!
//! - P bytes: the policy (C2SP tlog-policy) that follows from entry 0; see [`Keys`](crate::Keys).
//! - C bytes: signed checkpoints, each two separated by an empty line, in order of size. The last is of size N.
//! - to the end of the file: N entries, each after its length in two big-endian bytes, as in an entry bundle (C2SP
//!   tlog-tiles).
//!
//! A contest may withhold entries until a release lists them. A night of which some are withheld says `tallylog/bundle/v2` in
//! its first line, and has in the place of such an entry a length of 0 and the entry's leaf hash (RFC 6962), 32 bytes. One
//! of which nothing is withheld is of version 1.
//!
//! Invariant: what was parsed encodes to the bytes it was parsed from. Every byte is under a check of the audit: the
//! header and the policy have one spelling, the checkpoints are signed, and the last of them covers the entries.

use std::fmt::Write as _;

use tallylog_projection::Shown;
use tallylog_tlog::{CheckpointError, Hash, MAX_ENTRY_BYTES, SignedCheckpoint};
use thiserror::Error;

/// What every bundle begins with, of whatever version.
const MAGIC: &str = "tallylog/bundle/";
const VERSION: &str = "v1";
/// Of a night of which some entries are withheld.
const SHOWN_IN_PART: &str = "v2";
/// What stands before the hash of an entry that is withheld.
const NO_BYTES: [u8; 2] = [0; 2];
/// The length of a hash.
const HASH: usize = 32;
/// The header is five short lines: no number in it is longer than a `u64`.
const LONGEST_HEADER: usize = 128;

/// A night from a file. It says nothing until [`audit`](crate::audit) has looked at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle<'a> {
    policy: &'a str,
    checkpoints: Vec<SignedCheckpoint>,
    entries: Entries<'a>,
}

/// The entries of a bundle, where they lie in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entries<'a> {
    bytes: &'a [u8],
    /// Where each begins, and where the last ends.
    bounds: Vec<usize>,
    /// How many are withheld.
    withheld: u64,
}

/// Why bytes are no bundle.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BundleError {
    /// Something else.
    #[error("the file is no bundle: it does not begin with {MAGIC}{VERSION}")]
    NotABundle,
    /// A version of the future, or the second of a night of which nothing is withheld: each night has one encoding.
    #[error(
        "the bundle is of a version that this program does not read; it reads {VERSION}, and {SHOWN_IN_PART} where entries are withheld"
    )]
    Version,
    /// The header is not its lines in their one spelling.
    #[error("the header is not the lines policy, checkpoints and entries with one number each, and an empty line")]
    Header,
    /// The file ends within the policy or the checkpoints.
    #[error("the file ends before the policy and the checkpoints that its header announces")]
    Cut,
    /// The policy is not UTF-8.
    #[error("the policy is not UTF-8")]
    Policy,
    /// The checkpoints are not notes with an empty line between.
    #[error("the checkpoints are not signed notes with an empty line between")]
    Checkpoints,
    /// One of the checkpoints is none.
    #[error("checkpoint {number} of the file, counted from 1: {error}")]
    Checkpoint {
        /// Its place.
        number: usize,
        /// What is wrong with it.
        error: CheckpointError,
    },
    /// A checkpoint stands before a smaller one, or twice.
    #[error("checkpoint {0} of the file, counted from 1, is smaller than the one before it, or the same")]
    Order(usize),
    /// The last checkpoint is of another size than the number of entries.
    #[error("the last checkpoint is of size {checkpoint}, and the header announces {entries} entries")]
    Size {
        /// The checkpoint's size.
        checkpoint: u64,
        /// The number of entries.
        entries: u64,
    },
    /// Fewer entries than announced, or the last is cut.
    #[error("the file ends within entry {0}")]
    EntryCut(u64),
    /// Bytes after the last entry.
    #[error("{0} bytes stand after the last entry")]
    Trailing(usize),
    /// An entry is longer than can be framed. Only whoever makes a bundle meets this.
    #[error("an entry has {0} bytes, and at most {MAX_ENTRY_BYTES} can be framed")]
    EntryLong(usize),
}

impl BundleError {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotABundle => "not-a-bundle",
            Self::Version => "night-version",
            Self::Header => "night-header",
            Self::Cut => "night-cut",
            Self::Policy => "night-policy",
            Self::Checkpoints => "night-checkpoints",
            Self::Checkpoint { error, .. } => error.code(),
            Self::Order(_) => "night-checkpoint-order",
            Self::Size { .. } => "night-size",
            Self::EntryCut(_) => "night-entry-cut",
            Self::Trailing(_) => "night-trailing",
            Self::EntryLong(_) => "night-entry-too-long",
        }
    }

    /// Whether this is a file of another kind or version, about which nothing can be said.
    #[must_use]
    pub const fn is_foreign(&self) -> bool {
        matches!(self, Self::NotABundle | Self::Version)
    }
}

impl<'a> Bundle<'a> {
    /// Reads a bundle. Nothing is checked but the layout.
    ///
    /// # Errors
    ///
    /// [`BundleError`] if the bytes are not the one encoding of a bundle.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, BundleError> {
        let header = Header::parse(bytes)?;
        let rest = bytes.get(header.to_string().len()..).ok_or(BundleError::Cut)?;
        let (policy, rest) = rest.split_at_checked(header.policy).ok_or(BundleError::Cut)?;
        let (checkpoints, rest) = rest.split_at_checked(header.checkpoints).ok_or(BundleError::Cut)?;
        let checkpoints = parse_checkpoints(checkpoints)?;
        let last = checkpoints.last().map_or(0, |last| last.unverified().size.0);
        if last != header.entries {
            return Err(BundleError::Size {
                checkpoint: last,
                entries: header.entries,
            });
        }
        Ok(Self {
            policy: str::from_utf8(policy).map_err(|_| BundleError::Policy)?,
            checkpoints,
            entries: Entries::parse(rest, &header)?,
        })
    }

    /// The policy as it stands in the file.
    #[must_use]
    pub const fn policy(&self) -> &'a str {
        self.policy
    }

    /// The checkpoints in order of size: believe nothing of them.
    #[must_use]
    pub fn checkpoints(&self) -> &[SignedCheckpoint] {
        &self.checkpoints
    }

    /// The entries.
    #[must_use]
    pub const fn entries(&self) -> &Entries<'a> {
        &self.entries
    }

    /// The file's bytes.
    ///
    /// # Errors
    ///
    /// None for a bundle that was parsed.
    pub fn encode(&self) -> Result<Vec<u8>, BundleError> {
        let begin = if self.entries.withheld > 0 {
            begin_in_part
        } else {
            begin
        };
        let mut bytes = begin(self.policy, &self.checkpoints)?;
        bytes.extend(self.entries.bytes);
        Ok(bytes)
    }
}

/// Everything of a bundle that stands before its entries: as many must follow as the last checkpoint says, each after
/// its [`frame`].
///
/// # Errors
///
/// [`BundleError::Checkpoints`] without checkpoints, [`BundleError::Order`] if they do not come in order of size.
pub fn begin(policy: &str, checkpoints: &[SignedCheckpoint]) -> Result<Vec<u8>, BundleError> {
    head(policy, checkpoints, false)
}

/// The same of a bundle in which some entries are [`withheld`].
///
/// # Errors
///
/// As [`begin`].
pub fn begin_in_part(policy: &str, checkpoints: &[SignedCheckpoint]) -> Result<Vec<u8>, BundleError> {
    head(policy, checkpoints, true)
}

fn head(policy: &str, checkpoints: &[SignedCheckpoint], in_part: bool) -> Result<Vec<u8>, BundleError> {
    check_order(checkpoints)?;
    let last = checkpoints.last().ok_or(BundleError::Checkpoints)?;
    let notes: Vec<String> = checkpoints.iter().map(ToString::to_string).collect();
    let notes = notes.join("\n");
    let header = Header {
        in_part,
        policy: policy.len(),
        checkpoints: notes.len(),
        entries: last.unverified().size.0,
    };
    Ok(format!("{header}{policy}{notes}").into_bytes())
}

/// The two bytes before an entry.
///
/// # Errors
///
/// [`BundleError::EntryLong`] if its length does not fit into them.
pub fn frame(entry: &[u8]) -> Result<[u8; 2], BundleError> {
    let length = u16::try_from(entry.len()).map_err(|_| BundleError::EntryLong(entry.len()))?;
    Ok(length.to_be_bytes())
}

/// What stands in the place of an entry that is withheld.
#[must_use]
pub fn withheld(leaf: &Hash) -> Vec<u8> {
    [NO_BYTES.as_slice(), &leaf.0].concat()
}

impl<'a> Entries<'a> {
    fn parse(bytes: &'a [u8], header: &Header) -> Result<Self, BundleError> {
        let mut bounds = vec![0];
        let (mut rest, mut withheld) = (bytes, 0);
        for index in 0..header.entries {
            let (length, after) = rest.split_first_chunk().ok_or(BundleError::EntryCut(index))?;
            let mut length = usize::from(u16::from_be_bytes(*length));
            if header.in_part && length == 0 {
                (length, withheld) = (HASH, withheld + 1);
            }
            rest = after.get(length..).ok_or(BundleError::EntryCut(index))?;
            bounds.push(bytes.len() - rest.len());
        }
        if !rest.is_empty() {
            return Err(BundleError::Trailing(rest.len()));
        }
        if header.in_part && withheld == 0 {
            return Err(BundleError::Version);
        }
        Ok(Self {
            bytes,
            bounds,
            withheld,
        })
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        u64::try_from(self.bounds.len() - 1).unwrap_or(u64::MAX)
    }

    /// How many of them are withheld.
    #[must_use]
    pub const fn withheld(&self) -> u64 {
        self.withheld
    }

    /// The bytes of an entry; none of one that is withheld.
    #[must_use]
    pub fn entry(&self, index: u64) -> Option<&'a [u8]> {
        let (length, bytes) = self.framed(index)?;
        Some(if self.is_hash(length) { &[] } else { bytes })
    }

    /// The entries of a range as they are shown, as far as there are any.
    pub fn shown(&self, range: std::ops::Range<u64>) -> impl Iterator<Item = Shown<&'a [u8]>> {
        range.map_while(|index| {
            let (length, bytes) = self.framed(index)?;
            Some(match bytes.first_chunk() {
                Some(leaf) if self.is_hash(length) => Shown::Withheld(Hash(*leaf)),
                Some(_) | None => Shown::Entry(bytes),
            })
        })
    }

    fn is_hash(&self, length: [u8; 2]) -> bool {
        self.withheld > 0 && length == NO_BYTES
    }

    /// The two bytes of the length, and what follows.
    fn framed(&self, index: u64) -> Option<([u8; 2], &'a [u8])> {
        let place = usize::try_from(index).ok()?;
        let bounds = self.bounds.get(place..place.checked_add(2)?)?;
        let framed = self.bytes.get(*bounds.first()?..*bounds.last()?)?;
        let (length, bytes) = framed.split_first_chunk()?;
        Some((*length, bytes))
    }

    /// The bytes of the entries of a range, as far as there are any.
    pub fn range(&self, range: std::ops::Range<u64>) -> impl Iterator<Item = &'a [u8]> {
        range.map_while(|index| self.entry(index))
    }
}

/// The numbers of the header.
struct Header {
    in_part: bool,
    policy: usize,
    checkpoints: usize,
    entries: u64,
}

impl Header {
    fn parse(bytes: &[u8]) -> Result<Self, BundleError> {
        let start = bytes.get(..LONGEST_HEADER.min(bytes.len())).unwrap_or_default();
        let (magic, rest) = start.split_at_checked(MAGIC.len()).ok_or(BundleError::NotABundle)?;
        if magic != MAGIC.as_bytes() {
            return Err(BundleError::NotABundle);
        }
        let is_of = |version| rest.starts_with(format!("{version}\n").as_bytes());
        let in_part = is_of(SHOWN_IN_PART);
        if !in_part && !is_of(VERSION) {
            return Err(BundleError::Version);
        }
        let end = start
            .windows(2)
            .position(|pair| pair == b"\n\n")
            .ok_or(BundleError::Header)?;
        let text = start.get(..end).and_then(|text| str::from_utf8(text).ok());
        let mut lines = text.ok_or(BundleError::Header)?.lines().skip(1);
        let header = Self {
            in_part,
            policy: number(lines.next(), "policy ")?,
            checkpoints: number(lines.next(), "checkpoints ")?,
            entries: number(lines.next(), "entries ")?,
        };
        if !start.starts_with(header.to_string().as_bytes()) {
            return Err(BundleError::Header);
        }
        Ok(header)
    }
}

fn number<T: std::str::FromStr>(line: Option<&str>, name: &str) -> Result<T, BundleError> {
    let digits = line.and_then(|line| line.strip_prefix(name));
    digits.and_then(|digits| digits.parse().ok()).ok_or(BundleError::Header)
}

impl std::fmt::Display for Header {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            in_part,
            policy,
            checkpoints,
            entries,
        } = self;
        write!(
            f,
            "{MAGIC}{}\npolicy {policy}\ncheckpoints {checkpoints}\nentries {entries}\n\n",
            if *in_part { SHOWN_IN_PART } else { VERSION }
        )
    }
}

/// A note has one empty line, and another stands between two notes.
fn parse_checkpoints(bytes: &[u8]) -> Result<Vec<SignedCheckpoint>, BundleError> {
    let text = str::from_utf8(bytes).map_err(|_| BundleError::Checkpoints)?;
    let text = text.strip_suffix('\n').ok_or(BundleError::Checkpoints)?;
    let parts: Vec<&str> = text.split("\n\n").collect();
    let (pairs, rest) = parts.as_chunks();
    if !rest.is_empty() {
        return Err(BundleError::Checkpoints);
    }
    let mut checkpoints = Vec::new();
    for (number, [body, signatures]) in (1..).zip(pairs) {
        let mut note = String::new();
        let _infallible = write!(note, "{body}\n\n{signatures}\n");
        let parsed = SignedCheckpoint::parse(note.as_bytes());
        checkpoints.push(parsed.map_err(|error| BundleError::Checkpoint { number, error })?);
    }
    check_order(&checkpoints)?;
    Ok(checkpoints)
}

/// Two of one size may stand side by side: they are what an audit must find.
fn check_order(checkpoints: &[SignedCheckpoint]) -> Result<(), BundleError> {
    let claims = checkpoints.iter().map(SignedCheckpoint::unverified);
    for (number, (claim, next)) in (2..).zip(claims.clone().zip(claims.skip(1))) {
        if next.size < claim.size || next == claim {
            return Err(BundleError::Order(number));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refuses(bytes: &str, error: &BundleError) {
        assert_eq!(Bundle::parse(bytes.as_bytes()).as_ref(), Err(error), "{bytes:?}");
    }

    #[test]
    fn a_header_has_one_spelling() {
        refuses("", &BundleError::NotABundle);
        refuses("tallylog/bundles/v1\n", &BundleError::NotABundle);
        refuses("tallylog/bundle/v3\n", &BundleError::Version);
        for lines in [
            "policy 1\ncheckpoints 1\nentries 1\n",
            "policy 01\ncheckpoints 1\nentries 1\n\n",
            "policy +1\ncheckpoints 1\nentries 1\n\n",
            "policy -1\ncheckpoints 1\nentries 1\n\n",
            "policy 1\ncheckpoints 1\nentries 1 \n\n",
            "policy 1\r\ncheckpoints 1\nentries 1\n\n",
            "policy 1\nentries 1\ncheckpoints 1\n\n",
            "policy 1\ncheckpoints 1\nentries 1\nmore 1\n\n",
            "policy 1\ncheckpoints 1\n\n",
            "policy 1\ncheckpoints 1\nentries 18446744073709551616\n\n",
        ] {
            refuses(&format!("tallylog/bundle/v1\n{lines}"), &BundleError::Header);
        }
        refuses(
            "tallylog/bundle/v1\npolicy 9\ncheckpoints 1\nentries 1\n\nabc",
            &BundleError::Cut,
        );
        refuses(
            "tallylog/bundle/v1\npolicy 1\ncheckpoints 0\nentries 1\n\nabc",
            &BundleError::Checkpoints,
        );
    }

    #[test]
    fn a_header_may_claim_anything() {
        let largest = u64::MAX;
        let claim = format!("tallylog/bundle/v1\npolicy {largest}\ncheckpoints {largest}\nentries {largest}\n\n");
        refuses(&claim, &BundleError::Cut);
    }
}
