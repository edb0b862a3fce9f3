//! An event with its place in the log, on its way into the fold.

use tallylog_event::{EntryIndex, Envelope, EventBody, PublicKey, UnixMillis};

/// An event that stands, or is to stand, in the log.
#[derive(Clone, Copy, Debug)]
pub struct Accepted<'a> {
    /// Its place.
    pub entry: EntryIndex,
    /// When the log takes it.
    pub received_at: UnixMillis,
    /// Who signed it.
    pub author: PublicKey,
    /// The signed bytes.
    pub bytes: &'a [u8],
    /// What they say.
    pub body: &'a EventBody,
}

impl<'a> Accepted<'a> {
    /// Puts an envelope and what it says in their place.
    ///
    /// Whether the signature holds is the caller's business: intake and the verifier check it, a replay of a log that
    /// was checked before need not.
    #[must_use]
    pub fn new(entry: EntryIndex, received_at: UnixMillis, envelope: &'a Envelope, body: &'a EventBody) -> Self {
        Self {
            entry,
            received_at,
            author: envelope.author,
            bytes: &envelope.body,
            body,
        }
    }
}
