//! Accepting connections and serving them, until the server stops.

use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

/// Serves `router` until `stopping`, then waits until the requests under way are answered.
///
/// A client that does not send the head of its next request within `patience`, or none at all, is let go: otherwise a few
/// of them could hold every descriptor that there is.
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
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    // Small answers go out at once.
                    if let Err(error) = stream.set_nodelay(true) {
                        tracing::debug!(%error, "a connection will be slower");
                    }
                    let router = router.clone();
                    let service = service_fn(move |mut request: Request<Incoming>| {
                        request.extensions_mut().insert(ConnectInfo(peer));
                        router.clone().oneshot(request)
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
                    tracing::warn!(%error, "a connection could not be accepted");
                    // Most likely no descriptors are left; nothing tells when there are some again.
                    tokio::time::sleep(Duration::from_millis(50)).await;
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
