//! Following a log, and leaving with what it says.

use std::path::PathBuf;

use clap::{ArgGroup, Args as Group};
use tallylog_tlog::LogKey;

use super::{Basis, Format, MomentArgs, SourceArgs};

/// Results in a form that others read.
#[derive(Debug, Group)]
pub(crate) struct ResultsArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    #[command(flatten)]
    pub(crate) moment: MomentArgs,
    /// Which version of each precinct counts [default: released with --release, recorded otherwise].
    #[arg(long, env = "TALLYLOG_BASIS")]
    pub(crate) basis: Option<Basis>,
    /// The file to write; of `csv` the folder for its two tables.
    #[arg(long, short, env = "TALLYLOG_OUTPUT", value_name = "PATH")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Group)]
pub(crate) struct CheckedExportArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// The file that was exported; of `csv` the folder with its tables.
    pub(crate) file: PathBuf,
}

#[derive(Debug, Group)]
#[command(group = ArgGroup::new("watched").required(true).multiple(true).args(["server", "device"]))]
pub(crate) struct WatchArgs {
    /// A running server, such as <http://127.0.0.1:7420>.
    #[arg(long, env = "TALLYLOG_SERVER", value_name = "URL")]
    pub(crate) server: Option<String>,
    /// Asks the server in the name of this device's person, for what is not for everybody yet.
    #[arg(long, env = "TALLYLOG_DEVICE", value_name = "DIR")]
    pub(crate) device: Option<PathBuf>,
    /// A file with the passphrase of the device's key [default: asked for on the terminal].
    #[arg(long, env = "TALLYLOG_PASSPHRASE_FILE", value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Show entries from this one on, 0 for all [default: where the last run with the same --state ended, or now].
    #[arg(long, env = "TALLYLOG_WATCH_FROM", value_name = "SIZE")]
    pub(crate) from: Option<u64>,
    /// End when the log has so many entries [default: never].
    #[arg(long, env = "TALLYLOG_WATCH_UNTIL", value_name = "SIZE")]
    pub(crate) until: Option<u64>,
    /// Remembers in this file how far the log was followed, and wants it continued.
    #[arg(long, env = "TALLYLOG_STATE", value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// The log's verifier key [default: that of the last run with the same --state, or what the log says of itself].
    #[arg(long, env = "TALLYLOG_LOG_KEY", value_name = "VKEY")]
    pub(crate) log_key: Option<LogKey>,
    /// How to write entries: a line, or with json an object a line.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}
