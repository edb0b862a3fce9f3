//! Why a desk could not do what was asked.

use thiserror::Error;

/// Why a desk could not do what was asked.
#[derive(Debug, Error)]
pub(crate) enum DeskFault {
    #[error("{what} cannot be recorded: {error}; nothing was signed")]
    Said {
        /// Which flag.
        what: &'static str,
        /// Why.
        error: tallylog_event::TextError,
    },
    #[error("the roster has no {precinct:?} in {county:?}; check both names, nothing was signed")]
    NoPlace {
        /// The county or pool.
        county: String,
        /// The precinct or site.
        precinct: String,
    },
    #[error("nothing was signed: it was not confirmed; say --yes where nobody is at a terminal")]
    NotConfirmed,
    #[error("{code} is not open on {place}; `tallylog review queue` lists what is, nothing was signed")]
    NotOpen {
        /// The code.
        code: String,
        /// County and precinct.
        place: String,
    },
    #[error("{0} has no hold that stands; nothing was signed")]
    NotHeld(String),
    #[error("{0} is no code of a discrepancy; codes are V01 to V34, nothing was signed")]
    NoCode(String),
    #[error("entry {0} is no correction case or proposal; `tallylog correct list` lists them, nothing was signed")]
    NoCase(u64),
    #[error("case {case} has no precinct {place}; `tallylog correct show {case}` lists them, nothing was signed")]
    NotInCase {
        /// The entry of the case.
        case: u64,
        /// County and precinct.
        place: String,
    },
    #[error("{0} has no record yet; a report comes first, nothing was signed")]
    NoRecord(String),
    #[error("a proposal says either what the figures are, with --file, or that they stand, with --unchanged")]
    NoOutcome,
    #[error("{0} is no county or pool of the roster; nothing was signed")]
    NoCounty(String),
    #[error("no release is called {0:?}; `tallylog releases` lists them, nothing was signed")]
    NoRelease(String),
    #[error(
        "the server shows other figures of {0:?} than its log gives; nothing was released, tell whoever runs the server"
    )]
    ServerDiffers(String),
    #[error("{0:?} is no PRECINCT=NUMBER; nothing was signed")]
    BadDelegates(String),
    #[error("{0:?} is no candidate of this contest; write the name as on the worksheet, nothing was signed")]
    NoCandidate(String),
}

impl DeskFault {
    /// The stable code.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Said { .. } => "bad-words",
            Self::NoPlace { .. } => "not-on-the-roster",
            Self::NotConfirmed => "not-agreed",
            Self::NotOpen { .. } => "discrepancy-not-open",
            Self::NotHeld(_) => "not-held",
            Self::NoCode(_) => "bad-code",
            Self::NoCase(_) => "not-a-case",
            Self::NotInCase { .. } => "not-in-the-case",
            Self::NoRecord(_) => "no-record",
            Self::NoOutcome => "no-outcome",
            Self::NoCounty(_) => "not-a-county",
            Self::NoRelease(_) => "not-a-release",
            Self::ServerDiffers(_) => "server-differs",
            Self::BadDelegates(_) => "bad-delegates",
            Self::NoCandidate(_) => "not-a-candidate",
        }
    }
}
