//! Correction cases.

use std::path::PathBuf;

use clap::{Args as Group, Subcommand, ValueEnum};

use super::Format;
use super::device::DeviceArgs;

#[derive(Debug, Group)]
pub(crate) struct CorrectArgs {
    #[command(subcommand)]
    pub(crate) command: CorrectCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CorrectCommand {
    /// Open a correction case.
    Open(OpenCaseArgs),
    /// Propose what comes of a case for a precinct, and see what that would move.
    Propose(ProposeArgs),
    /// Approve a proposal of somebody else: with that it is so.
    Approve(ApproveArgs),
    /// Turn a proposal down.
    Reject(RejectArgs),
    /// Close a case, with a notice to the public.
    Close(CloseArgs),
    /// List the correction cases.
    List(CasesArgs),
    /// Show a case: old and new side by side, and what is not decided would move.
    Show(ShowCaseArgs),
}

/// By what right a record may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// The log differs from the signed worksheet.
    Transcription,
    /// The worksheet's own arithmetic breaks the rules.
    Rule,
    /// The preference cards were counted again.
    HeadCount,
}

/// What is done in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StageName {
    /// A record is compared with its paper.
    Correction,
    /// The worksheets of a list of precincts are looked at again.
    Recanvass,
    /// The preference cards of a list of precincts are counted again.
    Recount,
}

#[derive(Debug, Group)]
pub(crate) struct OpenCaseArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// A precinct, as COUNTY/PRECINCT. May be said several times in a recanvass or a recount.
    #[arg(
        long,
        env = "TALLYLOG_PRECINCTS",
        value_name = "PLACE",
        value_delimiter = ';',
        required_unless_present("list")
    )]
    pub(crate) precinct: Vec<String>,
    /// A list of precincts: a CSV file with the columns county and precinct.
    #[arg(long, env = "TALLYLOG_LIST", value_name = "FILE")]
    pub(crate) list: Option<PathBuf>,
    /// By what right the record may change.
    #[arg(long, env = "TALLYLOG_KIND")]
    pub(crate) kind: Kind,
    /// What is done.
    #[arg(long, env = "TALLYLOG_STAGE", default_value = "correction")]
    pub(crate) stage: StageName,
    /// Who asks for it.
    #[arg(long, env = "TALLYLOG_REQUESTED_BY", value_name = "NAME")]
    pub(crate) requested_by: String,
    /// Why.
    #[arg(long, env = "TALLYLOG_REASON", value_name = "TEXT")]
    pub(crate) reason: String,
    /// The document that gives the authority; a transcription alone needs none.
    #[arg(long, env = "TALLYLOG_AUTHORITY", value_name = "TEXT", default_value = "")]
    pub(crate) authority: String,
    /// A document on which it rests. May be said several times.
    #[arg(long, env = "TALLYLOG_EVIDENCE_FILES", value_name = "FILE", value_delimiter = ';')]
    pub(crate) evidence: Vec<PathBuf>,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct ProposeArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// The entry of the case.
    pub(crate) case: u64,
    /// The county or pool.
    pub(crate) county: String,
    /// The precinct or site.
    pub(crate) precinct: String,
    /// The worksheet as it is to stand, in JSON.
    #[arg(long, env = "TALLYLOG_WORKSHEET", value_name = "FILE", conflicts_with = "unchanged")]
    pub(crate) file: Option<PathBuf>,
    /// The record stands as it is.
    #[arg(long, env = "TALLYLOG_UNCHANGED")]
    pub(crate) unchanged: bool,
    /// Why; of a record that stands, what was found.
    #[arg(long, env = "TALLYLOG_REASON", value_name = "TEXT")]
    pub(crate) reason: String,
    /// A document that shows it. May be said several times.
    #[arg(long, env = "TALLYLOG_EVIDENCE_FILES", value_name = "FILE", value_delimiter = ';')]
    pub(crate) evidence: Vec<PathBuf>,
    /// Show what it would move, and sign nothing.
    #[arg(long, env = "TALLYLOG_DRY_RUN")]
    pub(crate) dry_run: bool,
    /// Sign without asking.
    #[arg(long, env = "TALLYLOG_YES")]
    pub(crate) yes: bool,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct ApproveArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// The entry of the proposal.
    pub(crate) proposal: u64,
    /// What the public is told.
    #[arg(long, env = "TALLYLOG_NOTICE", value_name = "TEXT")]
    pub(crate) notice: String,
    /// Show what it moves, and sign nothing.
    #[arg(long, env = "TALLYLOG_DRY_RUN")]
    pub(crate) dry_run: bool,
    /// Sign without asking.
    #[arg(long, env = "TALLYLOG_YES")]
    pub(crate) yes: bool,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct RejectArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// The entry of the proposal.
    pub(crate) proposal: u64,
    /// Why.
    #[arg(long, env = "TALLYLOG_REASON", value_name = "TEXT")]
    pub(crate) reason: String,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct CloseArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// The entry of the case.
    pub(crate) case: u64,
    /// What the public is told.
    #[arg(long, env = "TALLYLOG_NOTICE", value_name = "TEXT")]
    pub(crate) notice: String,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct CasesArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// Only those that are not closed.
    #[arg(long, env = "TALLYLOG_OPEN")]
    pub(crate) open: bool,
    /// Only this county or pool.
    #[arg(long, env = "TALLYLOG_COUNTY", value_name = "NAME")]
    pub(crate) county: Option<String>,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct ShowCaseArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// The entry of the case, or of a proposal in it.
    pub(crate) case: u64,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}
