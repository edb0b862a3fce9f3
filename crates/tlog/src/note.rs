//! Signed notes: a text, and who signed it.

use std::fmt;

use thiserror::Error;

use crate::{Checkpoint, KeyName, NameError, SignatureLine, UnixSeconds, VerifierKey};

/// The most bytes of a note.
pub const MAX_NOTE_BYTES: usize = 1_000_000;

/// The most signatures of a note. The format asks for 16 at least.
pub const MAX_SIGNATURES: usize = 100;

/// A text with signatures, from anywhere. It says nothing until [`Note::verify`] has looked at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<SignatureLine>,
}

/// A note that a known key signed. Only [`Note::verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedNote {
    text: String,
    signers: Vec<(VerifierKey, Option<UnixSeconds>)>,
}

/// Why a note is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NoteError {
    /// Too long.
    #[error("the note has {0} bytes and may have {MAX_NOTE_BYTES}")]
    Long(usize),
    /// Not UTF-8, or a control character.
    #[error("the note is not UTF-8 without control characters")]
    Characters,
    /// No text, empty line and signatures.
    #[error("a note is a text, an empty line and signature lines, and each line ends with a newline")]
    Layout,
    /// A line that is no signature.
    #[error("a signature line is an em dash, a name and the base64 of a key id with a signature")]
    SignatureLine,
    /// The name on a signature line is none.
    #[error(transparent)]
    Name(#[from] NameError),
    /// Too many signatures.
    #[error("the note has {0} signatures and may have {MAX_SIGNATURES}")]
    TooManySignatures(usize),
    /// A signature of a known key does not hold.
    #[error("the signature of {0} does not hold: the text was changed, or somebody else signed it")]
    BadSignature(KeyName),
    /// Nobody who is known signed.
    #[error("none of the known keys signed the note")]
    NoKnownSignature,
}

impl NoteError {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Long(_) => "note-too-long",
            Self::Characters => "note-characters",
            Self::Layout => "note-malformed",
            Self::SignatureLine => "note-signature-line",
            Self::Name(error) => error.code(),
            Self::TooManySignatures(_) => "note-too-many-signatures",
            Self::BadSignature(_) => "note-bad-signature",
            Self::NoKnownSignature => "note-unsigned",
        }
    }
}

impl Note {
    /// Puts signatures under a text, unchecked.
    ///
    /// # Errors
    ///
    /// [`NoteError`] if the text does not end with a newline or holds a control character, or there are no signatures
    /// or too many.
    pub fn new(text: impl Into<String>, signatures: Vec<SignatureLine>) -> Result<Self, NoteError> {
        let text = text.into();
        if !text.ends_with('\n') || signatures.is_empty() {
            return Err(NoteError::Layout);
        }
        check_characters(&text)?;
        if signatures.len() > MAX_SIGNATURES {
            return Err(NoteError::TooManySignatures(signatures.len()));
        }
        let note = Self { text, signatures };
        check_length(note.to_string().len())?;
        Ok(note)
    }

    /// A checkpoint's text is a note's, and with one signature it is within the limits: names are short.
    pub(crate) fn of(checkpoint: &Checkpoint, signature: SignatureLine) -> Self {
        Self {
            text: checkpoint.to_string(),
            signatures: vec![signature],
        }
    }

    /// Reads a note. Signatures are not looked at.
    ///
    /// The text ends with the last empty line, and may itself hold empty lines (C2SP signed-note, "Format").
    ///
    /// # Errors
    ///
    /// [`NoteError`] if the bytes are not the one encoding of a note, or it is over a limit.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        check_length(bytes.len())?;
        let whole = str::from_utf8(bytes).map_err(|_| NoteError::Characters)?;
        check_characters(whole)?;
        let (text, signatures) = whole.rsplit_once("\n\n").ok_or(NoteError::Layout)?;
        let note = Self {
            text: format!("{text}\n"),
            signatures: SignatureLine::parse_lines(signatures)?,
        };
        if note.to_string() != whole {
            return Err(NoteError::Layout);
        }
        Ok(note)
    }

    /// Checks every signature that claims to be of one of `keys`.
    ///
    /// Signatures of other keys are ignored, so that logs can change keys and witnesses can be added. One that claims
    /// to be of a known key and does not hold condemns the whole note (C2SP signed-note, "Signatures").
    ///
    /// # Errors
    ///
    /// [`NoteError`] if a signature of a known key does not hold, or there is none.
    pub fn verify<'k>(&self, keys: impl IntoIterator<Item = &'k VerifierKey>) -> Result<VerifiedNote, NoteError> {
        let keys: Vec<_> = keys.into_iter().collect();
        let mut signers = Vec::new();
        for line in &self.signatures {
            if let Some(key) = keys.iter().find(|key| line.claims(key)) {
                signers.push(((*key).clone(), line.check(&self.text, key)?));
            }
        }
        if signers.is_empty() {
            return Err(NoteError::NoKnownSignature);
        }
        Ok(VerifiedNote {
            text: self.text.clone(),
            signers,
        })
    }

    /// The text as it came: believe nothing of it.
    #[must_use]
    pub fn unverified_text(&self) -> &str {
        &self.text
    }

    /// The signatures, of known keys or not.
    #[must_use]
    pub fn signatures(&self) -> &[SignatureLine] {
        &self.signatures
    }
}

impl VerifiedNote {
    /// What was signed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Who signed, and when if the signature says so; one that signed twice stands there twice.
    #[must_use]
    pub fn signers(&self) -> &[(VerifierKey, Option<UnixSeconds>)] {
        &self.signers
    }
}

/// The one encoding.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.text, SignatureLine::encode_all(&self.signatures))
    }
}

fn check_length(length: usize) -> Result<(), NoteError> {
    if length > MAX_NOTE_BYTES {
        return Err(NoteError::Long(length));
    }
    Ok(())
}

fn check_characters(text: &str) -> Result<(), NoteError> {
    if text.chars().any(|c| c < ' ' && c != '\n') {
        return Err(NoteError::Characters);
    }
    Ok(())
}
