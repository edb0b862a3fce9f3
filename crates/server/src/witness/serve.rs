//! Connections to a witness.

use std::future::Future;
use std::sync::Arc;

use tokio::net::TcpListener;

use super::{Witness, http};
use crate::listen::{self, Terms};

/// How many connections there may be: a witness is asked by few logs, and looked at by few people.
const CONNECTIONS: usize = 512;

/// Serves until `stop` is ready, then finishes what is under way.
pub async fn serve(witness: Arc<Witness>, listener: TcpListener, stop: impl Future<Output = ()>) {
    let terms = Terms {
        connections: CONNECTIONS,
        ..Terms::default()
    };
    listen::serve(http::router(witness), listener, terms, stop).await;
}
