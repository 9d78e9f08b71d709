//! Connections: past the guard, then TLS.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use guise_egress::{Guard, Host};
use http::Uri;
use hyper::rt::ReadBufCursor;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

/// How long connecting may take, looking the name up and TLS included.
const CONNECT: Duration = Duration::from_secs(10);

/// Anything that carries bytes both ways.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Connects to what the guard leaves open.
#[derive(Clone)]
pub(crate) struct Connector {
    guard: Guard,
    tls: TlsConnector,
}

/// A connection to a site.
pub(crate) struct Link(TokioIo<Box<dyn Stream>>);

impl Connector {
    /// A connector that trusts the authorities that the system trusts.
    pub(crate) fn new(guard: Guard) -> Result<Self, rustls::Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_platform_verifier()?
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            guard,
            tls: TlsConnector::from(Arc::new(config)),
        })
    }

    async fn connect(self, uri: Uri) -> Result<Link, guise_egress::Error> {
        let deadline = Instant::now() + CONNECT;
        let text = uri.host().unwrap_or_default();
        let host = Host::parse(text)?;
        let encrypted = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if encrypted { 443 } else { 80 });
        let stream = self.guard.connect(&host, port, deadline).await?;
        if !encrypted {
            return Ok(Link(TokioIo::new(Box::new(stream))));
        }
        let bad = |reason: String| guise_egress::Error::BadAnswer {
            host: host.clone(),
            port,
            reason,
        };
        let name = ServerName::try_from(text.trim_matches(['[', ']']).to_owned())
            .map_err(|_| bad("its host has no name that a certificate could be for".to_owned()))?;
        match timeout_at(deadline, self.tls.connect(name, stream)).await {
            Ok(Ok(stream)) => Ok(Link(TokioIo::new(Box::new(stream)))),
            Ok(Err(error)) => Err(bad(error.to_string())),
            Err(_) => Err(guise_egress::Error::TimedOut {
                host: host.clone(),
                port,
                waited: CONNECT,
            }),
        }
    }
}

impl tower::Service<Uri> for Connector {
    type Response = Link;
    type Error = guise_egress::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Link, guise_egress::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        Box::pin(self.clone().connect(uri))
    }
}

impl Connection for Link {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl hyper::rt::Read for Link {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl hyper::rt::Write for Link {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
