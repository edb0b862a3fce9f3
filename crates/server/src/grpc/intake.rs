//! Takes signed events.

use std::pin::Pin;

use tallylog_event::{Envelope, PublicKey, Signature};
use tallylog_wire::v1;
use tallylog_wire::v1::submit_many_response::Outcome;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt};
use tonic::{Request, Response, Status, Streaming};

use crate::problem::Problem;
use crate::{Answer, Log, Receipt};

/// How many events of one stream may be under way.
const UNDER_WAY: usize = 4_096;

pub(super) struct Intake {
    log: Log,
}

impl Intake {
    pub(super) fn new(log: Log) -> Self {
        Self { log }
    }
}

/// A request of a stream, by its place there, with what will receive its answer.
type Numbered = (u64, Result<Answer, Problem>);

#[tonic::async_trait]
impl v1::intake_server::Intake for Intake {
    async fn submit(&self, request: Request<v1::SubmitRequest>) -> Result<Response<v1::SubmitResponse>, Status> {
        let receipt = self.log.submit(envelope(request.into_inner())?).await?;
        Ok(Response::new(v1::SubmitResponse {
            receipt: Some(message(receipt)),
        }))
    }

    type SubmitManyStream = Pin<Box<dyn Stream<Item = Result<v1::SubmitManyResponse, Status>> + Send>>;

    async fn submit_many(
        &self,
        request: Request<Streaming<v1::SubmitRequest>>,
    ) -> Result<Response<Self::SubmitManyStream>, Status> {
        let (answers, waiting) = mpsc::channel(UNDER_WAY);
        tokio::spawn(enqueue_all(self.log.clone(), request.into_inner(), answers));
        let numbered = ReceiverStream::new(waiting).then(|(request, answer): Numbered| async move {
            let outcome = match answer {
                Ok(answer) => answer.await.unwrap_or(Err(Problem::Stopping)),
                Err(problem) => Err(problem),
            };
            Ok(v1::SubmitManyResponse {
                request,
                outcome: Some(outcome.map_or_else(
                    |problem| refusal(&problem),
                    |receipt| Outcome::Receipt(message(receipt)),
                )),
            })
        });
        Ok(Response::new(Box::pin(numbered)))
    }
}

/// Puts a stream's events into the queue in their order, as fast as their answers are taken away.
async fn enqueue_all(log: Log, mut requests: Streaming<v1::SubmitRequest>, answers: mpsc::Sender<Numbered>) {
    let mut number = 0;
    while let Some(Ok(request)) = requests.next().await {
        let Ok(place) = answers.reserve().await else {
            return;
        };
        let answer = match envelope(request) {
            Ok(envelope) => log.enqueue_in_turn(envelope).await,
            Err(problem) => Err(problem),
        };
        place.send((number, answer));
        number += 1;
    }
}

fn envelope(request: v1::SubmitRequest) -> Result<Envelope, Problem> {
    Ok(Envelope {
        author: PublicKey(request.author.try_into().map_err(|_| Problem::MalformedRequest)?),
        signature: Signature(request.signature.try_into().map_err(|_| Problem::MalformedRequest)?),
        body: request.body,
    })
}

fn message(receipt: Receipt) -> v1::Receipt {
    v1::Receipt {
        entry: receipt.entry.0,
        received_at_ms: receipt.received_at.0,
        entry_hash: receipt.hash.0.to_vec(),
        known: receipt.known,
    }
}

fn refusal(problem: &Problem) -> Outcome {
    Outcome::Refusal(v1::Refusal {
        code: problem.code().to_owned(),
        message: problem.to_string(),
        retry: problem.may_retry(),
    })
}
