//! Plain HTTP through a door.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::{Browser, Origin, ask, connect, door, get, text};
use bytes::Bytes;
use futures_util::StreamExt;
use guise_egress::{Host, Policy};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use hyper::{Method, Response, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::Instant;

/// What the origin got, to the byte.
async fn recorder(answer: &'static str) -> (Origin, Arc<Mutex<Vec<u8>>>) {
    let got = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&got);
    let origin = Origin::raw(move |mut socket| {
        let sink = Arc::clone(&sink);
        async move {
            let mut buffer = [0; 4096];
            loop {
                let Ok(read @ 1..) = socket.read(&mut buffer).await else {
                    return;
                };
                let done = {
                    let mut sink = sink.lock().unwrap();
                    sink.extend(&buffer[..read]);
                    sink.ends_with(b"\r\n\r\n")
                };
                if done {
                    socket.write_all(answer.as_bytes()).await.unwrap();
                }
            }
        }
    })
    .await;
    (origin, got)
}

#[tokio::test]
async fn the_origin_sees_a_request_as_if_there_were_no_proxy_and_every_byte_counts() {
    const ANSWER: &str = "HTTP/1.1 201 Made Up\r\nX-CaSe: Kept\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok";
    let (origin, got) = recorder(ANSWER).await;
    let door = door("localhost").await;
    let request = format!(
        "GET http://site.test:{}/a?b=%20c HTTP/1.1\r\nHost: elsewhere\r\nProxy-Connection: keep-alive\r\n\
         sec-ch-UA: \"x\"\r\nAccept: */*\r\nProxy-Authorization: Basic eA==\r\nCookie: a=b\r\n\r\n",
        origin.port()
    );
    let answer = ask(&door, request).await;
    assert!(
        answer
            .head
            .starts_with("HTTP/1.1 201 Made Up\r\nX-CaSe: Kept\r\n"),
        "{}",
        answer.head
    );
    assert_eq!(answer.text(), "ok");
    let expected = format!(
        "GET /a?b=%20c HTTP/1.1\r\nHost: site.test:{}\r\nConnection: keep-alive\r\nsec-ch-UA: \"x\"\r\n\
         Accept: */*\r\nCookie: a=b\r\n\r\n",
        origin.port()
    );
    assert_eq!(
        String::from_utf8(got.lock().unwrap().clone()).unwrap(),
        expected
    );
    assert_eq!(door.traffic().request_bytes, expected.len() as u64);
    assert_eq!(door.traffic().response_bytes, ANSWER.len() as u64);
}

#[tokio::test]
async fn connections_are_reused_for_the_same_site_only() {
    let origin = Origin::http(|request| async move { text(request.uri().to_string()) }).await;
    let door = door("localhost").await;
    let mut browser = Browser::connect(door.port()).await;
    for i in 0..5 {
        let answer = browser
            .ask(get(&format!("http://site.test:{}/{i}", origin.port())))
            .await;
        assert_eq!(answer.text(), format!("/{i}"));
    }
    assert_eq!(origin.connections(), 1);
    browser
        .ask(get(&format!("http://other.test:{}/", origin.port())))
        .await;
    assert_eq!(origin.connections(), 2);
    // A new policy is in force at once, on connections that are open too.
    door.assign(Policy::default());
    let answer = browser
        .ask(get(&format!("http://other.test:{}/", origin.port())))
        .await;
    assert_eq!((answer.status, origin.connections()), (403, 2));
}

#[tokio::test]
async fn an_origin_that_closes_between_requests_is_connected_again() {
    let origin = Origin::raw(|mut socket| async move {
        let mut buffer = [0; 4096];
        let _ = socket.read(&mut buffer).await;
        let _ = socket
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
            .await;
    })
    .await;
    let door = door("localhost").await;
    let mut browser = Browser::connect(door.port()).await;
    for i in 1..=5 {
        let answer = browser
            .ask(get(&format!("http://site.test:{}/", origin.port())))
            .await;
        assert_eq!((answer.status, origin.connections()), (200, i));
        // The origin's end must have arrived; a request in that very moment is the browser's to repeat.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn bodies_stream_both_ways_and_count_exactly() {
    const SIZE: usize = 24 << 20;
    let origin = Origin::http(|request| async move {
        let mut body = request.into_body();
        let mut sum = 0_u64;
        while let Some(frame) = body.frame().await {
            sum += frame
                .unwrap()
                .into_data()
                .map_or(0, |data| data.iter().map(|b| u64::from(*b)).sum());
        }
        let head = Bytes::from(format!("{sum:020}"));
        let rest = (0..SIZE >> 16).map(|_| Bytes::from(vec![7; 1 << 16]));
        let frames = std::iter::once(head)
            .chain(rest)
            .map(|data| Ok::<_, Infallible>(Frame::data(data)));
        Response::new(StreamBody::new(futures_util::stream::iter(frames)))
    })
    .await;
    let door = door("localhost").await;
    let mut browser = Browser::connect(door.port()).await;
    let head = format!(
        "POST http://site.test:{}/ HTTP/1.1\r\nHost: x\r\nContent-Length: {SIZE}\r\n\r\n",
        origin.port()
    );
    browser.send(head).await;
    browser.send(vec![3; SIZE]).await;
    let answer = browser.answer().await;
    assert_eq!(answer.body.len(), 20 + SIZE);
    assert_eq!(&answer.body[..20], format!("{:020}", 3 * SIZE).as_bytes());
    let traffic = door.traffic();
    assert!(
        (SIZE as u64..SIZE as u64 + 200).contains(&traffic.request_bytes),
        "{traffic:?}"
    );
    // Chunk headers come on top.
    assert!(
        (SIZE as u64..SIZE as u64 + 20_000).contains(&traffic.response_bytes),
        "{traffic:?}"
    );
}

#[tokio::test]
async fn chunked_requests_arrive_whole() {
    let origin = Origin::http(|request| async move {
        let chunked = request
            .headers()
            .get("transfer-encoding")
            .is_some_and(|v| v == "chunked");
        let body = request.into_body().collect().await.unwrap().to_bytes();
        text(format!("{chunked} {}", String::from_utf8_lossy(&body)))
    })
    .await;
    let door = door("localhost").await;
    let request = format!(
        "POST http://site.test:{}/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\
         3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
        origin.port()
    );
    assert_eq!(ask(&door, request).await.text(), "true abcde");
}

#[tokio::test]
async fn answers_without_a_body_leave_the_connection_usable() {
    let origin = Origin::http(|request| async move {
        let mut response = text("");
        match request.uri().path() {
            "/204" => *response.status_mut() = StatusCode::NO_CONTENT,
            "/304" => *response.status_mut() = StatusCode::NOT_MODIFIED,
            _ if request.method() == Method::HEAD => response = text("not sent"),
            _ => response = text("sent"),
        }
        response
    })
    .await;
    let door = door("localhost").await;
    let mut browser = Browser::connect(door.port()).await;
    let base = format!("http://site.test:{}", origin.port());
    for _ in 0..2 {
        assert_eq!(browser.ask(get(&format!("{base}/204"))).await.status, 204);
        assert_eq!(browser.ask(get(&format!("{base}/304"))).await.status, 304);
        browser
            .send(format!("HEAD {base}/ HTTP/1.1\r\nHost: x\r\n\r\n"))
            .await;
        let head = browser.head().await;
        assert!(head.to_lowercase().contains("content-length: 8"), "{head}");
        assert_eq!(browser.ask(get(&base)).await.text(), "sent");
    }
    assert_eq!(origin.connections(), 1);
}

#[tokio::test]
async fn events_arrive_when_they_are_sent() {
    let (sender, receiver) = mpsc::channel::<Bytes>(1);
    let receiver = Arc::new(Mutex::new(Some(receiver)));
    let origin = Origin::http(move |_| {
        let receiver = receiver.lock().unwrap().take().unwrap();
        async move {
            let frames = futures_util::stream::unfold(receiver, |mut receiver| async move {
                receiver.recv().await.map(|data| (data, receiver))
            });
            let frames = frames.map(|data| Ok::<_, Infallible>(Frame::data(data)));
            Response::builder()
                .header("content-type", "text/event-stream")
                .body(StreamBody::new(frames))
                .unwrap()
        }
    })
    .await;
    let door = door("localhost").await;
    let mut browser = Browser::connect(door.port()).await;
    browser
        .send(get(&format!("http://site.test:{}/", origin.port())))
        .await;
    assert!(browser.head().await.contains("text/event-stream"));
    for i in 0..10 {
        let event = format!("data: {i}\n\n");
        sender.send(Bytes::from(event.clone())).await.unwrap();
        assert_eq!(browser.chunk().await.unwrap(), event.as_bytes());
    }
    drop(sender);
    assert_eq!(browser.chunk().await, None);
}

#[tokio::test]
async fn a_body_that_waits_for_leave_gets_it() {
    let origin = Origin::http(|request| async move {
        text(request.into_body().collect().await.unwrap().to_bytes())
    })
    .await;
    let door = door("localhost").await;
    let mut browser = Browser::connect(door.port()).await;
    let head = format!(
        "POST http://site.test:{}/ HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n",
        origin.port()
    );
    browser.send(head).await;
    assert!(browser.head().await.starts_with("HTTP/1.1 100 "));
    assert_eq!(browser.ask("body").await.text(), "body");
}

#[tokio::test]
async fn a_plain_websocket_switches_protocols() {
    let origin = Origin::raw(|mut socket| async move {
        let mut buffer = vec![0; 4096];
        let read = socket.read(&mut buffer).await.unwrap();
        let head = String::from_utf8_lossy(&buffer[..read]).to_lowercase();
        assert!(head.contains("upgrade: websocket") && head.contains("connection: upgrade"), "{head}");
        socket
            .write_all(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello")
            .await
            .unwrap();
        let (mut read, mut write) = socket.split();
        tokio::io::copy(&mut read, &mut write).await.unwrap();
    })
    .await;
    let door = door("localhost").await;
    let mut browser = Browser::connect(door.port()).await;
    browser
        .send(format!(
            "GET http://site.test:{}/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            origin.port()
        ))
        .await;
    let head = browser.head().await;
    assert!(
        head.starts_with("HTTP/1.1 101 ") && head.to_lowercase().contains("upgrade: websocket"),
        "{head}"
    );
    assert_eq!(browser.exact(5).await, b"hello");
    browser.send("frames").await;
    assert_eq!(browser.exact(6).await, b"frames");
}

#[tokio::test]
async fn an_origin_that_closes_without_an_answer_closes_the_browsers_connection() {
    let origin = Origin::raw(|mut socket| async move {
        let _ = socket.read(&mut [0; 4096]).await;
    })
    .await;
    let door = door("localhost").await;
    let start = Instant::now();
    let mut browser = Browser::connect(door.port()).await;
    browser
        .send(get(&format!("http://site.test:{}/", origin.port())))
        .await;
    assert_eq!(browser.rest().await, b"");
    let failure = door
        .failure(&Host::parse("site.test").unwrap(), origin.port(), start)
        .unwrap();
    assert_eq!(failure.net_error(), "net::ERR_EMPTY_RESPONSE");
}

#[tokio::test]
async fn failures_name_what_chromium_would_have_said() {
    let unused = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let door = door("localhost").await;
    let start = Instant::now();
    for (host, port, code) in [
        ("nowhere.test", 80, "net::ERR_NAME_NOT_RESOLVED"),
        ("site.test", unused, "net::ERR_CONNECTION_REFUSED"),
    ] {
        let answer = ask(&door, get(&format!("http://{host}:{port}/"))).await;
        assert_eq!(
            (answer.status, answer.header("x-guise-failed")),
            (502, Some(code))
        );
        let answer = ask(&door, connect(&format!("{host}:{port}"))).await;
        assert_eq!(
            (answer.status, answer.header("x-guise-failed")),
            (502, Some(code))
        );
        let host = Host::parse(host).unwrap();
        assert_eq!(door.failure(&host, port, start).unwrap().net_error(), code);
        assert!(door.failure(&host, port + 1, start).is_none());
        assert!(door.failure(&host, port, Instant::now()).is_none());
    }
}

#[tokio::test]
async fn what_is_no_proxy_request_is_refused() {
    let door = door("localhost").await;
    for request in [
        "GET / HTTP/1.1\r\nHost: site.test\r\n\r\n",
        "GET ftp://site.test/ HTTP/1.1\r\nHost: site.test\r\n\r\n",
        "GET https://site.test/ HTTP/1.1\r\nHost: site.test\r\n\r\n",
        "CONNECT site.test HTTP/1.1\r\nHost: site.test\r\n\r\n",
        "CONNECT site.test:0 HTTP/1.1\r\nHost: site.test\r\n\r\n",
        "GET http://site.test:0/ HTTP/1.1\r\nHost: site.test\r\n\r\n",
        "GET http://256.1.1.1/ HTTP/1.1\r\nHost: site.test\r\n\r\n",
        "nonsense\r\n\r\n",
    ] {
        assert_eq!(ask(&door, request).await.status, 400, "{request}");
    }
    let endless = format!(
        "GET http://site.test/ HTTP/1.1\r\nX: {}",
        "x".repeat(400 * 1024)
    );
    let mut browser = Browser::connect(door.port()).await;
    // The door may close before everything is written.
    let _ = browser.socket.write_all(endless.as_bytes()).await;
    let answer = browser.rest().await;
    assert!(
        answer.is_empty() || answer.starts_with(b"HTTP/1.1 431 "),
        "{}",
        String::from_utf8_lossy(&answer)
    );
}
