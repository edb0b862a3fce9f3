//! One writer: admits, applies and chains each event, writes the group, and only then answers.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, RwLock};

use tallylog_event::{
    Basis, Embargo, Entry, EntryHash, EntryIndex, Envelope, Event, EventBody, MAX_ENTRY_BYTES, PublicKey, SubmissionId,
    UnixMillis, Verified, chain,
};
use tallylog_projection::{Accepted, Fold, Refusal, ResultsTree, Signatures, State};
use tallylog_store::Reader;
use tokio::sync::{OwnedSemaphorePermit, oneshot, watch};

use crate::books::{Again, Books, PAUSE};
use crate::clock::Stamps;
use crate::gate::{Class, Enrolling, Gate, Ticket};
use crate::problem::Problem;
use crate::replay::Replay;
use crate::room::Budget;
use crate::signing::Signer;

/// The most events that go to disk together. A larger group only makes its first sender wait longer.
const LARGEST_GROUP: usize = 4_096;

/// How many orders of a group may add nothing to it. Each may cost a signature, whoever is refused sends the next at once, and
/// whoever is in the group waits for all of them.
const LEAST_USE: usize = 64;

/// The least time between two commitments that somebody asks for, in milliseconds.
const BETWEEN_COMMITMENTS: u64 = 10_000;

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
    pub(crate) verified: oneshot::Receiver<Result<Verified, Problem>>,
    pub(crate) answer: oneshot::Sender<Result<Receipt, Problem>>,
    /// Given back when it is answered.
    pub(crate) place: Place,
    /// Whether it uses up something of what its key may say.
    pub(crate) is_charged: bool,
}

/// A place in the queue.
#[expect(dead_code, reason = "it is held, and dropped")]
pub(crate) enum Place {
    /// Of whoever is in the same process, with a key that is enrolled by this.
    Inside(OwnedSemaphorePermit, Option<Enrolling>),
    /// Of whoever sends over the network.
    InLine(Ticket),
}

/// What the writer is told.
pub(crate) enum Order {
    Take(Job),
    /// Say where an author's submission is.
    Find {
        author: PublicKey,
        submission: SubmissionId,
        answer: oneshot::Sender<Option<EntryIndex>>,
    },
    /// Commit to the figures of everything recorded, unless the last commitment says it all.
    Commit {
        answer: CommitAnswer,
    },
    /// The clock is believed again: do what waits for that.
    Resume,
    /// Write what came before this, and seal the store.
    Stop,
}

/// The writer.
pub(crate) struct Sequencer {
    pub(crate) books: Books,
    /// What is durable, whoever writes it.
    pub(crate) reader: Reader,
    /// What the disk has left for events.
    pub(crate) budget: Budget,
    /// When it is tried again to open books that can only be read.
    pub(crate) again: Again,
    pub(crate) fold: Fold,
    pub(crate) last: EntryHash,
    /// The state that readers see: what is durable, and nothing more.
    pub(crate) published: Arc<RwLock<Arc<State>>>,
    pub(crate) size: watch::Sender<u64>,
    /// The time that entries get. There is none while the clock is not believed.
    pub(crate) stamps: Stamps,
    /// Who is let in: told of every key that is enrolled or revoked, and of what is said.
    pub(crate) gate: Arc<Gate>,
    pub(crate) signer: Option<Arc<Signer>>,
    /// The results trees of earlier commitments, brought up to date for the next.
    pub(crate) results: Vec<ResultsTree>,
    /// The last release that could not be committed to.
    pub(crate) uncommitted: Option<EntryIndex>,
    /// When somebody last asked for a commitment and got it.
    pub(crate) committed_at: Option<UnixMillis>,
}

/// An event that is in the fold and not yet on disk.
struct Pending {
    entry: Entry,
    bytes: Vec<u8>,
    receipt: Receipt,
}

/// What goes to disk together, and who waits for it.
#[derive(Default)]
struct Group {
    pending: Vec<Pending>,
    answers: Vec<Answer>,
    commitments: Vec<(CommitAnswer, Result<EntryIndex, Problem>)>,
}

/// How large a group has become.
#[derive(Default)]
struct Measure {
    looked_at: usize,
    events: usize,
}

type CommitAnswer = oneshot::Sender<Result<EntryIndex, Problem>>;

type Answer = (oneshot::Sender<Result<Receipt, Problem>>, Receipt, Place);

impl Sequencer {
    /// Works until it is told to stop or every sender is gone, then signs what is there and seals the store.
    ///
    /// # Errors
    ///
    /// The problem that stopped it. After a failed write nothing more is taken: what the disk holds is known again only
    /// after a restart.
    pub(crate) fn run(mut self, orders: &Receiver<Order>) -> Result<(), Problem> {
        self.finish_release()?;
        loop {
            match self.next(orders)? {
                Ok(first) => {
                    if self.group(first, orders)? {
                        break;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let signed = self.sign_last();
        self.books.close()?;
        signed
    }

    /// Waits for the next order. As long as the books can only be read it is tried now and then to open them.
    fn next(&mut self, orders: &Receiver<Order>) -> Result<Result<Order, RecvTimeoutError>, Problem> {
        if self.books.is_open() {
            return Ok(orders.recv().map_err(|_| RecvTimeoutError::Disconnected));
        }
        self.open_books()?;
        Ok(orders.recv_timeout(PAUSE))
    }

    /// Does what a crash between a release and its commitment left undone.
    fn finish_release(&mut self) -> Result<(), Problem> {
        if !self.books.is_open() {
            return Ok(());
        }
        let mut unfinished = Group::default();
        self.commit_release(&mut unfinished);
        self.write(&unfinished.pending)
    }

    /// Opens books that could only be read, once the disk has room. What was written after the last acknowledged entry,
    /// and is kept, is followed first.
    fn open_books(&mut self) -> Result<(), Problem> {
        if !self.again.is_due() {
            return Ok(());
        }
        self.budget.look();
        if self.budget.is_spent() {
            self.again.wait();
            return Ok(());
        }
        if !self.books.open()? {
            self.again.put_off();
            return Ok(());
        }
        let head = self.books.head();
        if head.size > self.fold.state().size() {
            self.fold = Replay::of(&self.reader, Signatures::Trust)?;
            self.results.clear();
            let durable = Arc::new(self.fold.state().clone());
            *self.published.write().map_err(|_| Problem::LogFailed)? = durable;
            self.gate.keys.follow(self.fold.state());
        }
        self.last = EntryHash(head.last);
        self.size.send_replace(head.size);
        tracing::info!(size = head.size, "the disk has room again: the log is open for writing");
        self.finish_release()
    }

    /// A log that is let go is covered by a checkpoint as it is.
    fn sign_last(&self) -> Result<(), Problem> {
        self.signer.as_ref().map_or(Ok(()), |signer| signer.sign_and_publish())
    }

    /// Takes what is waiting, and answers it; says whether it was told to stop meanwhile.
    fn group(&mut self, first: Order, orders: &Receiver<Order>) -> Result<bool, Problem> {
        let mut group = Group::default();
        self.budget.look();
        let mut next = Some(first);
        let mut measure = Measure::default();
        let mut stop = false;
        while let Some(order) = next {
            match order {
                Order::Take(job) => self.take(job, &mut group),
                Order::Find {
                    author,
                    submission,
                    answer,
                } => {
                    let _gone = answer.send(self.fold.submission(&author, &submission));
                }
                Order::Commit { answer } => {
                    let committed = self.commit_on_demand(&mut group.pending);
                    group.commitments.push((answer, committed));
                }
                Order::Resume => self.commit_release(&mut group),
                Order::Stop => {
                    stop = true;
                    break;
                }
            }
            measure.take(group.pending.len());
            next = if measure.is_full() {
                None
            } else {
                orders.try_recv().ok()
            };
        }
        let written = self.write(&group.pending);
        for (answer, receipt, place) in group.answers {
            reply(answer, place, written.clone().map(|()| receipt));
        }
        for (answer, committed) in group.commitments {
            let _gone = answer.send(written.clone().and(committed));
        }
        written.map(|()| stop)
    }

    fn take(&mut self, job: Job, group: &mut Group) {
        let decided = match job.verified.blocking_recv() {
            Ok(verified) => verified.and_then(|verified| self.decide(verified, job.is_charged, &mut group.pending)),
            Err(_) => Err(Problem::Stopping),
        };
        match decided {
            Ok(receipt) => group.answers.push((job.answer, receipt, job.place)),
            Err(problem) => return reply(job.answer, job.place, Err(problem)),
        }
        self.commit_release(group);
    }

    /// A release is followed at once by a commitment to its figures.
    fn commit_release(&mut self, group: &mut Group) {
        let state = self.fold.state();
        let released = state.releases().last().map(|release| release.entry);
        let committed = state.commitments().last().map(|committed| committed.entry);
        if self.signer.is_none() || released <= committed {
            return;
        }
        // Not now: `Order::Resume` comes when the clock is believed.
        if (self.stamps)().is_err() {
            return;
        }
        if let Err(problem) = self.commit(Basis::Released, &mut group.pending)
            // Every event that follows tries again, and one line says it.
            && std::mem::replace(&mut self.uncommitted, released) != released
        {
            tracing::error!(code = problem.code(), %problem, "a release was not committed to");
        }
    }

    /// Commits for whoever asks, but not so often that asking fills the log.
    fn commit_on_demand(&mut self, pending: &mut Vec<Pending>) -> Result<EntryIndex, Problem> {
        let state = self.fold.state();
        let last = state.commitments().last();
        if let Some(last) = last.filter(|last| last.entry.0 + 1 == state.size()) {
            return Ok(last.entry);
        }
        let embargo = state.contest().map(|contest| contest.embargo);
        if !self.books.is_open() || self.budget.is_spent() {
            return Err(Problem::DiskFull);
        }
        let now = (self.stamps)()?;
        if self
            .committed_at
            .is_some_and(|at| now.0.saturating_sub(at.0) < BETWEEN_COMMITMENTS)
        {
            return Err(Problem::CommittedRecently);
        }
        let basis = match embargo {
            // What is recorded is not for everybody, and a commitment is.
            Some(Embargo::OnRelease) => Basis::Released,
            Some(Embargo::Open) | None => Basis::Recorded,
        };
        let receipt = self.commit(basis, pending)?;
        self.committed_at = Some(now);
        Ok(receipt.entry)
    }

    /// Commits to the figures of everything before, by the log's own key.
    fn commit(&mut self, basis: Basis, pending: &mut Vec<Pending>) -> Result<Receipt, Problem> {
        let signer = self.signer.as_ref().ok_or(Problem::NotSigned)?;
        let state = self.fold.state();
        let service = signer.service(state)?;
        let tree = follow(&mut self.results, state, basis).ok_or(Problem::Empty)?;
        let commitment = tree.commitment(state).ok_or(Problem::NotCommitted)?;
        let body = EventBody {
            contest: state.contest().ok_or(Problem::Empty)?.id,
            submission: commitment_id(state.size()),
            recorded_at: (self.stamps)()?,
            event: Event::ResultsCommitted(Box::new(commitment)),
        };
        let envelope = Envelope::seal(&body, &service);
        self.decide(envelope.verify()?, false, pending)
    }

    fn decide(&mut self, verified: Verified, is_charged: bool, pending: &mut Vec<Pending>) -> Result<Receipt, Problem> {
        let (envelope, body) = verified.into_parts();
        if let Some(known) = self.fold.submission(&envelope.author, &body.submission) {
            return self.again(known, &envelope.body, pending);
        }
        // Its commitment must follow a release, and has room of its own.
        if !matches!(body.event, Event::ResultsCommitted(_)) {
            self.room_for(envelope.body.len())?;
        }
        if is_charged && let Some(author) = self.fold.state().key(&envelope.author) {
            let class = Class::of(&author.role);
            self.gate.rates.charge(&envelope.author, class, envelope.body.len())?;
        }
        let index = EntryIndex(self.fold.state().size());
        let received_at = (self.stamps)()?.max(self.fold.state().last_received_at().unwrap_or_default());
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
        pending.push(Pending { entry, bytes, receipt });
        Ok(receipt)
    }

    /// The first receipt for the same bytes again; a refusal for other bytes under the same id.
    fn again(&self, known: EntryIndex, body: &[u8], pending: &[Pending]) -> Result<Receipt, Problem> {
        let waiting = pending.iter().find(|waiting| waiting.receipt.entry == known);
        let (same, receipt) = if let Some(waiting) = waiting {
            (waiting.entry.envelope.body == body, waiting.receipt)
        } else {
            let bytes = self
                .reader
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

    /// Whether the disk has room for an event of so many bytes.
    fn room_for(&mut self, bytes: usize) -> Result<(), Problem> {
        if !self.books.is_open() {
            return Err(Problem::DiskFull);
        }
        self.budget.take(bytes)
    }

    /// Puts the group on disk; then, and only then, lets readers see it.
    fn write(&mut self, pending: &[Pending]) -> Result<(), Problem> {
        if pending.is_empty() {
            return Ok(());
        }
        let entries: Vec<&[u8]> = pending.iter().map(|waiting| waiting.bytes.as_slice()).collect();
        let head = self.books.append(&entries).map_err(|error| {
            tracing::error!(code = error.code(), %error, "the log could not be written");
            if error.is_full() {
                Problem::RanFull
            } else {
                Problem::LogFailed
            }
        })?;
        // Made before anybody is kept out: readers and writer wait for each other no longer than it takes to exchange two
        // pointers. The old state goes when nobody reads it any more.
        let durable = Arc::new(self.fold.state().clone());
        let mut published = self.published.write().map_err(|_| Problem::LogFailed)?;
        let old = std::mem::replace(&mut *published, durable);
        drop(published);
        drop(old);
        self.gate.keys.follow(self.fold.state());
        self.size.send_replace(head.size);
        Ok(())
    }
}

impl Measure {
    /// One more order was looked at, and so many events are in the group since.
    const fn take(&mut self, events: usize) {
        self.looked_at += 1;
        self.events = events;
    }

    const fn is_full(&self) -> bool {
        self.looked_at >= LARGEST_GROUP || self.looked_at.saturating_sub(self.events) >= LEAST_USE
    }
}

/// The results tree of a state: that of the last commitment with this basis, with what changed since.
fn follow<'a>(trees: &'a mut Vec<ResultsTree>, state: &State, basis: Basis) -> Option<&'a ResultsTree> {
    let Some(at) = trees.iter().position(|tree| tree.basis() == basis) else {
        trees.push(ResultsTree::of(state, basis)?);
        return trees.last();
    };
    let tree = trees.get_mut(at)?;
    tree.follow(state);
    Some(tree)
}

/// A name for each commitment of a log: there is one at most before each of its sizes.
fn commitment_id(size: u64) -> SubmissionId {
    let EntryHash(hash) = chain(&[b"tallylog/commitment/v1\0".as_slice(), &size.to_be_bytes()].concat());
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    SubmissionId(id)
}

/// A sender that has gone away learns of its receipt when it asks again.
///
/// Its place is free before it hears of it: whoever is answered may send the next event at once.
fn reply(answer: oneshot::Sender<Result<Receipt, Problem>>, place: Place, outcome: Result<Receipt, Problem>) {
    drop(place);
    let _gone = answer.send(outcome);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many orders a group takes of which every so manieth adds an event.
    fn length(every: usize) -> usize {
        let mut measure = Measure::default();
        let mut orders = 0;
        while !measure.is_full() {
            orders += 1;
            measure.take(orders / every);
        }
        orders
    }

    #[test]
    fn a_flood_of_refusals_ends_a_group_and_events_fill_it() {
        assert_eq!(length(1), LARGEST_GROUP);
        assert_eq!(length(usize::MAX), LEAST_USE);
        assert!(length(3) < 2 * LEAST_USE);
    }
}
