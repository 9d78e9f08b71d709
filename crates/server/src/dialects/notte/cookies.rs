//! The cookies of a session.

use axum::Json;
use axum::extract::State;

use super::body::Body;
use super::error::{ErrorResponse, Failure, ValidationErrorResponse};
use super::query::{Query, keeps_alive};
use super::wire::cookie::{CookieBody, ExecutionResponse, GetCookiesResponse, SetCookiesRequest};
use crate::app::App;
use crate::http::caller::Authenticated;
use crate::http::path::Path;

/// All cookies of a session.
#[utoipa::path(get, path = "/sessions/{session_id}/cookies", tag = "sessions", operation_id = "session_cookies_get",
    params(
        ("session_id" = String, Path, description = "The session."),
        ("update_metadata" = Option<bool>, Query, description = "Counts as use of the session; true when absent."),
    ),
    responses(
        (status = 200, description = "The cookies.", body = GetCookiesResponse),
        (status = 400, description = "The session has ended.", body = ErrorResponse),
        (status = 404, description = "No such session.", body = ErrorResponse),
    ))]
pub(super) async fn session_cookies_get(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<GetCookiesResponse>, Failure> {
    let cookies = app
        .sessions
        .cookies(&caller, &id, keeps_alive(&query)?)
        .await?;
    Ok(Json(GetCookiesResponse {
        cookies: cookies.into_iter().map(CookieBody::from).collect(),
    }))
}

/// Adds cookies to a session, all or none. They can be set before any navigation.
#[utoipa::path(post, path = "/sessions/{session_id}/cookies", tag = "sessions", operation_id = "session_cookies_set",
    params(
        ("session_id" = String, Path, description = "The session."),
        ("update_metadata" = Option<bool>, Query, description = "Counts as use of the session; true when absent."),
    ),
    request_body = SetCookiesRequest,
    responses(
        (status = 200, description = "They are set.", body = ExecutionResponse),
        (status = 400, description = "The session has ended.", body = ErrorResponse),
        (status = 404, description = "No such session.", body = ErrorResponse),
        (status = 413, description = "The body is too large.", body = ErrorResponse),
        (status = 422, description = "A cookie is wrong.", body = ValidationErrorResponse),
    ))]
pub(super) async fn session_cookies_set(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    query: Query,
    Body(request): Body<SetCookiesRequest>,
) -> Result<Json<ExecutionResponse>, Failure> {
    let cookies: Vec<_> = request.cookies.into_iter().map(Into::into).collect();
    app.sessions
        .set_cookies(&caller, &id, &cookies, keeps_alive(&query)?)
        .await?;
    let message = format!("Set {} cookies", cookies.len());
    Ok(Json(ExecutionResponse {
        success: true,
        message,
    }))
}
