//! WebSockets: the Chrome DevTools Protocol, live pictures and events of a session.

pub mod agent_logs;
pub mod cdp;
pub mod logs;
pub mod recording;

use axum::extract::FromRequestParts;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::request::Parts;
use guise_core::{Caller, Error, SessionId};
use guise_secrets::Purpose;

use crate::app::App;
use crate::dialects::notte::Failure;
use crate::http::caller;

/// The session that a watcher may watch: by a token of the session's own, or by an API key in the query (Notte API: sockets
/// carry the key as `token`).
async fn watched(app: &App, id: &str, token: Option<&str>) -> Result<SessionId, Failure> {
    let token = token
        .filter(|token| !token.is_empty())
        .ok_or_else(caller::missing)?;
    if let Ok(session) = app.opened_by(Purpose::View, id, token) {
        app.sessions.version(session)?;
        return Ok(session);
    }
    let caller: Caller = app.recognise(token).await?;
    caller::allow(&caller, guise_core::Scope::Sessions)?;
    let session = app.sessions.get(&caller, id).await?;
    // Only a session that runs can be watched; the error says how it ended.
    app.sessions.version(session.id).map_err(|_| {
        Error::refused(format!(
            "Session {id} is already closed: there is nothing to watch any more"
        ))
    })?;
    Ok(session.id)
}

/// A request to become a socket; others are refused in words that clients can read.
pub struct Upgrade(WebSocketUpgrade);

impl<S: Send + Sync> FromRequestParts<S> for Upgrade {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        match WebSocketUpgrade::from_request_parts(parts, state).await {
            Ok(upgrade) => Ok(Self(upgrade)),
            Err(rejection) => {
                let why = rejection.body_text();
                Err(Error::refused(format!("Expected a WebSocket connection: {why}")).into())
            }
        }
    }
}
