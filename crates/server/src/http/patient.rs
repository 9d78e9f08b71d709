//! A client's socket that is given up when the client takes nothing of an answer for too long.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// A socket whose writes fail once none went on for as long as a client may be silent.
///
/// An answer that nobody reads would keep its descriptor, and what it holds, for ever. The kernel tells of room only when a
/// good part of its buffer is free, so a client that takes a few bytes now and then counts as silent, too.
pub(super) struct Patient {
    stream: TcpStream,
    patience: Duration,
    /// Runs while the client takes nothing.
    silence: Option<Pin<Box<Sleep>>>,
    unbounded: Unbounded,
}

/// Ends the bound on a socket: what is no HTTP any more has bounds of its own.
#[derive(Clone, Default)]
pub(super) struct Unbounded(Arc<AtomicBool>);

impl Unbounded {
    /// From now on the client may take as long as it likes.
    pub(super) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Patient {
    /// A socket with a bound, and what ends the bound.
    pub(super) fn new(stream: TcpStream, patience: Duration) -> (Self, Unbounded) {
        let unbounded = Unbounded::default();
        let socket = Self {
            stream,
            patience,
            silence: None,
            unbounded: unbounded.clone(),
        };
        (socket, unbounded)
    }

    /// Does a write, which fails when the client has been silent for too long.
    fn write<T>(
        &mut self,
        context: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut TcpStream>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        let written = write(Pin::new(&mut self.stream), context);
        if written.is_ready() || self.unbounded.0.load(Ordering::Relaxed) {
            self.silence = None;
            return written;
        }
        let patience = self.patience;
        let silence = self
            .silence
            .get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(silence.as_mut().poll(context));
        Poll::Ready(Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "the client took nothing of the answer for too long",
        )))
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.write(context, |stream, context| stream.poll_write(context, bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.write(context, |stream, context| {
            stream.poll_write_vectored(context, slices)
        })
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
