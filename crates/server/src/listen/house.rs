//! Takes connections and serves them.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::rt::Executor;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::exchange::{self, STREAM};
use super::ledger::Ledger;
use super::peer::{Peer, Stopping, Verdict};
use super::places::Places;
use super::terms::{HEAD_BYTES, Terms};
use super::wire::Wire;

/// How long a connection may take to finish after the server was told to stop: a reader that does not read would never.
const GRACE: Duration = Duration::from_secs(5);

/// How long is waited where nobody can be taken, and for a connection that gives way.
const BREATH: Duration = Duration::from_millis(100);

/// For how long without trouble it is not said again that there is.
const QUIET: Duration = Duration::from_mins(1);

/// How many bytes a sender may send of a request, and of all of a connection, before somebody takes them.
const STREAM_WINDOW: u32 = 64 << 10;
const CONNECTION_WINDOW: u32 = 128 << 10;

/// How many bytes of an answer are written ahead.
const AHEAD: usize = 32 << 10;

/// How many bytes the system keeps of what a connection has not read.
const UNREAD: usize = 128 << 10;

/// What is read of an HTTP/1 connection at a time, head included.
const READ: usize = 16 << 10;

/// Everything that connections have in common.
pub(super) struct House {
    pub(super) terms: Terms,
    pub(super) router: Router,
    pub(super) address: Option<SocketAddr>,
    pub(super) places: Places,
    pub(super) ledger: Ledger,
    pub(super) exchanges: AtomicU64,
    connections: AtomicU64,
    stopping: Stopping,
    tasks: TaskTracker,
}

/// Serves until `stop` is ready, then finishes what is under way.
pub(crate) async fn serve(router: Router, listener: TcpListener, terms: Terms, stop: impl Future<Output = ()>) {
    let house = Arc::new(House {
        terms,
        router,
        address: listener.local_addr().ok(),
        places: Places::new(&terms),
        ledger: Ledger::new(terms.under_way),
        exchanges: AtomicU64::new(0),
        connections: AtomicU64::new(0),
        stopping: Stopping::default(),
        tasks: TaskTracker::new(),
    });
    let watching = tokio::spawn(watch(Arc::clone(&house)));
    take(&house, &listener, stop).await;
    drop(listener);
    house.stopping.leaving.cancel();
    house.tasks.close();
    let _cut_off = tokio::time::timeout(GRACE, house.tasks.wait()).await;
    house.stopping.closing.cancel();
    watching.abort();
}

/// Takes whoever comes.
async fn take(house: &Arc<House>, listener: &TcpListener, stop: impl Future<Output = ()>) {
    let mut stop = pin!(stop);
    let mut trouble = None;
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut stop => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, address)) => admit(house, stream, address).await,
            Err(error) if is_of_one(&error) => {}
            Err(error) => {
                say(&error, &mut trouble);
                match house.places.make_room() {
                    Some(peer) => close(&peer).await,
                    None => tokio::time::sleep(BREATH).await,
                }
            }
        }
    }
}

/// Whether an error is of the one connection that was to be taken, which is gone already.
fn is_of_one(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    [ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted].contains(&error.kind())
}

/// Says once that nobody more can be taken.
fn say(error: &io::Error, trouble: &mut Option<Instant>) {
    let now = Instant::now();
    let is_new = trouble.is_none_or(|last| now.saturating_duration_since(last) > QUIET);
    *trouble = Some(now);
    if is_new {
        tracing::error!(
            %error,
            "no connection can be taken; those that have been silent longest are closed for new ones. \
             Allow more open files (ulimit -n, LimitNOFILE=) or fewer --connections"
        );
    }
}

async fn admit(house: &Arc<House>, stream: TcpStream, address: SocketAddr) {
    let id = house.connections.fetch_add(1, Ordering::Relaxed);
    let peer = Peer::new(id, address, &house.stopping);
    for given_way in house.places.admit(&peer, Instant::now()) {
        tracing::debug!(address = %given_way.address(), "a silent connection gave way");
        close(&given_way).await;
    }
    tune(&stream);
    house.tasks.spawn(attend(Arc::clone(house), peer, stream));
}

/// Closes a connection, and waits a moment for its file.
async fn close(peer: &Peer) {
    peer.closing().cancel();
    let _later = tokio::time::timeout(BREATH, peer.gone().cancelled()).await;
}

/// Answers leave at once, and whoever is gone without a word is noticed.
fn tune(stream: &TcpStream) {
    let _slower = stream.set_nodelay(true);
    let keepalive = TcpKeepalive::new()
        .with_time(Duration::from_secs(30))
        .with_interval(Duration::from_secs(10));
    let socket = SockRef::from(stream);
    if let Err(error) = socket.set_tcp_keepalive(&keepalive) {
        tracing::debug!(%error, "a connection is not asked whether it is there");
    }
    // What somebody asks for and does not read waits in the system as well: little of it, or asking without reading would
    // keep the server at work.
    let _larger = socket.set_send_buffer_size(UNREAD);
    #[cfg(target_os = "linux")]
    let _unnoticed = socket.set_tcp_user_timeout(Some(Duration::from_secs(30)));
}

async fn attend(house: Arc<House>, peer: Peer, stream: TcpStream) {
    let _place = Place {
        house: Arc::clone(&house),
        peer: peer.clone(),
    };
    let service = service_fn(|request: Request<Incoming>| {
        let answer = exchange::answer(Arc::clone(&house), peer.clone(), request);
        async { Ok::<_, Infallible>(answer.await) }
    });
    let builder = builder(&house.terms, &peer);
    let wire = Wire::new(stream, peer.clone(), Arc::clone(&house));
    let mut connection = pin!(builder.serve_connection(TokioIo::new(wire), service));
    let mut is_leaving = false;
    loop {
        tokio::select! {
            biased;
            () = peer.closing().cancelled() => return,
            () = peer.leaving().cancelled(), if !is_leaving => {
                is_leaving = true;
                connection.as_mut().graceful_shutdown();
            }
            ended = &mut connection => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection ended");
                }
                return;
            }
        }
    }
}

fn builder(terms: &Terms, peer: &Peer) -> Builder<Streams> {
    let mut builder = Builder::new(Streams(peer.closing().clone()));
    builder.http1().max_buf_size(READ);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(terms.ping)
        .keep_alive_timeout(terms.ping)
        .max_concurrent_streams(terms.streams)
        .max_header_list_size(HEAD_BYTES)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(AHEAD);
    builder
}

/// Works on the streams of an HTTP/2 connection, each of which can be ended by itself.
#[derive(Clone)]
struct Streams(CancellationToken);

impl<F> Executor<F> for Streams
where
    F: Future<Output: Send> + Send + 'static,
{
    fn execute(&self, stream: F) {
        let ended = self.0.child_token();
        tokio::spawn(STREAM.scope(ended.clone(), async move {
            tokio::select! {
                biased;
                () = ended.cancelled() => {}
                _ = stream => {}
            }
        }));
    }
}

/// What a connection occupies while it is served.
struct Place {
    house: Arc<House>,
    peer: Peer,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.house.places.leave(self.peer.id());
        self.peer.gone().cancel();
    }
}

/// Ends what is too slow.
async fn watch(house: Arc<House>) {
    let mut ticks = tokio::time::interval(house.terms.tick());
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let now = Instant::now();
        for exchange in house.ledger.all() {
            exchange.judge(now);
        }
        for peer in house.places.all() {
            match peer.judge(now, &house.terms) {
                Verdict::Stays => {}
                Verdict::Leaves => peer.leaving().cancel(),
                Verdict::Closes => peer.closing().cancel(),
            }
        }
    }
}
