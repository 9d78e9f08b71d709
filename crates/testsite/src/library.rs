//! A small site to be read as a whole: pages of every kind, and what sites say to programs that read them.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use crate::html::page;
use crate::shared::Shared;

/// Enough text for a page to be more than a frame for scripts.
const TEXT: &str = "The library has three floors. On the first are the newspapers, which come in at seven; on the second are \
    the books that people ask for, and on the third those that nobody has asked for yet. Who reads there may stay until the \
    lamps go out, which they do one after the other, from the windows inwards.";

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/robots.txt", get(robots))
        .route("/sitemap.xml", get(index_of_sitemaps))
        .route("/library/sitemap.xml", get(sitemap))
        .route("/library", get(start))
        .route("/library/app", get(app))
        .route("/library/away", get(away))
        .route(
            "/library/moved",
            get(|| async { (StatusCode::FOUND, [(LOCATION, "/library/books/1")]) }),
        )
        .route("/library/guarded", get(guarded))
        .route(
            "/library/leaflet.txt",
            get(|| text("text/plain; charset=iso-8859-1", b"Ge\xf6ffnet\n".to_vec())),
        )
        .route(
            "/library/hours.json",
            get(|| text("application/json", br#"{"opens": 7}"#.to_vec())),
        )
        .route(
            "/library/picture",
            get(|| text("image/png", vec![0x89, b'P', b'N', b'G', 0, 0])),
        )
        .route(
            "/library/closed/{*rest}",
            get(|| async { simple("Closed", "") }),
        )
        .route(
            "/library/orphan",
            get(|| async { simple("Only in the sitemap", "") }),
        )
        .route("/library/books/{number}", get(book))
        .route("/library/days/{number}", get(day))
}

fn simple(title: &str, more: &str) -> Html<String> {
    let body = format!(
        "<nav><a href=\"/library\">Library</a></nav><main><h1>{title}</h1><p>{TEXT}</p>{more}</main>"
    );
    page(title, &body)
}

async fn robots(State(shared): State<Arc<Shared>>) -> impl IntoResponse {
    let origin = &shared.origins.origin;
    let rules =
        format!("User-agent: *\nDisallow: /library/closed/\nSitemap: {origin}/sitemap.xml\n");
    ([(CONTENT_TYPE, "text/plain")], rules)
}

async fn index_of_sitemaps(State(shared): State<Arc<Shared>>) -> impl IntoResponse {
    let origin = &shared.origins.origin;
    let index = format!(
        "<sitemapindex><sitemap><loc>{origin}/library/sitemap.xml</loc></sitemap></sitemapindex>"
    );
    ([(CONTENT_TYPE, "application/xml")], index)
}

async fn sitemap(State(shared): State<Arc<Shared>>) -> impl IntoResponse {
    let origin = &shared.origins.origin;
    let list = format!(
        "<urlset><url><loc>{origin}/library/orphan</loc></url><url><loc>{origin}/library</loc></url></urlset>"
    );
    ([(CONTENT_TYPE, "application/xml")], list)
}

/// Links to everything, some of it more than once.
async fn start(State(shared): State<Arc<Shared>>) -> Html<String> {
    let elsewhere = &shared.origins.cross_site;
    let mut links = String::new();
    for to in [
        "/library/books/1",
        "/library/books/1#reviews",
        "books/../library/books/2",
        "/library/app",
        "/library/moved",
        "/library/away",
        "/library/closed/archive",
        "/library/missing",
        "/library/leaflet.txt",
        "/library/picture",
        "/library/days/1",
        "mailto:desk@library.example",
        "javascript:void(0)",
        &format!("{elsewhere}/library/books/9"),
    ] {
        links.push_str(&format!("<li><a href=\"{to}\">{to}</a></li>"));
    }
    simple("Library", &format!("<ul>{links}</ul>"))
}

/// Its text and its link are brought by a script.
async fn app() -> Html<String> {
    let script = format!(
        "document.getElementById('root').innerHTML = '<h1>App</h1><p>' + {TEXT:?} + '</p><a href=\"/library/books/3\">Third</a>'"
    );
    page(
        "App",
        &format!("<div id=\"root\"></div><script>{script}</script>"),
    )
}

async fn away(State(shared): State<Arc<Shared>>) -> Response {
    let to = format!("{}/library/books/9", shared.origins.cross_site);
    (StatusCode::FOUND, [(LOCATION, to)]).into_response()
}

/// Refuses programs, and shows browsers the page.
async fn guarded(headers: axum::http::HeaderMap) -> Response {
    let agent = headers
        .get("user-agent")
        .and_then(|agent| agent.to_str().ok());
    if agent.is_some_and(|agent| agent.contains("Chrome")) {
        simple("Guarded", "").into_response()
    } else {
        (StatusCode::FORBIDDEN, simple("Access denied", "")).into_response()
    }
}

async fn book(Path(number): Path<u32>) -> Html<String> {
    simple(
        &format!("Book {number}"),
        "<a href=\"/library/books/2\">Second</a>",
    )
}

/// A calendar: each day links to the next, without end.
async fn day(Path(number): Path<u64>) -> Html<String> {
    let next = number.saturating_add(1);
    simple(
        &format!("Day {number}"),
        &format!("<a href=\"/library/days/{next}\">Next</a>"),
    )
}

async fn text(kind: &'static str, bytes: Vec<u8>) -> impl IntoResponse {
    ([(CONTENT_TYPE, kind)], bytes)
}
