//! Bytes in memory.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use guise_core::ports::{Blobs, ByteStream};
use guise_core::{Error, Kind, Result};
use tokio::io::AsyncReadExt as _;

use super::broken;

#[derive(Default)]
pub struct MemoryBlobs {
    kept: Mutex<BTreeMap<String, Bytes>>,
    pub fails: AtomicBool,
}

impl MemoryBlobs {
    pub fn count(&self) -> usize {
        self.kept.lock().unwrap().len()
    }

    fn check(&self) -> Result<()> {
        if self.fails.load(Ordering::Relaxed) {
            return Err(broken("blobs"));
        }
        Ok(())
    }
}

#[async_trait]
impl Blobs for MemoryBlobs {
    async fn put(&self, key: &str, bytes: Bytes) -> Result<()> {
        self.check()?;
        self.kept.lock().unwrap().insert(key.to_owned(), bytes);
        Ok(())
    }

    async fn put_in_haste(&self, key: &str, bytes: Bytes) -> Result<()> {
        self.put(key, bytes).await
    }

    async fn put_stream(&self, key: &str, stream: ByteStream, limit: u64) -> Result<(u64, String)> {
        self.check()?;
        let mut bytes = Vec::new();
        let length = stream
            .take(limit + 1)
            .read_to_end(&mut bytes)
            .await
            .unwrap() as u64;
        if length > limit {
            return Err(Error::new(Kind::TooLarge, "the file is too large"));
        }
        self.put(key, bytes.into()).await?;
        Ok((length, String::new()))
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        Ok(self.kept.lock().unwrap().get(key).cloned())
    }

    async fn open(&self, key: &str) -> Result<Option<ByteStream>> {
        let bytes = self.get(key).await?;
        Ok(bytes.map(|bytes| Box::pin(std::io::Cursor::new(bytes)) as ByteStream))
    }

    async fn delete(&self, key: &str) -> Result<()> {
        self.check()?;
        self.kept.lock().unwrap().remove(key);
        Ok(())
    }
}
