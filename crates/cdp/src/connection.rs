//! The connection to one browser.

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use crate::outgoing::{Outgoing, Queued};
use crate::router::Router;
use crate::transport::{pipe, websocket};
use crate::{Error, Session, SessionId};

/// A connection to one browser; cheap to clone. It ends when its last handle (connection, session or event stream) is
/// dropped, or when the browser closes its end.
#[derive(Clone)]
pub struct Connection(Arc<Handle>);

struct Handle {
    router: Arc<Router>,
    transport: JoinHandle<()>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.transport.abort();
        self.router
            .close(Error::disconnected("the connection was dropped"));
    }
}

impl Connection {
    /// Speaks over a pair of pipes, as `--remote-debugging-pipe` does: `reader` is the browser's descriptor 4, `writer`
    /// its descriptor 3. Messages end with a NUL and may have any size. Must be called inside a tokio runtime.
    pub fn over_pipe(
        reader: impl AsyncRead + Unpin + Send + 'static,
        writer: impl AsyncWrite + Unpin + Send + 'static,
    ) -> Self {
        Self::start(|router, queue| async move {
            tokio::select! {
                reason = pipe::read(reader, &router) => reason,
                reason = pipe::write(writer, queue) => reason,
            }
        })
    }

    /// Speaks over a WebSocket to a browser elsewhere. `stream` is connected (and encrypted where `address` says
    /// `wss:`); `address` is the browser's `webSocketDebuggerUrl`. Frames may have any size; a ping goes out every 30 s,
    /// and a browser that leaves three without any sign of life counts as gone.
    ///
    /// # Errors
    /// [`Error::Disconnected`] when the handshake fails, [`Error::Timeout`] when `deadline` passes before it is done.
    pub async fn over_websocket(
        address: &str,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        deadline: Instant,
    ) -> Result<Self, Error> {
        let socket = timeout_at(deadline, websocket::connect(address, stream))
            .await
            .map_err(|_| Error::Timeout {
                method: "WebSocket handshake".into(),
            })??;
        Ok(Self::start(|router, queue| async move {
            websocket::run(socket, &router, queue).await
        }))
    }

    fn start<F: Future<Output = Error> + Send + 'static>(
        transport: impl FnOnce(Arc<Router>, mpsc::UnboundedReceiver<Queued>) -> F,
    ) -> Self {
        let (outgoing, queue) = Outgoing::new();
        let router = Arc::new(Router::new(outgoing));
        let run = transport(Arc::clone(&router), queue);
        let closing = Arc::clone(&router);
        let transport = tokio::spawn(async move { closing.close(run.await) });
        Self(Arc::new(Handle { router, transport }))
    }

    /// The session of the browser itself.
    #[must_use]
    pub fn root(&self) -> Session {
        Session::new(self.clone(), None)
    }

    /// A session that was attached in flat mode. It exists from `Target.attachedToTarget` to
    /// `Target.detachedFromTarget`; before and after, calls on it fail with [`Error::TargetClosed`].
    #[must_use]
    pub fn session(&self, id: &SessionId) -> Session {
        Session::new(self.clone(), Some(id.clone()))
    }

    /// Waits until the connection is gone and says why.
    pub async fn closed(&self) -> Error {
        self.0.router.closed().await
    }

    pub(crate) fn router(&self) -> &Arc<Router> {
        &self.0.router
    }
}
