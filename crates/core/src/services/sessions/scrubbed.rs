//! A text file that is kept without the secrets in it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, ReadBuf};

use crate::ports::ScrubChunks;

/// So much is read at once.
const CHUNK: usize = 64 * 1024;

/// Reads `inner`; a text without its secrets. Other files are as they came: their parts have lengths and places that must fit.
pub(super) struct Scrubbed<R> {
    inner: R,
    chunks: Option<Box<dyn ScrubChunks>>,
    /// What was read first said whether it is a text.
    judged: bool,
    buffer: Box<[u8]>,
    ready: Vec<u8>,
    given: usize,
}

impl<R> Scrubbed<R> {
    pub(super) fn new(inner: R, chunks: Box<dyn ScrubChunks>) -> Self {
        Self {
            inner,
            chunks: Some(chunks),
            judged: false,
            buffer: vec![0; CHUNK].into(),
            ready: Vec::new(),
            given: 0,
        }
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Scrubbed<R> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            let left = &this.ready[this.given..];
            if !left.is_empty() {
                let count = left.len().min(into.remaining());
                into.put_slice(&left[..count]);
                this.given += count;
                return Poll::Ready(Ok(()));
            }
            if this.judged && this.chunks.is_none() {
                return Pin::new(&mut this.inner).poll_read(context, into);
            }
            let mut buffer = ReadBuf::new(&mut this.buffer);
            ready!(Pin::new(&mut this.inner).poll_read(context, &mut buffer))?;
            let chunk = buffer.filled();
            if !this.judged {
                this.judged = true;
                if !is_text(chunk) {
                    this.chunks = None;
                }
            }
            this.given = 0;
            this.ready = match (&mut this.chunks, chunk.is_empty()) {
                (Some(chunks), false) => chunks.push(chunk),
                (Some(_), true) => this
                    .chunks
                    .take()
                    .map_or_else(Vec::new, |chunks| chunks.finish()),
                (None, _) => chunk.to_vec(),
            };
        }
    }
}

/// Whether bytes begin like a text: UTF-8 without zeros, or UTF-16 that says so. The last character may be cut.
fn is_text(bytes: &[u8]) -> bool {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return true;
    }
    let utf8 = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    utf8 && !bytes.contains(&0)
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;

    use super::*;

    /// Replaces by what has the same length, and holds the last byte back.
    #[derive(Default)]
    struct Upper(Vec<u8>);

    impl ScrubChunks for Upper {
        fn push(&mut self, chunk: &[u8]) -> Vec<u8> {
            self.0.extend(chunk.to_ascii_uppercase());
            let last = self.0.pop();
            std::mem::replace(&mut self.0, last.into_iter().collect())
        }

        fn finish(self: Box<Self>) -> Vec<u8> {
            self.0
        }
    }

    async fn read(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut file = Scrubbed::new(bytes, Box::new(Upper::default()));
        file.read_to_end(&mut out).await.unwrap();
        out
    }

    #[tokio::test]
    async fn texts_are_scrubbed_to_the_last_byte_and_other_files_are_as_they_came() {
        assert_eq!(read(b"").await, b"");
        assert_eq!(read(b"name,password\n").await, b"NAME,PASSWORD\n");
        let long = "a".repeat(3 * CHUNK + 7);
        assert_eq!(read(long.as_bytes()).await, long.to_uppercase().as_bytes());
        for other in [&b"PK\x03\x04\0abc"[..], b"\x89png\0", &[0xc3, 0x28, b'a']] {
            assert_eq!(read(other).await, other);
        }
        // A character of several bytes that the first chunk cuts.
        let cut = format!("{}\u{e9}z", "b".repeat(CHUNK - 1));
        assert!(read(cut.as_bytes()).await.ends_with("\u{e9}Z".as_bytes()));
    }
}
