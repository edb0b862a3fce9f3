//! A witness over HTTP: the only file that names both its refusals and statuses.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderName, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tallylog_tlog::{Latest, SignatureLine, WitnessRefusal, encode_conflict};
use thiserror::Error;

use super::{Refusal, Witness};

/// The most bytes of a request: a proof of 63 hashes, and a checkpoint with far more than 16 of the longest signatures.
const MAX_REQUEST: usize = 131_072;

/// How long the body of a request may take.
const BODY: Duration = Duration::from_secs(10);

const TEXT: (HeaderName, &str) = (CONTENT_TYPE, "text/plain; charset=utf-8");
const SIZE: (HeaderName, &str) = (CONTENT_TYPE, "text/x.tlog.size");
/// Anybody's page may look; nobody keeps what changes any moment.
const OPEN: [(HeaderName, &str); 2] = [(ACCESS_CONTROL_ALLOW_ORIGIN, "*"), (CACHE_CONTROL, "no-cache")];

type Shared = Arc<Witness>;

/// Why a request has no other answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
enum Problem {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("a request has at most {MAX_REQUEST} bytes")]
    TooLarge,
    #[error("the request did not come whole within {} seconds", BODY.as_secs())]
    Slow,
    #[error("the request broke off")]
    Broken,
    #[error("this witness has not cosigned a checkpoint of that log, or does not watch it")]
    NothingYet,
    #[error("there is nothing here; a witness answers at /, /add-checkpoint and /<hash of an origin>/checkpoint")]
    NoSuchPath,
    #[error("only POST to /add-checkpoint, and only GET of everything else")]
    Method,
}

pub(super) fn router(witness: Shared) -> Router {
    Router::new()
        .route("/", get(about))
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{origin}/checkpoint", get(checkpoint))
        .fallback(|| async { Problem::NoSuchPath })
        .method_not_allowed_fallback(|| async { Problem::Method })
        .layer(DefaultBodyLimit::max(MAX_REQUEST))
        .with_state(witness)
}

async fn add_checkpoint(State(witness): State<Shared>, request: Request) -> Result<Response, Problem> {
    let body = tokio::time::timeout(BODY, Bytes::from_request(request, &())).await;
    let body = body.map_err(|_| Problem::Slow)?.map_err(|error| unread(&error))?;
    // Once begun this goes on to its end, whether or not the log still waits for the answer.
    let judged = tokio::task::spawn_blocking(move || witness.add_checkpoint(&body));
    let line = judged.await.unwrap_or(Err(Refusal::Failed))?;
    Ok(([TEXT], SignatureLine::encode_all(&[line])).into_response())
}

async fn checkpoint(State(witness): State<Shared>, uri: Uri) -> Result<Response, Problem> {
    let path = uri.path().trim_start_matches('/');
    let shown = witness.monitored(path).ok_or(Problem::NothingYet)?;
    Ok(([TEXT], OPEN, shown.note.clone()).into_response())
}

async fn about(State(witness): State<Shared>) -> Response {
    ([TEXT], OPEN, description(&witness)).into_response()
}

fn description(witness: &Witness) -> String {
    let mut text = format!(
        "A witness of logs, by https://c2sp.org/tlog-witness\n\n{}\n\n",
        witness.key()
    );
    for (origin, shown) in witness.logs() {
        text.push_str(&shown.map_or_else(
            || format!("{origin}: nothing cosigned yet\n"),
            |shown| format!("{origin}: size {} at {}\n", shown.latest.size, shown.at),
        ));
    }
    if witness.has_failed() {
        text.push_str("\nA write failed: nothing more is cosigned until this witness is started again.\n");
    }
    text
}

fn unread(error: &BytesRejection) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Problem::TooLarge
    } else {
        Problem::Broken
    }
}

impl Problem {
    /// The code, which never changes its meaning.
    const fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::TooLarge => "request-too-large",
            Self::Slow => "request-slow",
            Self::Broken => "request-broken",
            Self::NothingYet => "nothing-cosigned",
            Self::NoSuchPath => "no-such-path",
            Self::Method => "method-not-allowed",
        }
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::Refused(refusal) => refused(refusal),
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::Broken => StatusCode::BAD_REQUEST,
            Self::NothingYet | Self::NoSuchPath => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    /// Where the witness stands, if that is the answer.
    const fn conflict(&self) -> Option<Latest> {
        match self {
            Self::Refused(Refusal::Judged(WitnessRefusal::Conflict { latest, .. })) => Some(*latest),
            Self::Refused(
                Refusal::Request(_) | Refusal::Judged(_) | Refusal::Clock(_) | Refusal::Full | Refusal::Failed,
            )
            | Self::TooLarge
            | Self::Slow
            | Self::Broken
            | Self::NothingYet
            | Self::NoSuchPath
            | Self::Method => None,
        }
    }
}

/// C2SP tlog-witness, "add-checkpoint".
const fn refused(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::Request(_) | Refusal::Judged(WitnessRefusal::OldSizeBeyond { .. }) => StatusCode::BAD_REQUEST,
        Refusal::Judged(WitnessRefusal::Unsigned(_)) => StatusCode::FORBIDDEN,
        Refusal::Judged(WitnessRefusal::UnknownOrigin(_)) => StatusCode::NOT_FOUND,
        Refusal::Judged(WitnessRefusal::Conflict { .. }) => StatusCode::CONFLICT,
        Refusal::Judged(WitnessRefusal::Inconsistent(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::Full => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::Clock(_) | Refusal::Failed => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        match self.conflict() {
            Some(latest) => (self.status(), [SIZE], encode_conflict(latest.size)).into_response(),
            None => (self.status(), [TEXT], format!("{self} [{}]\n", self.code())).into_response(),
        }
    }
}
