//! The observers' pages: the same files for everybody, under a policy that lets a page load nothing but them.

use axum::Router;
use axum::extract::Path;
use axum::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tallylog_web::{ASSETS, File, START};
use tower_http::compression::CompressionLayer;

use crate::http::IMMUTABLE;

/// Scripts, styles and connections are this host's own, and nothing is inline: a page that somebody altered on the way
/// can send nothing anywhere else, and no other page can frame it.
const POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
                      connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The start page is asked for again each time, and comes again only if it is another.
const ASK_AGAIN: &str = "no-cache";

/// The routes of the pages. Which page is shown, the start page reads from the address.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/", get(start))
        .route("/timeline", get(start))
        .route("/precinct", get(start))
        .route("/precinct/{county}", get(start))
        .route("/precinct/{county}/{precinct}", get(start))
        .route("/log", get(start))
        .route("/log/checkpoints", get(start))
        .route("/log/keys", get(start))
        .route("/verify", get(start))
        .route("/assets/{*name}", get(asset))
        .fallback(nowhere)
        .layer(CompressionLayer::new())
}

/// Whoever follows a wrong address with a browser is told so on a page, and everybody else in one word.
async fn nowhere(headers: HeaderMap) -> Response {
    let accepted = headers.get(ACCEPT).and_then(|accepted| accepted.to_str().ok());
    let mut page = if accepted.is_some_and(|accepted| accepted.contains("text/html")) {
        answer(tallylog_web::file(START), "no-store", &HeaderMap::new())
    } else {
        Response::default()
    };
    *page.status_mut() = StatusCode::NOT_FOUND;
    page
}

async fn start(headers: HeaderMap) -> Response {
    answer(tallylog_web::file(START), ASK_AGAIN, &headers)
}

async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    answer(tallylog_web::file(&format!("{ASSETS}{name}")), IMMUTABLE, &headers)
}

fn answer(file: Option<File>, cache: &'static str, asked: &HeaderMap) -> Response {
    let Some(file) = file else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let tag = format!("\"{}\"", file.tag);
    let known = asked
        .get(IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let head = [(CACHE_CONTROL, cache.to_owned()), (ETAG, tag)];
    if known {
        return (StatusCode::NOT_MODIFIED, head, guard()).into_response();
    }
    (head, guard(), [(CONTENT_TYPE, file.media_type)], file.bytes).into_response()
}

const fn guard() -> [(HeaderName, &'static str); 3] {
    [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
    ]
}
