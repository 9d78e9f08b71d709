//! The queue of messages on their way to the browser.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, mpsc};
use tokio::task::coop::unconstrained;

/// The unit in which room is counted, in bytes; every message takes at least one.
const UNIT: usize = 1024;
/// Messages that may wait at once, in units: 64 MiB. One larger message may wait alone.
const ROOM: u32 = 64 * 1024;

/// A whole message, and its share of the room until it is dropped.
pub(crate) struct Queued {
    pub(crate) bytes: Bytes,
    _room: Option<OwnedSemaphorePermit>,
}

/// The sending end. Messages are queued whole and in the order in which `push` was first polled.
#[derive(Clone)]
pub(crate) struct Outgoing {
    sender: mpsc::UnboundedSender<Queued>,
    room: Arc<Semaphore>,
}

impl Outgoing {
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<Queued>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (
            Self {
                sender,
                room: Arc::new(Semaphore::new(ROOM as usize)),
            },
            receiver,
        )
    }

    /// Queues `bytes`, at once if there is room. A closed queue takes nothing: whoever waits for an answer has been
    /// told why by then.
    pub(crate) async fn push(&self, bytes: Bytes) {
        let units = u32::try_from(bytes.len() / UNIT + 1)
            .unwrap_or(ROOM)
            .min(ROOM);
        let room = match Arc::clone(&self.room).try_acquire_many_owned(units) {
            Ok(room) => room,
            Err(TryAcquireError::Closed) => return,
            // Outside tokio's cooperative budget, or a caller could be sent to the back before it has a place.
            Err(TryAcquireError::NoPermits) => {
                match unconstrained(Arc::clone(&self.room).acquire_many_owned(units)).await {
                    Ok(room) => room,
                    Err(_) => return,
                }
            }
        };
        let _ = self.sender.send(Queued {
            bytes,
            _room: Some(room),
        });
    }

    /// Queues a small message that must not wait, such as the farewell of a session.
    pub(crate) fn push_now(&self, bytes: Bytes) {
        let _ = self.sender.send(Queued { bytes, _room: None });
    }

    /// Wakes everybody who waits for room; nothing more is taken.
    pub(crate) fn close(&self) {
        self.room.close();
    }
}
