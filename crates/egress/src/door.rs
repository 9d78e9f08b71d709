//! The listener and its life.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, SetOnce};
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::count::Totals;
use crate::failures::Failures;
use crate::own_ports::OwnPort;
use crate::policy::Rules;
use crate::{Error, Host, OwnPorts, Policy, Resolver, Traffic, client, peer};

/// How a door is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// The server's own ports. The door adds its own for as long as it is open, so give every door the same set.
    pub own_ports: OwnPorts,
    /// How names are resolved; the door forks it.
    pub resolver: Resolver,
    /// How long resolving and connecting may take together.
    pub connect_timeout: Duration,
    /// After one to two of these without a byte in either direction, a connection of the browser is ended.
    pub idle_timeout: Duration,
    /// Connections of the browser at a time; further ones wait in the listener's queue.
    pub max_connections: usize,
}

/// 10 s to connect, 30 minutes idle, 512 connections.
impl Default for Options {
    fn default() -> Self {
        Self {
            own_ports: OwnPorts::default(),
            resolver: Resolver::default(),
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(30 * 60),
            max_connections: 512,
        }
    }
}

/// An open door: a forward proxy for one browser. Dropping it ends everything that goes through it.
#[derive(Debug)]
pub struct Door {
    port: u16,
    shared: Arc<Shared>,
    own_ports: OwnPorts,
    resolver: Resolver,
    _own_port: OwnPort,
    _end: DropGuard,
}

/// Who may use a door.
#[derive(Clone, Copy, Debug)]
enum Admitted {
    /// Every user of this machine.
    Everybody,
    /// One user.
    Only(u32),
}

/// What all connections of a door have in common.
#[derive(Debug)]
pub(crate) struct Shared {
    rules: RwLock<Option<Arc<Rules>>>,
    pub(crate) totals: Totals,
    pub(crate) failures: Failures,
    pub(crate) connect_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) tasks: TaskTracker,
    /// Who may use it, once that is known.
    admitted: SetOnce<Admitted>,
    end: CancellationToken,
}

impl Shared {
    /// The policy in force, if the browser has been handed out.
    pub(crate) fn rules(&self) -> Option<Arc<Rules>> {
        self.rules
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Door {
    /// Opens a door on a free port of 127.0.0.1. Until [`Door::assign`] it refuses everything.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn open(options: Options) -> io::Result<Self> {
        Self::open_at(0, options).await
    }

    /// As [`Door::open`], on that port: for a browser whose fence knows the port of a door that was closed.
    ///
    /// # Errors
    /// When somebody has taken the port.
    pub async fn open_at(port: u16, options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let port = listener.local_addr()?.port();
        let own_port = options.own_ports.hold(port);
        let end = CancellationToken::new();
        let shared = Arc::new(Shared {
            rules: RwLock::new(None),
            totals: Totals::default(),
            failures: Failures::default(),
            connect_timeout: options.connect_timeout,
            idle_timeout: options.idle_timeout,
            tasks: TaskTracker::new(),
            admitted: SetOnce::new(),
            end: end.clone(),
        });
        shared.tasks.spawn(listen(
            listener,
            Arc::clone(&shared),
            options.max_connections,
        ));
        Ok(Self {
            port,
            shared,
            own_ports: options.own_ports,
            resolver: options.resolver.fork(),
            _own_port: own_port,
            _end: end.drop_guard(),
        })
    }

    /// The port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Says who may use the door: the user that the browser runs as, or everybody on this machine when `None`. Until
    /// then connections wait, because a browser's user is known only after it was told the door's port. The first call
    /// counts. Connections of others are closed without an answer.
    pub fn admit(&self, only_uid: Option<u32>) {
        let admitted = only_uid.map_or(Admitted::Everybody, Admitted::Only);
        if self.shared.admitted.set(admitted).is_err() {
            tracing::debug!("who may use a door was said before");
        }
    }

    /// Puts a policy in force for every request from now on. Tunnels that are open stay open.
    pub fn assign(&self, policy: Policy) {
        let rules = Rules::new(policy, self.own_ports.clone(), self.resolver.clone());
        *self
            .shared
            .rules
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(rules));
    }

    /// What has gone through so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.shared.totals.traffic()
    }

    /// Why `host` was not reached, if that happened at `since` or later. Chromium reports only that the tunnel
    /// failed; this names host, class and switch of a refusal, or the true network error.
    #[must_use]
    pub fn failure(&self, host: &Host, port: u16, since: Instant) -> Option<Error> {
        self.shared.failures.last(host, port, since)
    }

    /// Ends everything that goes through the door and waits until nothing of it is left. The port is closed then.
    /// Doing it twice is harmless.
    pub async fn close(&self) {
        self.shared.end.cancel();
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }
}

/// Accepts connections until the end.
async fn listen(listener: TcpListener, shared: Arc<Shared>, max_connections: usize) {
    let places = Arc::new(Semaphore::new(max_connections));
    let accept = async {
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else {
                return;
            };
            match listener.accept().await {
                Ok((socket, peer)) => {
                    let shared_too = Arc::clone(&shared);
                    shared.tasks.spawn(async move {
                        let _place = place;
                        tokio::select! {
                            biased;
                            () = shared_too.end.cancelled() => {}
                            () = admit(&shared_too, socket, peer) => {}
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection of a browser could not be accepted");
                    // Most likely no descriptors are left; nothing tells when there are some again.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    };
    tokio::select! {
        biased;
        () = shared.end.cancelled() => {}
        () = accept => {}
    }
}

/// Serves a connection if it comes from the right user.
async fn admit(shared: &Arc<Shared>, socket: TcpStream, peer: SocketAddr) {
    if let Admitted::Only(wanted) = *shared.admitted.wait().await {
        match socket.local_addr().and_then(|local| peer::uid(local, peer)) {
            Ok(uid) if uid == wanted => {}
            Ok(uid) => {
                tracing::warn!(uid, wanted, "a user tried to go through a browser's door");
                return;
            }
            Err(error) => {
                tracing::debug!(%error, "a connection whose user is unknown was closed");
                return;
            }
        }
    }
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%error, "a connection was gone before it began");
        return;
    }
    client::serve(Arc::clone(shared), socket).await;
}
