//! Pages that are read in one call, in browsers that they share.

use std::time::Duration;

use guise_testsite::Site;
use hyper::Method;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::support::{Client, Home, KEY, Process, Server, within};

/// Without a pool no other browser runs.
fn home() -> Home {
    Home::new()
        .set("GUISE_API_KEY", KEY)
        .set("GUISE_ALLOW_HOSTS", "localhost,127.0.0.1")
        .set("GUISE_POOL_HEADLESS_SHELL", "0")
        .set("GUISE_POOL_CHROME", "0")
}

async fn read(client: &Client, url: &str) -> String {
    let wish = json!({"url": url, "read_by": "browser"});
    let answer = client.call(Method::POST, "/scrape", &wish).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body["markdown"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_one_browser_leave_nothing_for_each_other() {
    let site = Site::start().await.unwrap();
    let home = home();
    let server = Server::start(&home);
    let client = server.client();
    for _ in 0..4 {
        let said = read(&client, &site.url("/visits")).await;
        assert!(said.contains("earlier visits: nothing"), "{said}");
    }
    let at_once = (0..6).map(|_| async { read(&client, &site.url("/visits")).await });
    for said in futures_util::future::join_all(at_once).await {
        assert!(said.contains("earlier visits: nothing"), "{said}");
    }
    assert_eq!(home.browser_folders().len(), 1);
    // Where pages do share a browser they find what was left.
    let id = client.start(json!({})).await;
    for path in ["/visits", "/article", "/visits"] {
        client.visit(&id, &site.url(path)).await;
    }
    let left = client
        .evaluate(&id, "document.getElementById('left').textContent")
        .await;
    assert_eq!(left, "a cookie, storage, a cached answer");
    client.stop(&id).await;
    // Each is a session in the record, with its own traffic.
    let listed = client
        .get("/sessions?only_active=false&page_size=50")
        .await
        .body;
    let moved: Vec<_> = (listed["items"].as_array().unwrap().iter())
        .filter(|session| session["session_id"] != json!(id))
        .map(|session| session["network_response_bytes"].as_u64().unwrap())
        .collect();
    assert_eq!(moved.len(), 10, "{listed}");
    let (least, most) = (moved.iter().min().unwrap(), moved.iter().max().unwrap());
    assert!(*least > 0 && *most < least + least / 2, "{moved:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_whose_browser_dies_is_read_in_another_one() {
    let site = Site::start().await.unwrap();
    let home = home();
    let server = Server::start(&home);
    let client = server.client();
    // Both are being read when their browser dies.
    let url = site.url("/slow?ms=1500");
    let died = async {
        within(Duration::from_secs(30), "both are asked for", async || {
            site.hits_of("/slow").len() == 2
        })
        .await;
        let browsers: Vec<_> = (home.processes().into_iter())
            .filter(Process::is_browser)
            .collect();
        assert_eq!(browsers.len(), 1, "{browsers:?}");
        let pid = Pid::from_raw(browsers[0].pid.cast_signed()).unwrap();
        kill_process(pid, Signal::KILL).unwrap();
    };
    let (first, second, ()) = tokio::join!(read(&client, &url), read(&client, &url), died);
    for said in [first, second] {
        assert!(said.contains("1500"), "{said}");
    }
    assert_eq!(site.hits_of("/slow").len(), 4);
    let active: Value = client.get("/sessions").await.body;
    assert_eq!(active["items"], json!([]), "{active}");
}
