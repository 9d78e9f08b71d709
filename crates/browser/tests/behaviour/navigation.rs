//! Going places, and what comes of clicks that go places.

use guise_core::Action;

use crate::stage::{Stage, by, click};

#[tokio::test(flavor = "multi_thread")]
async fn back_forward_reload() {
    let stage = Stage::new().await;
    stage.goto("/article").await;
    stage.goto("/login").await;
    stage.done(Action::GoBack).await;
    assert_eq!(stage.url().await, stage.site.url("/article"));
    stage.done(Action::GoForward).await;
    assert_eq!(stage.url().await, stage.site.url("/login"));
    stage.evaluate("window.marked = 1").await;
    stage.done(Action::Reload).await;
    assert_eq!(stage.evaluate("window.marked").await, "null");
    let message = stage.fails(Action::GoForward).await;
    assert!(message.contains("Cannot go forward"), "{message}");
    let hits = stage.site.hits_of("/login").len();
    let outcome = stage.goto("/login").await;
    assert!(outcome.message.contains("Already"), "{}", outcome.message);
    assert_eq!(stage.site.hits_of("/login").len(), hits);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clicks_wait_for_what_they_cause() {
    let stage = Stage::new().await;
    for (selector, path) in [
        ("#link", "/article"),
        ("#get button", "/slow?ms=100"),
        ("#slow", "/slow?ms=1500"),
        ("#push", "/navigate/pushed"),
        ("#replace", "/navigate/replaced"),
        ("#hash", "/navigate#place"),
        ("#redirect", "/article"),
        ("#missing", "/nothing/here"),
        ("#reload", "/navigate"),
        ("#no-content", "/navigate"),
    ] {
        stage.goto("/article?fresh").await;
        stage.goto("/navigate").await;
        stage.done(click(by(selector))).await;
        assert_eq!(stage.url().await, stage.site.url(path), "{selector}");
        assert_eq!(
            stage.evaluate("document.readyState").await,
            "complete",
            "{selector}"
        );
    }
    stage.goto("/navigate").await;
    stage.done(click(by("#elsewhere"))).await;
    assert_eq!(
        stage.url().await,
        format!("{}/article", stage.site.cross_site())
    );
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clicks_wait_for_what_the_page_puts_off() {
    let stage = Stage::new().await;
    stage.goto("/navigate").await;
    for number in 1..=200 {
        stage.done(click(by("#soon"))).await;
        let arrived = stage.site.url(&format!("/navigate?{number}"));
        assert_eq!(stage.url().await, arrived);
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_say_why() {
    let stage = Stage::new().await;
    for (url, reason) in [
        ("file:///etc/passwd", "Refused"),
        ("chrome://version", "Refused"),
        ("view-source:http://127.0.0.1/", "Refused"),
        ("http://", "Invalid URL"),
        (
            "http://169.254.169.254/latest/meta-data/",
            "169.254.169.254",
        ),
        ("http://10.1.2.3/", "--allow-hosts"),
        ("https://10.1.2.3/", "--allow-hosts"),
        ("http://127.0.0.1:1/", "Failed to load page"),
    ] {
        let message = stage
            .fails(Action::Goto {
                url: url.to_owned(),
            })
            .await;
        assert!(message.contains(reason), "{url}: {message}");
    }
    // The session goes on.
    stage.goto("/article").await;
    let seen = stage.observe().await;
    assert!(seen.url.ends_with("/article"));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_never_rests_can_be_left() {
    let stage = Stage::new().await;
    for script in [
        "setTimeout(() => { for (;;); })",
        "setTimeout(() => { for (;;) alert('again'); })",
    ] {
        stage.goto("/navigate").await;
        stage.evaluate(script).await;
        // The same site, so the same process if it stayed in the same tab.
        stage.goto("/article").await;
        assert_eq!(stage.evaluate("location.pathname").await, "/article");
    }
    // The empty page that a tab begins with, too.
    let fresh = Stage::new().await;
    fresh.evaluate("setTimeout(() => { for (;;); })").await;
    fresh.goto("/article").await;
    assert_eq!(fresh.evaluate("location.pathname").await, "/article");
    fresh.end().await;
    // One that clings to the tab only when it is to go is found at the next attempt.
    stage
        .evaluate("onbeforeunload = () => { for (;;); }; 0")
        .await;
    stage.goto("/navigate").await;
    stage.goto("/login").await;
    assert_eq!(stage.evaluate("location.pathname").await, "/login");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_only_waits_for_another_one_keeps_its_tab() {
    let stage = Stage::new().await;
    stage.goto("/article").await;
    stage.evaluate("name = 'mine'; 0").await;
    // Longer than a page may be stuck.
    stage.goto("/slow?ms=6000").await;
    assert_eq!(stage.evaluate("name").await, "mine");
    stage.end().await;
}
