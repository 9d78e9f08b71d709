//! The log socket of an agent.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::house::House;
use crate::support::model::Say;
use crate::support::server::KEY;
use crate::support::smtp;

/// A listener of an agent.
struct Ear(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Ear {
    async fn at(house: &House, agent: &str) -> Self {
        let address = house.server.address();
        let session = &house.session;
        let path = format!("agents/{agent}/debug/logs?token={KEY}&session_id={session}");
        let url = format!("ws://{address}/{path}");
        Self(tokio_tungstenite::connect_async(url).await.unwrap().0)
    }

    /// The next message; `None` when the socket is closed as it should be.
    async fn next(&mut self) -> Option<Value> {
        loop {
            match self.0.next().await.unwrap().unwrap() {
                Message::Text(text) => return Some(serde_json::from_str(&text).unwrap()),
                Message::Close(frame) => {
                    assert_eq!(u16::from(frame.unwrap().code), 1000);
                    return None;
                }
                Message::Ping(_) => self.0.flush().await.unwrap(),
                other => panic!("{other:?}"),
            }
        }
    }

    /// Everything until the socket is closed.
    async fn rest(mut self) -> Vec<Value> {
        let mut heard = Vec::new();
        while let Some(message) = self.next().await {
            heard.push(message);
        }
        heard
    }
}

#[tokio::test]
async fn a_listener_hears_every_decision_and_the_end() {
    let house = House::new(|asked| match asked.number {
        0 => Say::call("email_verification_read", json!({})),
        1 => Say::call("completion", json!({"success": true, "answer": "no json"})),
        _ => Say::call("completion", json!({"success": true, "answer": "{}"})),
    })
    .await;
    let persona = house.client.post("/personas/create").ok().await;
    let agent = house
        .start(json!({"response_format": {"type": "object"}, "persona_id": persona["persona_id"]}))
        .await;
    let mut ear = Ear::at(&house, &agent).await;
    let mut live = vec![ear.next().await.unwrap()];
    assert_eq!(live[0]["action"]["type"], "email_verification_read");
    // It goes on when the mail is there.
    let address = persona["email"].as_str().unwrap();
    smtp::send(house.server.mail(), &[address], &smtp::code_mail("482913")).await;
    live.extend(ear.rest().await);

    let status = house.status(&agent).await;
    let decisions: Vec<_> = live.iter().filter(|it| it.get("state").is_some()).collect();
    let steps = status["steps"].as_array().unwrap().iter();
    let recorded: Vec<_> = steps
        .filter(|step| step["type"] == "agent_completion")
        .map(|step| &step["value"])
        .collect();
    assert_eq!(decisions, recorded);
    let validation = live
        .iter()
        .find_map(|it| it["validation"].as_str())
        .unwrap();
    assert!(
        validation.starts_with("Answer validation failed"),
        "{validation}"
    );
    assert_eq!(live.len(), 5);
    let end = live.last().unwrap();
    assert_eq!(end["status"], "agent_stop");
    assert_eq!(end["agent"], status);
    assert_eq!(end["agent_id"], agent);
    assert_eq!(end["task"], status["task"]);

    // Who comes late hears the decisions and the end, and does not wait.
    let late = Ear::at(&house, &agent).await.rest().await;
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
