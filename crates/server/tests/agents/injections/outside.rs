//! The way out of the browsers: a proxy that notes where they want to go, and lets them get to this machine's own sites only.

use std::io;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

const REFUSED: &[u8] =
    b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// The proxy, until it is dropped.
pub struct Outside {
    port: u16,
    wanted: Arc<Mutex<Vec<String>>>,
    task: AbortHandle,
}

impl Outside {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let wanted = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&wanted);
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                // A browser that hangs up in the middle is nothing to a proxy.
                connections.spawn(serve(stream, Arc::clone(&noted)));
                while connections.try_join_next().is_some() {}
            }
        });
        Self {
            port,
            wanted,
            task: task.abort_handle(),
        }
    }

    /// Its address as the option `proxies` takes it.
    pub fn server(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// `host:port` of all that browsers asked for, other than this machine's own sites.
    pub fn far(&self) -> Vec<String> {
        let wanted = self.wanted.lock().unwrap();
        let far = wanted.iter().filter(|it| near(it).is_none());
        far.cloned().collect()
    }

    /// Whether anything came through here at all.
    pub fn was_used(&self) -> bool {
        !self.wanted.lock().unwrap().is_empty()
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The port of one of this machine's own sites.
fn near(authority: &str) -> Option<u16> {
    let (host, port) = authority.rsplit_once(':')?;
    host.ends_with(".localhost").then_some(())?;
    port.parse().ok()
}

async fn serve(mut stream: TcpStream, wanted: Arc<Mutex<Vec<String>>>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let (line, rest) = head.split_once("\r\n").unwrap_or_default();
    let mut words = line.split(' ');
    let (method, target) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    let bare = target.trim_start_matches("http://");
    let (authority, path) = bare.split_once('/').unwrap_or((bare, ""));
    wanted.lock().unwrap().push(authority.to_owned());
    let Some(port) = near(authority) else {
        return stream.write_all(REFUSED).await;
    };
    let mut there = TcpStream::connect(("127.0.0.1", port)).await?;
    there.set_nodelay(true)?;
    if method == "CONNECT" {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
    } else {
        // One request a connection, so that none is sent to where an earlier one went.
        let kept = rest.split("\r\n").filter(|line| {
            let line = line.to_ascii_lowercase();
            !line.is_empty() && !line.starts_with("connection:") && !line.starts_with("proxy-")
        });
        let mut head = format!("{method} /{path} HTTP/1.1\r\nConnection: close\r\n");
        for line in kept {
            head.push_str(line);
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        there.write_all(head.as_bytes()).await?;
    }
    copy_bidirectional(&mut stream, &mut there).await.map(drop)
}
