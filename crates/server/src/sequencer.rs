//! One writer: admits, applies and chains each event, writes the group, and only then answers.

use std::sync::mpsc::Receiver;
use std::sync::{Arc, RwLock};

use tallylog_event::{
    Entry, EntryHash, EntryIndex, EventBody, MAX_ENTRY_BYTES, UnixMillis, Verified, VerifyError, chain,
};
use tallylog_projection::{Accepted, Fold, Refusal, State};
use tallylog_store::Store;
use tokio::sync::{OwnedSemaphorePermit, oneshot, watch};

use crate::log::Clock;
use crate::problem::Problem;

/// The most events that go to disk together. A larger group only makes its first sender wait longer.
const LARGEST_GROUP: usize = 4_096;

/// Where the log put an event. It is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its entry.
    pub entry: EntryIndex,
    /// When the log took it.
    pub received_at: UnixMillis,
    /// The hash of the entry's bytes.
    pub hash: EntryHash,
    /// Whether the log had it before.
    pub known: bool,
}

/// An event on its way, in the order in which senders came. Its signature is being looked at by another thread.
pub(crate) struct Job {
    pub(crate) verified: oneshot::Receiver<Result<Verified, VerifyError>>,
    pub(crate) answer: oneshot::Sender<Result<Receipt, Problem>>,
    /// Its place in the queue, given back when it is answered.
    pub(crate) place: OwnedSemaphorePermit,
}

/// What the writer is told.
pub(crate) enum Order {
    Take(Job),
    /// Write what came before this, and seal the store.
    Stop,
}

/// The writer.
pub(crate) struct Sequencer {
    pub(crate) store: Store,
    pub(crate) fold: Fold,
    pub(crate) last: EntryHash,
    /// The state that readers see: what is durable, and nothing more.
    pub(crate) published: Arc<RwLock<State>>,
    pub(crate) size: watch::Sender<u64>,
    pub(crate) clock: Clock,
}

/// An event that is in the fold and not yet on disk.
struct Pending {
    entry: Entry,
    body: EventBody,
    bytes: Vec<u8>,
    receipt: Receipt,
}

type Answer = (oneshot::Sender<Result<Receipt, Problem>>, Receipt, OwnedSemaphorePermit);

impl Sequencer {
    /// Works until it is told to stop or every sender is gone, then seals the store.
    ///
    /// # Errors
    ///
    /// The problem that stopped it. After a failed write nothing more is taken: what the disk holds is known again only
    /// after a restart.
    pub(crate) fn run(mut self, orders: &Receiver<Order>) -> Result<(), Problem> {
        while let Ok(Order::Take(first)) = orders.recv() {
            if self.group(first, orders)? {
                break;
            }
        }
        self.store.close().map_err(Problem::from)
    }

    /// Takes what is waiting, and answers it; says whether it was told to stop meanwhile.
    fn group(&mut self, first: Job, orders: &Receiver<Order>) -> Result<bool, Problem> {
        let mut pending = Vec::new();
        let mut answers: Vec<Answer> = Vec::new();
        let mut order = Some(Order::Take(first));
        // Refusals count as well: a flood of them must not keep others from their receipts.
        let mut looked_at = 0;
        while let Some(Order::Take(job)) = order {
            match job.verified.blocking_recv() {
                Ok(verified) => match self.decide(verified, &mut pending) {
                    Ok(receipt) => answers.push((job.answer, receipt, job.place)),
                    Err(problem) => reply(job.answer, job.place, Err(problem)),
                },
                Err(_) => reply(job.answer, job.place, Err(Problem::Stopping)),
            }
            looked_at += 1;
            order = if looked_at < LARGEST_GROUP {
                orders.try_recv().ok()
            } else {
                None
            };
        }
        let written = self.write(&pending);
        for (answer, receipt, place) in answers {
            reply(answer, place, written.clone().map(|()| receipt));
        }
        written.map(|()| matches!(order, Some(Order::Stop)))
    }

    fn decide(
        &mut self,
        verified: Result<Verified, VerifyError>,
        pending: &mut Vec<Pending>,
    ) -> Result<Receipt, Problem> {
        let (envelope, body) = verified?.into_parts();
        if let Some(known) = self.fold.submission(&envelope.author, &body.submission) {
            return self.again(known, &envelope.body, pending);
        }
        let index = EntryIndex(self.fold.state().size());
        let received_at = (self.clock)().max(self.fold.state().last_received_at().unwrap_or_default());
        let accepted = Accepted::new(index, received_at, &envelope, &body);
        self.fold.admit(&accepted)?;
        let entry = Entry {
            index,
            received_at,
            previous: self.last,
            envelope,
        };
        let bytes = entry.encode();
        if bytes.len() > MAX_ENTRY_BYTES {
            return Err(Problem::EntryTooLarge(bytes.len()));
        }
        self.fold
            .apply(&Accepted::new(index, received_at, &entry.envelope, &body));
        self.last = chain(&bytes);
        let receipt = Receipt {
            entry: index,
            received_at,
            hash: self.last,
            known: false,
        };
        pending.push(Pending {
            entry,
            body,
            bytes,
            receipt,
        });
        Ok(receipt)
    }

    /// The first receipt for the same bytes again; a refusal for other bytes under the same id.
    fn again(&self, known: EntryIndex, body: &[u8], pending: &[Pending]) -> Result<Receipt, Problem> {
        let waiting = pending.iter().find(|waiting| waiting.receipt.entry == known);
        let (same, receipt) = if let Some(waiting) = waiting {
            (waiting.entry.envelope.body == body, waiting.receipt)
        } else {
            let bytes = self
                .store
                .reader()
                .entry(known.0)?
                .ok_or(Problem::Unreadable("entry-missing"))?;
            let entry = Entry::decode(&bytes).map_err(|_| Problem::Unreadable("entry-damaged"))?;
            let receipt = Receipt {
                entry: known,
                received_at: entry.received_at,
                hash: chain(&bytes),
                known: true,
            };
            (entry.envelope.body == body, receipt)
        };
        if same {
            Ok(Receipt { known: true, ..receipt })
        } else {
            Err(Refusal::SubmissionReused(known).into())
        }
    }

    /// Puts the group on disk; then, and only then, lets readers see it.
    fn write(&mut self, pending: &[Pending]) -> Result<(), Problem> {
        if pending.is_empty() {
            return Ok(());
        }
        let entries: Vec<&[u8]> = pending.iter().map(|waiting| waiting.bytes.as_slice()).collect();
        let head = self.store.append(&entries).map_err(|error| {
            tracing::error!(code = error.code(), %error, "the log could not be written");
            Problem::LogFailed
        })?;
        let mut published = self.published.write().map_err(|_| Problem::LogFailed)?;
        for waiting in pending {
            let Entry {
                index,
                received_at,
                envelope,
                ..
            } = &waiting.entry;
            published.follow(&Accepted::new(*index, *received_at, envelope, &waiting.body));
        }
        drop(published);
        self.size.send_replace(head.size);
        Ok(())
    }
}

/// A sender that has gone away learns of its receipt when it asks again.
///
/// Its place is free before it hears of it: whoever is answered may send the next event at once.
fn reply(
    answer: oneshot::Sender<Result<Receipt, Problem>>,
    place: OwnedSemaphorePermit,
    outcome: Result<Receipt, Problem>,
) {
    drop(place);
    let _gone = answer.send(outcome);
}
