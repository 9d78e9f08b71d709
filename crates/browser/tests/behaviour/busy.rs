//! Pages that are busy with a script of their own when something is to be done in them.

use std::time::Duration;

use guise_core::{Action, Target};
use tokio::time::{sleep, timeout};

use crate::stage::{PATIENCE, Stage, by, by_id, click, element, fill};

/// Keeps the page busy until the site's log is emptied.
const BUSY: &str = "() => {
    const ask = (method, path, body) => {
        const request = new XMLHttpRequest();
        request.open(method, path, false);
        request.setRequestHeader('content-type', 'application/json');
        request.send(body);
        return request.responseText;
    };
    ask('POST', '/log/event', '\"busy\"');
    while (JSON.parse(ask('GET', '/log.json')).events.length > 0);
}";

/// Has the page begin to be busy.
async fn busy(stage: &Stage) {
    stage.evaluate(&format!("setTimeout({BUSY}, 100); 0")).await;
    let began = async {
        while stage.site.events().is_empty() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, began).await.expect("the page is busy");
}

/// The same target, for a short time.
fn briefly(target: Target) -> Target {
    Target {
        timeout_ms: 300,
        ..target
    }
}

fn is_a_time_out(message: &str, action: &str) {
    let began = format!("Action '{action}' on the element '");
    assert!(
        message.starts_with(&began) && message.contains(" timed out after 300 ms: "),
        "{message}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fill_that_was_given_up_is_not_done_when_the_page_wakes() {
    let stage = Stage::new().await;
    stage.goto("/inputs").await;
    let seen = stage.observe().await;
    let date = by_id(&element(&seen, "Date").id);
    for target in [by("#date"), date] {
        busy(&stage).await;
        let message = stage.fails(fill(briefly(target), "2026-01-31")).await;
        stage.site.reset();
        let left = "JSON.stringify([date.value, document.activeElement.id])";
        assert_eq!(stage.evaluate(left).await, r#"["",""]"#);
        is_a_time_out(&message, "fill");
    }
    stage.done(fill(by("#date"), "2026-01-31")).await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_that_was_given_up_keeps_no_press_from_the_page_that_wakes() {
    let stage = Stage::new().await;
    stage.goto("/actions?delay=100000").await;
    let seen = stage.observe().await;
    let plain = by_id(&element(&seen, "Plain").id);
    for (target, pressed) in [(by("#plain"), "1"), (plain, "2")] {
        busy(&stage).await;
        let message = stage.fails(click(briefly(target))).await;
        stage.site.reset();
        // Like a click of somebody else's, this one is meant for no element in particular.
        stage
            .evaluate("document.getElementById('child').focus()")
            .await;
        stage
            .done(Action::PressKey {
                key: "Enter".to_owned(),
            })
            .await;
        assert_eq!(stage.evaluate("window.__clicks.child").await, pressed);
        assert_eq!(stage.evaluate("window.__clicks.plain ?? 0").await, "0");
        is_a_time_out(&message, "click");
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_that_the_page_is_busy_with_for_long_is_done() {
    let stage = Stage::new().await;
    stage.goto("/actions?delay=100000").await;
    stage
        .evaluate(&format!(
            "document.getElementById('plain').addEventListener('click', () => setTimeout({BUSY})); 0"
        ))
        .await;
    stage.done(click(briefly(by("#plain")))).await;
    assert!(!stage.site.events().is_empty());
    stage.site.reset();
    assert_eq!(stage.evaluate("window.__clicks.plain").await, "1");
    stage.end().await;
}
