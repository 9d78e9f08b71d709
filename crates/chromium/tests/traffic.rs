//! What a browser can reach: its proxy, and no file but its own.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod common;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use common::{KINDS, Stage, Talk, soon, spec};
use guise_chromium::{Isolation, Spec};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UdpSocket},
    task::JoinSet,
    time::timeout,
};

/// Answers every request with a page that names the request's first line, and keeps that line.
#[derive(Clone, Default)]
struct Echo {
    seen: Arc<Mutex<Vec<String>>>,
}

impl Echo {
    async fn serve(self, listener: TcpListener) {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            connections.spawn(self.clone().answer(stream));
        }
    }

    async fn answer(self, mut stream: TcpStream) {
        let mut request = Vec::new();
        while !request.windows(4).any(|window| window == b"\r\n\r\n") {
            if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
                return;
            }
        }
        let request = String::from_utf8_lossy(&request);
        let line = request.lines().next().unwrap_or_default().to_owned();
        let body = format!("<link rel=icon href=data:,><p>{line}</p>");
        self.seen.lock().unwrap().push(line);
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        let _ = stream.write_all(answer.as_bytes()).await;
    }
}

#[tokio::test]
async fn the_proxy_carries_everything_even_what_is_on_loopback() {
    let stage = Stage::new(40);
    let launcher = stage.launcher().await;
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = proxy.local_addr().unwrap().port();
    let echo = Echo::default();
    let proxy = tokio::spawn(echo.clone().serve(proxy));
    for (engine, display) in KINDS {
        let spec = Spec {
            proxy_port: Some(port),
            ..Spec::new(engine, display)
        };
        let browser = launcher.launch(spec, soon()).await.unwrap();
        let mut talk = Talk::to(&browser);
        let page = talk.page("about:blank").await;
        for url in [
            "http://127.0.0.1:8099/x",
            "http://shop.example/",
            "http://localhost/",
        ] {
            let answer = talk
                .call(Some(&page), "Page.navigate", json!({"url": url}))
                .await;
            assert!(answer["errorText"].is_null(), "{url}: {answer}");
            let text = talk
                .evaluate(
                    &page,
                    "new Promise(done => document.readyState === 'complete' ? done() : addEventListener('load', done)) \
                     .then(() => document.body.innerText)",
                )
                .await;
            assert_eq!(text, format!("GET {url} HTTP/1.1"));
        }
        browser.end(Duration::ZERO, soon()).await.unwrap();
        let seen = std::mem::take(&mut *echo.seen.lock().unwrap());
        assert_eq!(seen.len(), 3, "nothing but what was asked for: {seen:?}");
    }
    proxy.abort();
}

#[tokio::test]
async fn landlock_stops_other_connections_and_files() {
    let stage = Stage::new(41);
    let launcher = stage.launcher().await;
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = elsewhere.local_addr().unwrap();
    let elsewhere = tokio::spawn(Echo::default().serve(elsewhere));
    for (engine, display) in KINDS {
        // No proxy is named, so that only the kernel is in the way.
        let browser = launcher
            .launch(spec(engine, display), soon())
            .await
            .unwrap();
        let landlock = Isolation::of_this_machine().landlock;
        assert_eq!(browser.confinement().landlock, landlock);
        let mut talk = Talk::to(&browser);
        let page = talk.page("about:blank").await;
        let url = format!("http://{address}/");
        let answer = talk
            .call(Some(&page), "Page.navigate", json!({"url": url}))
            .await;
        let stops_tcp = landlock.is_some_and(|version| version >= 4);
        assert_eq!(answer["errorText"].is_string(), stops_tcp, "{answer}");

        let answer = talk
            .call(
                Some(&page),
                "Page.navigate",
                json!({"url": "file:///etc/hosts"}),
            )
            .await;
        assert!(
            answer["errorText"].is_null(),
            "what is on the list can be read: {answer}"
        );
        let answer = talk
            .call(
                Some(&page),
                "Page.navigate",
                json!({"url": "file:///etc/passwd"}),
            )
            .await;
        assert_eq!(
            answer["errorText"].is_string(),
            landlock.is_some(),
            "{answer}"
        );
        browser.end(Duration::ZERO, soon()).await.unwrap();
    }
    elsewhere.abort();
}

/// Landlock knows nothing of UDP, and a proxy does not see it: the switch must do it.
#[tokio::test]
async fn no_datagram_leaves_a_page() {
    let stage = Stage::new(42);
    let launcher = stage.launcher().await;
    let server = UdpSocket::bind("0.0.0.0:0").await.unwrap();
    let port = server.local_addr().unwrap().port();
    // Choosing a route sends nothing; without any network loopback must do.
    let route = UdpSocket::bind("0.0.0.0:0").await.unwrap();
    let own = match route.connect("192.0.2.1:9").await {
        Ok(()) => route.local_addr().unwrap().ip(),
        Err(_) => [127, 0, 0, 1].into(),
    };
    for (engine, display) in KINDS {
        let browser = launcher
            .launch(
                Spec {
                    proxy_port: Some(9),
                    ..Spec::new(engine, display)
                },
                soon(),
            )
            .await
            .unwrap();
        let mut talk = Talk::to(&browser);
        let page = talk.page("about:blank").await;
        let candidates = talk
            .evaluate(
                &page,
                &format!(
                    "(async () => {{
                        const peer = new RTCPeerConnection({{iceServers: [{{urls: 'stun:{own}:{port}'}}]}});
                        const found = [];
                        const done = new Promise(resolve => peer.onicecandidate =
                            event => event.candidate ? found.push(event.candidate.candidate) : resolve());
                        peer.createDataChannel('x');
                        await peer.setLocalDescription(await peer.createOffer());
                        await done;
                        return found;
                    }})()"
                ),
            )
            .await;
        assert_eq!(candidates, json!([]), "{engine:?} {display:?}");
        let mut datagram = [0; 64];
        let arrived = timeout(Duration::from_millis(300), server.recv_from(&mut datagram)).await;
        assert!(arrived.is_err(), "{engine:?} {display:?}: {arrived:?}");
        browser.end(Duration::ZERO, soon()).await.unwrap();
    }
}
