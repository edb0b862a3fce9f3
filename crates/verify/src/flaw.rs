//! What an audit can find wrong, each with a sentence and a code.

use tallylog_event::{EntryIndex, PublicKey, ResultsRoot, StateHash, Text, UnixMillis};
use tallylog_projection::{DeskRefusal, Fault, Refusal};
use tallylog_tlog::{CheckpointError, Hash, KeyName, LogKey, PolicyError, PolicyRefusal};
use thiserror::Error;

use crate::time::utc;
use crate::{BundleError, Check, KeysError, RosterDifference, RulesetDifference};

/// Why a check failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Flaw {
    /// The file is not laid out as a bundle.
    #[error(transparent)]
    Format(#[from] BundleError),
    /// Entry 0 does not say whose log this is.
    #[error("entry 0 opens no contest, so nobody can say whose log this is")]
    NoContest,
    /// The keys of entry 0 make no policy.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The policy in the file is none.
    #[error(transparent)]
    PolicyUnreadable(PolicyError),
    /// The policy in the file is another than that of entry 0.
    #[error(
        "the file names other keys, or another quorum, than entry 0: its policy must be exactly the one that follows"
    )]
    PolicyDiffers,
    /// The log is another than the reader named.
    #[error("entry 0 names the log {named}, and the log that was asked for is {wanted}")]
    OtherLog {
        /// What entry 0 names.
        named: Box<LogKey>,
        /// What the reader named.
        wanted: Box<LogKey>,
    },
    /// The key for the log's own events is another than the reader named.
    #[error("entry 0 names {named} as the key for the log's own events, and {wanted} was asked for")]
    OtherService {
        /// What entry 0 names.
        named: PublicKey,
        /// What the reader named.
        wanted: PublicKey,
    },
    /// The entries are not those of the last checkpoint.
    #[error(
        "the {entries} entries hash to the root {found}, and the last checkpoint says {claimed}: an entry was altered, added, dropped or moved"
    )]
    WrongRoot {
        /// How many entries there are.
        entries: u64,
        /// The checkpoint's root.
        claimed: Hash,
        /// The entries' root.
        found: Hash,
    },
    /// A checkpoint is not its log's.
    #[error("the checkpoint of size {size} does not hold: {error}")]
    Checkpoint {
        /// Its size.
        size: u64,
        /// Why not.
        error: CheckpointError,
    },
    /// Somebody signed whom the file does not name.
    #[error("the checkpoint of size {size} bears a signature of {name}, a key that the file does not name")]
    UnknownSigner {
        /// The checkpoint's size.
        size: u64,
        /// The name on the signature.
        name: KeyName,
    },
    /// Somebody signed twice.
    #[error("the checkpoint of size {size} bears two signatures of {name}")]
    SignerTwice {
        /// The checkpoint's size.
        size: u64,
        /// The name on the signatures.
        name: KeyName,
    },
    /// The log signed two roots for one size.
    #[error("the log signed two checkpoints of size {0} with different roots: it showed two histories")]
    TwoRoots(u64),
    /// A checkpoint is of another history than the last.
    #[error(
        "the log signed the root {claimed} for size {size}, and its first {size} entries hash to {found}: it showed two histories"
    )]
    Inconsistent {
        /// The checkpoint's size.
        size: u64,
        /// Its root.
        claimed: Hash,
        /// The root of so many entries.
        found: Hash,
    },
    /// A cosignature does not hold.
    #[error("a cosignature of the checkpoint of size {size} does not hold: {error}")]
    Cosignature {
        /// The checkpoint's size.
        size: u64,
        /// Why not.
        error: CheckpointError,
    },
    /// The policy does not take the last checkpoint.
    #[error("the last checkpoint: {0}")]
    Quorum(PolicyRefusal),
    /// An entry is not what it must be.
    #[error(transparent)]
    Entry(#[from] Fault),
    /// An entry claims to have been received after witnesses saw it.
    #[error("the log says that it received this at {}; {witness} cosigned a checkpoint that covers it at {}", utc(*.received_at), utc(*.cosigned_at))]
    PostDated {
        /// What the log says.
        received_at: UnixMillis,
        /// Who saw it before.
        witness: KeyName,
        /// When.
        cosigned_at: UnixMillis,
    },
    /// An entry claims to have been received before a checkpoint that lacks it was cosigned.
    #[error("the log says that it received this at {}; a checkpoint without it was cosigned by {witness} at {}", utc(*.received_at), utc(*.cosigned_at))]
    BackDated {
        /// What the log says.
        received_at: UnixMillis,
        /// Who saw the log without it.
        witness: KeyName,
        /// When.
        cosigned_at: UnixMillis,
    },
    /// A commitment claims another state.
    #[error("the log committed to the state {claimed}, and the entries before give {found}")]
    State {
        /// What was committed.
        claimed: StateHash,
        /// What the entries give.
        found: StateHash,
    },
    /// A commitment claims another results root.
    #[error("the log committed to the results root {claimed}, and the entries before give {found}")]
    ResultsRoot {
        /// What was committed.
        claimed: ResultsRoot,
        /// What the entries give.
        found: ResultsRoot,
    },
    /// A commitment claims another number of discrepancies.
    #[error("the log committed to {claimed} open discrepancies V{code:02}, and the checks find {found}")]
    Discrepancies {
        /// The number of the code.
        code: u8,
        /// What was committed.
        claimed: u32,
        /// What the checks find.
        found: u32,
    },
    /// Somebody released what the same person entered.
    #[error(
        "{person} released {of}, which the same person had entered as {entered_as}: nobody releases an entry of their own"
    )]
    OwnRelease {
        /// Who, as the releasing key was enrolled.
        person: Text,
        /// Who, as the entering key was enrolled.
        entered_as: Text,
        /// The entry.
        of: EntryIndex,
    },
    /// Two names of one person confirmed what needs two.
    #[error("{of} was released as confirmed by two, and all its sources are one person: {person}")]
    OnePerson {
        /// Who.
        person: Text,
        /// The entry.
        of: EntryIndex,
    },
    /// No release of the name that was asked for.
    #[error("the log has no release {0:?}")]
    NoRelease(String),
    /// Nothing says how old the night is.
    #[error("no witness that the policy asks for cosigned the last checkpoint, so its age is the log's word alone")]
    NoAge,
    /// Too old.
    #[error("the last checkpoint was cosigned at {}, longer ago than was asked for", utc(*.0))]
    Stale(UnixMillis),
    /// From the future.
    #[error("the last checkpoint was cosigned at {}, which is still to come: one of the clocks is wrong", utc(*.0))]
    Future(UnixMillis),
    /// Another contest than the one that was named.
    #[error("entry 0 has the hash {found}, and the contest that was named has {named}: this is another contest")]
    OtherContest {
        /// The hash that was named, in hexadecimal.
        named: String,
        /// The hash of entry 0, in hexadecimal.
        found: String,
    },
    /// The roster differs from the one that was named.
    #[error(transparent)]
    Roster(#[from] RosterDifference),
    /// The ruleset differs from the one that was named.
    #[error(transparent)]
    Ruleset(#[from] RulesetDifference),
}

impl Flaw {
    /// The code, which never changes its meaning. `docs/PROBLEMS.md` lists them.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Format(error) => error.code(),
            Self::NoContest => "entry-0-no-contest",
            Self::Keys(error) => error.code(),
            Self::PolicyUnreadable(error) => error.code(),
            Self::PolicyDiffers => "policy-differs",
            Self::OtherLog { .. } => "other-log",
            Self::OtherService { .. } => "other-service-key",
            Self::WrongRoot { .. } => "tree-wrong-root",
            Self::Checkpoint { error, .. } | Self::Cosignature { error, .. } => error.code(),
            Self::UnknownSigner { .. } => "checkpoint-unknown-signer",
            Self::SignerTwice { .. } => "checkpoint-signer-twice",
            Self::TwoRoots(_) => "checkpoint-two-roots",
            Self::Inconsistent { .. } => "checkpoint-inconsistent",
            Self::Quorum(refusal) => refusal.code(),
            Self::Entry(fault) => fault.code(),
            Self::PostDated { .. } => "post-dated",
            Self::BackDated { .. } => "back-dated",
            Self::State { .. } => "state-differs",
            Self::ResultsRoot { .. } => "results-differ",
            Self::Discrepancies { .. } => "discrepancies-differ",
            Self::OwnRelease { .. } => "own-release",
            Self::OnePerson { .. } => "one-person",
            Self::NoRelease(_) => "no-release",
            Self::NoAge => "age-unknown",
            Self::Stale(_) => "too-old",
            Self::Future(_) => "from-the-future",
            Self::OtherContest { .. } => "contest-differs",
            Self::Roster(_) => "roster-differs",
            Self::Ruleset(_) => "ruleset-differs",
        }
    }
}

impl Flaw {
    /// Whether it says nothing against the log: what this program does not know may be lawful.
    #[must_use]
    pub const fn is_untold(&self) -> bool {
        matches!(
            self,
            Self::Entry(Fault::UnknownKind | Fault::Refused(Refusal::UnknownFold(_)))
        )
    }
}

/// The check that a bad entry fails.
pub(crate) const fn check_of(fault: &Fault) -> Check {
    match fault {
        Fault::Missing => Check::Format,
        Fault::Withheld => Check::Tree,
        Fault::Layout(_) | Fault::Place(_) | Fault::Chain { .. } => Check::Chain,
        Fault::Event(_) | Fault::UnknownKind | Fault::Signature | Fault::Enrolment(_) => Check::Signatures,
        Fault::Refused(refusal) => check_of_refusal(refusal),
    }
}

/// Who, when and what is released are checks of their own; the rest is admission.
const fn check_of_refusal(refusal: &Refusal) -> Check {
    match refusal {
        Refusal::ClockBack { .. } => Check::Time,
        Refusal::UnknownKey(_)
        | Refusal::RevokedKey { .. }
        | Refusal::WrongRole { .. }
        | Refusal::OutOfScope(_)
        | Refusal::NotAChairs(_) => Check::Authority,
        Refusal::ReleaseNameTaken { .. }
        | Refusal::NotAReport(_)
        | Refusal::PrecinctTwice(..)
        | Refusal::Unreleasable { .. } => Check::Releases,
        Refusal::CommitmentOutOfTurn { .. } | Refusal::BadCommitment(_) => Check::Results,
        Refusal::NoContest
        | Refusal::ContestOpen
        | Refusal::BadContest(_)
        | Refusal::UnknownFold(_)
        | Refusal::OtherContest
        | Refusal::SubmissionReused(_)
        | Refusal::UnknownPrecinct(_)
        | Refusal::UnknownGroup(..)
        | Refusal::FigureTooLarge { .. }
        | Refusal::BadGame(_)
        | Refusal::BadName
        | Refusal::CountyOutOfTurn { .. }
        | Refusal::BadCounty(_)
        | Refusal::KeyEnrolled(_)
        | Refusal::LastRegistrar
        | Refusal::NotTheRecord { .. }
        | Refusal::TooManyVersions(_)
        | Refusal::TooManyFiles
        | Refusal::RepeatsItself(_)
        | Refusal::Unexplained(_) => Check::Admission,
        Refusal::Desk(refusal) => check_of_desk(refusal),
    }
}

/// Two persons where two are needed is a check of its own.
const fn check_of_desk(refusal: &DeskRefusal) -> Check {
    match refusal {
        DeskRefusal::SamePerson { .. } | DeskRefusal::OwnEntry(_) | DeskRefusal::NeedsSecond(_) => Check::Persons,
        DeskRefusal::NotInVersion(_)
        | DeskRefusal::Paused(_)
        | DeskRefusal::Certified(_)
        | DeskRefusal::Assigned { .. }
        | DeskRefusal::Entered { .. }
        | DeskRefusal::NothingToResolve(..)
        | DeskRefusal::NoSuchDiscrepancy
        | DeskRefusal::Blocking
        | DeskRefusal::NoSuchHold(_)
        | DeskRefusal::Unjustified(_)
        | DeskRefusal::NeedsACase
        | DeskRefusal::NoSuchCase(_)
        | DeskRefusal::NotInCase(_)
        | DeskRefusal::NotTheKind
        | DeskRefusal::NoSuchProposal(_)
        | DeskRefusal::ProposalOpen(_)
        | DeskRefusal::NotAsProposed(_)
        | DeskRefusal::NoSuchInquiry(_)
        | DeskRefusal::AlreadyPaused(_)
        | DeskRefusal::NotPaused
        | DeskRefusal::NoSuchRelease(_)
        | DeskRefusal::BadAmendment(_)
        | DeskRefusal::BadDice
        | DeskRefusal::BadSample
        | DeskRefusal::NotAnnounced
        | DeskRefusal::BadAnnouncement(_)
        | DeskRefusal::OtherRoot(_)
        | DeskRefusal::AnnouncementOpen(_)
        | DeskRefusal::NoSuchAnnouncement(_)
        | DeskRefusal::AbandonmentWaits(_)
        | DeskRefusal::NoSuchAbandonment(_)
        | DeskRefusal::DiceUsed(_)
        | DeskRefusal::NotInSample(_)
        | DeskRefusal::BadCase(_)
        | DeskRefusal::NoSuchSample(_)
        | DeskRefusal::BadBatch
        | DeskRefusal::NotInBatch(_)
        | DeskRefusal::NoSuchBatch(_)
        | DeskRefusal::CodeUsed(_)
        | DeskRefusal::CodeExpired
        | DeskRefusal::AlikeName { .. }
        | DeskRefusal::UnknownPerson(_)
        | DeskRefusal::TooManyHands
        | DeskRefusal::NotAnOperator(_)
        | DeskRefusal::HandTwice(_)
        | DeskRefusal::BadAct(_)
        | DeskRefusal::NoSuchAct(_)
        | DeskRefusal::ProposerRevoked { .. }
        | DeskRefusal::NoFiles => Check::Admission,
    }
}
