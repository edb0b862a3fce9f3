//! What the desks refuse.

use tallylog_event::{EntryIndex, PrecinctId, Text};
use thiserror::Error;

use crate::MOST_HANDS;

/// A desk says no. Nothing was recorded; the sentence says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DeskRefusal {
    /// The log was opened by an older version of the rules of admission, which does not have this kind of event.
    #[error("this log is read by version {0} of the rules of admission, which does not have this kind of event")]
    NotInVersion(u16),
    /// A registrar has paused the entry of reports.
    #[error("entry of reports was paused by {0}; keep the report and send it again when entry is resumed")]
    Paused(EntryIndex),
    /// The results are certified.
    #[error(
        "the results were certified by {0}, and no more reports are taken; ask a corrections officer to open a case"
    )]
    Certified(EntryIndex),
    /// Two different persons are needed, and the other one is the same person.
    #[error("{person} signed {entry} too, and this takes another person")]
    SamePerson {
        /// Who.
        person: Text,
        /// The entry.
        entry: EntryIndex,
    },
    /// The name looks like another person's.
    #[error(
        "{given} looks like {known}, who was enrolled by {by}; write the name in the same way if it is the same person, and add what tells them apart if not"
    )]
    AlikeName {
        /// The name.
        given: Text,
        /// The name that it looks like.
        known: Text,
        /// The entry that enrolled that person first.
        by: EntryIndex,
    },
    /// Somebody is said to have typed who never had a key.
    #[error(
        "nobody of the name {0} was ever enrolled; give the names of the colleagues who typed as they were enrolled"
    )]
    UnknownPerson(Text),
    /// More colleagues are said to have typed into an entry than may be.
    #[error("at most {MOST_HANDS} colleagues may have typed into an entry; take the call anew, and enter it yourself")]
    TooManyHands,
    /// Somebody is said to have typed who is no operator.
    #[error("{0} has no operator's key now; only operators type into an entry, so take the call anew")]
    NotAnOperator(Text),
    /// Somebody is said twice to have typed: in the list, or by signing too.
    #[error("{0} is named twice; name each colleague who typed once, and not yourself")]
    HandTwice(Text),
    /// A reviewer asked the typist of one entry to make it again.
    #[error("{by} asks {person} to enter this precinct again; let that person do it, or ask a reviewer")]
    Assigned {
        /// Who.
        person: Text,
        /// The resolution that asks.
        by: EntryIndex,
    },
    /// Two persons have entered the precinct.
    #[error("the precinct was entered twice already, as {first} and {second}; ask a reviewer if both are wrong")]
    Entered {
        /// One.
        first: EntryIndex,
        /// The other.
        second: EntryIndex,
    },
    /// A reviewer decides about, or releases, an entry of their own.
    #[error("{0} is this person's own, and nobody reviews their own; ask another reviewer")]
    OwnEntry(EntryIndex),
    /// The two entries named do not stand beside each other, or do not differ.
    #[error("{0} and {1} are not two entries of the precinct that stand beside each other and differ")]
    NothingToResolve(EntryIndex, EntryIndex),
    /// No discrepancy of that code is open (or, to reopen it, was decided about) on that entry or county.
    #[error("no such discrepancy stands there; look at the queue again")]
    NoSuchDiscrepancy,
    /// A discrepancy that blocks was to be accepted.
    #[error(
        "this discrepancy blocks and cannot be accepted; resolve it with a second source or a correction, or record the committee's ruling"
    )]
    Blocking,
    /// The entry named is no hold, or was lifted.
    #[error("{0} is no hold that stands")]
    NoSuchHold(EntryIndex),
    /// A reason, an authority or a document is missing.
    #[error("this needs {0}")]
    Unjustified(&'static str),
    /// An officer's correction came without a case.
    #[error("a correction takes a case and two persons: open a case, propose, and let another officer approve")]
    NeedsACase,
    /// The entry named is no correction case, or the case is closed.
    #[error("{0} is no case that is open")]
    NoSuchCase(EntryIndex),
    /// A case names no precinct or one twice, or more than its stage may have.
    #[error("the case cannot be opened: {0}")]
    BadCase(&'static str),
    /// The case is not about that precinct.
    #[error("precinct {} of county {} is not in the case", .0.number, .0.county.0)]
    NotInCase(PrecinctId),
    /// A proposal names another kind or authority than its case does.
    #[error("the correction has another kind or authority than its case")]
    NotTheKind,
    /// The entry named is no proposal, or it was approved or rejected.
    #[error("{0} is no proposal that is open")]
    NoSuchProposal(EntryIndex),
    /// A proposal for the precinct, or in the case, waits for a decision.
    #[error("{0} is a proposal that nobody has decided about; approve or reject that first")]
    ProposalOpen(EntryIndex),
    /// An approval repeats other figures than the proposal has.
    #[error("this does not repeat what {0} proposes; sign exactly that, or have it proposed anew")]
    NotAsProposed(EntryIndex),
    /// One person alone may not do this.
    #[error("{0}; propose it, and have another registrar second it, or a corrections officer if there is no other")]
    NeedsSecond(&'static str),
    /// An act that contradicts itself.
    #[error("this cannot be done, also by two: {0}")]
    BadAct(&'static str),
    /// The entry named proposes no act, or it was decided about.
    #[error("{0} is no act that waits for a second")]
    NoSuchAct(EntryIndex),
    /// The key that proposed was withdrawn since.
    #[error("the key that proposed {proposal} was revoked by {by}; turn the proposal down, and have it proposed anew")]
    ProposerRevoked {
        /// The proposal.
        proposal: EntryIndex,
        /// The revocation.
        by: EntryIndex,
    },
    /// The entry named is no inquiry, or it was answered.
    #[error("{0} is no inquiry that waits for an answer")]
    NoSuchInquiry(EntryIndex),
    /// Entry is paused.
    #[error("entry was paused by {0} already")]
    AlreadyPaused(EntryIndex),
    /// Entry is not paused.
    #[error("entry is not paused")]
    NotPaused,
    /// The entry named is not the latest release.
    #[error("{0} is not the latest release")]
    NoSuchRelease(EntryIndex),
    /// An amendment that does not fit the roster.
    #[error("the roster cannot be amended like this: {0}")]
    BadAmendment(&'static str),
    /// The dice are not digits from 1 to 6, or too few.
    #[error("dice are at least 20 digits from 1 to 6")]
    BadDice,
    /// The precincts are not those that the dice and the checkpoint draw, or the checkpoint is larger than the log.
    #[error("this is not the sample that these dice and this checkpoint draw")]
    BadSample,
    /// The entry named is no sample.
    #[error("{0} is no sample of a paper audit")]
    NoSuchSample(EntryIndex),
    /// The precinct is not in that sample.
    #[error("precinct {} of county {} is not in the sample", .0.number, .0.county.0)]
    NotInSample(PrecinctId),
    /// A batch of enrolment codes names no precincts or one twice, gives none a code, or has expired.
    #[error("a batch of codes names precincts, each once, gives each at least one code, and expires in the future")]
    BadBatch,
    /// The entry named is no batch of enrolment codes.
    #[error("{0} is no batch of enrolment codes")]
    NoSuchBatch(EntryIndex),
    /// A batch has no such code, or not for that chair.
    #[error("the batch of codes does not allow this: {0}")]
    NotInBatch(&'static str),
    /// The enrolment code was used.
    #[error("the code was used by {0}; ask the registrar for another")]
    CodeUsed(EntryIndex),
    /// The enrolment code has expired, or was withdrawn.
    #[error("the code has expired or was withdrawn; ask the registrar for another")]
    CodeExpired,
    /// A list of files is empty.
    #[error("no file is named")]
    NoFiles,
}

impl DeskRefusal {
    /// The stable code, for programs. `docs/PROBLEMS.md` lists them.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotInVersion(_) => "not-in-version",
            Self::Paused(_) => "entry-paused",
            Self::Certified(_) => "certified",
            Self::SamePerson { .. } => "same-person",
            Self::AlikeName { .. } => "alike-name",
            Self::UnknownPerson(_) => "unknown-person",
            Self::TooManyHands => "too-many-hands",
            Self::NotAnOperator(_) => "not-an-operator",
            Self::HandTwice(_) => "hand-twice",
            Self::Assigned { .. } => "entry-assigned",
            Self::Entered { .. } => "already-entered",
            Self::OwnEntry(_) => "own-entry",
            Self::NothingToResolve(..) => "nothing-to-resolve",
            Self::NoSuchDiscrepancy => "no-such-discrepancy",
            Self::Blocking => "blocking-discrepancy",
            Self::NoSuchHold(_) => "no-such-hold",
            Self::Unjustified(_) => "unjustified",
            Self::NeedsACase => "needs-a-case",
            Self::NoSuchCase(_) => "no-such-case",
            Self::BadCase(_) => "bad-case",
            Self::NotInCase(_) => "not-in-case",
            Self::NotTheKind => "not-the-kind",
            Self::NoSuchProposal(_) => "no-such-proposal",
            Self::ProposalOpen(_) => "proposal-open",
            Self::NotAsProposed(_) => "not-as-proposed",
            Self::NeedsSecond(_) => "needs-second",
            Self::BadAct(_) => "bad-act",
            Self::NoSuchAct(_) => "no-such-act",
            Self::ProposerRevoked { .. } => "proposer-revoked",
            Self::NoSuchInquiry(_) => "no-such-inquiry",
            Self::AlreadyPaused(_) => "already-paused",
            Self::NotPaused => "not-paused",
            Self::NoSuchRelease(_) => "no-such-release",
            Self::BadAmendment(_) => "bad-amendment",
            Self::BadDice => "bad-dice",
            Self::BadSample => "bad-sample",
            Self::NoSuchSample(_) => "no-such-sample",
            Self::NotInSample(_) => "not-in-sample",
            Self::BadBatch => "bad-batch",
            Self::NoSuchBatch(_) => "no-such-batch",
            Self::NotInBatch(_) => "not-in-batch",
            Self::CodeUsed(_) => "code-used",
            Self::CodeExpired => "code-expired",
            Self::NoFiles => "no-files",
        }
    }
}
