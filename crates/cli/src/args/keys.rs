//! Enrolment codes, and what becomes of keys.

use std::path::PathBuf;

use clap::{Args as Group, ValueEnum};
use tallylog_tlog::LogKey;

use super::Format;
use super::device::DeviceArgs;

/// How codes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CodesFormat {
    /// For people.
    Table,
    /// For programs.
    Json,
    /// For mail merge.
    Csv,
    /// Strips to print and cut, three a page; needs --output.
    Pdf,
}

#[derive(Debug, Group)]
pub(crate) struct CodesArgs {
    /// A county or pool whose precincts get codes. May be said several times.
    #[arg(long, env = "TALLYLOG_COUNTY", value_name = "NAME", value_delimiter = ';')]
    pub(crate) county: Vec<String>,
    /// Only this precinct or site of the one county. May be said several times.
    #[arg(
        long,
        env = "TALLYLOG_PRECINCT",
        value_name = "NAME",
        value_delimiter = ';',
        requires = "county"
    )]
    pub(crate) precinct: Vec<String>,
    /// How many codes each precinct gets.
    #[arg(long, env = "TALLYLOG_EACH", value_name = "NUMBER", default_value_t = 1)]
    pub(crate) each: u8,
    /// The last moment at which the codes are good, as a time with its zone [default: in 30 days].
    #[arg(long, env = "TALLYLOG_EXPIRES", value_name = "TIME")]
    pub(crate) expires: Option<String>,
    /// Show what is left of this batch again, and issue none.
    #[arg(long, env = "TALLYLOG_BATCH", value_name = "ENTRY", conflicts_with_all = ["county", "expires"])]
    pub(crate) batch: Option<u64>,
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// How to write the codes.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: CodesFormat,
    /// The file for the codes, for its owner's eyes alone [default: stdout].
    #[arg(long, short, env = "TALLYLOG_OUTPUT", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Group)]
pub(crate) struct RedeemArgs {
    /// The folder for the device, which is made; the same again after an answer that was lost.
    #[arg(long, env = "TALLYLOG_DEVICE", value_name = "DIR")]
    pub(crate) device: PathBuf,
    /// A file with the passphrase for the key [default: asked for on the terminal].
    #[arg(long, env = "TALLYLOG_PASSPHRASE_FILE", value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// The server of the contest.
    #[arg(long, env = "TALLYLOG_SERVER", value_name = "URL")]
    pub(crate) server: String,
    /// The county or pool.
    #[arg(long, env = "TALLYLOG_COUNTY", value_name = "NAME")]
    pub(crate) county: String,
    /// The precinct or site.
    #[arg(long, env = "TALLYLOG_PRECINCT", value_name = "NAME")]
    pub(crate) precinct: String,
    /// The chair's name.
    #[arg(long, env = "TALLYLOG_PERSON", value_name = "NAME")]
    pub(crate) person: String,
    /// The code of the printed strip [default: asked for on the terminal].
    #[arg(long, env = "TALLYLOG_CODE", value_name = "CODE", hide_env_values = true)]
    pub(crate) code: Option<String>,
    /// The log's verifier key, from somebody whom you trust [default: what the server says, to be compared].
    #[arg(long, env = "TALLYLOG_LOG_KEY", value_name = "VKEY")]
    pub(crate) log_key: Option<LogKey>,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct RevokeArgs {
    /// Whose key it is, if the person has one alone.
    #[arg(long, env = "TALLYLOG_PERSON", value_name = "NAME", required_unless_present = "key")]
    pub(crate) person: Option<String>,
    /// The key, as `key list` shows it.
    #[arg(long, env = "TALLYLOG_KEY", value_name = "HEX", conflicts_with = "person")]
    pub(crate) key: Option<String>,
    /// Why.
    #[arg(long, env = "TALLYLOG_REASON", value_name = "TEXT")]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct ReplaceArgs {
    /// The request that `key new` wrote on the new device, under the same name and role.
    pub(crate) request: PathBuf,
    /// Why.
    #[arg(long, env = "TALLYLOG_REASON", value_name = "TEXT")]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct SecondArgs {
    /// The proposal, by its entry, as `key pending` shows it.
    pub(crate) proposal: u64,
    /// Sign without the question, for scripts.
    #[arg(long, env = "TALLYLOG_YES")]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct DeclineArgs {
    /// The proposal, by its entry, as `key pending` shows it.
    pub(crate) proposal: u64,
    /// Why.
    #[arg(long, env = "TALLYLOG_REASON", value_name = "TEXT")]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct PendingArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct SucceedArgs {
    /// The request that `key successor` wrote.
    pub(crate) request: PathBuf,
    /// Why.
    #[arg(long, env = "TALLYLOG_REASON", value_name = "TEXT")]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct SuccessorArgs {
    /// The folder of the log.
    #[arg(long, env = "TALLYLOG_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: PathBuf,
    /// The file for the request that two persons sign [default: stdout].
    #[arg(long, short, env = "TALLYLOG_OUTPUT", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Group)]
pub(crate) struct WithdrawArgs {
    /// The batch, by its entry.
    #[arg(long, env = "TALLYLOG_BATCH", value_name = "ENTRY")]
    pub(crate) batch: u64,
    /// Only the codes of this county or pool.
    #[arg(long, env = "TALLYLOG_COUNTY", value_name = "NAME", value_delimiter = ';')]
    pub(crate) county: Vec<String>,
    /// Only those of this precinct or site of the one county. May be said several times.
    #[arg(
        long,
        env = "TALLYLOG_PRECINCT",
        value_name = "NAME",
        value_delimiter = ';',
        requires = "county"
    )]
    pub(crate) precinct: Vec<String>,
    /// Why.
    #[arg(long, env = "TALLYLOG_REASON", value_name = "TEXT")]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct ListKeysArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct ProgressArgs {
    /// One county or pool, precinct by precinct.
    #[arg(long, env = "TALLYLOG_COUNTY", value_name = "NAME")]
    pub(crate) county: Option<String>,
    /// Only where a chair's key is missing.
    #[arg(long, env = "TALLYLOG_MISSING")]
    pub(crate) missing: bool,
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct ShowKeyArgs {
    /// The folder of the device.
    #[arg(long, env = "TALLYLOG_DEVICE", value_name = "DIR")]
    pub(crate) device: PathBuf,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}
