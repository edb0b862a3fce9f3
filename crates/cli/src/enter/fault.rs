//! Why the operators' desk could not go on.

use thiserror::Error;

/// Why the operators' desk could not go on.
#[derive(Debug, Error)]
pub(crate) enum EnterFault {
    #[error("this is the device of a {0}, and the operators' desk is for operators; use an operator's device")]
    NotAnOperator(&'static str),
    #[error("nobody is at a terminal to be asked; give the worksheet with --file and how it came with --channel")]
    NoWorksheet,
    #[error("say which precinct, with --county and --precinct")]
    WhichPrecinct,
    #[error(
        "{0} on this worksheet; check the paper, and say --confirm with each code where it stands so; nothing was signed"
    )]
    Blocking(String),
    #[error("{0} does not stand on this worksheet, and was confirmed; nothing was signed")]
    Stale(String),
}

impl EnterFault {
    /// The stable code.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::NotAnOperator(_) => "not-an-operator",
            Self::NoWorksheet => "nothing-to-enter",
            Self::WhichPrecinct => "no-precinct-said",
            Self::Blocking(_) => "check-the-paper",
            Self::Stale(_) => "confirmed-in-vain",
        }
    }
}
