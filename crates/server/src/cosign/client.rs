//! HTTP to witnesses: one attempt, within limits of time and length, without redirections.

use std::time::Duration;

use tallylog_tlog::KeyName;
use ureq::{Agent, Body, Error, http};

use super::{WitnessFault, WitnessUrl};

/// How long a witness may take for a whole answer.
pub(super) const TIMEOUT: Duration = Duration::from_secs(5);

/// The most bytes of an answer: room for the longest signatures of a witness with several keys.
pub(super) const MAX_ANSWER: u64 = 65_536;

const MAX_HEADER: usize = 16_384;

pub(super) struct Client(Agent);

/// What a witness answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Client {
    pub(super) fn new() -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            // A witness is where the operator says, and nobody else may send the log elsewhere.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent("tallylog")
            .max_response_header_size(MAX_HEADER);
        Self(config.build().into())
    }

    pub(super) fn add_checkpoint(&self, url: &WitnessUrl, body: &str) -> Result<Reply, WitnessFault> {
        read(self.0.post(url.add_checkpoint()).content_type("text/plain").send(body))
    }

    /// What the witness shows of a log.
    pub(super) fn latest(&self, url: &WitnessUrl, origin: &KeyName) -> Result<Reply, WitnessFault> {
        read(self.0.get(url.monitoring(origin)).call())
    }
}

fn read(answered: Result<http::Response<Body>, Error>) -> Result<Reply, WitnessFault> {
    let mut response = answered.map_err(|error| fault(&error))?;
    let status = response.status().as_u16();
    let body = response.body_mut().with_config().limit(MAX_ANSWER).read_to_vec();
    let body = body.map_err(|error| fault(&error))?;
    Ok(Reply { status, body })
}

/// The library's errors are more than anybody could act on.
fn fault(error: &Error) -> WitnessFault {
    let timed_out = |error: &std::io::Error| error.kind() == std::io::ErrorKind::TimedOut;
    if matches!(error, Error::Timeout(_)) || matches!(error, Error::Io(io) if timed_out(io)) {
        return WitnessFault::Timeout;
    }
    if matches!(error, Error::BodyExceedsLimit(_) | Error::LargeResponseHeader(..)) {
        return WitnessFault::TooLong;
    }
    WitnessFault::Unreachable
}
