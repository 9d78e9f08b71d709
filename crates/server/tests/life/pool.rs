//! Browsers that wait for a session.

use std::time::Duration;

use rstest::rstest;
use serde_json::json;

use crate::support::{Home, KEY, Server, within};

/// What a page could tell of what its tab has been through.
const TRACES: &str = "JSON.stringify([history.length, location.href, document.referrer, \
    document.documentElement.outerHTML, performance.getEntriesByType('resource').length, window.name])";

#[rstest]
#[tokio::test]
async fn one_that_waited_shows_no_trace_of_it(#[values("chromium", "chrome")] program: &str) {
    let home = Home::new()
        .set("GUISE_API_KEY", KEY)
        .set("GUISE_POOL_HEADLESS_SHELL", "1")
        .set("GUISE_POOL_CHROME", "1");
    let server = Server::start(&home);
    let client = server.client();
    // No browser with an argument of the caller's waits, so this one is started for its session.
    let cold = json!({"browser_type": program, "chrome_args": ["--lang=en-US"]});
    let cold = client.start(cold).await;
    assert_eq!(client.figure("guise_pool_hits_total").await, 0.0);
    let expected = client.evaluate(&cold, TRACES).await;
    let cookies = |id: &str| format!("/sessions/{id}/cookies");
    let no_cookies = client.get(&cookies(&cold)).await.body;
    client.stop(&cold).await;

    // Full browsers wait from their first use on.
    let engaged = client.start(json!({"browser_type": program})).await;
    client.stop(&engaged).await;
    let wanted = if program == "chrome" { 2.0 } else { 1.0 };
    within(Duration::from_secs(60), "the pool is full", async || {
        client.figure("guise_pool_ready").await == wanted
    })
    .await;
    let hits = client.figure("guise_pool_hits_total").await;
    let warm = client.start(json!({"browser_type": program})).await;
    assert_eq!(client.figure("guise_pool_hits_total").await, hits + 1.0);
    assert_eq!(client.evaluate(&warm, TRACES).await, expected);
    assert_eq!(client.get(&cookies(&warm)).await.body, no_cookies);
    let debug = client.get(&format!("/sessions/{warm}/debug")).await.body;
    assert_eq!(debug["tabs"].as_array().unwrap().len(), 1, "{debug}");
    client.stop(&warm).await;
    let session = client.session(&warm).await;
    assert_eq!(session["network_request_bytes"], 0, "{session}");
    assert_eq!(session["network_response_bytes"], 0, "{session}");
}

#[tokio::test]
async fn sessions_that_come_and_come_do_not_keep_it_empty() {
    let home = Home::new()
        .set("GUISE_API_KEY", KEY)
        .set("GUISE_POOL_HEADLESS_SHELL", "1");
    let server = Server::start(&home);
    let client = server.client();
    within(Duration::from_secs(60), "the pool is full", async || {
        client.figure("guise_pool_ready").await == 1.0
    })
    .await;
    let first = client.start(json!({})).await;
    client.stop(&first).await;
    let hits = client.figure("guise_pool_hits_total").await;
    within(
        Duration::from_secs(60),
        "one comes from the pool",
        async || {
            let id = client.start(json!({})).await;
            client.stop(&id).await;
            client.figure("guise_pool_hits_total").await > hits
        },
    )
    .await;
}
