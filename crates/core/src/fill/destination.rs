//! Where a secret may be sent.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

use super::SiteRules;
use crate::Site;

/// A site by one scheme and one port: the only place that a filled secret may go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    site: Site,
    scheme: String,
    port: u16,
    /// These hosts and no others of the site; all where it is empty.
    hosts: Vec<String>,
}

impl Destination {
    /// The destination that a document's address stands for.
    ///
    /// Encrypted connections only, but for this machine itself; and only the scheme's own port, but for this machine and where
    /// `rules` name another one.
    ///
    /// # Errors
    /// Why secrets must not go there, to stand after "because".
    pub fn of(address: &str, rules: &SiteRules) -> Result<Self, String> {
        let (site, url) = read(address)
            .ok_or_else(|| format!("it is a document without a site ({})", kind_of(address)))?;
        let local = is_this_machine(&url);
        if url.scheme() != "https" && !(local && url.scheme() == "http") {
            return Err(format!(
                "{site} was not loaded by https but by {}",
                url.scheme()
            ));
        }
        let port = url.port_or_known_default().unwrap_or_default();
        let allowed = match rules.port {
            Some(allowed) => port == allowed,
            None => local || url.port().is_none(),
        };
        if !allowed {
            let allowed = rules.port.unwrap_or(443);
            return Err(format!(
                "{site} was loaded from port {port}, and its secrets are for port {allowed}"
            ));
        }
        let destination = Self {
            site,
            scheme: url.scheme().to_owned(),
            port,
            hosts: rules.hosts.clone(),
        };
        if !destination.has_host(&url) {
            let host = url.host_str().unwrap_or_default();
            return Err(format!(
                "the host {host} is none of those that {} is limited to",
                destination.site
            ));
        }
        Ok(destination)
    }

    /// The site.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// Whether an address is in it.
    pub fn admits(&self, address: &str) -> bool {
        read(address).is_some_and(|(site, url)| {
            site == self.site
                && url.scheme() == self.scheme
                && url.port_or_known_default() == Some(self.port)
                && self.has_host(&url)
        })
    }

    /// Where sockets may lead that stay in it, as source expressions of a content security policy (W3C: CSP Level 3, 2.3.1).
    pub fn sockets(&self) -> Vec<String> {
        let scheme = match self.scheme.as_str() {
            "https" => "wss",
            _ => "ws",
        };
        let site = self.site.to_string();
        let hosts = match self.hosts.is_empty() {
            true => vec![format!("*.{site}"), site],
            false => self.hosts.clone(),
        };
        let port = self.port;
        hosts
            .into_iter()
            .map(|host| format!("{scheme}://{host}:{port}"))
            .collect()
    }

    fn has_host(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default().trim_end_matches('.');
        self.hosts.is_empty() || self.hosts.iter().any(|allowed| allowed == host)
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.site.fmt(f)
    }
}

/// An address of a web page or of what it asks for. Only a whole address counts: what people write goes another way.
fn read(address: &str) -> Option<(Site, Url)> {
    let url = Url::parse(address).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    Some((Site::of(address).ok()?, url))
}

/// What an address without a site is called: its scheme, for the rest may be long or say too much.
fn kind_of(address: &str) -> &str {
    match address.split_once(':') {
        Some(("about", _)) => address.split(['?', '#']).next().unwrap_or_default(),
        Some((scheme, _)) => scheme,
        None => "empty",
    }
}

/// Names and addresses that lead to this machine only (RFC 6761 §6.3, RFC 1122 §3.2.1.3, RFC 4291 §2.5.3).
fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(ip)) => IpAddr::from(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::from(ip).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(address: &str) -> Result<Destination, String> {
        Destination::of(address, &SiteRules::default())
    }

    #[test]
    fn a_destination_admits_its_site_by_its_scheme_and_port() {
        for (document, inside, outside) in [
            (
                "https://login.bank.example/x",
                &["https://bank.example/", "https://api.bank.example:443/y?z"][..],
                &[
                    "http://bank.example/",
                    "https://bank.example:8443/",
                    "https://bank.example.evil.example/",
                    "https://bank.example@evil.example/",
                    "https://evil.example/bank.example",
                    "https://bаnk.example/",
                    "https://me@bank.example/",
                    "wss://bank.example/",
                    "bank.example",
                    "",
                ][..],
            ),
            (
                "https://me.github.io/",
                &["https://me.github.io/login"],
                &["https://you.github.io/", "https://github.io/"],
            ),
            (
                "http://127.0.0.1:4000/",
                &["http://127.0.0.1:4000/login"],
                &[
                    "http://127.0.0.1:4001/",
                    "http://localhost:4000/",
                    "https://127.0.0.1:4000/",
                ],
            ),
        ] {
            let destination = plain(document).unwrap();
            for address in inside {
                assert!(destination.admits(address), "{document} admits {address}");
            }
            for address in outside {
                assert!(!destination.admits(address), "{document} admits {address}");
            }
        }
    }

    #[test]
    fn what_is_no_destination_says_why() {
        for (address, why) in [
            ("http://bank.example/", "https"),
            ("https://bank.example:8443/", "port 8443"),
            ("about:blank", "about:blank"),
            ("about:srcdoc", "about:srcdoc"),
            ("data:text/html,x", "data"),
            ("blob:https://bank.example/1", "blob"),
            ("javascript:1", "javascript"),
            ("file:///etc/passwd", "file"),
            ("https://bank.example@evil.example/", "without a site"),
            ("", "without a site"),
        ] {
            let reason = plain(address).unwrap_err();
            assert!(reason.contains(why), "{address}: {reason}");
        }
    }

    #[test]
    fn rules_name_other_ports_and_single_hosts() {
        let rules = SiteRules {
            port: Some(8443),
            hosts: vec!["login.bank.example".to_owned()],
            ..SiteRules::default()
        };
        let destination = Destination::of("https://login.bank.example:8443/", &rules).unwrap();
        assert!(destination.admits("https://login.bank.example:8443/x"));
        assert!(!destination.admits("https://bank.example:8443/x"));
        assert!(!destination.admits("https://a.login.bank.example:8443/x"));
        for address in [
            "https://login.bank.example/",
            "https://bank.example:8443/",
            "https://x.login.bank.example:8443/",
        ] {
            assert!(Destination::of(address, &rules).is_err(), "{address}");
        }
        let local = SiteRules {
            port: Some(1),
            ..SiteRules::default()
        };
        assert!(Destination::of("http://127.0.0.1:2/", &local).is_err());
    }
}
