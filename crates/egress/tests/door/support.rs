//! Origins, raw clients and doors for the tests.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use guise_egress::{Door, Options, Policy, Resolver};
use http_body_util::Full;
use hyper::body::{Body, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// A server of the test's own, and how often it was connected to.
pub(crate) struct Origin {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

impl Origin {
    /// Hands every connection to `serve`.
    pub(crate) async fn raw<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut open = JoinSet::new();
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                count.fetch_add(1, Ordering::SeqCst);
                open.spawn(serve(socket));
            }
        });
        Self {
            address,
            connections,
            _tasks: tasks,
        }
    }

    /// Answers HTTP requests.
    pub(crate) async fn http<B, F>(
        answer: impl Fn(Request<Incoming>) -> F + Clone + Send + 'static,
    ) -> Self
    where
        F: Future<Output = Response<B>> + Send + 'static,
        B: Body<Data = Bytes, Error = Infallible> + Send + 'static,
    {
        Self::raw(move |socket| {
            let answer = answer.clone();
            async move {
                let service = service_fn(move |request| {
                    let answered = answer(request);
                    async move { Ok::<_, Infallible>(answered.await) }
                });
                let _ = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(socket), service)
                    .with_upgrades()
                    .await;
            }
        })
        .await
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

pub(crate) fn text(body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    Response::new(Full::from(body.into()))
}

/// Names that the tests use; everything else does not exist.
pub(crate) fn names() -> Resolver {
    Resolver::new(|name| {
        let address = match name {
            "site.test" | "other.test" => "127.0.0.1",
            "ten.test" => "10.0.0.1",
            "meta.test" => "169.254.169.254",
            "mapped.test" => "::ffff:127.0.0.1",
            _ => return Err(std::io::Error::other("no such name")),
        };
        Ok(vec![address.parse().unwrap()])
    })
}

pub(crate) fn options() -> Options {
    Options {
        resolver: names(),
        ..Options::default()
    }
}

/// An open door for every user.
pub(crate) async fn open(options: Options) -> Door {
    let door = Door::open(options).await.unwrap();
    door.admit(None);
    door
}

pub(crate) async fn door(allow: &str) -> Door {
    let door = open(options()).await;
    door.assign(Policy {
        allow: allow.parse().unwrap(),
        upstream: None,
    });
    door
}

/// A browser's connection to a door.
pub(crate) struct Browser {
    pub(crate) socket: TcpStream,
    buffer: Vec<u8>,
}

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (own, value) = line.split_once(": ")?;
            own.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
}

impl Browser {
    pub(crate) async fn connect(port: u16) -> Self {
        let socket = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        socket.set_nodelay(true).unwrap();
        Self {
            socket,
            buffer: Vec::new(),
        }
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.socket.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Reads a head up to the empty line.
    pub(crate) async fn head(&mut self) -> String {
        within(async {
            loop {
                if let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                    let head = self.buffer.drain(..at + 4).collect::<Vec<_>>();
                    return String::from_utf8(head).unwrap();
                }
                assert_ne!(
                    self.fill().await,
                    0,
                    "closed within a head: {:?}",
                    self.buffer
                );
            }
        })
        .await
    }

    pub(crate) async fn exact(&mut self, length: usize) -> Vec<u8> {
        within(async {
            while self.buffer.len() < length {
                assert_ne!(
                    self.fill().await,
                    0,
                    "closed after {} bytes",
                    self.buffer.len()
                );
            }
            self.buffer.drain(..length).collect()
        })
        .await
    }

    /// Reads up to the end of the connection.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        within(async {
            while self.fill().await != 0 {}
            std::mem::take(&mut self.buffer)
        })
        .await
    }

    async fn fill(&mut self) -> usize {
        self.socket.read_buf(&mut self.buffer).await.unwrap_or(0)
    }

    /// Reads an answer to a request that was not `HEAD`.
    pub(crate) async fn answer(&mut self) -> Answer {
        let head = self.head().await;
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut answer = Answer {
            status,
            head,
            body: Vec::new(),
        };
        if let Some(length) = answer
            .header("content-length")
            .map(|text| text.parse().unwrap())
        {
            if status != 304 {
                answer.body = self.exact(length).await;
            }
        } else if answer.header("transfer-encoding") == Some("chunked") {
            while let Some(chunk) = self.chunk().await {
                answer.body.extend(chunk);
            }
        }
        answer
    }

    /// Reads one chunk of a chunked body; `None` at the end.
    pub(crate) async fn chunk(&mut self) -> Option<Vec<u8>> {
        let mut size = Vec::new();
        while !size.ends_with(b"\r\n") {
            size.extend(self.exact(1).await);
        }
        let size = usize::from_str_radix(std::str::from_utf8(&size).unwrap().trim(), 16).unwrap();
        let chunk = self.exact(size).await;
        assert_eq!(self.exact(2).await, b"\r\n");
        (size > 0).then_some(chunk)
    }

    pub(crate) async fn ask(&mut self, request: impl AsRef<[u8]>) -> Answer {
        self.send(request).await;
        self.answer().await
    }
}

/// One request over a connection of its own.
pub(crate) async fn ask(door: &Door, request: impl AsRef<[u8]>) -> Answer {
    Browser::connect(door.port()).await.ask(request).await
}

pub(crate) fn get(url: &str) -> String {
    format!("GET {url} HTTP/1.1\r\nHost: x\r\nProxy-Connection: keep-alive\r\n\r\n")
}

pub(crate) fn connect(authority: &str) -> String {
    format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n")
}

/// Fails the test in place of hanging.
pub(crate) async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), work)
        .await
        .expect("the test hangs")
}

/// Waits until something is so.
pub(crate) async fn until(mut is_so: impl FnMut() -> bool) {
    within(async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await;
}

/// A tunnel through the door.
pub(crate) async fn tunnel(door: &Door, authority: &str) -> Browser {
    let mut browser = Browser::connect(door.port()).await;
    browser.send(connect(authority)).await;
    let head = browser.head().await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    browser
}
