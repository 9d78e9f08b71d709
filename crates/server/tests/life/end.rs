//! An orderly end: TERM.

use std::net::TcpStream;
use std::time::Duration;

use futures_util::StreamExt as _;
use guise_testsite::Site;
use hyper::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Home, KEY, Server, within};

/// Ends the server. It leaves nothing but its data.
fn end(home: &Home, server: &mut Server) {
    let runtime_folder = server.runtime_folder();
    server.term();
    assert!(!runtime_folder.exists(), "{}", runtime_folder.display());
    assert!(home.processes().is_empty(), "{:?}", home.processes());
    assert!(
        home.browser_folders().is_empty(),
        "{:?}",
        home.browser_folders()
    );
    assert!(
        TcpStream::connect(server.address).is_err(),
        "somebody listens"
    );
}

fn home() -> Home {
    Home::new()
        .set("GUISE_API_KEY", KEY)
        .set("GUISE_ALLOW_HOSTS", "localhost,127.0.0.1")
}

#[tokio::test]
async fn at_once_and_idle() {
    let home = home();
    // While the pool still fills.
    let mut server = Server::start(&home);
    end(&home, &mut server);
    let mut server = Server::start(&home);
    within(Duration::from_secs(30), "the pool is full", async || {
        home.processes()
            .iter()
            .filter(|process| process.is_browser())
            .count()
            == 2
    })
    .await;
    end(&home, &mut server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_sessions_requests_and_sockets_open() {
    let site = Site::start().await.unwrap();
    let home = home();
    let mut server = Server::start(&home);
    let client = server.client();
    let kinds = [
        json!({}),
        json!({"browser_type": "chrome"}),
        json!({"headless": false}),
    ];
    let mut ids = Vec::new();
    for kind in kinds {
        let id = client.start(kind).await;
        client.visit(&id, &site.url("/article")).await;
        ids.push(id);
    }
    // A client of the browser's own protocol, which does not go by itself.
    let answer = client.session(&ids[0]).await;
    let address = answer["cdp_url"].as_str().unwrap();
    let (mut socket, _) = tokio_tungstenite::connect_async(address).await.unwrap();
    // A request that no page will ever answer, and one that waits for a browser.
    let (waiting, hang) = (client.clone(), site.url("/hang"));
    let (id, path) = (ids[1].clone(), "/hang");
    let request = tokio::spawn(async move {
        let path = format!("/sessions/{id}/page/execute");
        waiting
            .try_call(Method::POST, &path, &json!({"type": "goto", "url": hang}))
            .await
    });
    within(
        Duration::from_secs(30),
        "the page asks for /hang",
        async || !site.hits_of(path).is_empty(),
    )
    .await;
    let starting = client.clone();
    let start = tokio::spawn(async move {
        starting
            .try_call(Method::POST, "/sessions/start", &json!({"headless": false}))
            .await
    });

    tokio::task::block_in_place(|| end(&home, &mut server));
    // Answered that it cannot be, or cut off: but not left waiting.
    if let Ok(answer) = request.await.unwrap() {
        assert!(
            answer.status >= 400 || answer.body["success"] == false,
            "{answer:?}"
        );
    }
    if let Ok(answer) = start.await.unwrap() {
        assert!([200, 400, 529].contains(&answer.status), "{answer:?}");
    }
    while let Some(Ok(_)) = socket.next().await {}

    let server = Server::start(&home);
    for id in ids {
        let ended = server.client().session(&id).await;
        assert_eq!(ended["status"], "closed", "{ended}");
        assert_ne!(ended["closed_at"], Value::Null);
    }
    site.stop().await;
}

#[rstest]
#[case::the_first(1)]
#[case::the_second(2)]
#[tokio::test]
async fn an_interrupt_is_as_good_as_term(#[case] times: u32) {
    let home = home();
    let mut server = Server::start(&home);
    let id = server.client().start(json!({})).await;
    let runtime_folder = server.runtime_folder();
    for _ in 0..times {
        server.interrupt();
    }
    server.ended();
    assert!(!runtime_folder.exists() && home.processes().is_empty());
    let server = Server::start(&home);
    assert_eq!(server.client().session(&id).await["status"], "closed");
}
