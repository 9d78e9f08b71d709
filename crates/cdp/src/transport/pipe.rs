//! NUL-delimited messages over a pair of pipes.

use bytes::{BufMut, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;

use crate::Error;
use crate::outgoing::Queued;
use crate::router::Router;
use crate::wire::framing::Splitter;

/// Room made for one read: what a pipe holds by default.
const CHUNK: usize = 64 * 1024;
/// Messages up to this size are gathered into one write.
const GATHERED: usize = 32 * 1024;
/// Messages taken from the queue at once.
const BATCH: usize = 64;

/// Reads until the pipe ends and says why it ended.
pub(crate) async fn read(mut reader: impl AsyncRead + Unpin, router: &Router) -> Error {
    let mut splitter = Splitter::default();
    loop {
        match reader.read_buf(splitter.buffer(CHUNK)).await {
            Ok(0) if splitter.unfinished() > 0 => {
                return Error::disconnected(
                    "the browser closed its pipe in the middle of a message",
                );
            }
            Ok(0) => return Error::disconnected("the browser closed its pipe"),
            Ok(_) => {
                while let Some(message) = splitter.next() {
                    router.deliver(message);
                }
            }
            Err(error) => {
                return Error::disconnected(format_args!(
                    "reading from the browser failed: {error}"
                ));
            }
        }
    }
}

/// Writes until the pipe breaks and says why it broke.
pub(crate) async fn write(
    mut writer: impl AsyncWrite + Unpin,
    mut queue: mpsc::UnboundedReceiver<Queued>,
) -> Error {
    let mut batch = Vec::with_capacity(BATCH);
    let mut gathered = BytesMut::new();
    while queue.recv_many(&mut batch, BATCH).await > 0 {
        if let Err(error) = write_batch(&mut writer, &mut batch, &mut gathered).await {
            return Error::disconnected(format_args!("writing to the browser failed: {error}"));
        }
    }
    Error::disconnected("the connection was dropped")
}

async fn write_batch(
    writer: &mut (impl AsyncWrite + Unpin),
    batch: &mut Vec<Queued>,
    gathered: &mut BytesMut,
) -> std::io::Result<()> {
    for message in batch.drain(..) {
        if message.bytes.len() > GATHERED {
            writer.write_all_buf(gathered).await?;
            writer.write_all(&message.bytes).await?;
        } else {
            gathered.put_slice(&message.bytes);
        }
        gathered.put_u8(0);
        if gathered.len() > CHUNK {
            writer.write_all_buf(gathered).await?;
        }
    }
    writer.write_all_buf(gathered).await?;
    writer.flush().await
}
