//! What a witness knows of one log: the checkpoint that it cosigned last, as the note that it shows.

use std::sync::Arc;

use tallylog_tlog::{
    Consistent, KeyName, Latest, LogKey, SignatureLine, SignedCheckpoint, TrustedCheckpoint, UnixSeconds, WitnessKey,
};

use super::WitnessError;
use super::folder::Place;

/// What was cosigned last, if anything. The file on disk is the note.
#[derive(Clone, Debug)]
pub(super) struct Record(Option<Arc<Shown>>);

/// The checkpoint that was cosigned last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The note: the log's signature and the witness's.
    pub note: String,
    /// What was cosigned.
    pub latest: Latest,
    /// When.
    pub at: UnixSeconds,
}

impl Record {
    /// Reads what is on disk. It must bear the witness's own cosignature: a record that was damaged, or put there from
    /// elsewhere, is not taken for nothing.
    pub(super) fn load(place: &Place, origin: &KeyName, witness: &WitnessKey) -> Result<Self, WitnessError> {
        let Some(bytes) = place.read()? else {
            return Ok(Self(None));
        };
        let shown = parse(&bytes, origin, witness);
        let shown = shown.ok_or_else(|| WitnessError::Record { path: place.record() })?;
        Ok(Self(Some(Arc::new(shown))))
    }

    pub(super) const fn shown(&self) -> Option<&Arc<Shown>> {
        self.0.as_ref()
    }

    pub(super) fn latest(&self) -> Latest {
        self.0.as_ref().map_or(Latest::NOTHING, |shown| shown.latest)
    }

    /// A time that does not go back, whatever the clock does.
    pub(super) fn not_before(&self, now: UnixSeconds) -> UnixSeconds {
        self.0.as_ref().map_or(now, |shown| shown.at.max(now))
    }

    /// The record after a cosignature. Of the log's signatures those are kept that were checked, each key's once; those
    /// of others are not the witness's to show.
    pub(super) fn of(consistent: &Consistent, logs: &[LogKey], line: &SignatureLine, at: UnixSeconds) -> Self {
        let checkpoint = consistent.checkpoint();
        let of_log = logs.iter().filter(|log| *log.name() == checkpoint.origin);
        let submitted = consistent.trusted().signed().note().signatures();
        let by_log = of_log.filter_map(|log| submitted.iter().find(|line| line.claims(log.verifier())));
        let lines: Vec<_> = by_log.chain([line]).cloned().collect();
        let latest = Latest {
            size: checkpoint.size,
            root: checkpoint.root,
        };
        let note = format!("{checkpoint}\n{}", SignatureLine::encode_all(&lines));
        Self(Some(Arc::new(Shown { note, latest, at })))
    }

    /// Whether both have the same bytes: the same request within a second needs no other write.
    pub(super) fn is_on_disk_as(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_ref().map_or(&[], |shown| shown.note.as_bytes())
    }

    /// Both notes, if the log signed another root for the size that was cosigned.
    pub(super) fn fork(&self, signed: &TrustedCheckpoint) -> Option<Vec<u8>> {
        let shown = self.0.as_ref()?;
        let other = signed.checkpoint();
        let forked = other.size == shown.latest.size && other.root != shown.latest.root;
        forked.then(|| format!("{}\n{}", shown.note, signed.signed()).into_bytes())
    }
}

fn parse(bytes: &[u8], origin: &KeyName, witness: &WitnessKey) -> Option<Shown> {
    let signed = SignedCheckpoint::parse(bytes).ok()?;
    let checkpoint = signed.unverified();
    let verified = signed.note().verify([witness.verifier()]).ok()?;
    let at = verified.signers().iter().filter_map(|(_, at)| *at).max()?;
    (checkpoint.origin == *origin).then(|| Shown {
        note: signed.to_string(),
        latest: Latest {
            size: checkpoint.size,
            root: checkpoint.root,
        },
        at,
    })
}
