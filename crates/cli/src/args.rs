//! What can be asked on the command line.

pub(crate) mod correct;
pub(crate) mod device;
pub(crate) mod enrol;
pub(crate) mod enter;
pub(crate) mod follow;
pub(crate) mod keep;
pub(crate) mod keys;
pub(crate) mod open;
pub(crate) mod photo;
pub(crate) mod release;
pub(crate) mod report;
pub(crate) mod review;
pub(crate) mod size;
pub(crate) mod verify;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{ArgGroup, Args as Group, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use tallylog_server::{Allowance, Allowances, cosign};
use tallylog_tlog::{KeyName, LogKey};

use self::correct::CorrectArgs;
use self::enrol::{AddKeyArgs, NewKeyArgs};
use self::enter::{CallArgs, EnterArgs, OutstandingArgs};
use self::follow::{CheckedExportArgs, ResultsArgs, WatchArgs};
use self::keep::{AuditArgs, BackupArgs, ReplayArgs};
use self::keys::{
    CodesArgs, DeclineArgs, ListKeysArgs, PendingArgs, ProgressArgs, RedeemArgs, ReplaceArgs, RevokeArgs, SecondArgs,
    ShowKeyArgs, SucceedArgs, SuccessorArgs, WithdrawArgs,
};
use self::open::OpenArgs;
use self::photo::PhotoArgs;
use self::release::{InquiryArgs, NightArgs, ReleaseArgs, ReleasesArgs};
use self::report::{OutboxCommandArgs, ReportArgs};
use self::review::ReviewArgs;
use self::size::ReserveArgs;
use self::verify::VerifyArgs;
use crate::size::Size;

/// Tabulates a caucus night on a log that anyone can verify.
#[derive(Debug, Parser)]
#[command(name = "tallylog", version)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a simulated night: a rehearsal that shows everything.
    Demo(DemoArgs),
    /// Serve a log over gRPC and HTTP.
    Serve(ServeArgs),
    /// Open a contest: a log with its roster, and the first registrar's key.
    Open(OpenArgs),
    /// Record the published results of a past night.
    Import(ImportArgs),
    /// Show the figures of every group.
    Totals(TotalsArgs),
    /// Show a precinct with its history.
    Precinct(PrecinctArgs),
    /// Show what the checks found.
    Discrepancies(DiscrepanciesArgs),
    /// Follow a log as it grows, and check everything on the way.
    Watch(WatchArgs),
    /// Report a precinct from its chair's device.
    Report(ReportArgs),
    /// Show and send what a device has signed.
    Outbox(OutboxCommandArgs),
    /// List, fetch and send the photos and documents that the log names.
    Photo(PhotoArgs),
    /// Enter a report that came by phone, photo or paper.
    Enter(EnterArgs),
    /// List the precincts of which something is missing, in the order of their next calls.
    Outstanding(OutstandingArgs),
    /// Note calls, and whom to call.
    Call(CallArgs),
    /// Work at the reviewers' desk.
    Review(ReviewArgs),
    /// Correct records, by cases.
    Correct(CorrectArgs),
    /// Release what nothing holds, every figure read back first.
    Release(ReleaseArgs),
    /// List the releases.
    Releases(ReleasesArgs),
    /// File, answer and list the inquiries of campaigns.
    Inquiry(InquiryArgs),
    /// Pause and resume entry, certify, and amend the roster.
    Night(NightArgs),
    /// Audit the paper: a random sample of worksheets.
    Audit(AuditArgs),
    /// Show the night again, at a speed, from any moment.
    Replay(ReplayArgs),
    /// Copy a log into a folder of its own, also while a server writes it.
    Backup(BackupArgs),
    /// Read and verify everything again.
    Check(CheckArgs),
    /// Make a new data folder from what can still be read of a damaged one.
    Restore(RestoreArgs),
    /// Watch the logs of others.
    Witness(WitnessArgs),
    /// Make, enrol and show keys.
    Key(KeyArgs),
    /// Write the log out in other forms.
    Export(ExportArgs),
    /// Write the whole log into one file that anybody can verify.
    Bundle(BundleArgs),
    /// Verify a night, a receipt or a proof.
    Verify(VerifyArgs),
    /// Write proofs that anybody can check.
    Prove(ProveArgs),
}

#[derive(Debug, Group)]
pub(crate) struct KeyArgs {
    #[command(subcommand)]
    pub(crate) command: KeyCommand,
}

#[derive(Debug, Group)]
pub(crate) struct ExportArgs {
    #[command(subcommand)]
    pub(crate) command: ExportCommand,
}

#[derive(Debug, Group)]
pub(crate) struct ProveArgs {
    #[command(subcommand)]
    pub(crate) command: ProveCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a device for a person, and write the request that a registrar enrols.
    New(NewKeyArgs),
    /// Enrol the key of a request.
    Add(AddKeyArgs),
    /// Enrol the key of a person's new device, and revoke the old one.
    Replace(ReplaceArgs),
    /// Revoke a key.
    Revoke(RevokeArgs),
    /// Sign what another registrar proposed, and with that it is so.
    Second(SecondArgs),
    /// Turn a proposal down, or take it back.
    Decline(DeclineArgs),
    /// Show what waits for a second person.
    Pending(PendingArgs),
    /// Make another key for the log's own events in its folder, and write the request for it.
    Successor(SuccessorArgs),
    /// Propose that key; another person seconds it.
    Succeed(SucceedArgs),
    /// Issue one-time codes for chairs, or print a batch again.
    Codes(CodesArgs),
    /// Make a chair's device, and have its key enrolled against a code.
    Enrol(RedeemArgs),
    /// Withdraw the unused codes of a batch.
    Withdraw(WithdrawArgs),
    /// Show whose keys are enrolled, and which were revoked.
    List(ListKeysArgs),
    /// Show how far the enrolment of chairs has come.
    Progress(ProgressArgs),
    /// Show a device's key, for the worksheet.
    Show(ShowKeyArgs),
    /// Print the log's verifier key.
    Log(LogKeyArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum ExportCommand {
    /// Write checkpoint, tiles and entries as plain files that any static host can serve.
    Tiles(TilesArgs),
    /// Write the results as two tables: precincts and totals.
    Csv(ResultsArgs),
    /// Write the results as one JSON object.
    Json(ResultsArgs),
    /// Write the results in the common data format of NIST SP 1500-100, version 2.
    Cdf(ResultsArgs),
    /// Compare every figure of an export with the log.
    Check(CheckedExportArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProveCommand {
    /// Prove that a precinct's figures are inside a statewide total, and that every other precinct is accounted for.
    Precinct(ProvePrecinctArgs),
    /// Prove that an entry is in the log: its receipt.
    Entry(ProveEntryArgs),
}

#[derive(Debug, Group)]
pub(crate) struct LogKeyArgs {
    /// The folder of a log.
    #[arg(long, env = "TALLYLOG_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: PathBuf,
}

#[derive(Debug, Group)]
pub(crate) struct TilesArgs {
    /// The folder for the files. What a former run left there is brought up to date.
    pub(crate) dir: PathBuf,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// The log's verifier key [default: that of the last run, or what the log says of itself].
    #[arg(long, env = "TALLYLOG_LOG_KEY", value_name = "VKEY")]
    pub(crate) log_key: Option<LogKey>,
}

#[derive(Debug, Group)]
pub(crate) struct BundleArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// The file to write.
    #[arg(long, short, env = "TALLYLOG_OUTPUT", value_name = "FILE")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Group)]
pub(crate) struct ProvePrecinctArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// The county or pool.
    pub(crate) county: String,
    /// The precinct or site.
    pub(crate) precinct: String,
    /// The totals that were committed with this release [default: the latest that were committed].
    #[arg(long, env = "TALLYLOG_RELEASE", value_name = "NAME", conflicts_with = "fresh")]
    pub(crate) release: Option<String>,
    /// Have the log commit to the totals of everything that is recorded by now; a server asks for --device.
    #[arg(long, env = "TALLYLOG_FRESH")]
    pub(crate) fresh: bool,
    /// The file to write.
    #[arg(long, short, env = "TALLYLOG_OUTPUT", value_name = "FILE")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Group)]
pub(crate) struct ProveEntryArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// The entry, from 0.
    pub(crate) entry: u64,
    /// The file to write.
    #[arg(long, short, env = "TALLYLOG_OUTPUT", value_name = "FILE")]
    pub(crate) output: PathBuf,
}

/// Where answers come from.
#[derive(Debug, Group)]
#[command(group = ArgGroup::new("source").required(true).multiple(true).args(["data_dir", "server", "device"]))]
pub(crate) struct SourceArgs {
    /// The folder of a log.
    #[arg(long, env = "TALLYLOG_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// A running server, such as <http://127.0.0.1:7420>; it is asked rather than a folder where both are given.
    #[arg(long, env = "TALLYLOG_SERVER", value_name = "URL")]
    pub(crate) server: Option<String>,
    /// Asks the server in the name of this device's person, for what is not for everybody yet.
    #[arg(long, env = "TALLYLOG_DEVICE", value_name = "DIR")]
    pub(crate) device: Option<PathBuf>,
    /// A file with the passphrase of the device's key [default: asked for on the terminal].
    #[arg(long, env = "TALLYLOG_PASSPHRASE_FILE", value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
}

/// Which moment of the log to answer for.
#[derive(Debug, Group)]
pub(crate) struct MomentArgs {
    /// The moment of this release.
    #[arg(long, env = "TALLYLOG_RELEASE", value_name = "NAME", conflicts_with = "as_of")]
    pub(crate) release: Option<String>,
    /// A size of the log, such as 1500, or a time, such as 2028-02-07T21:30:00-06:00.
    #[arg(long, env = "TALLYLOG_AS_OF", value_name = "SIZE|TIME")]
    pub(crate) as_of: Option<String>,
}

/// Which version of each precinct counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Basis {
    /// The latest of every precinct, whatever its discrepancies.
    Recorded,
    /// What the latest release lists.
    Released,
}

#[derive(Debug, Group)]
pub(crate) struct TotalsArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    #[command(flatten)]
    pub(crate) moment: MomentArgs,
    /// Which version of each precinct counts [default: released with --release, recorded otherwise].
    #[arg(long, env = "TALLYLOG_BASIS")]
    pub(crate) basis: Option<Basis>,
    /// Only this county or pool.
    #[arg(long, env = "TALLYLOG_COUNTY", value_name = "NAME", conflicts_with = "district")]
    pub(crate) county: Option<String>,
    /// Only this congressional district.
    #[arg(long, env = "TALLYLOG_DISTRICT", value_name = "NUMBER")]
    pub(crate) district: Option<u32>,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct PrecinctArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    #[command(flatten)]
    pub(crate) moment: MomentArgs,
    /// The county or pool.
    pub(crate) county: String,
    /// The precinct or site.
    pub(crate) precinct: String,
    /// Every version, however many: otherwise the latest 256 at most.
    #[arg(long, env = "TALLYLOG_ALL")]
    pub(crate) all: bool,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct DiscrepanciesArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    #[command(flatten)]
    pub(crate) moment: MomentArgs,
    /// Only this county or pool.
    #[arg(long, env = "TALLYLOG_COUNTY", value_name = "NAME")]
    pub(crate) county: Option<String>,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct ImportArgs {
    /// The folder with counties.csv, precincts.csv, `satellite_attendance.csv` and releases/*.csv.
    pub(crate) from: PathBuf,
    /// The folder of the log; made where there is none.
    #[arg(long, env = "TALLYLOG_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: PathBuf,
    #[command(flatten)]
    pub(crate) reserve: ReserveArgs,
}

#[derive(Debug, Group)]
pub(crate) struct CheckArgs {
    /// The folder of a log.
    #[arg(long, env = "TALLYLOG_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: PathBuf,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct RestoreArgs {
    /// The damaged folder. It is only read.
    #[arg(long, value_name = "DIR", env = "TALLYLOG_RESTORE_FROM")]
    pub(crate) from: PathBuf,
    /// The new folder. Nothing may lie there yet.
    #[arg(long, env = "TALLYLOG_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: PathBuf,
    /// A bundle that may hold entries which the damaged folder has lost. May be said several times.
    #[arg(long, env = "TALLYLOG_RESTORE_BUNDLES", value_name = "FILE", value_delimiter = ' ')]
    pub(crate) bundle: Vec<PathBuf>,
    /// Take the entries before the first one that is missing, and give up the rest.
    #[arg(long, env = "TALLYLOG_RESTORE_PREFIX")]
    pub(crate) prefix: bool,
    #[command(flatten)]
    pub(crate) reserve: ReserveArgs,
}

#[derive(Debug, Group)]
pub(crate) struct ServeArgs {
    /// The folder of a log.
    #[arg(long, env = "TALLYLOG_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: PathBuf,
    /// The address to listen on. Port 0 takes any free port.
    #[arg(
        long,
        env = "TALLYLOG_LISTEN",
        default_value = "127.0.0.1:7420",
        value_name = "ADDRESS"
    )]
    pub(crate) listen: SocketAddr,
    /// Listen on an address that other machines reach, although the connection is not encrypted.
    #[arg(long, env = "TALLYLOG_INSECURE")]
    pub(crate) insecure: bool,
    /// Show everybody the photos and documents that public entries name: they may show signatures.
    #[arg(long, env = "TALLYLOG_PUBLIC_FILES")]
    pub(crate) public_files: bool,
    /// Make enrolment codes from something new where `keys/codes.key` is lost: those that were printed work no longer.
    #[arg(long, env = "TALLYLOG_NEW_CODES")]
    pub(crate) new_codes: bool,
    /// How many events may wait before senders are told to come back.
    #[arg(long, env = "TALLYLOG_QUEUE", default_value_t = tallylog_server::QUEUE, value_name = "EVENTS")]
    pub(crate) queue: usize,
    /// How many connections there may be: beyond that the one that has been silent longest is closed for each new one
    /// [default: 16,384, or the files allowed less 256].
    #[arg(long, env = "TALLYLOG_CONNECTIONS", value_name = "NUMBER")]
    pub(crate) connections: Option<NonZeroUsize>,
    /// How many connections of one address there may be. A hall, a carrier and a proxy are one address each.
    #[arg(
        long,
        env = "TALLYLOG_CONNECTIONS_PER_ADDRESS",
        value_name = "NUMBER",
        default_value_t = tallylog_server::CONNECTIONS_PER_ADDRESS
    )]
    pub(crate) connections_per_address: NonZeroUsize,
    /// How much of the log's disk is kept free for the log, such as 64MiB; 0 looks at nothing.
    #[arg(long, env = "TALLYLOG_RESERVE", value_name = "BYTES", default_value = "64MiB")]
    pub(crate) reserve: Size,
    /// How many bytes of photos and documents a chair may have on the server, such as 256MiB.
    #[arg(long, env = "TALLYLOG_CHAIR_FILES", value_name = "BYTES", default_value = "256MiB")]
    pub(crate) chair_files: Size,
    /// How many bytes of photos and documents anybody else may have on the server, such as 8GiB.
    #[arg(long, env = "TALLYLOG_PERSON_FILES", value_name = "BYTES", default_value = "8GiB")]
    pub(crate) person_files: Size,
    #[command(flatten)]
    pub(crate) allowances: AllowanceArgs,
    #[command(flatten)]
    pub(crate) witnesses: CosignArgs,
    #[command(flatten)]
    pub(crate) clock: ClockArgs,
}

/// Whether the machine's clock is right.
#[derive(Debug, Group)]
pub(crate) struct ClockArgs {
    /// What time it is, by another clock than this machine's: the server takes events at once if both agree to within
    /// five minutes, and does not start otherwise.
    #[arg(long, env = "TALLYLOG_CLOCK_IS", value_name = "TIME")]
    pub(crate) clock_is: Option<Timestamp>,
    /// Take events at once whatever the clock says: for machines that have their time from the network before this starts.
    #[arg(long, env = "TALLYLOG_TRUST_CLOCK")]
    pub(crate) trust_clock: bool,
}

/// How much a key may say in an hour.
#[derive(Debug, Group)]
pub(crate) struct AllowanceArgs {
    /// How many events a chair's or a campaign's key may sign in an hour, all of them at once if it likes.
    #[arg(long, env = "TALLYLOG_CHAIR_EVENTS", default_value_t = Allowances::DEFAULT.person.events,
        value_parser = clap::value_parser!(u32).range(1..), value_name = "EVENTS")]
    pub(crate) chair_events: u32,
    /// How many bytes these may have together.
    #[arg(long, env = "TALLYLOG_CHAIR_BYTES", default_value_t = Allowances::DEFAULT.person.bytes,
        value_parser = clap::value_parser!(u32).range(65_535..), value_name = "BYTES")]
    pub(crate) chair_bytes: u32,
    /// How many events the key of an operator, a reviewer, a corrections officer or a registrar may sign in an hour.
    #[arg(long, env = "TALLYLOG_STAFF_EVENTS", default_value_t = Allowances::DEFAULT.staff.events,
        value_parser = clap::value_parser!(u32).range(1..), value_name = "EVENTS")]
    pub(crate) staff_events: u32,
    /// How many bytes these may have together.
    #[arg(long, env = "TALLYLOG_STAFF_BYTES", default_value_t = Allowances::DEFAULT.staff.bytes,
        value_parser = clap::value_parser!(u32).range(65_535..), value_name = "BYTES")]
    pub(crate) staff_bytes: u32,
}

impl AllowanceArgs {
    /// How much each key may say in an hour.
    pub(crate) const fn allowances(&self) -> Allowances {
        Allowances {
            person: Allowance {
                events: self.chair_events,
                bytes: self.chair_bytes,
            },
            staff: Allowance {
                events: self.staff_events,
                bytes: self.staff_bytes,
            },
        }
    }
}

/// Who cosigns the log's checkpoints.
#[derive(Debug, Group)]
pub(crate) struct CosignArgs {
    /// A witness to ask for cosignatures: its verifier key, an at sign, and its URL. May be said several times.
    #[arg(long, env = "TALLYLOG_WITNESSES", value_name = "VKEY@URL", value_delimiter = ' ')]
    pub(crate) witness: Vec<cosign::Witness>,
    /// How many of the witnesses are enough [default: more than half of them].
    #[arg(long, env = "TALLYLOG_WITNESS_QUORUM", value_name = "NUMBER", requires = "witness")]
    pub(crate) witness_quorum: Option<usize>,
}

impl CosignArgs {
    /// How many of the witnesses are to cosign.
    pub(crate) fn quorum(&self) -> usize {
        let majority = (self.witness.len() + 1).div_ceil(2);
        self.witness_quorum
            .unwrap_or(if self.witness.is_empty() { 0 } else { majority })
    }
}

#[derive(Debug, Group)]
pub(crate) struct DemoArgs {
    /// Keep the log in this folder, which must not hold one [default: a temporary folder].
    #[arg(long, env = "TALLYLOG_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// The address to listen on. Port 0 takes any free port.
    #[arg(
        long,
        env = "TALLYLOG_LISTEN",
        default_value = "127.0.0.1:7420",
        value_name = "ADDRESS"
    )]
    pub(crate) listen: SocketAddr,
    /// The night's seed: the same seed gives the same night.
    #[arg(long, env = "TALLYLOG_NIGHT", default_value_t = 2028)]
    pub(crate) seed: u64,
    /// How long the night takes, in seconds; 0 for as fast as the machine can.
    #[arg(long, env = "TALLYLOG_SECONDS", default_value_t = 90)]
    pub(crate) seconds: u64,
    /// Go on after the night, as fast as the machine can, until the log has so many entries: for measurements.
    #[arg(long, env = "TALLYLOG_ENTRIES", value_name = "NUMBER")]
    pub(crate) entries: Option<u64>,
    /// Make devices for some of the night's people in this folder, to work at the desks.
    #[arg(long, env = "TALLYLOG_DEVICES", value_name = "DIR")]
    pub(crate) devices: Option<PathBuf>,
    /// Stop when the night is over instead of staying up for queries.
    #[arg(long, env = "TALLYLOG_EXIT")]
    pub(crate) exit: bool,
    #[command(flatten)]
    pub(crate) reserve: ReserveArgs,
}

#[derive(Debug, Group)]
pub(crate) struct WitnessArgs {
    #[command(subcommand)]
    pub(crate) command: WitnessCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WitnessCommand {
    /// Cosign what logs have grown to, and show it to anybody.
    Serve(WitnessServeArgs),
    /// Show the witness's verifier key, which is made where there is none.
    Key(WitnessKeyArgs),
}

/// Which witness.
#[derive(Debug, Group)]
pub(crate) struct WitnessDirArgs {
    /// The folder of the witness; made where there is none.
    #[arg(long, env = "TALLYLOG_WITNESS_DIR", value_name = "DIR")]
    pub(crate) data_dir: PathBuf,
    /// The witness's name: a URL without its scheme. Settled when the key is made [default: one that is derived from the key].
    #[arg(long, env = "TALLYLOG_WITNESS_NAME", value_name = "NAME")]
    pub(crate) name: Option<KeyName>,
}

#[derive(Debug, Group)]
#[command(group = ArgGroup::new("watched").required(true).args(["log", "policy"]))]
pub(crate) struct WitnessServeArgs {
    #[command(flatten)]
    pub(crate) of: WitnessDirArgs,
    /// The verifier key of a log to watch. May be said several times.
    #[arg(long, env = "TALLYLOG_WITNESS_LOGS", value_name = "VKEY", value_delimiter = ' ')]
    pub(crate) log: Vec<LogKey>,
    /// A policy file: watch the logs that it names.
    #[arg(long, env = "TALLYLOG_POLICY", value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// The address to listen on. Port 0 takes any free port.
    #[arg(
        long,
        env = "TALLYLOG_WITNESS_LISTEN",
        default_value = "127.0.0.1:7421",
        value_name = "ADDRESS"
    )]
    pub(crate) listen: SocketAddr,
    /// Listen on an address that other machines reach, although the connection is not encrypted.
    #[arg(long, env = "TALLYLOG_INSECURE")]
    pub(crate) insecure: bool,
}

#[derive(Debug, Group)]
pub(crate) struct WitnessKeyArgs {
    #[command(flatten)]
    pub(crate) of: WitnessDirArgs,
}
