//! All routes, and what every request passes on its way to them.

use std::any::Any;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Json, Router};
use guise_core::{Error, Kind};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutBody};
use tower_http::trace::TraceLayer;
use utoipa::openapi::OpenApi;

use super::{caller, docs, drain, files, host, metrics, rate_limit, viewer};
use crate::app::App;
use crate::dialects::notte::{self, ErrorResponse, Failure};
use crate::{openapi, sockets};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The service that answers every request.
pub fn router(app: &App) -> Router {
    let (protected, _) = notte::protected().split_for_parts();
    let (public, _) = notte::public().split_for_parts();
    let protected = protected
        .layer(from_fn_with_state(app.clone(), rate_limit::enforce))
        .route_layer(from_fn_with_state(app.clone(), caller::require));
    Router::new()
        .merge(protected)
        .merge(public)
        .route(
            "/sessions/{session_id}/debug/recording",
            any(sockets::recording::connect),
        )
        .route(
            "/sessions/{session_id}/debug/logs",
            any(sockets::logs::connect),
        )
        .route("/cdp/{session_id}/{token}", any(sockets::cdp::connect))
        .route("/cdp/{session_id}/{token}/", any(sockets::cdp::connect))
        .route(
            "/cdp/{session_id}/{token}/json/version",
            get(sockets::cdp::version),
        )
        .route(
            "/cdp/{session_id}/{token}/json/version/",
            get(sockets::cdp::version),
        )
        .route("/view/{session_id}/{token}", get(viewer::page))
        .route("/files/{area}/{token}/{name}", get(files::fetch))
        .route("/metrics", get(metrics::render))
        .route("/openapi.json", get(docs::whole))
        .route("/openapi/notte.json", get(docs::notte))
        .route("/docs", get(docs::page))
        .route("/", get(docs::home))
        .fallback(unknown_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(
            ServiceBuilder::new()
                .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
                .layer(PropagateRequestIdLayer::new(REQUEST_ID))
                .layer(
                    TraceLayer::new_for_http()
                        .make_span_with(span)
                        .on_response(answered)
                        .on_failure(()),
                )
                .layer(SetResponseHeaderLayer::if_not_present(
                    header::X_CONTENT_TYPE_OPTIONS,
                    HeaderValue::from_static("nosniff"),
                ))
                .layer(from_fn(metrics::count))
                .layer(from_fn_with_state(app.clone(), host::check))
                .layer(from_fn(drain::refused))
                .layer(RequestBodyTimeoutLayer::new(app.settings.slow_client))
                .map_request(|request: axum::http::Request<TimeoutBody<Body>>| {
                    request.map(Body::new)
                })
                .layer(CatchPanicLayer::custom(panicked))
                .layer(DefaultBodyLimit::max(notte::body_limits::JSON)),
        )
        .with_state(app.clone())
}

/// The document of the Notte dialect, made from the very routes that are served.
pub fn notte_document() -> OpenApi {
    let (_, mut document) = notte::protected().split_for_parts();
    openapi::require_key(&mut document);
    let (_, mut public) = notte::public().split_for_parts();
    openapi::require_nothing(&mut public);
    document.merge(public);
    openapi::finish(
        &mut document,
        "Guise: Notte API",
        "Browser sessions, pages and files as the official Notte clients speak them.",
    );
    document
}

/// The path only: a query may hold a token.
fn span(request: &Request) -> tracing::Span {
    let id = request
        .headers()
        .get(REQUEST_ID)
        .and_then(|id| id.to_str().ok())
        .unwrap_or_default();
    // Addresses that authorise themselves hold their token in the path.
    let mut segments = request.uri().path().split('/');
    let path = match segments.find(|segment| !segment.is_empty()) {
        Some(kind @ ("cdp" | "view" | "files")) => format!("/{kind}/…"),
        _ => request.uri().path().to_owned(),
    };
    tracing::info_span!("request", id, method = %request.method(), path)
}

fn answered(response: &Response, latency: std::time::Duration, _: &tracing::Span) {
    let ms = latency.as_secs_f64() * 1000.0;
    tracing::info!(status = response.status().as_u16(), ms, "answered");
}

async fn unknown_route(request: Request) -> Response {
    let message = format!(
        "No such route: {} {}; /docs lists them",
        request.method(),
        request.uri().path()
    );
    Failure(Error::new(Kind::NotFound, message)).into_response()
}

async fn wrong_method(request: Request) -> Response {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    let message = format!(
        "Method {} is not allowed on {}; the header 'allow' says which are",
        request.method(),
        request.uri().path()
    );
    (
        status,
        Json(ErrorResponse {
            status: status.as_u16(),
            message,
        }),
    )
        .into_response()
}

#[expect(clippy::needless_pass_by_value, reason = "the layer's signature")]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    let error = std::io::Error::other(text.to_owned());
    Failure(Error::internal("a handler panicked", error)).into_response()
}
