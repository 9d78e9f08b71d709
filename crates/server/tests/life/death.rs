//! Deaths without warning: of the server, and of a browser.

use std::time::Duration;

use guise_testsite::Site;
use hyper::Method;
use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::support::{Client, Home, KEY, Process, Server, within};

/// Nothing of a killed server lives on for longer.
const GONE: Duration = Duration::from_secs(5);
/// A session whose browser died says so within this.
const TOLD: Duration = Duration::from_secs(1);

/// Without a pool every browser belongs to a session.
fn home() -> Home {
    Home::new()
        .set("GUISE_API_KEY", KEY)
        .set("GUISE_ALLOW_HOSTS", "localhost,127.0.0.1")
        .set("GUISE_POOL_HEADLESS_SHELL", "0")
        .set("GUISE_POOL_CHROME", "0")
}

fn browsers(home: &Home) -> Vec<u32> {
    let processes = home.processes().into_iter();
    processes
        .filter(Process::is_browser)
        .map(|process| process.pid)
        .collect()
}

/// Starts a session. Answers its id and its browser's first process.
async fn start(home: &Home, client: &Client, options: Value) -> (String, u32) {
    let before = browsers(home);
    let id = client.start(options).await;
    let new: Vec<_> = browsers(home)
        .into_iter()
        .filter(|pid| !before.contains(pid))
        .collect();
    assert_eq!(new.len(), 1, "one browser for one session");
    (id, new[0])
}

fn kill(pid: u32) {
    kill_process(Pid::from_raw(pid.cast_signed()).unwrap(), Signal::KILL).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_outlives_a_killed_server_and_the_next_one_clears_up() {
    let site = Site::start().await.unwrap();
    let home = home();
    let mut server = Server::start(&home);
    let client = server.client();
    let mut ids = Vec::new();
    for options in [
        json!({}),
        json!({"browser_type": "chrome"}),
        json!({"headless": false}),
    ] {
        let id = client.start(options).await;
        client.visit(&id, &site.url("/frames")).await;
        ids.push(id);
    }
    let running = home.processes();
    for part in ["Xvfb", "crashpad", "--type=renderer"] {
        assert!(
            running.iter().any(|process| process.command.contains(part)),
            "no {part}: {running:?}"
        );
    }
    assert_eq!(home.browser_folders().len(), 3);
    server.kill();
    within(GONE, "all processes are gone", async || {
        home.processes().is_empty()
    })
    .await;

    let left = home.browser_folders();
    assert_eq!(left.len(), 3);
    let mut server = Server::start(&home);
    assert!(left.iter().all(|folder| !folder.exists()), "{left:?}");
    let client = server.client();
    for id in ids {
        let ended = client.session(&id).await;
        assert_eq!(ended["status"], "error", "{ended}");
        assert!(
            ended["error"].as_str().unwrap().contains("restarted"),
            "{ended}"
        );
        assert_ne!(ended["closed_at"], Value::Null, "{ended}");
        let call = client
            .execute(&id, json!({"type": "goto", "url": site.url("/")}))
            .await;
        assert_eq!(call.status, 400, "{call:?}");
    }
    let id = client.start(json!({})).await;
    client.visit(&id, &site.url("/article")).await;
    tokio::task::block_in_place(|| server.term());
    site.stop().await;
}

#[rstest]
#[case::headless_shell(json!({}))]
#[case::chrome(json!({"browser_type": "chrome"}))]
#[case::window(json!({"headless": false}))]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_browser_ends_its_session_and_no_other(#[case] options: Value) {
    let site = Site::start().await.unwrap();
    let home = home().set("GUISE_SLOTS", "2");
    let server = Server::start(&home);
    let client = server.client();
    let (victim, pid) = start(&home, &client, options.clone()).await;
    let (other, _) = start(&home, &client, json!({})).await;
    client.visit(&victim, &site.url("/article")).await;
    client.visit(&other, &site.url("/article")).await;
    // A call that is under way when it happens is answered, too.
    let (caller, id, hang) = (client.clone(), victim.clone(), site.url("/hang"));
    let call = tokio::spawn(async move {
        caller
            .execute(&id, json!({"type": "goto", "url": hang}))
            .await
    });
    within(
        Duration::from_secs(30),
        "the page asks for /hang",
        async || !site.hits_of("/hang").is_empty(),
    )
    .await;

    kill(pid);
    within(TOLD, "the session is noted as failed", async || {
        client.session(&victim).await["status"] == "error"
    })
    .await;
    let ended = client.session(&victim).await;
    assert!(!ended["error"].as_str().unwrap().is_empty(), "{ended}");
    assert_ne!(ended["closed_at"], Value::Null, "{ended}");
    let under_way = call.await.unwrap();
    assert_eq!(under_way.status, 400, "{under_way:?}");

    let observe = format!("/sessions/{victim}/page/observe");
    for call in [
        client
            .execute(&victim, json!({"type": "wait", "time_ms": 1}))
            .await,
        client.call(Method::POST, &observe, &Value::Null).await,
    ] {
        assert_eq!(call.status, 400, "{call:?}");
        let message = call.body["message"].as_str().unwrap();
        assert!(
            message.contains(&victim) && message.contains("closed"),
            "{message}"
        );
    }
    client.visit(&other, &site.url("/shop")).await;
    let active = client.get("/sessions").await.body;
    assert_eq!(active["items"].as_array().unwrap().len(), 1, "{active}");
    // Its place is free again, and its processes and its folder are gone.
    let next = client.start(options).await;
    client.visit(&next, &site.url("/article")).await;
    within(GONE, "two browsers are left", async || {
        browsers(&home).len() == 2 && home.browser_folders().len() == 2
    })
    .await;
    assert_eq!(client.stop(&victim).await.status, 200);
    site.stop().await;
}

#[tokio::test]
async fn a_killed_browser_of_the_pool_is_replaced() {
    let home = home().set("GUISE_POOL_HEADLESS_SHELL", "1");
    let server = Server::start(&home);
    let mut dead = Vec::new();
    for _ in 0..2 {
        // Of one look: another may come between two.
        let mut found = None;
        within(Duration::from_secs(30), "a new one is there", async || {
            let now = browsers(&home);
            found = now.first().copied().filter(|pid| !dead.contains(pid));
            now.len() == 1 && found.is_some()
        })
        .await;
        let pid = found.unwrap();
        kill(pid);
        dead.push(pid);
    }
    // At once, and again when the pool has had its time: neither gets the dead one.
    for _ in 0..3 {
        let id = server.client().start(json!({})).await;
        assert_eq!(server.client().evaluate(&id, "6 * 7").await.trim(), "42");
        server.client().stop(&id).await;
    }
}
