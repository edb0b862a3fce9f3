//! Serves entries, and every new one as it becomes durable.

use std::ops::Range;
use std::pin::Pin;

use futures_util::StreamExt;
use futures_util::stream::{Stream, iter};
use tallylog_tlog::Size;
use tallylog_wire::v1;
use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use super::{proofs, stoppable};
use crate::apart::reading;
use crate::paged::{Entries, pages};
use crate::problem::Problem;
use crate::{Log, access, query};

pub(super) struct LogService {
    log: Log,
    stopped: watch::Receiver<bool>,
}

impl LogService {
    pub(super) fn new(log: Log, stopped: watch::Receiver<bool>) -> Self {
        Self { log, stopped }
    }

    /// Reads the disk apart from the threads that serve connections, a few at a time.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Log) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let log = self.log.clone();
        reading(move || work(&log)).await
    }
}

type Messages<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

#[tonic::async_trait]
impl v1::log_server::Log for LogService {
    async fn head(&self, request: Request<v1::HeadRequest>) -> Result<Response<v1::HeadResponse>, Status> {
        let who = access::Reader::of(&request);
        let answer = self.read(move |log| {
            let (head, state) = (log.reader().head(), log.state()?);
            Ok(v1::HeadResponse {
                size: head.size,
                last_hash: head.last.to_vec(),
                public_size: state.public_size().min(head.size),
                withholds: !who.reads_everything(&state),
            })
        });
        Ok(Response::new(answer.await?))
    }

    type EntriesStream = Messages<v1::EntriesResponse>;

    async fn entries(&self, request: Request<v1::EntriesRequest>) -> Result<Response<Self::EntriesStream>, Status> {
        let who = access::Reader::of(&request);
        let v1::EntriesRequest { from, until } = request.into_inner();
        let size = self.log.reader().head().size;
        let reach = self.read(move |log| Ok(who.reach(&*log.state()?))).await?;
        let asked = if until == 0 { size.min(reach.max(from)) } else { until };
        if let Some(asked) = [from, asked].into_iter().find(|asked| *asked > size) {
            return Err(Problem::BeyondLog { asked, size }.into());
        }
        let pages = Entries::new(from..asked.min(reach)).pages(self.log.reader().clone());
        let kept_back = (asked > reach).then_some(Err(Problem::Embargoed));
        let pages = pages.chain(iter(kept_back));
        let message = |(entry, bytes)| v1::EntriesResponse { entry, bytes };
        Ok(Response::new(messages(pages, message)))
    }

    type SubscribeStream = Messages<v1::SubscribeResponse>;

    async fn subscribe(
        &self,
        request: Request<v1::SubscribeRequest>,
    ) -> Result<Response<Self::SubscribeStream>, Status> {
        let who = access::Reader::of(&request);
        let from = request.into_inner().from;
        let size = self.log.reader().head().size;
        if from > size {
            return Err(Problem::BeyondLog { asked: from, size }.into());
        }
        let (pages, stream) = mpsc::channel(1);
        let following = follow(self.log.clone(), who, from, pages);
        let mut stopped = self.stopped.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = following => {}
                _ = stopped.wait_for(|stopped| *stopped) => {}
            }
        });
        Ok(Response::new(messages(ReceiverStream::new(stream), |message| message)))
    }

    async fn happenings(
        &self,
        request: Request<v1::HappeningsRequest>,
    ) -> Result<Response<v1::HappeningsResponse>, Status> {
        let who = access::Reader::of(&request);
        let request = request.into_inner();
        let answer = self.read(move |log| query::happenings(&*log.state()?, &who, log.reader(), request));
        Ok(Response::new(answer.await?))
    }

    async fn checkpoint(
        &self,
        _request: Request<v1::CheckpointRequest>,
    ) -> Result<Response<v1::CheckpointResponse>, Status> {
        Ok(Response::new(proofs::checkpoint(&self.log)?))
    }

    type CheckpointsStream = Messages<v1::CheckpointsResponse>;

    async fn checkpoints(
        &self,
        request: Request<v1::CheckpointsRequest>,
    ) -> Result<Response<Self::CheckpointsStream>, Status> {
        let from = Size(request.into_inner().from);
        let notes = self.read(move |log| log.checkpoints_from(from)).await?;
        let texts = notes.map(|note| Ok(note?.to_string().into_bytes()));
        let answers = pages(texts, Vec::len).flat_map(iter);
        let answers = answers.map(|note| Ok(v1::CheckpointsResponse { note: note? }));
        Ok(Response::new(Box::pin(answers)))
    }

    async fn inclusion(
        &self,
        request: Request<v1::InclusionRequest>,
    ) -> Result<Response<v1::InclusionResponse>, Status> {
        let request = request.into_inner();
        let answer = self.read(move |log| proofs::inclusion(log, request)).await?;
        Ok(Response::new(answer))
    }

    async fn consistency(
        &self,
        request: Request<v1::ConsistencyRequest>,
    ) -> Result<Response<v1::ConsistencyResponse>, Status> {
        let request = request.into_inner();
        let answer = self.read(move |log| proofs::consistency(log, request)).await?;
        Ok(Response::new(answer))
    }

    async fn receipt(&self, request: Request<v1::ReceiptRequest>) -> Result<Response<v1::ReceiptResponse>, Status> {
        let reader = access::Reader::of(&request);
        let receipt = proofs::receipt(&self.log, reader, request.into_inner());
        Ok(Response::new(stoppable(&self.stopped, receipt).await?))
    }
}

/// Messages of pages of what they say. A problem is the last.
fn messages<T: Send + 'static, M: Send + 'static>(
    pages: impl Stream<Item = Result<Vec<T>, Problem>> + Send + 'static,
    message: fn(T) -> M,
) -> Messages<M> {
    Box::pin(pages.flat_map(move |page| {
        let (said, problem) = match page {
            Ok(page) => (page, None),
            Err(problem) => (Vec::new(), Some(Err(problem.into()))),
        };
        iter(said.into_iter().map(message).map(Ok).chain(problem))
    }))
}

/// Sends everything from `next` on that is for the reader, and whatever comes, until the reader goes away.
///
/// Entries come from the disk, never from a buffer that could overflow: a slow reader is only late, and `behind` says how
/// late. What is under embargo is waited for, and with it all that comes after.
async fn follow(log: Log, who: access::Reader, mut next: u64, pages: Pages) {
    let mut sizes = log.sizes();
    loop {
        let size = *sizes.borrow_and_update();
        let reach = match reach(&log, &who).await {
            Ok(reach) => reach.min(size),
            Err(problem) => {
                let _gone = pages.send(Err(problem)).await;
                return;
            }
        };
        if !send(&log, next..reach, &pages).await {
            return;
        }
        next = next.max(reach);
        tokio::select! {
            changed = sizes.changed() => if changed.is_err() { return },
            () = pages.closed() => return,
        }
    }
}

type Pages = mpsc::Sender<Result<Vec<v1::SubscribeResponse>, Problem>>;

/// How far a reader may read by now, whose key may have been withdrawn since it was asked the last time.
async fn reach(log: &Log, who: &access::Reader) -> Result<u64, Problem> {
    let (log, who) = (log.clone(), who.clone());
    reading(move || {
        let state = log.state()?;
        who.still_known(&state)?;
        Ok(who.reach(&state))
    })
    .await
}

/// Sends entries page by page; says whether the reader is still there.
async fn send(log: &Log, range: Range<u64>, pages: &Pages) -> bool {
    let mut entries = Entries::new(range);
    loop {
        let page = match entries.next(log.reader()).await {
            Ok(None) => return true,
            Ok(Some(page)) => Ok(page),
            Err(problem) => Err(problem),
        };
        let size = log.reader().head().size;
        let message = |(entry, bytes)| v1::SubscribeResponse {
            entry,
            bytes,
            behind: u64::saturating_sub(size, entry + 1),
        };
        let is_bad = page.is_err();
        let said = page.map(|page| page.into_iter().map(message).collect());
        if pages.send(said).await.is_err() || is_bad {
            return false;
        }
    }
}
