//! Pages that are too much for a careless reader: too long, too deep, without an end, or larger than they look.
//!
//! `/heavy/{name}` is one of [`NAMES`].

use std::io::Write as _;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::{StreamExt as _, stream};
use serde::Deserialize;

use crate::shared::Shared;

/// All of them.
pub const NAMES: &[&str] = &[
    "long",
    "elements",
    "nested",
    "entities",
    "no-such-charset",
    "wrong-charset",
    "redirects",
    "unfinished",
    "trickle",
    "loop",
    "busy",
    "gzip",
    "svg",
    "xml",
    "attributes",
    "lines",
];

/// How long the long page is: 50 MiB.
const LONG: usize = 50 * 1024 * 1024;
/// How long the packed page is when it is unpacked: 400 MiB.
const UNPACKED: usize = 400 * 1024 * 1024;
const PIECE: &str = "<p>One more paragraph of a page that goes on and on, as pages of logs do, with nothing in it that is new.</p>\n";

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/heavy/{name}", get(show))
}

#[derive(Deserialize)]
struct Turn {
    #[serde(default)]
    turn: u64,
}

async fn show(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    Query(turn): Query<Turn>,
) -> Response {
    const HTML: &str = "text/html; charset=utf-8";
    match name.as_str() {
        "long" => body(HTML, long()),
        "elements" => {
            let rows = (0..100_000).map(|n| format!("<a href='/article?{n}'>Row {n}</a>\n"));
            page(HTML, &rows.collect::<String>())
        }
        "nested" => {
            let deep = "<div><b>".repeat(10_000);
            page(HTML, &format!("<main><p>At the top.</p>{deep}At the bottom."))
        }
        "entities" => page(
            HTML,
            "<main><h1>Broken &amp;amp entities</h1><p>&#xFFFFFFFF; &#0; &nosuch; &amp &#x110000; &#xD800; &; &# &#x; <p>A price &lt 5 &euro;",
        ),
        "no-such-charset" => page("text/html; charset=no-such-charset", "<main><p>Grüße an alle.</p>"),
        "wrong-charset" => {
            let bytes = Bytes::from_static(b"<!doctype html><title>Wrong</title><main><p>Gr\xfc\xdfe an alle.</p>");
            body(HTML, Body::from(bytes))
        }
        "redirects" => {
            let next = format!("/heavy/redirects?turn={}", turn.turn + 1);
            (StatusCode::FOUND, [(LOCATION, next)]).into_response()
        }
        "unfinished" => {
            let ended = async move {
                shared.ended.cancelled().await;
                Ok::<_, std::io::Error>(Bytes::new())
            };
            let start = format!("<!doctype html><title>Unfinished</title><main>{}", PIECE.repeat(20));
            let start = stream::iter([Ok(Bytes::from(start))]);
            body(HTML, Body::from_stream(start.chain(stream::once(ended))))
        }
        "trickle" => {
            let pieces = stream::unfold(shared, |shared| async move {
                let pause = tokio::time::sleep(std::time::Duration::from_millis(50));
                tokio::select! {
                    () = pause => Some((Ok::<_, std::io::Error>(Bytes::from_static(b"<p>And more.</p>")), shared)),
                    () = shared.ended.cancelled() => None,
                }
            });
            let start = stream::iter([Ok(Bytes::from_static(b"<!doctype html><title>Trickle</title>"))]);
            body(HTML, Body::from_stream(start.chain(pieces)))
        }
        "loop" => page(HTML, "<main><p>Before.</p></main><script>for (;;) {}</script><p>After.</p>"),
        "busy" => page(
            HTML,
            "<main><p>Busy.</p></main><script>
             const more = () => { document.querySelector('main').append(document.createElement('p')); setTimeout(more) };
             for (let i = 0; i < 50; i++) more();
             new MutationObserver(() => document.body.dataset.n = Math.random()).observe(document.body, { subtree: true, childList: true });
             </script>",
        ),
        "gzip" => {
            let mut response = body(HTML, Body::from(packed().clone()));
            let gzip = HeaderValue::from_static("gzip");
            response.headers_mut().insert(CONTENT_ENCODING, gzip);
            response
        }
        "svg" => body("image/svg+xml", Body::from(svg())),
        "xml" => body("text/xml", Body::from(laughs("feed"))),
        "attributes" => {
            let attributes = (0..20_000).map(|n| format!(" data-a{n}='{n}'"));
            let attributes: String = attributes.collect();
            let label = "very ".repeat(200_000);
            page(HTML, &format!("<main><button{attributes}>Go</button><button aria-label='{label}long'>Go</button></main>"))
        }
        "lines" => page(HTML, &format!("<pre>{}</pre>", "x\n".repeat(2_000_000))),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn body(kind: &str, body: Body) -> Response {
    ([(CONTENT_TYPE, kind)], body).into_response()
}

fn page(kind: &str, inner: &str) -> Response {
    body(
        kind,
        Body::from(format!("<!doctype html><title>Heavy</title><body>{inner}")),
    )
}

/// Made as it is sent.
fn long() -> Body {
    let block = Bytes::from(PIECE.repeat(1_000));
    let blocks = LONG.div_ceil(block.len());
    let start = Bytes::from_static(b"<!doctype html><title>Long</title><main>");
    let blocks = std::iter::once(start).chain(std::iter::repeat_n(block, blocks));
    Body::from_stream(stream::iter(blocks.map(Ok::<_, std::io::Error>)))
}

/// Made once: it takes a second.
fn packed() -> &'static Bytes {
    static PACKED: OnceLock<Bytes> = OnceLock::new();
    PACKED.get_or_init(|| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        let block = PIECE.repeat(1_000);
        let mut written = 0;
        while written < UNPACKED && encoder.write_all(block.as_bytes()).is_ok() {
            written += block.len();
        }
        encoder.finish().unwrap_or_default().into()
    })
}

/// Entities of ten entities each, which are a billion in the end.
fn laughs(root: &str) -> String {
    let mut entities = "<!ENTITY e0 \"lol\">".to_owned();
    for n in 1..10 {
        let ten = format!("&e{};", n - 1).repeat(10);
        entities.push_str(&format!("<!ENTITY e{n} \"{ten}\">"));
    }
    format!(
        "<?xml version=\"1.0\"?><!DOCTYPE {root} [{entities}]><{root}><title>&e9;</title></{root}>"
    )
}

/// Groups that use the one before ten times each, and entities beside.
fn svg() -> String {
    let mut groups = "<g id=\"g0\"><rect width=\"1\" height=\"1\"/></g>".to_owned();
    for n in 1..6 {
        let ten = format!("<use href=\"#g{}\"/>", n - 1).repeat(10);
        groups.push_str(&format!("<g id=\"g{n}\">{ten}</g>"));
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100\" height=\"100\"><title>Heavy</title>{groups}</svg>"
    )
}
