//! The bounds of the receiver.

use std::time::Duration;

/// What one server, client, connection or mail may take up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A mail's largest size in bytes, as in RFC 1870.
    pub mail_bytes: usize,
    /// Bytes of mails that are being received or delivered, over all connections. Beyond it mails are put off (452).
    pub memory_bytes: usize,
    /// Recipients of one mail. Further ones are put off (452), and the sender sends them another copy.
    pub recipients: usize,
    /// Mails on one connection. Then it is closed (421), and the sender connects again.
    pub mails_per_connection: usize,
    /// Connections at a time from one client: one IPv4 address, or one IPv6 network of 64 bits.
    pub connections_per_client: usize,
    /// Connections at a time in all.
    pub connections: usize,
    /// The longest command in bytes, its CR LF included. RFC 5321, 4.5.3.1.4 asks for 512 and for more with extensions.
    pub line_bytes: usize,
    /// Refused commands and recipients on one connection. Then it is closed (421).
    pub errors: usize,
    /// Commands that lead to nothing (NOOP, RSET, EHLO, VRFY, HELP) between two mails. Then the connection is closed.
    pub idle_commands: usize,
    /// How long a connection may last.
    pub session: Duration,
    /// How long a client may take until its next command is there, its next piece of a mail comes, it has read what it
    /// was answered, or TLS is negotiated.
    ///
    /// RFC 5321, 4.5.3.2.7 would have 5 minutes for a command; here few connections serve all senders.
    pub patience: Duration,
    /// Bytes per second that a mail must come with, on average, after its first [`Limits::patience`].
    pub slowest_mail: u32,
    /// How long [`Delivery`](crate::Delivery) may take for an answer. Senders wait 10 minutes (RFC 5321, 4.5.3.2.6).
    pub delivery: Duration,
}

/// 25 MiB, 50 recipients, 100 mails on a connection, 10 connections from a client, 200 in all, 10 minutes each.
impl Default for Limits {
    fn default() -> Self {
        Self {
            mail_bytes: 25 * 1024 * 1024,
            memory_bytes: 256 * 1024 * 1024,
            recipients: 50,
            mails_per_connection: 100,
            connections_per_client: 10,
            connections: 200,
            line_bytes: 4096,
            errors: 10,
            idle_commands: 100,
            session: Duration::from_secs(10 * 60),
            patience: Duration::from_secs(30),
            slowest_mail: 100,
            delivery: Duration::from_secs(60),
        }
    }
}
