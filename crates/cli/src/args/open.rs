//! Opening a contest.

use std::path::PathBuf;

use clap::Args as Group;

use super::size::ReserveArgs;

#[derive(Debug, Group)]
pub(crate) struct OpenArgs {
    /// What the contest is: a file in JSON.
    pub(crate) contest: PathBuf,
    /// The folder with counties.csv and precincts.csv.
    #[arg(long, env = "TALLYLOG_ROSTER", value_name = "DIR")]
    pub(crate) roster: PathBuf,
    /// The folder for the log, which is made.
    #[arg(long, env = "TALLYLOG_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: PathBuf,
    /// The folder for the first registrar's key, which is made.
    #[arg(long, env = "TALLYLOG_DEVICE", value_name = "DIR")]
    pub(crate) device: PathBuf,
    /// The first registrar's name.
    #[arg(long, env = "TALLYLOG_PERSON", value_name = "NAME")]
    pub(crate) person: String,
    /// A file with the passphrase for the registrar's key [default: asked for on the terminal].
    #[arg(long, env = "TALLYLOG_PASSPHRASE_FILE", value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Where the log will be served.
    #[arg(
        long,
        env = "TALLYLOG_SERVER",
        value_name = "URL",
        default_value = "http://127.0.0.1:7420"
    )]
    pub(crate) server: String,
    #[command(flatten)]
    pub(crate) reserve: ReserveArgs,
}
