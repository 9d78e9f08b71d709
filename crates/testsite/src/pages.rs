//! The pages that are files: served as they are, with the site's origins put in.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use axum::{Json, Router};

use crate::gallery;
use crate::html::{escape, page};
use crate::shared::Shared;
use crate::sign_in;

/// A page with its address and what it is for.
struct Page {
    path: &'static str,
    about: &'static str,
    text: &'static str,
}

macro_rules! page {
    ($path:literal, $about:literal, $file:literal) => {
        Page {
            path: $path,
            about: $about,
            text: include_str!(concat!("../pages/", $file)),
        }
    };
}

/// Pages from files.
static PAGES: &[Page] = &[
    page!(
        "/actions",
        "Buttons that are hard to click, each counting",
        "actions.html"
    ),
    page!(
        "/animated",
        "Endless animations of every kind",
        "animated.html"
    ),
    page!(
        "/article",
        "Long text with table, code, lists and images",
        "article.html"
    ),
    page!(
        "/dialogs",
        "alert, confirm, prompt, beforeunload",
        "dialogs.html"
    ),
    page!("/download", "Downloads of every kind", "download.html"),
    page!("/frames", "Nested frames of three origins", "frames.html"),
    page!("/inputs", "Every kind of form field", "inputs.html"),
    page!("/keys", "Shows key events", "keys.html"),
    page!("/navigate", "Every way to go elsewhere", "navigate.html"),
    page!(
        "/popups",
        "window.open, target=_blank, noopener",
        "popups.html"
    ),
    page!(
        "/scroll",
        "A tall page with scrollers inside",
        "scroll.html"
    ),
    page!(
        "/shadow",
        "Open and closed shadow roots with controls",
        "shadow.html"
    ),
    page!(
        "/socket",
        "Talks to the WebSocket echo at /ws",
        "socket.html"
    ),
    page!("/upload", "File inputs, visible and hidden", "upload.html"),
    page!(
        "/visits",
        "Tells what earlier visits left in the browser",
        "visits.html"
    ),
];

/// Pages made in code, for the list only.
const MADE: &[(&str, &str)] = &[
    (
        "/accounts/sign-up",
        "Accounts: signing up with a mailed code, and all ways of signing in",
    ),
    ("/cookies", "Shows, sets and deletes cookies"),
    ("/headers", "Request headers as JSON"),
    (
        "/headers/page",
        "Headers that page, frame, worker and pop-up send",
    ),
    ("/images/sample.png", "A generated picture, also .svg"),
    (
        "/injected/visible-text/purchase",
        "Pages that tell a model what to do",
    ),
    (
        "/library",
        "A site to be read as a whole, with robots.txt and sitemap.xml",
    ),
    ("/login", "Form login with a cookie (ada / engine-1843)"),
    ("/reach", "Tries every way to another address"),
    ("/log.json", "What the server saw"),
    ("/redirect?to=/article&n=3", "Redirects n times"),
    ("/shop", "Catalogue, product pages, cart and checkout"),
    ("/slow?ms=500", "Answers late"),
    ("/hang", "Never answers"),
    ("/status/404", "Answers with a status"),
    ("/table?rows=2000", "A long table with links and buttons"),
    ("/news", "A news article with all that stands around one"),
];

pub(crate) fn routes() -> Router<Arc<Shared>> {
    let mut router = Router::new()
        .route("/", get(index))
        .route("/_pages", get(list))
        .route(
            "/style.css",
            get(|| asset("text/css", include_str!("../pages/style.css"))),
        )
        .route(
            "/visits/stamp",
            get(|| async { ([(CACHE_CONTROL, "max-age=3600")], "stamp") }),
        )
        .route(
            "/clicks.js",
            get(|| asset("text/javascript", include_str!("../pages/clicks.js"))),
        )
        .route(
            "/inputs.js",
            get(|| asset("text/javascript", include_str!("../pages/inputs.js"))),
        )
        .route("/favicon.ico", get(|| async { StatusCode::NO_CONTENT }))
        .route(
            "/navigate/{*rest}",
            get(|| async { Html(include_str!("../pages/navigate.html")) }),
        )
        .fallback(missing);
    for page in PAGES {
        let handler =
            async |State(shared): State<Arc<Shared>>| Html(shared.origins.fill(page.text));
        router = router.route(page.path, get(handler));
    }
    router
}

async fn asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, format!("{kind}; charset=utf-8"))], text)
}

async fn missing() -> impl IntoResponse {
    let body = "<main><h1>Page not found</h1><p>There is nothing here. <a href=\"/\">Start page</a></p></main>";
    (StatusCode::NOT_FOUND, page("Page not found", body))
}

fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    let files = PAGES.iter().map(|page| (page.path, page.about));
    files
        .chain(MADE.iter().copied())
        .chain(sign_in::LIST.iter().copied())
        .chain(gallery::list())
}

async fn index() -> impl IntoResponse {
    let mut body = String::from("<main>\n<h1>Test pages</h1>\n<ul>\n");
    for (path, about) in all() {
        let path = escape(path);
        // Writing to a String cannot fail.
        let _: std::fmt::Result = writeln!(body, "<li><a href=\"{path}\">{path}</a> {about}</li>");
    }
    body.push_str("</ul>\n</main>");
    page("Test pages", &body)
}

async fn list() -> impl IntoResponse {
    let pages: Vec<_> = all()
        .map(|(path, about)| serde_json::json!({ "path": path, "about": about }))
        .collect();
    Json(pages)
}
