//! One event, one byte string.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    Act, AuthorityEvent, CaseEvent, CaseOutcome, CodeEvent, Commitment, Contest, ContestId, Correction, County,
    CourseEvent, Enrolment, FilesAdded, InquiryEvent, ManualEntry, PaperEvent, Release, Report, ReviewEvent,
    Revocation, SubmissionId, UnixMillis,
};

/// What somebody signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventBody {
    /// The contest to which it belongs.
    pub contest: ContestId,
    /// The author's name for this submission; the same one again is the same submission.
    pub submission: SubmissionId,
    /// When the author wrote it, by the author's clock.
    pub recorded_at: UnixMillis,
    /// What happened.
    pub event: Event,
}

/// What happened. New kinds are appended; none is ever changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Opens the contest: entry 0, and nowhere else.
    ContestOpened(Box<Contest>),
    /// Lists a county with its precincts.
    CountyListed(Box<County>),
    /// Enrols a key.
    KeyEnrolled(Box<Enrolment>),
    /// Withdraws a key.
    KeyRevoked(Revocation),
    /// Reports a precinct.
    Reported(Box<Report>),
    /// Corrects a precinct's record.
    Corrected(Box<Correction>),
    /// Publishes results.
    Released(Release),
    /// Commits the root of the results tree.
    ResultsCommitted(Box<Commitment>),
    /// Issues, redeems or withdraws enrolment codes.
    Code(CodeEvent),
    /// Reports a precinct by an operator's hand.
    Entered(Box<ManualEntry>),
    /// Adds photos or scans to a precinct.
    FilesAdded(FilesAdded),
    /// Reviews what was reported.
    Review(ReviewEvent),
    /// Opens, works on or closes a correction case.
    Case(CaseEvent),
    /// Files or answers an inquiry.
    Inquiry(InquiryEvent),
    /// Changes the course of the night.
    Course(CourseEvent),
    /// Audits the paper.
    Paper(PaperEvent),
    /// Proposes, seconds or turns down what takes two persons.
    Authority(AuthorityEvent),
}

impl Event {
    /// The report that it files: the figures of a precinct from now on, if it makes a version of one.
    #[must_use]
    pub fn report(&self) -> Option<&Report> {
        match self {
            Self::Reported(report) => Some(report),
            Self::Corrected(correction) => Some(&correction.report),
            Self::Entered(entry) => Some(&entry.report),
            Self::Case(CaseEvent::Approved(approval)) => match &approval.outcome {
                CaseOutcome::Changed(correction) => Some(&correction.report),
                CaseOutcome::Unchanged(_) => None,
            },
            Self::ContestOpened(_)
            | Self::CountyListed(_)
            | Self::KeyEnrolled(_)
            | Self::KeyRevoked(_)
            | Self::Released(_)
            | Self::ResultsCommitted(_)
            | Self::Code(_)
            | Self::FilesAdded(_)
            | Self::Review(_)
            | Self::Case(_)
            | Self::Inquiry(_)
            | Self::Course(_)
            | Self::Paper(_)
            | Self::Authority(_) => None,
        }
    }

    /// The enrolment that it carries, if it enrols a key or proposes to: whoever takes the event checks it first.
    #[must_use]
    pub fn enrolment(&self) -> Option<&Enrolment> {
        match self {
            Self::KeyEnrolled(enrolment) => Some(enrolment),
            Self::Code(CodeEvent::Redeemed(redemption)) => Some(&redemption.enrolment),
            Self::Authority(authority) => authority.act().and_then(Act::enrolment),
            Self::ContestOpened(_)
            | Self::CountyListed(_)
            | Self::KeyRevoked(_)
            | Self::Reported(_)
            | Self::Corrected(_)
            | Self::Released(_)
            | Self::ResultsCommitted(_)
            | Self::Code(CodeEvent::Issued(_) | CodeEvent::Withdrawn(_))
            | Self::Entered(_)
            | Self::FilesAdded(_)
            | Self::Review(_)
            | Self::Case(_)
            | Self::Inquiry(_)
            | Self::Course(_)
            | Self::Paper(_) => None,
        }
    }
}

/// Why bytes are not an event.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// The bytes are cut short, or hold a value that the schema does not know or allow.
    #[error("the bytes are not an event of this schema: {0}")]
    Malformed(postcard::Error),
    /// More bytes than the event.
    #[error("{extra} bytes stand after the event")]
    Trailing {
        /// How many.
        extra: usize,
    },
    /// Another spelling of the event.
    #[error("the bytes are not the one encoding of their event")]
    NotCanonical,
}

impl EventBody {
    /// The one encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        encode(self, 256)
    }

    /// Decodes, and refuses bytes that are not what encoding the result gives.
    ///
    /// A decoder that accepted two spellings would let two leaves mean one event.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] if the bytes are not the one encoding of an event.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        decode(bytes)
    }
}

/// Whether bytes that do not decode are an event of a kind that this program does not know: one of a newer program, or no
/// event at all. Nobody can say which, so nothing follows from it against the log.
///
/// A kind is named by the first numbers of the event: that of the event and, at the desks, that of what happens there.
/// Where these alone are refused as values of the schema, and not as cut short, it is they that nobody knows.
#[must_use]
pub fn is_of_unknown_kind(bytes: &[u8]) -> bool {
    let head = postcard::take_from_bytes::<(ContestId, SubmissionId, UnixMillis)>(bytes);
    let Ok((_, event)) = head else {
        return false;
    };
    let mut ends = (0..event.len()).filter(|at| event[*at] < 0x80).take(2);
    ends.any(|last| {
        let kind = postcard::take_from_bytes::<Event>(&event[..=last]);
        kind.is_err_and(|error| error == postcard::Error::SerdeDeCustom)
    })
}

/// Encodes any message of this crate. `room` is a guess at its length in bytes.
#[expect(
    clippy::expect_used,
    reason = "encoding into memory fails for no value of these types"
)]
pub(crate) fn encode<T: Serialize>(value: &T, room: usize) -> Vec<u8> {
    postcard::to_extend(value, Vec::with_capacity(room)).expect("encodes")
}

/// Decodes any message of this crate by the same rule.
pub(crate) fn decode<'a, T: Serialize + Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, DecodeError> {
    let (value, rest) = postcard::take_from_bytes::<T>(bytes).map_err(DecodeError::Malformed)?;
    if !rest.is_empty() {
        return Err(DecodeError::Trailing { extra: rest.len() });
    }
    let again = postcard::to_extend(&value, Vec::with_capacity(bytes.len())).map_err(DecodeError::Malformed)?;
    if again != bytes {
        return Err(DecodeError::NotCanonical);
    }
    Ok(value)
}
