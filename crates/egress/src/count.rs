//! Counting what goes over a connection.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes between a door and the world: what was carried, heads and encryption included. Refused requests, the
/// browser's requests for tunnels and the handshakes with an upstream proxy do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Sent by the browser.
    pub request_bytes: u64,
    /// Received by the browser.
    pub response_bytes: u64,
}

/// Running totals that several connections add to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Totals {
    read: Arc<AtomicU64>,
    written: Arc<AtomicU64>,
}

impl Totals {
    /// Seen from the side of the destination: what is written to it are requests.
    pub(crate) fn traffic(&self) -> Traffic {
        Traffic {
            request_bytes: self.written.load(Ordering::Relaxed),
            response_bytes: self.read.load(Ordering::Relaxed),
        }
    }

    /// Bytes in both directions.
    pub(crate) fn sum(&self) -> u64 {
        self.read.load(Ordering::Relaxed) + self.written.load(Ordering::Relaxed)
    }
}

/// A stream that adds what passes to its totals.
#[derive(Debug)]
pub(crate) struct Counted<S> {
    inner: S,
    totals: Totals,
}

impl<S> Counted<S> {
    pub(crate) fn new(inner: S, totals: Totals) -> Self {
        Self { inner, totals }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Counted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let poll = Pin::new(&mut self.inner).poll_read(cx, buf);
        let read = buf.filled().len() - before;
        self.totals.read.fetch_add(read as u64, Ordering::Relaxed);
        poll
    }
}

impl<S> Counted<S> {
    fn wrote(&self, poll: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(written)) = &poll {
            self.totals
                .written
                .fetch_add(*written as u64, Ordering::Relaxed);
        }
        poll
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.inner).poll_write(cx, buf);
        self.wrote(poll)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.inner).poll_write_vectored(cx, bufs);
        self.wrote(poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
