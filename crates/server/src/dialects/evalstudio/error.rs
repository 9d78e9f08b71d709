//! The one table from the domain's errors to this API's statuses and bodies.
//!
//! Routes answer `{"error": "…"}`. What goes wrong before a route is reached has the form of the framework that the API
//! was first built with, in which `error` names the status and `message` says what is wrong (contract §2.3).

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use guise_core::{Error, Kind};
use serde::Serialize;
use utoipa::ToSchema;

/// A failed request.
#[derive(Debug)]
pub enum Failure {
    /// A route refuses it.
    Route(Error),
    /// No route was reached.
    Framework {
        /// The HTTP status.
        status: StatusCode,
        /// The framework's name for what is wrong.
        code: Option<&'static str>,
        /// What is wrong.
        message: String,
    },
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Route(error)
    }
}

impl Failure {
    /// A refusal with a text that clients compare.
    pub(super) fn said(kind: Kind, text: impl Into<String>) -> Self {
        Self::Route(Error::new(kind, text))
    }
}

/// The body of a route's refusal.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorText {
    /// What was wrong.
    pub error: String,
}

/// The body of a refusal before any route was reached.
#[derive(Debug, Serialize, ToSchema)]
pub struct FrameworkError {
    /// The HTTP status again.
    #[serde(rename = "statusCode")]
    pub status_code: u16,
    /// A name for what is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The HTTP status in words.
    pub error: String,
    /// What was wrong.
    pub message: String,
}

/// What an unknown route is told.
pub fn unknown_route(message: String) -> Response {
    Failure::Framework {
        status: StatusCode::NOT_FOUND,
        code: None,
        message,
    }
    .into_response()
}

/// What a path is told that is no text.
pub fn bad_path(message: String) -> Response {
    Failure::Framework {
        status: StatusCode::BAD_REQUEST,
        code: Some("FST_ERR_BAD_URL"),
        message,
    }
    .into_response()
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
        let error = match self {
            Self::Route(error) => error,
            Self::Framework {
                status,
                code,
                message,
            } => {
                let body = FrameworkError {
                    status_code: status.as_u16(),
                    code: code.map(str::to_owned),
                    error: status.canonical_reason().unwrap_or_default().to_owned(),
                    message,
                };
                return (status, Json(body)).into_response();
            }
        };
        let text = if error.kind() == Kind::Internal {
            tracing::error!(error = ?error, "request failed");
            "Something went wrong in this server; its log says what".to_owned()
        } else {
            error.message().to_owned()
        };
        let body = Json(ErrorText { error: text });
        let mut response = (status(error.kind()), body).into_response();
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
