//! Serves results.

use std::sync::Arc;

use tallylog_wire::v1;
use tokio::sync::{Semaphore, watch};
use tonic::{Request, Response, Status};

use super::question::Question;
use super::shared::{Key, Shared};
use super::timeline::{self, Following};
use super::{proofs, stoppable};
use crate::access::Reader;
use crate::apart::apart;
use crate::problem::Problem;
use crate::{Log, Which, query};

/// How many queries run at a time. Each unpacks every record: more of them would take memory and end no sooner.
const AT_A_TIME: usize = 2;

pub(super) struct Results {
    log: Log,
    places: Arc<Semaphore>,
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
    pub(super) fn new(log: Log, stopped: watch::Receiver<bool>) -> Self {
        let places = Arc::new(Semaphore::new(AT_A_TIME));
        Self {
            following: Arc::new(Following::new(log.clone(), Arc::clone(&places), stopped.clone())),
            log,
            stopped,
            places,
            totals: Shared::new(),
            precinct: Shared::new(),
            precincts: Shared::new(),
            figures: Shared::new(),
            roster: Shared::new(),
            discrepancies: Shared::new(),
        }
    }

    /// Answers whoever is known by their key for themselves, and everybody else as the first of them who asked the same.
    async fn answer<Q: Question>(
        &self,
        shared: &Shared<Q::Answer>,
        request: Request<Q>,
    ) -> Result<Response<Q::Answer>, Status> {
        let reader = Reader::of(&request);
        let question = request.into_inner();
        if reader != Reader::Public {
            return Ok(Response::new(self.work_out(question, reader).await?));
        }
        let log = self.log.clone();
        let (key, question) = apart(move || Ok((Key::of(&*log.state()?, &question)?, question))).await?;
        let work = async { Ok(Arc::new(self.work_out(question, reader).await?)) };
        let answer = shared.get(&key, work).await?;
        Ok(Response::new(answer.as_ref().clone()))
    }

    /// Answers apart from the threads that serve connections: a query reads every precinct.
    async fn work_out<Q: Question>(&self, question: Q, reader: Reader) -> Result<Q::Answer, Problem> {
        let _place = self.places.acquire().await.map_err(|_| Problem::Stopping)?;
        let log = self.log.clone();
        apart(move || {
            let mut answer = question.answer(&*log.state()?, &reader)?;
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
        let reader = Reader::of(&request);
        let following = Arc::clone(&self.following);
        Ok(Response::new(
            timeline::steps(following, reader, request.into_inner()).await?,
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
        let request = request.into_inner();
        let which = match request.release.as_str() {
            _ if request.fresh => Which::Fresh,
            "" => Which::Latest,
            name => Which::Release(name.to_owned()),
        };
        let _place = self.places.acquire().await.map_err(|_| Problem::Stopping)?;
        let proving = self.log.prove_precinct(&request.county, &request.precinct, which);
        let parts = stoppable(&self.stopped, proving).await?;
        Ok(Response::new(v1::PrecinctProofResponse {
            results_proof: parts.results.encode(),
            commitment: Some(proofs::proven(parts.commitment)),
            counted: parts.counted.map(proofs::proven),
            note: parts.note.to_string().into_bytes(),
        }))
    }
}
