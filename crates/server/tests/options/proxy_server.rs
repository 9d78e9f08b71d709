//! Small forward proxies that ask for credentials: HTTP (RFC 9110 section 7.6.3) and SOCKS5 (RFC 1928, RFC 1929).

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

pub const USER: &str = "tester";
pub const PASSWORD: &str = "p:ss wörd";

/// What a proxy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Http,
    Socks5,
}

/// What it saw.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// `host:port` of every connection that it opened.
    pub opened: Vec<String>,
    /// How often the credentials were missing or wrong.
    pub refused: usize,
}

/// A proxy on a free port of 127.0.0.1, until it is dropped.
pub struct Proxy {
    kind: Kind,
    address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    task: AbortHandle,
}

impl Proxy {
    pub async fn start(kind: Kind) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let shared = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let seen = Arc::clone(&shared);
                connections.spawn(async move {
                    // A browser that goes away in the middle is nothing to a proxy.
                    let _ = match kind {
                        Kind::Http => http(stream, &seen).await,
                        Kind::Socks5 => socks5(stream, &seen).await,
                    };
                });
            }
        });
        Self {
            kind,
            address,
            seen,
            task: task.abort_handle(),
        }
    }

    /// Its address as the option takes it.
    pub fn server(&self) -> String {
        let scheme = match self.kind {
            Kind::Http => "http",
            Kind::Socks5 => "socks5",
        };
        format!("{scheme}://{}", self.address)
    }

    pub fn seen(&self) -> Seen {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn http(mut stream: TcpStream, seen: &Mutex<Seen>) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut lines = head.split("\r\n").filter(|line| !line.is_empty());
    let request: Vec<&str> = lines.next().unwrap_or_default().split(' ').collect();
    let [method, target, version] = request[..] else {
        return Ok(());
    };
    let (ours, theirs): (Vec<&str>, Vec<&str>) =
        lines.partition(|line| line.to_ascii_lowercase().starts_with("proxy-"));
    let expected = BASE64_STANDARD.encode(format!("{USER}:{PASSWORD}"));
    let expected = format!("proxy-authorization: basic {}", expected.to_lowercase());
    if !ours.iter().any(|line| line.to_lowercase() == expected) {
        seen.lock().unwrap().refused += 1;
        let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\n\
            Proxy-Authenticate: Basic realm=\"tests\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        return stream.write_all(refusal.as_bytes()).await;
    }
    if method == "CONNECT" {
        let mut there = open(target, seen).await?;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
        return copy_bidirectional(&mut stream, &mut there).await.map(drop);
    }
    let rest = target.trim_start_matches("http://");
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut there = open(authority, seen).await?;
    let kept = theirs
        .iter()
        .filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    let mut request = format!("{method} /{path} {version}\r\nConnection: close\r\n");
    for line in kept {
        request.push_str(line);
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    there.write_all(request.as_bytes()).await?;
    copy_bidirectional(&mut stream, &mut there).await.map(drop)
}

async fn socks5(mut stream: TcpStream, seen: &Mutex<Seen>) -> io::Result<()> {
    let _version = stream.read_u8().await?;
    let methods = bytes(&mut stream).await?;
    if !methods.contains(&2) {
        seen.lock().unwrap().refused += 1;
        return stream.write_all(&[5, 0xff]).await;
    }
    stream.write_all(&[5, 2]).await?;
    let _version = stream.read_u8().await?;
    let user = bytes(&mut stream).await?;
    let password = bytes(&mut stream).await?;
    if (user.as_slice(), password.as_slice()) != (USER.as_bytes(), PASSWORD.as_bytes()) {
        seen.lock().unwrap().refused += 1;
        return stream.write_all(&[1, 1]).await;
    }
    stream.write_all(&[1, 0]).await?;
    let mut request = [0; 4];
    stream.read_exact(&mut request).await?;
    let host = match request[3] {
        1 => {
            let mut address = [0; 4];
            stream.read_exact(&mut address).await?;
            std::net::Ipv4Addr::from(address).to_string()
        }
        3 => String::from_utf8_lossy(&bytes(&mut stream).await?).into_owned(),
        _ => return stream.write_all(&[5, 8, 0, 1, 0, 0, 0, 0, 0, 0]).await,
    };
    let port = stream.read_u16().await?;
    let mut there = open(&format!("{host}:{port}"), seen).await?;
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    copy_bidirectional(&mut stream, &mut there).await.map(drop)
}

/// A field with its length in front.
async fn bytes(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut field = vec![0; stream.read_u8().await?.into()];
    stream.read_exact(&mut field).await?;
    Ok(field)
}

async fn open(authority: &str, seen: &Mutex<Seen>) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(authority).await?;
    seen.lock().unwrap().opened.push(authority.to_owned());
    Ok(stream)
}
