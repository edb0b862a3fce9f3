//! Receipts: what a device was given for one event, checked by nothing but the log's key.

use std::fmt::Write as _;

use serde::Serialize;
use tallylog_event::{Entry, EntryError, EventBody, UnixMillis, VerifyError};
use tallylog_projection::kind_of;
use tallylog_tlog::{Hash, Index, Policy, Receipt, ReceiptError, ReceiptRefusal, SignedCheckpoint, VerifiedReceipt};
use thiserror::Error;

use crate::time::utc;

/// An entry of which a receipt proves that the log has it. Only [`verify_receipt`] makes one.
#[derive(Clone, Debug)]
pub struct ProvenEntry {
    proof: VerifiedReceipt,
    entry: Entry,
    body: EventBody,
}

/// Why a receipt proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReceiptFlaw {
    /// The file is no receipt.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
    /// It does not hold the entry.
    #[error("the receipt does not hold the entry that it is for; it can be checked beside the entry alone")]
    NoEntry,
    /// The log does not have the entry there.
    #[error(transparent)]
    Refused(#[from] ReceiptRefusal),
    /// The bytes are no entry.
    #[error("the log has this, and it is no entry: {0}")]
    Entry(#[from] EntryError),
    /// The entry says that it stands elsewhere.
    #[error("the log has this entry at {proven}, and the entry says {claimed}")]
    Place {
        /// Where the log has it.
        proven: Index,
        /// Where it says that it is.
        claimed: u64,
    },
    /// Its author did not sign it, or it is no event.
    #[error("the log has this entry, and its author did not sign it so: {0}")]
    Envelope(#[from] VerifyError),
}

impl ReceiptFlaw {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Receipt(error) => error.code(),
            Self::NoEntry => "receipt-no-entry",
            Self::Refused(refusal) => refusal.code(),
            Self::Entry(_) => "malformed-entry",
            Self::Place { .. } => "entry-misplaced",
            Self::Envelope(VerifyError::Signature(_)) => "bad-signature",
            Self::Envelope(VerifyError::Decode(_)) => "malformed-event",
            Self::Envelope(VerifyError::Enrolment(_)) => "bad-enrolment",
        }
    }
}

/// Makes a receipt that can be checked alone: the entry itself is its extra data.
///
/// # Errors
///
/// [`ReceiptError::PathTooLong`] if the path is longer than any tree is deep.
pub fn receipt(
    entry: Vec<u8>,
    index: Index,
    path: Vec<Hash>,
    checkpoint: SignedCheckpoint,
) -> Result<Receipt, ReceiptError> {
    Ok(Receipt::new(index, path, checkpoint)?.with_extra(entry))
}

/// Checks a receipt with nothing but what `policy` trusts: a log's key, and the witnesses that it asks for.
///
/// The extra data of a receipt is signed by nobody, so it is hashed and looked up under the checkpoint: it can be
/// nothing but the entry that the log has.
///
/// # Errors
///
/// [`ReceiptFlaw`] if the bytes are no receipt, or it does not prove that the log has an entry that its author signed.
pub fn verify_receipt(bytes: &[u8], policy: &Policy) -> Result<ProvenEntry, ReceiptFlaw> {
    let receipt = Receipt::parse(bytes)?;
    let extra = receipt.unsigned_extra();
    if extra.is_empty() {
        return Err(ReceiptFlaw::NoEntry);
    }
    let proof = receipt.verify(Hash::leaf(extra), policy)?;
    let entry = Entry::decode(extra)?;
    if entry.index.0 != proof.index().0 {
        return Err(ReceiptFlaw::Place {
            proven: proof.index(),
            claimed: entry.index.0,
        });
    }
    let (_, body) = entry.envelope.clone().verify()?.into_parts();
    Ok(ProvenEntry { proof, entry, body })
}

impl ProvenEntry {
    /// The proof: place, leaf hash and checkpoint with cosigners.
    #[must_use]
    pub const fn proof(&self) -> &VerifiedReceipt {
        &self.proof
    }

    /// The entry.
    #[must_use]
    pub const fn entry(&self) -> &Entry {
        &self.entry
    }

    /// What its author signed.
    #[must_use]
    pub const fn body(&self) -> &EventBody {
        &self.body
    }

    /// When the log says that it took it.
    #[must_use]
    pub const fn received_at(&self) -> UnixMillis {
        self.entry.received_at
    }

    /// What is proved, in a few lines for people.
    #[must_use]
    pub fn table(&self) -> String {
        let checkpoint = self.proof.checkpoint();
        let log = checkpoint.checkpoint();
        let mut text = format!(
            "{} of the log {} is a {} by the key {}, received at {}\n\
             it is in the log of {} entries with the root {}, which the log signed",
            self.entry.index,
            log.origin,
            kind_of(&self.body.event),
            self.entry.envelope.author,
            utc(self.entry.received_at),
            log.size,
            log.root,
        );
        for (witness, at) in checkpoint.cosigners() {
            let at = utc(UnixMillis(at.seconds().saturating_mul(1_000)));
            let _infallible = write!(text, "\nand {} cosigned at {at}", witness.name());
        }
        text.push_str("\nverified\n");
        text
    }

    /// The same for programs.
    ///
    /// # Errors
    ///
    /// None that could be met: the answer holds texts and numbers alone.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        let checkpoint = self.proof.checkpoint();
        let log = checkpoint.checkpoint();
        let cosigners = checkpoint.cosigners().iter().map(|(witness, at)| Cosigner {
            name: witness.name().as_str(),
            at: utc(UnixMillis(at.seconds().saturating_mul(1_000))),
        });
        let mut text = serde_json::to_string_pretty(&Answer {
            verified: true,
            log: log.origin.as_str(),
            size: log.size.0,
            root: log.root.to_string(),
            entry: self.entry.index.0,
            event: kind_of(&self.body.event),
            author: self.entry.envelope.author.to_string(),
            received_at: utc(self.entry.received_at),
            cosigners: cosigners.collect(),
        })?;
        text.push('\n');
        Ok(text)
    }
}

#[derive(Serialize)]
struct Answer<'a> {
    verified: bool,
    log: &'a str,
    size: u64,
    root: String,
    entry: u64,
    event: &'static str,
    author: String,
    received_at: String,
    cosigners: Vec<Cosigner<'a>>,
}

#[derive(Serialize)]
struct Cosigner<'a> {
    name: &'a str,
    at: String,
}
