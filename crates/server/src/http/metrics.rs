//! Counters for Prometheus, with a key or from this machine.

use std::net::SocketAddr;
use std::time::Instant;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use guise_core::Scope;

use super::caller;
use crate::app::App;
use crate::dialects::notte::Failure;

/// Counts every request by route, method and status, and how long it took.
pub async fn count(request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("unmatched", MatchedPath::as_str)
        .to_owned();
    let method = request.method().as_str().to_owned();
    let begun = Instant::now();
    let response = next.run(request).await;
    let labels = [
        ("route", route),
        ("method", method),
        ("status", response.status().as_u16().to_string()),
    ];
    metrics::histogram!("guise_http_request_seconds", &labels)
        .record(begun.elapsed().as_secs_f64());
    response
}

/// Everything that is counted, in Prometheus' text format.
pub async fn render(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    // A proxy in front makes every caller look like this machine: what it forwards needs a key.
    let forwarded = headers.contains_key("forwarded") || headers.contains_key("x-forwarded-for");
    if !peer.ip().is_loopback() || forwarded {
        let key = caller::presented(&headers).ok_or_else(caller::missing)?;
        let caller = app.recognise(key).await?;
        caller::allow(&caller, Scope::Metrics)?;
    }
    #[expect(clippy::cast_precision_loss, reason = "far fewer sessions than 2^52")]
    metrics::gauge!("guise_sessions_active").set(app.sessions.running() as f64);
    let (ready, hits) = app.driver.pool_figures();
    #[expect(clippy::cast_precision_loss, reason = "far fewer browsers than 2^52")]
    metrics::gauge!("guise_pool_ready").set(ready as f64);
    metrics::counter!("guise_pool_hits_total").absolute(hits);
    let text = app.metrics.render();
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}
