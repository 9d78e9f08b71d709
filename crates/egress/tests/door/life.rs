//! How a door's connections end, and who may have one.

use std::sync::Arc;
use std::time::Duration;

use guise_egress::{Door, Options, Policy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support;
use crate::support::{Browser, Origin, door, get, options, text, until, within};

/// Open descriptors of this process that are sockets.
fn sockets() -> usize {
    let entries = std::fs::read_dir("/proc/self/fd").unwrap();
    entries
        .filter_map(|entry| std::fs::read_link(entry.unwrap().path()).ok())
        .filter(|link| link.to_string_lossy().starts_with("socket:"))
        .count()
}

/// Runs in a process of its own under nextest, so the count of sockets is this test's.
#[tokio::test]
async fn a_browser_that_leaves_frees_everything() {
    let alive = Arc::new(());
    let token = Arc::clone(&alive);
    let origin = Origin::raw(move |mut socket| {
        let token = Arc::clone(&token);
        async move {
            let mut buffer = [0; 4096];
            let read = socket.read(&mut buffer).await.unwrap();
            if buffer[..read].starts_with(b"GET /endless") {
                let _ = socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
                while socket.write_all(&[1; 4096]).await.is_ok() {}
            }
            // Stalls until the door hangs up.
            while matches!(socket.read(&mut buffer).await, Ok(1..)) {}
            drop(token);
        }
    })
    .await;
    let door = door("localhost").await;
    let before = sockets();
    let base = format!("http://site.test:{}", origin.port());
    for i in 0..10 {
        // Mid-answer, before any answer, mid-request, and in a tunnel.
        let mut downloading = Browser::connect(door.port()).await;
        downloading.send(get(&format!("{base}/endless"))).await;
        downloading.exact(100_000).await;
        let mut stalled = Browser::connect(door.port()).await;
        stalled.send(get(&format!("{base}/stalled"))).await;
        let mut uploading = Browser::connect(door.port()).await;
        uploading
            .send(format!(
                "POST {base}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc"
            ))
            .await;
        let mut tunnel = support::tunnel(&door, &format!("site.test:{}", origin.port())).await;
        tunnel.send("abc").await;
        until(|| origin.connections() == (i + 1) * 4).await;
    }
    until(|| Arc::strong_count(&alive) == 2).await;
    until(|| sockets() <= before).await;
}

#[tokio::test]
async fn closing_ends_whatever_is_under_way() {
    let origin = Origin::raw(|mut socket| async move {
        let mut buffer = [0; 4096];
        while matches!(socket.read(&mut buffer).await, Ok(1..)) {}
    })
    .await;
    let door = door("localhost").await;
    let mut stalled = Browser::connect(door.port()).await;
    stalled
        .send(get(&format!("http://site.test:{}/", origin.port())))
        .await;
    let mut tunnel = support::tunnel(&door, &format!("site.test:{}", origin.port())).await;
    let mut silent = Browser::connect(door.port()).await;
    until(|| origin.connections() == 2).await;
    within(door.close()).await;
    for browser in [&mut stalled, &mut tunnel, &mut silent] {
        assert_eq!(browser.rest().await, b"");
    }
    assert!(
        tokio::net::TcpStream::connect(("127.0.0.1", door.port()))
            .await
            .is_err()
    );
    within(door.close()).await;
}

#[tokio::test]
async fn dropping_closes_the_port() {
    let door = door("localhost").await;
    let port = door.port();
    let mut silent = Browser::connect(port).await;
    drop(door);
    assert_eq!(silent.rest().await, b"");
    until(|| std::net::TcpStream::connect(("127.0.0.1", port)).is_err()).await;
}

#[tokio::test]
async fn silent_connections_end_after_the_idle_time() {
    let origin = Origin::raw(|socket| async move {
        let _socket = socket;
        std::future::pending().await
    })
    .await;
    let options = Options {
        idle_timeout: Duration::from_millis(100),
        ..options()
    };
    let door = support::open(options).await;
    door.assign(Policy {
        allow: "localhost".parse().unwrap(),
        upstream: None,
    });
    let mut tunnel = support::tunnel(&door, &format!("site.test:{}", origin.port())).await;
    assert_eq!(tunnel.rest().await, b"");
}

#[tokio::test]
async fn further_connections_wait_for_a_place() {
    let origin = Origin::http(|_| async { text("x") }).await;
    let door = support::open(Options {
        max_connections: 1,
        ..options()
    })
    .await;
    door.assign(Policy {
        allow: "localhost".parse().unwrap(),
        upstream: None,
    });
    let url = format!("http://site.test:{}/", origin.port());
    let mut first = Browser::connect(door.port()).await;
    assert_eq!(first.ask(get(&url)).await.status, 200);
    let mut second = Browser::connect(door.port()).await;
    second.send(get(&url)).await;
    let early = tokio::time::timeout(Duration::from_millis(100), second.head()).await;
    assert!(early.is_err());
    drop(first);
    assert_eq!(second.answer().await.status, 200);
}

#[tokio::test]
async fn only_the_right_user_is_served() {
    let own = rustix::process::geteuid().as_raw();
    let origin = Origin::http(|_| async { text("x") }).await;
    for (only_uid, served) in [(own, true), (own + 1, false)] {
        let door = Door::open(options()).await.unwrap();
        door.admit(Some(only_uid));
        door.assign(Policy {
            allow: "localhost".parse().unwrap(),
            upstream: None,
        });
        let mut browser = Browser::connect(door.port()).await;
        browser
            .send(get(&format!("http://site.test:{}/", origin.port())))
            .await;
        if served {
            assert_eq!(browser.answer().await.status, 200);
        } else {
            assert_eq!(browser.rest().await, b"");
        }
    }
    assert_eq!(origin.connections(), 1);
}
