//! Connections that carry bytes which the door does not read.

use std::io;

use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::sync::PoisonError;
use tokio::time::Instant;

use crate::answer::{self, Body};
use crate::client::Client;
use crate::count::Counted;
use crate::policy::{Rules, Stream};
use crate::{Error, Host};

/// Buffers of one tunnel, towards the destination and towards the browser.
const BUFFERS: (usize, usize) = (8 * 1024, 32 * 1024);

/// What a browser's connection becomes after an answer that switches protocols.
pub(crate) struct Switch {
    pub(crate) near: OnUpgrade,
    pub(crate) far: Far,
}

/// The destination's end of a tunnel.
pub(crate) enum Far {
    Stream(Box<dyn Stream>),
    /// A plain connection that switches protocols too.
    Upgrade(OnUpgrade),
}

/// Opens a tunnel (RFC 9110 section 9.3.6).
pub(crate) async fn open(
    client: &Client,
    rules: &Rules,
    host: &Host,
    port: u16,
    request: Request<Incoming>,
) -> Result<Response<Body>, Error> {
    let deadline = Instant::now() + client.shared.connect_timeout;
    let stream = rules.connect(host, port, deadline).await?;
    let far = Far::Stream(Box::new(Counted::new(stream, client.shared.totals.clone())));
    let near = hyper::upgrade::on(request);
    *client.switch.lock().unwrap_or_else(PoisonError::into_inner) = Some(Switch { near, far });
    Ok(answer::tunnel_open())
}

/// Carries bytes both ways until both ends are done or one fails.
pub(crate) async fn run(switch: Switch) -> io::Result<()> {
    let mut near = TokioIo::new(switch.near.await.map_err(io::Error::other)?);
    let mut far: Box<dyn Stream> = match switch.far {
        Far::Stream(stream) => stream,
        Far::Upgrade(upgrade) => Box::new(TokioIo::new(upgrade.await.map_err(io::Error::other)?)),
    };
    tokio::io::copy_bidirectional_with_sizes(&mut near, &mut far, BUFFERS.0, BUFFERS.1).await?;
    Ok(())
}
