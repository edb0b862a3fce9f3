//! A request and its answer, from the request's head to the last byte that was read of the answer.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::time::Instant;

use axum::body::Body;
use axum::http::{Method, Request, Version};
use axum::response::Response;
use hyper::body::Incoming;
use tokio_util::sync::CancellationToken;
use tonic::transport::server::TcpConnectInfo;
use tower::ServiceExt;

use super::answer::Answer;
use super::course::Course;
use super::house::House;
use super::ledger::BASE;
use super::methods::Size;
use super::peer::Peer;
use super::received::Received;
use super::speech::Speech;
use crate::problem::Problem;

tokio::task_local! {
    /// Ends the stream of an HTTP/2 connection on which the task works.
    pub(super) static STREAM: CancellationToken;
}

/// A request and its answer.
pub(super) struct Exchange {
    id: u64,
    peer: Peer,
    house: Arc<House>,
    /// Ends the exchange: its stream, or the connection where that has no streams.
    cancel: CancellationToken,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    receiving: Course,
    sending: Course,
    /// Whether the request has come as a whole, or is answered already.
    is_asked: bool,
    is_answered: bool,
    /// Why no more of the request is taken.
    verdict: Option<Problem>,
    reader: Option<Waker>,
}

/// Answers a request.
pub(super) async fn answer(house: Arc<House>, peer: Peer, request: Request<Incoming>) -> Response {
    let is_http1 = request.version() < Version::HTTP_2;
    let exchange = Exchange::begin(house, peer, is_http1);
    let speech = Speech::of(request.headers());
    let is_upload = *request.method() == Method::PATCH;
    let size = Size::of(request.method(), request.uri().path(), speech);
    let response = if let Err(problem) = size.check_declared(request.headers()) {
        speech.say(problem)
    } else {
        let request = exchange.dress(request, size);
        let answered = exchange.house.router.clone().oneshot(request).await;
        let response = answered.unwrap_or_else(|never| match never {});
        // What had come of a file is kept, and the answer says how much that is.
        match exchange.verdict() {
            Some(problem) if !is_upload => speech.say(problem),
            Some(_) | None => response,
        }
    };
    exchange.answers();
    Answer::begin(response, exchange, is_http1).await
}

impl Exchange {
    fn begin(house: Arc<House>, peer: Peer, is_http1: bool) -> Arc<Self> {
        let cancel = STREAM.try_with(CancellationToken::clone);
        peer.asks(is_http1);
        house.places.speaks(peer.id(), Instant::now());
        let exchange = Arc::new(Self {
            id: house.exchanges.fetch_add(1, Ordering::Relaxed),
            cancel: cancel.unwrap_or_else(|_| peer.closing().clone()),
            peer,
            house,
            state: Mutex::default(),
        });
        exchange.holds(BASE);
        exchange
    }

    /// The request, with whatever it takes on its way.
    fn dress(self: &Arc<Self>, request: Request<Incoming>, size: Size) -> Request<Body> {
        let (mut head, body) = request.into_parts();
        head.extensions.insert(self.peer.clone());
        head.extensions.insert(TcpConnectInfo {
            local_addr: self.house.address,
            remote_addr: Some(self.peer.address()),
        });
        Request::from_parts(head, Body::new(Received::new(body, Arc::clone(self), size)))
    }

    pub(super) const fn id(&self) -> u64 {
        self.id
    }

    pub(super) const fn peer(&self) -> &Peer {
        &self.peer
    }

    /// It holds so many bytes from now on.
    pub(super) fn holds(self: &Arc<Self>, bytes: u64) {
        self.house.ledger.set(self, bytes);
    }

    /// More of the request is waited for.
    pub(super) fn awaits(&self, context: &Context<'_>, is_awaited: bool) {
        let mut state = self.state();
        state.reader = Some(context.waker().clone());
        if is_awaited {
            state.receiving.wait(Instant::now());
        } else {
            state.receiving = Course::default();
        }
    }

    /// So much of the request came.
    pub(super) fn received(&self, bytes: usize) {
        if bytes > 0 {
            let pace = &self.house.terms.pace;
            self.state().receiving.went(bytes, Instant::now(), pace);
        }
    }

    /// Nobody waits for more of the request, which may have come as a whole.
    pub(super) fn receives_no_more(&self, is_whole: bool) {
        let is_first = {
            let mut state = self.state();
            state.receiving = Course::default();
            state.reader = None;
            is_whole && !std::mem::replace(&mut state.is_asked, true)
        };
        if is_first {
            self.house.places.begins(self.peer.id(), Instant::now());
        }
    }

    fn answers(&self) {
        let is_first = {
            let mut state = self.state();
            state.is_answered = true;
            !std::mem::replace(&mut state.is_asked, true)
        };
        if is_first {
            self.house.places.begins(self.peer.id(), Instant::now());
        }
    }

    /// There is something for the reader of the answer, who has to take it from now on.
    pub(super) fn gives(&self) {
        self.state().sending.wait(Instant::now());
    }

    /// The reader of the answer took so much.
    pub(super) fn gave(&self, bytes: usize) {
        let pace = &self.house.terms.pace;
        self.state().sending.went(bytes, Instant::now(), pace);
    }

    /// Takes no more of the request.
    pub(super) fn refuse(&self, problem: Problem) {
        let mut state = self.state();
        state.verdict.get_or_insert(problem);
        if let Some(reader) = state.reader.take() {
            reader.wake();
        }
    }

    pub(super) fn verdict(&self) -> Option<Problem> {
        self.state().verdict.clone()
    }

    /// Ends it, since others need the room.
    pub(super) fn give_way(&self) {
        let is_coming = !self.state().is_asked;
        if is_coming {
            self.refuse(Problem::Busy);
        } else {
            self.cancel.cancel();
        }
    }

    /// Ends it if the other side is too slow.
    pub(super) fn judge(&self, now: Instant) {
        let pace = &self.house.terms.pace;
        let (is_coming_too_slowly, is_read_too_slowly) = {
            let state = self.state();
            let is_too_slow = state.verdict.is_none() && state.receiving.is_too_slow(now, pace);
            (is_too_slow, state.sending.is_too_slow(now, pace))
        };
        if is_read_too_slowly {
            self.cancel.cancel();
        } else if is_coming_too_slowly {
            self.refuse(Problem::TooSlow);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let now = Instant::now();
        let (is_asked, is_answered) = {
            let state = self.state();
            (state.is_asked, state.is_answered)
        };
        self.house.ledger.remove(self.peer.id(), self.id);
        if is_asked {
            self.house.places.ends(self.peer.id(), now);
        }
        self.peer.asked(!is_answered, now, &self.house.terms);
    }
}
