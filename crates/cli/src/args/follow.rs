//! Following a log, and leaving with what it says.

use std::path::PathBuf;

use clap::Args as Group;

use super::{Basis, MomentArgs, SourceArgs};

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
