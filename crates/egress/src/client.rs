//! One connection of the browser.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;

use crate::answer::{self, Body};
use crate::count::{Counted, Totals};
use crate::door::Shared;
use crate::forward::{self, Link};
use crate::tunnel::{self, Switch};
use crate::{Class, Denial, Error, Host};

/// The largest request head.
const MAX_HEAD: usize = 256 * 1024;
const MAX_HEADERS: usize = 256;
/// How long a connection may wait for its next request; longer than Chromium keeps one.
const NEXT_REQUEST: Duration = Duration::from_secs(6 * 60);

/// A connection of the browser and what is kept for its next request.
pub(crate) struct Client {
    pub(crate) shared: Arc<Shared>,
    /// The connection of the last plain request. Browsers keep a connection of their own to the proxy for each site,
    /// so one is enough, and it is stale exactly when theirs is.
    pub(crate) link: Mutex<Option<Link>>,
    /// What this connection becomes after the answer that is being given.
    pub(crate) switch: Mutex<Option<Switch>>,
}

/// Serves one connection of the browser to its end.
pub(crate) async fn serve(shared: Arc<Shared>, socket: TcpStream) {
    let moved = Totals::default();
    let io = TokioIo::new(Counted::new(socket, moved.clone()));
    let idle_timeout = shared.idle_timeout;
    let client = Arc::new(Client {
        shared,
        link: Mutex::default(),
        switch: Mutex::default(),
    });
    let work = async {
        let service = service_fn(|request| {
            let client = Arc::clone(&client);
            async move { client.answer(request).await }
        });
        let served = http1::Builder::new()
            .auto_date_header(false)
            .preserve_header_case(true)
            .max_buf_size(MAX_HEAD)
            .max_headers(MAX_HEADERS)
            .timer(TokioTimer::new())
            .header_read_timeout(NEXT_REQUEST)
            .serve_connection(io, service)
            .with_upgrades()
            .await;
        if let Err(error) = served {
            tracing::debug!(%error, "a browser's connection ended early");
        }
        let switch = client
            .switch
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(switch) = switch
            && let Err(error) = tunnel::run(switch).await
        {
            tracing::debug!(%error, "a tunnel ended early");
        }
    };
    tokio::select! {
        () = work => {}
        () = idle(&moved, idle_timeout) => tracing::debug!("an idle connection was ended"),
    }
}

/// Returns when nothing has moved for at least `limit`.
async fn idle(moved: &Totals, limit: Duration) {
    let mut before = moved.sum();
    loop {
        tokio::time::sleep(limit).await;
        let now = moved.sum();
        if now == before {
            return;
        }
        before = now;
    }
}

impl Client {
    /// Answers one request. The error means that the connection is to be closed without an answer, as the
    /// destination did: the browser then does what it would have done without a proxy.
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, Error> {
        let Some((host, port)) = destination(&request) else {
            return Ok(answer::not_for_a_proxy());
        };
        let host = match Host::parse(host) {
            Ok(host) => host,
            Err(error) => return Ok(answer::of_error(&error)),
        };
        let result = match self.shared.rules() {
            None => Err(Denial {
                host: host.clone(),
                port,
                address: None,
                class: Class::Unassigned,
            }
            .into()),
            Some(rules) if request.method() == Method::CONNECT => {
                tunnel::open(self, &rules, &host, port, request).await
            }
            Some(rules) => forward::forward(self, rules, &host, port, request).await,
        };
        result.or_else(|error| {
            tracing::debug!(%error, "a destination was not reached");
            self.shared.failures.add(host, port, error.clone());
            match error {
                Error::BadAnswer { .. } => Err(error),
                error => Ok(answer::of_error(&error)),
            }
        })
    }
}

/// Host and port as written, of a request that is one for a proxy (RFC 9112 sections 3.2.2 and 3.2.3).
fn destination<B>(request: &Request<B>) -> Option<(&str, u16)> {
    let uri = request.uri();
    let host = uri.host()?;
    let port = if request.method() == Method::CONNECT {
        uri.port_u16()?
    } else if uri.scheme_str() == Some("http") {
        match uri.port() {
            Some(port) => port.as_u16(),
            None => 80,
        }
    } else {
        return None;
    };
    (port != 0).then_some((host, port))
}
