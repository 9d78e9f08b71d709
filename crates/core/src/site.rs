//! Where a credential may be used: the registrable domain of a page's address.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Deserializer, Serialize};
use url::{Host, Url};

use crate::{Error, Result};

/// A registrable domain by the public suffix list with its private part, such as `peeple.com` or `me.github.io`; or an IP
/// address, or a name without a public suffix such as `localhost`, as it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Site(String);

/// The longest host name, in bytes (RFC 1035 §2.3.4).
const MAX_HOST: usize = 253;

impl Site {
    /// The site of an address as people and clients write it: with or without a scheme, a path, a port.
    ///
    /// # Errors
    /// Kind `Invalid`, naming the member `url`, when there is no host in it.
    pub fn of(address: &str) -> Result<Self> {
        let address = address.trim();
        let url = if address.contains("://") {
            Url::parse(address)
        } else {
            Url::parse(&format!("https://{address}"))
        };
        // Who hides a host behind another one's name, as in https://bank.example@evil.example, means no good.
        let url = url
            .ok()
            .filter(|url| url.username().is_empty() && url.password().is_none());
        let host = url.and_then(|url| match url.host() {
            Some(Host::Domain(name)) => Some(name.trim_end_matches('.').to_owned()),
            Some(Host::Ipv4(ip)) => Some(IpAddr::from(ip).to_string()),
            Some(Host::Ipv6(ip)) => Some(IpAddr::from(ip).to_string()),
            None => None,
        });
        match host {
            Some(host)
                if host.len() <= MAX_HOST && host.split('.').all(|label| !label.is_empty()) =>
            {
                Ok(Self(registrable(host)))
            }
            _ => {
                // What stands before an @ may be a password.
                let shown: String = address.chars().take(200).collect();
                let shown = match shown.rsplit_once('@') {
                    Some((_, host)) => format!("…@{host}"),
                    None => shown,
                };
                let message = format!(
                    "Invalid value '{shown}' for url: expected an address with a host and without a user, such as \
                     https://example.com"
                );
                Err(Error::invalid_member(&["url"], "url_parsing", message))
            }
        }
    }

    /// The site as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Site {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::of(&text).map_err(|error| serde::de::Error::custom(error.message()))
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn registrable(host: String) -> String {
    if host.parse::<IpAddr>().is_ok() {
        return host;
    }
    psl::domain_str(&host).map_or_else(|| host.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_site_are_one_site() {
        for (address, site) in [
            ("https://test.peeple.com/ok", "peeple.com"),
            ("test.peeple.com", "peeple.com"),
            ("PEEPLE.com", "peeple.com"),
            ("peeple.com.", "peeple.com"),
            ("github.com/login", "github.com"),
            ("http://shop.example.co.uk:8080/x?y#z", "example.co.uk"),
            ("https://me.github.io", "me.github.io"),
            ("https://bücher.example", "xn--bcher-kva.example"),
            ("localhost:3000", "localhost"),
            ("http://127.0.0.1:8080/login", "127.0.0.1"),
            ("http://[::1]:8080/login", "::1"),
            ("github.io", "github.io"),
        ] {
            assert_eq!(Site::of(address).unwrap().as_str(), site, "{address}");
        }
    }

    #[test]
    fn what_has_no_host_is_refused() {
        for address in [
            "",
            "  ",
            "https://",
            "mailto:a@b.example",
            "://",
            "a b",
            ".com",
            "https://shop..example.com",
            "bank.example@evil.example",
        ] {
            let error = Site::of(address).unwrap_err();
            assert!(error.message().contains("url"), "{address}: {error}");
        }
        let error = Site::of("https://joe:hunter2@bank.example/").unwrap_err();
        assert!(!error.message().contains("hunter2"), "{error}");
    }
}
