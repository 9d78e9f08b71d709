//! All routes, and what every request passes on its way to them.

use std::any::Any;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use guise_core::{Error, Scope};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutBody};
use tower_http::trace::TraceLayer;
use utoipa_axum::router::OpenApiRouter;

use super::caller::Gate;
use super::{
    caller, docs, drain, files, host, metrics, operator, rate_limit, sms_webhooks, viewer,
};
use crate::app::App;
use crate::dialects::notte::{self, Failure};
use crate::dialects::{Dialect, aiqaramba, evalstudio};
use crate::sockets;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The service that answers every request.
pub fn router(app: &App) -> Router {
    let gate = |scopes, refuse| Gate {
        app: app.clone(),
        scopes,
        refuse,
        keyless: None,
    };
    let (public, _) = notte::public().split_for_parts();
    Router::new()
        .merge(behind(
            gate(&[Scope::Sessions], refuse_as::<notte::Failure>),
            notte::sessions(),
        ))
        .merge(behind(
            gate(&[Scope::Personas], refuse_as::<notte::Failure>),
            notte::identity(),
        ))
        .merge(behind(
            gate(
                &[Scope::Approve, Scope::Sessions],
                refuse_as::<notte::Failure>,
            ),
            notte::approvals(),
        ))
        .merge(behind(
            gate(&[Scope::Personas], refuse_as::<aiqaramba::Failure>),
            aiqaramba::protected(),
        ))
        .merge(behind(
            Gate {
                keyless: app
                    .settings
                    .evalstudio_keyless
                    .then_some(evalstudio::keyless::may_pass),
                ..gate(&[Scope::Personas], refuse_as::<evalstudio::Failure>)
            },
            evalstudio::protected(),
        ))
        .merge(public)
        .route(
            "/sessions/{session_id}/debug/recording",
            any(sockets::recording::connect),
        )
        .route(
            "/sessions/{session_id}/debug/logs",
            any(sockets::logs::connect),
        )
        .route(
            "/agents/{agent_id}/debug/logs",
            any(sockets::agent_logs::connect),
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
        .route("/webhooks/sms", post(sms_webhooks::from_gateway))
        .route("/webhooks/sms/twilio", post(sms_webhooks::from_twilio))
        .route("/metrics", get(metrics::render))
        .route("/operator/unseal", post(operator::unseal))
        .route("/operator/seal", post(operator::seal))
        .route("/openapi.json", get(docs::whole))
        .route("/openapi/notte.json", get(docs::notte))
        .route("/openapi/aiqaramba.json", get(docs::aiqaramba))
        .route("/openapi/evalstudio.json", get(docs::evalstudio))
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

/// Routes that only those reach whom a gate lets through.
fn behind(gate: Gate, routes: OpenApiRouter<App>) -> Router<App> {
    let (routes, _) = routes.split_for_parts();
    routes
        .layer(from_fn_with_state(gate.clone(), rate_limit::enforce))
        .route_layer(from_fn_with_state(gate, caller::require))
}

/// A refusal in a dialect's form.
fn refuse_as<F: From<Error> + IntoResponse>(error: Error) -> Response {
    F::from(error).into_response()
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
    let path = request.uri().path();
    let message = format!(
        "No such route: {} {path}; /docs lists them",
        request.method()
    );
    Dialect::of(path).unknown_route(message)
}

async fn wrong_method(request: Request) -> Response {
    let path = request.uri().path();
    let message = format!(
        "Method {} is not allowed on {path}; the header 'allow' says which are",
        request.method()
    );
    Dialect::of(path).wrong_method(message)
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
