//! Proxies behind the door.

use std::sync::{Arc, Mutex};

use crate::support;
use crate::support::{Origin, ask, connect, get, options, text, tunnel};
use guise_egress::{Door, Error, Host, Policy, Upstream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

type Log = Arc<Mutex<Vec<String>>>;

async fn read_head(socket: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match socket.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return String::new(),
        }
    }
    String::from_utf8(head).unwrap()
}

/// An HTTP proxy that wants `me:secret` and sends everything to `origin`, whatever name was asked for.
async fn http_proxy(origin: u16) -> (Origin, Log) {
    let log = Log::default();
    let heads = Arc::clone(&log);
    let proxy = Origin::raw(move |mut socket| {
        let heads = Arc::clone(&heads);
        async move {
            loop {
                let head = read_head(&mut socket).await;
                if head.is_empty() {
                    return;
                }
                heads.lock().unwrap().push(head.clone());
                if !head.contains("Proxy-Authorization: Basic bWU6c2VjcmV0\r\n") {
                    let refusal = b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n";
                    socket.write_all(refusal).await.unwrap();
                    continue;
                }
                let mut far = TcpStream::connect(("127.0.0.1", origin)).await.unwrap();
                if head.starts_with("CONNECT ") {
                    // The first bytes of the tunnel right behind the head.
                    let mut first = [0; 5];
                    socket.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
                    if socket.peek(&mut first).await.is_ok() {
                        let _ = tokio::io::copy_bidirectional(&mut socket, &mut far).await;
                    }
                    return;
                }
                far.write_all(head.as_bytes()).await.unwrap();
                let answer = read_head(&mut far).await;
                socket.write_all(answer.as_bytes()).await.unwrap();
                let length = answer.to_lowercase().split("content-length: ").nth(1).unwrap().to_owned();
                let mut body = vec![0; length.lines().next().unwrap().parse().unwrap()];
                far.read_exact(&mut body).await.unwrap();
                socket.write_all(&body).await.unwrap();
            }
        }
    })
    .await;
    (proxy, log)
}

/// A SOCKS5 proxy (RFC 1928, RFC 1929) that wants `me:secret` and sends everything to `origin`.
async fn socks_proxy(origin: u16) -> (Origin, Log) {
    let log = Log::default();
    let asked = Arc::clone(&log);
    let proxy = Origin::raw(move |mut socket| {
        let asked = Arc::clone(&asked);
        async move {
            assert_eq!(socket.read_u8().await.unwrap(), 5);
            let mut methods = vec![0; socket.read_u8().await.unwrap().into()];
            socket.read_exact(&mut methods).await.unwrap();
            if !methods.contains(&2) {
                socket.write_all(&[5, 0xff]).await.unwrap();
                return;
            }
            socket.write_all(&[5, 2]).await.unwrap();
            assert_eq!(socket.read_u8().await.unwrap(), 1);
            let mut pair = Vec::new();
            for _ in 0..2 {
                let mut part = vec![0; socket.read_u8().await.unwrap().into()];
                socket.read_exact(&mut part).await.unwrap();
                pair.push(String::from_utf8(part).unwrap());
            }
            if pair != ["me", "secret"] {
                socket.write_all(&[1, 1]).await.unwrap();
                return;
            }
            socket.write_all(&[1, 0]).await.unwrap();
            let mut request = [0; 4];
            socket.read_exact(&mut request).await.unwrap();
            assert_eq!(request[..3], [5, 1, 0]);
            let host = match request[3] {
                1 => {
                    let mut octets = [0; 4];
                    socket.read_exact(&mut octets).await.unwrap();
                    std::net::Ipv4Addr::from(octets).to_string()
                }
                3 => {
                    let mut name = vec![0; socket.read_u8().await.unwrap().into()];
                    socket.read_exact(&mut name).await.unwrap();
                    String::from_utf8(name).unwrap()
                }
                other => panic!("address type {other}"),
            };
            let port = socket.read_u16().await.unwrap();
            asked.lock().unwrap().push(format!("{host}:{port}"));
            if host == "refused.example" {
                socket
                    .write_all(&[5, 2, 0, 1, 0, 0, 0, 0, 0, 0])
                    .await
                    .unwrap();
                return;
            }
            let mut far = TcpStream::connect(("127.0.0.1", origin)).await.unwrap();
            socket
                .write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
                .await
                .unwrap();
            let _ = tokio::io::copy_bidirectional(&mut socket, &mut far).await;
        }
    })
    .await;
    (proxy, log)
}

async fn door(server: &str, password: &str, bypass: Option<&str>, allow: &str) -> Door {
    let door = support::open(options()).await;
    let upstream = Upstream::parse(server, Some("me"), Some(password), bypass).unwrap();
    door.assign(Policy {
        allow: allow.parse().unwrap(),
        upstream: Some(upstream),
    });
    door
}

async fn echo() -> Origin {
    Origin::raw(|mut socket| async move {
        let (mut read, mut write) = socket.split();
        let _ = tokio::io::copy(&mut read, &mut write).await;
    })
    .await
}

#[tokio::test]
async fn tunnels_go_through_an_http_proxy_with_credentials() {
    let origin = echo().await;
    let (proxy, log) = http_proxy(origin.port()).await;
    let door = door(
        &format!("http://127.0.0.1:{}", proxy.port()),
        "secret",
        None,
        "localhost",
    )
    .await;
    let mut browser = tunnel(&door, "far.example:443").await;
    browser.send("hello there").await;
    assert_eq!(browser.exact(11).await, b"hello there");
    assert_eq!(
        (door.traffic().request_bytes, door.traffic().response_bytes),
        (11, 11)
    );
    let heads = log.lock().unwrap();
    assert!(
        heads[0].starts_with("CONNECT far.example:443 HTTP/1.1\r\nHost: far.example:443\r\n"),
        "{}",
        heads[0]
    );
}

#[tokio::test]
async fn plain_requests_go_through_an_http_proxy_over_one_connection() {
    let origin = Origin::http(|request| async move { text(request.uri().to_string()) }).await;
    let (proxy, log) = http_proxy(origin.port()).await;
    let door = door(
        &format!("http://127.0.0.1:{}", proxy.port()),
        "secret",
        None,
        "localhost",
    )
    .await;
    let mut browser = support::Browser::connect(door.port()).await;
    for path in ["/a", "/b?c"] {
        let answer = browser.ask(get(&format!("http://far.example{path}"))).await;
        assert_eq!(
            (answer.status, answer.text()),
            (200, format!("http://far.example{path}"))
        );
    }
    assert_eq!(proxy.connections(), 1);
    let heads = log.lock().unwrap();
    assert!(
        heads[0].starts_with("GET http://far.example/a HTTP/1.1\r\nHost: far.example\r\n"),
        "{}",
        heads[0]
    );
}

#[tokio::test]
async fn socks5_carries_tunnels_and_plain_requests() {
    let origin = Origin::http(|request| async move { text(request.uri().to_string()) }).await;
    let (proxy, log) = socks_proxy(origin.port()).await;
    let door = door(
        &format!("socks5://127.0.0.1:{}", proxy.port()),
        "secret",
        None,
        "localhost",
    )
    .await;
    let mut browser = tunnel(&door, "far.example:443").await;
    assert_eq!(
        browser
            .ask("GET /in HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .text(),
        "/in"
    );
    let mut browser = support::Browser::connect(door.port()).await;
    for path in ["/a", "/b"] {
        assert_eq!(
            browser
                .ask(get(&format!("http://8.8.8.8:8080{path}")))
                .await
                .text(),
            path
        );
    }
    assert_eq!(*log.lock().unwrap(), ["far.example:443", "8.8.8.8:8080"]);
    let answer = ask(&door, connect("refused.example:443")).await;
    assert_eq!(answer.status, 502);
}

#[tokio::test]
async fn wrong_credentials_are_an_error_that_does_not_ask_the_browser() {
    let origin = echo().await;
    let (http, _) = http_proxy(origin.port()).await;
    let (socks, _) = socks_proxy(origin.port()).await;
    for server in [
        format!("http://127.0.0.1:{}", http.port()),
        format!("socks5://127.0.0.1:{}", socks.port()),
    ] {
        let door = door(&server, "wr0ng", None, "localhost").await;
        let start = Instant::now();
        for request in [connect("far.example:443"), get("http://far.example:443/")] {
            let answer = ask(&door, request).await;
            assert_eq!(
                (answer.status, answer.header("proxy-authenticate")),
                (502, None)
            );
            assert_eq!(
                answer.header("x-guise-failed"),
                Some("net::ERR_PROXY_CONNECTION_FAILED")
            );
            assert!(
                answer.text().contains("credentials") && !answer.text().contains("wr0ng"),
                "{}",
                answer.text()
            );
        }
        let failure = door.failure(&Host::parse("far.example").unwrap(), 443, start);
        assert!(matches!(failure, Some(Error::Upstream { .. })));
    }
}

#[tokio::test]
async fn local_destinations_do_not_go_to_the_proxy_unless_allowed() {
    let origin = Origin::http(|_| async { text("reached") }).await;
    let (proxy, log) = http_proxy(origin.port()).await;
    let server = format!("127.0.0.1:{}", proxy.port());
    let restricted = door(
        &server,
        "secret",
        None,
        &format!("127.0.0.1:{}", proxy.port()),
    )
    .await;
    for (host, class) in [
        ("10.0.0.1", "private"),
        ("127.0.0.1", "loopback"),
        ("[::ffff:10.0.0.1]", "private"),
        ("localhost", "local-name"),
        ("intranet", "local-name"),
        ("printer.local", "local-name"),
        ("169.254.169.254", "metadata"),
        ("metadata.google.internal", "metadata"),
        ("update.googleapis.com", "vendor"),
    ] {
        for request in [
            connect(&format!("{host}:80")),
            get(&format!("http://{host}/")),
        ] {
            let answer = ask(&restricted, request).await;
            let host = Host::parse(host).unwrap();
            let header = format!("class={class}; host={host}");
            assert_eq!(
                (answer.status, answer.header("x-guise-refused")),
                (403, Some(header.as_str()))
            );
        }
    }
    assert!(log.lock().unwrap().is_empty());
    let open = door(&server, "secret", None, "localhost").await;
    assert_eq!(ask(&open, get("http://localhost/")).await.text(), "reached");
    assert_eq!(log.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn bypassed_destinations_go_out_directly_under_the_usual_rules() {
    let origin = Origin::http(|_| async { text("reached") }).await;
    let (proxy, log) = http_proxy(origin.port()).await;
    let server = format!("127.0.0.1:{}", proxy.port());
    let door = door(&server, "secret", Some("site.test, .test"), "localhost").await;
    assert_eq!(
        ask(&door, get(&format!("http://site.test:{}/", origin.port())))
            .await
            .text(),
        "reached"
    );
    assert_eq!(ask(&door, get("http://ten.test/")).await.status, 403);
    assert!(log.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_proxy_in_a_closed_network_is_refused() {
    let (proxy, _) = http_proxy(1).await;
    let door = door(&format!("127.0.0.1:{}", proxy.port()), "secret", None, "").await;
    let answer = ask(&door, connect("far.example:443")).await;
    assert_eq!(answer.status, 502);
    assert!(answer.text().contains("loopback"), "{}", answer.text());
    assert_eq!(proxy.connections(), 0);
}
