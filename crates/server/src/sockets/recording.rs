//! Live pictures of a session: each binary message is one JPEG.

use axum::extract::ws::{Message, WebSocket};
use axum::extract::{Query, State};
use axum::response::Response;
use guise_core::SessionId;
use serde::Deserialize;

use super::{Upgrade, watched};
use crate::app::App;
use crate::dialects::notte::Failure;
use crate::http::path::Path;

/// What authorises a watcher.
#[derive(Deserialize)]
pub struct Token {
    /// An API key, or the session's own token.
    pub token: Option<String>,
}

/// Connects a watcher.
pub async fn connect(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query<Token>,
    Upgrade(upgrade): Upgrade,
) -> Result<Response, Failure> {
    let session = watched(&app, &id, query.token.as_deref()).await?;
    Ok(upgrade.on_upgrade(move |socket| show(app, session, socket)))
}

async fn show(app: App, session: SessionId, mut socket: WebSocket) {
    let Ok(browser) = app.sessions.browser(session) else {
        return;
    };
    let mut pictures = match browser.record().await {
        Ok(pictures) => pictures,
        Err(error) => {
            tracing::warn!(%session, error = ?error, "cannot record");
            return;
        }
    };
    loop {
        tokio::select! {
            picture = pictures.recv() => match picture {
                Some(jpeg) => if socket.send(Message::Binary(jpeg)).await.is_err() { return },
                None => break,
            },
            // A watcher says nothing; its leaving is what is waited for.
            message = socket.recv() => if !matches!(message, Some(Ok(_))) { return },
        }
    }
    // The session ended; a watcher that is gone as well needs no farewell.
    let _ = socket.send(Message::Close(None)).await;
}
