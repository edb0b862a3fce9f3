//! The operators' desk, and whom to call.

use std::path::PathBuf;

use clap::{Args as Group, Subcommand, ValueEnum};
use tallylog_rules::Code;

use super::Format;
use super::device::DeviceArgs;

/// How a report came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Came {
    /// Somebody called.
    Phone,
    /// A photo of the worksheet lies before the operator.
    Photo,
    /// The worksheet itself does.
    Paper,
}

/// How the operator made sure of the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Caller {
    /// Nobody called.
    None,
    /// The operator called back at the number on the roster of chairs.
    CalledBack,
    /// The caller gave the passphrase on the precinct's papers.
    Passphrase,
    /// The operator could not make sure.
    Unchecked,
}

#[derive(Debug, Group)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct EnterArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// Show the precincts whose number or name begin with these words, and enter nothing.
    #[arg(long, env = "TALLYLOG_FIND", value_name = "WORDS", conflicts_with_all = ["file", "hand_over", "leave"])]
    pub(crate) find: Option<String>,
    /// The county or pool [default: the file's, or asked for].
    #[arg(long, env = "TALLYLOG_COUNTY", value_name = "NAME")]
    pub(crate) county: Option<String>,
    /// The precinct or site [default: the file's, or asked for].
    #[arg(long, env = "TALLYLOG_PRECINCT", value_name = "NAME")]
    pub(crate) precinct: Option<String>,
    /// A worksheet in JSON, instead of typing it.
    #[arg(long, env = "TALLYLOG_WORKSHEET", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Show what the checks find, and sign nothing.
    #[arg(long, env = "TALLYLOG_DRY_RUN", requires = "file")]
    pub(crate) dry_run: bool,
    /// Print an empty worksheet of the precinct in JSON, and sign nothing.
    #[arg(long, env = "TALLYLOG_PRINT_TEMPLATE", conflicts_with_all = ["file", "find", "hand_over", "leave"])]
    pub(crate) print_template: bool,
    /// Enter once more what you entered and a reviewer set aside: without it the same figures are not signed twice.
    #[arg(long, env = "TALLYLOG_AGAIN", requires = "file")]
    pub(crate) again: bool,
    /// How the report came [default: asked for].
    #[arg(long, env = "TALLYLOG_CHANNEL")]
    pub(crate) channel: Option<Came>,
    /// How you made sure of the caller [default: asked for; nobody called with a photo or paper].
    #[arg(long, env = "TALLYLOG_CALLER")]
    pub(crate) caller: Option<Caller>,
    /// The figures were read back to the caller, who agreed.
    #[arg(long, env = "TALLYLOG_READ_BACK", requires = "file")]
    pub(crate) read_back: bool,
    /// A blocking discrepancy that stands so on the worksheet, such as V11. May be said several times.
    #[arg(long, env = "TALLYLOG_CONFIRM", value_name = "CODE", value_delimiter = ' ', value_parser = super::report::code)]
    pub(crate) confirm: Vec<Code>,
    /// A photo of the worksheet, bound to the entry by its hash. May be said several times.
    #[arg(long, env = "TALLYLOG_PHOTOS", value_name = "FILE", value_delimiter = ';')]
    pub(crate) photo: Vec<PathBuf>,
    /// Go on with what you have typed and not signed, or what was handed over to you.
    #[arg(long, env = "TALLYLOG_RESUME", conflicts_with_all = ["file", "find", "precinct", "hand_over", "leave"])]
    pub(crate) resume: bool,
    /// Give what you have typed of this precinct to another operator, who goes on with it.
    #[arg(
        long,
        env = "TALLYLOG_HAND_OVER",
        value_name = "NAME",
        requires = "precinct",
        conflicts_with = "file"
    )]
    pub(crate) hand_over: Option<String>,
    /// Give the precinct back, so that others may enter it; a reviewer or a registrar frees anybody's.
    #[arg(long, env = "TALLYLOG_LEAVE", requires = "precinct", conflicts_with_all = ["file", "hand_over"])]
    pub(crate) leave: bool,
    /// Throw away what you have typed of it, too.
    #[arg(long, env = "TALLYLOG_DISCARD", requires = "leave")]
    pub(crate) discard: bool,
    /// How long to try to send, in seconds; what is not received then waits in the outbox.
    #[arg(long, env = "TALLYLOG_PATIENCE", value_name = "SECONDS", default_value_t = 30)]
    pub(crate) patience: u64,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct CallArgs {
    #[command(subcommand)]
    pub(crate) command: CallCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CallCommand {
    /// Note a call, when to call again, or who calls.
    Note(NoteArgs),
    /// Write the chairs' names and telephone numbers, all of a list or none.
    Phones(PhonesArgs),
}

#[derive(Debug, Group)]
pub(crate) struct OutstandingArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// Only this county or pool.
    #[arg(long, env = "TALLYLOG_COUNTY", value_name = "NAME")]
    pub(crate) county: Option<String>,
    /// Only those of which this is missing: awaiting, partly, single, second, photo or held.
    #[arg(long, env = "TALLYLOG_MISSING", value_name = "WHAT")]
    pub(crate) missing: Option<String>,
    /// Only those that you are to call.
    #[arg(long, env = "TALLYLOG_MINE")]
    pub(crate) mine: bool,
    /// Show the list again every so many seconds, until you stop it.
    #[arg(long, env = "TALLYLOG_WATCH", value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) watch: Option<u64>,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct NoteArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// The county or pool.
    pub(crate) county: String,
    /// The precinct or site.
    pub(crate) precinct: String,
    /// What came of the call [default: nobody called].
    #[arg(long, env = "TALLYLOG_NOTE", value_name = "TEXT", default_value = "")]
    pub(crate) note: String,
    /// When to call again: +20m, +1h, a time of today such as 21:30, or a time with its zone.
    #[arg(long, env = "TALLYLOG_NEXT_CALL", value_name = "TIME")]
    pub(crate) next_call: Option<String>,
    /// Who calls from now on.
    #[arg(long, env = "TALLYLOG_OWNER", value_name = "NAME")]
    pub(crate) owner: Option<String>,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct PhonesArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// A CSV file with the columns county, precinct, name and phone.
    pub(crate) list: PathBuf,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}
