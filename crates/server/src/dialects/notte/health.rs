//! Whether the server is up.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::error::ErrorResponse;
use crate::app::App;

/// How the server is (Notte API: `HealthResponse`).
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthResponse {
    /// `healthy`.
    pub status: &'static str,
    /// This server's version.
    pub version: &'static str,
    /// A sentence for people.
    pub description: &'static str,
}

impl HealthResponse {
    fn of(description: &'static str) -> Self {
        Self {
            status: "healthy",
            version: env!("CARGO_PKG_VERSION"),
            description,
        }
    }
}

/// Whether the server answers.
#[utoipa::path(get, path = "/health", tag = "health", operation_id = "health_check",
    responses((status = 200, description = "It does.", body = HealthResponse)))]
pub(super) async fn health(State(app): State<App>) -> Json<HealthResponse> {
    Json(HealthResponse::of(if app.keys.is_sealed() {
        "Guise answers requests, but is sealed: most of them need an operator's 'guise keys unseal' first"
    } else {
        "Guise answers requests; /docs describes them"
    }))
}

/// Whether the server can start sessions: its database answers, it is not sealed and not stopping.
#[utoipa::path(get, path = "/ready", tag = "health", operation_id = "ready_check",
    responses(
        (status = 200, description = "It can.", body = HealthResponse),
        (status = 503, description = "It cannot now.", body = ErrorResponse),
    ))]
pub(super) async fn ready(State(app): State<App>) -> Response {
    match app.check_ready().await {
        Ok(()) => Json(HealthResponse::of("Guise is ready to start sessions")).into_response(),
        Err(message) => {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            (
                status,
                Json(ErrorResponse {
                    status: status.as_u16(),
                    message,
                }),
            )
                .into_response()
        }
    }
}
