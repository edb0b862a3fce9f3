//! Serves results.

use std::sync::Arc;

use tallylog_projection::State;
use tallylog_wire::v1;
use tokio::sync::watch;
use tonic::{Request, Response, Status};

use super::question::Question;
use super::recent::Recent;
use super::shared::{Key, Shared};
use super::timeline::{self, Following};
use super::{proofs, stoppable};
use crate::access::Reader;
use crate::apart::apart;
use crate::lane::{Asker, Lane, Lanes, Turn};
use crate::problem::Problem;
use crate::{Log, Which, query};

pub(super) struct Results {
    log: Log,
    lanes: Lanes,
    recent: Recent,
    stopped: watch::Receiver<bool>,
    following: Arc<Following>,
    totals: Shared<v1::TotalsResponse>,
    precinct: Shared<v1::PrecinctResponse>,
    precincts: Shared<v1::PrecinctsResponse>,
    figures: Shared<v1::FiguresResponse>,
    roster: Shared<v1::RosterResponse>,
    discrepancies: Shared<v1::DiscrepanciesResponse>,
}

impl Results {
    pub(super) fn new(log: Log, lanes: Lanes, stopped: watch::Receiver<bool>) -> Self {
        Self {
            following: Arc::new(Following::new(log.clone(), lanes.clone(), stopped.clone())),
            log,
            lanes,
            recent: Recent::default(),
            stopped,
            totals: Shared::new(),
            precinct: Shared::new(),
            precincts: Shared::new(),
            figures: Shared::new(),
            roster: Shared::new(),
            discrepancies: Shared::new(),
        }
    }

    /// Answers as the first was answered who asked the same and may read as much.
    async fn answer<Q: Question>(
        &self,
        shared: &Shared<Q::Answer>,
        request: Request<Q>,
    ) -> Result<Response<Q::Answer>, Status> {
        let (reader, asker) = (Reader::of(&request), Asker::of(&request));
        let question = request.into_inner();
        let (state, lane) = self.look(&question, &reader)?;
        let key = Key::of(&state, &question, &reader)?;
        let answer = if let Some(answer) = shared.known(&key) {
            answer
        } else {
            let turn = lane.turn(asker).await?;
            // Only now: whoever waits for what another asks waits no longer than for a turn of their own.
            let work = async { Ok(Arc::new(self.work_out(turn, state, question, reader).await?)) };
            shared.get(&key, work).await?
        };
        Ok(Response::new(answer.as_ref().clone()))
    }

    /// The state to answer from, and where to wait for it. What must be cut out of a longer log first is of the past.
    fn look<Q: Question>(&self, question: &Q, reader: &Reader) -> Result<(Arc<State>, &Lane), Problem> {
        let now = self.log.state()?;
        let size = query::size(&now, question.moment())?;
        if size >= now.size() {
            self.recent.keep(&now);
            return Ok((now, &self.lanes.present));
        }
        // How much is public is asked of the present.
        let recent = reader
            .reads_everything(&now)
            .then(|| self.recent.of_size(size))
            .flatten();
        Ok(match recent {
            Some(then) => (then, &self.lanes.present),
            None => (now, &self.lanes.past),
        })
    }

    /// Answers apart from the threads that serve connections: a query reads every precinct.
    async fn work_out<Q: Question>(
        &self,
        turn: Turn,
        state: Arc<State>,
        question: Q,
        reader: Reader,
    ) -> Result<Q::Answer, Problem> {
        let log = self.log.clone();
        apart(move || {
            let _turn = turn;
            let mut answer = question.answer(&state, &reader)?;
            query::add_root(Q::position(&mut answer), log.reader())?;
            Ok(answer)
        })
        .await
    }
}

#[tonic::async_trait]
impl v1::results_server::Results for Results {
    async fn totals(&self, request: Request<v1::TotalsRequest>) -> Result<Response<v1::TotalsResponse>, Status> {
        self.answer(&self.totals, request).await
    }

    async fn precinct(&self, request: Request<v1::PrecinctRequest>) -> Result<Response<v1::PrecinctResponse>, Status> {
        self.answer(&self.precinct, request).await
    }

    async fn precincts(
        &self,
        request: Request<v1::PrecinctsRequest>,
    ) -> Result<Response<v1::PrecinctsResponse>, Status> {
        self.answer(&self.precincts, request).await
    }

    async fn figures(&self, request: Request<v1::FiguresRequest>) -> Result<Response<v1::FiguresResponse>, Status> {
        self.answer(&self.figures, request).await
    }

    async fn roster(&self, request: Request<v1::RosterRequest>) -> Result<Response<v1::RosterResponse>, Status> {
        self.answer(&self.roster, request).await
    }

    type TimelineStream = timeline::Steps;

    async fn timeline(&self, request: Request<v1::TimelineRequest>) -> Result<Response<Self::TimelineStream>, Status> {
        let (reader, asker) = (Reader::of(&request), Asker::of(&request));
        let following = Arc::clone(&self.following);
        Ok(Response::new(
            timeline::steps(following, reader, asker, request.into_inner()).await?,
        ))
    }

    async fn discrepancies(
        &self,
        request: Request<v1::DiscrepanciesRequest>,
    ) -> Result<Response<v1::DiscrepanciesResponse>, Status> {
        self.answer(&self.discrepancies, request).await
    }

    async fn precinct_proof(
        &self,
        request: Request<v1::PrecinctProofRequest>,
    ) -> Result<Response<v1::PrecinctProofResponse>, Status> {
        let (reader, asker) = (Reader::of(&request), Asker::of(&request));
        let request = request.into_inner();
        let which = match request.release.as_str() {
            _ if request.fresh => Which::Fresh,
            "" => Which::Latest,
            name => Which::Release(name.to_owned()),
        };
        if which == Which::Fresh {
            // It makes the log grow.
            reader.known()?;
        }
        let committed = self.log.committed(&which).await?;
        let latest = self.log.state()?.commitments().last().map(|latest| latest.entry);
        let lane = if latest == Some(committed.entry) {
            &self.lanes.present
        } else {
            &self.lanes.past
        };
        let turn = lane.turn(asker).await?;
        let (log, of) = (self.log.clone(), committed.clone());
        let proven = apart(move || {
            let _turn = turn;
            log.prove_in(&of, &request.county, &request.precinct)
        });
        let proving = self.log.lead_to_checkpoint(&committed, proven.await?);
        let parts = stoppable(&self.stopped, proving).await?;
        Ok(Response::new(v1::PrecinctProofResponse {
            results_proof: parts.results.encode(),
            commitment: Some(proofs::proven(parts.commitment)),
            counted: parts.counted.map(proofs::proven),
            note: parts.note.to_string().into_bytes(),
        }))
    }
}
