//! gRPC and HTTP over one log, on one port.

mod cases;
mod desk;
mod intake;
mod keys;
mod log;
mod proofs;
mod question;
mod recent;
mod results;
mod shared;
mod timeline;
mod web;

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use tallylog_wire::v1;
use tallylog_wire::v1::cases_server::CasesServer;
use tallylog_wire::v1::desk_server::DeskServer;
use tallylog_wire::v1::intake_server::IntakeServer;
use tallylog_wire::v1::keys_server::KeysServer;
use tallylog_wire::v1::log_server::LogServer;
use tallylog_wire::v1::results_server::ResultsServer;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tonic::service::Routes;

use crate::access::{Door, recognise};
use crate::checkpointing::keep_signing;
use crate::clock::keep_watch;
use crate::lane::Lanes;
use crate::problem::Problem;
use crate::{Log, Terms, http, listen, pages};

/// Serves until `stop` is ready, then finishes what is under way. Signs checkpoints meanwhile, if the log has its keys.
pub async fn serve(log: Log, listener: TcpListener, terms: Terms, stop: impl Future<Output = ()>) {
    let (stopping, stopped) = tokio::sync::watch::channel(false);
    let routes = routes(&log, &stopped).await;
    let watching = tokio::spawn(keep_watch(log.clone()));
    let signing = tokio::spawn(keep_signing(log));
    let stop = async move {
        stop.await;
        // Subscriptions have no end of their own: without this the server would wait for them for ever.
        stopping.send_replace(true);
    };
    listen::serve(routes, listener, terms, stop).await;
    // Until now, since some of those who were answered last waited for a checkpoint.
    signing.abort();
    watching.abort();
}

async fn routes(log: &Log, stopped: &watch::Receiver<bool>) -> Router {
    let (health_reporter, health) = tonic_health::server::health_reporter();
    health_reporter.set_serving::<IntakeServer<intake::Intake>>().await;
    health_reporter.set_serving::<ResultsServer<results::Results>>().await;
    health_reporter.set_serving::<CasesServer<cases::CaseService>>().await;
    health_reporter.set_serving::<LogServer<log::LogService>>().await;
    health_reporter.set_serving::<DeskServer<desk::DeskService>>().await;
    health_reporter.set_serving::<KeysServer<keys::KeyService>>().await;
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(v1::DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let lanes = Lanes::new();
    let mut routes = Routes::from(http::routes(log.clone()).merge(pages::routes()))
        .add_service(health)
        .add_service(IntakeServer::new(intake::Intake::new(log.clone(), stopped.clone())))
        .add_service(ResultsServer::new(results::Results::new(
            log.clone(),
            lanes.clone(),
            stopped.clone(),
        )))
        .add_service(LogServer::new(log::LogService::new(log.clone(), stopped.clone())))
        .add_service(CasesServer::new(cases::CaseService::new(log.clone(), lanes.clone())))
        .add_service(DeskServer::new(desk::DeskService::new(log.clone(), lanes)))
        .add_service(KeysServer::new(keys::KeyService::new(log.clone())));
    // Older clients know reflection by its first name only.
    if let (Ok(reflection), Ok(older)) = (reflection().build_v1(), reflection().build_v1alpha()) {
        routes = routes.add_service(reflection).add_service(older);
    }
    let door = Arc::new(Door::new(log.clone()));
    let recognised = axum::middleware::from_fn_with_state(door, recognise);
    web::spoken_too(routes.into_axum_router().layer(recognised))
}

/// Ends with `stopping` what waits for something that may not come any more.
async fn stoppable<T>(
    stopped: &watch::Receiver<bool>,
    work: impl Future<Output = Result<T, Problem>>,
) -> Result<T, Problem> {
    let mut stopped = stopped.clone();
    tokio::select! {
        done = work => done,
        _ = stopped.wait_for(|stopped| *stopped) => Err(Problem::Stopping),
    }
}
