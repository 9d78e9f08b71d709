//! Messages over a WebSocket to a browser elsewhere.

use std::sync::Mutex;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::Error;
use crate::outgoing::Queued;
use crate::router::{Router, lock};

/// How often a ping goes out.
const PING: Duration = Duration::from_secs(30);
/// Pings that may stay without any sign of life. A large message counts only when it is whole, hence more than one.
const SILENT_PINGS: u32 = 3;

/// Room made for one read. The library fills all of it with zeros each time.
const CHUNK: usize = 32 * 1024;

/// Shakes hands over a connected stream.
pub(crate) async fn connect<S: AsyncRead + AsyncWrite + Unpin>(
    address: &str,
    stream: S,
) -> Result<WebSocketStream<S>, Error> {
    let config = WebSocketConfig::default()
        .read_buffer_size(CHUNK)
        .max_message_size(None)
        .max_frame_size(None);
    match client_async_with_config(address, stream, Some(config)).await {
        Ok((socket, _)) => Ok(socket),
        Err(error) => Err(Error::disconnected(format_args!(
            "the WebSocket handshake failed: {error}"
        ))),
    }
}

/// Carries messages both ways until the socket is gone and says why.
pub(crate) async fn run<S: AsyncRead + AsyncWrite + Unpin>(
    socket: WebSocketStream<S>,
    router: &Router,
    queue: mpsc::UnboundedReceiver<Queued>,
) -> Error {
    let (sink, stream) = socket.split();
    let heard = Mutex::new(Instant::now());
    tokio::select! {
        reason = read(stream, router, &heard) => reason,
        reason = write(sink, queue, &heard) => reason,
    }
}

async fn read<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: SplitStream<WebSocketStream<S>>,
    router: &Router,
    heard: &Mutex<Instant>,
) -> Error {
    while let Some(frame) = stream.next().await {
        *lock(heard) = Instant::now();
        match frame {
            Ok(Message::Text(text)) => router.deliver(owned(text.into())),
            Ok(Message::Binary(bytes)) => router.deliver(owned(bytes)),
            Ok(Message::Close(frame)) => {
                let reason = frame.map(|frame| frame.to_string()).unwrap_or_default();
                return Error::disconnected(format_args!(
                    "the browser closed the WebSocket {reason}"
                ));
            }
            Ok(_) => {}
            Err(error) => {
                return Error::disconnected(format_args!("the WebSocket failed: {error}"));
            }
        }
    }
    Error::disconnected("the browser closed the WebSocket")
}

fn owned(bytes: Bytes) -> BytesMut {
    bytes
        .try_into_mut()
        .unwrap_or_else(|shared| BytesMut::from(&shared[..]))
}

async fn write<S: AsyncRead + AsyncWrite + Unpin>(
    mut sink: SplitSink<WebSocketStream<S>, Message>,
    mut queue: mpsc::UnboundedReceiver<Queued>,
    heard: &Mutex<Instant>,
) -> Error {
    let mut ping = interval_at(Instant::now() + PING, PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let message = tokio::select! {
            queued = queue.recv() => match queued {
                Some(queued) => match Utf8Bytes::try_from(queued.bytes) {
                    Ok(text) => Message::Text(text),
                    Err(error) => {
                        tracing::error!(%error, "a command that is not UTF-8 was not sent");
                        continue;
                    }
                },
                None => return Error::disconnected("the connection was dropped"),
            },
            now = ping.tick() => {
                let silence = now.saturating_duration_since(*lock(heard));
                if silence > PING * SILENT_PINGS {
                    return Error::disconnected(format_args!("the browser was silent for {} s", silence.as_secs()));
                }
                Message::Ping(Bytes::new())
            }
        };
        if let Err(error) = sink.send(message).await {
            return Error::disconnected(format_args!("writing to the WebSocket failed: {error}"));
        }
    }
}
