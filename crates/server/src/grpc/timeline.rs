//! Serves the figures as they grew, and as they grow.

use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tallylog_projection::{Basis, State};
use tallylog_wire::v1;
use tokio::sync::{mpsc, watch};
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::shared::{Key, Shared};
use crate::Log;
use crate::access::Reader;
use crate::apart::{apart, reading};
use crate::lane::{Asker, Lane, Lanes};
use crate::problem::Problem;
use crate::query::{self, Walk};

/// How many messages wait for a slow reader.
const WAITING: usize = 1;

/// How long the steps of those who follow are apart at least: what the log takes meanwhile shares one.
const PAUSE: Duration = Duration::from_millis(250);

pub(super) type Steps = Pin<Box<dyn Stream<Item = Result<v1::TimelineResponse, Status>> + Send>>;

type Messages = mpsc::Sender<Result<v1::TimelineResponse, Status>>;

/// What all who follow have in common.
pub(super) struct Following {
    log: Log,
    /// A turn is held for each look, and not while a slow reader takes what was seen.
    lanes: Lanes,
    /// The sizes at which steps end, for all alike: what one of them is told next was worked out for another.
    sizes: watch::Receiver<u64>,
    steps: Shared<v1::TimelineResponse>,
    stopped: watch::Receiver<bool>,
}

impl Following {
    pub(super) fn new(log: Log, lanes: Lanes, stopped: watch::Receiver<bool>) -> Self {
        Self {
            sizes: paced(log.sizes()),
            log,
            lanes,
            steps: Shared::new(),
            stopped,
        }
    }
}

/// The log's sizes, with a pause after each.
fn paced(mut sizes: watch::Receiver<u64>) -> watch::Receiver<u64> {
    let (told, paced) = watch::channel(*sizes.borrow_and_update());
    tokio::spawn(async move {
        while sizes.changed().await.is_ok() && !told.is_closed() {
            told.send_replace(*sizes.borrow_and_update());
            tokio::time::sleep(PAUSE).await;
        }
    });
    paced
}

/// Everything that was asked for, and with `follow` whatever comes, until the reader goes away.
///
/// It is looked at piece by piece: neither the log's writer nor other questions wait for the whole of it, and nothing is
/// looked at for a reader who is gone.
pub(super) async fn steps(
    following: Arc<Following>,
    reader: Reader,
    asker: Asker,
    request: v1::TimelineRequest,
) -> Result<Steps, Problem> {
    let (log, who) = (following.log.clone(), reader.clone());
    let walk = reading(move || Walk::begin(&*log.state()?, &who, &request)).await?;
    let (messages, stream) = mpsc::channel(WAITING);
    let mut stopped = following.stopped.clone();
    tokio::spawn(async move {
        let sending = async {
            if let Err(problem) = following.walk(walk, (&reader, asker), &messages).await {
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

impl Following {
    async fn walk(&self, mut walk: Walk, who: (&Reader, Asker), messages: &Messages) -> Result<(), Problem> {
        loop {
            let (went_on, steps) = self
                .look(&self.lanes.past, who, |state, reader| {
                    let steps = walk.next(state, reader);
                    Ok((walk, steps))
                })
                .await?;
            walk = went_on;
            if steps.is_empty() {
                break;
            }
            if !send(messages, v1::TimelineResponse { steps }).await {
                return Ok(());
            }
        }
        match walk.follows() {
            Some((basis, reached)) => self.follow(basis, reached, who, messages).await,
            None => Ok(()),
        }
    }

    async fn follow(
        &self,
        basis: Basis,
        mut reached: u64,
        who: (&Reader, Asker),
        messages: &Messages,
    ) -> Result<(), Problem> {
        let mut sizes = self.sizes.clone();
        while let Ok(until) = sizes.wait_for(|size| *size > reached).await.map(|size| *size) {
            let step = self.step(who, basis, reached..until).await?;
            reached = until;
            if !send(messages, step).await {
                break;
            }
        }
        Ok(())
    }

    /// The public is told what was worked out for the first of them.
    async fn step(
        &self,
        who: (&Reader, Asker),
        basis: Basis,
        entries: Range<u64>,
    ) -> Result<v1::TimelineResponse, Problem> {
        let asked = entries.clone();
        let work = self.look(&self.lanes.present, who, move |state, reader| {
            let steps = query::step(state, reader, basis, asked).into_iter().collect();
            Ok(v1::TimelineResponse { steps })
        });
        if *who.0 != Reader::Public {
            return work.await;
        }
        let key = Key::of_step(&*self.log.state()?, basis, entries);
        let shared = self.steps.get(&key, async { Ok(Arc::new(work.await?)) }).await?;
        Ok(shared.as_ref().clone())
    }

    /// Looks at the state, which is nobody's for longer than that. What the reader may see is asked again each time: a key
    /// may be withdrawn.
    async fn look<T: Send + 'static>(
        &self,
        lane: &Lane,
        (reader, asker): (&Reader, Asker),
        at: impl FnOnce(&State, &Reader) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = lane.turn(asker).await?;
        let (log, reader) = (self.log.clone(), reader.clone());
        apart(move || {
            let _turn = turn;
            let state = log.state()?;
            reader.still_known(&state)?;
            at(&state, &reader)
        })
        .await
    }
}

/// Says whether the reader is still there.
async fn send(messages: &Messages, response: v1::TimelineResponse) -> bool {
    messages.send(Ok(response)).await.is_ok()
}
