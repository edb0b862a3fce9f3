//! Why codes and keys are not handled as they were asked.

use tallylog_server::MistypedCode;
use thiserror::Error;

/// Why codes and keys are not handled as they were asked.
#[derive(Debug, Error)]
pub(crate) enum KeysFault {
    #[error("name the counties whose precincts get codes with --county, or a batch to be shown again with --batch")]
    NoPlaces,
    #[error("--precinct goes with one --county, and several were named; issue a batch for each")]
    SeveralCounties,
    #[error("{0:?} is no time with its zone, such as 2028-01-23T18:00:00-06:00; nothing was issued")]
    BadExpiry(String),
    #[error("a printed sheet goes into a file; name it with --output")]
    NoSheetFile,
    #[error("{0}; the server was not asked")]
    Mistyped(MistypedCode),
    #[error("there is no terminal to ask for the code; give --code")]
    NoCode,
    #[error("nobody called {0:?} has a key that stands; `tallylog key list` shows the names")]
    NobodyOfThatName(String),
    #[error("{person} has {keys} keys that stand; say which with --key: `tallylog key list` shows them")]
    SeveralKeys {
        /// The name.
        person: String,
        /// How many.
        keys: usize,
    },
    #[error("{0:?} is no key: write its 64 hexadecimal digits, as `tallylog key list` shows them")]
    BadKey(String),
    #[error("{0} has no other key of that role that stands; enrol a first one with `tallylog key add`")]
    NothingToReplace(String),
    #[error("entry {0} proposes nothing that waits; `tallylog key pending` shows what does")]
    NothingWaits(u64),
    #[error("this program does not know what entry {0} proposes, and signs nothing; take a newer one")]
    OtherAct(u64),
    #[error("{person} proposed the same, as entry {entry}; somebody else signs it with `tallylog key second {entry}`")]
    Waits {
        /// The proposal.
        entry: u64,
        /// Who made it.
        person: String,
    },
}

impl KeysFault {
    /// The stable code.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::NoPlaces => "no-places",
            Self::SeveralCounties => "several-counties",
            Self::BadExpiry(_) => "bad-expiry",
            Self::NoSheetFile => "no-sheet-file",
            Self::Mistyped(_) => "code-mistyped",
            Self::NoCode => "no-code",
            Self::NobodyOfThatName(_) => "nobody-of-that-name",
            Self::SeveralKeys { .. } => "several-keys",
            Self::BadKey(_) => "not-a-key",
            Self::NothingToReplace(_) => "nothing-to-replace",
            Self::NothingWaits(_) => "nothing-waits",
            Self::OtherAct(_) => "unknown-act",
            Self::Waits { .. } => "proposed-already",
        }
    }
}
