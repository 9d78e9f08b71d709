//! Files to download: attached, inline, slow, large and endless.

use std::convert::Infallible;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use futures_util::stream;
use serde::Deserialize;

use crate::shared::Shared;

/// A small table that every test knows byte by byte.
const REPORT: &str =
    "month,orders,revenue\n2026-01,412,18342.50\n2026-02,388,17110.00\n2026-03,455,20981.25\n";

const NOTES: &str = "Notes\n=====\n\nPlain text, shown by the browser itself.\n";

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/download/report.csv", get(attachment))
        .route("/download/unicode", get(unicode))
        .route(
            "/download/anchor.csv",
            get(|| async { ([(CONTENT_TYPE, "text/csv")], REPORT) }),
        )
        .route("/download/slow", get(slow))
        .route("/download/large", get(large))
        .route("/download/endless", get(endless))
        .route("/download/document.pdf", get(pdf))
        .route("/download/notes.txt", get(|| async { NOTES }))
}

async fn attachment() -> impl IntoResponse {
    let disposition = "attachment; filename=\"report.csv\"";
    (
        [
            (CONTENT_TYPE, "text/csv"),
            (CONTENT_DISPOSITION, disposition),
        ],
        REPORT,
    )
}

/// A name outside ASCII, as RFC 6266 has it, with a path that must not be followed.
async fn unicode() -> impl IntoResponse {
    let disposition =
        "attachment; filename=\"fallback.csv\"; filename*=UTF-8''%C3%9Cbersicht%20M%C3%A4rz.csv";
    (
        [
            (CONTENT_TYPE, "text/csv"),
            (CONTENT_DISPOSITION, disposition),
        ],
        REPORT,
    )
}

async fn pdf() -> impl IntoResponse {
    (
        [(CONTENT_TYPE, "application/pdf")],
        include_str!("../pages/document.pdf"),
    )
}

#[derive(Deserialize)]
struct Pace {
    /// How long the whole download takes, in milliseconds.
    #[serde(default = "two_seconds")]
    ms: u64,
}

fn two_seconds() -> u64 {
    2000
}

/// Ten lines, one every tenth of the asked time.
async fn slow(State(shared): State<Arc<Shared>>, Query(pace): Query<Pace>) -> Response {
    let pause = Duration::from_millis(pace.ms / 10);
    let lines = stream::unfold(0_u8, move |line| {
        let ended = shared.ended.clone();
        async move {
            if line == 10 {
                return None;
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = ended.cancelled() => return None,
            }
            let text = Bytes::from(format!("line {line}\n"));
            Some((Ok::<_, Infallible>(text), line + 1))
        }
    });
    let disposition = "attachment; filename=\"slow.txt\"";
    let headers = [
        (CONTENT_TYPE, "text/plain"),
        (CONTENT_DISPOSITION, disposition),
    ];
    (headers, Body::from_stream(lines)).into_response()
}

#[derive(Deserialize)]
struct Size {
    #[serde(default = "megabyte")]
    bytes: usize,
}

fn megabyte() -> usize {
    1 << 20
}

/// Larger files than this are not made, whatever is asked: 1 GiB.
const LARGEST: usize = 1 << 30;

const CHUNK: usize = 251 * 256;

/// The byte at place n is n modulo 251, so that a lost or doubled piece shows.
static PATTERN: LazyLock<Bytes> = LazyLock::new(|| (0..=250_u8).cycle().take(CHUNK).collect());

async fn large(Query(size): Query<Size>) -> Response {
    let size = size.bytes.min(LARGEST);
    let chunks = (0..size.div_ceil(CHUNK)).map(move |index| {
        let length = CHUNK.min(size - index * CHUNK);
        Ok::<_, Infallible>(PATTERN.slice(..length))
    });
    let headers = [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (CONTENT_LENGTH, size.to_string()),
        (
            CONTENT_DISPOSITION,
            "attachment; filename=\"large.bin\"".to_owned(),
        ),
    ];
    (headers, Body::from_stream(stream::iter(chunks))).into_response()
}

/// Says nothing of its size and has no end but the site's.
async fn endless(State(shared): State<Arc<Shared>>) -> Response {
    let chunks = stream::unfold(shared, async |shared| {
        let goes_on = !shared.ended.is_cancelled();
        goes_on.then(|| (Ok::<_, Infallible>(PATTERN.clone()), shared))
    });
    let disposition = "attachment; filename=\"endless.bin\"";
    let headers = [
        (CONTENT_TYPE, "application/octet-stream"),
        (CONTENT_DISPOSITION, disposition),
    ];
    (headers, Body::from_stream(chunks)).into_response()
}
