//! Releases, inquiries, and the course of the night.

use std::path::PathBuf;

use clap::{Args as Group, Subcommand};

use super::Format;
use super::device::DeviceArgs;

#[derive(Debug, Group)]
pub(crate) struct ReleaseArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// What people will call the release. It is never deleted; a later one supersedes it.
    #[arg(long, env = "TALLYLOG_NAME", value_name = "NAME")]
    pub(crate) name: String,
    /// Show what would be in, what is held and why, and release nothing.
    #[arg(long, env = "TALLYLOG_DRY_RUN")]
    pub(crate) dry_run: bool,
    /// Release without asking.
    #[arg(long, env = "TALLYLOG_YES")]
    pub(crate) yes: bool,
    /// A folder for the release as CSV, JSON and common data format.
    #[arg(long, short, env = "TALLYLOG_OUTPUT", value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct ReleasesArgs {
    /// A running server, such as <http://127.0.0.1:7420>.
    #[arg(long, env = "TALLYLOG_SERVER", value_name = "URL")]
    pub(crate) server: String,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct InquiryArgs {
    #[command(subcommand)]
    pub(crate) command: InquiryCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum InquiryCommand {
    /// Ask about a precinct, for a campaign: it stands on the precinct until it is answered.
    File(FileInquiryArgs),
    /// Answer an inquiry.
    Answer(AnswerArgs),
    /// List the inquiries.
    List(InquiriesArgs),
}

#[derive(Debug, Group)]
pub(crate) struct FileInquiryArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// The county or pool.
    pub(crate) county: String,
    /// The precinct or site.
    pub(crate) precinct: String,
    /// What is asked.
    #[arg(long, env = "TALLYLOG_QUESTION", value_name = "TEXT")]
    pub(crate) question: String,
    /// The figures of the campaign's own captain: a worksheet in JSON.
    #[arg(long, env = "TALLYLOG_WORKSHEET", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// The captain's photo. May be said several times.
    #[arg(long, env = "TALLYLOG_PHOTOS", value_name = "FILE", value_delimiter = ';')]
    pub(crate) photo: Vec<PathBuf>,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct AnswerArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// The entry of the inquiry.
    pub(crate) inquiry: u64,
    /// The answer.
    #[arg(long, env = "TALLYLOG_ANSWER", value_name = "TEXT")]
    pub(crate) text: String,
    /// The correction case that was opened for it.
    #[arg(long, env = "TALLYLOG_CASE", value_name = "ENTRY")]
    pub(crate) case: Option<u64>,
    /// A document that shows it. May be said several times.
    #[arg(long, env = "TALLYLOG_EVIDENCE_FILES", value_name = "FILE", value_delimiter = ';')]
    pub(crate) evidence: Vec<PathBuf>,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct InquiriesArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// Only those that wait for an answer.
    #[arg(long, env = "TALLYLOG_OPEN")]
    pub(crate) open: bool,
    /// Only this county or pool.
    #[arg(long, env = "TALLYLOG_COUNTY", value_name = "NAME")]
    pub(crate) county: Option<String>,
    /// Only this campaign.
    #[arg(long, env = "TALLYLOG_CAMPAIGN", value_name = "NAME")]
    pub(crate) campaign: Option<String>,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct NightArgs {
    #[command(subcommand)]
    pub(crate) command: NightCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum NightCommand {
    /// Show whether entry is paused, what is certified, and what of the roster was amended.
    Show(NightShowArgs),
    /// Pause the entry of reports, with a notice to the public.
    Pause(NoticeArgs),
    /// Resume the entry of reports, with a notice to the public.
    Resume(NoticeArgs),
    /// Certify the latest release: from then on reports are closed.
    Certify(CertifyArgs),
    /// Amend how many delegates precincts of a county elect.
    AmendDelegates(AmendDelegatesArgs),
    /// Record that a candidate has withdrawn. The group keeps its figures.
    WithdrawCandidate(WithdrawCandidateArgs),
}

#[derive(Debug, Group)]
pub(crate) struct NightShowArgs {
    /// A running server, such as <http://127.0.0.1:7420>.
    #[arg(long, env = "TALLYLOG_SERVER", value_name = "URL")]
    pub(crate) server: String,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct NoticeArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// What the public is told.
    #[arg(long, env = "TALLYLOG_NOTICE", value_name = "TEXT")]
    pub(crate) notice: String,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct CertifyArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// The name of the latest release.
    pub(crate) release: String,
    /// What is certified, in words.
    #[arg(long, env = "TALLYLOG_STATEMENT", value_name = "TEXT")]
    pub(crate) statement: String,
    /// The signed certificate. May be said several times.
    #[arg(long, env = "TALLYLOG_EVIDENCE_FILES", value_name = "FILE", value_delimiter = ';')]
    pub(crate) evidence: Vec<PathBuf>,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct AmendDelegatesArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// The county.
    pub(crate) county: String,
    /// A precinct and its delegates from now on, as PRECINCT=NUMBER. May be said several times.
    #[arg(
        long,
        env = "TALLYLOG_DELEGATES",
        value_name = "PRECINCT=NUMBER",
        value_delimiter = ';',
        required = true
    )]
    pub(crate) delegates: Vec<String>,
    /// The delegates of the whole county from now on.
    #[arg(long, env = "TALLYLOG_COUNTY_DELEGATES", value_name = "NUMBER")]
    pub(crate) county_delegates: u16,
    /// The document that gives the authority.
    #[arg(long, env = "TALLYLOG_AUTHORITY", value_name = "TEXT")]
    pub(crate) authority: String,
    /// Why.
    #[arg(long, env = "TALLYLOG_REASON", value_name = "TEXT")]
    pub(crate) reason: String,
    /// The document itself. May be said several times.
    #[arg(long, env = "TALLYLOG_EVIDENCE_FILES", value_name = "FILE", value_delimiter = ';')]
    pub(crate) evidence: Vec<PathBuf>,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct WithdrawCandidateArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// The candidate, as on the worksheet.
    pub(crate) candidate: String,
    /// The document that gives the authority.
    #[arg(long, env = "TALLYLOG_AUTHORITY", value_name = "TEXT")]
    pub(crate) authority: String,
    /// Why.
    #[arg(long, env = "TALLYLOG_REASON", value_name = "TEXT")]
    pub(crate) reason: String,
    /// The document itself. May be said several times.
    #[arg(long, env = "TALLYLOG_EVIDENCE_FILES", value_name = "FILE", value_delimiter = ';')]
    pub(crate) evidence: Vec<PathBuf>,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}
