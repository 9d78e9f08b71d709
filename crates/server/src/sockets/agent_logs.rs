//! What an agent decides, as it decides (Notte contract §3.6, agent log WebSocket): each text message is one JSON object.

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use axum::extract::{Query, State};
use axum::response::Response;
use guise_agent::RunEvent;
use guise_core::{Caller, Error, Run, Scope, Step};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::Upgrade;
use crate::app::App;
use crate::dialects::notte::{Failure, decision_json, run_json};
use crate::http::caller;
use crate::http::path::Path;

/// What is seen and read is left out of a last message that would be larger: clients take 5 MiB.
const LARGEST: usize = 4 * 1024 * 1024;

/// What authorises a listener, and where the agent works.
#[derive(Deserialize)]
pub struct Listener {
    token: Option<String>,
    session_id: Option<String>,
}

/// Connects a listener.
pub async fn connect(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query<Listener>,
    Upgrade(upgrade): Upgrade,
) -> Result<Response, Failure> {
    let token = query.token.filter(|token| !token.is_empty());
    let caller = app.recognise(&token.ok_or_else(caller::missing)?).await?;
    caller::allow(&caller, Scope::Sessions)?;
    let run = app.runs.get(&caller, &id).await?;
    if let Some(session) = query.session_id
        && session != run.session.to_string()
    {
        return Err(Error::not_found("Agent", format!("{id} in session {session}")).into());
    }
    Ok(upgrade.on_upgrade(move |socket| tell(app, caller, run, socket)))
}

async fn tell(app: App, caller: Caller, run: Run, mut socket: WebSocket) {
    let code = match everything(&app, &caller, &run, &mut socket).await {
        Ok(true) => close_code::NORMAL,
        // The listener asks for the status instead.
        Ok(false) => close_code::AWAY,
        Err(error) => {
            tracing::warn!(run = %run.id, error = ?error, "cannot tell what an agent does");
            close_code::AWAY
        }
    };
    let close = CloseFrame {
        code,
        reason: "".into(),
    };
    // A listener that is gone needs no farewell.
    let _ = socket.send(Message::Close(Some(close))).await;
}

/// Tells all there is to tell; `false` when the run goes on where it cannot be heard from here: at another server of the same
/// database, or in the next life of this one.
async fn everything(
    app: &App,
    caller: &Caller,
    run: &Run,
    socket: &mut WebSocket,
) -> guise_core::Result<bool> {
    // Listening first: what happens after the look at the record is heard.
    let events = app.runs.events(run.id);
    let told = replay(app, run, socket).await?;
    if let Some(events) = events
        && !follow(events, told, socket).await
    {
        return Ok(true);
    }
    // The end is read from the record: it is there whenever nothing happens any more.
    let run = app.runs.get(caller, &run.id.to_string()).await?;
    if run.end.is_none() {
        return Ok(false);
    }
    let message = end(app, run).await?;
    // A listener that is gone needs no end.
    let _ = socket.send(Message::Text(message.into())).await;
    Ok(true)
}

/// Tells what was decided before; answers how many decisions these were.
async fn replay(app: &App, run: &Run, socket: &mut WebSocket) -> guise_core::Result<usize> {
    let mut told = 0;
    for decision in app.runs.decisions(run).await? {
        told += 1;
        if !say(socket, decision_json(decision)).await {
            break;
        }
    }
    Ok(told)
}

/// Tells what happens until the run has ended; `false` when the listener is gone.
async fn follow(mut events: Receiver<RunEvent>, told: usize, socket: &mut WebSocket) -> bool {
    loop {
        let message = tokio::select! {
            event = events.recv() => match event {
                Ok(RunEvent::Decision(index, _)) if index < told => continue,
                Ok(RunEvent::Decision(_, step)) => match &*step {
                    Step::Decision(decision) => decision_json((**decision).clone()),
                    _ => continue,
                },
                Ok(RunEvent::Validation(text)) => json!({"validation": text}),
                Err(RecvError::Lagged(_)) => continue,
                Ok(RunEvent::Ended) | Err(RecvError::Closed) => return true,
            },
            message = socket.recv() => match message {
                Some(Ok(_)) => continue,
                _ => return false,
            },
        };
        if !say(socket, message).await {
            return false;
        }
    }
}

/// Some clients look for the end in the members of the agent, others in `agent`; one message has both.
async fn end(app: &App, run: Run) -> guise_core::Result<String> {
    let steps = app.runs.steps(&run).await?;
    let mut agent = run_json(run, steps);
    // The steps are told once.
    let mut message = agent.clone();
    message["status"] = json!("agent_stop");
    message["steps"] = json!([]);
    for shorten in [
        |_: &mut Value| {},
        without_pictures,
        without_contents,
        without_steps,
    ] {
        shorten(&mut agent);
        message["agent"] = agent.clone();
        let text = message.to_string();
        if text.len() <= LARGEST {
            return Ok(text);
        }
    }
    Ok(message.to_string())
}

fn without_pictures(agent: &mut Value) {
    for step in agent["steps"].as_array_mut().into_iter().flatten() {
        if let Some(picture) = step.pointer_mut("/value/screenshot/raw") {
            *picture = json!("");
        }
    }
}

/// What was seen and read is told by the agent's status.
fn without_contents(agent: &mut Value) {
    if let Some(steps) = agent["steps"].as_array_mut() {
        steps.retain(|step| step["type"] != "observation");
        for step in steps {
            if let Some(data) = step.pointer_mut("/value/data") {
                *data = Value::Null;
            }
        }
    }
}

fn without_steps(agent: &mut Value) {
    agent["steps"] = json!([]);
}

async fn say(socket: &mut WebSocket, message: Value) -> bool {
    socket
        .send(Message::Text(message.to_string().into()))
        .await
        .is_ok()
}
