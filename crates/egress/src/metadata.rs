//! Services inside a cloud provider's network that hand out credentials to whoever asks.
//! No allow-list opens them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const V4: &[Ipv4Addr] = &[
    // AWS, Google, Azure, OpenStack, DigitalOcean, Hetzner, Oracle and most others.
    Ipv4Addr::new(169, 254, 169, 254),
    // AWS: credentials of container tasks, and of pods.
    Ipv4Addr::new(169, 254, 170, 2),
    Ipv4Addr::new(169, 254, 170, 23),
    // Tencent.
    Ipv4Addr::new(169, 254, 0, 23),
    // Scaleway.
    Ipv4Addr::new(169, 254, 42, 42),
    // Alibaba.
    Ipv4Addr::new(100, 100, 100, 200),
    // Volcengine.
    Ipv4Addr::new(100, 96, 0, 96),
    // Azure's host agent.
    Ipv4Addr::new(168, 63, 129, 16),
    // Oracle, first generation.
    Ipv4Addr::new(192, 0, 0, 192),
];

const V6: &[Ipv6Addr] = &[
    // AWS: instances, and pods.
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23),
    // Google.
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
    // Scaleway.
    Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42),
    // OpenStack.
    Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0xa9fe, 0xa9fe),
];

/// Names under which the addresses above are known. An upstream proxy would resolve them in a network of its own.
const NAMES: &[&str] = &[
    "instance-data",
    "instance-data.ec2.internal",
    "metadata",
    "metadata.azure.internal",
    "metadata.goog",
    "metadata.google.internal",
    "metadata.platformequinix.com",
    "metadata.tencentyun.com",
    "rancher-metadata",
];

/// Whether the canonical (never IPv4-mapped) `address` is a metadata service.
pub(crate) fn is_address(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => V4.contains(&address),
        IpAddr::V6(address) => V6.contains(&address),
    }
}

/// Whether `name` (lower case, no trailing dot) is a metadata service.
pub(crate) fn is_name(name: &str) -> bool {
    NAMES.contains(&name)
}
