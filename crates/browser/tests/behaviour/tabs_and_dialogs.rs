//! Pop-ups, tabs and dialogs: none of them ever holds a request up.

use guise_core::Action;
use guise_core::ports::Browser as _;

use crate::stage::{Stage, by, click};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_tab_becomes_current() {
    let stage = Stage::new().await;
    for selector in [
        "#open",
        "#open-window",
        "#blank",
        "#noopener",
        "#named",
        "#elsewhere",
    ] {
        stage.goto("/popups").await;
        let outcome = stage.done(click(by(selector))).await;
        assert!(
            outcome.message.contains("new tab"),
            "{selector}: {}",
            outcome.message
        );
        let (tabs, current) = stage.browser.tabs().await.unwrap();
        assert_eq!((tabs.len(), current), (2, 1), "{selector}");
        assert!(tabs[1].url.ends_with("/article"), "{selector}: {tabs:?}");
        let seen = stage.observe().await;
        assert!(seen.url.ends_with("/article"), "{selector}");
        stage.done(Action::CloseTab).await;
        assert!(stage.url().await.ends_with("/popups"));
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tabs_are_listed_switched_and_closed() {
    let stage = Stage::new().await;
    stage.goto("/article").await;
    stage
        .done(Action::GotoNewTab {
            url: stage.site.url("/login"),
        })
        .await;
    stage
        .done(Action::GotoNewTab {
            url: stage.site.url("/keys"),
        })
        .await;
    stage.done(Action::SwitchTab { tab_index: 0 }).await;
    assert!(stage.url().await.ends_with("/article"));
    stage.done(Action::SwitchTab { tab_index: -1 }).await;
    assert!(stage.url().await.ends_with("/keys"));
    let message = stage.fails(Action::SwitchTab { tab_index: 7 }).await;
    assert!(message.contains("no tab 7"), "{message}");
    let (tabs, _) = stage.browser.tabs().await.unwrap();
    assert_eq!(
        tabs.iter()
            .map(|tab| tab.title.as_str())
            .collect::<Vec<_>>()
            .last(),
        Some(&"Keys")
    );
    for left in [2, 1, 1] {
        stage.done(Action::CloseTab).await;
        assert_eq!(stage.browser.tabs().await.unwrap().0.len(), left);
    }
    stage.goto("/article").await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dialogs_are_answered_and_told() {
    let stage = Stage::new().await;
    stage.goto("/dialogs").await;
    for (selector, result, told) in [
        ("#alert", "alert closed", "Something happened"),
        ("#confirm", "confirm: false", "Are you sure?"),
        ("#prompt", "prompt: null", "What is your name?"),
        ("#two-alerts", "two alerts closed", "Second"),
    ] {
        let outcome = stage.done(click(by(selector))).await;
        assert!(outcome.message.contains(told), "{}", outcome.message);
        assert_eq!(
            stage
                .evaluate("document.getElementById('result').textContent")
                .await,
            result
        );
    }
    stage.done(click(by("#guard"))).await;
    stage.done(click(by("#leave"))).await;
    assert!(stage.url().await.ends_with("/article"));
    stage.goto("/dialogs").await;
    stage.done(click(by("#guard"))).await;
    stage.goto("/login").await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_of_another_tab_are_not_taken() {
    let stage = Stage::new().await;
    stage.goto("/popups").await;
    let seen = stage.observe().await;
    stage.done(click(by("#open"))).await;
    let message = stage
        .fails(click(crate::stage::by_id(&seen.elements[1].id)))
        .await;
    assert!(message.contains("is invalid"), "{message}");
    stage.end().await;
}
