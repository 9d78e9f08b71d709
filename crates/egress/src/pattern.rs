//! One entry of a list of hosts: a name, names under one, an address or a network, each with an optional port.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::IpNet;

use crate::host::name_is_localhost;
use crate::{Host, metadata};

/// An entry of a host list that says nothing usable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{entry:?} cannot stand in a list of hosts: {reason}")]
pub struct InvalidEntry {
    /// The entry as it was written.
    pub entry: String,
    /// What is wrong with it, and what would be right.
    pub reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    what: What,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    /// `localhost` and every loopback address.
    Loopback,
    /// Exactly this name.
    Name(String),
    /// Every name that ends in a dot and this one.
    Under(String),
    Network(IpNet),
}

impl Pattern {
    /// Whether the pattern names `name` (lower case, no trailing dot).
    pub(crate) fn names(&self, name: &str, port: u16) -> bool {
        self.has_port(port)
            && match &self.what {
                What::Loopback => name_is_localhost(name),
                What::Name(own) => own == name,
                What::Under(parent) => name
                    .strip_suffix(parent.as_str())
                    .is_some_and(|rest| rest.ends_with('.')),
                What::Network(_) => false,
            }
    }

    /// Whether the pattern holds the canonical `address`.
    pub(crate) fn holds(&self, address: IpAddr, port: u16) -> bool {
        self.has_port(port)
            && match &self.what {
                What::Loopback => address.is_loopback(),
                What::Network(network) => network.contains(&address),
                What::Name(_) | What::Under(_) => false,
            }
    }

    fn has_port(&self, port: u16) -> bool {
        self.port.is_none_or(|own| own == port)
    }
}

impl FromStr for Pattern {
    type Err = InvalidEntry;

    fn from_str(entry: &str) -> Result<Self, InvalidEntry> {
        let invalid = |reason| InvalidEntry {
            entry: entry.to_owned(),
            reason,
        };
        if entry.contains("://") {
            return Err(invalid("write the host alone, without a scheme"));
        }
        let (host, port) = split_port(entry).map_err(invalid)?;
        let what = what(host).map_err(invalid)?;
        Ok(Self { what, port })
    }
}

/// Splits `host:port`, `[v6]:port`, `net/len:port` and the same without a port; a bare IPv6 address or network has none.
fn split_port(entry: &str) -> Result<(&str, Option<u16>), &'static str> {
    const PORT: &str = "the port must be a number from 1 to 65535";
    let port = |text: &str| match text.parse::<u16>() {
        Ok(0) | Err(_) => Err(PORT),
        Ok(port) => Ok(Some(port)),
    };
    if let Some(rest) = entry.strip_prefix('[') {
        let (inner, after) = rest.split_once(']').ok_or("the bracket is not closed")?;
        if inner.parse::<Ipv6Addr>().is_err() && inner.parse::<ipnet::Ipv6Net>().is_err() {
            return Err("brackets hold an IPv6 address or network");
        }
        return match after.strip_prefix(':') {
            Some(text) => Ok((inner, port(text)?)),
            None if after.is_empty() => Ok((inner, None)),
            None => Err("after the bracket only a colon and a port may follow"),
        };
    }
    match entry.split_once(':') {
        Some((host, text)) if !text.contains(':') => Ok((host, port(text)?)),
        _ => Ok((entry, None)),
    }
}

fn what(host: &str) -> Result<What, &'static str> {
    const METADATA: &str = "cloud metadata services are never allowed";
    if host.contains('/') {
        let network = host.parse::<IpNet>().map_err(
            |_| "write a network as address/length, for example 10.0.0.0/8, and a host without a path",
        )?;
        return single_or_network(network);
    }
    if let Ok(address) = host.parse::<IpAddr>() {
        return match address.to_canonical() {
            IpAddr::V4(Ipv4Addr::LOCALHOST) | IpAddr::V6(Ipv6Addr::LOCALHOST) => Ok(What::Loopback),
            address => single_or_network(IpNet::from(address)),
        };
    }
    let (parent, name) = match host.strip_prefix("*.") {
        Some(rest) => (true, rest),
        None => (false, host),
    };
    if name.contains('*') {
        return Err(
            "a star may only stand alone before the first dot, as in *.example.com; \
                    to allow everything write 0.0.0.0/0,::/0",
        );
    }
    match Host::parse(name) {
        Ok(host) if host.is_localhost() => Ok(What::Loopback),
        Ok(Host::Name(name)) if metadata::is_name(&name) && !parent => Err(METADATA),
        Ok(Host::Name(name)) if parent => Ok(What::Under(name)),
        Ok(Host::Name(name)) => Ok(What::Name(name)),
        Ok(Host::Address(_)) => Err("write the address in its usual form, for example 127.0.0.1"),
        Err(_) => Err("write a host name, an address or a network"),
    }
}

fn single_or_network(network: IpNet) -> Result<What, &'static str> {
    if network.prefix_len() == network.max_prefix_len() && metadata::is_address(network.addr()) {
        return Err("cloud metadata services are never allowed");
    }
    Ok(What::Network(network.trunc()))
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.port;
        match &self.what {
            What::Loopback => f.write_str("localhost")?,
            What::Name(name) => f.write_str(name)?,
            What::Under(name) => write!(f, "*.{name}")?,
            What::Network(IpNet::V6(network)) if port.is_some() => write!(f, "[{network}]")?,
            What::Network(network) => network.fmt(f)?,
        }
        match port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}
