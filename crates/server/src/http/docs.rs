//! The OpenAPI documents, and a page that shows them without anything from elsewhere.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::router::notte_document;

static NOTTE: LazyLock<String> = LazyLock::new(|| crate::openapi::to_text(&notte_document()));

/// All operations of all dialects.
pub async fn whole() -> Response {
    json(&NOTTE)
}

/// The operations of the Notte dialect.
pub async fn notte() -> Response {
    json(&NOTTE)
}

/// The reference.
pub async fn page() -> Html<&'static str> {
    Html(include_str!("../../assets/docs.html"))
}

/// Whoever opens the server in a browser wants the reference.
pub async fn home() -> Redirect {
    Redirect::temporary("/docs")
}

fn json(text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}
