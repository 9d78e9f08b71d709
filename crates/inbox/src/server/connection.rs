//! One connection, from greeting to goodbye.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;

use crate::authentication::is_public;
use crate::smtp::{Event, Session};
use crate::{DeliverError, Incoming, Verdict};

use super::clock::Clock;
use super::shared::Shared;

/// What is read at a time.
const PART: usize = 16 * 1024;

/// How long, and for how many bytes, a client is listened to after the last word. A socket closed with bytes unread
/// would take back what was just written.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES: usize = 1024 * 1024;

type Stream = Either<TcpStream, Box<TlsStream<TcpStream>>>;

/// How a connection came to its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum Gone {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("it took too long to read what it was answered, or to negotiate TLS")]
    TooSlow,
    #[error("it hung up")]
    HungUp,
}

/// Serves a client until one of the two has enough.
pub(super) async fn serve(
    shared: &Shared,
    socket: TcpStream,
    peer: SocketAddr,
) -> Result<(), Gone> {
    // A reply is small and waited for.
    socket.set_nodelay(true)?;
    let mut session = Session::new(shared.terms.clone(), peer);
    let mut clock = Clock::new(&shared.terms.limits);
    let mut stream = Either::Left(socket);
    let mut part = vec![0; PART];
    loop {
        write(&mut stream, &mut session, clock.patience()).await?;
        let read = tokio::select! {
            biased;
            () = shared.stopping.cancelled() => {
                session.end("421 4.3.2 The server is stopping");
                None
            }
            read = timeout_at(clock.deadline(), stream.read(&mut part)) => match read {
                Ok(read) => Some(read?),
                Err(_) => {
                    session.end("421 4.4.2 That took too long");
                    None
                }
            },
        };
        if read == Some(0) {
            return Err(Gone::HungUp);
        }
        let mut input = part.get(..read.unwrap_or_default()).unwrap_or_default();
        let mut answered = false;
        while let Some(event) = session.feed(&mut input) {
            answered = true;
            match event {
                Event::Recipient(address) => {
                    let verdict = timeout(
                        shared.terms.limits.delivery,
                        shared.delivery.recipient(&address),
                    );
                    session.recipient(verdict.await.unwrap_or(Verdict::TemporaryFailure));
                    // Hundreds of them may have come at once, and each takes its time.
                    if shared.stopping.is_cancelled() {
                        session.end("421 4.3.2 The server is stopping");
                    } else if clock.is_over() {
                        session.end("421 4.4.2 That took too long");
                    }
                }
                Event::Mail(mail) => session.delivered(&deliver(shared, *mail).await),
                Event::StartTls => {
                    write(&mut stream, &mut session, clock.patience()).await?;
                    stream = encrypt(shared, stream, clock.patience()).await?;
                    session.encrypted();
                }
                Event::Close => {
                    write(&mut stream, &mut session, clock.patience()).await?;
                    return linger(stream, &mut part).await;
                }
            }
        }
        answered |= session.has_replies();
        clock.read(read.unwrap_or_default(), answered, session.is_receiving());
    }
}

async fn write(stream: &mut Stream, session: &mut Session, until: Instant) -> Result<(), Gone> {
    let replies = session.replies();
    if replies.is_empty() {
        return Ok(());
    }
    let written = async {
        stream.write_all(&replies).await?;
        stream.flush().await
    };
    Ok(timeout_at(until, written)
        .await
        .map_err(|_| Gone::TooSlow)??)
}

async fn encrypt(shared: &Shared, stream: Stream, until: Instant) -> Result<Stream, Gone> {
    let (Either::Left(socket), Some(acceptor)) = (stream, &shared.tls) else {
        return Err(Gone::HungUp);
    };
    let encrypted = timeout_at(until, acceptor.accept(socket)).await;
    let encrypted = encrypted.map_err(|_| Gone::TooSlow)??;
    Ok(Either::Right(Box::new(encrypted)))
}

/// Finds out where a mail comes from, and hands it over.
async fn deliver(shared: &Shared, mut mail: Incoming) -> Result<(), DeliverError> {
    let limit = shared.terms.limits.delivery;
    if let Some(authenticate) = &shared.authenticate
        && is_public(mail.peer.ip())
    {
        mail.authentication = authenticate.authenticate(&mail).await;
    }
    let peer = mail.peer;
    let delivered = timeout(limit, shared.delivery.deliver(mail)).await;
    let result = delivered
        .unwrap_or_else(|_| Err(DeliverError::new(format!("it took longer than {limit:?}"))));
    if let Err(error) = &result {
        tracing::warn!(%peer, %error, "a mail was put off");
    }
    result
}

async fn linger(mut stream: Stream, part: &mut [u8]) -> Result<(), Gone> {
    let drain = async {
        // It says goodbye first, for which a client that does not read leaves no room.
        if stream.shutdown().await.is_err() {
            return;
        }
        let mut left = LINGER_BYTES;
        while left > 0 {
            match stream.read(part).await {
                Ok(0) | Err(_) => break,
                Ok(read) => left = left.saturating_sub(read),
            }
        }
    };
    // Over at the latest then; what is left is no more worth waiting for.
    let _ = timeout(LINGER, drain).await;
    Ok(())
}
