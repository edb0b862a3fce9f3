//! Reporting a precinct, and what waits to be received.

use std::path::PathBuf;

use clap::{Args as Group, Subcommand};
use tallylog_rules::Code;

use super::Format;
use super::device::DeviceArgs;

#[derive(Debug, Group)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// The county or pool [default: the device's one precinct, or the file's].
    #[arg(long, env = "TALLYLOG_COUNTY", value_name = "NAME")]
    pub(crate) county: Option<String>,
    /// The precinct or site [default: the device's one precinct, or the file's].
    #[arg(long, env = "TALLYLOG_PRECINCT", value_name = "NAME")]
    pub(crate) precinct: Option<String>,
    /// A worksheet in JSON, instead of typing it.
    #[arg(long, env = "TALLYLOG_WORKSHEET", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Show what the checks find, and sign nothing.
    #[arg(long, env = "TALLYLOG_DRY_RUN", requires = "file")]
    pub(crate) dry_run: bool,
    /// Print an empty worksheet of the precinct in JSON, and sign nothing.
    #[arg(long, env = "TALLYLOG_PRINT_TEMPLATE", conflicts_with_all = ["file", "amend"])]
    pub(crate) print_template: bool,
    /// A blocking discrepancy that stands so on the worksheet, such as V11. May be said several times.
    #[arg(long, env = "TALLYLOG_CONFIRM", value_name = "CODE", value_delimiter = ' ', value_parser = code)]
    pub(crate) confirm: Vec<Code>,
    /// Amend what this device reported: other figures, until the results are certified.
    #[arg(long, env = "TALLYLOG_AMEND", requires = "reason")]
    pub(crate) amend: bool,
    /// Report once more what this device reported and a reviewer set aside: without it the same figures are not signed twice.
    #[arg(long, env = "TALLYLOG_AGAIN", requires = "file", conflicts_with = "amend")]
    pub(crate) again: bool,
    /// Why it is amended.
    #[arg(long, env = "TALLYLOG_REASON", value_name = "TEXT", requires = "amend")]
    pub(crate) reason: Option<String>,
    /// A photo of the worksheet, bound to the report by its hash. May be said several times.
    #[arg(long, env = "TALLYLOG_PHOTOS", value_name = "FILE", value_delimiter = ' ')]
    pub(crate) photo: Vec<PathBuf>,
    /// How long to try to send, in seconds; what is not received then waits in the outbox.
    #[arg(long, env = "TALLYLOG_PATIENCE", value_name = "SECONDS", default_value_t = 30)]
    pub(crate) patience: u64,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct OutboxCommandArgs {
    #[command(subcommand)]
    pub(crate) command: OutboxCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OutboxCommand {
    /// Show everything that the device has signed, and how far it has come.
    List(OutboxArgs),
    /// Send what is not received yet.
    Send(OutboxSendArgs),
    /// Send until everything is received, however long that takes.
    Watch(OutboxWatchArgs),
    /// Bind more photos to a precinct.
    Photo(OutboxPhotoArgs),
}

/// Which outbox. Nothing of it is signed anew.
#[derive(Debug, Group)]
pub(crate) struct OutboxArgs {
    /// The folder with the person's key.
    #[arg(long, env = "TALLYLOG_DEVICE", value_name = "DIR")]
    pub(crate) device: PathBuf,
    /// The server [default: the one that the device was made for].
    #[arg(long, env = "TALLYLOG_SERVER", value_name = "URL")]
    pub(crate) server: Option<String>,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct OutboxWatchArgs {
    #[command(flatten)]
    pub(crate) outbox: OutboxArgs,
    /// A file with the key's passphrase, which sending photos needs [default: asked for on the terminal].
    #[arg(long, env = "TALLYLOG_PASSPHRASE_FILE", value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Group)]
pub(crate) struct OutboxSendArgs {
    #[command(flatten)]
    pub(crate) outbox: OutboxArgs,
    /// A file with the key's passphrase, which sending photos needs [default: asked for on the terminal].
    #[arg(long, env = "TALLYLOG_PASSPHRASE_FILE", value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// How long to try, in seconds.
    #[arg(long, env = "TALLYLOG_PATIENCE", value_name = "SECONDS", default_value_t = 30)]
    pub(crate) patience: u64,
}

#[derive(Debug, Group)]
pub(crate) struct OutboxPhotoArgs {
    /// The photos.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// The county or pool [default: the device's one precinct].
    #[arg(long, env = "TALLYLOG_COUNTY", value_name = "NAME")]
    pub(crate) county: Option<String>,
    /// The precinct or site [default: the device's one precinct].
    #[arg(long, env = "TALLYLOG_PRECINCT", value_name = "NAME")]
    pub(crate) precinct: Option<String>,
    /// How long to try to send, in seconds.
    #[arg(long, env = "TALLYLOG_PATIENCE", value_name = "SECONDS", default_value_t = 30)]
    pub(crate) patience: u64,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

pub(crate) fn code(text: &str) -> Result<Code, String> {
    Code::parse(text).ok_or_else(|| "a discrepancy's code is V and two digits, such as V11".to_owned())
}
