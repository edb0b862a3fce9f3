//! Evidence that a log showed two histories, for whoever must be convinced.

use std::fmt;

use tallylog_tlog::{LogKey, Note, SignedCheckpoint};
use thiserror::Error;

const FIRST_LINE: &str = "tallylog/evidence/v1";

/// Two checkpoints of one size with different roots, both signed by the log. Only [`Evidence::new`] makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    log: LogKey,
    one: SignedCheckpoint,
    other: SignedCheckpoint,
}

/// Why two checkpoints are no evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EvidenceError {
    /// Not the lines of such a file.
    #[error("the file is not {FIRST_LINE}, a sentence, the log's key and two checkpoints with empty lines between")]
    Layout,
    /// The log did not sign both.
    #[error("the log did not sign both checkpoints, so they prove nothing against it")]
    Unsigned,
    /// They do not contradict each other.
    #[error("the checkpoints are of different sizes or of one root, so they do not contradict each other")]
    NoContradiction,
}

impl EvidenceError {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Layout => "evidence-malformed",
            Self::Unsigned => "evidence-unsigned",
            Self::NoContradiction => "evidence-none",
        }
    }
}

impl Evidence {
    /// Takes two checkpoints that contradict each other.
    ///
    /// # Errors
    ///
    /// [`EvidenceError`] if the log of this key did not sign both, or they do not contradict each other.
    pub fn new(log: &LogKey, one: &SignedCheckpoint, other: &SignedCheckpoint) -> Result<Self, EvidenceError> {
        let (one, other) = (by_log(log, one)?, by_log(log, other)?);
        let (a, b) = (one.unverified(), other.unverified());
        if a.size != b.size || a.root == b.root {
            return Err(EvidenceError::NoContradiction);
        }
        let log = log.clone();
        Ok(Self { log, one, other })
    }

    /// Reads a file of evidence, and checks that it is some.
    ///
    /// Whether the key in it is that of the log in question is for the reader to say.
    ///
    /// # Errors
    ///
    /// [`EvidenceError`] if the bytes are not the one encoding of evidence.
    pub fn parse(bytes: &[u8]) -> Result<Self, EvidenceError> {
        let text = str::from_utf8(bytes).map_err(|_| EvidenceError::Layout)?;
        let parts: Vec<&str> = text.split("\n\n").collect();
        let [head, one, ones, other, others] = parts.as_slice() else {
            return Err(EvidenceError::Layout);
        };
        let log = head.lines().last().ok_or(EvidenceError::Layout)?;
        let log: LogKey = log.parse().map_err(|_| EvidenceError::Layout)?;
        let note = |text: String| SignedCheckpoint::parse(text.as_bytes()).map_err(|_| EvidenceError::Layout);
        let evidence = Self::new(
            &log,
            &note(format!("{one}\n\n{ones}\n"))?,
            &note(format!("{other}\n\n{others}"))?,
        )?;
        if evidence.to_string() != text {
            return Err(EvidenceError::Layout);
        }
        Ok(evidence)
    }

    /// The size of both.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.one.unverified().size.0
    }

    /// The log that signed both.
    #[must_use]
    pub const fn log(&self) -> &LogKey {
        &self.log
    }
}

/// The checkpoint with the log's signature alone: no other is needed to convict it, and none is checked here.
fn by_log(log: &LogKey, signed: &SignedCheckpoint) -> Result<SignedCheckpoint, EvidenceError> {
    let note = signed.note();
    let lines = note.signatures().iter().filter(|line| line.claims(log.verifier()));
    let unsigned = |_| EvidenceError::Unsigned;
    let note = Note::new(note.unverified_text(), lines.cloned().collect()).map_err(unsigned)?;
    let alone = SignedCheckpoint::parse(note.to_string().as_bytes()).map_err(|_| EvidenceError::Unsigned)?;
    let trusted = alone.verify(std::slice::from_ref(log), &[]);
    trusted.map(|_| alone).map_err(|_| EvidenceError::Unsigned)
}

/// The file: what it proves, the key, and both notes.
impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { log, one, other } = self;
        let size = self.size();
        writeln!(f, "{FIRST_LINE}")?;
        writeln!(
            f,
            "Below stand two checkpoints of the log {} of size {size} with different roots. Its key, in the next line, \
             signed both: it showed two histories, and no honest log can have done so.",
            log.name()
        )?;
        write!(f, "{log}\n\n{one}\n{other}")
    }
}
