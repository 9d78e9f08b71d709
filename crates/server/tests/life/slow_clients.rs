//! Clients that stop in the middle, and what becomes of them.

use std::fs;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::support::{Home, KEY, Server, within};

/// A home whose server lets clients be silent for a second.
fn impatient() -> Home {
    Home::new()
        .set("GUISE_API_KEY", KEY)
        .set("GUISE_POOL_HEADLESS_SHELL", "0")
        .set("GUISE_SLOW_CLIENT_SECONDS", "1")
}

#[rstest]
#[case::that_says_nothing("", "")]
#[case::that_sends_half_a_head("GET /health HTTP/1.1\r\nhos", "")]
#[case::that_keeps_its_connection(
    "GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "HTTP/1.1 200"
)]
#[case::that_sends_half_a_body(
    "POST /sessions/start HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer KEY\r\n\
     content-type: application/json\r\ncontent-length: 1000\r\n\r\n{",
    "HTTP/1.1 4"
)]
#[tokio::test]
async fn one(#[case] said: &str, #[case] answered: &str) {
    let home = impatient();
    let server = Server::start(&home);
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    let said = said.replace("KEY", KEY);
    socket.write_all(said.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let closed = timeout(Duration::from_secs(30), socket.read_to_end(&mut answer)).await;
    closed.expect("the connection is ended").unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with(answered), "{answer}");
    assert_eq!(answer.is_empty(), answered.is_empty(), "{answer}");
    // Nobody else notices.
    let id = server.client().start(json!({})).await;
    assert_eq!(server.client().stop(&id).await.status, 200);
}

/// A connection that takes little at a time.
async fn narrow(server: &Server) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(64 * 1024).unwrap();
    socket.connect(server.address).await.unwrap()
}

/// Asks for more than all buffers on the way hold; the last answer ends the connection.
async fn ask_for_much(socket: &mut TcpStream, times: usize) {
    let request = "GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n";
    let requests = format!("{request}\r\n").repeat(times - 1) + request;
    let last = "connection: close\r\n\r\n";
    socket.write_all(requests.as_bytes()).await.unwrap();
    socket.write_all(last.as_bytes()).await.unwrap();
}

/// Whether the server holds its end of a connection (proc(5): the inode is 0 once no process does).
fn holds(server: &Server, socket: &TcpStream) -> bool {
    let port = |port: u16| format!(":{port:04X}");
    let ends = (
        port(server.address.port()),
        port(socket.local_addr().unwrap().port()),
    );
    fs::read_to_string("/proc/net/tcp")
        .unwrap()
        .lines()
        .skip(1)
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .any(|fields| {
            fields[1].ends_with(&ends.0) && fields[2].ends_with(&ends.1) && fields[9] != "0"
        })
}

#[tokio::test]
async fn one_that_stops_reading_is_let_go() {
    let home = impatient();
    let server = Server::start(&home);
    let mut socket = narrow(&server).await;
    ask_for_much(&mut socket, 200).await;
    socket.read_exact(&mut [0; 1000]).await.unwrap();
    assert!(holds(&server, &socket));
    within(
        Duration::from_secs(30),
        "the connection is ended",
        async || !holds(&server, &socket),
    )
    .await;
}

#[tokio::test]
async fn one_that_takes_its_time_to_read_gets_all() {
    let home = impatient();
    let server = Server::start(&home);
    let mut socket = narrow(&server).await;
    ask_for_much(&mut socket, 100).await;
    let mut answer = vec![0; 4_000_000];
    for part in answer.chunks_mut(100_000) {
        socket.read_exact(part).await.unwrap();
        // Its pace: longer than the server's patience in all.
        sleep(Duration::from_millis(50)).await;
    }
    socket.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 100);
}

#[tokio::test]
async fn one_that_drives_a_browser_may_stop_reading_for_a_while() {
    let home = impatient();
    let server = Server::start(&home);
    let client = server.client();
    let id = client.start(json!({})).await;
    let session = client.session(&id).await;
    let address = session["cdp_url"].as_str().unwrap();
    let (mut browser, _) = client_async(address, narrow(&server).await).await.unwrap();
    let ask = json!({"id": 1, "method": "Target.getTargets"});
    let targets = call(&mut browser, ask).await;
    let target = &targets["result"]["targetInfos"][0]["targetId"];
    let attach = json!({"id": 2, "method": "Target.attachToTarget", "params": {"targetId": target, "flatten": true}});
    let attached = call(&mut browser, attach).await;
    let page = &attached["result"]["sessionId"];
    let large = |id| json!({"id": id, "sessionId": page, "method": "Runtime.evaluate", "params": {"expression": "'x'.repeat(4e6)"}});
    for id in 3..10 {
        let ask = large(id).to_string();
        browser.send(Message::text(ask)).await.unwrap();
    }
    // As a script does that is looked at in a debugger.
    sleep(Duration::from_secs(3)).await;
    let last = call(&mut browser, large(10)).await;
    assert_eq!(last["result"]["result"]["type"], "string");
    client.stop(&id).await;
}

/// Sends a command and gives its answer.
async fn call(browser: &mut WebSocketStream<TcpStream>, command: Value) -> Value {
    browser
        .send(Message::text(command.to_string()))
        .await
        .unwrap();
    loop {
        let message = browser.next().await.unwrap().unwrap();
        let message: Value = serde_json::from_str(message.to_text().unwrap()).unwrap();
        if message["id"] == command["id"] {
            return message;
        }
    }
}
