//! Names of keys, and the short ids beside them.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};
use thiserror::Error;

/// The most bytes of a name: as many as the newer cosignatures of C2SP can frame.
const MAX_BYTES: usize = 255;

/// The name of a key; a log's is also the origin of its checkpoints. By convention a URL without its scheme.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

/// What tells keys of one name apart: four bytes, too short to prove anything.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 4]);

/// Why a text is no name of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NameError {
    /// Nothing stands there.
    #[error("the name of a key is empty")]
    Empty,
    /// Too long.
    #[error("the name of a key has {0} bytes and may have {MAX_BYTES}")]
    Long(usize),
    /// A space, a plus sign or a control character.
    #[error("the name of a key holds U+{:04X}; it may hold no space, no plus sign and no control character", u32::from(*.0))]
    Character(char),
}

impl NameError {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "key-name-empty",
            Self::Long(_) => "key-name-too-long",
            Self::Character(_) => "key-name-character",
        }
    }
}

impl KeyName {
    /// Takes a name (C2SP signed-note, "Format").
    ///
    /// # Errors
    ///
    /// [`NameError`] if it is empty, longer than 255 bytes, or holds a Unicode space, a plus sign or an ASCII control
    /// character.
    pub fn new(name: impl Into<String>) -> Result<Self, NameError> {
        let name = name.into();
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        if name.len() > MAX_BYTES {
            return Err(NameError::Long(name.len()));
        }
        match name.chars().find(|c| c.is_whitespace() || *c == '+' || *c < ' ') {
            Some(barred) => Err(NameError::Character(barred)),
            None => Ok(Self(name)),
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl KeyId {
    /// The id of a key: the first four bytes of `SHA-256(name || "\n" || type || public key)` (C2SP signed-note,
    /// "Signatures").
    pub(crate) fn of(name: &KeyName, scheme: u8, public: &[u8; 32]) -> Self {
        let hash = Sha256::new().chain_update(name.as_str()).chain_update([b'\n', scheme]);
        let [a, b, c, d, ..]: [u8; 32] = hash.chain_update(public).finalize().into();
        Self([a, b, c, d])
    }
}

impl FromStr for KeyName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::new(text)
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_word_without_plus() {
        assert!(KeyName::new("witness.example/w1").is_ok());
        assert!(KeyName::new("Würzburg.example/ü").is_ok());
        assert_eq!(KeyName::new(""), Err(NameError::Empty));
        for barred in ['+', ' ', '\n', '\t', '\0', '\u{a0}', '\u{2003}', '\u{3000}'] {
            assert_eq!(KeyName::new(format!("a{barred}b")), Err(NameError::Character(barred)));
        }
    }

    #[test]
    fn the_longest_name_has_255_bytes() {
        assert!(KeyName::new("x".repeat(255)).is_ok());
        assert_eq!(KeyName::new("x".repeat(256)), Err(NameError::Long(256)));
    }
}
