//! A connection, as those who answer what comes over it know it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::time::Instant;

use tokio_util::sync::CancellationToken;

use super::course::Course;
use super::terms::{TAKEN_BACK, Terms};

/// A connection. It stands in the extensions of every request that comes over it.
#[derive(Clone, Debug)]
pub(crate) struct Peer(Arc<Connection>);

#[derive(Debug)]
struct Connection {
    id: u64,
    address: SocketAddr,
    enrolled: AtomicBool,
    closing: CancellationToken,
    leaving: CancellationToken,
    gone: CancellationToken,
    wire: Mutex<Wire>,
}

/// What is known of the bytes on the way.
#[derive(Debug)]
struct Wire {
    opened: Instant,
    has_spoken: bool,
    /// Since when the head of a request is coming, where that can be told: of HTTP/1.
    head: Option<Instant>,
    is_http1: bool,
    under_way: usize,
    quiet_since: Instant,
    /// Whether the other end takes no bytes at present, and who has some for it.
    is_blocked: bool,
    writing: Course,
    waiting: Vec<Waker>,
    /// Since when requests that were taken back are counted, and how many were.
    taken_back: (Instant, usize),
}

/// What is to be done about a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Stays,
    /// It is told to go, and may end what it has under way.
    Leaves,
    /// It is closed as it is.
    Closes,
}

impl Peer {
    pub(super) fn new(id: u64, address: SocketAddr, stopping: &Stopping) -> Self {
        let now = Instant::now();
        Self(Arc::new(Connection {
            id,
            address,
            enrolled: AtomicBool::new(false),
            closing: stopping.closing.child_token(),
            leaving: stopping.leaving.child_token(),
            gone: CancellationToken::new(),
            wire: Mutex::new(Wire {
                opened: now,
                has_spoken: false,
                head: None,
                is_http1: false,
                under_way: 0,
                quiet_since: now,
                is_blocked: false,
                writing: Course::default(),
                waiting: Vec::new(),
                taken_back: (now, 0),
            }),
        }))
    }

    /// Unlike that of any other connection since the server started.
    pub(crate) fn id(&self) -> u64 {
        self.0.id
    }

    /// The other end, which may be a proxy.
    pub(crate) fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// Something that an enrolled key signed came over this connection: it keeps its place longer than others.
    pub(crate) fn mark_enrolled(&self) {
        self.0.enrolled.store(true, Ordering::Relaxed);
    }

    /// Whether such a thing came.
    pub(crate) fn is_enrolled(&self) -> bool {
        self.0.enrolled.load(Ordering::Relaxed)
    }

    /// Cancelled when the connection is to be closed as it is.
    pub(super) fn closing(&self) -> &CancellationToken {
        &self.0.closing
    }

    /// Cancelled when the connection is to end what it has under way, and to take nothing more.
    pub(super) fn leaving(&self) -> &CancellationToken {
        &self.0.leaving
    }

    /// Cancelled when the connection is closed.
    pub(super) fn gone(&self) -> &CancellationToken {
        &self.0.gone
    }

    /// Bytes came.
    pub(super) fn heard(&self, now: Instant) {
        let mut wire = self.wire();
        if wire.is_http1 && wire.under_way == 0 {
            wire.head.get_or_insert(now);
        }
    }

    /// The other end took so many bytes.
    pub(super) fn wrote(&self, bytes: usize, now: Instant, terms: &Terms) {
        let mut wire = self.wire();
        wire.writing.went(bytes, now, &terms.pace);
        if wire.is_blocked && bytes > 0 {
            wire.is_blocked = false;
            wire.waiting.drain(..).for_each(Waker::wake);
        }
    }

    /// The other end takes no bytes at present.
    pub(super) fn blocked(&self, now: Instant) {
        let mut wire = self.wire();
        wire.is_blocked = true;
        wire.writing.wait(now);
    }

    /// Whether it is so; if it is, the task is woken when it is so no more.
    ///
    /// Invariant: whatever is answered while the other end takes nothing stays where it is counted.
    pub(super) fn is_blocked(&self, context: &Context<'_>) -> bool {
        let mut wire = self.wire();
        if !wire.is_blocked {
            return false;
        }
        if !wire.waiting.iter().any(|known| known.will_wake(context.waker())) {
            wire.waiting.push(context.waker().clone());
        }
        true
    }

    /// The head of a request has come.
    pub(super) fn asks(&self, is_http1: bool) {
        let mut wire = self.wire();
        wire.has_spoken = true;
        wire.is_http1 = is_http1;
        wire.head = None;
        wire.under_way += 1;
    }

    /// A request has ended; or was taken back, and too often.
    pub(super) fn asked(&self, was_taken_back: bool, now: Instant, terms: &Terms) {
        let mut wire = self.wire();
        wire.under_way = wire.under_way.saturating_sub(1);
        wire.quiet_since = now;
        if !was_taken_back {
            return;
        }
        if now.saturating_duration_since(wire.taken_back.0) > terms.head {
            wire.taken_back = (now, 0);
        }
        wire.taken_back.1 += 1;
        if wire.taken_back.1 > TAKEN_BACK {
            self.0.closing.cancel();
        }
    }

    /// Whether the connection has taken too long for what it is about.
    pub(super) fn judge(&self, now: Instant, terms: &Terms) -> Verdict {
        let wire = self.wire();
        let since = |then: Instant| now.saturating_duration_since(then);
        let begun = if wire.has_spoken { wire.head } else { Some(wire.opened) };
        if begun.is_some_and(|begun| since(begun) > terms.head) || wire.writing.is_too_slow(now, &terms.pace) {
            return Verdict::Closes;
        }
        if !wire.has_spoken || wire.under_way > 0 || self.is_enrolled() {
            return Verdict::Stays;
        }
        let quiet = since(wire.quiet_since);
        if quiet > terms.idle + terms.head {
            return Verdict::Closes;
        }
        if quiet > terms.idle {
            return Verdict::Leaves;
        }
        Verdict::Stays
    }

    fn wire(&self) -> MutexGuard<'_, Wire> {
        self.0.wire.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What ends all connections.
#[derive(Debug, Default)]
pub(super) struct Stopping {
    pub(super) leaving: CancellationToken,
    pub(super) closing: CancellationToken,
}
