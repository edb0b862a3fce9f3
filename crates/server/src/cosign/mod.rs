//! The log's side of witnessing: gathers cosignatures for each checkpoint.
//!
//! Every witness has a thread of its own, which asks it for the newest checkpoint whenever it has not cosigned that
//! yet. [`Cosigners::gather`] hands a checkpoint to all of them and waits for those alone that were prompt the last
//! time, and for no longer than [`CAP`]: a witness that is missing or slow delays nothing. What it cosigns later is
//! added when it comes, see [`Cosigners::updates`].
//!
//! A witness can show that this log went back behind what it has signed, or that somebody signed a second history with
//! its key. That is an [`Alarm`]: nothing more may be signed.

mod address;
mod alarm;
mod ask;
mod board;
mod claim;
mod client;
mod fault;
mod hall;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use tallylog_tlog::{Hash, KeyName, LogKey, Policy, SignedCheckpoint, Size, UnixSeconds};
use tokio::sync::watch;

pub use address::{AddressError, Witness, WitnessUrl};
pub use alarm::Alarm;
pub use board::{Cosigned, WitnessStatus};
pub use fault::{CosignError, WitnessFault};
use hall::Hall;

/// The longest that [`Cosigners::gather`] waits.
pub const CAP: Duration = Duration::from_millis(250);

/// The most witnesses of a log: their cosignatures and the log's own must fit under one note.
pub const MAX_WITNESSES: usize = 32;

/// Builds the consistency proof between two sizes of the log, or `None` if a node cannot be read.
///
/// It is called on the threads of the witnesses, and may wait for the disk.
pub type Prove = Arc<dyn Fn(Size, Size) -> Option<Vec<Hash>> + Send + Sync>;

/// Learns the time at which a witness says that it cosigned, as soon as its cosignature has come and holds.
///
/// It is called on the threads of the witnesses.
pub type Heard = Arc<dyn Fn(&KeyName, UnixSeconds) + Send + Sync>;

/// The witnesses of a log, each asked by a thread of its own. Dropping it ends them.
pub struct Cosigners {
    hall: Arc<Hall>,
}

impl Cosigners {
    /// Begins to ask the witnesses of a log, `quorum` of which are to cosign each checkpoint.
    ///
    /// # Errors
    ///
    /// [`CosignError`] if two witnesses have one key, there are over [`MAX_WITNESSES`] or less than the quorum, or the
    /// system starts no thread.
    pub fn start(
        log: LogKey,
        witnesses: Vec<Witness>,
        quorum: usize,
        prove: Prove,
        heard: Heard,
    ) -> Result<Self, CosignError> {
        let hall = Arc::new(Hall::new(log, witnesses, quorum, prove, heard)?);
        let cosigners = Self { hall };
        cosigners.hall.staff()?;
        Ok(cosigners)
    }

    /// Asks all witnesses for a checkpoint that the log has just signed, and returns it with the cosignatures that came
    /// in time.
    ///
    /// Call it with rising sizes, one at a time, and before anybody else can see the checkpoint: a witness that knows
    /// more than the newest checkpoint given here is an alarm. To give the same checkpoint again costs nothing.
    ///
    /// # Errors
    ///
    /// The [`Alarm`], once there is one: nothing more may be signed.
    pub async fn gather(&self, checkpoint: SignedCheckpoint) -> Result<Cosigned, Alarm> {
        let mut changes = self.hall.changes();
        self.hall.post(&checkpoint)?;
        let all_in = async { while self.hall.is_awaiting() && changes.changed().await.is_ok() {} };
        // Late is an outcome like any other: the checkpoint goes out without the rest.
        let _late = tokio::time::timeout(CAP, all_in).await;
        self.hall.settle(&checkpoint)
    }

    /// The newest checkpoint with its cosignatures: what [`Self::gather`] returned, and again whenever one more came.
    ///
    /// Without new checkpoints every witness is asked again once a minute, so that its time stays fresh.
    #[must_use]
    pub fn updates(&self) -> watch::Receiver<Option<Cosigned>> {
        self.hall.updates()
    }

    /// Asks every witness now, also for what it has cosigned: its time comes with that.
    pub fn renew(&self) {
        self.hall.renew();
    }

    /// The largest checkpoint that met the quorum. It may be older than the newest one.
    #[must_use]
    pub fn quorate(&self) -> Option<Cosigned> {
        self.hall.quorate()
    }

    /// Why nothing more may be signed, as soon as that is known.
    #[must_use]
    pub fn alarms(&self) -> watch::Receiver<Option<Alarm>> {
        self.hall.alarms()
    }

    /// How each witness does, in the order in which they were given.
    #[must_use]
    pub fn status(&self) -> Vec<WitnessStatus> {
        self.hall.status()
    }

    /// The log's key, the witnesses and the quorum as a policy: what a verifier is to be told.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        self.hall.policy()
    }
}

impl Drop for Cosigners {
    fn drop(&mut self) {
        self.hall.close();
    }
}
