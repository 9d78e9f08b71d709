//! Why a destination was not reached.

use std::net::IpAddr;
use std::time::Duration;
use std::{fmt, io};

use crate::{Class, Host};

/// A refusal by policy: what was asked for, what it turned out to be, and what would allow it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// The host as the browser asked for it.
    pub host: Host,
    /// The port that was asked for.
    pub port: u16,
    /// The address that decided, where the host was a name that had been resolved.
    pub address: Option<IpAddr>,
    /// What kind of destination that is.
    pub class: Class,
}

impl Denial {
    /// The switch that would open the destination; `None` where nothing does.
    #[must_use]
    pub fn switch(&self) -> Option<String> {
        self.class
            .can_be_allowed()
            .then(|| format!("--allow-hosts {}", self.host))
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} is refused: ", self.host, self.port)?;
        match self.address {
            Some(address) => write!(f, "it resolves to {address}, a {}", self.class)?,
            None => write!(f, "it is a {}", self.class)?,
        }
        match self.switch() {
            Some(switch) => write!(f, "; the operator can allow it with {switch}"),
            None => f.write_str("; no switch allows it"),
        }
    }
}

impl std::error::Error for Denial {}

/// Why a destination was not reached.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// Refused by policy, before anything was dialled.
    #[error(transparent)]
    Refused(#[from] Denial),
    /// Neither a host name nor an address.
    #[error("{text:?} is neither a host name nor an address")]
    BadHost {
        /// What was given (at most 300 characters of it).
        text: String,
    },
    /// The name has no address.
    #[error("{name} could not be resolved: {reason}")]
    Unresolved {
        /// The name.
        name: String,
        /// The resolver's words.
        reason: String,
    },
    /// No address of the host took the connection.
    #[error("{host}:{port} cannot be connected to: {reason}")]
    Unreachable {
        /// The host.
        host: Host,
        /// The port.
        port: u16,
        /// The kind of the last address's failure.
        kind: io::ErrorKind,
        /// The last address's failure in words.
        reason: String,
    },
    /// Resolving and connecting took too long.
    #[error("{host}:{port} did not take the connection within {} s", waited.as_secs())]
    TimedOut {
        /// The host.
        host: Host,
        /// The port.
        port: u16,
        /// How long was waited.
        waited: Duration,
    },
    /// The destination accepted the connection and then broke the protocol or closed it.
    #[error("{host}:{port} gave no valid answer: {reason}")]
    BadAnswer {
        /// The host.
        host: Host,
        /// The port.
        port: u16,
        /// What happened.
        reason: String,
    },
    /// The upstream proxy was not reached, or did not do what was asked of it.
    #[error("the upstream proxy {proxy} failed: {reason}")]
    Upstream {
        /// Scheme, host and port of the proxy, without credentials.
        proxy: String,
        /// What happened.
        reason: String,
    },
}

impl Error {
    /// The code that Chromium itself would have given for this failure without a proxy.
    #[must_use]
    pub fn net_error(&self) -> &'static str {
        match self {
            Self::Refused(_) => "net::ERR_ADDRESS_UNREACHABLE",
            Self::BadHost { .. } => "net::ERR_INVALID_URL",
            Self::Unresolved { .. } => "net::ERR_NAME_NOT_RESOLVED",
            Self::TimedOut { .. } => "net::ERR_CONNECTION_TIMED_OUT",
            Self::Unreachable { kind, .. } => match kind {
                io::ErrorKind::ConnectionRefused => "net::ERR_CONNECTION_REFUSED",
                io::ErrorKind::ConnectionReset => "net::ERR_CONNECTION_RESET",
                io::ErrorKind::TimedOut => "net::ERR_CONNECTION_TIMED_OUT",
                _ => "net::ERR_ADDRESS_UNREACHABLE",
            },
            Self::BadAnswer { .. } => "net::ERR_EMPTY_RESPONSE",
            Self::Upstream { .. } => "net::ERR_PROXY_CONNECTION_FAILED",
        }
    }
}
