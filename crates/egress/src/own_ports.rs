//! The ports on which this server itself listens.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};
use std::sync::{Arc, Mutex, PoisonError};

/// Ports of this machine that no page may reach, whatever is allowed: the API, the database, every door.
///
/// Clones share one set. A port stays in it as long as its [`OwnPort`] lives.
#[derive(Clone, Debug, Default)]
pub struct OwnPorts {
    held: Arc<Mutex<HashMap<u16, usize>>>,
}

/// Keeps one port in its [`OwnPorts`] until dropped.
#[derive(Debug)]
pub struct OwnPort {
    port: u16,
    all: OwnPorts,
}

impl OwnPorts {
    /// Adds a port for as long as the answer lives.
    #[must_use = "the port is removed when this is dropped"]
    pub fn hold(&self, port: u16) -> OwnPort {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        *held.entry(port).or_default() += 1;
        OwnPort {
            port,
            all: self.clone(),
        }
    }

    /// Whether `address` and `port` lead to one of the ports on this machine, by whichever of its addresses.
    #[must_use]
    pub fn contain(&self, address: IpAddr, port: u16) -> bool {
        let held = self
            .held
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains_key(&port);
        held && is_this_machine(address.to_canonical())
    }
}

impl Drop for OwnPort {
    fn drop(&mut self) {
        let mut held = self.all.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.port) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.port);
            }
        }
    }
}

/// Whether packets to `address` stay on this machine. The kernel answers: connecting a datagram socket sends nothing
/// and picks the source address, which for an address of our own is that address itself.
fn is_this_machine(address: IpAddr) -> bool {
    if address.is_loopback() || address.is_unspecified() {
        return true;
    }
    let any: IpAddr = match address {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    UdpSocket::bind((any, 0))
        .and_then(|socket| {
            socket.connect((address, 9))?;
            socket.local_addr()
        })
        .is_ok_and(|local| local.ip() == address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_ours_by_every_local_address_and_while_it_is_held() {
        let ports = OwnPorts::default();
        let first = ports.hold(3000);
        let second = ports.hold(3000);
        for address in [
            "127.0.0.1",
            "127.8.8.8",
            "::1",
            "0.0.0.0",
            "::",
            "::ffff:127.0.0.1",
        ] {
            assert!(ports.contain(address.parse().unwrap(), 3000), "{address}");
            assert!(!ports.contain(address.parse().unwrap(), 3001), "{address}");
        }
        assert!(!ports.contain("192.0.2.1".parse().unwrap(), 3000));
        drop(first);
        assert!(ports.contain("127.0.0.1".parse().unwrap(), 3000));
        drop(second);
        assert!(!ports.contain("127.0.0.1".parse().unwrap(), 3000));
    }

    #[test]
    fn the_machines_outer_address_is_this_machine() {
        let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
        // Without any network there is no outer address to ask about.
        if socket.connect("192.0.2.1:9").is_ok() {
            assert!(is_this_machine(socket.local_addr().unwrap().ip()));
        }
    }
}
