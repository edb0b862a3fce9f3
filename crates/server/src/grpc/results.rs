//! Serves results.

use tallylog_projection::State;
use tallylog_wire::v1;
use tokio::sync::Semaphore;
use tonic::{Request, Response, Status};

use crate::problem::Problem;
use crate::{Log, query};

/// How many queries run at a time. Each unpacks every record: more of them would take memory and end no sooner.
const AT_A_TIME: usize = 2;

pub(super) struct Results {
    log: Log,
    places: Semaphore,
}

impl Results {
    pub(super) fn new(log: Log) -> Self {
        Self {
            log,
            places: Semaphore::new(AT_A_TIME),
        }
    }

    /// Answers apart from the threads that serve connections: a query reads every precinct.
    async fn answer<T: Send + 'static>(
        &self,
        query: impl FnOnce(&State) -> Result<T, Problem> + Send + 'static,
    ) -> Result<Response<T>, Status> {
        let _place = self.places.acquire().await.map_err(|_| Problem::Stopping)?;
        let log = self.log.clone();
        let answer = tokio::task::spawn_blocking(move || query(&*log.state()?));
        Ok(Response::new(answer.await.map_err(|_| Problem::Stopping)??))
    }
}

#[tonic::async_trait]
impl v1::results_server::Results for Results {
    async fn totals(&self, request: Request<v1::TotalsRequest>) -> Result<Response<v1::TotalsResponse>, Status> {
        let request = request.into_inner();
        self.answer(move |state| query::totals(state, &request)).await
    }

    async fn precinct(&self, request: Request<v1::PrecinctRequest>) -> Result<Response<v1::PrecinctResponse>, Status> {
        let request = request.into_inner();
        self.answer(move |state| query::precinct(state, &request)).await
    }

    async fn precincts(
        &self,
        request: Request<v1::PrecinctsRequest>,
    ) -> Result<Response<v1::PrecinctsResponse>, Status> {
        let request = request.into_inner();
        self.answer(move |state| query::precincts(state, &request)).await
    }

    async fn discrepancies(
        &self,
        request: Request<v1::DiscrepanciesRequest>,
    ) -> Result<Response<v1::DiscrepanciesResponse>, Status> {
        let request = request.into_inner();
        self.answer(move |state| query::discrepancies(state, &request)).await
    }
}
