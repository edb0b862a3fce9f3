//! A connection, as those who answer what comes over it know it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A connection. It stands in the extensions of every request that comes over it.
#[derive(Clone, Debug)]
pub(crate) struct Peer(Arc<Connection>);

#[derive(Debug)]
struct Connection {
    id: u64,
    address: SocketAddr,
    enrolled: AtomicBool,
}

impl Peer {
    pub(crate) fn new(id: u64, address: SocketAddr) -> Self {
        Self(Arc::new(Connection {
            id,
            address,
            enrolled: AtomicBool::new(false),
        }))
    }

    /// Unlike that of any other connection since the server started.
    pub(crate) fn id(&self) -> u64 {
        self.0.id
    }

    /// The other end, which may be a proxy.
    pub(crate) fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// Something that an enrolled key signed came over this connection: it keeps its place longer than others.
    pub(crate) fn mark_enrolled(&self) {
        self.0.enrolled.store(true, Ordering::Relaxed);
    }

    /// Whether such a thing came.
    pub(crate) fn is_enrolled(&self) -> bool {
        self.0.enrolled.load(Ordering::Relaxed)
    }
}
