//! Shows which headers and cookies a browser sends.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::html::{escape, page, script_json};
use crate::log::header_map;
use crate::shared::Shared;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/headers", get(echo))
        .route(
            "/headers/page",
            get(|state, headers| filled(state, headers, include_str!("../pages/headers.html"))),
        )
        .route(
            "/headers/frame",
            get(|state, headers| {
                filled(state, headers, include_str!("../pages/headers_frame.html"))
            }),
        )
        .route(
            "/headers/popup",
            get(|state, headers| {
                filled(state, headers, include_str!("../pages/headers_popup.html"))
            }),
        )
        .route("/headers/worker.js", get(worker))
        .route("/cookies", get(cookies))
        .route("/cookies/set", get(set_cookies))
}

/// Request headers as one JSON object; readable from every origin.
async fn echo(headers: HeaderMap) -> impl IntoResponse {
    let open = [("access-control-allow-origin", "*")];
    (open, Json(header_map(&headers)))
}

/// A page with the headers of its own request put in as `{{headers}}`.
async fn filled(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    text: &'static str,
) -> Html<String> {
    let sent = script_json(&json!(header_map(&headers)));
    Html(shared.origins.fill(text).replace("{{headers}}", &sent))
}

async fn worker() -> impl IntoResponse {
    let kind = [(CONTENT_TYPE, "text/javascript; charset=utf-8")];
    (kind, include_str!("../pages/headers_worker.js"))
}

async fn cookies(headers: HeaderMap) -> Html<String> {
    let sent: BTreeMap<String, Value> = header_map(&headers)
        .get("cookie")
        .map(String::as_str)
        .unwrap_or_default()
        .split("; ")
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), Value::from(value)))
        .collect();
    let sent = escape(&json!(sent).to_string());
    let body = include_str!("../pages/cookies.html").replace("{{cookies}}", &sent);
    page("Cookies", &body)
}

#[derive(Deserialize)]
struct Cookie {
    name: String,
    #[serde(default)]
    value: String,
    /// Further attributes as in a `Set-Cookie` header, for example `HttpOnly; SameSite=Lax`.
    #[serde(default)]
    attributes: String,
}

async fn set_cookies(Query(cookie): Query<Cookie>) -> Response {
    let mut text = format!("{}={}; Path=/", cookie.name, cookie.value);
    if !cookie.attributes.is_empty() {
        text.push_str("; ");
        text.push_str(&cookie.attributes);
    }
    match HeaderValue::try_from(text) {
        Ok(value) => (
            [(SET_COOKIE, value)],
            page("Cookie set", "<main><h1>Cookie set</h1></main>"),
        )
            .into_response(),
        Err(_) => (StatusCode::BAD_REQUEST, "a cookie holds visible ASCII only").into_response(),
    }
}
