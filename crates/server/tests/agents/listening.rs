//! The log socket of an agent.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::house::House;
use crate::support::model::Say;
use crate::support::server::KEY;

/// Everything that a listener hears until the socket is closed, and the code it is closed with.
async fn heard(house: &House, agent: &str) -> Vec<Value> {
    let address = house.server.address();
    let session = &house.session;
    let url = format!("ws://{address}/agents/{agent}/debug/logs?token={KEY}&session_id={session}");
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    let mut heard = Vec::new();
    while let Some(message) = socket.next().await {
        match message.unwrap() {
            Message::Text(text) => heard.push(serde_json::from_str(&text).unwrap()),
            Message::Close(frame) => {
                assert!(frame.is_none_or(|frame| u16::from(frame.code) == 1000));
                break;
            }
            Message::Ping(_) => socket.flush().await.unwrap(),
            other => panic!("{other:?}"),
        }
    }
    heard
}

#[tokio::test]
async fn a_listener_hears_every_decision_and_the_end() {
    let house = House::new(|asked| match asked.number {
        0 => Say::call("evaluate_js", json!({"code": "1"})),
        1 => Say::call("completion", json!({"success": true, "answer": "no json"})),
        _ => Say::call("completion", json!({"success": true, "answer": "{}"})),
    })
    .await;
    let agent = house
        .start(json!({"response_format": {"type": "object"}}))
        .await;
    let live = heard(&house, &agent).await;
    let status = house.status(&agent).await;
    let decisions: Vec<_> = live.iter().filter(|it| it.get("state").is_some()).collect();
    let recorded: Vec<_> = status["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|step| step["type"] == "agent_completion")
        .map(|step| &step["value"])
        .collect();
    assert_eq!(decisions, recorded);
    assert!(
        live.iter().any(|it| it.get("validation").is_some()) || live.len() == 4,
        "{live:?}"
    );
    let end = live.last().unwrap();
    assert_eq!(end["status"], "agent_stop");
    assert_eq!(end["agent"], status);
    assert_eq!(end["agent_id"], agent);
    assert_eq!(end["task"], status["task"]);

    // Who comes late hears the same, and nobody waits.
    let late = heard(&house, &agent).await;
    assert_eq!(late.last(), Some(end));
    assert_eq!(late.len(), recorded.len() + 1);
}

#[tokio::test]
async fn only_who_may_listens() {
    let house =
        House::new(|_| Say::call("completion", json!({"success": true, "answer": "done"}))).await;
    let agent = house.start(json!({})).await;
    house.server.command(&["tenants", "create", "other"]).await;
    let other = house.server.new_key("other", &[]).await;
    let metrics = house
        .server
        .new_key("default", &["--scopes", "metrics"])
        .await;
    let address = house.server.address();
    for (query, status) in [
        (String::new(), 401),
        ("token=nonsense-nonsense".to_owned(), 401),
        (format!("token={other}"), 404),
        (format!("token={metrics}"), 403),
        (
            format!("token={KEY}&session_id=00000000-0000-0000-0000-000000000000"),
            404,
        ),
    ] {
        let url = format!("ws://{address}/agents/{agent}/debug/logs?{query}");
        match tokio_tungstenite::connect_async(url).await {
            Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => {
                assert_eq!(answer.status().as_u16(), status, "{query}");
            }
            other => panic!("{query}: {other:?}"),
        }
    }
}
