//! Serves the figures as they grew, and as they grow.

use std::pin::Pin;
use std::time::Duration;

use tallylog_wire::v1;
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use crate::access::Reader;
use crate::problem::Problem;
use crate::query::Asked;
use crate::{Log, query};

/// How many messages wait for a slow reader.
const WAITING: usize = 4;

/// How many steps go into a message: it stays well below what a client takes at once.
const TOGETHER: usize = 100;

/// How long the steps of one reader are apart at least: what the log takes meanwhile shares one.
const PAUSE: Duration = Duration::from_millis(250);

pub(super) type Steps = Pin<Box<dyn Stream<Item = Result<v1::TimelineResponse, Status>> + Send>>;

type Messages = mpsc::Sender<Result<v1::TimelineResponse, Status>>;

/// Everything that was asked for, and with `follow` whatever comes, until the reader goes away.
///
/// `place` is held while the past is walked through, which reads every precinct.
pub(super) async fn steps(
    log: Log,
    reader: Reader,
    request: v1::TimelineRequest,
    place: OwnedSemaphorePermit,
    mut stopped: watch::Receiver<bool>,
) -> Result<Steps, Problem> {
    let (walked, who) = (log.clone(), reader.clone());
    let past = tokio::task::spawn_blocking(move || {
        let state = walked.state()?;
        let asked = Asked::of(&state, &who, &request)?;
        Ok::<_, Problem>((asked, state.size(), query::timeline(&state, &who, asked)))
    });
    let (asked, size, past) = past.await.map_err(|_| Problem::Stopping)??;
    drop(place);
    let (messages, stream) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        let sending = async {
            if send(&messages, past).await && request.follow {
                follow(&log, &reader, asked, size, &messages).await;
            }
        };
        tokio::select! {
            () = sending => {}
            () = messages.closed() => {}
            _ = stopped.wait_for(|stopped| *stopped) => {}
        }
    });
    Ok(Box::pin(ReceiverStream::new(stream)))
}

/// Says whether the reader is still there.
async fn send(messages: &Messages, steps: Vec<v1::TimelineStep>) -> bool {
    let mut steps = steps.into_iter().peekable();
    while steps.peek().is_some() {
        let steps = steps.by_ref().take(TOGETHER).collect();
        if messages.send(Ok(v1::TimelineResponse { steps })).await.is_err() {
            return false;
        }
    }
    true
}

/// Sends a step for whatever the log takes. What the reader may see is asked again for each: a key may be withdrawn.
async fn follow(log: &Log, reader: &Reader, asked: Asked, mut from: u64, messages: &Messages) {
    let mut sizes = log.sizes();
    loop {
        if *sizes.borrow_and_update() <= from {
            if sizes.changed().await.is_err() {
                return;
            }
            continue;
        }
        let step = match next(log, reader, asked, from).await {
            Ok(step) => step,
            Err(problem) => {
                let _gone = messages.send(Err(problem.into())).await;
                return;
            }
        };
        from = step.as_ref().map_or(from, |step| step.size);
        if !send(messages, step.into_iter().collect()).await {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn next(log: &Log, reader: &Reader, asked: Asked, from: u64) -> Result<Option<v1::TimelineStep>, Problem> {
    let (log, reader) = (log.clone(), reader.clone());
    let looked = tokio::task::spawn_blocking(move || {
        let state = log.state()?;
        reader.still_known(&state)?;
        Ok(query::next_step(&state, &reader, asked, from))
    });
    looked.await.map_err(|_| Problem::Stopping)?
}
