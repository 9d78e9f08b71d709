//! What all sessions of a server have in common.

use crate::Limits;

use super::Memory;

/// What all sessions of a server have in common.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The name that the server greets with: the host's name in the DNS.
    pub hostname: String,
    /// Whether STARTTLS is offered.
    pub tls: bool,
    /// The bounds; of them, the session itself keeps those that need no clock.
    pub limits: Limits,
    /// The memory for mails.
    pub memory: Memory,
}
