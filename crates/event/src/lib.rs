//! What is signed, and how: the event types, their one encoding, envelopes and the hash chain.
//!
//! - An [`EventBody`] is what somebody says; its bytes are postcard, and there is one spelling of each.
//! - An [`Envelope`] is a body with its author's Ed25519 signature. It says nothing until
//!   [`Envelope::verify`] has looked at it.
//! - An [`Entry`] is an envelope with its place in the log: the leaf of the tree.
//!
//! Invariant: the schema only grows. Variants are appended and structs never change, so that old bytes decode for
//! ever; golden bytes hold that. Nothing here interprets an event. `docs/EVENTS.md` describes the bytes.

mod authority;
mod body;
mod bytes;
mod case;
mod code;
mod commitment;
mod contest;
mod course;
mod entered;
mod entry;
mod envelope;
mod files;
mod id;
mod inquiry;
mod key;
mod paper;
mod people;
mod read;
mod report;
mod review;
mod roster;
mod text;

pub use authority::{Act, ActWithdrawal, AuthorityEvent, Seconding, Succession};
pub use body::{DecodeError, Event, EventBody, is_of_unknown_kind};
pub use case::{Approval, Case, CaseEvent, CaseOutcome, Closing, Proposal, Rejection, Stage, Unchanged};
pub use code::{CodeBatch, CodeEvent, CodeWithdrawal, Redemption};
pub use commitment::{Audit, Basis, Commitment, OpenCount, OpenCounts, UnsortedCodes};
pub use contest::{Candidate, Contest, ContestKind, Embargo, LogIdentity, Registrar, ReleasePolicy, WitnessPolicy};
pub use course::{Apportioned, Apportionment, Certification, CourseEvent, RosterAmendment, RosterChange};
pub use ed25519_dalek::SigningKey;
pub use entered::{CallerCheck, FilesAdded, ManualEntry};
pub use entry::{Entry, EntryError, MAX_ENTRY_BYTES, chain};
pub use envelope::{Envelope, Verified, VerifyError};
pub use id::{
    ContestId, CountyId, EntryHash, EntryIndex, FileHash, PrecinctId, ResultsRoot, StateHash, SubmissionId, TreeRoot,
    UnixMillis,
};
pub use inquiry::{Answer, Inquiry, InquiryEvent};
pub use key::{KeyError, KnownKeys, PublicKey, Signature, SignatureError};
pub use paper::{Abandonment, AnnouncedSample, Announcement, PaperEvent, PaperReading, Sample};
pub use people::{Enrolment, EnrolmentError, Revocation, Role};
pub use read::{MalformedRead, READ_HEADERS, ReadRequest, SignedRead};
pub use report::{Channel, Correction, CorrectionKind, FileRef, Release, Report, UnsortedEntries};
pub use review::{Decision, Hold, Lift, Resolution, ResolutionOutcome, ReviewEvent, Ruling, Subject, Verdict};
pub use roster::{County, District, Precinct, SiteKind};
pub use text::{Text, TextError};
