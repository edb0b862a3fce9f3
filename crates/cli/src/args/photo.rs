//! Photos, scans and documents that the log names.

use std::path::PathBuf;

use clap::{Args as Group, Subcommand};

use super::Format;
use super::device::DeviceArgs;

#[derive(Debug, Group)]
pub(crate) struct PhotoArgs {
    #[command(subcommand)]
    pub(crate) command: PhotoCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PhotoCommand {
    /// List the photos and documents that the log names, with whoever named them and who has them.
    List(PhotoListArgs),
    /// List those that nobody has sent.
    Missing(PhotoListArgs),
    /// Fetch one, and check its hash.
    Fetch(PhotoFetchArgs),
    /// Send files that the log names: what another device should have sent, or the server has lost.
    Send(PhotoSendArgs),
}

/// In whose name photos are asked for.
#[derive(Debug, Group)]
pub(crate) struct PhotoSourceArgs {
    /// The server [default: the one that the device was made for].
    #[arg(
        long,
        env = "TALLYLOG_SERVER",
        value_name = "URL",
        required_unless_present = "device"
    )]
    pub(crate) server: Option<String>,
    /// The folder with the person's key: photos are for staff and campaigns, unless the server shows them to everybody.
    #[arg(long, env = "TALLYLOG_DEVICE", value_name = "DIR")]
    pub(crate) device: Option<PathBuf>,
    /// A file with the key's passphrase [default: asked for on the terminal].
    #[arg(long, env = "TALLYLOG_PASSPHRASE_FILE", value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct PhotoListArgs {
    #[command(flatten)]
    pub(crate) source: PhotoSourceArgs,
    /// The county or pool [default: all].
    #[arg(long, env = "TALLYLOG_COUNTY", value_name = "NAME")]
    pub(crate) county: Option<String>,
    /// The precinct or site [default: all].
    #[arg(long, env = "TALLYLOG_PRECINCT", value_name = "NAME", requires = "county")]
    pub(crate) precinct: Option<String>,
}

#[derive(Debug, Group)]
pub(crate) struct PhotoFetchArgs {
    /// Its hash, or as many of its first digits as no other has.
    pub(crate) hash: String,
    /// The file to write.
    #[arg(long, short, env = "TALLYLOG_OUTPUT", value_name = "FILE")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) source: PhotoSourceArgs,
}

#[derive(Debug, Group)]
pub(crate) struct PhotoSendArgs {
    /// The files.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// How long to try to send, in seconds.
    #[arg(long, env = "TALLYLOG_PATIENCE", value_name = "SECONDS", default_value_t = 30)]
    pub(crate) patience: u64,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}
