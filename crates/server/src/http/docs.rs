//! The OpenAPI documents, and a page that shows them without anything from elsewhere.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::{Html, IntoResponse, Redirect, Response};

use crate::documents;
use crate::openapi::to_text;

static WHOLE: LazyLock<String> = LazyLock::new(|| to_text(&documents::whole()));
static NOTTE: LazyLock<String> = LazyLock::new(|| to_text(&documents::notte()));
static AIQARAMBA: LazyLock<String> = LazyLock::new(|| to_text(&documents::aiqaramba()));
static EVALSTUDIO: LazyLock<String> = LazyLock::new(|| to_text(&documents::evalstudio()));

/// All operations of all dialects.
pub async fn whole() -> Response {
    json(&WHOLE)
}

/// The operations of the Notte dialect.
pub async fn notte() -> Response {
    json(&NOTTE)
}

/// The operations of the AIQaramba dialect.
pub async fn aiqaramba() -> Response {
    json(&AIQARAMBA)
}

/// The operations of the EvalStudio dialect.
pub async fn evalstudio() -> Response {
    json(&EVALSTUDIO)
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
