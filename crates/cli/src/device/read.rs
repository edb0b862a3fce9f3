//! Signed reads: every request of a device says whose it is, for what is not for everybody.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tallylog_event::{ContestId, ReadRequest, SignedRead, SigningKey, UnixMillis};
use tonic::metadata::MetadataValue;
use tonic::service::Interceptor;
use tonic::{GrpcMethod, Request, Status};
use tonic_types::StatusExt;

/// Signs the requests of one person to the log of one contest. It is an interceptor for any client of the services.
///
/// Copies share what was learnt of the server's clock.
#[derive(Clone)]
pub(crate) struct SignedReads {
    key: Arc<SigningKey>,
    contest: ContestId,
    origin: Arc<str>,
    /// How far the server's clock is ahead of this device's, in milliseconds.
    ahead: Arc<AtomicI64>,
}

impl SignedReads {
    pub(crate) fn new(key: SigningKey, contest: ContestId, origin: &str) -> Self {
        Self {
            key: Arc::new(key),
            contest,
            origin: origin.into(),
            ahead: Arc::new(AtomicI64::new(0)),
        }
    }

    /// Signs a request for a path, from the first slash on: of a call, or path and query over HTTP.
    pub(crate) fn sign(&self, path: &str) -> Result<SignedRead, getrandom::Error> {
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce)?;
        let ahead = self.ahead.load(Ordering::Relaxed);
        let request = ReadRequest {
            contest: self.contest,
            origin: &self.origin,
            path,
            time: UnixMillis(tallylog_server::now().0.saturating_add_signed(ahead)),
            nonce,
        };
        Ok(request.sign(&self.key))
    }

    /// Takes up the server's time, where that is why it refused; says whether it is worth to ask again.
    pub(crate) fn learn(&self, refusal: &Status) -> bool {
        let Some(info) = refusal
            .get_details_error_info()
            .filter(|info| info.reason == "read-too-old")
        else {
            return false;
        };
        let now = info.metadata.get("now-ms").and_then(|now| now.parse().ok());
        now.is_some_and(|now| self.learn_time(UnixMillis(now)))
    }

    /// Takes up the server's time. A device that has done so before and is refused again has another trouble.
    pub(crate) fn learn_time(&self, server: UnixMillis) -> bool {
        let here = tallylog_server::now();
        let Some(ahead) = i64::try_from(server.0)
            .ok()
            .zip(i64::try_from(here.0).ok())
            .and_then(|(server, here)| server.checked_sub(here))
        else {
            return false;
        };
        self.ahead.swap(ahead, Ordering::Relaxed).abs_diff(ahead) > 1_000
    }
}

impl Interceptor for SignedReads {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let method = request.extensions().get::<GrpcMethod<'_>>();
        let path = method.map(|method| format!("/{}/{}", method.service(), method.method()));
        let path = path.ok_or_else(|| Status::internal("a request without a method cannot be signed"))?;
        let signed = self
            .sign(&path)
            .map_err(|error| Status::internal(format!("the system gives no random bytes: {error}")))?;
        for (name, value) in signed.headers() {
            let value = MetadataValue::try_from(value).map_err(|_| Status::internal("a header is no text"))?;
            request.metadata_mut().insert(name, value);
        }
        Ok(request)
    }
}
