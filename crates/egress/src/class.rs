//! What kind of network an address belongs to.
//!
//! Sources: the IANA registries of special-purpose IPv4 and IPv6 addresses (RFC 6890 and its successors), RFC 6052
//! and RFC 8215 (NAT64), RFC 3056 (6to4), RFC 4380 (Teredo).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

use crate::metadata;

/// Why a destination is special; everything but [`Class::Global`] is refused unless an allow-list names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// A globally reachable unicast address.
    Global,
    /// This machine: 127.0.0.0/8, `::1`.
    Loopback,
    /// "Any address", which Linux takes for this machine: 0.0.0.0/8, `::`.
    Unspecified,
    /// Private networks of RFC 1918, and `fc00::/7` and `fec0::/10` in IPv6.
    Private,
    /// Addresses that are valid on one link only.
    LinkLocal,
    /// 100.64.0.0/10, the network between a provider's NAT and its customers.
    CarrierNat,
    /// Groups of receivers.
    Multicast,
    /// 255.255.255.255.
    Broadcast,
    /// Networks reserved for measuring devices.
    Benchmarking,
    /// Networks reserved for examples in documents.
    Documentation,
    /// Identifiers that look like addresses and are not routed (ORCHID, drone identifiers).
    Identifier,
    /// 6to4, Teredo, IPv4-compatible and local NAT64 addresses, whose true destination is decided elsewhere.
    Tunnelled,
    /// Everything else that is set aside by a standard.
    Reserved,
    /// A service of the cloud provider that hands out credentials. Refused whatever the allow-list says.
    Metadata,
    /// A name that only a local resolver can know, asked for through an upstream proxy.
    LocalName,
    /// A service that Chromium calls on its own behalf, never a page for people.
    Vendor,
    /// A port of this server. Refused whatever the allow-list says.
    OwnPort,
    /// The browser has not been handed to anybody yet. Refused whatever the allow-list says.
    Unassigned,
}

impl Class {
    /// Whether an allow-list can open this class.
    #[must_use]
    pub fn can_be_allowed(self) -> bool {
        !matches!(self, Self::Metadata | Self::OwnPort | Self::Unassigned)
    }

    /// A short word for headers and logs.
    #[must_use]
    pub fn token(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Loopback => "loopback",
            Self::Unspecified => "unspecified",
            Self::Private => "private",
            Self::LinkLocal => "link-local",
            Self::CarrierNat => "carrier-nat",
            Self::Multicast => "multicast",
            Self::Broadcast => "broadcast",
            Self::Benchmarking => "benchmarking",
            Self::Documentation => "documentation",
            Self::Identifier => "identifier",
            Self::Tunnelled => "tunnelled",
            Self::Reserved => "reserved",
            Self::Metadata => "metadata",
            Self::LocalName => "local-name",
            Self::Vendor => "vendor",
            Self::OwnPort => "own-port",
            Self::Unassigned => "unassigned",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Global => "public address",
            Self::Loopback => "loopback address",
            Self::Unspecified => "unspecified address",
            Self::Private => "private address",
            Self::LinkLocal => "link-local address",
            Self::CarrierNat => "carrier NAT address",
            Self::Multicast => "multicast address",
            Self::Broadcast => "broadcast address",
            Self::Benchmarking => "benchmarking address",
            Self::Documentation => "documentation address",
            Self::Identifier => "identifier, not an address",
            Self::Tunnelled => "tunnelled address",
            Self::Reserved => "reserved address",
            Self::Metadata => "cloud metadata service",
            Self::LocalName => "name of the local network",
            Self::Vendor => "service of the browser's vendor",
            Self::OwnPort => "port of this server",
            Self::Unassigned => "browser without a session",
        })
    }
}

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(segments: [u16; 8], prefix: u8) -> Ipv6Net {
    let [a, b, c, d, e, f, g, h] = segments;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, g, h), prefix)
}

/// Special IPv4 networks, none inside another that stands before it.
const SPECIAL_V4: &[(Ipv4Net, Class)] = &[
    (v4(0, 0, 0, 0, 8), Class::Unspecified),
    (v4(10, 0, 0, 0, 8), Class::Private),
    (v4(100, 64, 0, 0, 10), Class::CarrierNat),
    (v4(127, 0, 0, 0, 8), Class::Loopback),
    (v4(169, 254, 0, 0, 16), Class::LinkLocal),
    (v4(172, 16, 0, 0, 12), Class::Private),
    (v4(192, 0, 0, 0, 24), Class::Reserved),
    (v4(192, 0, 2, 0, 24), Class::Documentation),
    (v4(192, 88, 99, 0, 24), Class::Reserved),
    (v4(192, 168, 0, 0, 16), Class::Private),
    (v4(198, 18, 0, 0, 15), Class::Benchmarking),
    (v4(198, 51, 100, 0, 24), Class::Documentation),
    (v4(203, 0, 113, 0, 24), Class::Documentation),
    (v4(224, 0, 0, 0, 4), Class::Multicast),
    (v4(255, 255, 255, 255, 32), Class::Broadcast),
    (v4(240, 0, 0, 0, 4), Class::Reserved),
];

/// Special IPv6 networks, none inside another that stands before it. What is in none of them and not in
/// [`GLOBAL_UNICAST`] is reserved.
const SPECIAL_V6: &[(Ipv6Net, Class)] = &[
    (v6([0, 0, 0, 0, 0, 0, 0, 0], 128), Class::Unspecified),
    (v6([0, 0, 0, 0, 0, 0, 0, 1], 128), Class::Loopback),
    (v6([0x2001, 2, 0, 0, 0, 0, 0, 0], 48), Class::Benchmarking),
    (v6([0x2001, 0x10, 0, 0, 0, 0, 0, 0], 28), Class::Identifier),
    (v6([0x2001, 0x20, 0, 0, 0, 0, 0, 0], 28), Class::Identifier),
    (v6([0x2001, 0x30, 0, 0, 0, 0, 0, 0], 28), Class::Identifier),
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), Class::Reserved),
    (
        v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
        Class::Documentation,
    ),
    (v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), Class::Documentation),
    (v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), Class::Private),
    (v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10), Class::LinkLocal),
    (v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10), Class::Private),
    (v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8), Class::Multicast),
];

/// The only part of IPv6 that is handed out for global unicast.
const GLOBAL_UNICAST: Ipv6Net = v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

const NAT64: Ipv6Net = v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96);
const NAT64_LOCAL: Ipv6Net = v6([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48);
const SIX_TO_FOUR: Ipv6Net = v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16);
const TEREDO: Ipv6Net = v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32);
const COMPATIBLE: Ipv6Net = v6([0, 0, 0, 0, 0, 0, 0, 0], 96);
const TRANSLATED: Ipv6Net = v6([0, 0, 0, 0, 0xffff, 0, 0, 0], 96);

/// Classifies one address.
///
/// Addresses that carry an IPv4 address are judged by it too: IPv4-mapped and NAT64 ones are
/// exactly as public as what they carry, other tunnels are never public and named after what they carry.
#[must_use]
pub fn classify(address: IpAddr) -> Class {
    let address = address.to_canonical();
    if metadata::is_address(address) {
        return Class::Metadata;
    }
    match address {
        IpAddr::V4(address) => of_v4(address),
        IpAddr::V6(address) => of_v6(address),
    }
}

fn of_v4(address: Ipv4Addr) -> Class {
    SPECIAL_V4
        .iter()
        .find_map(|(network, class)| network.contains(&address).then_some(*class))
        .unwrap_or(Class::Global)
}

fn of_v6(address: Ipv6Addr) -> Class {
    let special = SPECIAL_V6
        .iter()
        .find_map(|(network, class)| network.contains(&address).then_some(*class));
    if let Some(class) = special.filter(|_| !TEREDO.contains(&address)) {
        return class;
    }
    let carried = carried_v4(address);
    let worst = carried
        .iter()
        .map(|inner| classify(IpAddr::V4(*inner)))
        .reduce(worse);
    match worst {
        Some(Class::Global) if NAT64.contains(&address) => Class::Global,
        Some(Class::Global) => Class::Tunnelled,
        Some(class) => class,
        None if GLOBAL_UNICAST.contains(&address) => Class::Global,
        None => Class::Reserved,
    }
}

/// Of the classes of several carried addresses: metadata before anything, anything before global.
fn worse(a: Class, b: Class) -> Class {
    match (a, b) {
        (Class::Metadata, _) | (_, Class::Global) => a,
        _ => b,
    }
}

/// The IPv4 addresses that a transition address may stand for.
fn carried_v4(address: Ipv6Addr) -> Vec<Ipv4Addr> {
    let octets = address.octets();
    let at = |a: usize, b: usize, c: usize, d: usize| {
        Ipv4Addr::new(octets[a], octets[b], octets[c], octets[d])
    };
    if SIX_TO_FOUR.contains(&address) {
        vec![at(2, 3, 4, 5)]
    } else if TEREDO.contains(&address) {
        // The server, and the client's address with every bit flipped (RFC 4380 section 4).
        vec![
            at(4, 5, 6, 7),
            Ipv4Addr::from_bits(!at(12, 13, 14, 15).to_bits()),
        ]
    } else if NAT64_LOCAL.contains(&address) {
        // The operator chooses the prefix length: the /48 and the /96 places of RFC 6052 section 2.2.
        vec![at(6, 7, 9, 10), at(12, 13, 14, 15)]
    } else if NAT64.contains(&address)
        || COMPATIBLE.contains(&address)
        || TRANSLATED.contains(&address)
    {
        vec![at(12, 13, 14, 15)]
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn class(text: &str) -> Class {
        classify(text.parse().unwrap())
    }

    #[rstest]
    #[case("1.1.1.1", Class::Global)]
    #[case("172.15.255.255", Class::Global)]
    #[case("172.16.0.0", Class::Private)]
    #[case("172.31.255.255", Class::Private)]
    #[case("172.32.0.0", Class::Global)]
    #[case("192.167.255.255", Class::Global)]
    #[case("192.168.0.1", Class::Private)]
    #[case("10.255.255.255", Class::Private)]
    #[case("11.0.0.0", Class::Global)]
    #[case("100.63.255.255", Class::Global)]
    #[case("100.64.0.0", Class::CarrierNat)]
    #[case("100.127.255.255", Class::CarrierNat)]
    #[case("100.128.0.0", Class::Global)]
    #[case("127.0.0.1", Class::Loopback)]
    #[case("127.255.255.254", Class::Loopback)]
    #[case("0.0.0.0", Class::Unspecified)]
    #[case("0.1.2.3", Class::Unspecified)]
    #[case("169.254.1.1", Class::LinkLocal)]
    #[case("192.0.0.1", Class::Reserved)]
    #[case("192.0.2.1", Class::Documentation)]
    #[case("192.88.99.1", Class::Reserved)]
    #[case("198.17.255.255", Class::Global)]
    #[case("198.18.0.1", Class::Benchmarking)]
    #[case("198.19.255.255", Class::Benchmarking)]
    #[case("198.20.0.0", Class::Global)]
    #[case("198.51.100.7", Class::Documentation)]
    #[case("203.0.113.7", Class::Documentation)]
    #[case("224.0.0.1", Class::Multicast)]
    #[case("239.255.255.255", Class::Multicast)]
    #[case("240.0.0.1", Class::Reserved)]
    #[case("255.255.255.254", Class::Reserved)]
    #[case("255.255.255.255", Class::Broadcast)]
    #[case("::", Class::Unspecified)]
    #[case("::1", Class::Loopback)]
    #[case("2606:4700::1111", Class::Global)]
    #[case("fc00::1", Class::Private)]
    #[case("fdff::1", Class::Private)]
    #[case("fe80::1", Class::LinkLocal)]
    #[case("fec0::1", Class::Private)]
    #[case("ff02::1", Class::Multicast)]
    #[case("2001:db8::1", Class::Documentation)]
    #[case("3fff:fff::1", Class::Documentation)]
    #[case("2001:2::1", Class::Benchmarking)]
    #[case("2001:10::1", Class::Identifier)]
    #[case("2001:2f::1", Class::Identifier)]
    #[case("2001:30::1", Class::Identifier)]
    #[case("2001:1::1", Class::Reserved)]
    #[case("2001:200::1", Class::Global)]
    #[case("100::1", Class::Reserved)]
    #[case("5f00::1", Class::Reserved)]
    #[case("4000::1", Class::Reserved)]
    #[case("::ffff:10.0.0.1", Class::Private)]
    #[case("::ffff:8.8.8.8", Class::Global)]
    #[case("::7f00:1", Class::Loopback)]
    #[case("::8.8.8.8", Class::Tunnelled)]
    #[case("::ffff:0:127.0.0.1", Class::Loopback)]
    #[case("64:ff9b::8.8.8.8", Class::Global)]
    #[case("64:ff9b::10.0.0.1", Class::Private)]
    #[case("64:ff9b::169.254.169.254", Class::Metadata)]
    #[case("64:ff9b:1::8.8.8.8", Class::Unspecified)]
    #[case("64:ff9b:1::169.254.169.254", Class::Metadata)]
    #[case("64:ff9b:1:a9fe:a9:fe00::", Class::Metadata)]
    #[case("2002:a9fe:a9fe::1", Class::Metadata)]
    #[case("2002:0a00:0001::1", Class::Private)]
    #[case("2002:0808:0808::1", Class::Tunnelled)]
    #[case("2001:0:808:808:0:0:f7f7:f7f7", Class::Tunnelled)]
    #[case("2001:0:808:808:0:0:80ff:fffe", Class::Loopback)]
    #[case("169.254.169.254", Class::Metadata)]
    #[case("::ffff:169.254.169.254", Class::Metadata)]
    #[case("fd00:ec2::254", Class::Metadata)]
    #[case("168.63.129.16", Class::Metadata)]
    fn places(#[case] address: &str, #[case] expected: Class) {
        assert_eq!(class(address), expected, "{address}");
    }

    proptest! {
        #[test]
        fn mapped_is_what_it_carries(bits: u32) {
            let inner = Ipv4Addr::from_bits(bits);
            prop_assert_eq!(classify(IpAddr::V6(inner.to_ipv6_mapped())), classify(IpAddr::V4(inner)));
        }

        #[test]
        fn nat64_is_what_it_carries(bits: u32) {
            let inner = Ipv4Addr::from_bits(bits);
            let outer = Ipv6Addr::from_bits(NAT64.addr().to_bits() | u128::from(bits));
            prop_assert_eq!(classify(IpAddr::V6(outer)), classify(IpAddr::V4(inner)));
        }

        #[test]
        fn tunnels_are_never_global(bits: u32) {
            for outer in [
                SIX_TO_FOUR.addr().to_bits() | (u128::from(bits) << 80),
                TEREDO.addr().to_bits() | u128::from(bits),
                COMPATIBLE.addr().to_bits() | u128::from(bits),
                NAT64_LOCAL.addr().to_bits() | u128::from(bits),
            ] {
                prop_assert_ne!(classify(IpAddr::V6(Ipv6Addr::from_bits(outer))), Class::Global);
            }
        }

        #[test]
        fn global_v6_is_global_unicast_or_nat64(bits: u128) {
            let address = Ipv6Addr::from_bits(bits);
            if classify(IpAddr::V6(address)) == Class::Global {
                prop_assert!(GLOBAL_UNICAST.contains(&address) || NAT64.contains(&address)
                    || address.to_ipv4_mapped().is_some());
            }
        }

        #[test]
        fn std_agrees_where_it_knows(bits: u32) {
            let address = Ipv4Addr::from_bits(bits);
            if classify(IpAddr::V4(address)) == Class::Global {
                prop_assert!(!address.is_private() && !address.is_loopback() && !address.is_link_local()
                    && !address.is_multicast() && !address.is_broadcast() && !address.is_documentation()
                    && !address.is_unspecified());
            }
        }
    }
}
