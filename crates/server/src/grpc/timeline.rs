//! Serves the figures as they grew, and as they grow.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tallylog_projection::State;
use tallylog_wire::v1;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use crate::Log;
use crate::access::Reader;
use crate::problem::Problem;
use crate::query::Walk;

/// How many messages wait for a slow reader.
const WAITING: usize = 4;

/// How long the steps of one reader are apart at least: what the log takes meanwhile shares one.
const PAUSE: Duration = Duration::from_millis(250);

pub(super) type Steps = Pin<Box<dyn Stream<Item = Result<v1::TimelineResponse, Status>> + Send>>;

type Messages = mpsc::Sender<Result<v1::TimelineResponse, Status>>;

/// Whose walk it is, and where.
struct Walker {
    log: Log,
    reader: Reader,
    /// Held for each look, and not while a slow reader takes what was seen.
    places: Arc<Semaphore>,
}

/// Everything that was asked for, and with `follow` whatever comes, until the reader goes away.
///
/// It is looked at piece by piece: neither the log's writer nor other questions wait for the whole of it, and nothing is
/// looked at for a reader who is gone.
pub(super) async fn steps(
    log: Log,
    reader: Reader,
    places: Arc<Semaphore>,
    request: v1::TimelineRequest,
    mut stopped: watch::Receiver<bool>,
) -> Result<Steps, Problem> {
    let (begun, who) = (log.clone(), reader.clone());
    let walk = tokio::task::spawn_blocking(move || Walk::begin(&*begun.state()?, &who, &request));
    let walk = walk.await.map_err(|_| Problem::Stopping)??;
    let walker = Walker { log, reader, places };
    let (messages, stream) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        let sending = async {
            if let Err(problem) = walker.walk(walk, &messages).await {
                let _gone = messages.send(Err(problem.into())).await;
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

impl Walker {
    async fn walk(&self, mut walk: Walk, messages: &Messages) -> Result<(), Problem> {
        let mut sizes = self.log.sizes();
        loop {
            let (went_on, steps) = self.look(walk, Walk::next).await?;
            walk = went_on;
            if steps.is_empty() {
                break;
            }
            if !send(messages, steps).await {
                return Ok(());
            }
        }
        while walk.follows() {
            if *sizes.borrow_and_update() <= walk.reached() {
                if sizes.changed().await.is_err() {
                    return Ok(());
                }
                continue;
            }
            let (went_on, steps) = self.look(walk, Walk::rest).await?;
            walk = went_on;
            if !send(messages, steps).await {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Looks at the state, which is nobody's for longer than that. What the reader may see is asked again each time: a key
    /// may be withdrawn.
    async fn look(
        &self,
        mut walk: Walk,
        at: fn(&mut Walk, &State, &Reader) -> Vec<v1::TimelineStep>,
    ) -> Result<(Walk, Vec<v1::TimelineStep>), Problem> {
        let _place = self.places.acquire().await.map_err(|_| Problem::Stopping)?;
        let (log, reader) = (self.log.clone(), self.reader.clone());
        let looked = tokio::task::spawn_blocking(move || {
            let state = log.state()?;
            reader.still_known(&state)?;
            let steps = at(&mut walk, &state, &reader);
            Ok((walk, steps))
        });
        looked.await.map_err(|_| Problem::Stopping)?
    }
}

/// Says whether the reader is still there.
async fn send(messages: &Messages, steps: Vec<v1::TimelineStep>) -> bool {
    messages.send(Ok(v1::TimelineResponse { steps })).await.is_ok()
}
