//! One event that a device has signed.

use std::fmt;
use std::path::{Path, PathBuf};

use tallylog_event::{Envelope, Event, EventBody, FileRef, PrecinctId, PublicKey, Signature};
use tallylog_rules::Sheet;

use super::{Notes, TroubleKind};
use crate::device::{Received, Since};

/// What stands before the author's key, the signature and the signed bytes.
const MAGIC: &[u8] = b"tallylog-signed-v1\n";

/// A signed event with what is known of its way into the log.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// Its place in the outbox: the order in which the device signed.
    pub(crate) number: u32,
    pub(crate) envelope: Envelope,
    pub(crate) body: EventBody,
    pub(crate) notes: Notes,
    pub(crate) state: Standing,
    /// Where its receipt is kept, once there is one.
    pub(crate) receipt: PathBuf,
}

/// How far an event has come. No state is ever claimed ahead of what this device knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Signed and on disk. Whether anybody else has it is not known.
    SavedHere,
    /// The server said that it has it; this device has seen no proof of that.
    Sent,
    /// This device has checked the receipt against the log key that it trusts.
    Received(Received),
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SavedHere => "saved here",
            Self::Sent => "sent",
            Self::Received(_) => "received",
        })
    }
}

impl Item {
    /// The precinct that it is about; a device's outbox holds nothing else.
    pub(crate) fn precinct(&self) -> Option<PrecinctId> {
        if let Event::FilesAdded(added) = &self.body.event {
            return Some(added.precinct);
        }
        self.body.event.report().map(|report| report.precinct)
    }

    /// The figures that it files.
    pub(crate) fn sheet(&self) -> Option<&Sheet> {
        self.body.event.report().map(|report| &report.sheet)
    }

    /// The photos that it names.
    pub(crate) fn files(&self) -> &[FileRef] {
        if let Event::FilesAdded(added) = &self.body.event {
            return &added.files;
        }
        self.body.event.report().map_or(&[], |report| &report.files)
    }

    /// What it is, in a word.
    pub(crate) fn what(&self) -> &'static str {
        match (&self.body.event, self.sheet()) {
            (Event::Corrected(_), _) => "amendment",
            (Event::Entered(_), _) => "entry",
            (_, Some(_)) => "report",
            (_, None) => "photos",
        }
    }

    pub(crate) fn received(&self) -> Option<&Received> {
        match &self.state {
            Standing::Received(received) => Some(received),
            Standing::SavedHere | Standing::Sent => None,
        }
    }

    /// What became of it after it was received, as far as the server said.
    pub(crate) fn since(&self) -> Option<&Since> {
        self.notes.since.as_ref().filter(|_| self.received().is_some())
    }

    /// Whether its figures were set aside after they were received: they count no longer.
    pub(crate) fn is_gone(&self) -> bool {
        self.since().is_some_and(Since::is_set_aside)
    }

    /// Whether its precinct awaits a report because its figures were set aside.
    pub(crate) fn is_wanted_again(&self) -> bool {
        self.since().is_some_and(Since::is_wanted_again)
    }

    /// Where it stands, in a word: as the log was when the server was last asked.
    pub(crate) fn word(&self) -> String {
        let since = self.since().and_then(Since::word);
        since.map_or_else(|| self.state.to_string(), str::to_owned)
    }

    pub(crate) fn is_refused(&self) -> bool {
        self.received().is_none() && self.trouble_is(TroubleKind::Refused)
    }

    pub(crate) fn is_alarming(&self) -> bool {
        self.received().is_none() && self.trouble_is(TroubleKind::Alarm)
    }

    fn trouble_is(&self, kind: TroubleKind) -> bool {
        self.notes.trouble.as_ref().is_some_and(|trouble| trouble.kind == kind)
    }

    /// Whether it is still to be received.
    pub(crate) fn waits(&self) -> bool {
        self.received().is_none() && !self.notes.set_aside
    }
}

/// A signed event as it lies on disk.
pub(super) fn write(envelope: &Envelope) -> Vec<u8> {
    [MAGIC, &envelope.author.0, &envelope.signature.0, &envelope.body].concat()
}

/// Reads it, and believes nothing: the signature must hold, and the key be this device's.
pub(super) fn read(bytes: &[u8], author: PublicKey) -> Option<(Envelope, EventBody)> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (key, rest) = rest.split_first_chunk()?;
    let (signature, body) = rest.split_first_chunk()?;
    let envelope = Envelope {
        author: PublicKey(*key),
        signature: Signature(*signature),
        body: body.to_vec(),
    };
    let verified = envelope.clone().verify().ok()?;
    let body = verified.body().clone();
    (envelope.author == author).then_some((envelope, body))
}

/// The number in a file's name, if it is that of a signed event.
pub(super) fn number(path: &Path) -> Option<u32> {
    let is_event = path.extension().is_some_and(|end| end == "event");
    let name = path.file_stem()?.to_str()?;
    name.parse().ok().filter(|_| is_event)
}
