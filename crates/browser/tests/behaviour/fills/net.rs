//! An Internet of its own: a proxy that takes every host, on every port, for the test site, with TLS.

use std::sync::Arc;

use guise_egress::Upstream;
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

/// All names in it.
const NAMES: [&str; 2] = ["*.example", "localhost"];

/// The proxy, until it is dropped.
pub(super) struct Net {
    port: u16,
    task: AbortHandle,
}

impl Net {
    /// Whose hosts are all `origin`, such as `http://127.0.0.1:4000`.
    pub(super) async fn start(origin: &str) -> Self {
        let target = origin.strip_prefix("http://").unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let acceptor = acceptor();
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).unwrap();
                // A browser that hangs up in the middle is nothing to a proxy.
                connections.spawn(serve(stream, acceptor.clone(), target.clone()));
                while connections.try_join_next().is_some() {}
            }
        });
        Self {
            port,
            task: task.abort_handle(),
        }
    }

    pub(super) fn upstream(&self) -> Upstream {
        let server = format!("http://127.0.0.1:{}", self.port);
        Upstream::parse(&server, None, None, None).unwrap()
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn acceptor() -> TlsAcceptor {
    let names = NAMES.map(str::to_owned);
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()).into();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn serve(
    mut stream: TcpStream,
    acceptor: TlsAcceptor,
    target: String,
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut there = TcpStream::connect(&target).await?;
    there.set_nodelay(true)?;
    if !head.starts_with("CONNECT ") {
        // Plain HTTP comes in absolute form.
        let (line, rest) = head.split_once("\r\n").unwrap_or_default();
        let mut words = line.split(' ');
        let (method, address) = (
            words.next().unwrap_or_default(),
            words.next().unwrap_or_default(),
        );
        let path = address
            .splitn(4, '/')
            .nth(3)
            .map_or("/".to_owned(), |path| format!("/{path}"));
        let head = format!("{method} {path} HTTP/1.1\r\n{rest}");
        there.write_all(head.as_bytes()).await?;
        copy_bidirectional(&mut stream, &mut there).await?;
        return Ok(());
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
    // The first byte of a TLS handshake is 22; WebSockets without TLS come through here as well.
    let mut first = [0];
    stream.peek(&mut first).await?;
    if first[0] == 22 {
        let mut stream = acceptor.accept(stream).await?;
        copy_bidirectional(&mut stream, &mut there).await?;
    } else {
        copy_bidirectional(&mut stream, &mut there).await?;
    }
    Ok(())
}
