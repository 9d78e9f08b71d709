//! The one table from the domain's errors to the Notte API's statuses and bodies.
//!
//! Every body has an integer `status` equal to the HTTP status and a self-sufficient text `message`; a 422 adds `detail` as
//! a list, which is the only form that all clients can read.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use guise_core::{Error, Kind, Violation};
use serde::Serialize;
use utoipa::ToSchema;

/// What marks a failure of the browser rather than of the request.
const ERROR_CLASS: &str = "x-error-class";
const EXECUTION_ERROR: HeaderValue = HeaderValue::from_static("NotteApiExecutionError");

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
pub struct ErrorResponse {
    /// The HTTP status again.
    pub status: u16,
    /// What was wrong, with which value, and what would be right.
    pub message: String,
}

/// The body of a 422: what other errors have, and the members at fault.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HTTPValidationError)]
pub struct ValidationErrorResponse {
    /// 422.
    pub status: u16,
    /// What was wrong, with which value, and what would be right.
    pub message: String,
    /// Each member at fault.
    pub detail: Vec<ValidationError>,
}

/// One member at fault.
#[derive(Debug, Serialize, ToSchema)]
pub struct ValidationError {
    /// Where: `body`, `query` or `path`, then the members from the outside in.
    pub loc: Vec<String>,
    /// What is wrong.
    pub msg: String,
    /// The rule that it breaks.
    #[serde(rename = "type")]
    pub kind: String,
    /// The value that was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<serde_json::Value>,
}

impl From<&Violation> for ValidationError {
    fn from(violation: &Violation) -> Self {
        let mut loc = vec!["body".to_owned()];
        match violation.path.first().map(String::as_str) {
            Some("query" | "path" | "header") => loc.clone_from(&violation.path),
            _ => loc.extend(violation.path.iter().cloned()),
        }
        Self {
            loc,
            msg: violation.message.clone(),
            kind: violation.code.to_owned(),
            input: violation.input.clone(),
        }
    }
}

/// The status of each kind of error.
pub fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Denied => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::Refused | Kind::Browser | Kind::Timeout => StatusCode::BAD_REQUEST,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::Quota => StatusCode::TOO_MANY_REQUESTS,
        Kind::Full => StatusCode::from_u16(529).unwrap_or(StatusCode::SERVICE_UNAVAILABLE),
        Kind::Sealed => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Unconfigured => StatusCode::NOT_IMPLEMENTED,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let error = self.0;
        let status = status(error.kind());
        let mut response = match error.kind() {
            Kind::Invalid => {
                let body = ValidationErrorResponse {
                    status: status.as_u16(),
                    message: error.message().to_owned(),
                    detail: error
                        .violations()
                        .iter()
                        .map(ValidationError::from)
                        .collect(),
                };
                (status, Json(body)).into_response()
            }
            Kind::Internal => {
                tracing::error!(error = ?error, "request failed");
                let message = "Something went wrong in this server; its log says what".to_owned();
                (
                    status,
                    Json(ErrorResponse {
                        status: status.as_u16(),
                        message,
                    }),
                )
                    .into_response()
            }
            _ => {
                let message = error.message().to_owned();
                (
                    status,
                    Json(ErrorResponse {
                        status: status.as_u16(),
                        message,
                    }),
                )
                    .into_response()
            }
        };
        let headers = response.headers_mut();
        if matches!(error.kind(), Kind::Browser | Kind::Timeout) {
            headers.insert(ERROR_CLASS, EXECUTION_ERROR);
        }
        if error.kind() == Kind::Unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(after) = error.retry_after() {
            headers.insert(
                header::RETRY_AFTER,
                HeaderValue::from(after.as_secs().max(1)),
            );
        }
        response
    }
}
