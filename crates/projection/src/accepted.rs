//! An event with its place in the log, on its way into the fold.

use tallylog_event::{EntryIndex, Envelope, Event, EventBody, PublicKey, TreeRoot, UnixMillis};

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
    /// The root of the log's tree over as many entries as the event announces. Whoever puts the event into the log knows
    /// the tree; without it no announcement is taken.
    pub root: Option<TreeRoot>,
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
            root: None,
        }
    }

    /// Looks up the root that an announcement has to name. `root` gives that of a size, and is not asked otherwise.
    ///
    /// # Errors
    ///
    /// Whatever keeps `root` from answering.
    pub fn under<E>(self, root: impl FnOnce(u64) -> Result<Option<TreeRoot>, E>) -> Result<Self, E> {
        let Event::Paper(paper) = &self.body.event else {
            return Ok(self);
        };
        // The log has no checkpoint of more entries than stand before this one.
        let size = paper.announced_size().filter(|size| *size <= self.entry.0);
        Ok(match size {
            Some(size) => Self {
                root: root(size)?,
                ..self
            },
            None => self,
        })
    }
}
