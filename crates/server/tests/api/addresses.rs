//! Links in answers, pages without a key, and sockets.

use futures_util::StreamExt as _;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use crate::support::server::{KEY, Server};
use crate::support::{Stage, eventually};

#[tokio::test]
async fn links_lead_to_where_the_client_came_from() {
    let server = Server::start().await;
    let client = server.client().await;
    client
        .post("/storage/uploads/a.txt")
        .file("file", "x")
        .ok()
        .await;
    let link = async |host: &str| {
        let call = client.get("/storage/uploads/a.txt").header("host", host);
        call.ok().await["url"].as_str().unwrap().to_owned()
    };
    assert!(
        link("browser.localhost:8443")
            .await
            .starts_with("http://browser.localhost:8443/files/")
    );
    // A page of somebody else's may have its name resolve to this machine.
    for path in ["/storage/uploads/a.txt", "/metrics", "/health", "/docs"] {
        let answer = client
            .get(path)
            .header("host", "rebinding.example:3000")
            .unchecked()
            .await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    // What cannot be a host does not get into an answer.
    let own = format!("http://{}/files/", server.address());
    for host in ["evil\"><script>", "a b", "x/y"] {
        let answer = client
            .get("/storage/uploads/a.txt")
            .header("host", host)
            .unchecked()
            .await;
        if answer.status == StatusCode::OK {
            let url = answer.json()["url"].as_str().unwrap().to_owned();
            assert!(
                url.starts_with(&own) || url.starts_with("http://127.0.0.1:0/"),
                "{host}: {url}"
            );
        }
    }
    let started = client
        .post("/sessions/start")
        .header("host", "localhost:1")
        .ok()
        .await;
    assert!(
        started["cdp_url"]
            .as_str()
            .unwrap()
            .starts_with("ws://localhost:1/cdp/")
    );
    assert!(
        started["viewer_url"]
            .as_str()
            .unwrap()
            .starts_with("http://localhost:1/view/")
    );
}

#[tokio::test]
async fn links_lead_to_the_public_address_when_there_is_one() {
    let server = Server::with(&[("public_url", "https://guise.example/")]).await;
    let client = server.client().await;
    let started = client.post("/sessions/start").ok().await;
    let id = started["session_id"].as_str().unwrap();
    assert!(
        started["cdp_url"]
            .as_str()
            .unwrap()
            .starts_with("wss://guise.example/cdp/")
    );
    let debug = client.get(&format!("/sessions/{id}/debug")).ok().await;
    for (name, start) in [
        ("cdp", "wss://guise.example/cdp/"),
        ("recording", "wss://guise.example/sessions/"),
        ("logs", "wss://guise.example/sessions/"),
    ] {
        assert!(
            debug["ws"][name].as_str().unwrap().starts_with(start),
            "{debug}"
        );
    }
    assert!(
        debug["debug_url"]
            .as_str()
            .unwrap()
            .starts_with("https://guise.example/view/")
    );
}

#[tokio::test]
async fn what_needs_no_key_answers_without_one() {
    let server = Server::start().await;
    let nobody = server.client().await.with_key(None);
    for path in ["/health", "/ready"] {
        assert_eq!(nobody.get(path).ok().await["status"], "healthy");
        let head = nobody.call(Method::HEAD, path).unchecked().await;
        assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
    }
    for (path, kind) in [
        ("/openapi.json", "application/json"),
        ("/openapi/notte.json", "application/json"),
        ("/docs", "text/html; charset=utf-8"),
        ("/metrics", "text/plain; version=0.0.4"),
    ] {
        let answer = nobody.get(path).unchecked().await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.header("content-type"), Some(kind));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert!(answer.header("x-request-id").is_some());
    }
    let page = nobody.get("/docs").unchecked().await;
    let page = String::from_utf8(page.body.to_vec()).unwrap();
    assert!(
        !page.contains("http://") && !page.contains("https://"),
        "the page works offline"
    );
    let home = nobody.get("/").unchecked().await;
    assert_eq!(home.header("location"), Some("/docs"));
    let asked = nobody
        .get("/health")
        .header("x-request-id", "mine-1")
        .unchecked()
        .await;
    assert_eq!(asked.header("x-request-id"), Some("mine-1"));
}

#[tokio::test]
async fn counters_need_a_key_when_a_proxy_is_in_front() {
    let stage = Stage::with_page().await;
    let nobody = stage.client.with_key(None);
    let forwarded = |client: &crate::support::client::Client| {
        client
            .get("/metrics")
            .header("x-forwarded-for", "203.0.113.7")
    };
    assert_eq!(
        forwarded(&nobody).unchecked().await.status,
        StatusCode::UNAUTHORIZED
    );
    let weak = stage
        .server
        .new_key("default", &["--scopes", "sessions"])
        .await;
    let weak = stage.client.with_key(Some(&weak));
    assert_eq!(
        forwarded(&weak).unchecked().await.status,
        StatusCode::FORBIDDEN
    );
    let text = forwarded(&stage.client).unchecked().await;
    let text = String::from_utf8(text.body.to_vec()).unwrap();
    assert!(text.contains("guise_sessions_active 1"), "{text}");
    assert!(
        text.contains("route=\"/sessions/{session_id}/page/execute\""),
        "{text}"
    );
    assert!(
        !text.contains(&stage.session) && !text.contains(KEY),
        "{text}"
    );
}

#[tokio::test]
async fn watchers_see_pictures_and_events_until_the_end() {
    let stage = Stage::with_page().await;
    let debug = stage.client.get(&stage.path("/debug")).ok().await;
    let by_key = format!(
        "ws://{}{}?token={KEY}",
        stage.server.address(),
        stage.path("/debug/recording")
    );
    for url in [debug["ws"]["recording"].as_str().unwrap(), &by_key] {
        let (mut socket, _) = connect_async(url).await.unwrap();
        let picture = socket.next().await.unwrap().unwrap();
        assert!(matches!(picture, Message::Binary(jpeg) if jpeg.starts_with(&[0xff, 0xd8])));
    }
    let (mut logs, _) = connect_async(debug["ws"]["logs"].as_str().unwrap())
        .await
        .unwrap();
    stage
        .execute(json!({"type": "evaluate_js", "code": "1"}))
        .await;
    stage.observe().await;
    stage.client.stop(&stage.session).await;
    let mut kinds = Vec::new();
    let mut last = Value::Null;
    while let Some(Ok(message)) = logs.next().await {
        if let Message::Text(text) = message {
            last = serde_json::from_str(&text).unwrap();
            kinds.push(last["type"].as_str().unwrap().to_owned());
            assert!(last["timestamp"].as_str().unwrap().ends_with('Z'), "{last}");
        }
    }
    assert_eq!(kinds, ["execution_result", "observation", "error"]);
    assert!(
        last["data"]
            .as_str()
            .unwrap()
            .contains("closed by the user"),
        "{last}"
    );
    for name in ["recording", "logs", "cdp"] {
        assert!(
            connect_async(debug["ws"][name].as_str().unwrap())
                .await
                .is_err(),
            "{name} opens after the end"
        );
    }
    connect_async(&by_key).await.unwrap_err();
}

#[tokio::test]
async fn the_browser_of_a_session_answers_under_its_own_address_only() {
    let stage = Stage::with_page().await;
    let session = stage.client.get(&stage.path("")).ok().await;
    let cdp = session["cdp_url"].as_str().unwrap().to_owned();
    let other = stage.client.start(json!({})).await;
    let nobody = stage.client.with_key(None);
    let local = cdp.split_once("/cdp/").unwrap().1;
    let token = local.split_once('/').unwrap().1;
    for path in [
        format!("/cdp/{local}/json/version"),
        format!("/cdp/{local}/json/version/"),
    ] {
        let version = nobody.get(&path).unchecked().await.json();
        assert_eq!(version["webSocketDebuggerUrl"], cdp);
        assert!(version["Browser"].as_str().unwrap().contains('/'));
    }
    let foreign = nobody
        .get(&format!("/cdp/{other}/{token}/json/version"))
        .unchecked()
        .await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN, "{foreign}");
    // A token for the one is none for the other purpose.
    let view = session["viewer_url"]
        .as_str()
        .unwrap()
        .split_once("/view/")
        .unwrap()
        .1;
    assert_eq!(
        nobody
            .get(&format!("/view/{view}"))
            .unchecked()
            .await
            .status,
        StatusCode::OK
    );
    let answer = nobody
        .get(&format!("/cdp/{view}/json/version"))
        .unchecked()
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{answer}");
    let answer = nobody.get(&format!("/view/{local}")).unchecked().await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{answer}");

    stage.client.stop(&stage.session).await;
    eventually("the address is closed", async || {
        let answer = nobody
            .get(&format!("/cdp/{local}/json/version"))
            .unchecked()
            .await;
        (answer.status == StatusCode::NOT_FOUND).then_some(())
    })
    .await;
}
