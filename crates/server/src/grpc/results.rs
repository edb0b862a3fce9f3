//! Serves results.

use std::sync::Arc;

use tallylog_projection::State;
use tallylog_wire::v1;
use tokio::sync::{Semaphore, watch};
use tonic::{Request, Response, Status};

use super::{proofs, stoppable, timeline};
use crate::access::Reader;
use crate::problem::Problem;
use crate::{Log, Which, query};

/// How many queries run at a time. Each unpacks every record: more of them would take memory and end no sooner.
const AT_A_TIME: usize = 2;

pub(super) struct Results {
    log: Log,
    places: Arc<Semaphore>,
    stopped: watch::Receiver<bool>,
}

impl Results {
    pub(super) fn new(log: Log, stopped: watch::Receiver<bool>) -> Self {
        Self {
            log,
            stopped,
            places: Arc::new(Semaphore::new(AT_A_TIME)),
        }
    }

    /// Answers apart from the threads that serve connections: a query reads every precinct.
    async fn answer<T: Send + 'static>(
        &self,
        query: impl FnOnce(&State) -> Result<T, Problem> + Send + 'static,
        position: impl FnOnce(&mut T) -> &mut Option<v1::Position> + Send + 'static,
    ) -> Result<Response<T>, Status> {
        let _place = self.places.acquire().await.map_err(|_| Problem::Stopping)?;
        let log = self.log.clone();
        let answer = tokio::task::spawn_blocking(move || {
            let mut answer = query(&*log.state()?)?;
            query::add_root(position(&mut answer), log.reader())?;
            Ok::<_, Problem>(answer)
        });
        Ok(Response::new(answer.await.map_err(|_| Problem::Stopping)??))
    }
}

#[tonic::async_trait]
impl v1::results_server::Results for Results {
    async fn totals(&self, request: Request<v1::TotalsRequest>) -> Result<Response<v1::TotalsResponse>, Status> {
        let reader = Reader::of(&request);
        let request = request.into_inner();
        let query = move |state: &State| {
            if reader.reads_everything(state) {
                query::totals(state, &request)
            } else {
                query::public::totals(state, &request)
            }
        };
        self.answer(query, |answer| &mut answer.position).await
    }

    async fn precinct(&self, request: Request<v1::PrecinctRequest>) -> Result<Response<v1::PrecinctResponse>, Status> {
        let reader = Reader::of(&request);
        let request = request.into_inner();
        let query = move |state: &State| {
            if reader.reads_everything(state) {
                query::precinct(state, &request)
            } else {
                query::public::precinct(state, &request)
            }
        };
        self.answer(query, |answer| &mut answer.position).await
    }

    async fn precincts(
        &self,
        request: Request<v1::PrecinctsRequest>,
    ) -> Result<Response<v1::PrecinctsResponse>, Status> {
        let reader = Reader::of(&request);
        let request = request.into_inner();
        let query = move |state: &State| {
            if reader.reads_everything(state) {
                query::precincts(state, &request)
            } else {
                query::public::precincts(state, &request)
            }
        };
        self.answer(query, |answer| &mut answer.position).await
    }

    async fn figures(&self, request: Request<v1::FiguresRequest>) -> Result<Response<v1::FiguresResponse>, Status> {
        let reader = Reader::of(&request);
        let request = request.into_inner();
        let query = move |state: &State| {
            if reader.reads_everything(state) {
                query::figures(state, &request)
            } else {
                query::public::figures(state, &request)
            }
        };
        self.answer(query, |answer| &mut answer.position).await
    }

    async fn roster(&self, request: Request<v1::RosterRequest>) -> Result<Response<v1::RosterResponse>, Status> {
        let reader = Reader::of(&request);
        let request = request.into_inner();
        let query = move |state: &State| {
            if reader.reads_everything(state) {
                query::roster(state, &request)
            } else {
                query::public::roster(state, &request)
            }
        };
        self.answer(query, |answer| &mut answer.position).await
    }

    type TimelineStream = timeline::Steps;

    async fn timeline(&self, request: Request<v1::TimelineRequest>) -> Result<Response<Self::TimelineStream>, Status> {
        let reader = Reader::of(&request);
        let place = Arc::clone(&self.places)
            .acquire_owned()
            .await
            .map_err(|_| Problem::Stopping)?;
        let steps = timeline::steps(
            self.log.clone(),
            reader,
            request.into_inner(),
            place,
            self.stopped.clone(),
        );
        Ok(Response::new(steps.await?))
    }

    async fn discrepancies(
        &self,
        request: Request<v1::DiscrepanciesRequest>,
    ) -> Result<Response<v1::DiscrepanciesResponse>, Status> {
        let reader = Reader::of(&request);
        let request = request.into_inner();
        let query = move |state: &State| {
            reader.reads_all_of(state)?;
            query::discrepancies(state, &request)
        };
        self.answer(query, |answer| &mut answer.position).await
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
