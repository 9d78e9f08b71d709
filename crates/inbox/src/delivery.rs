//! Where mails go: the port that the receiver's user implements.

use std::error::Error;
use std::net::SocketAddr;

use async_trait::async_trait;
use bytes::Bytes;

use crate::{Address, Authentication};

/// Who takes the mails.
///
/// Both calls may be made for many connections at once. Both are given up after
/// [`Limits::delivery`](crate::Limits::delivery): the future is dropped and the sender told to try again later.
#[async_trait]
pub trait Delivery: Send + Sync {
    /// May a mail for this address come in? Asked for each recipient, before any content is taken.
    async fn recipient(&self, address: &Address) -> Verdict;

    /// Keeps a mail. The sender is told that it is ours (and forgets it) once this has returned `Ok`, so return it only
    /// when the mail would survive a crash.
    ///
    /// A sender that does not hear the answer sends the mail again: the same mail may come twice.
    ///
    /// # Errors
    /// When it could not be kept. The sender is told to try again later; the reason goes into the log.
    async fn deliver(&self, mail: Incoming) -> Result<(), DeliverError>;
}

/// The answer to a recipient's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Mails for it are taken.
    Accept,
    /// There is no such mailbox: 550 5.1.1.
    UnknownUser,
    /// There is one, but it takes no more: 452 4.2.2, so that the sender tries again later.
    MailboxFull,
    /// It cannot be said now: 451 4.3.0.
    TemporaryFailure,
}

/// Why a mail could not be kept.
#[derive(Debug, thiserror::Error)]
#[error("the mail could not be kept: {0}")]
pub struct DeliverError(#[source] Box<dyn Error + Send + Sync>);

impl DeliverError {
    /// For the given reason, an error or a text.
    pub fn new(reason: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(reason.into())
    }
}

/// A mail as it came in.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// Who connected.
    pub peer: SocketAddr,
    /// The name that the peer gave itself in EHLO or HELO. It is printable and at most 255 bytes long, and proves nothing.
    pub helo: String,
    /// Whether it came through TLS.
    pub tls: bool,
    /// The envelope's sender; none for notices that must not be answered (`<>`, RFC 5321, 4.5.5).
    pub sender: Option<Address>,
    /// The accepted recipients, in the order of the envelope, each once.
    pub recipients: Vec<Address>,
    /// Headers and body, lines ending in CR LF, the dots of the transport taken out. Nothing is added.
    pub raw: Bytes,
    /// What is known about where it comes from.
    pub authentication: Authentication,
}
