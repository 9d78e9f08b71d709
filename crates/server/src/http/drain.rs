//! Refusals that reach callers who are still sending.
//!
//! Most clients read an answer only once their body is sent. When the server answers without reading it and closes the
//! connection, they see a broken pipe in place of the reason; so a refused body is read to its end and thrown away.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::StreamExt as _;
use futures_util::stream::poll_fn;

/// Nobody is listened to for longer than this after a refusal.
const PATIENCE: Duration = Duration::from_secs(10);

/// Nor for more bytes: somewhat more than the largest body that is taken.
const MOST: usize = 128 * 1024 * 1024;

/// Reads what is left of a refused request's body.
pub async fn refused(request: Request, next: Next) -> Response {
    // Who asks before sending is told in time.
    if request.body().is_end_stream() || request.headers().contains_key(header::EXPECT) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let body = Arc::new(Mutex::new(body.into_data_stream()));
    let handed_on = Arc::clone(&body);
    let next_bytes = move |context: &mut std::task::Context<'_>| {
        let mut body = handed_on.lock().unwrap_or_else(PoisonError::into_inner);
        body.poll_next_unpin(context)
    };
    let request = Request::from_parts(parts, Body::from_stream(poll_fn(next_bytes)));
    let response = next.run(request).await;
    if response.status().is_client_error() {
        let rest = poll_fn(|context| {
            let mut body = body.lock().unwrap_or_else(PoisonError::into_inner);
            body.poll_next_unpin(context)
        });
        let mut rest = std::pin::pin!(rest);
        let reading = async {
            let mut read = 0;
            while let Some(Ok(bytes)) = rest.next().await {
                read += bytes.len();
                if read > MOST {
                    return;
                }
            }
        };
        // Whoever sends more, or for longer, gets the answer now.
        let _ = tokio::time::timeout(PATIENCE, reading).await;
    }
    response
}
