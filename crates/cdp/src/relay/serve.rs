//! Carrying one client's messages.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use tokio::time::{Instant, timeout};

use super::link::Link;
use super::request::{REFUSED, SESSION_NOT_FOUND, error_reply, read, reply};
use super::rules::{Rules, Verdict, judge};
use crate::protocol::target::AttachToBrowserTarget;
use crate::router::Waiter;
use crate::wire::compose;
use crate::{Connection, Error, SessionId};

/// How long the browser may take to give a client its session.
const ATTACH: Duration = Duration::from_secs(10);
/// How long the client's transport may take for one message.
const SEND: Duration = Duration::from_secs(60);
/// Commands that a client may have unanswered.
const IN_FLIGHT: usize = 16 * 1024;

/// Why a client's relay ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// The client closed its end, or its transport failed.
    ClientLeft,
    /// The client asked to close the browser, which closes only its own connection.
    ClosedByClient,
    /// The client stopped reading, or sent far more than it waited for.
    Stalled,
    /// `shutdown` came.
    Shutdown,
    /// The browser is gone, or would not take the client.
    Browser(Error),
}

/// Carries one client's messages until it leaves, is sent away, or the browser is gone.
///
/// Every item of `incoming` and `outgoing` is one whole message (UTF-8 JSON). Closing the client's transport
/// afterwards is the caller's part.
///
/// When this returns or is dropped the client's sessions are detached, so that targets it kept paused go on, and
/// nothing of it is left in the browser but the pages that it opened.
///
/// A client may leave 64 MiB unread (and one message beyond); then it counts as stalled, and nobody else notices.
pub async fn serve(
    connection: &Connection,
    incoming: impl Stream<Item = Bytes> + Unpin,
    outgoing: impl Sink<Bytes> + Unpin,
    rules: &dyn Rules,
    shutdown: impl Future<Output = ()>,
) -> Ended {
    let client = match Client::attach(connection).await {
        Ok(client) => client,
        Err(error) => return Ended::Browser(error),
    };
    tokio::select! {
        ended = client.receive(incoming, rules) => ended,
        ended = client.send(outgoing) => ended,
        () = client.link.overflowed() => Ended::Stalled,
        never = client.resume_overdue() => match never {},
        error = connection.closed() => Ended::Browser(error),
        () = shutdown => Ended::Shutdown,
    }
}

/// One client; dropping it takes its sessions away.
struct Client {
    connection: Connection,
    link: Arc<Link>,
}

impl Drop for Client {
    fn drop(&mut self) {
        self.connection.router().take_back(self.link.root());
    }
}

impl Client {
    async fn attach(connection: &Connection) -> Result<Self, Error> {
        let connection = connection.clone();
        // In a task that ends by itself, so that a caller that goes away in between leaves no session behind.
        let attaching = tokio::spawn(async move {
            let deadline = Instant::now() + ATTACH;
            let attached = connection
                .root()
                .call(&AttachToBrowserTarget {}, deadline)
                .await?;
            let link = Arc::new(Link::new(attached.session_id.clone()));
            connection.router().hand_over(&attached.session_id, &link)?;
            Ok(Self { connection, link })
        });
        attaching
            .await
            .unwrap_or_else(|error| Err(Error::disconnected(error)))
    }

    /// Takes what the client sends.
    async fn receive(
        &self,
        mut incoming: impl Stream<Item = Bytes> + Unpin,
        rules: &dyn Rules,
    ) -> Ended {
        while let Some(message) = incoming.next().await {
            match self.take(&message, rules).await {
                Ok(true) => {}
                Ok(false) => {
                    // The answer is on its way; the sending half ends when it is out.
                    self.link.finish();
                    return std::future::pending().await;
                }
                Err(ended) => return ended,
            }
        }
        Ended::ClientLeft
    }

    /// Takes one message. False when the client asked to leave.
    async fn take(&self, message: &[u8], rules: &dyn Rules) -> Result<bool, Ended> {
        let request = match read(message) {
            Ok(request) => request,
            Err(answer) => {
                self.link.push(answer);
                return Ok(true);
            }
        };
        let (id, session) = (request.id, request.session.as_deref());
        let router = self.connection.router();
        let target: SessionId = match session {
            None => self.link.root().clone(),
            Some(session)
                if router.owns(&self.link, session) && session != self.link.root().as_str() =>
            {
                session.into()
            }
            Some(_) => {
                self.link.push(no_session(id, session));
                return Ok(true);
            }
        };
        let params: Cow<'_, str> = match judge(rules, &request.method, request.params) {
            Verdict::Pass => request.params.into(),
            Verdict::PassAs(params) => params.into(),
            Verdict::Ignore => {
                self.link.push(reply(id, session, "{}"));
                return Ok(true);
            }
            Verdict::Leave => {
                self.link.push(reply(id, session, "{}"));
                return Ok(false);
            }
            Verdict::Refuse(reason) => {
                tracing::debug!(
                    method = request.method,
                    reason,
                    "a client's command was refused"
                );
                self.link
                    .push(error_reply(Some(id), session, REFUSED, &reason));
                return Ok(true);
            }
        };
        if request.method == "Runtime.runIfWaitingForDebugger" {
            self.link.resumed(&target);
        }
        let method = request.method;
        let waiter = Waiter::Client {
            link: Arc::clone(&self.link),
            id,
            method: method.clone().into(),
        };
        if self.link.sent() > IN_FLIGHT {
            return Err(Ended::Stalled);
        }
        let number = match router.register(Some(&target), &method, waiter) {
            Ok(number) => number,
            Err(Error::Disconnected(reason)) => {
                return Err(Ended::Browser(Error::Disconnected(reason)));
            }
            Err(_) => {
                self.link.answered();
                self.link.push(no_session(id, session));
                return Ok(true);
            }
        };
        let message = compose::command(number, Some(target.as_str()), &method, params.as_bytes());
        router.outgoing.push(message).await;
        Ok(true)
    }

    /// Sends what comes for the client.
    async fn send(&self, mut outgoing: impl Sink<Bytes> + Unpin) -> Ended {
        while let Some((message, more)) = self.link.next().await {
            let sending = async {
                outgoing.feed(message).await?;
                if more { Ok(()) } else { outgoing.flush().await }
            };
            match timeout(SEND, sending).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Ended::ClientLeft,
                Err(_) => return Ended::Stalled,
            }
        }
        Ended::ClosedByClient
    }

    /// Lets targets go on that the client keeps paused for too long.
    async fn resume_overdue(&self) -> std::convert::Infallible {
        loop {
            let session = self.link.overdue().await;
            tracing::debug!(%session, "a target that a client kept paused goes on");
            self.connection.router().send_unanswered(
                Some(&session),
                "Runtime.runIfWaitingForDebugger",
                b"{}",
            );
        }
    }
}

/// What Chromium answers for a session that is not attached.
fn no_session(id: i32, session: Option<&str>) -> Bytes {
    error_reply(
        Some(id),
        session,
        SESSION_NOT_FOUND,
        "Session with given id not found.",
    )
}
