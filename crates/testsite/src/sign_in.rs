//! Sign-in pages as sites build them, and a sink that writes down what they send, to the byte.
//!
//! `/sign-in/page/{name}` are the pages, `/sign-in/made?body=…` is a page with any body, `/sign-in/to/…` is the sink, and
//! `/sign-in/redirect?status=307&to=…` sends on what it gets.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{OriginalUri, Path, Query, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, LOCATION,
};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, get};
use serde::{Deserialize, Serialize};

use crate::html::page;
use crate::shared::{Shared, lock};

/// How many requests the sink keeps.
const KEPT: usize = 10_000;

macro_rules! pages {
    ($($name:literal: $file:literal, $about:literal;)+) => {
        const PAGES: &[(&str, &str)] = &[$(($name, include_str!(concat!("../pages/sign_in/", $file))),)+];
        /// The pages, for the list.
        pub(crate) const LIST: &[(&str, &str)] = &[$((concat!("/sign-in/page/", $name), $about),)+];
    };
}

pages! {
    "classic": "classic.html", "Sign-in: a form that is posted";
    "multipart": "multipart.html", "Sign-in: a form in parts";
    "json": "json.html", "Sign-in: JSON by fetch";
    "xhr": "xhr.html", "Sign-in: a form by XMLHttpRequest, without a form";
    "two-steps": "two_steps.html", "Sign-in: the password's field comes later";
    "identifier": "identifier.html", "Sign-in: the password is on the next page";
    "password-only": "password_only.html", "Sign-in: the second page";
    "code": "code.html", "Sign-in: a one-time code";
    "boxes": "boxes.html", "Sign-in: a one-time code in six boxes";
    "frame": "frame.html", "Sign-in: in a frame";
    "hashed": "hashed.html", "Sign-in: a hash of the password only";
    "socket": "socket.html", "Sign-in: over a WebSocket";
    "worker": "worker.html", "Sign-in: sent by a worker";
    "shadow": "shadow.html", "Sign-in: GraphQL out of a shadow root";
    "card": "card.html", "Paying with a card";
    "mirror": "mirror.html", "Sign-in: what is typed is copied to wherever a page can";
    "blank": "blank.html", "Nothing yet";
}

/// Something that reached the sink.
#[derive(Clone, Debug, Serialize)]
pub struct Take {
    /// `POST` …, `SOCKET` for a message over a WebSocket.
    pub method: String,
    /// The `Host` header.
    pub host: String,
    /// The path without the query.
    pub path: String,
    /// The query without its question mark; empty when there is none.
    pub query: String,
    /// The `Content-Type` header.
    pub content_type: String,
    /// The `Content-Length` header.
    pub content_length: Option<String>,
    /// The body as text; what is no UTF-8 in it is replaced.
    pub body: String,
}

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/sign-in/page/{name}", get(show).post(show))
        .route("/sign-in/made", get(made))
        .route("/sign-in/to/{*rest}", any(sink))
        .route("/sign-in/redirect", any(redirect))
        .route("/sign-in/socket", get(socket))
        .route("/sign-in/service.js", get(service_worker))
}

async fn show(Path(name): Path<String>) -> Response {
    match PAGES.iter().find(|(known, _)| *known == name) {
        Some((_, text)) => Html(*text).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[derive(Deserialize)]
struct Made {
    #[serde(default)]
    body: String,
    csp: Option<String>,
}

async fn made(Query(made): Query<Made>) -> Response {
    let html = page("Made for a test", &made.body);
    match made.csp {
        Some(csp) => ([(CONTENT_SECURITY_POLICY, csp)], html).into_response(),
        None => html.into_response(),
    }
}

fn take(shared: &Shared, method: &str, uri: &OriginalUri, headers: &HeaderMap, body: &[u8]) {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let mut takes = lock(&shared.takes);
    if takes.len() < KEPT {
        takes.push(Take {
            method: method.to_owned(),
            host: header(HOST).unwrap_or_default().to_owned(),
            path: uri.path().to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
            content_type: header(CONTENT_TYPE).unwrap_or_default().to_owned(),
            content_length: header(axum::http::header::CONTENT_LENGTH).map(str::to_owned),
            body: String::from_utf8_lossy(body).into_owned(),
        });
    }
}

async fn sink(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if method == Method::OPTIONS {
        return open().into_response();
    }
    take(&shared, method.as_str(), &uri, &headers, &body);
    (open(), page("Welcome", "<main><h1>Welcome</h1></main>")).into_response()
}

/// Pages of other origins may read the answer.
fn open() -> [(axum::http::HeaderName, &'static str); 3] {
    [
        (ACCESS_CONTROL_ALLOW_METHODS, "*"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "*"),
    ]
}

#[derive(Deserialize)]
struct Elsewhere {
    status: u16,
    to: String,
}

async fn redirect(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: OriginalUri,
    headers: HeaderMap,
    Query(elsewhere): Query<Elsewhere>,
    body: Bytes,
) -> Response {
    take(&shared, method.as_str(), &uri, &headers, &body);
    let status = StatusCode::from_u16(elsewhere.status).unwrap_or(StatusCode::FOUND);
    (status, open(), [(LOCATION, elsewhere.to)]).into_response()
}

async fn socket(
    State(shared): State<Arc<Shared>>,
    uri: OriginalUri,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade.on_upgrade(move |mut socket: WebSocket| async move {
        while let Some(Ok(message)) = socket.recv().await {
            if let Message::Text(text) = message {
                take(&shared, "SOCKET", &uri, &headers, text.as_bytes());
            }
        }
    })
}

/// A service worker that sends on, by itself, whatever its pages post, and what they tell it `{to, body}` to send elsewhere.
async fn service_worker() -> impl IntoResponse {
    const SCRIPT: &str = "
        addEventListener('install', () => skipWaiting());
        addEventListener('activate', (event) => event.waitUntil(clients.claim()));
        addEventListener('message', ({ data, source }) => fetch(data.to, { method: 'POST', mode: 'no-cors', body: data.body })
          .then(() => source.postMessage('arrived'), () => source.postMessage('failed')));
        addEventListener('fetch', (event) => {
          if (event.request.method !== 'POST') return;
          event.respondWith(event.request.text().then((body) => fetch('/sign-in/to/service', {
            method: 'POST', body, headers: { 'content-type': event.request.headers.get('content-type') },
          })));
        });";
    (
        [
            (CONTENT_TYPE.as_str(), "text/javascript"),
            ("service-worker-allowed", "/"),
        ],
        SCRIPT,
    )
}
