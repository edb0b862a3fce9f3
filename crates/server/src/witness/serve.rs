//! Connections to a witness.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Witness, http};

/// How many connections are served at a time; further ones wait.
const CONNECTIONS: usize = 512;

/// How long a connection may take for the head of a request, or be idle.
const HEAD: Duration = Duration::from_secs(30);

/// How long connections may take to finish after the witness was told to stop.
const GRACE: Duration = Duration::from_secs(5);

/// Serves until `stop` is ready, then finishes what is under way.
pub async fn serve(witness: Arc<Witness>, listener: TcpListener, stop: impl Future<Output = ()>) {
    let service = TowerToHyperService::new(http::router(witness));
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
    let connections = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut stop = pin!(stop);
    loop {
        let (stream, place) = tokio::select! {
            () = &mut stop => break,
            Some(accepted) = accept(&listener, &places) => accepted,
            else => break,
        };
        let connection = builder.serve_connection(TokioIo::new(stream), service.clone());
        let connection = connections.watch(connection.into_owned());
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended");
            }
            drop(place);
        });
    }
    drop(listener);
    // Who does not read its answer is cut off.
    let _cut_off = tokio::time::timeout(GRACE, connections.shutdown()).await;
}

/// The next connection, once there is a place for it.
async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Without it an answer may wait for the other side's acknowledgement.
                let _slower = stream.set_nodelay(true);
                return Some((stream, place));
            }
            Err(error) => {
                // For instance too many open files: others must end first.
                tracing::warn!(%error, "no connection could be taken");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}
