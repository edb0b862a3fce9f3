//! An answer as it is read: piece by piece, and no slower than it may be.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker, ready};

use axum::body::{Body, Bytes};
use axum::response::Response;
use http_body::{Body as _, Frame, SizeHint};

use super::exchange::Exchange;
use super::ledger::BASE;

/// How many bytes are handed over at a time. The rest is counted until these are taken.
const PIECE: usize = 16 << 10;

type Next = Option<Result<Frame<Bytes>, axum::Error>>;

/// The body of an answer.
pub(super) struct Answer {
    body: Body,
    exchange: Arc<Exchange>,
    is_http1: bool,
    /// What came of the body before anybody asked for it.
    next: Option<Next>,
    /// What has come of it and was not handed over.
    rest: Bytes,
    /// How much was handed over the last time.
    given: usize,
    has_given: bool,
    /// What tells that there is something for the reader, for the task that hands it over.
    watch: Option<(Waker, Waker)>,
}

/// Wakes a task, and notes that its reader has something to read from now on.
struct Watch {
    exchange: Arc<Exchange>,
    task: Waker,
}

impl Wake for Watch {
    fn wake(self: Arc<Self>) {
        self.exchange.gives();
        self.task.wake_by_ref();
    }
}

impl Answer {
    /// The answer, whose first piece is worked out before it is begun: what is held for a reader who does not read is
    /// bytes that are counted.
    pub(super) async fn begin(response: Response, exchange: Arc<Exchange>, is_http1: bool) -> Response {
        let (head, body) = response.into_parts();
        let mut answer = Self {
            body,
            exchange,
            is_http1,
            next: None,
            rest: Bytes::new(),
            given: 0,
            has_given: false,
            watch: None,
        };
        answer.next = std::future::poll_fn(|context| match answer.look(context) {
            Poll::Ready(next) => Poll::Ready(Some(next)),
            Poll::Pending => Poll::Ready(None),
        })
        .await;
        answer.count();
        Response::from_parts(head, Body::new(answer))
    }

    fn look(&mut self, context: &Context<'_>) -> Poll<Next> {
        let known = self.watch.take().filter(|(task, _)| task.will_wake(context.waker()));
        let (_, watch) = self.watch.insert(known.unwrap_or_else(|| {
            let task = context.waker().clone();
            let watch = Watch {
                exchange: Arc::clone(&self.exchange),
                task: task.clone(),
            };
            (task, Waker::from(Arc::new(watch)))
        }));
        Pin::new(&mut self.body).poll_frame(&mut Context::from_waker(watch))
    }

    /// How many bytes are held for the reader.
    fn held(&self) -> usize {
        let next = self.next.as_ref().and_then(Option::as_ref);
        let next = next
            .and_then(|next| next.as_ref().ok()?.data_ref())
            .map_or(0, Bytes::len);
        self.rest.len().saturating_add(next)
    }

    fn count(&self) {
        let held = u64::try_from(self.held()).unwrap_or(u64::MAX);
        self.exchange.holds(BASE.saturating_add(held));
        if held > 0 {
            self.exchange.gives();
        }
    }

    /// Hands over a piece. Of HTTP/2, the last byte of all that is there comes by itself: as long as it is here, the rest was
    /// not taken, and the exchange is not over.
    fn give(&mut self) -> Frame<Bytes> {
        let mut piece = self.rest.len().min(PIECE);
        if !self.is_http1 && piece == self.rest.len() && piece > 1 {
            piece -= 1;
        }
        self.given = piece;
        self.has_given = true;
        self.exchange.gives();
        Frame::data(self.rest.split_to(piece))
    }
}

impl http_body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Next> {
        if self.exchange.peer().is_blocked(context) {
            return Poll::Pending;
        }
        let given = std::mem::take(&mut self.given);
        self.exchange.gave(given);
        if self.rest.is_empty() {
            if given > 0 && self.next.is_none() {
                self.exchange.holds(BASE);
            }
            let next = if let Some(next) = self.next.take() {
                next
            } else {
                ready!(self.look(context))
            };
            match next.map(|next| next.map(Frame::into_data)) {
                Some(Ok(Ok(data))) if data.is_empty() => return Poll::Ready(Some(Ok(Frame::data(data)))),
                Some(Ok(Ok(data))) => self.rest = data,
                Some(Ok(Err(other))) => return Poll::Ready(Some(Ok(other))),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
            self.count();
        }
        Poll::Ready(Some(Ok(self.give())))
    }

    fn is_end_stream(&self) -> bool {
        let is_over = matches!(self.next, Some(None)) || (self.next.is_none() && self.body.is_end_stream());
        // What was handed over may not have been taken.
        !self.has_given && self.rest.is_empty() && is_over
    }

    fn size_hint(&self) -> SizeHint {
        let held = u64::try_from(self.held()).unwrap_or(u64::MAX);
        let rest = self.body.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower().saturating_add(held));
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper.saturating_add(held));
        }
        hint
    }
}
