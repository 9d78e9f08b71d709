//! How a server is started.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use crate::{Authenticate, Limits, Tls};

/// How a server is started.
#[derive(Clone)]
pub struct Options {
    /// Where to listen. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// The host's name in the DNS, as the server greets with it.
    pub hostname: String,
    /// The bounds.
    pub limits: Limits,
    /// The certificate for STARTTLS; without one it is not offered.
    pub tls: Option<Tls>,
    /// Who looks up where mails come from. Nobody unless it is set: it needs the DNS. It is not asked about peers whose
    /// address is not globally reachable, since the DNS says nothing about those.
    pub authenticate: Option<Arc<dyn Authenticate>>,
}

/// On port 25 of 127.0.0.1, as `localhost`, without TLS.
impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 25)),
            hostname: "localhost".to_owned(),
            limits: Limits::default(),
            tls: None,
            authenticate: None,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("listen", &self.listen)
            .field("hostname", &self.hostname)
            .field("limits", &self.limits)
            .field("tls", &self.tls.is_some())
            .field("authenticate", &self.authenticate.is_some())
            .finish()
    }
}
