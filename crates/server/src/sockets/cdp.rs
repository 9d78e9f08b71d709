//! The Chrome DevTools Protocol of a session, for Playwright, Puppeteer and others.
//!
//! The address authorises itself: `/cdp/{session}/{token}`. Clients append paths to it, so `json/version` lies below it.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use axum::response::Response;
use futures_util::{SinkExt as _, StreamExt as _};
use guise_core::ports::Channel;
use guise_core::{Error, SessionId};
use guise_secrets::Purpose;
use serde::Serialize;
use tokio::sync::mpsc;

use super::Upgrade;
use crate::app::App;
use crate::dialects::notte::Failure;
use crate::http::base_url::BaseUrl;
use crate::http::path::Path;

/// The longest message that a client may send; the relay refuses somewhat shorter ones in words.
const MAX_MESSAGE: usize = 128 * 1024 * 1024;

/// Room made for one read. The library fills all of it with zeros each time, however short the message.
const CHUNK: usize = 32 * 1024;

/// Messages on their way in either direction.
const QUEUE: usize = 64;

/// What clients ask before they connect.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Version {
    browser: String,
    #[serde(rename = "Protocol-Version")]
    protocol_version: String,
    #[serde(rename = "User-Agent")]
    user_agent: String,
    #[serde(rename = "V8-Version")]
    v8_version: String,
    #[serde(rename = "webSocketDebuggerUrl")]
    web_socket_debugger_url: String,
}

/// Which browser it is, and where to connect.
pub async fn version(
    State(app): State<App>,
    base: BaseUrl,
    Path((id, token)): Path<(String, String)>,
) -> Result<Json<Version>, Failure> {
    let (session, _) = opened(&app, &id, &token)?;
    let version = app.sessions.version(session)?;
    Ok(Json(Version {
        browser: version.product,
        protocol_version: version.protocol,
        user_agent: version.user_agent,
        v8_version: version.js_version,
        web_socket_debugger_url: base.join_socket(&format!("/cdp/{id}/{token}")),
    }))
}

/// The session that a token opens, and whether who it was given to may read secrets.
fn opened(app: &App, id: &str, token: &str) -> Result<(SessionId, bool), Failure> {
    match app.opened_by(Purpose::CdpReveal, id, token) {
        Ok(session) => Ok((session, true)),
        Err(_) => Ok((app.opened_by(Purpose::Cdp, id, token)?, false)),
    }
}

/// Connects a client.
pub async fn connect(
    State(app): State<App>,
    Path((id, token)): Path<(String, String)>,
    Upgrade(upgrade): Upgrade,
) -> Result<Response, Failure> {
    let (session, reveals) = opened(&app, &id, &token)?;
    app.sessions.version(session)?;
    if !reveals && app.sessions.secrets_live(session)? {
        return Err(Error::refused(
            "No client can be connected now: a page of the session holds a secret from the vault, which only keys with \
             the scope 'vault:reveal' may read; try again when that page is left",
        )
        .into());
    }
    Ok(upgrade
        .read_buffer_size(CHUNK)
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE)
        .on_upgrade(move |socket| serve(app, session, reveals, socket)))
}

async fn serve(app: App, session: SessionId, reveals: bool, socket: WebSocket) {
    let (mut to_client, mut from_client) = socket.split();
    let (said, incoming) = mpsc::channel(QUEUE);
    let (outgoing, mut told) = mpsc::channel::<Bytes>(QUEUE);

    let listen = async {
        while let Some(Ok(message)) = from_client.next().await {
            let bytes = match message {
                Message::Text(text) => Bytes::from(text),
                Message::Binary(bytes) => bytes,
                Message::Close(_) => break,
                Message::Ping(_) | Message::Pong(_) => continue,
            };
            app.sessions.touch(session);
            if said.send(bytes).await.is_err() {
                break;
            }
        }
        drop(said);
    };
    let speak = async {
        while let Some(bytes) = told.recv().await {
            // Everything that comes over the pipe is JSON, so this check never fails; an empty frame would be the answer.
            let text = axum::extract::ws::Utf8Bytes::try_from(bytes).unwrap_or_default();
            if to_client.send(Message::Text(text)).await.is_err() {
                return;
            }
        }
        let close = CloseFrame {
            code: close_code::NORMAL,
            reason: "the session or this client was ended".into(),
        };
        // A client that is gone already needs no farewell.
        let _ = to_client.send(Message::Close(Some(close))).await;
    };
    let relay = app
        .sessions
        .serve_client(session, Channel { incoming, outgoing }, reveals);
    tokio::pin!(listen, speak, relay);
    // The relay ends when the client leaves, when it must leave, or with the session; what it said last still goes out.
    tokio::select! {
        result = &mut relay => {
            if let Err(error) = result {
                tracing::debug!(%session, error = ?error, "a client's connection ended");
            }
            return;
        }
        () = async { tokio::join!(&mut listen, &mut speak); } => {}
    }
    if let Err(error) = relay.await {
        tracing::debug!(%session, error = ?error, "a client's connection ended");
    }
}
