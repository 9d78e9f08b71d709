//! The one table from the domain's errors to this API's statuses and bodies: `{"message": "…"}` (contract §2.3).

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use guise_core::{Error, Kind};
use serde::Serialize;
use utoipa::ToSchema;

/// A failed request.
#[derive(Debug)]
pub struct Failure(pub Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

/// The body of every answer that is not a success.
#[derive(Debug, Serialize, ToSchema)]
pub struct Message {
    /// What was wrong, with which value, and what would be right.
    pub message: String,
}

/// The status of each kind of error.
fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Denied => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Invalid | Kind::Refused | Kind::Browser | Kind::Timeout => StatusCode::BAD_REQUEST,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::Quota => StatusCode::TOO_MANY_REQUESTS,
        Kind::Full | Kind::Sealed => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Unconfigured => StatusCode::NOT_IMPLEMENTED,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let error = self.0;
        let message = if error.kind() == Kind::Internal {
            tracing::error!(error = ?error, "request failed");
            "Something went wrong in this server; its log says what".to_owned()
        } else {
            error.message().to_owned()
        };
        let mut response = (status(error.kind()), Json(Message { message })).into_response();
        let headers = response.headers_mut();
        if error.kind() == Kind::Unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(after) = error.retry_after() {
            let seconds = after.as_secs().max(1);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
