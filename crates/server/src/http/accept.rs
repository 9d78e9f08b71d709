//! Accepting connections and serving them, until the server stops.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use super::patient::Patient;

/// How long after a failure the next connection is tried.
const AGAIN: Duration = Duration::from_millis(50);

/// Failures come many a second; they are told of once in this time.
const TOLD: Duration = Duration::from_secs(5);

/// Serves `router` until `stopping`, then waits until the requests under way are answered.
///
/// A client that does not send the head of its next request within `patience`, or none at all, or that takes nothing of an
/// answer for as long, is let go: otherwise a few of them could hold every descriptor that there is.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    patience: Duration,
    stopping: CancellationToken,
) {
    let mut server = http1::Builder::new();
    server
        .timer(TokioTimer::new())
        .header_read_timeout(patience);
    let connections = TaskTracker::new();
    let accept = async {
        let mut failures = Failures::default();
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    // Small answers go out at once.
                    if let Err(error) = stream.set_nodelay(true) {
                        tracing::debug!(%error, "a connection will be slower");
                    }
                    let (stream, unbounded) = Patient::new(stream, patience);
                    let router = router.clone();
                    let service = service_fn(move |mut request: Request<Incoming>| {
                        request.extensions_mut().insert(ConnectInfo(peer));
                        let answer = router.clone().oneshot(request);
                        let unbounded = unbounded.clone();
                        async move {
                            let answer = answer.await?;
                            if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
                                unbounded.set();
                            }
                            Ok::<_, Infallible>(answer)
                        }
                    });
                    let connection = server.serve_connection(TokioIo::new(stream), service);
                    let stopping = stopping.clone();
                    connections.spawn(async move {
                        let mut connection = pin!(connection.with_upgrades());
                        let ended = tokio::select! {
                            ended = connection.as_mut() => ended,
                            () = stopping.cancelled() => {
                                connection.as_mut().graceful_shutdown();
                                connection.await
                            }
                        };
                        if let Err(error) = ended {
                            tracing::debug!(%error, %peer, "a client's connection ended early");
                        }
                    });
                }
                Err(error) => {
                    failures.note(&error);
                    // Most likely no descriptors are left; nothing tells when there are some again.
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
    };
    tokio::select! {
        biased;
        () = stopping.cancelled() => {}
        () = accept => {}
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// Connections that could not be accepted.
#[derive(Default)]
struct Failures {
    /// Since it was told of them.
    count: u32,
    told: Option<Instant>,
}

impl Failures {
    /// Counts one, and tells how many there were unless that was told a moment ago.
    fn note(&mut self, error: &io::Error) {
        self.count += 1;
        if self.told.is_some_and(|told| told.elapsed() < TOLD) {
            return;
        }
        tracing::warn!(%error, times = self.count, "connections could not be accepted");
        *self = Self {
            count: 0,
            told: Some(Instant::now()),
        };
    }
}
