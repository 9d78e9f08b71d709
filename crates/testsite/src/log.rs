//! The server's side of the story: what was requested and what pages reported.
//!
//! `GET /log.json` (optionally `?path=/x`) answers `{"hits":[…],"events":[…]}`, `POST /log/reset` forgets, and
//! `POST /log/event` with any JSON is how pages report.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use crate::shared::{Shared, lock};

/// How many hits and events are kept.
const KEPT: usize = 20_000;

/// One request that reached the server.
#[derive(Clone, Debug, Serialize)]
pub struct Hit {
    /// `GET`, `POST` …
    pub method: String,
    /// The `Host` header.
    pub host: String,
    /// The path without the query.
    pub path: String,
    /// The query without its question mark; empty when there is none.
    pub query: String,
    /// All headers; several of one name are joined by a comma and a space.
    pub headers: BTreeMap<String, String>,
}

/// One report of a page.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// The `Host` header of the report, which tells the origin of the frame.
    pub host: String,
    /// What the page sent.
    pub value: serde_json::Value,
}

#[derive(Default)]
pub(crate) struct Log {
    hits: Mutex<VecDeque<Hit>>,
    events: Mutex<VecDeque<Event>>,
}

impl Log {
    pub(crate) fn hits(&self) -> Vec<Hit> {
        lock(&self.hits).iter().cloned().collect()
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        lock(&self.events).iter().cloned().collect()
    }

    pub(crate) fn reset(&self) {
        lock(&self.hits).clear();
        lock(&self.events).clear();
    }
}

fn push<T>(queue: &Mutex<VecDeque<T>>, item: T) {
    let mut queue = lock(queue);
    if queue.len() == KEPT {
        queue.pop_front();
    }
    queue.push_back(item);
}

/// All headers as text, joined by name.
pub(crate) fn header_map(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut map = BTreeMap::<String, String>::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        map.entry(name.as_str().to_owned())
            .and_modify(|joined| {
                joined.push_str(", ");
                joined.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    map
}

fn host(headers: &HeaderMap) -> String {
    header_map(headers).remove("host").unwrap_or_default()
}

/// Middleware that writes every request down, except those for the log itself.
pub(crate) async fn record(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    if !path.starts_with("/log/") && path != "/log" && path != "/log.json" {
        let hit = Hit {
            method: request.method().to_string(),
            host: host(request.headers()),
            path: path.to_owned(),
            query: request.uri().query().unwrap_or_default().to_owned(),
            headers: header_map(request.headers()),
        };
        push(&shared.log.hits, hit);
    }
    next.run(request).await
}

#[derive(Deserialize)]
struct Filter {
    path: Option<String>,
}

#[derive(Serialize)]
struct Book {
    hits: Vec<Hit>,
    events: Vec<Event>,
}

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/log.json", get(show))
        .route("/log/reset", post(reset))
        .route("/log/event", post(report))
}

async fn show(State(shared): State<Arc<Shared>>, Query(filter): Query<Filter>) -> Json<Book> {
    let mut hits = shared.log.hits();
    if let Some(path) = filter.path {
        hits.retain(|hit| hit.path == path);
    }
    let events = shared.log.events();
    Json(Book { hits, events })
}

async fn reset(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.log.reset();
    StatusCode::NO_CONTENT
}

async fn report(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Json(value): Json<serde_json::Value>,
) -> StatusCode {
    let host = host(&headers);
    push(&shared.log.events, Event { host, value });
    StatusCode::NO_CONTENT
}
