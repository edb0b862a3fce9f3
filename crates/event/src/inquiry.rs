//! What campaigns ask, and what they are answered.

use serde::{Deserialize, Serialize};
use tallylog_rules::Sheet;

use crate::{EntryIndex, FileRef, PrecinctId, Text};

/// What happens to inquiries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InquiryEvent {
    /// A campaign asks.
    Filed(Box<Inquiry>),
    /// It is answered.
    Answered(Box<Answer>),
}

/// A campaign's question about a precinct. It stands until it is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inquiry {
    /// The precinct.
    pub precinct: PrecinctId,
    /// What is asked.
    pub question: Text,
    /// The figures of the campaign's own captain.
    pub figures: Option<Sheet>,
    /// The captain's photos.
    pub files: Vec<FileRef>,
}

/// The answer to an inquiry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The entry of the inquiry.
    pub inquiry: EntryIndex,
    /// The answer.
    pub text: Text,
    /// The correction case that was opened for it.
    pub case: Option<EntryIndex>,
    /// The documents that show it.
    pub evidence: Vec<FileRef>,
}
