//! Every way to say no, with its stable code, and the only place where codes become gRPC statuses.

use std::collections::HashMap;
use std::time::Duration;

use tallylog_event::{DecodeError, EnrolmentError, EntryIndex, MAX_ENTRY_BYTES, TextError, UnixMillis, VerifyError};
use tallylog_projection::{DeskRefusal, Fault, Refusal};
use tallylog_store::StoreError;
use tallylog_tlog::{CheckpointError, NameError, ReceiptError};
use thiserror::Error;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::codes::MistypedCode;
use crate::cosign::{Alarm, CosignError};
use crate::shelf::FileProblem;

/// How long a sender should wait before it tries again.
const RETRY: Duration = Duration::from_millis(250);

/// The same where the server's clock is not believed: somebody has to look at it.
const CLOCK_RETRY: Duration = Duration::from_secs(5);

/// Why a request is not answered with what it asks for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Problem {
    /// The log refuses the event.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A key or signature of the wrong length.
    #[error("a key has 32 bytes and a signature 64; the client that sent this is broken")]
    MalformedRequest,
    /// The signature does not hold.
    #[error(
        "the signature does not hold for this key and these bytes; sign the bytes that are sent, with the key that is sent"
    )]
    BadSignature,
    /// The bytes are no event.
    #[error("{0}; the client may be newer or older than this server")]
    MalformedEvent(DecodeError),
    /// The event enrols a key that is unfit, or that nobody proved to hold.
    #[error(transparent)]
    BadEnrolment(EnrolmentError),
    /// The event does not fit into an entry.
    #[error("the event makes an entry of {0} bytes, and an entry has at most {MAX_ENTRY_BYTES}; split it")]
    EntryTooLarge(usize),
    /// More is waiting than the queue holds.
    #[error("the server is busy and has not looked at this; send the same bytes again in a moment")]
    Busy,
    /// More questions wait than are kept waiting, and most of them are this asker's.
    #[error("too many questions of yours wait for an answer; ask again in a moment")]
    TooManyQuestions,
    /// A message or a body is larger than what is asked needs.
    #[error("a message of this kind has at most {0} bytes; send less at a time, or mend the client that sent this")]
    MessageTooLarge(usize),
    /// A body came too slowly.
    #[error("the request came too slowly, and nothing was done; send it again where the connection is better")]
    TooSlow,
    /// The key has said too much in the last hour.
    #[error("this key has said as much as one may in an hour; send the same bytes again in {}", seconds(*.0))]
    TooFast(Duration),
    /// Somebody is said to have typed whom the notebook did not see type.
    #[error(
        "{0} typed nothing into this precinct that this server has seen; have the draft handed over at the desk, or enter without that name"
    )]
    HandUnseen(String),
    /// The server is being stopped.
    #[error("the server is stopping and has not looked at this; send the same bytes again when it is back")]
    Stopping,
    /// Nobody has confirmed the server's clock since it started.
    #[error(
        "nobody has confirmed the server's clock since it started, and until then it takes nothing; send the same bytes again later, and tell whoever runs the server: it says there what to do"
    )]
    ClockUnconfirmed,
    /// Somebody set the server's clock while it ran.
    #[error(
        "the server's clock was set while it ran, and it takes nothing until the time is known again; send the same bytes again later, and tell whoever runs the server: it says there what to do"
    )]
    ClockJumped,
    /// The disk failed. Nothing is known of the events in flight.
    #[error("the log could not be written, and the server stops; send the same bytes again when it is back")]
    LogFailed,
    /// The disk has no room, and nothing was taken.
    #[error(
        "the disk of this server is full, and nothing of this was taken; whoever runs the server must make room: send the same bytes again in a moment, it goes on by itself"
    )]
    DiskFull,
    /// The disk ran full in the middle of a write. Nothing is known of the events in flight.
    #[error(
        "the disk of this server ran full while the log was written, and the server stops; nothing that was acknowledged is lost: make room on that disk and start it again, then send the same bytes again"
    )]
    RanFull,
    /// The disk has no room, in the words of whoever met that.
    #[error("{0}")]
    NoRoom(String),
    /// The store refused.
    #[error("{text}")]
    Store {
        /// Its code.
        code: &'static str,
        /// What it said, with the place.
        text: String,
        /// Whether what lies on the disk is at fault, rather than something in the way of whoever looks.
        is_damage: bool,
    },
    /// An entry that was looked up is not there or does not decode.
    #[error("an entry of the log could not be read; stop the server and check the log")]
    Unreadable(&'static str),
    /// An entry of the log on disk is not what it must be.
    #[error("{entry} is damaged: {fault}; copy the folder aside, and restore from a backup or another copy of the log")]
    Damaged {
        /// The first bad entry.
        entry: EntryIndex,
        /// What is wrong with it.
        fault: Fault,
    },
    /// No county or pool of that name.
    #[error("the roster has no county or pool {0:?}; check the spelling")]
    NoCounty(String),
    /// No precinct of that name there.
    #[error("{county} has no precinct {precinct:?}; check the spelling")]
    NoPrecinct {
        /// The county.
        county: String,
        /// The name that was asked for.
        precinct: String,
    },
    /// No such congressional district.
    #[error("the plan has no congressional district {0}")]
    NoDistrict(u32),
    /// No release of that name.
    #[error("the log has no release {0:?}; releases have the names under which they were made")]
    NoRelease(String),
    /// A size that the log has not reached.
    #[error("the log has {size} entries, and {asked} were asked for; ask for a smaller size")]
    BeyondLog {
        /// What was asked for.
        asked: u64,
        /// What there is.
        size: u64,
    },
    /// The log holds no contest yet.
    #[error("at that moment the log has no contest; ask for a later one, or import a past night into it")]
    Empty,
    /// The log is shorter than what was signed.
    #[error(
        "the log has {size} entries, and a checkpoint over {signed} was signed; another history must never be signed: restore the missing entries with `tallylog restore`"
    )]
    BehindCheckpoint {
        /// How many entries the last checkpoint covers.
        signed: u64,
        /// How many there are.
        size: u64,
    },
    /// The log is another than what was signed.
    #[error(
        "the first {0} entries are not those over which a checkpoint was signed; another history must never be signed: restore the log with `tallylog restore`"
    )]
    NotAsSigned(u64),
    /// The last checkpoint is not this log's.
    #[error("the last checkpoint on disk is not this log's: {0}; put the right file of checkpoints beside the log")]
    BadCheckpoint(CheckpointError),
    /// The keys beside the log are not the contest's.
    #[error(
        "the log's key or the service's key is not the one that the contest names; put the right keys beside the log"
    )]
    OtherLogKey,
    /// The log's own events cannot be signed.
    #[error(
        "the key for the log's own events {}, so nothing is committed to and no code is redeemed; make another with `tallylog key successor`, and have two persons sign for it",
        lacking(*.revoked)
    )]
    NoServiceKey {
        /// The entry that withdrew it, if one did; otherwise it is not on this server.
        revoked: Option<EntryIndex>,
    },
    /// The contest's origin is no name of a log.
    #[error("the contest's origin cannot name a log: {0}; a log needs an origin without spaces and plus signs")]
    BadOrigin(NameError),
    /// A receipt could not be made.
    #[error("the receipt cannot be made: {0}")]
    BadReceipt(ReceiptError),
    /// There is no checkpoint.
    #[error("no checkpoint has been signed; ask again when the log has entries, of a server that has the log's key")]
    NotSigned,
    /// No checkpoint covers an entry yet.
    #[error("{entry} is on disk, and the latest checkpoint covers {size} entries; ask again in a moment")]
    NotCovered {
        /// The entry.
        entry: EntryIndex,
        /// How many entries the latest checkpoint covers.
        size: u64,
    },
    /// No event of that author and submission id.
    #[error("the log has no event of this author under this submission id; check both, or send the event")]
    NoSubmission,
    /// There is no commitment to prove anything by.
    #[error("no totals have been committed to since then; ask for a fresh commitment")]
    NotCommitted,
    /// Somebody asked for a commitment a moment ago.
    #[error("totals were committed to less than ten seconds ago; prove by those, or ask again in a moment")]
    CommittedRecently,
    /// The witnesses cannot be asked as they were given.
    #[error(transparent)]
    BadWitnesses(CosignError),
    /// A witness shows that the log went back, or that it has two histories.
    #[error(transparent)]
    Alarm(Box<Alarm>),
    /// The entry named is no case, and no proposal in one.
    #[error("{0} is no correction case and no proposal in one; `tallylog correct list` shows the cases")]
    NoCase(EntryIndex),
    /// The entry named drew no sample.
    #[error("{0} drew no sample; `tallylog audit report` shows every sample")]
    NoSample(EntryIndex),
    /// The effect of something that corrects nothing was asked for.
    #[error(
        "this event corrects no precinct of the roster, and has no effect on figures; send a proposal or a correction"
    )]
    NotACorrection,
    /// No such tile.
    #[error("the log of the latest checkpoint has no such tile; take the sizes from /checkpoint")]
    NoTile,
    /// The headers of a signed read are none.
    #[error(
        "the headers of a signed read come all four together: key, nonce and signature in hexadecimal, time in decimal; the client that sent this is broken"
    )]
    MalformedRead,
    /// The signature of a read does not hold.
    #[error(
        "the signature of this request does not hold for its key, path and time, this contest and this log; sign for the server that is asked"
    )]
    BadReadSignature,
    /// A signed read is too far from the server's time. It carries that time.
    #[error(
        "the request was signed more than 60 seconds from the server's time ({} ms since 1970), or before it started; set the clock, and sign again",
        .0.0
    )]
    ReadTooOld(UnixMillis),
    /// A signed read came before.
    #[error("a request with this time and nonce came before; sign every request anew")]
    ReadRepeated,
    /// Only for enrolled keys.
    #[error("this is for people with an enrolled key; sign the request, with `--device`")]
    KeyNeeded,
    /// Only for staff.
    #[error(
        "this is for the staff of the tabulation centre; sign the request as registrar, operator, reviewer or corrections officer, with `--device`"
    )]
    StaffOnly,
    /// Not public yet.
    #[error(
        "this is withheld until released; wait for the release that lists it, or ask as staff or as a campaign, with `--device`"
    )]
    Embargoed,
    /// The server keeps no notebook.
    #[error(
        "this server keeps no notebook, so it has no claims, drafts and telephone numbers; serve the log from its data folder"
    )]
    NoNotebook,
    /// A line of the notebook is not as it was written.
    #[error(
        "line {0} of the notebook is not as it was written; move the file aside to start with a blank one, the log is not concerned"
    )]
    NotebookDamaged(usize),
    /// The notebook could not be written.
    #[error("the notebook could not be read or written: {0}; nothing of this was noted, try again")]
    NotebookFailed(String),
    /// The notebook has as many pages as it may have.
    #[error("the notebook has as many pages as it may have, and nothing was noted")]
    NotebookFull,
    /// Something is longer than the notebook takes.
    #[error("the {what} is longer than {limit}, and nothing was noted; make it shorter")]
    NoteTooLong {
        /// What.
        what: &'static str,
        /// How long it may be, in bytes.
        limit: usize,
    },
    /// A note cannot be shown.
    #[error("{0}, and nothing was noted; type it again")]
    BadNote(TextError),
    /// Somebody else is on the precinct.
    #[error("{0} is entering this precinct already; ask {0} to hand it over, or a reviewer to free it")]
    Claimed(String),
    /// The operator is on as many precincts as one may be.
    #[error(
        "{person} is entering {most} precincts already; enter one of them, or give it back with `tallylog enter --discard`"
    )]
    TooManyClaims {
        /// Who.
        person: String,
        /// How many one may be on.
        most: usize,
    },
    /// The reader has no draft of the precinct.
    #[error("there is no draft of this precinct by this person; begin anew")]
    NoDraft,
    /// Whoever is to go on with a draft has one already.
    #[error(
        "{0} has typed into this precinct already, and nothing of that is written over; ask {0} to throw it away, or to go on with it"
    )]
    DraftThere(String),
    /// A call without a word, a time and a name.
    #[error("nothing was said of the call; say what came of it, when to call again, or who calls")]
    NothingNoted,
    /// Nobody of that name has that role.
    #[error("{person:?} is no {role} with a key that may be used; check the name")]
    NoSuchPerson {
        /// The name.
        person: String,
        /// The role.
        role: &'static str,
    },
    /// No two sources stand beside each other.
    #[error("no two sources of this precinct stand beside each other")]
    NothingToCompare,
    /// No such code.
    #[error("{0:?} is no discrepancy's code; codes are V01 to V34")]
    NoSuchCode(String),
    /// Nothing is missing under that word.
    #[error("{0:?} is nothing that can be missing; say awaiting, partly, single, second, photo or held")]
    NoSuchLack(String),
    /// The server makes no enrolment codes.
    #[error("this server makes no enrolment codes; have the key enrolled by a registrar with `tallylog key add`")]
    NoCodes,
    /// What was sent can be no code.
    #[error("{0}")]
    CodeMistyped(MistypedCode),
    /// No code of that precinct.
    #[error(
        "that is no code of this precinct; compare the precinct and the code with the sheet, and ask the registrar"
    )]
    CodeWrong,
    /// The code was withdrawn.
    #[error("the code was withdrawn by {0}; ask the registrar for another")]
    CodeWithdrawn(EntryIndex),
    /// Too many wrong codes from one address.
    #[error(
        "this code is not right, and too many wrong ones came from this address; compare it with the sheet, wait {} and type it again",
        seconds(*.0)
    )]
    SlowDown(Duration),
    /// A photo or a document is not taken, or not given out.
    #[error(transparent)]
    File(#[from] FileProblem),
}

/// Why there is no key for the log's own events.
fn lacking(revoked: Option<EntryIndex>) -> String {
    revoked.map_or_else(
        || "is not on this server".to_owned(),
        |by| format!("was revoked by {by}"),
    )
}

/// A pause in whole seconds, and never too few of them.
fn seconds(pause: Duration) -> String {
    match pause.as_millis().div_ceil(1_000) {
        1 => "1 second".to_owned(),
        more => format!("{more} seconds"),
    }
}

impl From<VerifyError> for Problem {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Signature(_) => Self::BadSignature,
            VerifyError::Decode(error) => Self::MalformedEvent(error),
            VerifyError::Enrolment(error) => Self::BadEnrolment(error),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if let Some(problem) = FileProblem::of(&error) {
            return Self::File(problem);
        }
        if error.is_full() {
            return Self::NoRoom(error.to_string());
        }
        Self::Store {
            code: error.code(),
            text: error.to_string(),
            is_damage: error.is_damage(),
        }
    }
}

impl Problem {
    /// The stable code. `docs/PROBLEMS.md` lists them.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "one arm a code")]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::MalformedRequest => "malformed-request",
            Self::BadSignature => "bad-signature",
            Self::MalformedEvent(_) => "malformed-event",
            Self::BadEnrolment(EnrolmentError::Key(_)) => "bad-key",
            Self::BadEnrolment(EnrolmentError::Possession) => "no-possession",
            Self::EntryTooLarge(_) => "entry-too-large",
            Self::Busy | Self::TooManyQuestions => "busy",
            Self::MessageTooLarge(_) => "message-too-large",
            Self::TooSlow => "too-slow",
            Self::TooFast(_) => "too-fast",
            Self::HandUnseen(_) => "hand-unseen",
            Self::Stopping => "stopping",
            Self::ClockUnconfirmed => "clock-unconfirmed",
            Self::ClockJumped => "clock-jumped",
            Self::LogFailed => "log-failed",
            Self::DiskFull | Self::RanFull | Self::NoRoom(_) => "disk-full",
            Self::Unreadable(code) | Self::Store { code, .. } => code,
            Self::Damaged { .. } => "entry-damaged",
            Self::NoCounty(_) => "no-county",
            Self::NoPrecinct { .. } => "no-precinct",
            Self::NoDistrict(_) => "no-district",
            Self::NoRelease(_) => "no-release",
            Self::BeyondLog { .. } => "beyond-log",
            Self::Empty => "empty-log",
            Self::BehindCheckpoint { .. } => "behind-checkpoint",
            Self::NotAsSigned(_) => "not-as-signed",
            Self::BadCheckpoint(error) => error.code(),
            Self::OtherLogKey => "other-log-key",
            Self::NoServiceKey { .. } => "no-service-key",
            Self::BadOrigin(error) => error.code(),
            Self::BadReceipt(error) => error.code(),
            Self::NotSigned => "not-signed",
            Self::NotCovered { .. } => "not-covered",
            Self::NoSubmission => "no-submission",
            Self::NotCommitted => "not-committed",
            Self::CommittedRecently => "committed-recently",
            Self::BadWitnesses(error) => error.code(),
            Self::Alarm(alarm) => alarm.code(),
            Self::NoCase(_) => "no-case",
            Self::NoSample(_) => "no-sample",
            Self::NotACorrection => "not-a-correction",
            Self::NoTile => "no-tile",
            Self::MalformedRead => "malformed-read",
            Self::BadReadSignature => "bad-read-signature",
            Self::ReadTooOld(_) => "read-too-old",
            Self::ReadRepeated => "read-repeated",
            Self::KeyNeeded => "key-needed",
            Self::StaffOnly => "staff-only",
            Self::Embargoed => "embargoed",
            Self::NoNotebook => "no-notebook",
            Self::NotebookDamaged(_) => "notebook-damaged",
            Self::NotebookFailed(_) => "notebook-failed",
            Self::NotebookFull => "notebook-full",
            Self::NoteTooLong { .. } => "note-too-long",
            Self::BadNote(_) => "bad-note",
            Self::Claimed(_) => "claimed",
            Self::TooManyClaims { .. } => "too-many-claims",
            Self::NoDraft => "no-draft",
            Self::DraftThere(_) => "draft-there",
            Self::NothingNoted => "nothing-noted",
            Self::NoSuchPerson { .. } => "no-such-person",
            Self::NothingToCompare => "nothing-to-compare",
            Self::NoSuchCode(_) => "no-such-code",
            Self::NoSuchLack(_) => "no-such-lack",
            Self::NoCodes => "no-codes",
            Self::CodeMistyped(_) => "code-mistyped",
            Self::CodeWrong => "code-wrong",
            Self::CodeWithdrawn(_) => "code-withdrawn",
            Self::SlowDown(_) => "slow-down",
            Self::File(problem) => problem.code(),
        }
    }

    /// Whether there was no room on the disk.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        matches!(self, Self::DiskFull | Self::RanFull | Self::NoRoom(_))
    }

    /// Whether the same request may succeed after a while.
    #[must_use]
    pub const fn may_retry(&self) -> bool {
        matches!(
            self,
            Self::Busy
                | Self::TooManyQuestions
                | Self::Stopping
                | Self::ClockUnconfirmed
                | Self::ClockJumped
                | Self::LogFailed
                | Self::DiskFull
                | Self::RanFull
                | Self::NoRoom(_)
                | Self::NotCovered { .. }
                | Self::CommittedRecently
                | Self::NotebookFailed(_)
                | Self::SlowDown(_)
                | Self::File(FileProblem::InUse | FileProblem::Full)
                | Self::TooSlow
                | Self::TooFast(_)
                | Self::Refused(Refusal::Desk(DeskRefusal::Paused(_)))
        )
    }

    /// How long a sender should wait before it tries again.
    const fn pause(&self) -> Duration {
        if let Self::SlowDown(pause) | Self::TooFast(pause) = self {
            return *pause;
        }
        if matches!(self, Self::ClockUnconfirmed | Self::ClockJumped) {
            return CLOCK_RETRY;
        }
        RETRY
    }

    /// What a program needs beside the code.
    pub(crate) fn further(&self) -> Option<(String, String)> {
        // A device with a wrong clock signs again, by the server's.
        if let Self::ReadTooOld(now) = self {
            return Some(("now-ms".to_owned(), now.0.to_string()));
        }
        if let Self::File(FileProblem::OtherOffset(offset)) = self {
            return Some(("offset".to_owned(), offset.to_string()));
        }
        None
    }

    #[expect(clippy::too_many_lines, reason = "one line a problem")]
    pub(crate) const fn status_code(&self) -> Code {
        match self {
            Self::Refused(refusal) => refused(refusal),
            Self::File(problem) => file_refused(problem),
            Self::MalformedRequest
            | Self::MalformedRead
            | Self::MalformedEvent(_)
            | Self::BadEnrolment(_)
            | Self::EntryTooLarge(_)
            | Self::NoteTooLong { .. }
            | Self::BadNote(_)
            | Self::NothingNoted
            | Self::NoSuchCode(_)
            | Self::NoSuchLack(_)
            | Self::CodeMistyped(_)
            | Self::NotACorrection => Code::InvalidArgument,
            Self::BadSignature
            | Self::BadReadSignature
            | Self::ReadTooOld(_)
            | Self::ReadRepeated
            | Self::KeyNeeded => Code::Unauthenticated,
            Self::StaffOnly | Self::Embargoed | Self::CodeWrong => Code::PermissionDenied,
            Self::SlowDown(_) | Self::TooFast(_) | Self::MessageTooLarge(_) => Code::ResourceExhausted,
            Self::TooSlow => Code::DeadlineExceeded,
            Self::Busy
            | Self::TooManyQuestions
            | Self::Stopping
            | Self::ClockUnconfirmed
            | Self::ClockJumped
            | Self::LogFailed
            | Self::DiskFull
            | Self::RanFull
            | Self::NoRoom(_)
            | Self::NotebookFailed(_)
            | Self::NotCovered { .. }
            | Self::CommittedRecently => Code::Unavailable,
            Self::Unreadable(_)
            | Self::Store { .. }
            | Self::Damaged { .. }
            | Self::NotebookDamaged(_)
            | Self::BehindCheckpoint { .. }
            | Self::NotAsSigned(_)
            | Self::BadCheckpoint(_)
            | Self::BadReceipt(_)
            | Self::Alarm(_) => Code::DataLoss,
            Self::NoCounty(_)
            | Self::NoPrecinct { .. }
            | Self::NoDistrict(_)
            | Self::NoRelease(_)
            | Self::NoSubmission
            | Self::NoCase(_)
            | Self::NoSample(_)
            | Self::NoDraft
            | Self::NoSuchPerson { .. }
            | Self::NothingToCompare
            | Self::NoTile => Code::NotFound,
            Self::BeyondLog { .. } => Code::OutOfRange,
            Self::Empty
            | Self::NotSigned
            | Self::NotCommitted
            | Self::NoNotebook
            | Self::NotebookFull
            | Self::NoCodes
            | Self::CodeWithdrawn(_)
            | Self::Claimed(_)
            | Self::TooManyClaims { .. }
            | Self::HandUnseen(_)
            | Self::DraftThere(_)
            | Self::OtherLogKey
            | Self::NoServiceKey { .. }
            | Self::BadOrigin(_)
            | Self::BadWitnesses(_) => Code::FailedPrecondition,
        }
    }
}

const fn file_refused(problem: &FileProblem) -> Code {
    match problem {
        FileProblem::NotKept => Code::FailedPrecondition,
        FileProblem::KeptBack | FileProblem::NotTheirs => Code::PermissionDenied,
        FileProblem::Unknown | FileProblem::NotHere => Code::NotFound,
        FileProblem::Damaged => Code::DataLoss,
        FileProblem::OtherOffset(_) => Code::Aborted,
        FileProblem::Quota { .. } | FileProblem::TooMany(_) | FileProblem::TooManyInPart(_) => Code::ResourceExhausted,
        FileProblem::InUse | FileProblem::Full => Code::Unavailable,
        FileProblem::TooLarge(_) | FileProblem::TooLong(_) | FileProblem::Differs | FileProblem::MalformedUpload => {
            Code::InvalidArgument
        }
    }
}

const fn refused(refusal: &Refusal) -> Code {
    match refusal {
        Refusal::NoContest
        | Refusal::ContestOpen
        | Refusal::ClockBack { .. }
        | Refusal::CountyOutOfTurn { .. }
        | Refusal::LastRegistrar
        | Refusal::NotTheRecord { .. }
        | Refusal::CommitmentOutOfTurn { .. }
        | Refusal::TooManyVersions(_)
        | Refusal::Unreleasable { .. } => Code::FailedPrecondition,
        Refusal::UnknownKey(_) => Code::Unauthenticated,
        Refusal::RevokedKey { .. }
        | Refusal::NotAChairs(_)
        | Refusal::WrongRole { .. }
        | Refusal::OutOfScope(_)
        | Refusal::OtherContest => Code::PermissionDenied,
        Refusal::SubmissionReused(_)
        | Refusal::KeyEnrolled(_)
        | Refusal::RepeatsItself(_)
        | Refusal::ReleaseNameTaken { .. } => Code::AlreadyExists,
        Refusal::BadContest(_)
        | Refusal::UnknownFold(_)
        | Refusal::UnknownPrecinct(_)
        | Refusal::UnknownGroup(..)
        | Refusal::FigureTooLarge { .. }
        | Refusal::BadGame(_)
        | Refusal::BadName
        | Refusal::BadCounty(_)
        | Refusal::Unexplained(_)
        | Refusal::TooManyFiles
        | Refusal::NotAReport(_)
        | Refusal::PrecinctTwice(..)
        | Refusal::BadCommitment(_) => Code::InvalidArgument,
        Refusal::Desk(refusal) => refused_at_desk(refusal),
    }
}

const fn refused_at_desk(refusal: &DeskRefusal) -> Code {
    match refusal {
        DeskRefusal::NotInVersion(_)
        | DeskRefusal::Certified(_)
        | DeskRefusal::Assigned { .. }
        | DeskRefusal::Entered { .. }
        | DeskRefusal::NothingToResolve(..)
        | DeskRefusal::Blocking
        | DeskRefusal::NeedsACase
        | DeskRefusal::NotInCase(_)
        | DeskRefusal::NotTheKind
        | DeskRefusal::ProposalOpen(_)
        | DeskRefusal::AlreadyPaused(_)
        | DeskRefusal::NotPaused
        | DeskRefusal::ProposerRevoked { .. }
        | DeskRefusal::NotInSample(_)
        | DeskRefusal::NotAnnounced
        | DeskRefusal::AnnouncementOpen(_)
        | DeskRefusal::AbandonmentWaits(_)
        | DeskRefusal::CodeExpired => Code::FailedPrecondition,
        DeskRefusal::Paused(_) => Code::Unavailable,
        DeskRefusal::SamePerson { .. } | DeskRefusal::OwnEntry(_) | DeskRefusal::NeedsSecond(_) => {
            Code::PermissionDenied
        }
        DeskRefusal::NoSuchDiscrepancy
        | DeskRefusal::NoSuchHold(_)
        | DeskRefusal::NoSuchCase(_)
        | DeskRefusal::NoSuchProposal(_)
        | DeskRefusal::NoSuchInquiry(_)
        | DeskRefusal::NoSuchAct(_)
        | DeskRefusal::NoSuchRelease(_)
        | DeskRefusal::NoSuchSample(_)
        | DeskRefusal::NoSuchAnnouncement(_)
        | DeskRefusal::NoSuchAbandonment(_)
        | DeskRefusal::NoSuchBatch(_) => Code::NotFound,
        DeskRefusal::AlikeName { .. }
        | DeskRefusal::UnknownPerson(_)
        | DeskRefusal::TooManyHands
        | DeskRefusal::NotAnOperator(_)
        | DeskRefusal::HandTwice(_)
        | DeskRefusal::Unjustified(_)
        | DeskRefusal::NotAsProposed(_)
        | DeskRefusal::BadAct(_)
        | DeskRefusal::BadAmendment(_)
        | DeskRefusal::BadDice
        | DeskRefusal::BadSample
        | DeskRefusal::BadAnnouncement(_)
        | DeskRefusal::OtherRoot(_)
        | DeskRefusal::BadCase(_)
        | DeskRefusal::BadBatch
        | DeskRefusal::NotInBatch(_)
        | DeskRefusal::NoFiles => Code::InvalidArgument,
        DeskRefusal::CodeUsed(_) | DeskRefusal::DiceUsed(_) => Code::AlreadyExists,
    }
}

impl From<Problem> for Status {
    fn from(problem: Problem) -> Self {
        let mut details = ErrorDetails::with_error_info(
            problem.code(),
            "tallylog",
            problem.further().into_iter().collect::<HashMap<_, _>>(),
        );
        if problem.may_retry() {
            details.set_retry_info(Some(problem.pause()));
        }
        Self::with_error_details(problem.status_code(), problem.to_string(), details)
    }
}
