//! Asking the server that runs beside this command.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use axum::body::Body;
use axum::http::{Request, header};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::config::Settings;

/// A passphrase takes a moment.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer is a line of text or nothing.
const LONGEST: usize = 64 * 1024;

/// Posts a JSON text to the server at `listen` on this machine.
///
/// # Errors
/// When no server answers there, or it refuses: with its reason.
pub(super) async fn post(
    settings: &Settings,
    path: &str,
    token: Option<&str>,
    body: String,
) -> Result<()> {
    let address = reachable(settings.listen);
    tokio::time::timeout(PATIENCE, exchange(address, path, token, body))
        .await
        .with_context(|| format!("the server at {address} does not answer within {PATIENCE:?}"))?
}

/// A server that listens on all addresses is reached by loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => (Ipv4Addr::LOCALHOST, listen.port()).into(),
        IpAddr::V6(ip) if ip.is_unspecified() => (Ipv4Addr::LOCALHOST, listen.port()).into(),
        _ => listen,
    }
}

async fn exchange(
    address: SocketAddr,
    path: &str,
    token: Option<&str>,
    body: String,
) -> Result<()> {
    let stream = TcpStream::connect(address).await.with_context(|| {
        format!("no server answers on {address}: name its address with --listen")
    })?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let mut request = Request::post(path)
        .header(header::HOST, address.to_string())
        .header(header::CONTENT_TYPE, "application/json");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let answer = sender.send_request(request.body(Body::from(body))?).await?;
    let status = answer.status();
    let answer = axum::body::to_bytes(Body::new(answer.into_body()), LONGEST).await?;
    drop(sender);
    // It ends by itself, now that nobody asks any more.
    connection.await??;
    if status.is_success() {
        return Ok(());
    }
    let said: serde_json::Value = serde_json::from_slice(&answer).unwrap_or_default();
    match said["message"].as_str() {
        Some(message) => bail!("the server refuses: {message}"),
        None => {
            bail!("the server answers with status {status}: is it Guise that listens on {address}?")
        }
    }
}
