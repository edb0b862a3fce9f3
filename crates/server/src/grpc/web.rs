//! gRPC-web, which is how a page speaks gRPC: the same calls, translated at the door.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tonic_web::{GrpcWebLayer, GrpcWebService};
use tower::{Layer, ServiceExt};

/// The same routes, for callers that speak gRPC-web as well.
pub(super) fn spoken_too(routes: Router) -> Router {
    let translated = GrpcWebLayer::new().layer(routes.clone());
    routes.layer(from_fn_with_state(translated, translate))
}

/// Translates what is gRPC-web. The translator itself would refuse everything else that comes by HTTP/1.1.
async fn translate(State(translated): State<GrpcWebService<Router>>, request: Request, next: Next) -> Response {
    let kind = request.headers().get(CONTENT_TYPE);
    let is_web = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc-web"));
    if !is_web {
        return next.run(request).await;
    }
    match translated.oneshot(request).await {
        Ok(answer) => answer.into_response(),
        Err(never) => match never {},
    }
}
