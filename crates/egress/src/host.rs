//! The host of a request, read as a browser reads it.

use std::fmt;
use std::net::IpAddr;

use crate::Error;

/// A host name or a literal address.
///
/// Reading follows the host parser of the WHATWG URL standard, so every spelling of an address (decimal, octal,
/// hexadecimal, short, percent-encoded, full-width, IPv4-mapped) becomes that one address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// In lower case, in ASCII form, without a trailing dot.
    Name(String),
    /// Never IPv4-mapped.
    Address(IpAddr),
}

impl Host {
    /// Reads a host as it stands in an URL or a `CONNECT` line; IPv6 addresses in brackets.
    ///
    /// # Errors
    /// [`Error::BadHost`] when it is neither.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let bad = || Error::BadHost {
            text: text.chars().take(300).collect(),
        };
        match url::Host::parse(text).map_err(|_| bad())? {
            url::Host::Ipv4(address) => Ok(Self::Address(IpAddr::V4(address))),
            url::Host::Ipv6(address) => Ok(Self::Address(IpAddr::V6(address).to_canonical())),
            url::Host::Domain(name) => {
                let name = name.strip_suffix('.').unwrap_or(&name);
                if name.is_empty() || name.len() > 253 || name.split('.').any(str::is_empty) {
                    return Err(bad());
                }
                Ok(Self::Name(name.to_owned()))
            }
        }
    }

    /// Whether this is `localhost` or a name under it (RFC 6761 section 6.3).
    #[must_use]
    pub fn is_localhost(&self) -> bool {
        matches!(self, Self::Name(name) if name_is_localhost(name))
    }
}

/// [`Host::is_localhost`] for a bare name.
pub(crate) fn name_is_localhost(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

/// As in an URL: IPv6 addresses in brackets.
impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Address(IpAddr::V4(address)) => address.fmt(f),
            Self::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Example.COM.", "example.com")]
    #[case("2130706433", "127.0.0.1")]
    #[case("0x7f.1", "127.0.0.1")]
    #[case("0177.0.0.01", "127.0.0.1")]
    #[case("127.1.", "127.0.0.1")]
    #[case("%31%32%37.0.0.1", "127.0.0.1")]
    #[case("１２７.0.0.1", "127.0.0.1")]
    #[case("[::ffff:a9fe:a9fe]", "169.254.169.254")]
    #[case("[0:0::1]", "[::1]")]
    #[case("bücher.example", "xn--bcher-kva.example")]
    #[case("my_host", "my_host")]
    fn reads(#[case] text: &str, #[case] shown: &str) {
        assert_eq!(Host::parse(text).unwrap().to_string(), shown);
    }

    #[rstest]
    #[case("")]
    #[case(".")]
    #[case("a..b")]
    #[case("a b")]
    #[case("a/b")]
    #[case("::1")]
    #[case("[::1")]
    #[case("[fe80::1%eth0]")]
    #[case("256.1.1.1")]
    #[case("1.2.3.4.5")]
    fn refuses(#[case] text: &str) {
        assert!(matches!(Host::parse(text), Err(Error::BadHost { .. })));
    }
}
