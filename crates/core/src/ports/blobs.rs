//! Bytes that are too many for a row: pictures, uploads, downloads.

use std::pin::Pin;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::io::AsyncRead;

use crate::Result;

/// Bytes that arrive as they are read.
pub type ByteStream = Pin<Box<dyn AsyncRead + Send>>;

/// Keeps bytes under keys. A key is made of letters, digits, `-`, `_`, `.` and `/`, never with `..` in it.
#[async_trait]
pub trait Blobs: Send + Sync {
    /// Keeps `bytes` under `key`, replacing what was there. Once it returns they survive a crash.
    async fn put(&self, key: &str, bytes: Bytes) -> Result<()>;

    /// As [`Self::put`], without waiting for the disk: they survive a crash of this process, and not always one of the machine.
    async fn put_in_haste(&self, key: &str, bytes: Bytes) -> Result<()>;

    /// Keeps everything that `stream` yields, but not more than `limit` bytes: beyond it nothing is kept and the error
    /// is of kind `TooLarge`. Returns length and SHA-256 (lower-case hex).
    async fn put_stream(&self, key: &str, stream: ByteStream, limit: u64) -> Result<(u64, String)>;

    /// All bytes under `key`; `None` when there are none.
    async fn get(&self, key: &str) -> Result<Option<Bytes>>;

    /// The bytes under `key` as a stream; `None` when there are none.
    async fn open(&self, key: &str) -> Result<Option<ByteStream>>;

    /// Forgets what is under `key`; nothing being there is fine.
    async fn delete(&self, key: &str) -> Result<()>;
}
