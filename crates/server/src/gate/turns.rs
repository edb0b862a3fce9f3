//! Hands the events of the lines to the writer, as fast as it answers.

use std::sync::mpsc::Sender as Orders;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tallylog_event::{Envelope, Event, Verified, VerifyError};
use tokio::sync::{Notify, oneshot};

use super::enrolments::Enrolling;
use super::lines::{Lines, Size, Whose};
use crate::listen::Peer;
use crate::notebook::Notebook;
use crate::problem::Problem;
use crate::sequencer::{Job, Order, Place, Receipt};

/// The lines, and the writer at their end.
pub(crate) struct Turns {
    orders: Orders<Order>,
    notebook: Option<Arc<Notebook>>,
    queue: Mutex<Queue>,
}

struct Queue {
    lines: Lines<Waiting>,
    /// Whether somebody is handing over: one at a time, so that what is handed over keeps the order of turns.
    is_handing_over: bool,
}

/// An event in line.
pub(crate) struct Waiting {
    pub(crate) envelope: Envelope,
    pub(crate) answer: oneshot::Sender<Result<Receipt, Problem>>,
    pub(crate) ticket: Ticket,
    /// Over which connection it came.
    pub(crate) peer: Option<Peer>,
    /// Whether the log may have it already: then nothing but its signature counts.
    pub(crate) is_repeat: bool,
}

/// A place in line, given back when it is dropped.
pub(crate) struct Ticket {
    whose: Whose,
    bytes: u64,
    is_at_work: bool,
    turns: Arc<Turns>,
    /// Woken when the place is given back.
    left: Arc<Notify>,
    enrolling: Option<Enrolling>,
}

impl Turns {
    pub(crate) fn new(room: Size, orders: Orders<Order>, notebook: Option<Arc<Notebook>>) -> Self {
        Self {
            orders,
            notebook,
            queue: Mutex::new(Queue {
                lines: Lines::new(room),
                is_handing_over: false,
            }),
        }
    }

    /// A place for an event of so many bytes.
    pub(crate) fn place(self: &Arc<Self>, whose: Whose, bytes: usize, left: &Arc<Notify>) -> Result<Ticket, Problem> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        if !self.queue().lines.hold(whose, bytes) {
            return Err(Problem::Busy);
        }
        Ok(Ticket {
            whose,
            bytes,
            is_at_work: false,
            turns: Arc::clone(self),
            left: Arc::clone(left),
            enrolling: None,
        })
    }

    /// Puts an event into line.
    pub(crate) fn push(self: &Arc<Self>, waiting: Waiting) {
        let (whose, bytes) = (waiting.ticket.whose, waiting.ticket.bytes);
        self.queue().lines.push(whose, bytes, waiting);
        self.hand_over();
    }

    /// Hands over whatever the writer may have. Where somebody is at it, that one goes on.
    fn hand_over(self: &Arc<Self>) {
        let mut queue = self.queue();
        if queue.is_handing_over {
            return;
        }
        queue.is_handing_over = true;
        while let Some(waiting) = queue.lines.next() {
            // Whatever is dropped here gives back its place.
            drop(queue);
            self.hand(waiting);
            queue = self.queue();
        }
        queue.is_handing_over = false;
    }

    fn hand(self: &Arc<Self>, waiting: Waiting) {
        let Waiting {
            envelope,
            answer,
            mut ticket,
            peer,
            is_repeat,
        } = waiting;
        ticket.is_at_work = true;
        if let Some(enrolling) = &mut ticket.enrolling {
            enrolling.hand_over();
        }
        let connection = ticket.whose.connection;
        let (verdict, verified) = oneshot::channel();
        let job = Job {
            verified,
            answer,
            place: Place::InLine(ticket),
            is_charged: !is_repeat,
        };
        // A writer that has ended takes nothing: whoever waits for the answer learns why.
        if self.orders.send(Order::Take(job)).is_err() {
            return;
        }
        let turns = Arc::clone(self);
        rayon::spawn(move || {
            let looked_at = envelope.verify();
            turns.note(connection, peer.as_ref(), &looked_at);
            let looked_at = looked_at.map_err(Problem::from);
            let _stopped = verdict.send(if is_repeat {
                looked_at
            } else {
                looked_at.and_then(|verified| turns.seen(verified))
            });
        });
    }

    /// What a signature says of the connection that it came over.
    fn note(&self, connection: u64, peer: Option<&Peer>, looked_at: &Result<Verified, VerifyError>) {
        match looked_at {
            Ok(_) => {
                self.queue().lines.note(connection, true);
                if let Some(peer) = peer {
                    peer.mark_enrolled();
                }
            }
            Err(VerifyError::Signature(_)) => self.queue().lines.note(connection, false),
            Err(VerifyError::Decode(_) | VerifyError::Enrolment(_)) => {}
        }
    }

    /// Says that the notebook saw everybody type who is said to have typed. What is in the notebook is the staff's: nobody
    /// learns of it whose signature does not hold.
    fn seen(&self, verified: Verified) -> Result<Verified, Problem> {
        if let Event::Entered(entry) = &verified.body().event
            && let Some(notebook) = &self.notebook
            && let Some(unseen) = notebook.unseen(entry.report.precinct, &entry.typed_by)?
        {
            return Err(Problem::HandUnseen(unseen));
        }
        Ok(verified)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket {
    /// Notes that the event enrols keys, until it is answered.
    pub(crate) fn enrols(mut self, enrolling: Enrolling) -> Self {
        self.enrolling = Some(enrolling);
        self
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut queue = self.turns.queue();
        queue.lines.release(self.whose, self.bytes, self.is_at_work);
        drop(queue);
        self.left.notify_one();
        self.turns.hand_over();
    }
}
