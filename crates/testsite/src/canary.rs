//! Listeners that nobody should reach, one for each way of getting there.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinSet;

use crate::shared::lock;

/// What every request is answered with: open to all origins, and harmless as a page, a script or a picture.
const ANSWER: &[u8] =
    b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: *\r\n\
    Content-Type: text/javascript\r\nContent-Length: 1\r\nConnection: close\r\n\r\n0";

/// How many tries a free port for all three listeners gets.
const TRIES: usize = 20;

/// Listens on one port of loopback for each name, over TCP and UDP, by IPv4 and, where there is one, IPv6.
///
/// Whatever comes in is a hit, be it a whole request or nothing but a connection. Dropping it ends it.
pub struct Canary {
    ports: BTreeMap<String, u16>,
    hits: Hits,
    _listeners: JoinSet<()>,
}

/// How often each name was hit.
type Hits = Arc<Mutex<BTreeMap<String, usize>>>;

impl Canary {
    /// Listens for each of `names`.
    ///
    /// # Errors
    /// When there are not enough free ports.
    pub async fn start(names: impl IntoIterator<Item = &str>) -> io::Result<Self> {
        let hits = Hits::default();
        let mut ports = BTreeMap::new();
        let mut listeners = JoinSet::new();
        for name in names {
            let sockets = Sockets::bind().await?;
            ports.insert(name.to_owned(), sockets.tcp.local_addr()?.port());
            let hit = {
                let (name, hits) = (name.to_owned(), Arc::clone(&hits));
                move || *lock(&hits).entry(name.clone()).or_default() += 1
            };
            for tcp in [Some(sockets.tcp), sockets.tcp_v6].into_iter().flatten() {
                listeners.spawn(accept(tcp, hit.clone()));
            }
            for udp in [Some(sockets.udp), sockets.udp_v6].into_iter().flatten() {
                listeners.spawn(receive(udp, hit.clone()));
            }
        }
        Ok(Self {
            ports,
            hits,
            _listeners: listeners,
        })
    }

    /// The port of each name.
    #[must_use]
    pub fn ports(&self) -> &BTreeMap<String, u16> {
        &self.ports
    }

    /// Which names were hit so far, and how often.
    #[must_use]
    pub fn hits(&self) -> BTreeMap<String, usize> {
        lock(&self.hits).clone()
    }

    /// Forgets the hits.
    pub fn reset(&self) {
        lock(&self.hits).clear();
    }
}

/// What listens on one port.
struct Sockets {
    tcp: TcpListener,
    udp: UdpSocket,
    tcp_v6: Option<TcpListener>,
    udp_v6: Option<UdpSocket>,
}

impl Sockets {
    async fn bind() -> io::Result<Self> {
        let mut last = io::Error::from(io::ErrorKind::AddrInUse);
        for _ in 0..TRIES {
            let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            let port = tcp.local_addr()?.port();
            let v6 = SocketAddr::from((Ipv6Addr::LOCALHOST, port));
            match UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).await {
                Ok(udp) => {
                    return Ok(Self {
                        tcp,
                        udp,
                        tcp_v6: TcpListener::bind(v6).await.ok(),
                        udp_v6: UdpSocket::bind(v6).await.ok(),
                    });
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

async fn accept(listener: TcpListener, hit: impl Fn()) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        hit();
        connections.spawn(answer(stream));
    }
}

/// Answers a request; what is none, such as the beginning of TLS, is read and left without an answer.
async fn answer(mut stream: TcpStream) {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read_buf(&mut request).await {
            Ok(1..) if request.len() < 64 * 1024 => {}
            _ => return,
        }
    }
    // Whoever has gone meanwhile needs no answer.
    let _ = stream.write_all(ANSWER).await;
}

async fn receive(socket: UdpSocket, hit: impl Fn()) {
    let mut datagram = [0; 2048];
    // A datagram that nobody takes comes back as an error, and the next one may be good.
    loop {
        if socket.recv_from(&mut datagram).await.is_ok() {
            hit();
        }
    }
}
