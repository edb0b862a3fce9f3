//! A witness for logs of anybody: cosigns checkpoints of the logs that it watches, each grown from the one before.
//!
//! It promises never to cosign two roots of one size, nor a smaller size after a larger one, whatever logs send and
//! whenever its process is killed. Therefore what it cosigns is on disk before anybody sees the cosignature, and
//! judging, writing and answering of one log's checkpoints happen one at a time.
//!
//! Source: C2SP tlog-witness.

mod error;
mod folder;
mod http;
mod record;
#[cfg(test)]
pub(crate) mod samples;
mod serve;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, RwLock};

use tallylog_event::UnixMillis;
use tallylog_tlog::{
    AddCheckpoint, Consistent, KeyName, LogKey, SignatureLine, TimeError, TrustedCheckpoint, UnixSeconds, WitnessKey,
    WitnessSigner, monitoring_path,
};

use crate::Clock;
pub use error::{Refusal, WitnessError};
pub use folder::Folder;
use folder::Place;
use record::Record;
pub use record::Shown;
pub use serve::serve;

/// A witness with its key and its folder.
pub struct Witness {
    signer: WitnessSigner,
    logs: Vec<LogKey>,
    clock: Clock,
    /// By origin.
    watched: BTreeMap<KeyName, Watched>,
    /// Set by the first write that fails: nobody knows then what a restart will find on the disk.
    failed: AtomicBool,
    _folder: Folder,
}

/// A log that is watched.
struct Watched {
    place: Place,
    /// Held while a checkpoint is judged, written and answered.
    record: Mutex<Record>,
    /// What is on disk, for readers, who do not wait for it.
    shown: RwLock<Option<Arc<Shown>>>,
}

impl Witness {
    /// Opens a witness that watches `logs`; several keys of one origin are keys of one log.
    ///
    /// # Errors
    ///
    /// [`WitnessError`] if the system refuses, or what lies in the folder was not cosigned by this witness.
    pub fn open(folder: Folder, signer: WitnessSigner, logs: Vec<LogKey>, clock: Clock) -> Result<Self, WitnessError> {
        let mut watched = BTreeMap::new();
        for origin in logs.iter().map(LogKey::name) {
            let place = folder.place(origin)?;
            let record = Record::load(&place, origin, signer.key())?;
            let shown = RwLock::new(record.shown().cloned());
            let record = Mutex::new(record);
            watched.insert(origin.clone(), Watched { place, record, shown });
        }
        Ok(Self {
            signer,
            logs,
            clock,
            watched,
            failed: AtomicBool::new(false),
            _folder: folder,
        })
    }

    /// Takes the body of a request and answers with a cosignature, which is on disk then.
    ///
    /// # Errors
    ///
    /// The [`Refusal`].
    pub fn add_checkpoint(&self, body: &[u8]) -> Result<SignatureLine, Refusal> {
        self.check()?;
        let request = AddCheckpoint::parse(body)?;
        let origin = request.unverified_origin();
        let watched = self.watched.get(origin).ok_or_else(|| Refusal::unknown(origin))?;
        let mut record = watched.record.lock().map_err(|_| Refusal::Failed)?;
        // A write of another log may have failed while this waited.
        self.check()?;
        match request.judge(&self.logs, record.latest()) {
            Ok(consistent) => self.cosign(watched, &mut record, &consistent),
            Err(refusal) => {
                if let Ok(signed) = request.unverified_checkpoint().verify(&self.logs, &[]) {
                    self.keep_evidence(watched, &mut record, &signed);
                }
                Err(refusal.into())
            }
        }
    }

    /// The checkpoint that was cosigned last, by the path under which it is monitored.
    #[must_use]
    pub fn monitored(&self, path: &str) -> Option<Arc<Shown>> {
        let mut watched = self.watched.iter();
        let (_, watched) = watched.find(|(origin, _)| monitoring_path(origin) == path)?;
        watched.shown()
    }

    /// The logs by origin, each with the checkpoint that was cosigned last.
    pub fn logs(&self) -> impl Iterator<Item = (&KeyName, Option<Arc<Shown>>)> {
        self.watched.iter().map(|(origin, watched)| (origin, watched.shown()))
    }

    /// The witness's key.
    #[must_use]
    pub const fn key(&self) -> &WitnessKey {
        self.signer.key()
    }

    /// Whether a write failed: it cosigns nothing more.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.failed.load(Ordering::SeqCst)
    }

    fn check(&self) -> Result<(), Refusal> {
        if self.has_failed() {
            return Err(Refusal::Failed);
        }
        Ok(())
    }

    /// What a crash leaves: before the file has its new content, the record as it was; after that, a cosignature that
    /// the log may never have seen and asks for again. None that was sent is ever forgotten.
    fn cosign(
        &self,
        watched: &Watched,
        record: &mut Record,
        consistent: &Consistent,
    ) -> Result<SignatureLine, Refusal> {
        let at = record.not_before(seconds((self.clock)())?);
        let line = self.signer.cosign(consistent, at);
        let next = Record::of(consistent, &self.logs, &line, at);
        if !next.is_on_disk_as(record) {
            watched.place.keep(&next).map_err(|error| self.unkept(&error))?;
        }
        *watched.shown.write().map_err(|_| Refusal::Failed)? = next.shown().cloned();
        *record = next;
        Ok(line)
    }

    /// A log that signed another root for the size that was cosigned is caught: both notes are kept.
    fn keep_evidence(&self, watched: &Watched, record: &mut Record, signed: &TrustedCheckpoint) {
        let Some(evidence) = record.fork(signed) else {
            return;
        };
        tracing::error!(
            origin = %signed.checkpoint().origin,
            size = %signed.checkpoint().size,
            folder = %watched.place.path().display(),
            "the log signed two histories; both notes are kept"
        );
        if let Err(error) = watched.place.keep_evidence(signed.checkpoint().size, &evidence) {
            self.unkept(&error);
        }
    }

    /// A record that had no room is as it was, and nobody has the cosignature: the next may be tried.
    fn unkept(&self, error: &WitnessError) -> Refusal {
        if let WitnessError::Store(full) = error
            && full.is_full()
        {
            tracing::warn!(code = error.code(), "{error}; nothing is cosigned until there is room");
            return Refusal::Full;
        }
        self.fail(error)
    }

    fn fail(&self, error: &WitnessError) -> Refusal {
        self.failed.store(true, Ordering::SeqCst);
        tracing::error!(
            code = error.code(),
            "{error}; nothing more is cosigned until the witness is started again"
        );
        Refusal::Failed
    }
}

impl Watched {
    fn shown(&self) -> Option<Arc<Shown>> {
        self.shown.read().ok()?.clone()
    }
}

fn seconds(now: UnixMillis) -> Result<UnixSeconds, TimeError> {
    UnixSeconds::new(now.0 / 1_000)
}
