//! Search engines as their documentation has them: SearXNG, Brave Search and Tavily. What they find are pages of this site.
//!
//! The words of a query decide: `nothing` is found nowhere, `nonsense` brings an answer that is none, `flood` one without
//! end, `busy` a refusal that repeats the key.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::shared::Shared;

/// The key that these engines take.
pub const ENGINE_KEY: &str = "key-of-the-test-engines-0815";

/// What is found: path, title, and what the engine says.
const FOUND: [(&str, &str, &str); 4] = [
    ("/library/books/1", "Book 1", "The first one"),
    ("/library/app", "App", "Brought by a script"),
    ("/library/missing", "Missing", "It was there once"),
    ("/library/books/2", "Book 2", "The second one"),
];

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/search", get(searxng).post(tavily))
        .route("/fresh/search", get(|| async { StatusCode::FORBIDDEN }))
        .route("/res/v1/web/search", get(brave))
        .route("/engines/tavily/search", post(tavily))
}

#[derive(Deserialize)]
struct Asked {
    q: String,
    format: Option<String>,
    count: Option<usize>,
}

fn found(shared: &Shared, text: &str, most: usize, snippet: &str) -> Vec<Value> {
    let pages = FOUND
        .iter()
        .filter(|_| !text.contains("nothing"))
        .take(most);
    pages
        .map(|(path, title, says)| {
            let url = format!("{}{path}", shared.origins.origin);
            json!({"url": url, "title": title, snippet: says, "engine": "test", "score": 1.5})
        })
        .collect()
}

/// What is no good answer, for the words that ask for one.
fn spoilt(text: &str) -> Option<Response> {
    if text.contains("nonsense") {
        return Some("<html>".into_response());
    }
    if text.contains("flood") {
        return Some("[1,".repeat(2_000_000).into_response());
    }
    None
}

/// Its own page "Search API" says that other formats than HTML must be switched on.
async fn searxng(State(shared): State<Arc<Shared>>, Query(asked): Query<Asked>) -> Response {
    if asked.format.as_deref() != Some("json") {
        return StatusCode::FORBIDDEN.into_response();
    }
    if let Some(spoilt) = spoilt(&asked.q) {
        return spoilt;
    }
    let results = found(&shared, &asked.q, usize::MAX, "content");
    let body = json!({
        "query": asked.q, "number_of_results": 0, "results": results,
        "answers": [], "corrections": [], "infoboxes": [], "suggestions": [], "unresponsive_engines": [],
    });
    Json(body).into_response()
}

async fn brave(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Response {
    let key = headers
        .get("x-subscription-token")
        .and_then(|key| key.to_str().ok());
    if key != Some(ENGINE_KEY) {
        let error = json!({"type": "ErrorResponse", "error": {
            "id": "1", "status": 422, "code": "SUBSCRIPTION_TOKEN_INVALID", "detail": "The provided subscription token is invalid."}});
        return (StatusCode::UNPROCESSABLE_ENTITY, Json(error)).into_response();
    }
    if asked.q.contains("busy") {
        let detail = format!("Request rate limit exceeded for {ENGINE_KEY}");
        let error = json!({"type": "ErrorResponse", "error": {"status": 429, "code": "RATE_LIMITED", "detail": detail}});
        return (StatusCode::TOO_MANY_REQUESTS, Json(error)).into_response();
    }
    if let Some(spoilt) = spoilt(&asked.q) {
        return spoilt;
    }
    let most = asked.count.unwrap_or(20);
    let results = found(&shared, &asked.q, most, "description");
    let web = (!results.is_empty()).then(|| json!({"type": "search", "results": results}));
    Json(json!({"type": "search", "query": {"original": asked.q}, "web": web})).into_response()
}

#[derive(Deserialize)]
struct Question {
    query: String,
    #[serde(default = "five")]
    max_results: usize,
    #[serde(default)]
    include_answer: bool,
    #[serde(default)]
    include_domains: Vec<String>,
}

fn five() -> usize {
    5
}

async fn tavily(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Json(question): Json<Question>,
) -> Response {
    let key = headers.get(AUTHORIZATION).and_then(|key| key.to_str().ok());
    if key != Some(&format!("Bearer {ENGINE_KEY}")) {
        let error = json!({"detail": {"error": "Unauthorized: missing or invalid API key."}});
        return (StatusCode::UNAUTHORIZED, Json(error)).into_response();
    }
    if let Some(spoilt) = spoilt(&question.query) {
        return spoilt;
    }
    let mut results = found(&shared, &question.query, question.max_results, "content");
    if !question.include_domains.is_empty() {
        results.truncate(1);
    }
    let answer = question.include_answer.then_some("There are two books.");
    Json(json!({
        "query": question.query, "answer": answer, "images": [], "results": results,
        "response_time": 0.1, "request_id": "1",
    }))
    .into_response()
}
