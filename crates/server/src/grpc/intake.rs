//! Takes signed events.

use std::pin::Pin;

use tallylog_event::{Envelope, PublicKey, Signature};
use tallylog_wire::v1;
use tallylog_wire::v1::submit_many_response::Outcome;
use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt};
use tonic::{Request, Response, Status, Streaming};

use crate::gate::{Sender, WhenFull};
use crate::listen::Peer;
use crate::problem::Problem;
use crate::{Answer, Log, Receipt, query};

/// How many events of one stream may be under way.
const UNDER_WAY: usize = 4_096;

pub(super) struct Intake {
    log: Log,
    stopped: watch::Receiver<bool>,
}

impl Intake {
    pub(super) fn new(log: Log, stopped: watch::Receiver<bool>) -> Self {
        Self { log, stopped }
    }
}

/// A request of a stream, by its place there, whether it waits for a proof, and what will receive its answer; or why
/// there will be no more of them.
type Numbered = Result<(u64, bool, Result<Answer, Problem>), Status>;

#[tonic::async_trait]
impl v1::intake_server::Intake for Intake {
    async fn submit(&self, request: Request<v1::SubmitRequest>) -> Result<Response<v1::SubmitResponse>, Status> {
        let sender = Sender::single(peer(&request));
        let request = request.into_inner();
        let wait = request.wait_for_proof;
        let answer = self.log.take(&sender, envelope(request)?, WhenFull::Refuse).await?;
        let receipt = self.log.settled(answer).await?;
        Ok(Response::new(v1::SubmitResponse {
            receipt: Some(proven(&self.log, receipt, wait).await?),
        }))
    }

    type SubmitManyStream = Pin<Box<dyn Stream<Item = Result<v1::SubmitManyResponse, Status>> + Send>>;

    async fn submit_many(
        &self,
        request: Request<Streaming<v1::SubmitRequest>>,
    ) -> Result<Response<Self::SubmitManyStream>, Status> {
        let (answers, waiting) = mpsc::channel(UNDER_WAY);
        let stream = Incoming {
            log: self.log.clone(),
            sender: Sender::stream(peer(&request)),
            requests: request.into_inner(),
            answers,
        };
        tokio::spawn(stream.enqueue_until(self.stopped.clone()));
        let log = self.log.clone();
        let numbered = ReceiverStream::new(waiting).then(move |numbered: Numbered| {
            let log = log.clone();
            async move {
                let (request, wait, answer) = numbered?;
                let outcome = match answer {
                    Ok(answer) => settle(&log, answer, wait).await,
                    Err(problem) => Err(problem),
                };
                Ok(v1::SubmitManyResponse {
                    request,
                    outcome: Some(outcome.map_or_else(|problem| refusal(&problem), Outcome::Receipt)),
                })
            }
        });
        Ok(Response::new(Box::pin(numbered)))
    }
}

/// A stream of events on their way into the queue.
struct Incoming {
    log: Log,
    sender: Sender,
    requests: Streaming<v1::SubmitRequest>,
    answers: mpsc::Sender<Numbered>,
}

impl Incoming {
    /// A stream may stay open for as long as its sender likes: without this the server would wait for it for ever.
    async fn enqueue_until(mut self, mut stopped: watch::Receiver<bool>) {
        let broken = tokio::select! {
            broken = self.enqueue_all() => broken,
            _ = stopped.wait_for(|stopped| *stopped) => Some(Problem::Stopping.into()),
        };
        if let Some(status) = broken {
            let _gone = self.answers.send(Err(status)).await;
        }
    }

    /// Puts the events into the queue in their order, as fast as their answers are taken away; says what broke the
    /// stream, if it did not end.
    async fn enqueue_all(&mut self) -> Option<Status> {
        let mut number = 0;
        while let Some(request) = self.requests.next().await {
            let request = match request {
                Ok(request) => request,
                Err(status) => return Some(status),
            };
            let place = self.answers.reserve().await.ok()?;
            let wait = request.wait_for_proof;
            let answer = match envelope(request) {
                Ok(envelope) => self.log.take(&self.sender, envelope, WhenFull::Wait).await,
                Err(problem) => Err(problem),
            };
            place.send(Ok((number, wait, answer)));
            number += 1;
        }
        None
    }
}

/// The connection that a request came over.
fn peer<T>(request: &Request<T>) -> Option<Peer> {
    request.extensions().get().cloned()
}

fn envelope(request: v1::SubmitRequest) -> Result<Envelope, Problem> {
    Ok(Envelope {
        author: PublicKey(request.author.try_into().map_err(|_| Problem::MalformedRequest)?),
        signature: Signature(request.signature.try_into().map_err(|_| Problem::MalformedRequest)?),
        body: request.body,
    })
}

async fn settle(log: &Log, answer: Answer, wait: bool) -> Result<v1::Receipt, Problem> {
    let receipt = log.settled(answer).await?;
    proven(log, receipt, wait).await
}

/// The message, with the proof where it is waited for.
///
/// A server that signs nothing cannot give one; what it took is on disk all the same, and asking again is harmless.
pub(super) async fn proven(log: &Log, receipt: Receipt, wait: bool) -> Result<v1::Receipt, Problem> {
    let proof = if wait {
        log.receipt(receipt.entry, true).await?.to_string().into_bytes()
    } else {
        Vec::new()
    };
    Ok(v1::Receipt {
        entry: receipt.entry.0,
        received_at_ms: receipt.received_at.0,
        entry_hash: receipt.hash.0.to_vec(),
        known: receipt.known,
        proof,
        since: if receipt.known {
            query::since(&*log.state()?, receipt.entry)
        } else {
            None
        },
    })
}

fn refusal(problem: &Problem) -> Outcome {
    Outcome::Refusal(v1::Refusal {
        code: problem.code().to_owned(),
        message: problem.to_string(),
        retry: problem.may_retry(),
    })
}
