//! What a door may do for the session it serves.

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::upstream::Scheme;
use crate::{AllowList, Error, Guard, Host, OwnPorts, Resolver, Upstream};

/// What a door may do for the session it serves.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Destinations that are open although they are not public.
    pub allow: AllowList,
    /// The proxy through which everything goes that its bypass list does not name; `None` goes out directly.
    ///
    /// The proxy's own address is subject to the same rules as a page's. Names are resolved by the proxy, see
    /// [`Guard::check_unresolved`].
    pub upstream: Option<Upstream>,
}

/// A policy in force.
#[derive(Debug)]
pub(crate) struct Rules {
    guard: Guard,
    upstream: Option<Upstream>,
}

/// Anything that carries bytes both ways.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl Rules {
    pub(crate) fn new(policy: Policy, own: OwnPorts, resolver: Resolver) -> Self {
        Self {
            guard: Guard::new(policy.allow, own, resolver),
            upstream: policy.upstream,
        }
    }

    /// A connection whose far end is `host` itself.
    pub(crate) async fn connect(
        &self,
        host: &Host,
        port: u16,
        deadline: Instant,
    ) -> Result<Box<dyn Stream>, Error> {
        let Some(upstream) = self.upstream_for(host, port) else {
            return Ok(Box::new(self.guard.connect(host, port, deadline).await?));
        };
        self.guard.check_unresolved(host, port)?;
        let stream = self.to_upstream(upstream, deadline).await?;
        upstream.tunnel(stream, host, port, deadline).await
    }

    /// A connection to an HTTP proxy that takes absolute-form requests for `host`, if plain requests go to one.
    pub(crate) async fn connect_to_relay(
        &self,
        host: &Host,
        port: u16,
        deadline: Instant,
    ) -> Result<Option<TcpStream>, Error> {
        match self.relay_for(host, port) {
            None => Ok(None),
            Some(upstream) => {
                self.guard.check_unresolved(host, port)?;
                self.to_upstream(upstream, deadline).await.map(Some)
            }
        }
    }

    /// The HTTP proxy that plain requests for `host` are handed to.
    pub(crate) fn relay_for(&self, host: &Host, port: u16) -> Option<&Upstream> {
        self.upstream_for(host, port)
            .filter(|upstream| upstream.scheme() == Scheme::Http)
    }

    fn upstream_for(&self, host: &Host, port: u16) -> Option<&Upstream> {
        self.upstream
            .as_ref()
            .filter(|upstream| !upstream.bypasses(host, port))
    }

    async fn to_upstream(
        &self,
        upstream: &Upstream,
        deadline: Instant,
    ) -> Result<TcpStream, Error> {
        let (host, port) = upstream.address();
        let connected = self.guard.connect(host, port, deadline).await;
        connected.map_err(|error| upstream.failed(error.to_string()))
    }
}
