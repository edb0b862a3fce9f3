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
    #[error("say how the report came, with --channel phone, photo or paper; nothing was signed")]
    NoChannel,
    #[error(
        "a report by telephone needs to say how you made sure of the caller: --caller called-back, passphrase or unchecked; nothing was signed"
    )]
    NoCaller,
    #[error(
        "nobody calls with a photo or a worksheet on paper; leave out --caller and --read-back, or say --channel phone; nothing was signed"
    )]
    NobodyCalled,
    #[error(
        "{0} on this worksheet; check the paper, and say --confirm with each code where it stands so; nothing was signed"
    )]
    Blocking(String),
    #[error("{0} does not stand on this worksheet, and was confirmed; nothing was signed")]
    Stale(String),
    #[error(
        "you have signed an entry of {place} with other figures, number {number} in the outbox, and it is not received; send it first, with `tallylog outbox send`; nothing was signed"
    )]
    Waits {
        /// County and precinct.
        place: String,
        /// Its number in the outbox.
        number: u32,
    },
}

impl EnterFault {
    /// The stable code.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::NotAnOperator(_) => "not-an-operator",
            Self::NoWorksheet => "nothing-to-enter",
            Self::WhichPrecinct => "no-precinct-said",
            Self::NoChannel => "no-channel",
            Self::NoCaller => "no-caller-check",
            Self::NobodyCalled => "nobody-called",
            Self::Blocking(_) => "check-the-paper",
            Self::Stale(_) => "confirmed-in-vain",
            Self::Waits { .. } => "entry-waits",
        }
    }
}
