//! How many connections there may be.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// Counts connections, in all and for each client.
#[derive(Clone, Debug)]
pub(super) struct Admission {
    guests: Arc<Mutex<Guests>>,
    limit: usize,
    limit_of_one: usize,
}

#[derive(Debug, Default)]
struct Guests {
    all: usize,
    of_client: HashMap<IpAddr, usize>,
}

/// A connection that was let in. Dropping it makes room.
#[derive(Debug)]
pub(super) struct Guest {
    guests: Arc<Mutex<Guests>>,
    client: IpAddr,
}

/// Why a connection was not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// There are too many.
    House,
    /// There are too many of this client's.
    Client,
}

impl Admission {
    pub(super) fn new(limit: usize, limit_of_one: usize) -> Self {
        Self {
            guests: Arc::default(),
            limit,
            limit_of_one,
        }
    }

    pub(super) fn enter(&self, peer: IpAddr) -> Result<Guest, Full> {
        let client = client(peer);
        let mut guests = self.guests.lock().unwrap_or_else(PoisonError::into_inner);
        let of_client = guests.of_client.get(&client).copied().unwrap_or_default();
        if of_client >= self.limit_of_one {
            return Err(Full::Client);
        }
        if guests.all >= self.limit {
            return Err(Full::House);
        }
        guests.all += 1;
        guests.of_client.insert(client, of_client + 1);
        Ok(Guest {
            guests: Arc::clone(&self.guests),
            client,
        })
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut guests = self.guests.lock().unwrap_or_else(PoisonError::into_inner);
        guests.all -= 1;
        if let Some(count) = guests.of_client.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                guests.of_client.remove(&self.client);
            }
        }
    }
}

/// Who counts as one client. Whoever has one IPv6 address has its whole network of 64 bits.
fn client(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => {
            let network = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from(network))
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_client_does_not_take_all_places() {
        let admission = Admission::new(3, 2);
        let first = admission.enter(ip("192.0.2.1")).unwrap();
        let _second = admission.enter(ip("192.0.2.1")).unwrap();
        assert_eq!(admission.enter(ip("192.0.2.1")).unwrap_err(), Full::Client);
        let _third = admission.enter(ip("192.0.2.2")).unwrap();
        assert_eq!(admission.enter(ip("192.0.2.3")).unwrap_err(), Full::House);
        drop(first);
        assert!(admission.enter(ip("192.0.2.1")).is_ok());
    }

    #[test]
    fn addresses_of_one_network_are_one_client() {
        let admission = Admission::new(9, 1);
        let _one = admission.enter(ip("2001:db8::1")).unwrap();
        assert!(admission.enter(ip("2001:db8::2")).is_err());
        assert!(admission.enter(ip("2001:db8:0:1::1")).is_ok());
        let _mapped = admission.enter(ip("::ffff:192.0.2.1")).unwrap();
        assert!(admission.enter(ip("192.0.2.1")).is_err());
        assert!(admission.enter(ip("192.0.2.2")).is_ok());
    }

    #[test]
    fn nobody_is_remembered() {
        let admission = Admission::new(9, 1);
        drop(admission.enter(ip("192.0.2.1")).unwrap());
        assert!(admission.guests.lock().unwrap().of_client.is_empty());
    }
}
