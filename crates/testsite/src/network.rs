//! Answers that are late, missing, elsewhere or errors.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use crate::html::page;
use crate::shared::Shared;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/slow", get(slow))
        .route("/hang", get(hang))
        .route("/redirect", get(redirect))
        .route("/status/{code}", get(status))
}

#[derive(Deserialize)]
struct Delay {
    #[serde(default)]
    ms: u64,
}

async fn slow(State(shared): State<Arc<Shared>>, Query(delay): Query<Delay>) -> Html<String> {
    let pause = tokio::time::sleep(Duration::from_millis(delay.ms));
    tokio::select! {
        () = pause => {}
        () = shared.ended.cancelled() => {}
    }
    let body = format!(
        "<main><h1>Slow page</h1><p>It took {} ms.</p></main>",
        delay.ms
    );
    page("Slow page", &body)
}

/// Takes the request and never answers it, until the site ends.
async fn hang(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.ended.cancelled().await;
    StatusCode::SERVICE_UNAVAILABLE
}

#[derive(Deserialize)]
struct Chain {
    to: String,
    #[serde(default = "once")]
    n: u32,
}

fn once() -> u32 {
    1
}

/// Goes to itself n − 1 times, then to `to`. Nothing is checked: `to` may be any address.
async fn redirect(Query(chain): Query<Chain>) -> Response {
    let next = if chain.n > 1 {
        let to = utf8_percent_encode(&chain.to, NON_ALPHANUMERIC);
        format!("/redirect?to={to}&n={}", chain.n - 1)
    } else {
        chain.to
    };
    (StatusCode::FOUND, [(LOCATION, next)]).into_response()
}

async fn status(Path(code): Path<u16>) -> Response {
    let code = StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_REQUEST);
    let body = format!("<main><h1>Status {}</h1></main>", code.as_u16());
    (code, page("Status", &body)).into_response()
}
