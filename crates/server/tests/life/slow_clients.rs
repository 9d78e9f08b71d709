//! Clients that stop in the middle, and what becomes of them.

use std::time::Duration;

use rstest::rstest;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::{Home, KEY, Server};

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
    let home = Home::new()
        .set("GUISE_API_KEY", KEY)
        .set("GUISE_POOL_HEADLESS_SHELL", "0")
        .set("GUISE_SLOW_CLIENT_SECONDS", "1");
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
