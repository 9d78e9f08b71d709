//! One session: the browser itself or an attached target.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::value::RawValue;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use crate::connection::Connection;
use crate::events::Events;
use crate::router::{Router, Waiter};
use crate::wire::{compose, decode};
use crate::{Command, Error, SessionId};

/// A handle to a session; cheap to clone.
///
/// A session that was just attached keeps its events (up to 256, 256 KiB) until its first
/// [`subscribe`](Self::subscribe), which gets those of them that it names. So subscribe once, to everything that
/// matters from the start, before subscribing to anything else.
#[derive(Clone)]
pub struct Session {
    connection: Connection,
    id: Option<SessionId>,
}

impl Session {
    pub(crate) fn new(connection: Connection, id: Option<SessionId>) -> Self {
        Self { connection, id }
    }

    /// The session's id; `None` for the browser itself.
    #[must_use]
    pub fn id(&self) -> Option<&SessionId> {
        self.id.as_ref()
    }

    /// The connection that it is a session of.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Sends `command` and waits for its answer until `deadline`.
    ///
    /// The message is queued when the future is first polled, so `join!(a, b)` sends a before b. Dropping the future
    /// never leaves half a message; a command that was queued is still carried out.
    ///
    /// # Errors
    /// [`Error::Protocol`] when the browser refuses; [`Error::Timeout`]; [`Error::TargetClosed`], [`Error::Crashed`]
    /// and [`Error::Disconnected`] as soon as that happens; [`Error::Encode`] and [`Error::Decode`].
    pub async fn call<C: Command>(
        &self,
        command: &C,
        deadline: Instant,
    ) -> Result<C::Returns, Error> {
        let method = Cow::Borrowed(C::METHOD);
        let params = serde_json::to_vec(command).map_err(|error| Error::Encode {
            method: method.clone(),
            reason: error.to_string(),
        })?;
        let result = self.request(method.clone(), &params, deadline).await?;
        decode::typed(method, &result)
    }

    /// Sends any method with any parameters (one JSON object) and gives back the result undecoded.
    ///
    /// # Errors
    /// As [`call`](Self::call); [`Error::Encode`] when `method` is not a method's name.
    pub async fn call_raw(
        &self,
        method: &str,
        params: &RawValue,
        deadline: Instant,
    ) -> Result<Box<RawValue>, Error> {
        let method: Cow<'static, str> = Cow::Owned(method.to_owned());
        if !is_method(&method) {
            return Err(Error::Encode {
                method,
                reason: "it must be a name such as Page.navigate".to_owned(),
            });
        }
        let result = self
            .request(method.clone(), params.get().as_bytes(), deadline)
            .await?;
        decode::typed(method, &result)
    }

    /// Subscribes to `methods` of this session, from this moment on (and, the first time, to what a new session kept).
    #[must_use]
    pub fn subscribe(&self, methods: &'static [&'static str]) -> Events {
        let queue = self
            .connection
            .router()
            .subscribe(self.id.as_ref(), methods);
        Events {
            connection: self.connection.clone(),
            session: self.id.clone(),
            queue,
        }
    }

    async fn request(
        &self,
        method: Cow<'static, str>,
        params: &[u8],
        deadline: Instant,
    ) -> Result<Bytes, Error> {
        let router = self.connection.router();
        let (sender, answer) = oneshot::channel();
        let waiter = Waiter::Own {
            method: method.clone(),
            answer: sender,
        };
        let id = router.register(self.id.as_ref(), &method, waiter)?;
        let _waiting = Waiting { router, id };
        let message =
            compose::command(id, self.id.as_ref().map(SessionId::as_str), &method, params);
        let exchange = async {
            router.outgoing.push(message).await;
            answer.await
        };
        let began = Instant::now();
        let exchanged = timeout_at(deadline, exchange).await;
        // Never with parameters or results: they hold what is in pages.
        tracing::trace!(%method, took = ?began.elapsed(), "called");
        match exchanged {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(Error::disconnected("the connection was dropped")),
            Err(_) => Err(Error::Timeout { method }),
        }
    }
}

/// Whether `text` can be a method's name; such a name needs no escaping.
pub(crate) fn is_method(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
}

/// Removes the waiter when the caller is done, gave up or was dropped.
struct Waiting<'a> {
    router: &'a Arc<Router>,
    id: u32,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.router.forget(self.id);
    }
}
