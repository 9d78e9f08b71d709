//! A server and its life.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::DropGuard;

use crate::Delivery;

use super::Options;
use super::listen::listen;
use super::shared::Shared;

/// A receiver that has its port and serves nobody yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    options: Options,
}

/// A receiver at work. Dropping it ends everything without waiting for it.
pub struct Handle {
    address: SocketAddr,
    shared: Arc<Shared>,
    _end: DropGuard,
}

impl Server {
    /// Takes the port.
    ///
    /// # Errors
    /// When it cannot be had: another program has it, or it is below 1024 and this user may not take those.
    pub async fn bind(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind(options.listen).await?;
        Ok(Self { listener, options })
    }

    /// The address that it listens on.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Begins to receive, in tasks of its own.
    ///
    /// # Errors
    /// When the system does not say which port it is.
    pub fn start(self, delivery: Arc<dyn Delivery>) -> io::Result<Handle> {
        let address = self.listener.local_addr()?;
        let shared = Shared::new(self.options, delivery);
        shared
            .tasks
            .spawn(listen(self.listener, Arc::clone(&shared)));
        Ok(Handle {
            address,
            _end: shared.stopping.clone().drop_guard(),
            shared,
        })
    }
}

impl Handle {
    /// The address that it listens on.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more connections, tells every client that it is over, and waits until nothing is left.
    ///
    /// A mail that is being delivered is delivered, and its sender told, so this takes as long as
    /// [`Delivery::deliver`] does, at most [`Limits::delivery`](crate::Limits::delivery), and a moment more. Doing it
    /// twice is harmless.
    pub async fn stop(&self) {
        self.shared.stopping.cancel();
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
