//! Why a contest could not be opened.

use tallylog_verify::KeysError;
use thiserror::Error;

/// Why a contest could not be opened.
#[derive(Debug, Error)]
pub(crate) enum OpenFault {
    #[error("the contest's file is wrong at {field}: {message}; nothing was opened, mend the file")]
    Field { field: String, message: String },
    #[error("this program knows the ruleset iowa-2020, and not {0:?}; nothing was opened")]
    Ruleset(String),
    #[error(
        "the key of registrar {0} is not 64 hexadecimal digits; `tallylog key show` prints a key; nothing was opened"
    )]
    RegistrarKey(String),
    #[error("{0}; nothing was opened, mend \"witnesses\" in the file")]
    Witnesses(KeysError),
}

impl OpenFault {
    /// The stable code.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Field { .. } => "bad-contest-file",
            Self::Ruleset(_) => "unknown-ruleset",
            Self::RegistrarKey(_) => "bad-registrar-key",
            Self::Witnesses(error) => error.code(),
        }
    }
}
