//! Bodies that come in pieces, break, fall silent or do not end, and tell when nobody listens any more.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use futures_util::Stream;

use crate::server::Shared;

/// What comes next in a body.
pub(crate) enum Part {
    Octets(Bytes),
    Silence,
    Cut,
}

impl Part {
    pub(crate) fn text(text: String) -> Self {
        Self::Octets(text.into())
    }
}

/// Counts an answer as left, unless it was seen to its end.
pub(crate) struct Listener {
    shared: Arc<Shared>,
    ended: bool,
}

impl Listener {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        Self {
            shared: Arc::clone(shared),
            ended: false,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if !self.ended {
            self.shared.note_left();
        }
    }
}

struct Parts {
    parts: Box<dyn Iterator<Item = Part> + Send>,
    silent: bool,
    listener: Listener,
}

impl Stream for Parts {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.silent {
            // Nobody wakes it: the connection's end drops it.
            return Poll::Pending;
        }
        match self.parts.next() {
            Some(Part::Octets(octets)) => Poll::Ready(Some(Ok(octets))),
            Some(Part::Silence) => {
                self.silent = true;
                Poll::Pending
            }
            Some(Part::Cut) => {
                self.listener.ended = true;
                Poll::Ready(Some(Err(io::Error::other("the wire broke"))))
            }
            None => {
                self.listener.ended = true;
                Poll::Ready(None)
            }
        }
    }
}

/// A body of these parts.
pub(crate) fn of_parts(
    parts: impl IntoIterator<Item = Part, IntoIter: Send + 'static>,
    shared: &Arc<Shared>,
) -> Body {
    Body::from_stream(Parts {
        parts: Box::new(parts.into_iter()),
        silent: false,
        listener: Listener::new(shared),
    })
}

/// The same octets in pieces of `size`, wherever that cuts them; what is not octets stays.
pub(crate) fn torn(parts: Vec<Part>, size: usize) -> Vec<Part> {
    let mut torn = Vec::new();
    let mut whole = Vec::new();
    let tear = |whole: &mut Vec<u8>, torn: &mut Vec<Part>| {
        torn.extend(
            whole
                .chunks(size)
                .map(|piece| Part::Octets(Bytes::copy_from_slice(piece))),
        );
        whole.clear();
    };
    for part in parts {
        if let Part::Octets(octets) = part {
            whole.extend_from_slice(&octets);
        } else {
            tear(&mut whole, &mut torn);
            torn.push(part);
        }
    }
    tear(&mut whole, &mut torn);
    torn
}
