//! A page that tries to reach an address by every way there is.
//!
//! `/reach` has them as functions, `tryAll(host, ports, limit)` tries them. A way that ends says so; one that does not, such
//! as a ping, is waited for until `limit` milliseconds have passed. Beside the page are the answers that some ways need:
//! headers that name the address, and a service worker.

use std::sync::Arc;

use axum::Router;
use axum::extract::Query;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFRESH};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use crate::shared::Shared;

/// The ways, by their names in the page.
pub const WAYS: &[&str] = &[
    "anchor",
    "anchor-download",
    "anchor-ping",
    "attribution",
    "audio",
    "audio-worklet",
    "background",
    "beacon",
    "candidate-tcp",
    "candidate-udp",
    "csp-report",
    "css-cursor",
    "css-font-face",
    "css-image",
    "css-import",
    "css-mask",
    "dns-prefetch",
    "document-write",
    "embed",
    "embed-pdf",
    "event-source",
    "fedcm",
    "fenced-frame",
    "fetch",
    "fetch-https",
    "fetch-keepalive",
    "fetch-later",
    "fetch-no-cors",
    "fetch-preflight",
    "fetch-redirect",
    "font-face",
    "form-blank",
    "form-get",
    "form-post",
    "frame",
    "frame-blob",
    "frame-data",
    "frame-location",
    "frame-meta-refresh",
    "frame-redirect",
    "frame-refresh-header",
    "frame-sandboxed",
    "frame-srcdoc",
    "icon",
    "image",
    "image-set",
    "import",
    "input-image",
    "manifest",
    "media-session",
    "module",
    "modulepreload",
    "object",
    "object-pdf",
    "paint-worklet",
    "payment",
    "picture",
    "popup",
    "poster",
    "preconnect",
    "prefetch",
    "preload",
    "prerender",
    "reporting",
    "script",
    "service-worker-fetch",
    "service-worker-import",
    "shared-worker",
    "source",
    "speculation-prefetch",
    "speculation-prerender",
    "stun",
    "stylesheet",
    "svg-filter",
    "svg-image",
    "svg-use",
    "track",
    "turn-tcp",
    "turn-tls",
    "turn-udp",
    "video",
    "view-source",
    "websocket",
    "websocket-tls",
    "webtransport",
    "worker-fetch",
    "worker-import",
    "worker-import-scripts",
    "worker-script",
    "worker-websocket",
    "xhr",
    "xslt",
];

/// Those that go by UDP.
pub const WAYS_BY_UDP: &[&str] = &["candidate-udp", "stun", "turn-udp", "webtransport"];

/// How many ways lead to an open address at the least, whatever the browser. Some need more time than a page has, or a
/// person; and browsers load no parts of pages from addresses with a user's name.
#[must_use]
pub fn fewest_ways(spelling: &str) -> usize {
    if spelling.contains('@') { 12 } else { 50 }
}

/// Ways to write the loopback address, or to lead there.
pub const SPELLINGS: &[&str] = &[
    "127.0.0.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.01",
    "127.1",
    "[::ffff:127.0.0.1]",
    "canary.localhost",
    "127.0.0.1.",
    "user:word@127.0.0.1",
];

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route(
            "/reach",
            get(|| async { Html(include_str!("../pages/reach.html")) }),
        )
        .route(
            "/reach/ways.js",
            get(|| script(include_str!("../pages/reach.js"))),
        )
        .route(
            "/reach/worker.js",
            get(|| script(include_str!("../pages/reach_worker.js"))),
        )
        .route(
            "/reach/refresh",
            get(|Query(way): Query<Way>| async move {
                with(&[(REFRESH, &format!("0; url={}", way.to))], "")
            }),
        )
        .route(
            "/reach/csp",
            get(|Query(way): Query<Way>| async move {
                let policy = format!("img-src 'none'; report-uri {}", way.to);
                with(&[(CONTENT_SECURITY_POLICY, &policy)], VIOLATION)
            }),
        )
        .route(
            "/reach/reporting",
            get(|Query(way): Query<Way>| async move {
                let endpoints = HeaderName::from_static("reporting-endpoints");
                let fields = [
                    (endpoints, format!("main=\"{}\"", way.to)),
                    (
                        CONTENT_SECURITY_POLICY,
                        "img-src 'none'; report-to main".to_owned(),
                    ),
                ];
                with(&fields, VIOLATION)
            }),
        )
}

/// What a policy without pictures objects to.
const VIOLATION: &str = "<!doctype html><img src=\"/images/sample.png\" alt=\"\">";

#[derive(Deserialize)]
struct Way {
    /// The address that is to be reached.
    to: String,
}

async fn script(text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], text)
}

fn with<V: AsRef<str>>(fields: &[(HeaderName, V)], body: &'static str) -> Response {
    let mut response = Html(body).into_response();
    for (name, value) in fields {
        match HeaderValue::try_from(value.as_ref()) {
            Ok(value) => response.headers_mut().insert(name, value),
            Err(_) => {
                return (
                    StatusCode::BAD_REQUEST,
                    "an address holds visible ASCII only",
                )
                    .into_response();
            }
        };
    }
    response
}
