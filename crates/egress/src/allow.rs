//! The operator's list of destinations that are open although they are not public.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;

use crate::pattern::{InvalidEntry, Pattern};
use crate::{Class, Host, classify, metadata};

/// Destinations that may be reached although their class is refused by default.
///
/// Written as entries between commas, each `NAME`, `*.NAME` (names under it, not itself), `ADDRESS` or
/// `NETWORK/LENGTH`, with `:PORT` after it to allow that port only (IPv6 in brackets then). `localhost`, `127.0.0.1`
/// and `::1` each stand for the whole loopback. A name covers whatever it resolves to; an address covers every name
/// that resolves to it. Metadata services and the server's own ports stay closed whatever the list says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowList {
    patterns: Arc<[Pattern]>,
}

impl AllowList {
    /// Whether nothing is listed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether an entry names this host as it was written, before any resolution.
    #[must_use]
    pub fn covers_host(&self, host: &Host, port: u16) -> bool {
        match host {
            Host::Name(name) => {
                !metadata::is_name(name) && self.patterns.iter().any(|p| p.names(name, port))
            }
            Host::Address(address) => self.covers_address(*address, port),
        }
    }

    /// Whether an entry holds this address.
    #[must_use]
    pub fn covers_address(&self, address: IpAddr, port: u16) -> bool {
        let address = address.to_canonical();
        classify(address) != Class::Metadata && self.patterns.iter().any(|p| p.holds(address, port))
    }
}

impl FromStr for AllowList {
    type Err = InvalidEntry;

    /// Empty entries are skipped, so that an empty text is the empty list.
    fn from_str(text: &str) -> Result<Self, InvalidEntry> {
        let entries = text
            .split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty());
        let patterns = entries.map(str::parse).collect::<Result<_, _>>()?;
        Ok(Self { patterns })
    }
}

/// Written so that it reads back as the same list.
impl fmt::Display for AllowList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, pattern) in self.patterns.iter().enumerate() {
            let comma = if i == 0 { "" } else { "," };
            write!(f, "{comma}{pattern}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn covers(list: &str, host: &str, port: u16) -> bool {
        let list: AllowList = list.parse().unwrap();
        list.covers_host(&Host::parse(host).unwrap(), port)
    }

    #[rstest]
    #[case("localhost", "localhost", 3000, true)]
    #[case("localhost", "app.localhost", 3000, true)]
    #[case("localhost", "127.0.0.1", 1, true)]
    #[case("localhost", "[::1]", 1, true)]
    #[case("127.0.0.1", "localhost.", 1, true)]
    #[case("127.0.0.1", "127.9.9.9", 1, true)]
    #[case("127.0.0.1", "0.0.0.0", 1, false)]
    #[case("localhost:8080", "127.0.0.1", 8080, true)]
    #[case("localhost:8080", "127.0.0.1", 8081, false)]
    #[case("127.0.0.2", "127.0.0.1", 1, false)]
    #[case("intranet", "INTRANET", 80, true)]
    #[case("intranet", "a.intranet", 80, false)]
    #[case("*.test", "a.b.test", 80, true)]
    #[case("*.test", "test", 80, false)]
    #[case("*.test", "atest", 80, false)]
    #[case("10.0.0.0/8", "10.1.2.3", 80, true)]
    #[case("10.0.0.0/8", "[::ffff:10.1.2.3]", 80, true)]
    #[case("10.0.0.0/8:81", "10.1.2.3", 80, false)]
    #[case("fd00::/8", "[fd12::1]", 80, true)]
    #[case("[fd12::1]:443", "[fd12::1]", 443, true)]
    #[case("[fd12::1]:443", "[fd12::1]", 80, false)]
    #[case("0.0.0.0/0,::/0", "192.168.1.1", 80, true)]
    #[case("0.0.0.0/0,::/0", "169.254.169.254", 80, false)]
    #[case("169.254.0.0/16", "169.254.169.254", 80, false)]
    #[case("*.internal", "metadata.google.internal", 80, false)]
    #[case("64:ff9b::/96", "[64:ff9b::a9fe:a9fe]", 80, false)]
    #[case(" , a.test ,, b.test", "b.test", 80, true)]
    fn matches(#[case] list: &str, #[case] host: &str, #[case] port: u16, #[case] expected: bool) {
        assert_eq!(covers(list, host, port), expected);
    }

    #[rstest]
    #[case("http://localhost")]
    #[case("localhost/path")]
    #[case("10.0.0.0/33")]
    #[case("*")]
    #[case("a*.test")]
    #[case("*.*.test")]
    #[case("host:0")]
    #[case("host:99999")]
    #[case("host:")]
    #[case("[::1")]
    #[case("[host]:80")]
    #[case("[::1]80")]
    #[case("0x7f.1")]
    #[case("a b")]
    #[case("169.254.169.254")]
    #[case("169.254.169.254/32:80")]
    #[case("metadata.google.internal")]
    #[case("fd00:ec2::254")]
    fn refuses_and_names_the_entry(#[case] entry: &str) {
        let error = format!("ok.test,{entry}").parse::<AllowList>().unwrap_err();
        assert_eq!(error.entry, entry);
        assert!(error.to_string().contains(entry));
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,40}") {
            let _ = text.parse::<AllowList>();
        }

        #[test]
        fn reads_back(text in "([a-z*.:\\[\\]/0-9]{1,12},){0,4}(localhost|10\\.0\\.0\\.0/8:80|\\[fd00::/8\\]:9|\\*\\.x)") {
            if let Ok(list) = text.parse::<AllowList>() {
                prop_assert_eq!(list.to_string().parse::<AllowList>().unwrap(), list);
            }
        }

        #[test]
        fn an_address_covers_itself(bits: u32) {
            let address = IpAddr::V4(bits.into());
            if classify(address) != Class::Metadata {
                let list: AllowList = address.to_string().parse().unwrap();
                prop_assert!(list.covers_address(address, 1));
            }
        }
    }
}
