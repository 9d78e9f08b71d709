//! Who listens at the server's sockets.

use std::time::Duration;

use futures_util::StreamExt as _;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const PATIENCE: Duration = Duration::from_secs(30);

/// Collects what a socket says until it is closed.
pub struct Ear(JoinHandle<Vec<Value>>);

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub async fn connect(url: &str) -> Socket {
    connect_async(url).await.unwrap().0
}

/// The status and the words with which a socket is refused.
pub async fn refused(url: &str) -> String {
    match connect_async(url).await {
        Err(Error::Http(answer)) => {
            let body = answer.body().as_deref().unwrap_or_default();
            format!("{} {}", answer.status(), String::from_utf8_lossy(body))
        }
        other => panic!("not refused: {other:?}"),
    }
}

impl Ear {
    pub async fn at(url: &str) -> Self {
        let mut socket = connect(url).await;
        Self(tokio::spawn(async move {
            let mut heard = Vec::new();
            while let Some(Ok(message)) = socket.next().await {
                match message {
                    Message::Text(text) => heard.push(serde_json::from_str(&text).unwrap()),
                    Message::Close(_) => break,
                    _ => {}
                }
            }
            heard
        }))
    }

    /// Everything until the socket was closed.
    pub async fn rest(self) -> Vec<Value> {
        timeout(PATIENCE, self.0).await.unwrap().unwrap()
    }
}

/// The first picture of a recording.
pub async fn picture(url: &str) -> Vec<u8> {
    let mut socket = connect(url).await;
    let first = timeout(PATIENCE, socket.next()).await.unwrap();
    match first.unwrap().unwrap() {
        Message::Binary(jpeg) => jpeg.to_vec(),
        other => panic!("{other:?}"),
    }
}
