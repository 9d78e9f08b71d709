//! Who is at the other end of a loopback connection.
//!
//! The kernel knows the user of every local socket and tells anybody who asks through `NETLINK_SOCK_DIAG`
//! (`sock_diag(7)`). Where a kernel or container does not answer there, `/proc/net/tcp` says the same, only slower.

use std::io;
use std::net::{SocketAddr, SocketAddrV4};

use rustix::net::netlink::{SOCK_DIAG, SocketAddrNetlink};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, sendto, socket_with,
};

/// `SOCK_DIAG_BY_FAMILY` of `linux/sock_diag.h`.
const BY_FAMILY: u16 = 20;
/// `NLM_F_REQUEST` of `linux/netlink.h`.
const REQUEST: u16 = 1;
const IPPROTO_TCP: u8 = 6;
const HEADER_LEN: usize = 16;
const REQUEST_LEN: usize = HEADER_LEN + 56;
/// Where `idiag_uid` stands in an answer: after the header, 4 bytes of states, the 48 of the socket's id, and the
/// timer and queue lengths.
const UID_AT: usize = HEADER_LEN + 4 + 48 + 12;

/// The user whose socket `peer` is, seen from our end `local`.
///
/// # Errors
/// When there is no such socket (any more), or nobody can tell.
pub(crate) fn uid(local: SocketAddr, peer: SocketAddr) -> io::Result<u32> {
    let (SocketAddr::V4(local), SocketAddr::V4(peer)) = (local, peer) else {
        return Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "not an IPv4 connection",
        ));
    };
    by_netlink(local, peer)
        .or_else(|_| by_table(&std::fs::read_to_string("/proc/net/tcp")?, local, peer))
}

fn by_netlink(local: SocketAddrV4, peer: SocketAddrV4) -> io::Result<u32> {
    let socket = socket_with(
        AddressFamily::NETLINK,
        SocketType::DGRAM,
        SocketFlags::CLOEXEC,
        Some(SOCK_DIAG),
    )?;
    sendto(
        &socket,
        &request(local, peer),
        SendFlags::empty(),
        &SocketAddrNetlink::new(0, 0),
    )?;
    let mut answer = [0; 1024];
    // The kernel has answered by the time that sending returns.
    let (length, _) = recv(&socket, &mut answer, RecvFlags::DONTWAIT)?;
    parse(&answer[..length])
}

/// `nlmsghdr` and `inet_diag_req_v2` for the one socket whose own end is `peer` and whose other end is `local`.
fn request(local: SocketAddrV4, peer: SocketAddrV4) -> Vec<u8> {
    let mut message = Vec::with_capacity(REQUEST_LEN);
    message.extend((REQUEST_LEN as u32).to_ne_bytes());
    message.extend(BY_FAMILY.to_ne_bytes());
    message.extend(REQUEST.to_ne_bytes());
    message.extend([0; 8]);
    message.extend([AddressFamily::INET.as_raw() as u8, IPPROTO_TCP, 0, 0]);
    message.extend(u32::MAX.to_ne_bytes());
    message.extend(peer.port().to_be_bytes());
    message.extend(local.port().to_be_bytes());
    for address in [peer, local] {
        message.extend(address.ip().octets());
        message.extend([0; 12]);
    }
    message.extend(0u32.to_ne_bytes());
    message.extend([0xff; 8]);
    message
}

fn parse(answer: &[u8]) -> io::Result<u32> {
    let kind = answer
        .get(4..6)
        .and_then(|bytes| bytes.try_into().ok())
        .map(u16::from_ne_bytes);
    let uid = answer
        .get(UID_AT..UID_AT + 4)
        .and_then(|bytes| bytes.try_into().ok());
    match (kind, uid) {
        (Some(BY_FAMILY), Some(uid)) => Ok(u32::from_ne_bytes(uid)),
        _ => Err(io::Error::new(
            io::ErrorKind::NotFound,
            "the kernel knows no such socket",
        )),
    }
}

/// Finds the socket in the text of `/proc/net/tcp` (`proc_net_tcp.txt` of the kernel's documentation).
fn by_table(table: &str, local: SocketAddrV4, peer: SocketAddrV4) -> io::Result<u32> {
    let end = |address: SocketAddrV4| {
        format!(
            "{:08X}:{:04X}",
            u32::from_ne_bytes(address.ip().octets()),
            address.port()
        )
    };
    let ends = [end(peer), end(local)];
    table
        .lines()
        .map(str::split_ascii_whitespace)
        .find_map(|mut fields| {
            let matches = fields.nth(1)? == ends[0] && fields.next()? == ends[1];
            matches.then(|| fields.nth(4))?
        })
        .and_then(|uid| uid.parse().ok())
        .ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::NotFound,
                "/proc/net/tcp holds no such socket",
            )
        })
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    fn v4(address: SocketAddr) -> SocketAddrV4 {
        match address {
            SocketAddr::V4(address) => address,
            SocketAddr::V6(_) => panic!("an IPv4 test"),
        }
    }

    #[test]
    fn both_ways_tell_our_own_uid() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (server, peer) = listener.accept().unwrap();
        let local = server.local_addr().unwrap();
        let own = rustix::process::geteuid().as_raw();
        assert_eq!(by_netlink(v4(local), v4(peer)).unwrap(), own);
        let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
        assert_eq!(by_table(&table, v4(local), v4(peer)).unwrap(), own);
        assert_eq!(uid(local, peer).unwrap(), own);
        let nobody = SocketAddr::from(([127, 0, 0, 1], 1));
        assert_eq!(
            uid(local, nobody).unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
    }

    #[test]
    fn reads_the_table() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
            \x20  0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1\n\
            \x20  1: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000 210066        0 2 1\n";
        let local = "127.0.0.1:8080".parse().unwrap();
        assert_eq!(
            by_table(table, local, "127.0.0.1:50000".parse().unwrap()).unwrap(),
            210_066
        );
        assert!(by_table(table, local, "127.0.0.1:50001".parse().unwrap()).is_err());
    }
}
