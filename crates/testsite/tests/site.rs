//! The site over real sockets.

#![expect(
    clippy::unwrap_used,
    reason = "a failed step of a helper fails its test"
)]

use std::time::Duration;

use guise_testsite::Site;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(10);

/// Sends one request and returns the whole answer as text.
async fn send(origin: &str, request: &str) -> String {
    let address = origin.trim_start_matches("http://");
    let port = address.rsplit_once(':').unwrap().1.parse().unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let (line, rest) = request.split_once("\r\n").unwrap_or((request, ""));
    let (rest, body) = rest.split_once("\r\n\r\n").unwrap_or((rest, ""));
    let rest = if rest.is_empty() {
        String::new()
    } else {
        format!("{rest}\r\n")
    };
    let text = format!(
        "{line} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n{rest}\r\n{body}",
        body.len()
    );
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut answer))
        .await
        .unwrap()
        .unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").unwrap().1
}

#[tokio::test]
async fn every_listed_page_answers_without_a_placeholder_left() {
    let site = Site::start().await.unwrap();
    let list = send(site.origin(), "GET /_pages").await;
    let pages: Vec<serde_json::Value> = serde_json::from_str(body(&list)).unwrap();
    assert!(pages.len() > 20, "{list}");
    for page in pages {
        let path = page["path"].as_str().unwrap();
        if path == "/hang" {
            continue;
        }
        let answer = send(site.origin(), &format!("GET {path}")).await;
        let status: u16 = answer[9..12].parse().unwrap();
        let expected = match path {
            "/status/404" => 404,
            path if path.starts_with("/redirect") => 302,
            _ => 200,
        };
        assert_eq!(status, expected, "{path}");
        assert!(!answer.contains("{{"), "{path} has a placeholder left");
    }
    site.stop().await;
}

#[tokio::test]
async fn all_origins_share_pages_and_log() {
    let site = Site::start().await.unwrap();
    for origin in [site.origin(), site.other_origin(), site.cross_site()] {
        let answer = send(origin, "GET /article?part=2").await;
        assert!(answer.contains("The slow letter"), "{origin}");
    }
    let hits = site.hits_of("/article");
    let hosts: Vec<_> = hits
        .iter()
        .map(|hit| format!("http://{}", hit.host))
        .collect();
    assert_eq!(
        hosts,
        [site.origin(), site.other_origin(), site.cross_site()]
    );
    assert_eq!(hits[0].query, "part=2");
    site.reset();
    assert!(site.hits().is_empty());
}

#[tokio::test]
async fn reports_of_pages_are_kept_with_their_origin() {
    let site = Site::start().await.unwrap();
    let request = "POST /log/event\r\nContent-Type: application/json\r\n\r\n{\"frame\":\"x\"}";
    send(site.other_origin(), request).await;
    let events = site.events();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].value["frame"], "x");
    assert_eq!(format!("http://{}", events[0].host), site.other_origin());
    assert!(site.hits().is_empty(), "the log does not log itself");
}

#[tokio::test]
async fn login_needs_the_right_password_and_keeps_a_cookie() {
    let site = Site::start().await.unwrap();
    let kind = "Content-Type: application/x-www-form-urlencoded";
    let wrong = format!("POST /login\r\n{kind}\r\n\r\nusername=ada&password=wrong");
    let answer = send(site.origin(), &wrong).await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(answer.contains("Wrong name or password."), "{answer}");

    let right = format!("POST /login\r\n{kind}\r\n\r\nusername=ada&password=engine-1843");
    let answer = send(site.origin(), &right).await;
    let cookie = answer
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .and_then(|cookie| cookie.split(';').next())
        .unwrap();
    let account = send(site.origin(), &format!("GET /account\r\nCookie: {cookie}")).await;
    assert!(account.contains("Welcome, ada"), "{account}");
    let stranger = send(site.origin(), "GET /account").await;
    assert!(stranger.starts_with("HTTP/1.1 303"), "{stranger}");
}

#[tokio::test]
async fn search_narrows_the_catalogue() {
    let site = Site::start().await.unwrap();
    let answer = send(site.origin(), "GET /shop?q=lamp&in_stock=1").await;
    assert!(answer.contains("1 products"), "{answer}");
    assert!(
        answer.contains("LMP-01") && !answer.contains("LMP-03"),
        "{answer}"
    );
}

#[tokio::test]
async fn an_upload_is_told_byte_for_byte() {
    let site = Site::start().await.unwrap();
    let request = "POST /upload/json\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n\
        --b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nabc\r\n--b--\r\n";
    let answer = send(site.origin(), request).await;
    let received: serde_json::Value = serde_json::from_str(body(&answer)).unwrap();
    assert_eq!(received["files"][0]["name"], "a.txt");
    assert_eq!(received["files"][0]["size"], 3);
    assert_eq!(
        received["files"][0]["sha256"],
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[tokio::test]
async fn stopping_ends_answers_that_never_come() {
    let site = Site::start().await.unwrap();
    let origin = site.origin().to_owned();
    let waiting = tokio::spawn(async move { send(&origin, "GET /hang").await });
    timeout(PATIENCE, async {
        while site.hits_of("/hang").is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    timeout(PATIENCE, site.stop()).await.unwrap();
    assert!(waiting.await.unwrap().starts_with("HTTP/1.1 503"));
}
