//! The body of a request as it comes: no larger than it may be, and no slower.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::BoxError;
use axum::body::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tonic::Status;

use super::exchange::Exchange;
use super::ledger::BASE;
use super::methods::{PREFIX, Size};
use crate::problem::Problem;

/// The body of a request.
pub(super) struct Received {
    body: Incoming,
    exchange: Arc<Exchange>,
    measure: Measure,
    /// What the exchange was last said to hold.
    held: u64,
}

/// How far what comes has come.
#[derive(Debug)]
struct Measure {
    size: Size,
    /// All bytes that came.
    come: usize,
    /// What has come of the prefix of a message.
    prefix: Vec<u8>,
    /// How much of the message is yet to come, and how long it is.
    left: usize,
    length: usize,
    has_message: bool,
}

impl Received {
    pub(super) fn new(body: Incoming, exchange: Arc<Exchange>, size: Size) -> Self {
        if body.is_end_stream() {
            exchange.receives_no_more(true);
        }
        Self {
            body,
            exchange,
            measure: Measure::new(size),
            held: BASE,
        }
    }

    fn hold(&mut self, bytes: usize) {
        let held = BASE.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        if held != self.held {
            self.held = held;
            self.exchange.holds(held);
        }
    }
}

impl Body for Received {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Some(problem) = self.exchange.verdict() {
            return Poll::Ready(Some(Err(Status::from(problem).into())));
        }
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if polled.is_pending() {
            self.exchange.awaits(context, self.measure.is_within());
            // Whatever comes at once is held for no time, and is not counted.
            let held = self.measure.held();
            self.hold(held);
            // Somebody may have decided since it was looked.
            return match self.exchange.verdict() {
                Some(problem) => Poll::Ready(Some(Err(Status::from(problem).into()))),
                None => Poll::Pending,
            };
        }
        let Some(frame) = ready!(polled) else {
            self.exchange.receives_no_more(true);
            self.hold(0);
            return Poll::Ready(None);
        };
        let frame = frame?;
        if let Some(data) = frame.data_ref() {
            self.exchange.received(data.len());
            if let Err(problem) = self.measure.take(data) {
                self.exchange.refuse(problem.clone());
                return Poll::Ready(Some(Err(Status::from(problem).into())));
            }
        }
        if self.body.is_end_stream() {
            self.exchange.receives_no_more(true);
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        self.exchange.receives_no_more(false);
    }
}

impl Measure {
    const fn new(size: Size) -> Self {
        Self {
            size,
            come: 0,
            prefix: Vec::new(),
            left: 0,
            length: 0,
            has_message: false,
        }
    }

    /// Whether more must come soon: everywhere but between the messages of a stream.
    fn is_within(&self) -> bool {
        match self.size {
            Size::Messages { is_stream: true, .. } => self.left > 0 || !self.prefix.is_empty(),
            Size::Messages { is_stream: false, .. } | Size::Whole { .. } | Size::Pieces => true,
        }
    }

    /// How many bytes are held by whoever waits for the rest.
    const fn held(&self) -> usize {
        match self.size {
            // Room is made for all of a message as soon as its length is known.
            Size::Messages { .. } if self.left > 0 => self.length,
            Size::Whole { .. } => self.come,
            Size::Messages { .. } | Size::Pieces => 0,
        }
    }

    fn take(&mut self, data: &[u8]) -> Result<(), Problem> {
        self.come = self.come.saturating_add(data.len());
        match self.size {
            Size::Messages { most, is_stream } => self.take_messages(data, most, is_stream),
            Size::Whole { most } if self.come > most => Err(Problem::MessageTooLarge(most)),
            Size::Whole { .. } | Size::Pieces => Ok(()),
        }
    }

    fn take_messages(&mut self, mut data: &[u8], most: usize, is_stream: bool) -> Result<(), Problem> {
        while !data.is_empty() {
            if self.left > 0 {
                let taken = self.left.min(data.len());
                self.left -= taken;
                data = &data[taken..];
                continue;
            }
            if self.has_message && !is_stream {
                return Err(Problem::MessageTooLarge(most));
            }
            let taken = (PREFIX - self.prefix.len()).min(data.len());
            self.prefix.extend_from_slice(&data[..taken]);
            data = &data[taken..];
            if let &[_, a, b, c, d] = self.prefix.as_slice() {
                self.prefix.clear();
                let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
                if length > most {
                    return Err(Problem::MessageTooLarge(most));
                }
                (self.left, self.length, self.has_message) = (length, length, true);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 300;

    fn message(length: usize) -> Vec<u8> {
        let prefix = u32::try_from(length).unwrap().to_be_bytes();
        [&[0], prefix.as_slice(), &vec![7; length]].concat()
    }

    fn measure(is_stream: bool) -> Measure {
        Measure::new(Size::Messages { most: MOST, is_stream })
    }

    #[test]
    fn a_message_is_refused_by_its_length_before_it_comes() {
        let mut measured = measure(false);
        let prefix = &message(MOST + 1)[..PREFIX];
        assert_eq!(measured.take(&prefix[..4]), Ok(()));
        assert_eq!(measured.take(&prefix[4..]), Err(Problem::MessageTooLarge(MOST)));
    }

    #[test]
    fn messages_of_a_stream_are_told_apart_wherever_they_are_cut() {
        let sent = [message(0), message(MOST), message(1)].concat();
        for cut in 1..sent.len() {
            let mut measured = measure(true);
            for piece in sent.chunks(cut) {
                assert_eq!(measured.take(piece), Ok(()), "{cut}");
            }
            assert!(!measured.is_within());
            assert_eq!(measured.take(&[0]), Ok(()));
            assert!(measured.is_within(), "a message has begun");
        }
    }

    #[test]
    fn a_call_with_one_message_takes_no_second() {
        let mut measured = measure(false);
        assert_eq!(measured.take(&message(3)), Ok(()));
        assert!(measured.is_within(), "its end is yet to come");
        assert_eq!(measured.take(&[0]), Err(Problem::MessageTooLarge(MOST)));
    }

    #[test]
    fn all_of_a_message_is_held_from_its_length_to_its_last_byte() {
        let mut measured = measure(true);
        let sent = message(200);
        measured.take(&sent[..PREFIX]).unwrap();
        assert_eq!(measured.held(), 200);
        measured.take(&sent[PREFIX..]).unwrap();
        assert_eq!(measured.held(), 0);
    }

    #[test]
    fn a_body_is_refused_as_soon_as_it_is_too_long() {
        let mut measured = Measure::new(Size::Whole { most: MOST });
        assert_eq!(measured.take(&[0; MOST]), Ok(()));
        assert_eq!(measured.take(&[0]), Err(Problem::MessageTooLarge(MOST)));
    }
}
