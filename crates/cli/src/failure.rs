//! How a command ends.

use std::path::PathBuf;
use std::process::ExitCode;

use tallylog_server::Problem;
use tallylog_server::witness::WitnessError;
use tallylog_store::{StoreError, is_full};
use tallylog_tlog::{KeyName, PolicyError};
use tallylog_verify::RosterError;
use tallylog_verify::program::Fault;
use thiserror::Error;
use tonic_types::StatusExt;

use crate::desk::DeskFault;
use crate::device::DeviceFault;
use crate::enrol::EnrolFault;
use crate::enter::EnterFault;
use crate::exports::{Disparity, ReadBack};
use crate::keys::KeysFault;
use crate::mirror::{BundleFault, ExportFault};
use crate::open::OpenFault;
use crate::outbox::OutboxFault;
use crate::outstanding::CallFault;
use crate::photo::PhotoFault;
use crate::report::ReportFault;
use crate::verify::VerifyFault;
use crate::worksheet::SheetFault;

/// How a question was answered. The number is the process's exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Yes, or done.
    Yes,
    /// No: what was checked does not hold.
    No,
    /// Nobody can say: there is something that this program does not know.
    Unknown,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Yes => Self::SUCCESS,
            Outcome::No => Self::from(1),
            Outcome::Unknown => Self::from(2),
        }
    }
}

/// Why a command could not do what it was asked. The process exits with 2.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Problem(#[from] Problem),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Witness(#[from] WitnessError),
    #[error(
        "this witness is called {settled}, and a witness keeps its name; leave out --name, or make another witness"
    )]
    WitnessName { settled: KeyName },
    #[error("{path} is missing, or of another witness; restore it from a copy, or make another witness")]
    NoWitnessKey { path: PathBuf },
    #[error(transparent)]
    KeyName(#[from] tallylog_tlog::NameError),
    #[error("{path}, {error}")]
    Policy { path: PathBuf, error: PolicyError },
    #[error("{0} names no log to watch; add a line \"log\" with the log's verifier key")]
    NoLogs(PathBuf),
    #[error("{}: {}", path.display(), reason(error))]
    File { path: PathBuf, error: std::io::Error },
    #[error(
        "the disk of {0} is full, and nothing was written; make room on it, or lower --reserve, then run this again"
    )]
    DiskFull(PathBuf),
    #[error("{path}, line {line}: {fault}; nothing of this file was recorded, mend the row and import again")]
    Row { path: PathBuf, line: u64, fault: RowFault },
    #[error("{path}: {fault}; nothing of this file was recorded")]
    Table { path: PathBuf, fault: TableFault },
    #[error("{folder}: {error}; nothing was recorded, mend the file and import again")]
    Roster { folder: PathBuf, error: RosterError },
    #[error(
        "the log's release {name} differs from the file at {county}, {precinct}; a published release is never changed, import the file under another name"
    )]
    ReleaseDiffers {
        name: String,
        county: String,
        precinct: String,
    },
    #[error("the log in this folder was opened with another roster, at {0}; import into an empty folder")]
    RosterDiffers(String),
    #[error("the log in {0} is not an archive; published results are imported into an archive only")]
    NotAnArchive(PathBuf),
    #[error("{0} is not empty; choose an empty folder")]
    NotEmpty(PathBuf),
    #[error("{0} holds no log; import a past night into it, or choose another folder")]
    NoLog(PathBuf),
    #[error("{path} is not a key file; restore it from a copy, without it this log cannot be continued")]
    BadKey { path: PathBuf },
    #[error("{path} is missing; restore it from a copy, without it this archive cannot be continued")]
    NoKey { path: PathBuf },
    #[error(
        "{0} is missing, and codes were issued that are made from it; restore it from a backup, or say --new-codes: then the codes that were printed work no longer, and new ones are printed by `key codes`"
    )]
    LostCodes(PathBuf),
    #[error(
        "{0:?} is no server that this program can ask; give its address as http://HOST:PORT (encryption is not supported yet)"
    )]
    BadUrl(String),
    #[error(
        "--as-of takes a size of the log, such as 1500, or a time with its zone, such as 2028-02-07T21:30:00-06:00, and not {0:?}"
    )]
    BadMoment(String),
    #[error(
        "{0} is reached by other machines, and the connection is not encrypted; listen on 127.0.0.1; `serve` and `witness serve` may be told --insecure"
    )]
    NotLoopback(std::net::SocketAddr),
    #[error(
        "--clock-is says {said}, and this machine's clock says {ours}; set the clock, or say the right time. Nothing was served"
    )]
    ClockDiffers { said: String, ours: String },
    #[error("cannot listen on {address}: {error}; --listen 127.0.0.1:0 takes any free port")]
    Listen {
        address: std::net::SocketAddr,
        error: std::io::Error,
    },
    #[error("no server answers at {url}: {error}")]
    Unreachable {
        url: String,
        error: tonic::transport::Error,
    },
    #[error("{}", .0.message())]
    Server(Box<tonic::Status>),
    #[error("the answer could not be written: {}", reason(.0))]
    Output(std::io::Error),
    #[error("the system gives no randomness")]
    Randomness,
    #[error(
        "{missing} of {size} entries cannot be read any more, the first of them entry {first}; --prefix takes the entries before it"
    )]
    Incomplete { missing: u64, size: u64, first: u64 },
    #[error("{url} cannot be read: {error}")]
    Http { url: String, error: Box<ureq::Error> },
    #[error("{url} answers with status {status}; check the address, which must be that of a log")]
    HttpStatus { url: String, status: u16 },
    #[error("{url} is not what it must be [{code}]; check the address, which must be that of a log")]
    MalformedAnswer { url: String, code: &'static str },
    #[error(transparent)]
    Export(#[from] ExportFault),
    #[error(transparent)]
    Bundle(#[from] BundleFault),
    #[error("{path} is not what it must be: {fault}")]
    Verify { path: PathBuf, fault: VerifyFault },
    #[error(transparent)]
    VerifyFlags(VerifyFault),
    #[error(transparent)]
    Verifier(#[from] Fault),
    #[error(transparent)]
    Open(#[from] OpenFault),
    #[error(transparent)]
    Enrol(#[from] EnrolFault),
    #[error(transparent)]
    Keys(#[from] KeysFault),
    #[error(transparent)]
    Desk(#[from] DeskFault),
    #[error(transparent)]
    Enter(#[from] EnterFault),
    #[error(transparent)]
    Call(#[from] CallFault),
    #[error(transparent)]
    Device(#[from] DeviceFault),
    #[error(transparent)]
    Outbox(#[from] OutboxFault),
    #[error(transparent)]
    Photo(#[from] PhotoFault),
    #[error(transparent)]
    Report(#[from] ReportFault),
    #[error("{path}: {fault}; nothing was signed")]
    Worksheet { path: PathBuf, fault: SheetFault },
    #[error("the terminal does not answer: {0}; nothing was signed")]
    Terminal(std::io::Error),
    #[error("{0}\nnothing was kept; this is a fault of the program, tell whoever maintains it")]
    Parity(#[from] Disparity),
    #[error("{path} cannot be read back: {fault}")]
    ReadBack { path: PathBuf, fault: ReadBack },
    #[error("{0} does not say how far a log was followed; give another file, or remove this one")]
    NoPlace(PathBuf),
    #[error("{0} has ended the connection")]
    Hung(String),
}

/// What is wrong with a row.
#[derive(Debug, Error)]
pub(crate) enum RowFault {
    #[error("{0}")]
    Csv(String),
    #[error("{column} must be a whole number, and is {value:?}")]
    Number { column: &'static str, value: String },
    #[error("{column} is {value}, and a report may give {limit} at most: check for a slip of the finger")]
    TooLarge {
        column: &'static str,
        value: u64,
        limit: u64,
    },
    #[error("sde must be a number with up to 4 decimals, and is {0:?}")]
    Equivalents(String),
    #[error("the roster has no county or pool {0:?}")]
    County(String),
    #[error("the roster has no precinct {precinct:?} in {county}")]
    Precinct { county: String, precinct: String },
    #[error("{0:?} is no candidate of this contest")]
    Candidate(String),
    #[error("{0} stands twice")]
    Twice(String),
    #[error("{county}, {precinct} lacks rows of some candidates: it has {found} of {expected}")]
    Candidates {
        county: String,
        precinct: String,
        found: usize,
        expected: usize,
    },
    #[error("the text cannot be recorded: {0}")]
    Text(#[from] tallylog_event::TextError),
}

/// What is wrong with a whole file.
#[derive(Debug, Error)]
pub(crate) enum TableFault {
    #[error("the columns must be {0}")]
    Header(&'static str),
    #[error("it holds no rows")]
    Empty,
    #[error("there is no release in it")]
    NoReleases,
}

impl Failure {
    /// The stable code. `docs/PROBLEMS.md` lists them.
    pub(crate) fn code(&self) -> String {
        let code = match self {
            Self::Problem(problem) => problem.code(),
            Self::Store(error) => error.code(),
            Self::Witness(error) => error.code(),
            Self::WitnessName { .. } => "witness-name",
            Self::NoWitnessKey { .. } => "no-witness-key",
            Self::KeyName(error) => error.code(),
            Self::Policy { error, .. } => error.code(),
            Self::NoLogs(_) => "no-logs",
            Self::File { error, .. } if is_full(error) => "disk-full",
            Self::File { .. } => "file-unreadable",
            Self::DiskFull(_) => "disk-full",
            Self::Row { .. } => "malformed-row",
            Self::Table { .. } => "malformed-table",
            Self::Roster { error, .. } => error.code(),
            Self::ReleaseDiffers { .. } => "release-differs",
            Self::RosterDiffers(_) => "roster-differs",
            Self::NotAnArchive(_) => "not-an-archive",
            Self::NotEmpty(_) => "not-empty",
            Self::NoLog(_) => "no-log",
            Self::BadKey { .. } => "bad-key-file",
            Self::NoKey { .. } => "no-key",
            Self::LostCodes(_) => "codes-lost",
            Self::BadUrl(_) => "bad-url",
            Self::BadMoment(_) => "bad-moment",
            Self::NotLoopback(_) => "not-loopback",
            Self::ClockDiffers { .. } => "clock-differs",
            Self::Listen { .. } => "cannot-listen",
            Self::Unreachable { .. } => "server-unreachable",
            Self::Server(status) => return server_code(status),
            Self::Output(error) if is_full(error) => "disk-full",
            Self::Output(_) => "cannot-write",
            Self::Randomness => "no-randomness",
            Self::Incomplete { .. } => "entries-missing",
            Self::Http { .. } => "http-failed",
            Self::HttpStatus { .. } => "http-status",
            Self::MalformedAnswer { .. } => "malformed-answer",
            Self::Export(fault) => fault.code(),
            Self::Bundle(fault) => fault.code(),
            Self::Verify { fault, .. } | Self::VerifyFlags(fault) => fault.code(),
            Self::Verifier(fault) => fault.code(),
            Self::Open(fault) => fault.code(),
            Self::Enrol(fault) => fault.code(),
            Self::Keys(fault) => fault.code(),
            Self::Desk(fault) => fault.code(),
            Self::Enter(fault) => fault.code(),
            Self::Call(fault) => fault.code(),
            Self::Device(fault) => fault.code(),
            Self::Outbox(fault) => fault.code(),
            Self::Photo(fault) => return photo_code(fault),
            Self::Report(fault) => fault.code(),
            Self::Worksheet { fault, .. } => fault.code(),
            Self::Terminal(_) => "no-terminal",
            Self::Parity(_) => "export-parity",
            Self::ReadBack { .. } => "export-unreadable",
            Self::NoPlace(_) => "not-a-place",
            Self::Hung(_) => "server-hung-up",
        };
        code.to_owned()
    }
}

/// What the system said, with what to do where that is plain.
fn reason(error: &std::io::Error) -> String {
    if is_full(error) {
        return format!(
            "the disk is full ({error}); make room on it, then run this again: nothing that was kept is lost"
        );
    }
    if error.kind() == std::io::ErrorKind::PermissionDenied {
        return format!("{error}; run this as the owner, or have the permissions set right");
    }
    error.to_string()
}

/// The code of this program, or that of the server, or the bare status where something between us and it answered.
fn photo_code(fault: &PhotoFault) -> String {
    match fault {
        PhotoFault::Refused { status, code, .. } if code.is_empty() => format!("http-{status}"),
        PhotoFault::Refused { code, .. } => code.clone(),
        PhotoFault::NotSent { .. }
        | PhotoFault::KeyNeeded { .. }
        | PhotoFault::InPart
        | PhotoFault::Changed(_)
        | PhotoFault::OtherBytes
        | PhotoFault::NoneSuch(_)
        | PhotoFault::Several(_) => fault.code().unwrap_or_default().to_owned(),
    }
}

/// The code that a server gave, or the bare status where something between us and it answered.
fn server_code(status: &tonic::Status) -> String {
    status
        .get_details_error_info()
        .map_or_else(|| format!("grpc-{}", i32::from(status.code())), |info| info.reason)
}

impl From<tonic::Status> for Failure {
    fn from(status: tonic::Status) -> Self {
        Self::Server(Box::new(status))
    }
}
