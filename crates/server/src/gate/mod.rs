//! What stands before the queue: whoever sends over the network comes through here, and waits for a turn.
//!
//! In this order:
//!
//! 1. A body that is in the log gets its first receipt, whatever became of its key since, and whatever else is refused now.
//!    Whoever shows the very bytes of the log has them from the log or wrote them, and needs nothing more. With another
//!    signature, which some devices make each time anew, that one must hold: what is under embargo would otherwise be told to
//!    whoever guesses it.
//! 2. A key whose enrolment was sent before, and is not in the log yet, is not unknown.
//! 3. Keys that nobody enrolled and those that were revoked, what is no event, what is too large, and whoever has said too
//!    much in the last hour, are refused. That costs microseconds, and no signature is looked at.
//!
//! Whoever is in the same process is trusted, and does not come through here.

mod enrolments;
mod keys;
mod lines;
mod rates;
mod turns;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender as Orders;
use std::time::Duration;

use tallylog_event::{
    ContestId, DecodeError, Entry, EntryIndex, Envelope, EventBody, MAX_ENTRY_BYTES, PublicKey, chain,
};
use tallylog_projection::{Fold, Refusal, Submissions};
use tallylog_store::Reader;
use tokio::sync::{Notify, Semaphore, oneshot, watch};

use self::enrolments::UnderWay;
pub(crate) use self::enrolments::{Enrolling, Enrolments};
use self::keys::{Keys, Looked, Standing};
pub(crate) use self::lines::{Flow, Whose};
use self::lines::{OF_ONE, Size};
pub use self::rates::{Allowance, Allowances, Uptime};
pub(crate) use self::rates::{Class, Rates, uptime};
pub(crate) use self::turns::Ticket;
use self::turns::{Turns, Waiting};
use crate::apart::apart;
use crate::limits::{Limit, bytes, grouped};
use crate::listen::Peer;
use crate::log::Answer;
use crate::notebook::Notebook;
use crate::problem::Problem;
use crate::sequencer::{Order, Receipt};

/// How many bytes of events may be under way.
const BYTES: u64 = 64 << 20;

/// How many bytes an entry has at least beyond its event's: a key, a signature, and the hash of the entry before.
const AROUND: usize = 32 + 64 + 32;

/// How many entries are looked up at a time for those who send again.
const REPEATS: usize = 2;

/// How long a stream waits until it looks again whether there is a place, where nothing of its own is under way.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The limits of intake.
pub(crate) fn limits() -> Vec<Limit> {
    let [chair_events, chair_bytes, staff_events, staff_bytes] = rates::limits();
    vec![
        Limit::new("bytes of events that wait to be looked at", bytes(BYTES)).code("busy"),
        Limit::new("events of one key that wait, on one connection", grouped(OF_ONE)).code("busy"),
        chair_events,
        chair_bytes,
        staff_events,
        staff_bytes,
    ]
}

/// What stands before the queue.
pub(crate) struct Gate {
    pub(crate) keys: Keys,
    pub(crate) rates: Rates,
    pub(crate) enrolments: Enrolments,
    submissions: Submissions,
    reader: Reader,
    /// How much is on disk.
    size: watch::Receiver<u64>,
    turns: Arc<Turns>,
    repeats: Semaphore,
}

/// What a gate is made of.
pub(crate) struct Open<'a> {
    pub(crate) fold: &'a Fold,
    pub(crate) reader: Reader,
    pub(crate) size: watch::Receiver<u64>,
    pub(crate) orders: Orders<Order>,
    pub(crate) queue: usize,
    pub(crate) rates: Rates,
    pub(crate) notebook: Option<Arc<Notebook>>,
}

/// Somebody who sends over the network: one who sends single events, or a stream.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    peer: Option<Peer>,
    /// Absent for whoever sends single events.
    stream: Option<u64>,
    /// Woken when something of it was answered.
    left: Arc<Notify>,
}

/// What becomes of an event for which there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhenFull {
    /// It is refused.
    Refuse,
    /// It waits, and with it whatever its sender sends after it.
    Wait,
}

/// What the log has under a submission id.
enum Before {
    Nothing,
    /// The very same.
    Same(Receipt),
    /// Something that the writer has to look at.
    Alike,
    /// Something else, and what comes now is no repeat.
    Other,
}

impl Sender {
    /// Whoever sends one event.
    pub(crate) fn single(peer: Option<Peer>) -> Self {
        Self {
            peer,
            stream: None,
            left: Arc::default(),
        }
    }

    /// A stream, whose events keep their order.
    pub(crate) fn stream(peer: Option<Peer>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self {
            stream: Some(NEXT.fetch_add(1, Ordering::Relaxed)),
            ..Self::single(peer)
        }
    }

    fn of(&self, key: PublicKey) -> Whose {
        Whose {
            connection: self.peer.as_ref().map_or(u64::MAX, Peer::id),
            flow: self.stream.map_or(Flow::Key(key), Flow::Stream),
        }
    }
}

impl Gate {
    pub(crate) fn new(open: Open<'_>) -> Self {
        let room = Size {
            events: u64::try_from(open.queue).unwrap_or(u64::MAX),
            bytes: BYTES,
        };
        Self {
            keys: Keys::of(open.fold.state()),
            rates: open.rates,
            enrolments: Enrolments::default(),
            submissions: open.fold.submissions(),
            reader: open.reader,
            size: open.size,
            turns: Arc::new(Turns::new(room, open.orders, open.notebook)),
            repeats: Semaphore::new(REPEATS),
        }
    }

    /// Takes an event of somebody who sends over the network, and returns what will receive its answer.
    ///
    /// # Errors
    ///
    /// The refusal, where the queue need not be asked; [`Problem::Busy`] where the sender has taken all its places.
    pub(crate) async fn take(&self, sender: &Sender, envelope: Envelope, when: WhenFull) -> Result<Answer, Problem> {
        let standing = self.standing(sender, &envelope).await?;
        let body = decode(&envelope);
        let before = match (&body, standing) {
            (Ok(body), Some(standing)) => self.before(standing, &envelope, body).await?,
            (Ok(_) | Err(_), _) => Before::Nothing,
        };
        let is_repeat = match before {
            Before::Same(receipt) => return Ok(answered(receipt)),
            Before::Alike => true,
            Before::Other | Before::Nothing => {
                may_say(&envelope.author, standing)?;
                matches!(before, Before::Other)
            }
        };
        let body = body?;
        if let Some(standing) = standing.filter(|_| !is_repeat) {
            self.rates.look(&envelope.author, standing.class, envelope.body.len())?;
        }
        self.line_up(sender, envelope, &body, (when, is_repeat)).await
    }

    /// The enrolment of a key, where it is on disk; nothing where it is on its way before this, or nobody is enrolled yet.
    async fn standing(&self, sender: &Sender, envelope: &Envelope) -> Result<Option<Standing>, Problem> {
        let key = &envelope.author;
        let mut news = self.enrolments.news();
        loop {
            // In this order: an enrolment is on its way until it is known.
            let under_way = self.enrolments.of(key, sender.of(*key));
            match (self.keys.look(key), under_way) {
                (Looked::Known(standing), _) => return Ok(Some(standing)),
                (Looked::NotOpen, _) | (Looked::Unknown(_), UnderWay::Before) => return Ok(None),
                (Looked::Unknown(contest), UnderWay::No) => return Err(stranger(envelope, contest)),
                (Looked::Unknown(_), UnderWay::Elsewhere) => {
                    news.changed().await.map_err(|_| Problem::Stopping)?;
                }
            }
        }
    }

    /// What the log has under the submission id of an event.
    async fn before(&self, standing: Standing, envelope: &Envelope, body: &EventBody) -> Result<Before, Problem> {
        let Some(entry) = self.submissions.entry(standing.place, &body.submission) else {
            return Ok(Before::Nothing);
        };
        if entry.0 >= *self.size.borrow() {
            return Ok(Before::Other);
        }
        let _turn = self.repeats.acquire().await.map_err(|_| Problem::Stopping)?;
        let reader = self.reader.clone();
        let (first, receipt) = apart(move || read(&reader, entry)).await?;
        Ok(if first.body != envelope.body {
            Before::Other
        } else if first.signature == envelope.signature {
            Before::Same(receipt)
        } else {
            Before::Alike
        })
    }

    async fn line_up(
        &self,
        sender: &Sender,
        envelope: Envelope,
        body: &EventBody,
        (when, is_repeat): (WhenFull, bool),
    ) -> Result<Answer, Problem> {
        let whose = sender.of(envelope.author);
        let ticket = loop {
            match self.turns.place(whose, envelope.body.len(), &sender.left) {
                Ok(ticket) => break ticket,
                Err(problem) if when == WhenFull::Refuse => return Err(problem),
                // Woken by what was answered of its own, or not at all.
                Err(_) => drop(tokio::time::timeout(LOOK_AGAIN, sender.left.notified()).await),
            }
        };
        let (answer, receipt) = oneshot::channel();
        let waiting = Waiting {
            ticket: ticket.enrols(self.enrolments.note(body, whose)),
            envelope,
            answer,
            peer: sender.peer.clone(),
            is_repeat,
        };
        self.turns.push(waiting);
        Ok(receipt)
    }
}

/// The event of an envelope, if one can be in it.
fn decode(envelope: &Envelope) -> Result<EventBody, Problem> {
    let least = envelope.body.len() + AROUND;
    if least > MAX_ENTRY_BYTES {
        return Err(Problem::EntryTooLarge(least));
    }
    envelope
        .decode()
        .map_err(|error: DecodeError| Problem::MalformedEvent(error))
}

/// What is said to a key that nobody enrolled: it may have come to the wrong server.
fn stranger(envelope: &Envelope, contest: ContestId) -> Problem {
    // An event begins with its contest, and what begins with ours need not be read.
    let is_for_another =
        !envelope.body.starts_with(&contest.0) && decode(envelope).is_ok_and(|body| body.contest != contest);
    if is_for_another {
        return Refusal::OtherContest.into();
    }
    Refusal::UnknownKey(envelope.author).into()
}

/// Says that a key may say something new.
fn may_say(key: &PublicKey, standing: Option<Standing>) -> Result<(), Problem> {
    match standing.and_then(|standing| standing.revoked) {
        Some(by) => Err(Refusal::RevokedKey { key: *key, by }.into()),
        None => Ok(()),
    }
}

/// An entry on disk, as it was sent, and its receipt.
fn read(reader: &Reader, entry: EntryIndex) -> Result<(Envelope, Receipt), Problem> {
    let bytes = reader.entry(entry.0)?.ok_or(Problem::Unreadable("entry-missing"))?;
    let first = Entry::decode(&bytes).map_err(|_| Problem::Unreadable("entry-damaged"))?;
    let receipt = Receipt {
        entry,
        received_at: first.received_at,
        hash: chain(&bytes),
        known: true,
    };
    Ok((first.envelope, receipt))
}

fn answered(receipt: Receipt) -> Answer {
    let (answer, receives) = oneshot::channel();
    let _kept = answer.send(Ok(receipt));
    receives
}
