//! What lies inside the frames of `/frames`.
//!
//! `/frames/leaf?name=x` is a form that reports what is done in it, by `postMessage` to the top window and to
//! the server's log. `/frames/nest?depth=n` holds a leaf and, while n is above one, a frame of the next
//! origin that goes one deeper.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::response::Html;
use axum::routing::get;
use serde::Deserialize;

use crate::html::escape;
use crate::shared::Shared;

/// Frames go no deeper than this, whatever is asked.
const DEEPEST: u32 = 10;

#[derive(Deserialize)]
struct Leaf {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct Nest {
    #[serde(default)]
    depth: u32,
}

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/frames/leaf", get(leaf))
        .route("/frames/nest", get(nest))
}

fn leaf_page(name: &str, inner: &str) -> Html<String> {
    let page = include_str!("../pages/leaf.html")
        .replace("{{name}}", &escape(name))
        .replace("{{inner}}", inner);
    Html(page)
}

async fn leaf(Query(leaf): Query<Leaf>) -> Html<String> {
    leaf_page(&leaf.name, "")
}

async fn nest(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Query(nest): Query<Nest>,
) -> Html<String> {
    let name = format!("nest-{}", nest.depth);
    let deeper = nest.depth.min(DEEPEST).saturating_sub(1);
    if deeper == 0 {
        return leaf_page(&name, "");
    }
    let here = headers.get(HOST).and_then(|host| host.to_str().ok());
    let on_localhost = here.is_some_and(|host| host.starts_with("localhost"));
    let origins = &shared.origins;
    let next = if on_localhost {
        &origins.other
    } else {
        &origins.cross_site
    };
    let height = 60 + 220 * deeper;
    let inner = format!(
        "<iframe name=\"nest-{deeper}\" title=\"Nested frame {deeper}\" width=\"560\" height=\"{height}\" \
         src=\"{next}/frames/nest?depth={deeper}\"></iframe>"
    );
    leaf_page(&name, &inner)
}
