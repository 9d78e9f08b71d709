//! Sockets that say one thing only.

use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::support::sockets::connect;

const PATIENCE: Duration = Duration::from_secs(30);

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

/// The first picture of a recording.
pub async fn picture(url: &str) -> Vec<u8> {
    let mut socket = connect(url).await;
    let first = timeout(PATIENCE, socket.next()).await.unwrap();
    match first.unwrap().unwrap() {
        Message::Binary(jpeg) => jpeg.to_vec(),
        other => panic!("{other:?}"),
    }
}
