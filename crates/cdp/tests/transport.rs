//! The client against a scripted browser, where a real one cannot be made to misbehave.

#![expect(clippy::unwrap_used, reason = "tests end where something is wrong")]

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use guise_cdp::protocol::{browser, target};
use guise_cdp::{Connection, Error};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader, DuplexStream, duplex};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;

struct Scripted {
    connection: Connection,
    commands: BufReader<DuplexStream>,
    answers: DuplexStream,
}

fn scripted(pipe: usize) -> Scripted {
    let (commands, writer) = duplex(pipe);
    let (reader, answers) = duplex(pipe);
    Scripted {
        connection: Connection::over_pipe(reader, writer),
        commands: BufReader::new(commands),
        answers,
    }
}

async fn read(commands: &mut BufReader<impl AsyncRead + Unpin>) -> Value {
    let mut message = Vec::new();
    let reading = commands.read_until(0, &mut message);
    tokio::time::timeout_at(soon(), reading)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(message.pop(), Some(0));
    serde_json::from_slice(&message).unwrap()
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

fn activate(text: &str) -> target::ActivateTarget {
    target::ActivateTarget {
        target_id: text.into(),
    }
}

#[tokio::test]
async fn nothing_unexpected_breaks_the_connection() {
    let mut browser = scripted(64);
    let root = browser.connection.root();
    let mut events = root.subscribe(&["New.event"]);
    let command = activate("t");
    let call = root.call(&command, soon());
    let script = async {
        let id = read(&mut browser.commands).await["id"].clone();
        for message in [
            "".to_owned(),
            "not json".to_owned(),
            "[]".to_owned(),
            r#"{"method":"Other.event","params":{"a":1}}"#.to_owned(),
            r#"{"method":"Lost.event","sessionId":"nobody","params":{}}"#.to_owned(),
            r#"{"id":4,"result":{}}"#.to_owned(),
            r#"{"error":{"code":-32700,"message":"no id"}}"#.to_owned(),
            r#"{"method":"New.event","extra":[{}],"params":{"new":true}}"#.to_owned(),
            json!({"result": {"unknown": "field"}, "id": id, "more": 1}).to_string(),
        ] {
            for byte in message.bytes().chain([0]) {
                browser.answers.write_all(&[byte]).await.unwrap();
            }
        }
    };
    futures_util::future::join(call, script).await.0.unwrap();
    let event = events.next().await.unwrap();
    assert_eq!(
        (event.method(), event.raw().unwrap().get()),
        ("New.event", r#"{"new":true}"#)
    );
}

#[tokio::test]
async fn dropped_calls_leave_whole_messages() {
    let mut browser = scripted(16);
    let root = browser.connection.root();
    let texts: Vec<String> = (0..50_usize)
        .map(|number| "x".repeat(number * 40_000 % 90_001))
        .collect();
    for text in &texts {
        let command = activate(text);
        let poll_once = tokio::time::timeout(Duration::ZERO, root.call(&command, soon()));
        assert!(poll_once.await.is_err());
    }
    for text in &texts {
        let message = read(&mut browser.commands).await;
        assert_eq!(message["method"], "Target.activateTarget");
        assert_eq!(message["params"]["targetId"], *text.as_str());
    }
}

#[tokio::test]
async fn commands_beyond_the_queues_room_wait_their_turn() {
    // 80 MiB, where 64 may wait.
    const COMMANDS: usize = 10;
    let mut browser = scripted(1 << 20);
    let commands: Vec<_> = (0..COMMANDS)
        .map(|number| activate(&format!("{number}{}", "x".repeat(8 << 20))))
        .collect();
    let root = browser.connection.root();
    let calls =
        futures_util::future::join_all(commands.iter().map(|command| root.call(command, soon())));
    let script = async {
        for number in 0..COMMANDS {
            let message = read(&mut browser.commands).await;
            assert!(
                message["params"]["targetId"]
                    .as_str()
                    .unwrap()
                    .starts_with(&format!("{number}x"))
            );
            let answer = json!({"id": message["id"], "result": {}}).to_string() + "\0";
            browser.answers.write_all(answer.as_bytes()).await.unwrap();
        }
    };
    for answer in futures_util::future::join(calls, script).await.0 {
        answer.unwrap();
    }
}

#[tokio::test]
async fn a_pipe_that_ends_in_a_message_says_so() {
    let mut browser = scripted(64);
    browser.answers.write_all(b"{\"id\":").await.unwrap();
    drop(browser.answers);
    let reason = browser.connection.closed().await;
    assert_eq!(
        reason.to_string(),
        "the browser disconnected: the browser closed its pipe in the middle of a message"
    );
    let call = browser
        .connection
        .root()
        .call(&browser::GetVersion {}, soon())
        .await;
    assert_eq!(call.unwrap_err(), reason);
}

#[tokio::test]
async fn a_closed_command_pipe_ends_the_connection_too() {
    let browser = scripted(64);
    drop(browser.commands);
    let call = browser
        .connection
        .root()
        .call(&browser::GetVersion {}, soon())
        .await;
    assert!(matches!(call, Err(Error::Disconnected(_))), "{call:?}");
    assert_eq!(browser.connection.closed().await, call.unwrap_err());
}

#[tokio::test]
async fn a_remote_browser_is_reached_over_a_websocket() {
    let (ours, theirs) = duplex(1 << 16);
    let server = tokio::spawn(async move {
        let mut socket = tokio_tungstenite::accept_async(theirs).await.unwrap();
        let command: Value =
            serde_json::from_str(socket.next().await.unwrap().unwrap().to_text().unwrap()).unwrap();
        assert_eq!(command["method"], "Browser.getVersion");
        let event = json!({"method": "A.b", "params": {"long": "x".repeat(20 << 20)}}).to_string();
        socket.send(Message::text(event)).await.unwrap();
        let version = json!({
            "protocolVersion": "1.3", "product": "Chrome/1", "revision": "r", "userAgent": "u", "jsVersion": "1",
        });
        let answer = json!({"id": command["id"], "result": version}).to_string();
        socket
            .send(Message::binary(answer.into_bytes()))
            .await
            .unwrap();
        socket.close(None).await.unwrap();
    });
    let connection = Connection::over_websocket("ws://browser/devtools", ours, soon())
        .await
        .unwrap();
    let mut events = connection.root().subscribe(&["A.b"]);
    let version = connection
        .root()
        .call(&browser::GetVersion {}, soon())
        .await
        .unwrap();
    assert_eq!(version.product, "Chrome/1");
    assert!(events.next().await.unwrap().params().len() > 20 << 20);
    assert!(matches!(connection.closed().await, Error::Disconnected(_)));
    server.await.unwrap();

    let (ours, theirs) = duplex(64);
    drop(theirs);
    let refused = Connection::over_websocket("ws://browser/devtools", ours, soon()).await;
    assert!(matches!(refused, Err(Error::Disconnected(_))));
}
