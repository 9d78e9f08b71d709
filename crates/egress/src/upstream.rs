//! Proxies behind the door.

mod tunnel;

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hyper::header::HeaderValue;
use percent_encoding::percent_decode_str;

use crate::pattern::{InvalidEntry, Pattern};
use crate::{Error, Host};

/// How an upstream proxy is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Http,
    Socks5,
}

/// A proxy behind the door, with credentials that appear in no log and no `Debug` text.
#[derive(Clone)]
pub struct Upstream {
    scheme: Scheme,
    host: Host,
    port: u16,
    credentials: Option<Credentials>,
    bypass: Vec<Bypass>,
}

#[derive(Clone)]
struct Credentials {
    username: String,
    password: String,
}

#[derive(Clone, Debug)]
enum Bypass {
    /// `<local>`: names without a dot.
    Local,
    Pattern(Pattern),
}

/// A description of an upstream proxy that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUpstream {
    /// The server's address is not of a usable form. It is not repeated here, for it may hold credentials.
    #[error("the proxy server {reason}; write http://HOST:PORT or socks5://HOST:PORT")]
    Server {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The credentials cannot be sent.
    #[error("the proxy credentials {reason}")]
    Credentials {
        /// What is wrong with them.
        reason: &'static str,
    },
    /// The bypass list cannot be read.
    #[error(transparent)]
    Bypass(#[from] InvalidEntry),
}

impl Upstream {
    /// Reads a proxy's description as the Notte API and Playwright take it.
    ///
    /// `server` is `http://HOST:PORT`, `socks5://HOST:PORT` (`socks5h` is the same: names are always resolved over
    /// there) or `HOST:PORT`, which is HTTP; a missing port is 80 or 1080. Credentials may stand in it,
    /// percent-encoded, or in `username` and `password`, which come first. `bypass` lists destinations that go out
    /// directly, between commas or semicolons, written as in [`crate::AllowList`], with `.NAME` for `*.NAME` and
    /// `<local>` for all names without a dot.
    ///
    /// # Errors
    /// [`InvalidUpstream`], never repeating a credential.
    pub fn parse(
        server: &str,
        username: Option<&str>,
        password: Option<&str>,
        bypass: Option<&str>,
    ) -> Result<Self, InvalidUpstream> {
        let (scheme, rest) = match server.trim().split_once("://") {
            None => (Scheme::Http, server.trim()),
            Some((scheme, rest)) => match scheme.to_ascii_lowercase().as_str() {
                "http" => (Scheme::Http, rest),
                "socks5" | "socks5h" | "socks" => (Scheme::Socks5, rest),
                "https" => {
                    return Err(invalid(
                        "must not be an https:// one: a TLS connection to the proxy is not supported",
                    ));
                }
                _ => return Err(invalid("has a scheme other than http and socks5")),
            },
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (userinfo, address) = match rest.rsplit_once('@') {
            Some((userinfo, address)) => (Some(userinfo), address),
            None => (None, rest),
        };
        if address.contains(['/', '?', '#']) {
            return Err(invalid("has a path"));
        }
        let (host, port) = split_address(address, scheme)?;
        let credentials = match (username, userinfo) {
            (Some(username), _) => {
                Some((username.to_owned(), password.unwrap_or_default().to_owned()))
            }
            (None, Some(userinfo)) => Some(decode(userinfo)?),
            (None, None) if password.is_some_and(|password| !password.is_empty()) => {
                return Err(InvalidUpstream::Credentials {
                    reason: "have a password but no user name",
                });
            }
            (None, None) => None,
        };
        let credentials = credentials
            .filter(|(username, password)| !username.is_empty() || !password.is_empty())
            .map(|(username, password)| Credentials { username, password });
        if let Some(credentials) = &credentials {
            credentials.check(scheme)?;
        }
        let bypass = bypass
            .unwrap_or_default()
            .split([',', ';'])
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
            .map(Bypass::parse)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            scheme,
            host,
            port,
            credentials,
            bypass,
        })
    }

    pub(crate) fn scheme(&self) -> Scheme {
        self.scheme
    }

    pub(crate) fn address(&self) -> (&Host, u16) {
        (&self.host, self.port)
    }

    /// Whether `host` is to be reached directly.
    pub(crate) fn bypasses(&self, host: &Host, port: u16) -> bool {
        self.bypass.iter().any(|bypass| match (bypass, host) {
            (Bypass::Local, Host::Name(name)) => !name.contains('.'),
            (Bypass::Local, Host::Address(_)) => false,
            (Bypass::Pattern(pattern), Host::Name(name)) => pattern.names(name, port),
            (Bypass::Pattern(pattern), Host::Address(address)) => pattern.holds(*address, port),
        })
    }

    /// The value of `Proxy-Authorization` (RFC 7617), if there are credentials.
    pub(crate) fn authorization(&self) -> Option<HeaderValue> {
        let Credentials { username, password } = self.credentials.as_ref()?;
        let encoded = BASE64_STANDARD.encode(format!("{username}:{password}"));
        let mut value = HeaderValue::try_from(format!("Basic {encoded}")).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// The error of this proxy.
    pub(crate) fn failed(&self, reason: String) -> Error {
        Error::Upstream {
            proxy: self.to_string(),
            reason,
        }
    }
}

impl Credentials {
    fn check(&self, scheme: Scheme) -> Result<(), InvalidUpstream> {
        let invalid = |reason| Err(InvalidUpstream::Credentials { reason });
        let Self { username, password } = self;
        match scheme {
            // RFC 7617 section 2.
            Scheme::Http if username.contains(':') => {
                invalid("have a colon in the user name, which HTTP cannot send")
            }
            // RFC 1929 section 2.
            Scheme::Socks5
                if !(1..=255).contains(&username.len()) || !(1..=255).contains(&password.len()) =>
            {
                invalid("must each have 1 to 255 bytes for SOCKS5")
            }
            _ => Ok(()),
        }
    }
}

impl Bypass {
    fn parse(entry: &str) -> Result<Self, InvalidEntry> {
        if entry.eq_ignore_ascii_case("<local>") {
            return Ok(Self::Local);
        }
        match entry.strip_prefix('.') {
            Some(parent) => format!("*.{parent}").parse(),
            None => entry.parse(),
        }
        .map(Self::Pattern)
    }
}

fn invalid(reason: &'static str) -> InvalidUpstream {
    InvalidUpstream::Server { reason }
}

fn split_address(address: &str, scheme: Scheme) -> Result<(Host, u16), InvalidUpstream> {
    let default = match scheme {
        Scheme::Http => 80,
        Scheme::Socks5 => 1080,
    };
    let (host, port) = match address.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => match port.parse() {
            Ok(0) | Err(_) => {
                return Err(invalid("has a port that is not a number from 1 to 65535"));
            }
            Ok(port) => (host, port),
        },
        _ => (address, default),
    };
    let host = Host::parse(host).map_err(|_| invalid("has no valid host"))?;
    Ok((host, port))
}

fn decode(userinfo: &str) -> Result<(String, String), InvalidUpstream> {
    let (username, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
    let text = |part| {
        let decoded = percent_decode_str(part).decode_utf8();
        decoded
            .map(Into::into)
            .map_err(|_| InvalidUpstream::Credentials {
                reason: "are not valid UTF-8",
            })
    };
    Ok((text(username)?, text(password)?))
}

/// Scheme, host and port; never the credentials.
impl fmt::Display for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            Scheme::Http => "http",
            Scheme::Socks5 => "socks5",
        };
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upstream")
            .field("server", &self.to_string())
            .field("credentials", &self.credentials.as_ref().map(|_| "hidden"))
            .field("bypass", &self.bypass)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("http://proxy.test:3128", "http://proxy.test:3128")]
    #[case("proxy.test:3128", "http://proxy.test:3128")]
    #[case("proxy.test", "http://proxy.test:80")]
    #[case("HTTP://Proxy.Test/", "http://proxy.test:80")]
    #[case("socks5://10.0.0.1", "socks5://10.0.0.1:1080")]
    #[case("socks5h://[fd00::1]:9", "socks5://[fd00::1]:9")]
    #[case("[fd00::1]", "http://[fd00::1]:80")]
    #[case("http://me:secret@proxy.test:1", "http://proxy.test:1")]
    fn servers(#[case] server: &str, #[case] shown: &str) {
        assert_eq!(
            Upstream::parse(server, None, None, None)
                .unwrap()
                .to_string(),
            shown
        );
    }

    #[rstest]
    #[case("https://proxy.test")]
    #[case("ftp://proxy.test")]
    #[case("http://me:secret@")]
    #[case("http://me:secret@proxy.test:99999")]
    #[case("http://me:secret@proxy.test/path")]
    #[case("")]
    fn bad_servers_are_refused_without_repeating_secrets(#[case] server: &str) {
        let error = Upstream::parse(server, None, None, None).unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }

    #[test]
    fn credentials_are_sent_and_never_shown() {
        let upstream = Upstream::parse("proxy.test", Some("me"), Some("s3cret"), None).unwrap();
        assert_eq!(upstream.authorization().unwrap(), "Basic bWU6czNjcmV0");
        assert!(
            !format!("{upstream:?} {upstream} {:?}", upstream.authorization()).contains("s3cret")
        );
        let encoded = Upstream::parse("http://me:a%40b@proxy.test", None, None, None).unwrap();
        assert_eq!(
            encoded.authorization().unwrap(),
            format!("Basic {}", BASE64_STANDARD.encode("me:a@b"))
        );
        assert!(Upstream::parse("proxy.test", None, Some("x"), None).is_err());
        assert!(Upstream::parse("proxy.test", Some("a:b"), Some("x"), None).is_err());
        assert!(Upstream::parse("socks5://proxy.test", Some("a"), None, None).is_err());
    }

    #[test]
    fn bypass_lists() {
        let list = "<local>; .inner.test, 10.0.0.0/8 ,exact.test:81";
        let upstream = Upstream::parse("proxy.test", None, None, Some(list)).unwrap();
        let bypasses = |host: &str, port| upstream.bypasses(&Host::parse(host).unwrap(), port);
        assert!(bypasses("intranet", 80));
        assert!(bypasses("a.inner.test", 80));
        assert!(!bypasses("inner.test", 80));
        assert!(bypasses("10.2.3.4", 80));
        assert!(bypasses("exact.test", 81) && !bypasses("exact.test", 80));
        assert!(Upstream::parse("proxy.test", None, None, Some("http://x")).is_err());
    }

    #[test]
    fn address_kinds() {
        let upstream = Upstream::parse("socks5://127.0.0.1:9", None, None, None).unwrap();
        assert_eq!(
            upstream.address(),
            (&Host::Address(IpAddr::from([127, 0, 0, 1])), 9)
        );
    }
}
