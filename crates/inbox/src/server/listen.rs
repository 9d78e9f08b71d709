//! Accepting connections until the server stops.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};

use super::admission::Full;
use super::connection;
use super::shared::Shared;

/// Accepts connections until the server stops, each with a task of its own.
pub(super) async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    let accept = async {
        loop {
            match listener.accept().await {
                Ok((socket, peer)) => match shared.admission.enter(peer.ip()) {
                    Ok(guest) => {
                        let shared_too = Arc::clone(&shared);
                        shared.tasks.spawn(async move {
                            let _guest = guest;
                            if let Err(reason) = connection::serve(&shared_too, socket, peer).await {
                                tracing::debug!(%peer, %reason, "a mail client's connection ended early");
                            }
                        });
                    }
                    Err(full) => turn_away(&socket, full),
                },
                Err(error) => {
                    tracing::warn!(%error, "a mail client's connection could not be accepted");
                    // Most likely no descriptors are left; nothing tells when there are some again.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    };
    tokio::select! {
        biased;
        () = shared.stopping.cancelled() => {}
        () = accept => {}
    }
}

/// Says why, if that needs no waiting: a client that is one too many gets no task.
fn turn_away(socket: &TcpStream, full: Full) {
    let reply = match full {
        Full::House => &b"421 4.3.2 Too many connections, try again later\r\n"[..],
        Full::Client => {
            &b"421 4.7.0 Too many connections from your address, try again later\r\n"[..]
        }
    };
    if let Err(error) = socket.try_write(reply) {
        tracing::trace!(%error, "a client was turned away without a word");
    }
}
