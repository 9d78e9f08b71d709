//! Sites that let a page wait for the first byte.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use crate::house::{House, Opened};

/// The session's tabs as the browser itself names them.
async fn tabs(session: &Opened) -> Vec<String> {
    let status = session.status().await;
    let (mut browser, _) = connect_async(status["cdp_url"].as_str().unwrap())
        .await
        .unwrap();
    let ask = json!({"id": 1, "method": "Target.getTargets"}).to_string();
    browser.send(Message::text(ask)).await.unwrap();
    loop {
        let message = browser.next().await.unwrap().unwrap();
        let message: Value = serde_json::from_str(message.to_text().unwrap()).unwrap();
        if message["id"] == 1 {
            let targets = message["result"]["targetInfos"].as_array().unwrap();
            let pages = targets.iter().filter(|target| target["type"] == "page");
            return pages.map(|page| page["targetId"].to_string()).collect();
        }
    }
}

#[tokio::test]
async fn a_page_that_comes_late_comes_once_and_into_its_tab() {
    let house = House::new().await;
    let session = house.open(json!({})).await;
    session.goto(&house.site.url("/article")).await;
    let before = tabs(&session).await;
    // Longer than a page may be busy before it counts as stuck.
    let went = session.goto(&house.site.url("/slow?ms=7000")).await;
    assert!(
        !went["message"].as_str().unwrap().contains("not finished"),
        "{went}"
    );
    assert_eq!(session.evaluate("document.title").await, "Slow page");
    assert_eq!(tabs(&session).await, before);
    assert_eq!(house.site.hits_of("/slow").len(), 1);
}

#[tokio::test]
async fn a_page_that_never_comes_leaves_the_one_before_it_usable() {
    let house = House::new().await;
    let session = house.open(json!({})).await;
    session.goto(&house.site.url("/actions?delay=1")).await;
    let before = tabs(&session).await;
    let went = session.goto(&house.site.url("/hang")).await;
    let told = went["message"].as_str().unwrap();
    assert!(told.contains("nothing of it had come"), "{told}");
    assert_eq!(house.site.hits_of("/hang").len(), 1);
    session
        .done(json!({"type": "click", "selector": "#plain"}))
        .await;
    assert_eq!(session.evaluate("window.__clicks.plain").await, "1");
    let seen: Value = session.post("/page/observe").ok().await;
    assert!(
        seen["metadata"]["url"]
            .as_str()
            .unwrap()
            .contains("/actions")
    );
    session.goto(&house.site.url("/article")).await;
    assert_eq!(session.evaluate("location.pathname").await, "/article");
    assert_eq!(tabs(&session).await, before);
    assert_eq!(house.site.hits_of("/hang").len(), 1);
}
