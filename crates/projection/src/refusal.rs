//! Why an event is not admitted.

mod desk;

use tallylog_event::{CountyId, EntryIndex, PrecinctId, PublicKey, Text, UnixMillis};
use tallylog_rules::GroupId;
use thiserror::Error;

pub use self::desk::DeskRefusal;
use crate::{FOLD_VERSION, MOST_FILES, MOST_VERSIONS};

/// The log says no. Nothing was recorded; the sentence says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Entry 0 must open the contest.
    #[error("no contest is open in this log; its first event must open one")]
    NoContest,
    /// A contest is opened once.
    #[error("this log's contest is open already; another contest needs a log of its own")]
    ContestOpen,
    /// The contest's first event contradicts itself.
    #[error("the contest cannot be opened: {0}")]
    BadContest(ContestFault),
    /// The contest's first event pins a version of the log that this program does not know.
    #[error("the contest is of fold {0}, and this program knows folds up to {FOLD_VERSION}; use a newer program")]
    UnknownFold(u16),
    /// An event of another contest.
    #[error("the event belongs to another contest; report to that contest's server")]
    OtherContest,
    /// The log's clock would run backwards.
    #[error("received at {} ms, before the entry before it at {} ms; set the server's clock right", received.0, previous.0)]
    ClockBack {
        /// When this one was received.
        received: UnixMillis,
        /// When the one before was.
        previous: UnixMillis,
    },
    /// A key that nobody enrolled.
    #[error("key {0} is not enrolled in this contest; ask the registrar to enrol it")]
    UnknownKey(PublicKey),
    /// A key that was withdrawn.
    #[error("key {key} was revoked by {by}; enrol a new key with the registrar")]
    RevokedKey {
        /// The key.
        key: PublicKey,
        /// The revocation.
        by: EntryIndex,
    },
    /// The key's role may not sign this kind of event.
    #[error("a key enrolled as {role} may not sign this; it takes {needed}")]
    WrongRole {
        /// What it is enrolled as.
        role: &'static str,
        /// What may sign it.
        needed: &'static str,
    },
    /// A chair reports for somebody else's precinct.
    #[error("this key reports for other precincts only; check the precinct, or ask the registrar")]
    OutOfScope(PrecinctId),
    /// The author used the submission id for other bytes.
    #[error("the author used this submission id before, at {0}, for something else; use a new id")]
    SubmissionReused(EntryIndex),
    /// A precinct that is not in the roster.
    #[error("county {} has no precinct {}; check the roster", .0.county.0, .0.number)]
    UnknownPrecinct(PrecinctId),
    /// A group that is not in the roster.
    #[error("{0} is not in the roster, which has {1} groups")]
    UnknownGroup(GroupId, usize),
    /// More people than any room holds, or more than a figure may be.
    #[error("the figure {figure} is over {limit}, the most that a report may give; check for a slip of the finger")]
    FigureTooLarge {
        /// The figure.
        figure: u64,
        /// The limit.
        limit: u64,
    },
    /// A game of chance that could not have been held.
    #[error(
        "game of chance {0} cannot have been held as written: groups in roster order, winners among them, one winner a delegate"
    )]
    BadGame(usize),
    /// A name that could not be shown.
    #[error(
        "the name of a witness, a person or a release is blank, holds control characters or is too long; write it anew"
    )]
    BadName,
    /// A county out of turn.
    #[error("county {} is out of turn; the next to be listed is county {}", given.0, next.0)]
    CountyOutOfTurn {
        /// The one given.
        given: CountyId,
        /// The one whose turn it is.
        next: CountyId,
    },
    /// A county that contradicts itself.
    #[error("the county cannot be listed: {0}")]
    BadCounty(CountyFault),
    /// A key is enrolled once.
    #[error("the key is enrolled already, by {0}; a device makes a new key for a new enrolment")]
    KeyEnrolled(EntryIndex),
    /// The last registrar cannot be revoked: nobody could enrol another.
    #[error("this is the last registrar's key; enrol another registrar first")]
    LastRegistrar,
    /// A correction of something that is not the precinct's record.
    #[error("{given} is not the precinct's record, which is {}; look at the record and correct that", shown(*record))]
    NotTheRecord {
        /// The entry to be replaced.
        given: EntryIndex,
        /// The precinct's record at this time.
        record: Option<EntryIndex>,
    },
    /// A chair amends what a chair of the precinct reported, and nothing else.
    #[error("{0} was not reported by a chair of this precinct; ask a corrections officer to correct it")]
    NotAChairs(EntryIndex),
    /// A correction must say by what right, why, and on what document.
    #[error("a correction needs {0}")]
    Unexplained(&'static str),
    /// A key has filed as many versions of a precinct as one key may.
    #[error(
        "this key has filed {MOST_VERSIONS} versions of precinct {} of county {}, and no key files more; call the tabulation centre", .0.number, .0.county.0
    )]
    TooManyVersions(PrecinctId),
    /// An event names more files than one may.
    #[error("the event names more than {MOST_FILES} files; name the rest in events of their own")]
    TooManyFiles,
    /// A report says nothing that its author's latest, which is the record, does not say.
    #[error("{0} says the same already, and is the record; nothing needs to be sent again")]
    RepeatsItself(EntryIndex),
    /// A name that another release has.
    #[error("{by} is a release of the name \"{name}\"; releases are never replaced, choose a new name")]
    ReleaseNameTaken {
        /// The name.
        name: Text,
        /// The release that has it.
        by: EntryIndex,
    },
    /// A release lists reports only.
    #[error("{0} is no report or correction, and cannot be released")]
    NotAReport(EntryIndex),
    /// A release lists a precinct once.
    #[error("{0} and {1} are of one precinct; a release lists one entry a precinct")]
    PrecinctTwice(EntryIndex, EntryIndex),
    /// The contest's policy keeps an entry out of releases.
    #[error("{entry} cannot be released: {why}")]
    Unreleasable {
        /// The entry.
        entry: EntryIndex,
        /// What the policy asks for.
        why: &'static str,
    },
    /// Committed results are those of all entries before.
    #[error("the results of {given} entries cannot be committed as entry {size}; compute them anew and commit those")]
    CommitmentOutOfTurn {
        /// The number of entries that it names.
        given: u64,
        /// The number of entries before it.
        size: u64,
    },
    /// A commitment that does not fit the contest.
    #[error("the results cannot be committed: {0}")]
    BadCommitment(CommitmentFault),
    /// A desk says no.
    #[error(transparent)]
    Desk(#[from] DeskRefusal),
}

/// What is wrong with a contest's first event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ContestFault {
    /// Its signer is not its first registrar.
    #[error("its first registrar must sign it")]
    Signer,
    /// No candidates, or more than can be numbered.
    #[error("it needs between 1 and 200 candidates, each with a name of its own")]
    Candidates,
    /// A registrar, log or service key is unfit.
    #[error("a key in it is unfit, or stands there twice")]
    Keys,
    /// No fold: the first is 1.
    #[error("it pins fold 0, and the first fold is 1")]
    Fold,
    /// The ruleset contradicts itself.
    #[error("its ruleset contradicts itself")]
    Ruleset,
    /// Registrars whose names cannot be told apart.
    #[error("the name of a registrar is blank, or looks like another's that is written differently")]
    Persons,
    /// The log's origin is no origin.
    #[error("its log origin is empty or holds a space or a plus sign")]
    Origin,
}

/// What is wrong with a county.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CountyFault {
    /// Two precincts of one name.
    #[error("two of its precincts have one name, or another county has its name")]
    NameTwice,
    /// Apportionment that does not add up or is missing.
    #[error("its precincts' delegates do not sum to the county's, or one elects none")]
    Delegates,
    /// A satellite site with a number of delegates.
    #[error("a satellite site's delegates follow from its attendance, and must be 0 here")]
    SiteDelegates,
    /// A district that the ruleset does not have.
    #[error("the ruleset has no such congressional district")]
    District,
}

/// What is wrong with committed results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CommitmentFault {
    /// A number of precincts that is not the roster's.
    #[error("they are of another number of precincts than the roster has")]
    Precincts,
    /// More than is public under an embargo.
    #[error("under the contest's embargo they are of what was released, and without an audit")]
    Embargo,
    /// No audit, where everything is public.
    #[error("where nothing is embargoed they come with an audit of the state")]
    Audit,
}

fn shown(record: Option<EntryIndex>) -> String {
    record.map_or_else(|| "nothing yet".to_owned(), |entry| entry.to_string())
}

impl Refusal {
    /// The stable code, for programs. `docs/PROBLEMS.md` lists them.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoContest => "no-contest",
            Self::ContestOpen => "contest-open",
            Self::BadContest(_) => "bad-contest",
            Self::UnknownFold(_) => "unknown-fold",
            Self::OtherContest => "other-contest",
            Self::ClockBack { .. } => "clock-back",
            Self::UnknownKey(_) => "unknown-key",
            Self::RevokedKey { .. } => "revoked-key",
            Self::WrongRole { .. } => "wrong-role",
            Self::OutOfScope(_) => "out-of-scope",
            Self::SubmissionReused(_) => "submission-reused",
            Self::UnknownPrecinct(_) => "unknown-precinct",
            Self::UnknownGroup(..) => "unknown-group",
            Self::FigureTooLarge { .. } => "figure-too-large",
            Self::BadGame(_) => "bad-game",
            Self::BadName => "bad-name",
            Self::CountyOutOfTurn { .. } => "county-out-of-turn",
            Self::BadCounty(_) => "bad-county",
            Self::KeyEnrolled(_) => "key-enrolled",
            Self::LastRegistrar => "last-registrar",
            Self::NotTheRecord { .. } => "not-the-record",
            Self::NotAChairs(_) => "not-a-chairs",
            Self::Unexplained(_) => "unexplained-correction",
            Self::TooManyVersions(_) => "too-many-versions",
            Self::TooManyFiles => "too-many-files",
            Self::RepeatsItself(_) => "repeats-itself",
            Self::ReleaseNameTaken { .. } => "release-name-taken",
            Self::NotAReport(_) => "not-a-report",
            Self::PrecinctTwice(..) => "precinct-twice",
            Self::Unreleasable { .. } => "unreleasable",
            Self::CommitmentOutOfTurn { .. } => "commitment-out-of-turn",
            Self::BadCommitment(_) => "bad-commitment",
            Self::Desk(refusal) => refusal.code(),
        }
    }
}
