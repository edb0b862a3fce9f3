//! Why a report is not signed.

use std::path::PathBuf;

use tallylog_event::TextError;
use thiserror::Error;

/// What stands in the way of a report. Nothing was signed.
#[derive(Debug, Error)]
pub(crate) enum ReportFault {
    #[error("{0} is the device of a {1}, and chairs report; operators use `tallylog enter`")]
    NotAChair(PathBuf, &'static str),
    #[error("this device has no precinct {asked}; it has {known}: name one with --county and --precinct")]
    NoSeat { asked: String, known: String },
    #[error("this device has several precincts: {0}; name one with --county and --precinct")]
    WhichSeat(String),
    #[error("the roster on this device lacks {0}; restore the folder from a copy, or enrol a new device")]
    NotListed(String),
    #[error("nobody is at a terminal to be asked; give the worksheet with --file (`--print-template` prints one)")]
    NoWorksheet,
    #[error(
        "{place} was reported with other figures, as number {number} in the outbox ({state}); to change them say --amend --reason TEXT"
    )]
    Reported { place: String, number: u32, state: String },
    #[error(
        "{place} was reported already, as entry {entry}, from another device of its chair; to change the figures say --amend --reason TEXT"
    )]
    Elsewhere { place: String, entry: u64 },
    #[error(
        "{0} was not reported from this device, and no report of its chair is known from the server; leave out --amend, or try again when the server answers"
    )]
    NothingToAmend(String),
    #[error(
        "{place}: number {number} in the outbox counts no longer, and nothing of it can be amended; leave out --amend. {since}"
    )]
    SetAside { place: String, number: u32, since: String },
    #[error("the figures are those of {0}; nothing is amended")]
    SameFigures(String),
    #[error(
        "number {number} in the outbox is {state}, and an amendment names the entry that it replaces; what was typed is kept, run this again when it is received (`tallylog outbox watch`)"
    )]
    AmendWaits { number: u32, state: String },
    #[error(
        "{blocking} blocks; look at the worksheet, and if it says so itself add --confirm {blocking}; nothing was signed"
    )]
    NotConfirmed { blocking: String },
    #[error(
        "--confirm {codes} is about another worksheet: nothing of that code blocks here; leave it out; nothing was signed"
    )]
    NothingToConfirm { codes: String },
    #[error("an amendment needs a reason in words; give it with --reason")]
    NoReason,
    #[error("the reason cannot be recorded: {0}")]
    Reason(#[from] TextError),
}

impl ReportFault {
    /// The stable code.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::NotAChair(..) => "not-a-chair",
            Self::NoSeat { .. } => "not-this-devices",
            Self::WhichSeat(_) => "which-precinct",
            Self::NotListed(_) => "not-in-the-roster",
            Self::NoWorksheet => "no-worksheet",
            Self::Reported { .. } => "reported-already",
            Self::Elsewhere { .. } => "reported-elsewhere",
            Self::NothingToAmend(_) => "nothing-to-amend",
            Self::SetAside { .. } => "figures-set-aside",
            Self::SameFigures(_) => "same-figures",
            Self::AmendWaits { .. } => "amendment-waits",
            Self::NotConfirmed { .. } => "not-confirmed",
            Self::NothingToConfirm { .. } => "nothing-to-confirm",
            Self::NoReason => "no-reason",
            Self::Reason(_) => "bad-reason",
        }
    }
}
