//! Starting, listing, looking at and stopping sessions.

use axum::Json;
use axum::extract::State;
use guise_core::Status;

use super::body::Body;
use super::error::{ErrorResponse, Failure, ValidationErrorResponse};
use super::query::Query;
use super::wire::debug::SessionOffsetResponse;
use super::wire::session::{ApiSessionStartRequest, Links, SessionPage, SessionResponse};
use super::wire::step::TrajectoryStep;
use crate::app::App;
use crate::http::base_url::BaseUrl;
use crate::http::caller::Authenticated;
use crate::http::path::Path;

/// Starts a session. Its browser is ready when this answers.
#[utoipa::path(post, path = "/sessions/start", tag = "sessions", operation_id = "session_start",
    request_body(content = ApiSessionStartRequest, description = "All members may be left out, and so may the body."),
    responses(
        (status = 200, description = "The session.", body = SessionResponse),
        (status = 400, description = "The browser did not start.", body = ErrorResponse),
        (status = 413, description = "The body is too large.", body = ErrorResponse),
        (status = 422, description = "A member is wrong or cannot be granted.", body = ValidationErrorResponse),
        (status = 429, description = "The tenant has as many active sessions as it may.", body = ErrorResponse),
        (status = 529, description = "No browser is free.", body = ErrorResponse),
    ))]
pub(super) async fn session_start(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    base: BaseUrl,
    Body(request): Body<ApiSessionStartRequest>,
) -> Result<Json<SessionResponse>, Failure> {
    let session = app.sessions.start(&caller, request.into_domain()).await?;
    let links = app.links(&base, &caller, &session);
    let links = Links {
        cdp_url: links.cdp,
        viewer_url: links.viewer,
    };
    Ok(Json(SessionResponse::new(
        session,
        links,
        Vec::new(),
        app.now(),
    )))
}

/// Lists the tenant's sessions, newest first.
#[utoipa::path(get, path = "/sessions", tag = "sessions", operation_id = "list_sessions",
    params(
        ("page" = Option<u32>, Query, description = "From 1."),
        ("page_size" = Option<u32>, Query, description = "1 to 100; 10 when absent."),
        ("only_active" = Option<bool>, Query, description = "Only those whose browser runs; true when absent."),
        ("only_current_token" = Option<bool>, Query, description = "Only those started with this key; false when absent."),
        ("include_system" = Option<bool>, Query, description = "Accepted; there are no hidden sessions."),
    ),
    responses(
        (status = 200, description = "A page of the list.", body = SessionPage),
    ))]
pub(super) async fn list_sessions(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    base: BaseUrl,
    query: Query,
) -> Result<Json<SessionPage>, Failure> {
    let page = query.page()?;
    let only_active = query.flag("only_active", true)?;
    let only_current = query.flag("only_current_token", false)?;
    query.flag("include_system", false)?;
    let page = app
        .sessions
        .list(&caller, only_active, only_current, page)
        .await?;
    let links = |session: &guise_core::Session| {
        let links = app.links(&base, &caller, session);
        Links {
            cdp_url: links.cdp,
            viewer_url: links.viewer,
        }
    };
    Ok(Json(SessionPage::new(page, links, app.now())))
}

/// How a session stands, with its trajectory. Works on ended sessions, too.
#[utoipa::path(get, path = "/sessions/{session_id}", tag = "sessions", operation_id = "session_status",
    params(("session_id" = String, Path, description = "The session.")),
    responses(
        (status = 200, description = "The session.", body = SessionResponse),
        (status = 404, description = "No such session.", body = ErrorResponse),
    ))]
pub(super) async fn session_status(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    base: BaseUrl,
    Path(id): Path<String>,
) -> Result<Json<SessionResponse>, Failure> {
    let session = app.sessions.get(&caller, &id).await?;
    let steps = TrajectoryStep::list(&id, app.sessions.steps(&session, 0).await?);
    let links = app.links(&base, &caller, &session);
    let links = Links {
        cdp_url: links.cdp,
        viewer_url: links.viewer,
    };
    Ok(Json(SessionResponse::new(session, links, steps, app.now())))
}

/// Stops a session. Stopping one that has ended is fine; the answer says `closed` in any case.
#[utoipa::path(delete, path = "/sessions/{session_id}/stop", tag = "sessions", operation_id = "session_stop",
    params(
        ("session_id" = String, Path, description = "The session."),
        ("close_reason" = Option<String>, Query, description = "`manual` or `error`, as the caller sees it."),
    ),
    responses(
        (status = 200, description = "The session, closed.", body = SessionResponse),
        (status = 404, description = "No such session.", body = ErrorResponse),
    ))]
pub(super) async fn session_stop(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Json<SessionResponse>, Failure> {
    let session = app.sessions.stop(&caller, &id).await?;
    debug_assert_eq!(session.status, Status::Closed);
    let steps = TrajectoryStep::list(&id, app.sessions.steps(&session, 0).await?);
    Ok(Json(SessionResponse::new(
        session,
        Links::default(),
        steps,
        app.now(),
    )))
}

/// How many steps a session's trajectory has.
#[utoipa::path(get, path = "/sessions/{session_id}/offset", tag = "sessions", operation_id = "session_offset",
    params(("session_id" = String, Path, description = "The session.")),
    responses(
        (status = 200, description = "The number of steps.", body = SessionOffsetResponse),
        (status = 404, description = "No such session.", body = ErrorResponse),
    ))]
pub(super) async fn session_offset(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Json<SessionOffsetResponse>, Failure> {
    Ok(Json(SessionOffsetResponse {
        offset: app.sessions.offset(&caller, &id).await?,
    }))
}
