//! Clicking what can be clicked, and never anything else.

use guise_core::{Action, ElementId};

use crate::stage::{Stage, by, by_id, click, element};

async fn counts(stage: &Stage) -> serde_json::Value {
    let text = stage.evaluate("window.__clicks").await;
    serde_json::from_str(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn hard_buttons_are_clicked_once() {
    let stage = Stage::new().await;
    for name in [
        "plain",
        "child",
        "uncovered",
        "css-moving",
        "js-moving",
        "enabled-later",
        "late",
        "scrolled",
        "scrolled-deep",
        "tiny",
        "transformed",
        "wrapped",
        "leaving",
        "off-screen",
        "reattached",
        "redrawn",
    ] {
        stage.goto(&format!("/actions?delay=400&{name}")).await;
        stage.done(click(by(&format!("#{name}")))).await;
        let counts = counts(&stage).await;
        let only: Vec<_> = counts.as_object().unwrap().keys().collect();
        assert_eq!(only, [name], "{counts}");
        assert_eq!(counts[name], 1, "{counts}");
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_clicked_is_left_alone() {
    let stage = Stage::new().await;
    stage.goto("/actions?delay=100000").await;
    for (name, reason) in [
        ("covered", "another element would receive the press"),
        ("css-forever", "moving"),
        ("disabled", "disabled"),
        ("fieldset-disabled", "disabled"),
        ("aria-disabled", "aria-disabled"),
        ("no-pointer", "another element would receive the press"),
        ("display-none", "display: none"),
        ("hidden", "visibility: hidden"),
        ("empty", "size"),
        ("enabled-later", "disabled"),
        ("nowhere", "could not be located"),
    ] {
        let mut target = by(&format!("#{name}"));
        target.timeout_ms = 400;
        let message = stage.fails(click(target)).await;
        assert!(message.contains(reason), "{name}: {message}");
    }
    assert_eq!(counts(&stage).await, serde_json::json!({}));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_element_that_is_gone_is_told_by_its_id() {
    let stage = Stage::new().await;
    stage.goto("/actions?delay=100000").await;
    let seen = stage.observe().await;
    let plain = element(&seen, "Plain").id.clone();
    stage
        .evaluate("document.getElementById('plain').remove()")
        .await;
    let message = stage.fails(click(by_id(&plain))).await;
    assert!(
        message.starts_with(&format!("Action with id '{plain}' is invalid")),
        "{message}"
    );
    assert_eq!(counts(&stage).await, serde_json::json!({}));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_belong_to_their_element_and_its_document() {
    let stage = Stage::new().await;
    stage.goto("/actions?delay=100000").await;
    let first = stage.observe().await;
    let again = stage.observe().await;
    let ids = |seen: &guise_core::Observation| {
        seen.elements
            .iter()
            .map(|element| (element.id.clone(), element.markup.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&first), ids(&again));
    let plain = element(&first, "Plain").id.clone();
    stage
        .evaluate("const b = document.createElement('button'); b.textContent = 'New one'; document.querySelector('h1').before(b)")
        .await;
    let third = stage.observe().await;
    assert_eq!(element(&third, "Plain").id, plain);
    let new = element(&third, "New one").id.clone();
    assert!(first.elements.iter().all(|element| element.id != new));

    stage.goto("/login").await;
    let message = stage.fails(click(by_id(&plain))).await;
    assert!(message.contains("is invalid"), "{message}");
    let fresh = stage.observe().await;
    assert!(
        fresh
            .elements
            .iter()
            .any(|element| element.id == ElementId::new("B1"))
    );
    let message = stage.fails(click(by_id(&ElementId::new("X1")))).await;
    assert_eq!(
        message,
        "Action with id 'X1' is invalid: action 'X1' not found in page context."
    );
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn selectors_are_strict() {
    let stage = Stage::new().await;
    stage.goto("/actions?delay=100000").await;
    let message = stage.fails(click(by("button"))).await;
    assert!(message.contains("matches"), "{message}");
    let message = stage.fails(click(by("!!!"))).await;
    assert!(message.contains("!!!"), "{message}");
    for selector in [
        "text=Plain >> nth=0",
        "css=#plain",
        "xpath=//button[@id='plain']",
        "role=button[name='Plain']",
        "button >> nth=0",
    ] {
        stage.done(click(by(selector))).await;
    }
    let outcome = stage.done(click(by("#child"))).await;
    assert_eq!(outcome.text_label.as_deref(), Some("Bold text"));
    assert!(!outcome.selectors.unwrap().css_selector.is_empty());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scrolling_says_when_it_has_no_effect() {
    let stage = Stage::new().await;
    stage.goto("/scroll").await;
    stage.done(scroll_down(Some(300))).await;
    assert_eq!(stage.evaluate("Math.round(scrollY)").await, "300");
    stage.done(scroll_down(None)).await;
    stage.done(scroll_up(Some(100_000))).await;
    assert_eq!(stage.evaluate("scrollY").await, "0");
    let message = stage.fails(scroll_up(None)).await;
    assert!(message.contains("no effect"), "{message}");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scrolling_moves_what_fills_the_window() {
    let stage = Stage::new().await;
    stage.goto("/article").await;
    stage
        .evaluate("document.body.innerHTML = '<div id=app style=\"position:fixed;inset:0;overflow:auto\"><p style=\"height:5000px\">Long</p></div>'")
        .await;
    stage.done(scroll_down(Some(300))).await;
    assert_eq!(stage.evaluate("app.scrollTop").await, "300");
    stage.done(scroll_up(Some(100))).await;
    assert_eq!(stage.evaluate("app.scrollTop").await, "200");
    stage.end().await;
}

fn scroll_down(amount: Option<u32>) -> Action {
    Action::ScrollDown { amount, of: None }
}

fn scroll_up(amount: Option<u32>) -> Action {
    Action::ScrollUp { amount, of: None }
}
