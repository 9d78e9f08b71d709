//! Events on their way to those who subscribed to them.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use serde_json::value::RawValue;
use tokio::sync::Notify;

use crate::connection::Connection;
use crate::router::lock;
use crate::wire::decode;
use crate::{Error, Event, SessionId};

/// Events that one subscriber may leave unread.
const UNREAD: usize = 4096;
/// Bytes of events that one subscriber may leave unread.
const UNREAD_BYTES: usize = 64 * 1024 * 1024;
/// Events that a session keeps for its first subscriber.
const EARLY: usize = 256;
/// Bytes of events that a session keeps for its first subscriber.
const EARLY_BYTES: usize = 256 * 1024;

/// One event as it came: its parameters are decoded when somebody asks.
#[derive(Debug, Clone)]
pub struct RawEvent {
    message: Bytes,
    method: Range<usize>,
    params: Option<Range<usize>>,
    session: Option<SessionId>,
    place: u64,
}

impl RawEvent {
    pub(crate) fn new(
        message: Bytes,
        method: Range<usize>,
        params: Option<Range<usize>>,
        session: Option<SessionId>,
        place: u64,
    ) -> Self {
        Self {
            message,
            method,
            params,
            session,
            place,
        }
    }

    /// Its place among the connection's events, by which one who reads them knows how far another has come: later ones have
    /// higher numbers.
    #[must_use]
    pub fn place(&self) -> u64 {
        self.place
    }

    /// The event's name, for example `Page.frameNavigated`.
    #[must_use]
    pub fn method(&self) -> &str {
        std::str::from_utf8(&self.message[self.method.clone()]).unwrap_or_default()
    }

    /// The session it came from; `None` is the browser itself.
    #[must_use]
    pub fn session(&self) -> Option<&SessionId> {
        self.session.as_ref()
    }

    /// The parameters as JSON text, undecoded.
    #[must_use]
    pub fn params(&self) -> &[u8] {
        self.params
            .clone()
            .map_or(b"{}", |range| &self.message[range])
    }

    /// The parameters as checked JSON, for passing on.
    ///
    /// # Errors
    /// [`Error::Decode`] when they are not valid JSON.
    pub fn raw(&self) -> Result<&RawValue, Error> {
        serde_json::from_slice(self.params()).map_err(|error| Error::Decode {
            method: self.owned_method(),
            reason: error.to_string(),
        })
    }

    /// Whether this is an event of the kind `E`.
    #[must_use]
    pub fn is<E: Event>(&self) -> bool {
        self.method() == E::METHOD
    }

    /// The parameters as `E`.
    ///
    /// # Errors
    /// [`Error::Decode`] when the event is of another kind or does not have `E`'s shape.
    pub fn parse<E: Event>(&self) -> Result<E, Error> {
        if self.is::<E>() {
            decode::typed(Cow::Borrowed(E::METHOD), self.params())
        } else {
            Err(Error::Decode {
                method: self.owned_method(),
                reason: format!("it was read as {}", E::METHOD),
            })
        }
    }

    fn owned_method(&self) -> Cow<'static, str> {
        Cow::Owned(self.method().to_owned())
    }

    /// The same event in memory of its own, so that keeping it keeps nothing else.
    fn detached(&self) -> Self {
        Self {
            message: Bytes::copy_from_slice(&self.message),
            ..self.clone()
        }
    }
}

enum Item {
    Event(RawEvent),
    Gap(u64),
}

#[derive(Default)]
struct Unread {
    items: VecDeque<Item>,
    bytes: usize,
    closed: Option<Error>,
}

impl Unread {
    fn push(&mut self, event: RawEvent, most: usize, most_bytes: usize) {
        if self.items.len() >= most
            || (self.bytes > 0 && self.bytes + event.message.len() > most_bytes)
        {
            match self.items.back_mut() {
                Some(Item::Gap(missed)) => *missed += 1,
                _ => self.items.push_back(Item::Gap(1)),
            }
        } else {
            self.bytes += event.message.len();
            self.items.push_back(Item::Event(event));
        }
    }
}

/// What one subscriber has not read yet.
pub(crate) struct Queue {
    methods: &'static [&'static str],
    unread: Mutex<Unread>,
    arrived: Notify,
}

impl Queue {
    fn wants(&self, event: &RawEvent) -> bool {
        self.methods.contains(&event.method())
    }

    fn push(&self, event: RawEvent) {
        lock(&self.unread).push(event, UNREAD, UNREAD_BYTES);
        self.arrived.notify_one();
    }

    fn close(&self, reason: Error) {
        lock(&self.unread).closed.get_or_insert(reason);
        self.arrived.notify_one();
    }
}

/// The subscribers of one session.
#[derive(Default)]
pub(crate) struct Subscribers {
    queues: Vec<Arc<Queue>>,
    early: Option<Unread>,
}

impl Subscribers {
    /// Subscribers of a session that was just attached: nobody can have subscribed yet, so events are kept.
    pub(crate) fn of_new_session() -> Self {
        Self {
            queues: Vec::new(),
            early: Some(Unread::default()),
        }
    }

    pub(crate) fn add(&mut self, methods: &'static [&'static str]) -> Arc<Queue> {
        let queue = Arc::new(Queue {
            methods,
            unread: Mutex::default(),
            arrived: Notify::new(),
        });
        if let Some(early) = self.early.take() {
            let mut unread = lock(&queue.unread);
            for item in early.items {
                match item {
                    Item::Event(event) if queue.wants(&event) => {
                        unread.push(event, UNREAD, UNREAD_BYTES)
                    }
                    Item::Event(_) => {}
                    Item::Gap(missed) => unread.items.push_back(Item::Gap(missed)),
                }
            }
        }
        self.queues.push(Arc::clone(&queue));
        queue
    }

    pub(crate) fn remove(&mut self, queue: &Arc<Queue>) {
        self.queues.retain(|other| !Arc::ptr_eq(other, queue));
    }

    pub(crate) fn deliver(&mut self, event: RawEvent) {
        if let Some(early) = &mut self.early {
            early.push(event.detached(), EARLY, EARLY_BYTES);
        } else {
            for queue in self.queues.iter().filter(|queue| queue.wants(&event)) {
                queue.push(event.clone());
            }
        }
    }

    pub(crate) fn close(&self, reason: &Error) {
        for queue in &self.queues {
            queue.close(reason.clone());
        }
    }
}

/// A stream of events in the order in which the browser sent them.
///
/// Up to 4,096 events or 64 MiB may be unread; then the newest are dropped and [`next`](Self::next) says how many,
/// at the place in the stream where they are missing. Dropping the stream ends the subscription.
pub struct Events {
    pub(crate) connection: Connection,
    pub(crate) session: Option<SessionId>,
    pub(crate) queue: Arc<Queue>,
}

impl Events {
    /// The next event. Safe to drop and call again: nothing is lost.
    ///
    /// # Errors
    /// [`Error::Lagged`] where events are missing; the stream goes on after it. [`Error::TargetClosed`] or
    /// [`Error::Disconnected`] at the end, after everything that came before it was read.
    pub async fn next(&mut self) -> Result<RawEvent, Error> {
        loop {
            {
                let mut unread = lock(&self.queue.unread);
                match unread.items.pop_front() {
                    Some(Item::Event(event)) => {
                        unread.bytes -= event.message.len();
                        return Ok(event);
                    }
                    Some(Item::Gap(missed)) => return Err(Error::Lagged(missed)),
                    None => {
                        if let Some(reason) = &unread.closed {
                            return Err(reason.clone());
                        }
                    }
                }
            }
            self.queue.arrived.notified().await;
        }
    }

    /// The next event of kind `E`, decoded; others are skipped.
    ///
    /// # Errors
    /// As [`next`](Self::next), and [`Error::Decode`].
    pub async fn next_of<E: Event>(&mut self) -> Result<E, Error> {
        loop {
            let event = self.next().await?;
            if event.is::<E>() {
                return event.parse();
            }
        }
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.connection
            .router()
            .unsubscribe(self.session.as_ref(), &self.queue);
    }
}

pub(crate) fn closed_queue(reason: Error) -> Arc<Queue> {
    let queue = Queue {
        methods: &[],
        unread: Mutex::default(),
        arrived: Notify::new(),
    };
    queue.close(reason);
    Arc::new(queue)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(number: usize) -> RawEvent {
        let message = format!(r#"{{"method":"A.b","params":{number}}}"#);
        let end = message.len() - 1;
        RawEvent::new(message.into(), 11..14, Some(25..end), None, 0)
    }

    fn drain(queue: &Queue) -> Vec<Result<String, u64>> {
        let mut unread = lock(&queue.unread);
        unread
            .items
            .drain(..)
            .map(|item| match item {
                Item::Event(event) => Ok(String::from_utf8_lossy(event.params()).into_owned()),
                Item::Gap(missed) => Err(missed),
            })
            .collect()
    }

    #[test]
    fn a_full_queue_counts_what_it_drops_where_it_is_missing() {
        let mut subscribers = Subscribers::default();
        let queue = subscribers.add(&["A.b"]);
        for number in 0..UNREAD + 3 {
            subscribers.deliver(event(number));
        }
        let items = drain(&queue);
        assert_eq!(items.len(), UNREAD + 1);
        assert_eq!(items[0], Ok("0".to_owned()));
        assert_eq!(items[UNREAD], Err(3));
    }

    #[test]
    fn a_new_session_keeps_its_events_for_the_first_subscriber_only() {
        let mut subscribers = Subscribers::of_new_session();
        subscribers.deliver(event(1));
        subscribers.deliver(event(2));
        assert_eq!(
            drain(&subscribers.add(&["A.b"])),
            [Ok("1".to_owned()), Ok("2".to_owned())]
        );
        assert_eq!(drain(&subscribers.add(&["A.b"])), []);
        for number in 0..EARLY + 2 {
            subscribers.deliver(event(number));
        }

        let mut subscribers = Subscribers::of_new_session();
        for number in 0..EARLY + 2 {
            subscribers.deliver(event(number));
        }
        assert_eq!(drain(&subscribers.add(&["C.d"])), [Err(2)]);
    }
}
