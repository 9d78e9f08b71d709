//! Whether the DNS can say anything about a peer.

use std::net::IpAddr;

/// Whether the address is one on the public Internet. About the others no published record says anything, and asking
/// would only tell strangers what happens in this network.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            // 100.64.0.0/10 is the address space of carriers (RFC 6598).
            let shared = a == 100 && b & 0xc0 == 64;
            !(v4.is_loopback()
                || v4.is_private()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_broadcast()
                || v4.is_multicast()
                || shared)
        }
        IpAddr::V6(v6) => {
            !(v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_multicast()
                || v6.is_unique_local()
                || v6.is_unicast_link_local())
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("127.0.0.1", false)]
    #[case("10.1.2.3", false)]
    #[case("172.31.0.1", false)]
    #[case("192.168.1.1", false)]
    #[case("169.254.1.1", false)]
    #[case("100.64.0.1", false)]
    #[case("100.127.255.255", false)]
    #[case("0.0.0.0", false)]
    #[case("::1", false)]
    #[case("fe80::1", false)]
    #[case("fd00::1", false)]
    #[case("::ffff:10.0.0.1", false)]
    #[case("100.63.0.1", true)]
    #[case("100.128.0.1", true)]
    #[case("203.0.113.7", true)]
    #[case("172.32.0.1", true)]
    #[case("2001:db8::1", true)]
    fn only_public_peers_are_looked_up(#[case] address: &str, #[case] public: bool) {
        assert_eq!(is_public(address.parse().unwrap()), public);
    }
}
