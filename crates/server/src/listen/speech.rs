//! In which protocol a request came, and how a problem is said in it.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use tonic::Status;

use crate::problem::Problem;

/// A protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speech {
    Grpc,
    Web,
    WebText,
    Http,
}

impl Speech {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let kind = headers.get(CONTENT_TYPE).map_or(&[][..], HeaderValue::as_bytes);
        if kind.starts_with(b"application/grpc-web-text") {
            Self::WebText
        } else if kind.starts_with(b"application/grpc-web") {
            Self::Web
        } else if kind.starts_with(b"application/grpc") {
            Self::Grpc
        } else {
            Self::Http
        }
    }

    /// The answer that says it.
    pub(super) fn say(self, problem: Problem) -> Response {
        let kind = match self {
            Self::Http => return problem.into_response(),
            Self::Grpc => "application/grpc",
            Self::Web => "application/grpc-web+proto",
            Self::WebText => "application/grpc-web-text+proto",
        };
        let mut answer = Status::from(problem).into_http::<Body>();
        answer
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        answer
    }
}
