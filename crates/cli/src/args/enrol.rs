//! Making devices, and enrolling their keys.

use std::path::PathBuf;

use clap::{Args as Group, ValueEnum};
use tallylog_tlog::LogKey;

use super::Format;
use super::device::DeviceArgs;

/// What a key may sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleName {
    /// Loads the roster, enrols and revokes keys, opens, pauses and closes entry.
    Registrar,
    /// Reports for its own precincts.
    Chair,
    /// Enters reports taken by phone, from a photo or from paper.
    Operator,
    /// Compares, holds and releases.
    Reviewer,
    /// Opens correction cases, proposes and approves.
    CorrectionsOfficer,
    /// Verifies, reads what is embargoed, and inquires.
    Campaign,
    /// Reads and verifies.
    Observer,
}

#[derive(Debug, Group)]
pub(crate) struct NewKeyArgs {
    /// The folder for the device, which is made.
    #[arg(long, env = "TALLYLOG_DEVICE", value_name = "DIR")]
    pub(crate) device: PathBuf,
    /// A file with the passphrase for the key [default: asked for on the terminal].
    #[arg(long, env = "TALLYLOG_PASSPHRASE_FILE", value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// The server of the contest.
    #[arg(long, env = "TALLYLOG_SERVER", value_name = "URL")]
    pub(crate) server: String,
    /// Whose device it is. A person keeps the name across keys.
    #[arg(long, env = "TALLYLOG_PERSON", value_name = "NAME")]
    pub(crate) person: String,
    /// What the person does.
    #[arg(long, env = "TALLYLOG_ROLE", value_name = "ROLE")]
    pub(crate) role: RoleName,
    /// The campaign, of a campaign's person.
    #[arg(
        long,
        env = "TALLYLOG_CAMPAIGN",
        value_name = "NAME",
        required_if_eq("role", "campaign")
    )]
    pub(crate) campaign: Option<String>,
    /// The county or pool of a chair.
    #[arg(long, env = "TALLYLOG_COUNTY", value_name = "NAME", required_if_eq("role", "chair"))]
    pub(crate) county: Option<String>,
    /// The precinct or site of a chair. May be said several times.
    #[arg(
        long,
        env = "TALLYLOG_PRECINCT",
        value_name = "NAME",
        value_delimiter = ';',
        required_if_eq("role", "chair")
    )]
    pub(crate) precinct: Vec<String>,
    /// The log's verifier key, from somebody whom you trust [default: what the server says, to be compared].
    #[arg(long, env = "TALLYLOG_LOG_KEY", value_name = "VKEY")]
    pub(crate) log_key: Option<LogKey>,
    /// The file for the request that a registrar enrols [default: stdout].
    #[arg(long, short, env = "TALLYLOG_OUTPUT", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Group)]
pub(crate) struct AddKeyArgs {
    /// The request that `key new` wrote.
    pub(crate) request: PathBuf,
    /// What the person is to do. A request that asks for another role is refused.
    #[arg(long, env = "TALLYLOG_ROLE", value_name = "ROLE")]
    pub(crate) role: RoleName,
    /// Enrol without asking. It is needed where nobody is at a terminal.
    #[arg(long, env = "TALLYLOG_YES")]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}
