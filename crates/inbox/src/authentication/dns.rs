//! Checking by the DNS.

use std::net::SocketAddr;
use std::time::Duration;

use async_trait::async_trait;
use mail_auth::dmarc::verify::DmarcParameters;
use mail_auth::hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts,
};
use mail_auth::hickory_resolver::system_conf::read_system_conf;
use mail_auth::spf::verify::SpfParameters;
use mail_auth::{AuthenticatedMessage, DkimResult, DmarcResult, MessageAuthenticator, SpfResult};
use tokio::time::timeout;

use crate::Incoming;

use super::{Authenticate, Authentication, Outcome};

/// Signatures that are looked at, as RFC 6376, 6.1 allows to bound them: each costs a question and a calculation.
const MOST_SIGNATURES: usize = 10;

/// Headers that are gone through, in bytes; each signature goes through them again.
const MOST_HEADERS: usize = 64 * 1024;

/// Checks SPF, DKIM and DMARC by asking the DNS.
///
/// A mechanism in an SPF record that nobody knows is passed over by the library that reads it; RFC 7208, 4.6 would have
/// it an error ([`Outcome::PermError`]).
pub struct DnsChecks {
    resolver: MessageAuthenticator,
    limit: Duration,
}

/// Why no name server can be asked.
#[derive(Debug, thiserror::Error)]
#[error("no name server can be asked: {0}")]
pub struct DnsError(#[source] mail_auth::hickory_resolver::net::NetError);

impl DnsChecks {
    /// Asks the name servers of the system (`/etc/resolv.conf`). A mail's checks take `limit` at most, all together.
    ///
    /// # Errors
    /// When the system names none.
    pub fn system(limit: Duration) -> Result<Self, DnsError> {
        let (config, options) = read_system_conf().map_err(DnsError)?;
        Self::new(config, options, limit)
    }

    /// Asks the given name servers, in this order. A mail's checks take `limit` at most, all together.
    ///
    /// # Errors
    /// When the resolver cannot be set up.
    pub fn with_servers(servers: &[SocketAddr], limit: Duration) -> Result<Self, DnsError> {
        let servers = servers.iter().map(|server| {
            let connections =
                [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
                    connection.port = server.port();
                    connection
                });
            NameServerConfig::new(server.ip(), true, connections.into())
        });
        let config = ResolverConfig::from_name_servers(servers.collect());
        Self::new(config, ResolverOpts::default(), limit)
    }

    fn new(
        config: ResolverConfig,
        options: ResolverOpts,
        limit: Duration,
    ) -> Result<Self, DnsError> {
        let resolver = MessageAuthenticator::new(config, options).map_err(DnsError)?;
        Ok(Self { resolver, limit })
    }

    async fn check(&self, mail: &Incoming, found: &mut Authentication) {
        let sender = mail.sender.as_ref().map(ToString::to_string);
        let peer = mail.peer.ip().to_canonical();
        let spf = self
            .resolver
            .verify_spf(match &sender {
                Some(sender) => {
                    SpfParameters::verify_mail_from(peer, &mail.helo, &mail.helo, sender)
                }
                None => SpfParameters::verify_ehlo(peer, &mail.helo, &mail.helo),
            })
            .await;
        found.spf = spf.result().into();

        let mut message = match headers(&mail.raw) {
            Some(size) if size <= MOST_HEADERS => match AuthenticatedMessage::parse(&mail.raw) {
                Some(message) => message,
                None => {
                    (found.dkim, found.dmarc) = (Outcome::None, Outcome::None);
                    return;
                }
            },
            _ => {
                (found.dkim, found.dmarc) = (Outcome::PermError, Outcome::PermError);
                return;
            }
        };
        message.dkim_headers.truncate(MOST_SIGNATURES);
        let dkim = self.resolver.verify_dkim(&message).await;
        found.dkim = best(dkim.iter().map(|output| output.result().into()));
        for output in &dkim {
            if let (DkimResult::Pass, Some(signature)) = (output.result(), output.signature())
                && !found.dkim_domains.contains(&signature.d)
            {
                found.dkim_domains.push(signature.d.clone());
            }
        }

        let domain = mail
            .sender
            .as_ref()
            .map_or(mail.helo.as_str(), |sender| sender.domain());
        let parameters = DmarcParameters::new(&message, &dkim, domain, &spf);
        found.dmarc = self.resolver.verify_dmarc(parameters).await.result().into();
    }
}

#[async_trait]
impl Authenticate for DnsChecks {
    async fn authenticate(&self, mail: &Incoming) -> Authentication {
        let mut found = Authentication {
            spf: Outcome::TempError,
            dkim: Outcome::TempError,
            dmarc: Outcome::TempError,
            dkim_domains: Vec::new(),
        };
        if timeout(self.limit, self.check(mail, &mut found))
            .await
            .is_err()
        {
            tracing::debug!(peer = %mail.peer, "looking up a mail's origin took too long");
        }
        found
    }
}

/// The size of the headers in bytes; none if nothing ends them.
fn headers(raw: &[u8]) -> Option<usize> {
    memchr::memmem::find(raw, b"\r\n\r\n")
}

/// The best of several outcomes: one good signature is enough (RFC 6376, 6.1).
fn best(outcomes: impl Iterator<Item = Outcome>) -> Outcome {
    let rank = |outcome: &Outcome| match outcome {
        Outcome::Pass => 0,
        Outcome::TempError => 1,
        Outcome::Fail | Outcome::SoftFail => 2,
        Outcome::PermError => 3,
        Outcome::Neutral => 4,
        Outcome::None | Outcome::Unchecked => 5,
    };
    outcomes.min_by_key(rank).unwrap_or(Outcome::None)
}

impl From<SpfResult> for Outcome {
    fn from(result: SpfResult) -> Self {
        match result {
            SpfResult::Pass => Self::Pass,
            SpfResult::Fail => Self::Fail,
            SpfResult::SoftFail => Self::SoftFail,
            SpfResult::Neutral => Self::Neutral,
            SpfResult::None => Self::None,
            SpfResult::TempError => Self::TempError,
            SpfResult::PermError => Self::PermError,
        }
    }
}

impl From<&DkimResult> for Outcome {
    fn from(result: &DkimResult) -> Self {
        match result {
            DkimResult::Pass => Self::Pass,
            // The library says neutral where the body does not fit the signature; RFC 8601, 2.7.1 says fail.
            DkimResult::Neutral(mail_auth::Error::Dkim(
                mail_auth::dkim::DkimError::FailedBodyHashMatch,
            ))
            | DkimResult::Fail(_) => Self::Fail,
            DkimResult::Neutral(_) => Self::Neutral,
            DkimResult::None => Self::None,
            DkimResult::TempError(_) => Self::TempError,
            DkimResult::PermError(_) => Self::PermError,
        }
    }
}

impl From<DmarcResult> for Outcome {
    fn from(result: DmarcResult) -> Self {
        match result {
            DmarcResult::Pass => Self::Pass,
            DmarcResult::Fail(_) => Self::Fail,
            DmarcResult::None => Self::None,
            DmarcResult::TempError(_) => Self::TempError,
            DmarcResult::PermError(_) => Self::PermError,
        }
    }
}
