//! A filter of system calls (seccomp): which sockets a process may make.
//!
//! Landlock knows of TCP and nothing else, and a proxy sees what is sent to it. So whatever is not TCP must not come into
//! being: datagrams and raw packets, every other family, and TCP under another name. The filter is made before the fork;
//! the child only enters it. Chromium's own filters for its renderers come on top.

use std::io;

use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule, TargetArch,
};

use crate::{Error, Isolation};

/// The bits of a socket's type that are no flags (`SOCK_TYPE_MASK` of `linux/net.h`).
const TYPE_MASK: u64 = 0xf;

/// The same calls under the numbers of x86-64's second interface, x32, where a kernel has it: they come under the same
/// architecture, so the rules for the usual numbers would not see them.
#[cfg(target_arch = "x86_64")]
const OTHER_NUMBERS: &[i64] = &[
    X32 + libc::SYS_socket,
    X32 + libc::SYS_socketpair,
    X32 + libc::SYS_sendto,
    X32 + 518,
    X32 + 538,
    X32 + libc::SYS_io_uring_setup,
];
#[cfg(target_arch = "x86_64")]
const X32: i64 = 0x4000_0000;
#[cfg(not(target_arch = "x86_64"))]
const OTHER_NUMBERS: &[i64] = &[];

/// Whether the kernel filters system calls.
#[must_use]
pub(crate) fn is_available() -> bool {
    // Of <linux/seccomp.h>.
    const GET_ACTION_AVAIL: libc::c_uint = 2;
    #[expect(unsafe_code, reason = "no wrapper for asking exists")]
    // SAFETY: the call reads the one number that the pointer leads to.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            GET_ACTION_AVAIL,
            0_u32,
            std::ptr::from_ref(&libc::SECCOMP_RET_ERRNO),
        )
    };
    answer == 0 && TargetArch::try_from(std::env::consts::ARCH).is_ok()
}

/// What a process may have beside local sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Network {
    /// Streams over TCP on IPv4, as the door takes them. Chromium asks the kernel for more (interfaces, whether there is
    /// IPv6, devices that come and go) and does without.
    Tcp,
    /// Nothing.
    None,
}

/// The filter, where the kernel takes one.
pub(crate) fn filter_on(
    isolation: &Isolation,
    network: Network,
) -> Result<Option<BpfProgram>, Error> {
    isolation.seccomp.then(|| filter(network)).transpose()
}

/// The filter. What it refuses fails with `EACCES`, as sockets do that the system forbids (socket(2)).
fn filter(network: Network) -> Result<BpfProgram, Error> {
    let fast_open = i64::from(libc::MSG_FASTOPEN);
    let mut rules = vec![
        (libc::SYS_socket, sockets(network)?),
        // The kernel makes pairs of local sockets, and of those for clusters where it has them.
        (
            libc::SYS_socketpair,
            vec![all([argument(0, SeccompCmpOp::Ne, libc::AF_UNIX)?])?],
        ),
        // Connects while it sends, and not every Landlock looks at that.
        (libc::SYS_sendto, vec![all([has(3, fast_open)?])?]),
        (libc::SYS_sendmsg, vec![all([has(2, fast_open)?])?]),
        (libc::SYS_sendmmsg, vec![all([has(3, fast_open)?])?]),
        // It makes sockets without calling `socket`.
        (libc::SYS_io_uring_setup, Vec::new()),
    ];
    rules.extend(OTHER_NUMBERS.iter().map(|number| (*number, Vec::new())));
    let filter = SeccompFilter::new(
        rules.into_iter().collect(),
        SeccompAction::Allow,
        SeccompAction::Errno(libc::EACCES.unsigned_abs()),
        TargetArch::try_from(std::env::consts::ARCH)?,
    )?;
    Ok(BpfProgram::try_from(filter)?)
}

/// What is refused: one rule for each way to be something else.
fn sockets(network: Network) -> Result<Vec<SeccompRule>, BackendError> {
    let not_local = argument(0, SeccompCmpOp::Ne, libc::AF_UNIX)?;
    if network == Network::None {
        return Ok(vec![all([not_local])?]);
    }
    let internet = argument(0, SeccompCmpOp::Eq, libc::AF_INET)?;
    let mut rules = vec![
        all([not_local, argument(0, SeccompCmpOp::Ne, libc::AF_INET)?])?,
        // A stream is also SCTP, SMC and multipath TCP, which Landlock does not take for TCP.
        all([
            internet.clone(),
            argument(2, SeccompCmpOp::Ne, libc::IPPROTO_IP)?,
            argument(2, SeccompCmpOp::Ne, libc::IPPROTO_TCP)?,
        ])?,
    ];
    for kind in 0..=TYPE_MASK {
        if kind != u64::from(libc::SOCK_STREAM.unsigned_abs()) {
            let is_of_kind = compare(1, SeccompCmpOp::MaskedEq(TYPE_MASK), kind)?;
            rules.push(all([internet.clone(), is_of_kind])?);
        }
    }
    Ok(rules)
}

fn all<const N: usize>(conditions: [SeccompCondition; N]) -> Result<SeccompRule, BackendError> {
    SeccompRule::new(conditions.into())
}

fn argument(
    index: u8,
    operation: SeccompCmpOp,
    value: libc::c_int,
) -> Result<SeccompCondition, BackendError> {
    compare(index, operation, u64::from(value.unsigned_abs()))
}

/// Whether a flag is among those of an argument.
fn has(index: u8, flag: i64) -> Result<SeccompCondition, BackendError> {
    let flag = flag.unsigned_abs();
    compare(index, SeccompCmpOp::MaskedEq(flag), flag)
}

/// The arguments of sockets are 32 bits wide; what stands above them is not looked at by the kernel either.
fn compare(
    index: u8,
    operation: SeccompCmpOp,
    value: u64,
) -> Result<SeccompCondition, BackendError> {
    SeccompCondition::new(index, SeccompCmpArgLen::Dword, operation, value)
}

/// Puts the calling thread behind the filter, for good. For use between fork and exec: two system calls.
pub(crate) fn enter(filter: &BpfProgram) -> io::Result<()> {
    use seccompiler::Error::{Prctl, Seccomp};
    match seccompiler::apply_filter(filter) {
        Ok(()) => Ok(()),
        Err(Prctl(error) | Seccomp(error)) => Err(error),
        Err(_) => Err(io::ErrorKind::Unsupported.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        net::{TcpListener, TcpStream, UdpSocket},
        os::unix::net::{UnixDatagram, UnixStream},
        thread,
    };

    use rustix::{
        io::Errno,
        net::{
            AddressFamily, Protocol, SendFlags, SocketFlags, SocketType, ipproto, send, socket_with,
        },
    };

    use super::*;

    /// Runs on a thread of its own behind the filter; threads of the tests stay as they are.
    fn behind(network: Network, work: impl FnOnce() + Send + 'static) {
        thread::spawn(move || {
            enter(&filter(network).unwrap()).unwrap();
            work();
        })
        .join()
        .unwrap();
    }

    fn make(
        family: AddressFamily,
        kind: SocketType,
        protocol: Option<Protocol>,
    ) -> Result<(), Errno> {
        // With flags, which stand among the bits of the type.
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        socket_with(family, kind, flags, protocol).map(drop)
    }

    fn refused(family: AddressFamily, kind: SocketType, protocol: Option<Protocol>) {
        let made = make(family, kind, protocol);
        assert_eq!(made, Err(Errno::ACCESS), "{family:?} {kind:?} {protocol:?}");
    }

    #[test]
    fn streams_over_tcp_and_local_sockets_are_all_there_is() {
        assert!(is_available());
        behind(Network::Tcp, || {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            assert_eq!(
                make(AddressFamily::INET, SocketType::STREAM, Some(ipproto::TCP)),
                Ok(())
            );
            assert!(UnixStream::pair().is_ok() && UnixDatagram::pair().is_ok());
            assert_eq!(
                make(AddressFamily::UNIX, SocketType::SEQPACKET, None),
                Ok(())
            );

            assert_eq!(
                UdpSocket::bind("127.0.0.1:0").unwrap_err().kind(),
                io::ErrorKind::PermissionDenied
            );
            for protocol in [ipproto::MPTCP, ipproto::SCTP, ipproto::UDP, ipproto::ICMP] {
                refused(AddressFamily::INET, SocketType::STREAM, Some(protocol));
            }
            let kinds = [
                SocketType::DGRAM,
                SocketType::RAW,
                SocketType::RDM,
                SocketType::SEQPACKET,
            ];
            for kind in kinds {
                refused(AddressFamily::INET, kind, None);
                refused(AddressFamily::INET, kind, Some(ipproto::ICMP));
            }
            for kind in kinds.into_iter().chain([SocketType::STREAM]) {
                // Packets, cluster and hypervisor sockets, Bluetooth, the kernel's ciphers.
                for family in [17, 21, 30, 31, 38, 40, 43, 44] {
                    refused(AddressFamily::from_raw(family), kind, None);
                }
                refused(AddressFamily::INET6, kind, None);
                refused(AddressFamily::NETLINK, kind, None);
            }
            // A pair of any other family, too: the kernel would say that it knows none.
            let flags = SocketFlags::empty();
            let pair =
                rustix::net::socketpair(AddressFamily::INET, SocketType::STREAM, flags, None);
            assert_eq!(pair.unwrap_err(), Errno::ACCESS);
            let fast = SendFlags::from_bits_retain(libc::MSG_FASTOPEN.unsigned_abs());
            assert_eq!(send(&stream, b"x", fast).unwrap_err(), Errno::ACCESS);
            assert_eq!(send(&stream, b"x", SendFlags::NOSIGNAL), Ok(1));
        });
    }

    #[test]
    fn without_a_network_only_local_sockets_are_left() {
        behind(Network::None, || {
            assert!(UnixStream::pair().is_ok());
            refused(AddressFamily::INET, SocketType::STREAM, None);
            refused(AddressFamily::INET, SocketType::DGRAM, None);
            refused(AddressFamily::INET6, SocketType::STREAM, None);
        });
    }

    #[test]
    fn calls_by_other_numbers_are_no_way_around() {
        behind(Network::Tcp, || {
            let others = OTHER_NUMBERS.iter().copied();
            for number in others.chain([libc::SYS_io_uring_setup]) {
                #[expect(unsafe_code, reason = "no wrapper calls by number")]
                // SAFETY: with zeros for arguments none of these calls reads or writes memory.
                let answer = unsafe { libc::syscall(number, 0, 0, 0, 0, 0, 0) };
                let error = io::Error::last_os_error().raw_os_error();
                assert_eq!((answer, error), (-1, Some(libc::EACCES)), "{number:#x}");
            }
        });
    }
}
