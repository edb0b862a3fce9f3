//! Signed reads, checked: the signature, the time, and that nobody has used the same before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State as Held};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tallylog_event::{PublicKey, SignedRead, UnixMillis};
use tallylog_projection::State;
use tonic::Status;

use super::{Reader, enrolled};
use crate::apart::apart;
use crate::limits::{Limit, grouped};
use crate::listen::Peer;
use crate::problem::Problem;
use crate::{Log, clock};

/// How far a reader's clock may be from the server's, in milliseconds.
const WINDOW: u64 = 60_000;

/// How many signed reads of one key are remembered, which is how many it may send within two minutes.
const MOST_OF_A_KEY: usize = 16_384;

/// How many are remembered of all keys: about 12 MB.
const MOST: usize = 262_144;

/// How often a key may ask.
pub(crate) fn limit() -> Limit {
    let most = u64::try_from(MOST_OF_A_KEY).unwrap_or(u64::MAX);
    Limit::new("signed requests of a key in two minutes", grouped(most)).code("busy")
}

/// Where every request comes in.
pub(crate) struct Door {
    log: Log,
    seen: Mutex<Seen>,
}

/// What was used before. It is not kept across a restart: what was signed before the server started is refused.
struct Seen {
    since: UnixMillis,
    of: BTreeMap<PublicKey, BTreeSet<(UnixMillis, [u8; 16])>>,
    count: usize,
}

/// Finds out who sends a request, and lets it through with that.
pub(crate) async fn recognise(Held(door): Held<Arc<Door>>, mut request: Request, next: Next) -> Response {
    let is_grpc = is_grpc(request.headers());
    let claim = claim(&request);
    let reader = match door.reader(claim).await {
        Ok(reader) => reader,
        Err(problem) if is_grpc => return Status::from(problem).into_http(),
        Err(problem) => return problem.into_response(),
    };
    let public = reader == Reader::Public;
    if let (false, Some(peer)) = (public, request.extensions().get::<Peer>()) {
        peer.mark_enrolled();
    }
    request.extensions_mut().insert(reader);
    let mut response = next.run(request).await;
    if !public && !is_grpc {
        // What is for one reader must lie in no cache that others ask.
        let private = HeaderValue::from_static("private, no-store");
        response.headers_mut().insert(CACHE_CONTROL, private);
    }
    response
}

fn is_grpc(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/grpc"))
}

impl Door {
    pub(crate) fn new(log: Log) -> Self {
        Self {
            log,
            seen: Mutex::new(Seen::new(clock::now())),
        }
    }

    async fn reader(self: &Arc<Self>, claim: Result<Option<Claim>, Problem>) -> Result<Reader, Problem> {
        let Some(claim) = claim? else {
            return Ok(Reader::Public);
        };
        let door = Arc::clone(self);
        // A signature is looked at, and the state may be busy: not on a thread that serves connections.
        apart(move || {
            let state = door.log.state()?;
            let seen = &mut *door.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.admit(&state, &claim, clock::now())
        })
        .await
    }
}

/// What a request says of itself.
struct Claim {
    read: SignedRead,
    path: String,
}

fn claim(request: &Request) -> Result<Option<Claim>, Problem> {
    let headers = request.headers();
    // What is no text is no value of ours, and is not taken for none.
    let value = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let read = SignedRead::from_headers(value).map_err(|_| Problem::MalformedRead)?;
    let path = request.uri().path_and_query().map(ToString::to_string);
    Ok(read.map(|read| Claim {
        read,
        path: signed_path(request.method(), &path.unwrap_or_default()),
    }))
}

/// What was signed of method and path. Asking is the path alone, and calls are that; whatever changes something begins with
/// its method and a space, as no path does: what was signed to ask is good for nothing else.
fn signed_path(method: &Method, path: &str) -> String {
    if [Method::GET, Method::HEAD, Method::POST].contains(method) {
        return path.to_owned();
    }
    format!("{method} {path}")
}

impl Seen {
    fn new(since: UnixMillis) -> Self {
        Self {
            since,
            of: BTreeMap::new(),
            count: 0,
        }
    }

    /// Says whose a signed read is, and takes it for used.
    fn admit(&mut self, state: &State, Claim { read, path }: &Claim, now: UnixMillis) -> Result<Reader, Problem> {
        let contest = state.contest().ok_or(Problem::Empty)?;
        if read.time < self.since || read.time.0.abs_diff(now.0) > WINDOW {
            return Err(Problem::ReadTooOld(now));
        }
        let known = enrolled(state, &read.key)?;
        read.verify(contest.id, contest.log.origin.as_str(), path)
            .map_err(|_| Problem::BadReadSignature)?;
        self.take(read, now)?;
        Ok(Reader::Known(known))
    }

    /// Invariant: only what an enrolled key has signed comes here, so that nobody else can fill the memory.
    fn take(&mut self, read: &SignedRead, now: UnixMillis) -> Result<(), Problem> {
        let mine = self.of.get(&read.key).map_or(0, BTreeSet::len);
        if mine >= MOST_OF_A_KEY || self.count >= MOST {
            self.forget(now);
        }
        let mine = self.of.entry(read.key).or_default();
        if mine.len() >= MOST_OF_A_KEY || self.count >= MOST {
            return Err(Problem::Busy);
        }
        if !mine.insert((read.time, read.nonce)) {
            return Err(Problem::ReadRepeated);
        }
        self.count += 1;
        Ok(())
    }

    /// Forgets what is too old to be used again.
    fn forget(&mut self, now: UnixMillis) {
        let oldest = (UnixMillis(now.0.saturating_sub(WINDOW)), [0; 16]);
        for used in self.of.values_mut() {
            *used = used.split_off(&oldest);
        }
        self.of.retain(|_, used| !used.is_empty());
        self.count = self.of.values().map(BTreeSet::len).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: UnixMillis = UnixMillis(1_000_000);

    fn read(key: u8, time: UnixMillis, nonce: u64) -> SignedRead {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&nonce.to_be_bytes());
        SignedRead {
            key: PublicKey([key; 32]),
            time,
            nonce: bytes,
            signature: tallylog_event::Signature([0; 64]),
        }
    }

    #[test]
    fn what_was_used_is_used_for_as_long_as_its_time_is_taken() {
        let mut seen = Seen::new(START);
        let mine = read(1, UnixMillis(START.0 + WINDOW), 1);
        assert_eq!(seen.take(&mine, START), Ok(()));
        for now in [START, mine.time, UnixMillis(mine.time.0 + WINDOW)] {
            seen.forget(now);
            assert_eq!(seen.take(&mine, now), Err(Problem::ReadRepeated), "{now:?}");
        }
        assert_eq!(seen.take(&read(2, mine.time, 1), START), Ok(()), "another key");
    }

    #[test]
    fn a_key_that_asks_without_end_is_told_to_wait_and_takes_no_place_of_others() {
        let mut seen = Seen::new(START);
        let most = u64::try_from(MOST_OF_A_KEY).unwrap();
        for nonce in 0..most {
            assert_eq!(seen.take(&read(1, START, nonce), START), Ok(()));
        }
        assert_eq!(seen.take(&read(1, START, most), START), Err(Problem::Busy));
        assert_eq!(seen.count, MOST_OF_A_KEY);
        assert_eq!(seen.take(&read(2, START, most), START), Ok(()));
        let later = UnixMillis(START.0 + WINDOW + 1);
        assert_eq!(seen.take(&read(1, later, most), later), Ok(()));
        assert_eq!(seen.count, 1, "what is too old is forgotten");
    }
}
