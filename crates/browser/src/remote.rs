//! A browser of somebody else's, reached by its address: a context of its own in it, and a connection.
//!
//! The address comes from a caller, so it is reached as pages reach the network: through the guard that classifies every answer
//! and dials the address that passed.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use guise_cdp::protocol::browser::GetVersion;
use guise_cdp::protocol::target;
use guise_cdp::{BrowserContextId, Connection};
use guise_core::ports::EndReason;
use guise_core::{Error, Kind, Remote, Result, Traffic};
use guise_egress::{Guard, Host as Destination};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::BuilderVerifierExt as _;
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::host::{Host, Parts, Settings, told};
use crate::{ChromiumBrowser, attach};

/// What a browser says of itself over HTTP may be so long, in bytes.
const MOST_SAID: usize = 64 * 1024;

/// What closing the session's context may take.
const CLOSE: Duration = Duration::from_secs(3);

/// A stream to a browser, encrypted or not.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// The session's part of a browser elsewhere.
struct Elsewhere {
    connection: Connection,
    context: BrowserContextId,
    /// Cancelled once somebody asked for its end.
    asked: CancellationToken,
}

/// Connects to a browser and makes a context with a page in it, or finds the one that is there.
///
/// # Errors
/// Kind `Browser` when it cannot be reached, is none, or has lost the context; `Timeout` at `deadline`.
pub(crate) async fn open(
    remote: &Remote,
    guard: &Guard,
    settings: Settings,
    deadline: Instant,
) -> Result<(Arc<ChromiumBrowser>, String)> {
    let url = Url::parse(remote.address.expose()).map_err(|_| unreachable("it is no address"))?;
    let url = socket_address(url, guard, deadline).await?;
    let stream = connect(&url, guard, deadline).await?;
    let connection = Connection::over_websocket(url.as_str(), stream, deadline)
        .await
        .map_err(failed)?;
    let root = connection.root();
    let version = root.call(&GetVersion {}, deadline).await.map_err(failed)?;
    let version = told(version);
    let context = match &remote.context {
        Some(context) => BrowserContextId::from(context.as_str()),
        // It goes on when the connection ends, so that it can be found again.
        None => {
            let create = target::CreateBrowserContext::default();
            let made = root.call(&create, deadline).await.map_err(failed)?;
            made.browser_context_id
        }
    };
    let host = Arc::new(Elsewhere {
        connection: connection.clone(),
        context: context.clone(),
        asked: CancellationToken::new(),
    });
    let attached = async {
        let target = attach::page_of(&connection, Some(&context), deadline);
        let parts = Parts {
            target: target.await.map_err(failed)?,
            context: Some(context.clone()),
            version,
            downloads: None,
            uploads: None,
            owner: None,
            host: Arc::clone(&host) as Arc<dyn Host>,
            root: connection.root(),
            shared: false,
            connection: connection.clone(),
        };
        ChromiumBrowser::attach(parts, settings, deadline).await
    };
    match attached.await {
        Ok(browser) => {
            // What was done there before is not known.
            let known = remote.context.is_none();
            let board = &browser.core.board;
            board.change_quietly(|state| state.scripted = !known);
            Ok((browser, context.as_str().to_owned()))
        }
        Err(error) => {
            // Nobody else knows of a context that was made just now.
            if remote.context.is_none() {
                host.end(Instant::now() + CLOSE).await;
            }
            Err(error)
        }
    }
}

#[derive(Deserialize)]
struct Said {
    #[serde(rename = "webSocketDebuggerUrl")]
    socket: String,
}

/// The WebSocket of a browser. An HTTP address is asked for it; whatever host it names, the one that was asked is the browser's.
async fn socket_address(mut url: Url, guard: &Guard, deadline: Instant) -> Result<Url> {
    let scheme = match url.scheme() {
        "http" => "ws",
        "https" => "wss",
        _ => return Ok(url),
    };
    let stream = connect(&url, guard, deadline).await?;
    let ask = ask(&url, stream);
    let said = timeout_at(deadline, ask).await.map_err(|_| {
        Error::new(
            Kind::Timeout,
            "The browser at cdp_url did not answer in time",
        )
    })??;
    let said: Said = serde_json::from_slice(&said)
        .map_err(|_| unreachable("its /json/version names no webSocketDebuggerUrl"))?;
    let socket = Url::parse(&said.socket)
        .map_err(|_| unreachable("its webSocketDebuggerUrl is no address"))?;
    url.set_path(socket.path());
    url.set_query(socket.query().or(url.query()).map(str::to_owned).as_deref());
    url.set_scheme(scheme)
        .map_err(|()| unreachable("its address cannot be used"))?;
    Ok(url)
}

/// Asks a browser what it is.
async fn ask(url: &Url, stream: Box<dyn Stream>) -> Result<Vec<u8>> {
    let said = |what: &dyn std::fmt::Display| unreachable(&what.to_string());
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| said(&error))?;
    let path = format!("{}/json/version", url.path().trim_end_matches('/'));
    let path = match url.query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    };
    let host = match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (host, _) => host.unwrap_or_default().to_owned(),
    };
    let request = hyper::Request::get(path)
        .header(hyper::header::HOST, host)
        .header(hyper::header::CONNECTION, "close")
        .body(Empty::<bytes::Bytes>::new())
        .map_err(|error| said(&error))?;
    let answer = async {
        let answer = sender
            .send_request(request)
            .await
            .map_err(|error| said(&error))?;
        if !answer.status().is_success() {
            return Err(said(&format!("/json/version answers {}", answer.status())));
        }
        let body = Limited::new(answer.into_body(), MOST_SAID).collect().await;
        Ok(body.map_err(|error| said(&error))?.to_bytes().to_vec())
    };
    // It ends with the answer, which asked for that.
    let (_, answer) = tokio::join!(connection, answer);
    answer
}

/// A stream to the host of an address.
async fn connect(url: &Url, guard: &Guard, deadline: Instant) -> Result<Box<dyn Stream>> {
    let host = url.host_str().unwrap_or_default();
    let destination = Destination::parse(host).map_err(|error| unreachable(&error.to_string()))?;
    let encrypted = matches!(url.scheme(), "wss" | "https");
    let port = url.port().unwrap_or(if encrypted { 443 } else { 80 });
    let stream = guard.connect(&destination, port, deadline).await;
    let stream = stream.map_err(|error| unreachable(&error.to_string()))?;
    if !encrypted {
        return Ok(Box::new(stream));
    }
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
        .map_err(|_| unreachable("its host has no name that a certificate could be for"))?;
    let shaken = timeout_at(deadline, tls()?.connect(name, stream)).await;
    let shaken = shaken.map_err(|_| {
        Error::new(
            Kind::Timeout,
            "The browser at cdp_url did not answer in time",
        )
    })?;
    Ok(Box::new(
        shaken.map_err(|error| unreachable(&error.to_string()))?,
    ))
}

fn tls() -> Result<TlsConnector> {
    let broken = |error: rustls::Error| Error::internal("preparing TLS", error);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(broken)?;
    let config = builder
        .with_platform_verifier()
        .map_err(broken)?
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Says why a browser cannot be reached, without its address, which authorises.
fn unreachable(why: &str) -> Error {
    Error::browser(format!("The browser at cdp_url cannot be reached: {why}"))
}

fn failed(error: guise_cdp::Error) -> Error {
    Error::browser(format!(
        "The browser at cdp_url does not do as a browser does: {error}"
    ))
    .with_source(error)
}

#[async_trait]
impl Host for Elsewhere {
    async fn exited(&self) -> EndReason {
        // Whatever else ends it shows in the connection.
        self.asked.cancelled().await;
        EndReason::Asked
    }

    async fn end(&self, deadline: Instant) {
        self.asked.cancel();
        let dispose = target::DisposeBrowserContext {
            browser_context_id: self.context.clone(),
        };
        let deadline = deadline.min(Instant::now() + CLOSE);
        if let Err(error) = self.connection.root().call(&dispose, deadline).await {
            tracing::warn!(%error, "what a session had in a browser elsewhere could not be closed");
        }
    }

    fn traffic(&self) -> Traffic {
        // It does not go through this server.
        Traffic::default()
    }

    fn failure(&self, _: &Url, _: Instant) -> Option<String> {
        None
    }
}
