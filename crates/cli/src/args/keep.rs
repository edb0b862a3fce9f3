//! Backups, replays and audits of the paper.

use std::path::PathBuf;

use clap::{ArgGroup, Args as Group, Subcommand};

use super::Format;
use super::device::DeviceArgs;
use super::size::ReserveArgs;

#[derive(Debug, Group)]
pub(crate) struct BackupArgs {
    /// The folder of a log. A server may have it open: it goes on as if nobody looked.
    #[arg(long, env = "TALLYLOG_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: PathBuf,
    /// The folder for the backup, which is made.
    #[arg(long, env = "TALLYLOG_BACKUP", value_name = "DIR")]
    pub(crate) to: PathBuf,
    #[command(flatten)]
    pub(crate) reserve: ReserveArgs,
}

#[derive(Debug, Group)]
#[command(group = ArgGroup::new("night").required(true).args(["file", "data_dir", "server"]))]
pub(crate) struct ReplayArgs {
    /// A bundle.
    pub(crate) file: Option<PathBuf>,
    /// The folder of a log.
    #[arg(long, env = "TALLYLOG_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// A running server, such as <http://127.0.0.1:7420>.
    #[arg(long, env = "TALLYLOG_SERVER", value_name = "URL")]
    pub(crate) server: Option<String>,
    /// Asks the server in the name of this device's person, for what is not for everybody yet.
    #[arg(long, env = "TALLYLOG_DEVICE", value_name = "DIR")]
    pub(crate) device: Option<PathBuf>,
    /// A file with the passphrase of the device's key [default: asked for on the terminal].
    #[arg(long, env = "TALLYLOG_PASSPHRASE_FILE", value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// From which moment on: a size of the log, or a time with its zone [default: from the first entry].
    #[arg(long, env = "TALLYLOG_REPLAY_FROM", value_name = "SIZE|TIME")]
    pub(crate) from: Option<String>,
    /// Until which moment: a size of the log, or a time with its zone [default: to the last entry].
    #[arg(long, env = "TALLYLOG_REPLAY_UNTIL", value_name = "SIZE|TIME")]
    pub(crate) until: Option<String>,
    /// How many times as fast as the night; 0 for as fast as the machine can.
    #[arg(long, env = "TALLYLOG_SPEED", value_name = "TIMES", default_value_t = 60)]
    pub(crate) speed: u64,
    /// How to write entries: a line, or with json an object a line.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct AuditArgs {
    #[command(subcommand)]
    pub(crate) command: AuditCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Announce a sample: from which checkpoint, and of how many precincts. Roll the dice afterwards.
    Announce(AnnounceArgs),
    /// Draw the precincts of an announced sample, by dice that were rolled in public after it was announced.
    Sample(SampleArgs),
    /// Give an announced sample up. It takes two persons, each of whom runs this.
    Abandon(AbandonArgs),
    /// Record what the signed worksheet of a sampled precinct says.
    Read(ReadArgs),
    /// Compare what was read with the log.
    Report(AuditReportArgs),
}

#[derive(Debug, Group)]
pub(crate) struct AnnounceArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// How many precincts will be drawn.
    #[arg(long, env = "TALLYLOG_PRECINCT_COUNT", value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) precincts: u32,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct AbandonArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// The entry that announced the sample.
    #[arg(long, env = "TALLYLOG_ANNOUNCEMENT", value_name = "ENTRY")]
    pub(crate) announcement: u64,
    /// Why. Every verdict shows it.
    #[arg(long, env = "TALLYLOG_REASON", value_name = "TEXT")]
    pub(crate) reason: String,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
#[command(group = ArgGroup::new("from").required(true).args(["announcement", "precincts"]))]
pub(crate) struct SampleArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// The entry that announced the sample.
    #[arg(long, env = "TALLYLOG_ANNOUNCEMENT", value_name = "ENTRY")]
    pub(crate) announcement: Option<u64>,
    /// The dice as they fell: 20 digits or more, from 1 to 6, with or without spaces.
    #[arg(long, env = "TALLYLOG_DICE", value_name = "DIGITS")]
    pub(crate) dice: String,
    /// How many precincts to draw from the latest checkpoint: only in a contest of before samples were announced.
    #[arg(long, env = "TALLYLOG_PRECINCT_COUNT", value_name = "NUMBER")]
    pub(crate) precincts: Option<usize>,
    /// Check everything and show what is drawn, and sign nothing.
    #[arg(long, env = "TALLYLOG_DRY_RUN")]
    pub(crate) dry_run: bool,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct ReadArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// The entry of the sample.
    pub(crate) sample: u64,
    /// The county or pool.
    pub(crate) county: String,
    /// The precinct or site.
    pub(crate) precinct: String,
    /// What the paper says: a worksheet in JSON.
    #[arg(long, env = "TALLYLOG_WORKSHEET", value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// A scan of it. May be said several times.
    #[arg(long, env = "TALLYLOG_PHOTOS", value_name = "FILE", value_delimiter = ';')]
    pub(crate) photo: Vec<PathBuf>,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct AuditReportArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// The entry of the sample [default: every sample].
    #[arg(long, env = "TALLYLOG_SAMPLE", value_name = "ENTRY")]
    pub(crate) sample: Option<u64>,
    /// Also writes all of it as a page to print, in this file.
    #[arg(long, env = "TALLYLOG_OUTPUT", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}
