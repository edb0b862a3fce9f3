//! The observers' pages: the same files for everybody, under a policy that lets a page load nothing but them.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use flate2::Compression;
use flate2::write::GzEncoder;
use tallylog_web::{ASSETS, File, START};

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
}

/// Whoever follows a wrong address with a browser is told so on a page, and everybody else in one word.
async fn nowhere(headers: HeaderMap) -> Response {
    let accepted = headers.get(ACCEPT).and_then(|accepted| accepted.to_str().ok());
    let mut page = if accepted.is_some_and(|accepted| accepted.contains("text/html")) {
        answer(START, "no-store", &HeaderMap::new())
    } else {
        Response::default()
    };
    *page.status_mut() = StatusCode::NOT_FOUND;
    page
}

async fn start(headers: HeaderMap) -> Response {
    answer(START, ASK_AGAIN, &headers)
}

async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    answer(&format!("{ASSETS}{name}"), IMMUTABLE, &headers)
}

fn answer(name: &str, cache: &'static str, asked: &HeaderMap) -> Response {
    let Some(file) = tallylog_web::file(name) else {
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
    let kind = [(CONTENT_TYPE, file.media_type), (VARY, "accept-encoding")];
    let packed = packed(name, &file).filter(|_| takes_gzip(asked));
    match packed {
        Some(packed) => (head, guard(), kind, [(CONTENT_ENCODING, "gzip")], packed).into_response(),
        None => (head, guard(), kind, file.bytes).into_response(),
    }
}

/// A file as gzip, where that is smaller. It is packed once, for all: a packer for each who asks, and reads slowly, would
/// hold more than the file.
fn packed(name: &str, file: &File) -> Option<Bytes> {
    static PACKED: Mutex<BTreeMap<String, Option<Bytes>>> = Mutex::new(BTreeMap::new());
    let mut packed = PACKED.lock().unwrap_or_else(PoisonError::into_inner);
    let known = packed.entry(name.to_owned());
    known.or_insert_with(|| pack(&file.bytes)).clone()
}

fn pack(bytes: &[u8]) -> Option<Bytes> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(bytes).ok()?;
    let packed = gzip.finish().ok()?;
    (packed.len() < bytes.len()).then(|| packed.into())
}

/// Whether somebody takes gzip, and does not say so only to refuse it.
fn takes_gzip(asked: &HeaderMap) -> bool {
    let accepted = asked
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|line| line.to_str().ok());
    accepted.flat_map(|line| line.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
        name.trim().eq_ignore_ascii_case("gzip") && weight.is_ok_and(|weight| weight > 0.0)
    })
}

const fn guard() -> [(HeaderName, &'static str); 3] {
    [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
    ]
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn gzip_is_for_those_who_take_it() {
        let takes = |line| {
            takes_gzip(&HeaderMap::from_iter([(
                ACCEPT_ENCODING,
                HeaderValue::from_static(line),
            )]))
        };
        for line in ["gzip", "deflate, GZIP;q=0.5, br", "br;q=1.0, gzip; q=0.1"] {
            assert!(takes(line), "{line}");
        }
        for line in ["", "br", "gzip;q=0", "gzip;q=0.0, br", "gzipped"] {
            assert!(!takes(line), "{line}");
        }
    }
}
