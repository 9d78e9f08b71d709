//! Crashes, ends, and what goes on beside the actions.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use guise_core::ports::{Browser as _, Channel, EndReason};
use guise_core::{Action, Kind};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use crate::stage::{Stage, by, click, soon};

#[tokio::test(flavor = "multi_thread")]
async fn a_crashed_page_is_told_and_replaced() {
    let stage = Stage::new().await;
    stage.goto("/article").await;
    let crash = Action::EvaluateJs {
        code: "new Promise(() => {})".to_owned(),
    };
    let browser = Arc::clone(&stage.browser);
    let pending = tokio::spawn(async move { browser.perform(&crash, None, None, soon()).await });
    crash_renderer(&stage).await;
    let outcome = timeout(Duration::from_secs(10), pending)
        .await
        .unwrap()
        .unwrap()
        .unwrap()
        .outcome;
    assert!(
        !outcome.success && outcome.message.contains("crashed"),
        "{}",
        outcome.message
    );
    let (tabs, _) = stage.browser.tabs().await.unwrap();
    assert!(tabs[0].title.contains("crashed"), "{tabs:?}");
    assert!(
        stage
            .browser
            .observe(&Default::default(), soon())
            .await
            .is_err()
    );
    stage.goto("/login").await;
    assert_eq!(stage.browser.tabs().await.unwrap().0.len(), 1);
    assert!(stage.observe().await.url.ends_with("/login"));
    stage.end().await;
}

/// Ends the renderer of the current page as the kernel would.
async fn crash_renderer(stage: &Stage) {
    let group = stage.process.browser.pid();
    let mut killed = 0;
    for entry in std::fs::read_dir("/proc").unwrap() {
        let Ok(pid) = entry.unwrap().file_name().to_string_lossy().parse::<u32>() else {
            continue;
        };
        let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else {
            continue;
        };
        let session: u32 = stat
            .rsplit(')')
            .next()
            .unwrap()
            .split_whitespace()
            .nth(3)
            .unwrap()
            .parse()
            .unwrap();
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        if session == group && String::from_utf8_lossy(&line).contains("--type=renderer") {
            let status = std::process::Command::new("kill")
                .args(["-9", &pid.to_string()])
                .status()
                .unwrap();
            assert!(status.success());
            killed += 1;
        }
    }
    assert!(killed > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_dies_ends_every_call() {
    let stage = Stage::new().await;
    stage.goto("/article").await;
    let browser = Arc::clone(&stage.browser);
    let pending = tokio::spawn(async move {
        let hang = Action::EvaluateJs {
            code: "new Promise(() => {})".to_owned(),
        };
        browser.perform(&hang, None, None, soon()).await
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    let pid = stage.process.browser.pid().to_string();
    assert!(
        std::process::Command::new("kill")
            .args(["-9", &pid])
            .status()
            .unwrap()
            .success()
    );
    let end = timeout(Duration::from_secs(1), stage.browser.ended())
        .await
        .unwrap();
    assert!(matches!(end, EndReason::Died(_)), "{end:?}");
    let error = timeout(Duration::from_secs(1), pending)
        .await
        .unwrap()
        .unwrap()
        .unwrap_err();
    assert_eq!(error.kind(), Kind::Browser);
    assert!(
        error.message().starts_with("browser is gone"),
        "{}",
        error.message()
    );
    let error = stage
        .browser
        .observe(&Default::default(), soon())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Kind::Browser);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_calls_at_once() {
    let stage = Arc::new(Stage::new().await);
    stage.goto("/table?rows=200").await;
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..10 {
        let browser = Arc::clone(&stage.browser);
        calls.spawn(async move {
            if number % 2 == 0 {
                let seen = browser.observe(&Default::default(), soon()).await.unwrap();
                assert!(seen.elements.len() > 5);
            } else {
                let code = Action::EvaluateJs {
                    code: "1".to_owned(),
                };
                assert!(
                    browser
                        .perform(&code, None, None, soon())
                        .await
                        .unwrap()
                        .outcome
                        .success
                );
            }
        });
    }
    while let Some(done) = calls.join_next().await {
        done.unwrap();
    }
    Arc::into_inner(stage).unwrap().end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn recording_follows_the_current_tab() {
    let stage = Stage::new().await;
    stage.goto("/animated").await;
    let mut pictures = stage.browser.record().await.unwrap();
    for _ in 0..3 {
        let picture = timeout(Duration::from_secs(10), pictures.recv())
            .await
            .unwrap()
            .unwrap();
        assert!(picture.starts_with(&[0xff, 0xd8]));
    }
    stage
        .done(Action::GotoNewTab {
            url: stage.site.url("/article"),
        })
        .await;
    while pictures.try_recv().is_ok() {}
    stage
        .evaluate("document.body.style.background = 'red'")
        .await;
    assert!(
        timeout(Duration::from_secs(10), pictures.recv())
            .await
            .unwrap()
            .is_some()
    );
    drop(pictures);
    // The recording ends with its next picture; the tab goes on.
    for step in 0..10 {
        let code = format!("document.body.style.opacity = {step} / 10");
        stage.evaluate(&code).await;
    }
    stage.done(Action::Reload).await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outside_client_shares_the_browser() {
    let stage = Stage::new().await;
    stage.goto("/article").await;
    let (to_browser, incoming) = mpsc::channel(8);
    let (outgoing, mut from_browser) = mpsc::channel(8);
    let browser = Arc::clone(&stage.browser);
    let served = tokio::spawn(async move {
        browser
            .serve_client(Channel { incoming, outgoing }, true)
            .await
    });
    let ask = async |text: &str| {
        to_browser.send(Bytes::from(text.to_owned())).await.unwrap();
    };
    ask(r#"{"id":1,"method":"Target.getTargets"}"#).await;
    let answer = timeout(Duration::from_secs(10), from_browser.recv())
        .await
        .unwrap()
        .unwrap();
    assert!(String::from_utf8_lossy(&answer).contains("/article"));
    ask(r#"{"id":2,"method":"Browser.close"}"#).await;
    let answer = timeout(Duration::from_secs(10), from_browser.recv())
        .await
        .unwrap()
        .unwrap();
    assert!(String::from_utf8_lossy(&answer).contains("\"id\":2"));
    timeout(Duration::from_secs(10), served)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert_eq!(stage.evaluate("1").await, "1");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_hangs_is_stopped() {
    let stage = Stage::new().await;
    stage.goto("/article").await;
    let hang = Action::EvaluateJs {
        code: "for (;;) {}".to_owned(),
    };
    let deadline = Instant::now() + Duration::from_secs(2);
    let outcome = stage
        .browser
        .perform(&hang, None, None, deadline)
        .await
        .unwrap()
        .outcome;
    assert!(
        !outcome.success && outcome.exception.is_none(),
        "{}",
        outcome.message
    );
    assert_eq!(stage.evaluate("1 + 1").await, "2");
    stage.goto("/actions?delay=1").await;
    stage.done(click(by("#plain"))).await;
    stage.end().await;
}
