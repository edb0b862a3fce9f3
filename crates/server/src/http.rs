//! The log over plain HTTP, in the public transparency-log formats: checkpoint, tiles, entry bundles, key.
//!
//! Everything here is public, and the same for everybody: any page and any cache may read it. Only entries that a contest
//! keeps back come to nobody but those who sign for them.

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use futures_util::stream::{Stream, StreamExt, once};
use tallylog_event::EntryIndex;
use tallylog_store::Checkpoints;
use tallylog_tlog::{BundleId, Hash, Size, TILE_WIDTH, TilePath};

use crate::Log;
use crate::access::Reader;
use crate::apart::reading;
use crate::files;
use crate::paged::{Entries, pages};
use crate::problem::Problem;
use crate::proofs::bundle;

/// How many bytes of an answer are put together before it is begun.
const SHORT_ANSWER: usize = 64 << 10;

/// How many entries are shown at once.
const SHOWN_AT_ONCE: u64 = 1_000;

const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";

/// A checkpoint is old as soon as the next one is signed.
const SHORT: &str = "public, max-age=1, must-revalidate";
/// What stands at a tile's path never changes.
pub(crate) const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// The routes of a log.
pub(crate) fn routes(log: Log) -> Router {
    Router::new()
        .route("/checkpoint", get(checkpoint))
        .route("/checkpoints", get(checkpoints))
        .route("/policy", get(policy))
        .route("/log-key", get(log_key))
        .route("/tile/{*path}", get(tile))
        .route("/shown/{size}/{from}", get(shown))
        .merge(files::routes())
        .with_state(log)
}

async fn checkpoint(State(log): State<Log>) -> Result<Response, Problem> {
    let note = log.checkpoint()?.note.to_string();
    Ok((head(TEXT, SHORT), note).into_response())
}

/// Every checkpoint that was signed, up to the one that is published, with an empty line after each.
async fn checkpoints(State(log): State<Log>) -> Result<Response, Problem> {
    let until = log.checkpoint()?.size;
    let notes = reading(move || log.checkpoints_from(Size(0))).await?;
    let shown = notes.filter(move |read| read.as_ref().map_or(true, |note| note.unverified().size <= until));
    let text = shown.map(|read| Ok(Checkpoints::text([&read?])));
    let pages = pages(text, String::len);
    let texts = pages.map(|page| Ok(page.into_iter().collect::<Result<String, _>>()?.into()));
    Ok((head(TEXT, SHORT), paged(texts).await?).into_response())
}

/// The log's key and the witnesses that are asked (C2SP tlog-policy).
async fn policy(State(log): State<Log>) -> Result<Response, Problem> {
    Ok((head(TEXT, SHORT), log.policy()?.encode()).into_response())
}

async fn log_key(State(log): State<Log>) -> Result<Response, Problem> {
    let key = log.log_key()?;
    Ok((head(TEXT, SHORT), format!("{key}\n")).into_response())
}

/// What stands at a path never changes: a bundle with an entry that is kept back is not there yet, rather than shorter.
async fn tile(
    State(log): State<Log>,
    Extension(reader): Extension<Reader>,
    Path(path): Path<String>,
) -> Result<Response, Problem> {
    let path: TilePath = format!("tile/{path}").parse().map_err(|_| Problem::NoTile)?;
    let body = match path {
        TilePath::Tile(_) => reading(move || log.tile(path)).await?.into(),
        TilePath::Bundle(id) => bundled(log, reader, id).await?,
    };
    Ok((head(BYTES, IMMUTABLE), body).into_response())
}

/// What the reader was shown of the entries from one on when the log had `size` of them, as it stands in a bundle of
/// `tallylog-verify`: an entry after its length, and of one that is withheld a length of 0 and its leaf hash. A thousand of
/// them; none behind the last.
///
/// Whoever asks page by page gets one answer, whatever is released meanwhile.
async fn shown(
    State(log): State<Log>,
    Extension(reader): Extension<Reader>,
    Path((size, from)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let number = |text: String| text.parse::<u64>().map_err(|_| Problem::NoTile);
    let (size, from) = (number(size)?, number(from)?);
    let entries = log.reader().clone();
    let range = from.min(size)..size.min(from.saturating_add(SHOWN_AT_ONCE));
    let asked = range.clone();
    let is_shown = reading(move || {
        let state = log.state()?;
        let end = state.size().min(log.reader().head().size);
        let then = state.at(size).filter(|_| size <= end);
        let then = then.ok_or(Problem::BeyondLog { asked: size, size: end })?;
        let is_shown = asked.map(|entry| reader.reads(&then, EntryIndex(entry)).is_ok());
        Ok(is_shown.collect::<Vec<_>>())
    })
    .await?;
    let mut is_shown = is_shown.into_iter();
    let body = paged(Entries::new(range).pages(entries).map(move |page| {
        let mut bytes = Vec::new();
        for ((_, entry), is_shown) in page?.into_iter().zip(is_shown.by_ref()) {
            if is_shown {
                bytes.extend(bundle(&[entry])?);
            } else {
                bytes.extend([0; 2]);
                bytes.extend(Hash::leaf(&entry).0);
            }
        }
        Ok(bytes.into())
    }));
    Ok((head(BYTES, "no-store"), body.await?).into_response())
}

/// The entries of a bundle, page by page.
async fn bundled(log: Log, reader: Reader, id: BundleId) -> Result<Body, Problem> {
    let entries = log.reader().clone();
    let range = reading(move || {
        let end = id.index() * u64::from(TILE_WIDTH) + u64::from(id.width());
        let state = log.state()?;
        if end > reader.reach(&state) && end <= state.size() {
            return Err(Problem::Embargoed);
        }
        log.bundled(id)
    })
    .await?;
    let pages = Entries::new(range).pages(entries);
    paged(pages.map(|page| {
        let entries: Vec<_> = page?.into_iter().map(|(_, bytes)| bytes).collect();
        Ok(bundle(&entries)?.into())
    }))
    .await
}

/// The body of an answer that is read page by page; a short one as a whole, so that its length stands before it.
async fn paged(pages: impl Stream<Item = Result<Bytes, Problem>> + Send + 'static) -> Result<Body, Problem> {
    let mut pages = Box::pin(pages);
    let mut begun = Vec::new();
    while begun.len() < SHORT_ANSWER {
        match pages.next().await {
            Some(page) => begun.extend_from_slice(&page?),
            None => return Ok(begun.into()),
        }
    }
    let begun = std::future::ready(Ok(Bytes::from(begun)));
    Ok(Body::from_stream(once(begun).chain(pages)))
}

const fn head(kind: &'static str, cache: &'static str) -> [(HeaderName, &'static str); 3] {
    [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, cache),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ]
}

impl IntoResponse for Problem {
    /// RFC 9457: the code is a member of its own, since no page stands at an address for each.
    fn into_response(self) -> Response {
        let mut body = serde_json::json!({
            "type": "about:blank",
            "title": self.to_string(),
            "status": self.http_status().as_u16(),
            "code": self.code(),
        });
        if let Some((name, value)) = self.further() {
            body[name] = value.into();
        }
        let head = head("application/problem+json", "no-store");
        (self.http_status(), head, body.to_string()).into_response()
    }
}

impl Problem {
    /// HTTP has fewer words than gRPC; the mapping between the two is Google's.
    fn http_status(&self) -> StatusCode {
        use tonic::Code;
        if let Self::MessageTooLarge(_) = self {
            return StatusCode::PAYLOAD_TOO_LARGE;
        }
        match self.status_code() {
            // As for a tile that is not full yet: C2SP knows no other word for what is not there.
            _ if *self == Self::Embargoed => StatusCode::NOT_FOUND,
            // A log without a checkpoint has nothing at these paths yet.
            Code::NotFound | Code::FailedPrecondition => StatusCode::NOT_FOUND,
            Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
            Code::InvalidArgument | Code::OutOfRange => StatusCode::BAD_REQUEST,
            Code::Unauthenticated => StatusCode::UNAUTHORIZED,
            Code::PermissionDenied => StatusCode::FORBIDDEN,
            Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
            Code::DeadlineExceeded => StatusCode::REQUEST_TIMEOUT,
            Code::Ok | Code::Cancelled | Code::Unknown | Code::Unimplemented | Code::Internal | Code::DataLoss => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }
}
