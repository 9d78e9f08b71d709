//! Who listens at the server's sockets, from the beginning of something to its end.

use std::time::Duration;

use futures_util::StreamExt as _;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Longer than a socket stays open when all is over.
const PATIENCE: Duration = Duration::from_secs(30);

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What a socket said.
#[derive(Debug, Default)]
pub struct Heard {
    /// Messages, in their order.
    pub messages: Vec<Value>,
    /// The pictures of a recording, each once, in the order in which they came first.
    pub pictures: Vec<Vec<u8>>,
    /// The code that it was closed with.
    pub closed: Option<u16>,
}

/// Collects what a socket says until it is closed.
pub struct Ear(JoinHandle<Heard>);

pub async fn connect(url: &str) -> Socket {
    connect_async(url).await.unwrap().0
}

impl Ear {
    /// Listens from now on.
    pub async fn at(url: &str) -> Self {
        let mut socket = connect(url).await;
        Self(tokio::spawn(async move {
            let mut heard = Heard::default();
            while let Some(Ok(message)) = socket.next().await {
                match message {
                    Message::Text(text) => {
                        heard.messages.push(serde_json::from_str(&text).unwrap());
                    }
                    // A page that stands still is shown again and again.
                    Message::Binary(jpeg)
                        if !heard.pictures.iter().any(|it| it[..] == jpeg[..]) =>
                    {
                        heard.pictures.push(jpeg.to_vec());
                    }
                    Message::Close(frame) => {
                        heard.closed = frame.map(|it| it.code.into());
                        break;
                    }
                    _ => {}
                }
            }
            heard
        }))
    }

    /// Everything until the socket was closed.
    pub async fn rest(self) -> Heard {
        timeout(PATIENCE, self.0).await.unwrap().unwrap()
    }
}
