//! Files behind signed addresses, which need no key.

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use guise_core::{Area, Error, Kind};
use guise_secrets::Purpose;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio_util::io::ReaderStream;

use super::path::Path;
use crate::app::App;
use crate::dialects::notte::Failure;

/// The bytes of a file. Always as a download: what a page made is never shown as a page of ours.
pub async fn fetch(
    State(app): State<App>,
    Path((area, token, name)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let not_found = || Error::not_found("File", format!("'{name}'"));
    let resource = format!("{area}/{name}");
    let tenant = app
        .keys
        .tokens()?
        .verify(Purpose::File, &resource, &token, app.now())
        .map_err(|error| Error::new(Kind::Denied, error.to_string()))?;
    let area = match area.as_str() {
        "uploads" => Area::Uploads,
        session => Area::Downloads(session.parse().map_err(|_| not_found())?),
    };
    let file = app.files.get(tenant, area, &name).await?;
    let bytes = app.files.open(&file).await?;
    let disposition = format!(
        "attachment; filename*=UTF-8''{}",
        utf8_percent_encode(&name, NON_ALPHANUMERIC)
    );
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, file.size.to_string()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, Body::from_stream(ReaderStream::new(bytes))).into_response())
}
