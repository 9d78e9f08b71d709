//! Who may be reached: the one place that decides.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::{
    AllowList, Class, Denial, Error, Host, OwnPorts, Resolver, classify, metadata, vendor,
};

/// How long one address is waited for before the next is tried beside it (RFC 8305 section 5).
const STAGGER: Duration = Duration::from_millis(250);
/// More addresses than this of one name are not tried.
const MAX_ADDRESSES: usize = 16;

/// Decides about destinations and connects to those that are open.
///
/// A name is resolved once, every answer is classified, and the very addresses that passed are dialled, so a name
/// that changes its answer between check and use gains nothing. Of a mixed answer the refused addresses are left
/// out; where none remains, the destination is refused.
///
/// The doors use it for pages; use it as well for the server's own requests on somebody's behalf.
#[derive(Clone, Debug)]
pub struct Guard {
    allow: AllowList,
    own: OwnPorts,
    resolver: Resolver,
}

impl Guard {
    /// A guard that opens what is public and what `allow` lists, except `own`.
    #[must_use]
    pub fn new(allow: AllowList, own: OwnPorts, resolver: Resolver) -> Self {
        Self {
            allow,
            own,
            resolver,
        }
    }

    /// The addresses of `host` that may be dialled, never none.
    ///
    /// # Errors
    /// [`Error::Refused`] or [`Error::Unresolved`]; at `deadline` at the latest.
    pub async fn resolve(
        &self,
        host: &Host,
        port: u16,
        deadline: Instant,
    ) -> Result<Vec<SocketAddr>, Error> {
        let named = self.check_name(host, port)?;
        let addresses = match host {
            Host::Address(address) => [*address].into(),
            Host::Name(name) => self.resolver.addresses(name, deadline).await?,
        };
        let mut open = Vec::with_capacity(addresses.len());
        let mut refused = None;
        for &address in addresses.iter() {
            match self.refuses(address, port, named) {
                None => open.push(SocketAddr::new(address, port)),
                Some(class) => {
                    refused.get_or_insert((address, class));
                }
            }
        }
        match refused {
            Some((address, class)) if open.is_empty() => {
                let address = matches!(host, Host::Name(_)).then_some(address);
                Err(Denial {
                    host: host.clone(),
                    port,
                    address,
                    class,
                }
                .into())
            }
            _ => {
                open.truncate(MAX_ADDRESSES);
                Ok(open)
            }
        }
    }

    /// Decides about a destination that somebody else will resolve. Literal addresses are judged as ever; names are
    /// refused where only a local network could know them (single labels, `localhost`, `.local`, `.internal` and the
    /// like) unless the allow-list names them. What other names resolve to over there is not known here.
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub fn check_unresolved(&self, host: &Host, port: u16) -> Result<(), Error> {
        let named = self.check_name(host, port)?;
        let class = match host {
            Host::Address(address) => self.refuses(*address, port, named),
            Host::Name(name) => {
                // Where the upstream is on this machine, its localhost is ours.
                let own = host.is_localhost()
                    && self.own.contain(std::net::Ipv4Addr::LOCALHOST.into(), port);
                if own {
                    Some(Class::OwnPort)
                } else {
                    (!named && is_local_name(name)).then_some(Class::LocalName)
                }
            }
        };
        match class {
            Some(class) => Err(Denial {
                host: host.clone(),
                port,
                address: None,
                class,
            }
            .into()),
            None => Ok(()),
        }
    }

    /// Connects to the first address of `host` that answers. `TCP_NODELAY` is set.
    ///
    /// # Errors
    /// As [`Guard::resolve`], and [`Error::Unreachable`] or [`Error::TimedOut`].
    pub async fn connect(
        &self,
        host: &Host,
        port: u16,
        deadline: Instant,
    ) -> Result<TcpStream, Error> {
        let start = Instant::now();
        let addresses = self.resolve(host, port, deadline).await?;
        let failed = |error: io::Error| Error::Unreachable {
            host: host.clone(),
            port,
            kind: error.kind(),
            reason: error.to_string(),
        };
        match tokio::time::timeout_at(deadline, dial(&addresses)).await {
            Ok(Ok(stream)) => {
                stream.set_nodelay(true).map_err(failed)?;
                Ok(stream)
            }
            Ok(Err(error)) => Err(failed(error)),
            Err(_) => Err(Error::TimedOut {
                host: host.clone(),
                port,
                waited: start.elapsed(),
            }),
        }
    }

    /// What the host as written says already. Answers whether the allow-list names it.
    fn check_name(&self, host: &Host, port: u16) -> Result<bool, Error> {
        let named = self.allow.covers_host(host, port);
        let class = match host {
            Host::Name(name) if metadata::is_name(name) => Class::Metadata,
            Host::Name(name) if !named && vendor::is_name(name) => Class::Vendor,
            _ => return Ok(named),
        };
        Err(Denial {
            host: host.clone(),
            port,
            address: None,
            class,
        }
        .into())
    }

    /// The class for which an address is refused, if it is. `named`: the allow-list names the host.
    fn refuses(&self, address: IpAddr, port: u16, named: bool) -> Option<Class> {
        let class = classify(address);
        if class == Class::Metadata {
            return Some(class);
        }
        if self.own.contain(address, port) {
            return Some(Class::OwnPort);
        }
        let open = class == Class::Global || named || self.allow.covers_address(address, port);
        (!open).then_some(class)
    }
}

/// Names that the public domain system does not hold (RFC 6761, RFC 6762, RFC 8375, and what networks use inside).
fn is_local_name(name: &str) -> bool {
    const SUFFIXES: &[&str] = &[
        "corp",
        "home",
        "home.arpa",
        "internal",
        "intranet",
        "lan",
        "local",
        "localdomain",
        "localhost",
        "private",
    ];
    !name.contains('.')
        || SUFFIXES.iter().any(|suffix| {
            name.strip_suffix(suffix)
                .is_some_and(|rest| rest.ends_with('.'))
        })
}

/// Tries the addresses in order, each a moment after the one before, or as soon as that has failed.
async fn dial(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let mut waiting = addresses.iter();
    let mut under_way = FuturesUnordered::new();
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    loop {
        if let Some(address) = waiting.next() {
            under_way.push(TcpStream::connect(*address));
        }
        if under_way.is_empty() {
            return Err(last);
        }
        let more = waiting.len() > 0;
        tokio::select! {
            Some(result) = under_way.next() => match result {
                Ok(stream) => return Ok(stream),
                Err(error) => last = error,
            },
            () = tokio::time::sleep(STAGGER), if more => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use tokio::net::TcpListener;

    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(5)
    }

    fn answering(answers: &'static [&'static str]) -> Resolver {
        Resolver::new(move |_| Ok(answers.iter().map(|a| a.parse().unwrap()).collect()))
    }

    async fn decide(answers: &'static [&'static str], allow: &str) -> Result<Vec<String>, Class> {
        let guard = Guard::new(
            allow.parse().unwrap(),
            OwnPorts::default(),
            answering(answers),
        );
        let host = Host::parse("site.test").unwrap();
        match guard.resolve(&host, 80, soon()).await {
            Ok(open) => Ok(open.iter().map(|a| a.ip().to_string()).collect()),
            Err(Error::Refused(denial)) => Err(denial.class),
            Err(other) => panic!("{other}"),
        }
    }

    #[tokio::test]
    async fn every_answer_is_judged() {
        assert_eq!(
            decide(&["1.1.1.1", "10.0.0.1"], "").await,
            Ok(vec!["1.1.1.1".into()])
        );
        assert_eq!(
            decide(&["10.0.0.1", "127.0.0.1"], "").await,
            Err(Class::Private)
        );
        assert_eq!(
            decide(&["10.0.0.1"], "site.test").await,
            Ok(vec!["10.0.0.1".into()])
        );
        assert_eq!(
            decide(&["10.0.0.1"], "10.0.0.0/8").await,
            Ok(vec!["10.0.0.1".into()])
        );
        assert_eq!(
            decide(&["10.0.0.1"], "site.test:81").await,
            Err(Class::Private)
        );
        assert_eq!(
            decide(&["169.254.169.254"], "site.test,0.0.0.0/0").await,
            Err(Class::Metadata)
        );
        assert_eq!(
            decide(&["::ffff:127.0.0.1"], "").await,
            Err(Class::Loopback)
        );
    }

    #[rstest]
    #[case("example.com", None)]
    #[case("8.8.8.8", None)]
    #[case("127.0.0.1", Some(Class::Loopback))]
    #[case("[::ffff:10.0.0.1]", Some(Class::Private))]
    #[case("localhost", Some(Class::LocalName))]
    #[case("intranet", Some(Class::LocalName))]
    #[case("db.internal", Some(Class::LocalName))]
    #[case("metadata.google.internal.", Some(Class::Metadata))]
    #[case("update.googleapis.com", Some(Class::Vendor))]
    #[case("www.google.com", None)]
    fn unresolved_names(#[case] host: &str, #[case] expected: Option<Class>) {
        let guard = Guard::new(AllowList::default(), OwnPorts::default(), answering(&[]));
        let class = match guard.check_unresolved(&Host::parse(host).unwrap(), 80) {
            Ok(()) => None,
            Err(Error::Refused(denial)) => Some(denial.class),
            Err(other) => panic!("{other}"),
        };
        assert_eq!(class, expected);
    }

    #[tokio::test]
    async fn a_dead_address_gives_way_to_the_next() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let guard = Guard::new(
            "localhost".parse().unwrap(),
            OwnPorts::default(),
            answering(&["127.0.0.9", "127.0.0.1"]),
        );
        let stream = guard
            .connect(&Host::parse("two.test").unwrap(), port, soon())
            .await
            .unwrap();
        assert_eq!(stream.peer_addr().unwrap().ip().to_string(), "127.0.0.1");
        assert!(stream.nodelay().unwrap());
        drop(listener);
        let error = guard
            .connect(&Host::parse("two.test").unwrap(), port, soon())
            .await
            .unwrap_err();
        assert_eq!(error.net_error(), "net::ERR_CONNECTION_REFUSED");
    }

    #[tokio::test]
    async fn an_own_port_is_closed_even_where_loopback_is_open() {
        let own = OwnPorts::default();
        let _held = own.hold(4000);
        let guard = Guard::new(
            "localhost,0.0.0.0/0".parse().unwrap(),
            own,
            answering(&["127.0.0.1"]),
        );
        for host in [
            "localhost",
            "127.0.0.1",
            "127.3.3.3",
            "[::1]",
            "0.0.0.0",
            "any.test",
        ] {
            let host = Host::parse(host).unwrap();
            let error = guard.resolve(&host, 4000, soon()).await.unwrap_err();
            assert!(
                matches!(
                    error,
                    Error::Refused(Denial {
                        class: Class::OwnPort,
                        ..
                    })
                ),
                "{error}"
            );
        }
        assert!(
            guard
                .resolve(&Host::parse("localhost").unwrap(), 4001, soon())
                .await
                .is_ok()
        );
    }
}
