//! What happens in a session, as it happens: `{"type", "data", "timestamp"}`.

use axum::extract::ws::{Message, WebSocket};
use axum::extract::{Query, State};
use axum::response::Response;
use guise_core::services::LiveEvent;
use guise_core::{SessionId, Step};
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;

use super::recording::Token;
use super::{Upgrade, watched};
use crate::app::App;
use crate::dialects::notte::{Failure, step_json};
use crate::http::path::Path;

/// Connects a watcher.
pub async fn connect(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query<Token>,
    Upgrade(upgrade): Upgrade,
) -> Result<Response, Failure> {
    let session = watched(&app, &id, query.token.as_deref()).await?;
    let events = app.sessions.events(session)?;
    Ok(upgrade.on_upgrade(move |socket| tell(app, session, events, socket)))
}

async fn tell(
    app: App,
    session: SessionId,
    mut events: tokio::sync::broadcast::Receiver<LiveEvent>,
    mut socket: WebSocket,
) {
    loop {
        let (message, last) = tokio::select! {
            event = events.recv() => match event {
                Ok(LiveEvent::Step(step)) => (step_event(&app, session, Step::clone(&step)), false),
                Ok(LiveEvent::Ended(why)) => (event_json(&app, "error", &Value::String(why)), true),
                Err(RecvError::Lagged(missed)) => {
                    let text = format!("{missed} events were missed: this reader is too slow");
                    (event_json(&app, "error", &Value::String(text)), false)
                }
                Err(RecvError::Closed) => return,
            },
            message = socket.recv() => match message {
                Some(Ok(_)) => continue,
                _ => return,
            },
        };
        if socket
            .send(Message::Text(message.to_string().into()))
            .await
            .is_err()
        {
            return;
        }
        if last {
            // The session ended; a watcher that is gone as well needs no farewell.
            let _ = socket.send(Message::Close(None)).await;
            return;
        }
    }
}

fn step_event(app: &App, session: SessionId, step: Step) -> Value {
    let wrapped = step_json(&session.to_string(), step);
    event_json(
        app,
        wrapped["type"].as_str().unwrap_or("error"),
        &wrapped["value"],
    )
}

fn event_json(app: &App, kind: &str, data: &Value) -> Value {
    json!({"type": kind, "data": data, "timestamp": app.now().to_string()})
}
