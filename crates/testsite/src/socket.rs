//! A WebSocket that echoes what it receives.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::get;

use crate::shared::Shared;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/ws", get(upgrade))
}

async fn upgrade(State(shared): State<Arc<Shared>>, socket: WebSocketUpgrade) -> Response {
    socket.on_upgrade(move |socket| async move {
        tokio::select! {
            () = echo(socket) => {}
            () = shared.ended.cancelled() => {}
        }
    })
}

async fn echo(mut socket: WebSocket) {
    // Whoever breaks the connection ends the echo; there is nobody to tell.
    while let Some(Ok(message)) = socket.recv().await {
        let answer = match message {
            Message::Text(_) | Message::Binary(_) => message,
            Message::Close(_) => return,
            Message::Ping(_) | Message::Pong(_) => continue,
        };
        if socket.send(answer).await.is_err() {
            return;
        }
    }
}
