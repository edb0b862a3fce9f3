//! Signature lines: who claims to have signed, and the bytes.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::key::BadSignature;
use crate::{KeyId, KeyName, MAX_SIGNATURES, NoteError, UnixSeconds, VerifierKey};

/// What every signature line begins with: an em dash and a space.
const START: &str = "\u{2014} ";

/// One signature of a note, of any kind. It says nothing by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureLine {
    name: KeyName,
    id: KeyId,
    signature: Vec<u8>,
}

impl SignatureLine {
    pub(crate) fn of(key: &VerifierKey, signature: Vec<u8>) -> Self {
        Self {
            name: key.name().clone(),
            id: key.id(),
            signature,
        }
    }

    /// Reads lines, each with its newline: what a witness answers, and what ends a note.
    ///
    /// # Errors
    ///
    /// [`NoteError`] if there is none, there are too many, or one is no signature line.
    ///
    /// ```
    /// # use tallylog_tlog::{NoteError, SignatureLine};
    /// assert!(SignatureLine::parse_all("— example.com/w1 3xwKNQA=\n").is_ok());
    /// assert_eq!(SignatureLine::parse_all("- example.com/w1 3xwKNQA=\n"), Err(NoteError::SignatureLine));
    /// ```
    pub fn parse_all(lines: &str) -> Result<Vec<Self>, NoteError> {
        let parsed = Self::parse_lines(lines)?;
        if Self::encode_all(&parsed) != lines {
            return Err(NoteError::SignatureLine);
        }
        Ok(parsed)
    }

    /// Reads lines, and leaves it to the caller to compare their spelling.
    pub(crate) fn parse_lines(lines: &str) -> Result<Vec<Self>, NoteError> {
        // Counted before anything is decoded.
        match lines.lines().count() {
            0 => Err(NoteError::SignatureLine),
            1..=MAX_SIGNATURES => lines.lines().map(str::parse).collect(),
            count => Err(NoteError::TooManySignatures(count)),
        }
    }

    /// Writes lines, each with its newline.
    #[must_use]
    pub fn encode_all(lines: &[Self]) -> String {
        lines
            .iter()
            .flat_map(|line| [line.to_string(), "\n".to_owned()])
            .collect()
    }

    /// Who claims to have signed.
    #[must_use]
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// The id of the key that is said to have signed.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// Whether the line claims to be of this key. A key is known by name and id together.
    #[must_use]
    pub fn claims(&self, key: &VerifierKey) -> bool {
        self.name == *key.name() && self.id == key.id()
    }

    pub(crate) fn check(&self, text: &str, key: &VerifierKey) -> Result<Option<UnixSeconds>, NoteError> {
        key.check(text, &self.signature)
            .map_err(|BadSignature| NoteError::BadSignature(self.name.clone()))
    }
}

impl FromStr for SignatureLine {
    type Err = NoteError;

    /// Reads a line without its newline.
    fn from_str(line: &str) -> Result<Self, NoteError> {
        let rest = line.strip_prefix(START).ok_or(NoteError::SignatureLine)?;
        let (name, signature) = rest.split_once(' ').ok_or(NoteError::SignatureLine)?;
        let bytes = STANDARD.decode(signature).map_err(|_| NoteError::SignatureLine)?;
        match bytes.split_first_chunk() {
            Some((id, signature)) if !signature.is_empty() => Ok(Self {
                name: KeyName::new(name)?,
                id: KeyId(*id),
                signature: signature.to_vec(),
            }),
            Some(_) | None => Err(NoteError::SignatureLine),
        }
    }
}

impl fmt::Display for SignatureLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.id.0.as_slice(), &self.signature].concat();
        write!(f, "{START}{} {}", self.name, STANDARD.encode(bytes))
    }
}
