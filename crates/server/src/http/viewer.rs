//! The page that shows a session live.

use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use guise_secrets::Purpose;

use super::path::Path;
use crate::app::App;
use crate::dialects::notte::Failure;

/// The viewer. Its token is in its address, and it opens the recording with the same one.
pub async fn page(
    State(app): State<App>,
    Path((id, token)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let session = app.opened_by(Purpose::View, &id, &token)?;
    app.sessions.version(session)?;
    // The address holds a token: it goes to nobody else.
    let headers = [
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, Html(include_str!("../../assets/viewer.html"))).into_response())
}
