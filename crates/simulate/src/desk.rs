//! Where events are signed and documents filed.

use std::collections::BTreeMap;

use tallylog_event::{
    ContestId, Envelope, Event, EventBody, FileHash, FileRef, SigningKey, SubmissionId, UnixMillis, chain,
};

use crate::chance::{Chance, Stream};
use crate::words::text;

/// Signs events of one contest, each under a submission id of its own.
pub(crate) struct Desk {
    contest: ContestId,
    submissions: Chance,
    files: BTreeMap<FileHash, Vec<u8>>,
}

impl Desk {
    pub(crate) fn new(contest: ContestId, seed: u64) -> Self {
        Self::with(contest, Chance::new(seed, Stream::Submissions))
    }

    /// A desk for further events of a night: its submission ids are none of the night's.
    pub(crate) fn further(contest: ContestId, seed: u64) -> Self {
        Self::with(contest, Chance::new(seed, Stream::Further))
    }

    fn with(contest: ContestId, submissions: Chance) -> Self {
        Self {
            contest,
            submissions,
            files: BTreeMap::new(),
        }
    }

    /// Takes the next submission id for something that is signed later.
    pub(crate) fn slot(&mut self, recorded_at: UnixMillis) -> Slot {
        Slot {
            contest: self.contest,
            submission: SubmissionId(self.submissions.bytes()),
            recorded_at,
        }
    }

    pub(crate) fn seal(&mut self, key: &SigningKey, recorded_at: UnixMillis, event: Event) -> Envelope {
        self.slot(recorded_at).seal(key, event)
    }

    /// Files a page of `words`, and refers to it.
    pub(crate) fn file(&mut self, words: &str) -> FileRef {
        let bytes = format!("REHEARSAL. Synthetic document.\n{words}\n").into_bytes();
        // A file's hash is made as an entry's is: BLAKE3 of the bytes.
        let hash = FileHash(chain(&bytes).0);
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.files.insert(hash, bytes);
        FileRef {
            hash,
            size,
            media_type: text("text/plain"),
        }
    }

    /// Everything that was filed.
    pub(crate) fn into_files(self) -> BTreeMap<FileHash, Vec<u8>> {
        self.files
    }
}

/// All of an event's body but the event.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    contest: ContestId,
    submission: SubmissionId,
    recorded_at: UnixMillis,
}

impl Slot {
    pub(crate) fn seal(&self, key: &SigningKey, event: Event) -> Envelope {
        let body = EventBody {
            contest: self.contest,
            submission: self.submission,
            recorded_at: self.recorded_at,
            event,
        };
        Envelope::seal(&body, key)
    }
}
