//! The reviewers' desk.

use std::path::PathBuf;

use clap::{Args as Group, Subcommand, ValueEnum};

use super::Format;
use super::device::DeviceArgs;

#[derive(Debug, Group)]
pub(crate) struct ReviewArgs {
    #[command(subcommand)]
    pub(crate) command: ReviewCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReviewCommand {
    /// Show what waits for a reviewer, what blocks first.
    Queue(QueueArgs),
    /// Go through the queue at a terminal, one discrepancy after the other.
    Walk(WalkArgs),
    /// Show a precinct to whoever decides: its sources side by side, what was found, what was decided.
    Show(ShowPrecinctArgs),
    /// Accept a discrepancy that does not block, with a reason.
    Accept(AcceptArgs),
    /// Record the committee's ruling on a discrepancy.
    Rule(RuleArgs),
    /// Open a discrepancy again that was accepted or ruled on.
    Reopen(AcceptArgs),
    /// Settle two entries that differ.
    Resolve(ResolveArgs),
    /// Hold a precinct: it is in no release until the hold is lifted.
    Hold(HoldArgs),
    /// Lift the hold of a precinct.
    Lift(HoldArgs),
    /// Say who looks after a precinct, or a whole county.
    Own(OwnArgs),
}

/// For whom advice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Reader {
    /// Whoever decides.
    Reviewer,
    /// Whoever has the caller or the worksheet.
    Operator,
    /// Whoever signed the worksheet.
    Chair,
}

#[derive(Debug, Group)]
pub(crate) struct QueueArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// Only this county or pool.
    #[arg(long, env = "TALLYLOG_COUNTY", value_name = "NAME")]
    pub(crate) county: Option<String>,
    /// Only this discrepancy, such as V29.
    #[arg(long, env = "TALLYLOG_CODE", value_name = "CODE")]
    pub(crate) code: Option<String>,
    /// Only what you look after.
    #[arg(long, env = "TALLYLOG_MINE")]
    pub(crate) mine: bool,
    /// Whose part of the advice to show.
    #[arg(long, env = "TALLYLOG_READER", default_value = "reviewer")]
    pub(crate) reader: Reader,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct WalkArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// Only this county or pool.
    #[arg(long, env = "TALLYLOG_COUNTY", value_name = "NAME")]
    pub(crate) county: Option<String>,
    /// Only what you look after.
    #[arg(long, env = "TALLYLOG_MINE")]
    pub(crate) mine: bool,
}

#[derive(Debug, Group)]
pub(crate) struct ShowPrecinctArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// The county or pool.
    pub(crate) county: String,
    /// The precinct or site.
    pub(crate) precinct: String,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct AcceptArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// The county or pool.
    pub(crate) county: String,
    /// The precinct or site; an empty word for what is on the county as a whole.
    pub(crate) precinct: String,
    /// The discrepancy, such as V03.
    pub(crate) code: String,
    /// Why, for everybody to read.
    #[arg(long, env = "TALLYLOG_REASON", value_name = "TEXT")]
    pub(crate) reason: String,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct RuleArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// The county or pool.
    pub(crate) county: String,
    /// The precinct or site; an empty word for what is on the county as a whole.
    pub(crate) precinct: String,
    /// The discrepancy, such as V11.
    pub(crate) code: String,
    /// Why, for everybody to read.
    #[arg(long, env = "TALLYLOG_REASON", value_name = "TEXT")]
    pub(crate) reason: String,
    /// The document that gives the authority: who ruled, and when.
    #[arg(long, env = "TALLYLOG_AUTHORITY", value_name = "TEXT")]
    pub(crate) authority: String,
    /// The document itself. May be said several times.
    #[arg(long, env = "TALLYLOG_EVIDENCE_FILES", value_name = "FILE", value_delimiter = ';')]
    pub(crate) evidence: Vec<PathBuf>,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

/// What becomes of two entries that differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Way {
    /// The first stands, and anybody else may make a second entry.
    KeepFirst,
    /// The second stands, and anybody else may make a second entry.
    KeepSecond,
    /// The person who made the first makes it again.
    RedoFirst,
    /// The person who made the second makes it again.
    RedoSecond,
    /// Both are set aside, and the precinct is entered anew.
    DiscardBoth,
}

#[derive(Debug, Group)]
pub(crate) struct ResolveArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// The county or pool.
    pub(crate) county: String,
    /// The precinct or site.
    pub(crate) precinct: String,
    /// What becomes of both entries.
    pub(crate) way: Way,
    /// Why, for everybody to read.
    #[arg(long, env = "TALLYLOG_REASON", value_name = "TEXT")]
    pub(crate) reason: String,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct HoldArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// The county or pool.
    pub(crate) county: String,
    /// The precinct or site.
    pub(crate) precinct: String,
    /// Why, for everybody to read.
    #[arg(long, env = "TALLYLOG_REASON", value_name = "TEXT")]
    pub(crate) reason: String,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct OwnArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// The county or pool.
    pub(crate) county: String,
    /// The precinct or site [default: the whole county].
    #[arg(long, env = "TALLYLOG_PRECINCT", value_name = "NAME")]
    pub(crate) precinct: Option<String>,
    /// Whoever looks after it [default: nobody any more].
    #[arg(long, env = "TALLYLOG_PERSON", value_name = "NAME")]
    pub(crate) person: Option<String>,
}
