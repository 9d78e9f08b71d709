//! Where to watch and drive a session.

use axum::Json;
use axum::extract::State;
use guise_core::{Error, Tab};

use super::error::{ErrorResponse, Failure};
use super::query::{Query, keeps_alive};
use super::wire::debug::{SessionDebugResponse, TabSessionDebugResponse, WebSocketUrls};
use super::wire::observation::TabsData;
use crate::app::{App, DebugLinks};
use crate::http::base_url::BaseUrl;
use crate::http::caller::Authenticated;
use crate::http::path::Path;

/// Sockets, viewer and tabs of a session.
#[utoipa::path(get, path = "/sessions/{session_id}/debug", tag = "debug", operation_id = "session_debug_info",
    params(
        ("session_id" = String, Path, description = "The session."),
        ("update_metadata" = Option<bool>, Query, description = "Counts as use of the session; true when absent."),
    ),
    responses(
        (status = 200, description = "The addresses.", body = SessionDebugResponse),
        (status = 400, description = "The session has ended.", body = ErrorResponse),
        (status = 404, description = "No such session.", body = ErrorResponse),
    ))]
pub(super) async fn session_debug_info(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    base: BaseUrl,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<SessionDebugResponse>, Failure> {
    let debug = app
        .sessions
        .debug(&caller, &id, keeps_alive(&query)?)
        .await?;
    let session = app.sessions.get(&caller, &id).await?;
    let links = app.debug_links(&base, &caller, &session)?;
    let tabs = debug
        .tabs
        .into_iter()
        .map(|tab| tab_body(&links, tab))
        .collect();
    Ok(Json(SessionDebugResponse {
        ws: WebSocketUrls {
            cdp: links.cdp.clone(),
            recording: links.recording,
            logs: links.logs,
        },
        tabs,
        ws_url: links.cdp.clone(),
        cdp_url: links.cdp,
        viewer_url: links.viewer.clone(),
        debug_url: links.viewer,
        notes: debug.notes,
    }))
}

/// Socket and viewer of one tab.
#[utoipa::path(get, path = "/sessions/{session_id}/debug/tab", tag = "debug", operation_id = "session_debug_tab",
    params(
        ("session_id" = String, Path, description = "The session."),
        ("tab_idx" = Option<i64>, Query, description = "The tab's index; the current one when absent."),
        ("update_metadata" = Option<bool>, Query, description = "Counts as use of the session; true when absent."),
    ),
    responses(
        (status = 200, description = "The addresses.", body = TabSessionDebugResponse),
        (status = 400, description = "The session has ended.", body = ErrorResponse),
        (status = 404, description = "No such session or tab.", body = ErrorResponse),
    ))]
pub(super) async fn session_debug_tab(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    base: BaseUrl,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<TabSessionDebugResponse>, Failure> {
    let wanted = query.integer("tab_idx")?;
    let debug = app
        .sessions
        .debug(&caller, &id, keeps_alive(&query)?)
        .await?;
    let session = app.sessions.get(&caller, &id).await?;
    let index = match wanted {
        None => debug.current,
        Some(index) => usize::try_from(index).unwrap_or(usize::MAX),
    };
    let count = debug.tabs.len();
    let tab = debug.tabs.into_iter().nth(index).ok_or_else(|| {
        Error::not_found(
            "Tab",
            format!(
                "{}: the session has {count}, from 0",
                wanted.unwrap_or_default()
            ),
        )
    })?;
    let links = app.debug_links(&base, &caller, &session)?;
    Ok(Json(tab_body(&links, tab)))
}

fn tab_body(links: &DebugLinks, tab: Tab) -> TabSessionDebugResponse {
    TabSessionDebugResponse {
        metadata: TabsData::from(tab),
        debug_url: links.viewer.clone(),
        ws_url: links.cdp.clone(),
    }
}
